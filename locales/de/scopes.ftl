## Was jeder Scope eines Tokens erlaubt
scopes-points-view = Liest Punkte und Verlauf aller Kunden.
scopes-points-manage = Schreibt Punkte gut und löst sie ein, schließt Konten und ändert Prämien.
scopes-customer-token = Erzeugt kurzlebige Tokens, mit denen ein Kunde die eigenen Punkte sieht und einlöst.
scopes-customer = Speichert und löscht Namen und E-Mail-Adressen von Kunden.
scopes-order = Meldet Bestellungen und Retouren, für die Punkte gutgeschrieben oder zurückgenommen werden.
scopes-coupon-read = Listet und liest Gutscheine.
scopes-coupon-manage = Listet, erstellt, ändert und löscht Gutscheine.
scopes-coupon-redeem = Liest einen Gutschein anhand seines Codes, prüft ihn und löst ihn ein.
scopes-coupon-on-behalf = Prüft Gutscheine und löst sie für einen genannten Kunden ein.
scopes-site = Liest und ändert die Punkte-Einstellungen von Shop-Sites.
