## Die Seite eines Kunden
customer-active = Aktiv
customer-closed = Geschlossen
customer-no-account = Kein Konto
customer-copy-number = <span data-label>Kopieren</span><span class="sr"> der Kundennummer</span>
customer-adjust = Punkte anpassen
customer-redeem = Punkte einlösen
customer-open = Konto eröffnen
customer-open-empty = Konto ohne Punkte eröffnen
customer-more-actions = Weitere Aktionen
customer-export-history = Verlauf als CSV exportieren
customer-erase = Personendaten löschen
customer-close = Punktekonto schließen
customer-birthday-today = <bdi>{ $name }</bdi> hat heute Geburtstag.
customer-birthday-fill = Formular ausfüllen
customer-account = Punktekonto
customer-none = Noch kein Punktekonto
customer-none-text = Prüfen Sie die Nummer: Vielleicht ist sie vertippt. Stimmt sie, eröffnet die erste Gutschrift das Konto.
customer-balance = Punktestand
customer-available = Verfügbar
customer-worth = bis zu { $worth } wert
customer-earned = Gesammelt
customer-added = Gutgeschrieben
customer-redeemed = Eingelöst
customer-removed = Abgezogen
customer-expired = Verfallen
customer-ends-title = Wann die Punkte verfallen
customer-ends-points = <strong>{ $points } <span>{ $points ->
    [one] Punkt
   *[other] Punkte
}</span></strong>bis { $until }
customer-ends-later = <strong>{ ui-points }</strong>später
customer-begins-more = { $points ->
    [one] { $points } weiterer Punkt ist
   *[other] { $points } weitere Punkte sind
} ab { $from } einlösbar.
customer-begins = { $points ->
    [one] { $points } Punkt ist
   *[other] { $points } Punkte sind
} ab { $from } einlösbar.
customer-history = Verlauf
customer-history-filter = Verlauf filtern
customer-history-all = Alle
customer-history-none = Dazu gibt es noch keine Buchungen.
customer-history-caption = Verlauf, neueste Buchungen zuerst
customer-history-event = Vorgang
customer-history-when = Wann und durch wen
customer-history-points = Punkte
customer-undone = Rückgängig gemacht
customer-balance-was = Stand { $balance }
customer-valid-until = Gültig bis { $until }
customer-details = Details<span class="sr"> zu { $title }</span>
customer-show-entry = Diese Buchung anzeigen<span class="sr">: { $title }</span>
customer-undo = Rückgängig machen<span class="sr">: { $title }</span>
customer-cancel = Stornieren<span class="sr">: { $title }</span>
customer-history-pages = Seiten des Verlaufs
customer-history-newest = Neueste
customer-history-older = Ältere Buchungen anzeigen
customer-entries = { $count ->
    [one] { $count } Buchung
   *[other] { $count } Buchungen
}
customer-entries-of = { $shown } von { $count ->
    [one] { $count } Buchung
   *[other] { $count } Buchungen
}
customer-about = Zur Person
customer-birthday = Geburtstag
customer-language = Sprache
customer-since = Konto seit
customer-last-change = Letzte Änderung
customer-coupons = Gutscheine
customer-coupons-all = Alle Gutscheine<span class="sr"> von { $name }</span>
customer-coupon-cancelled = Storniert
customer-coupon-used = Verwendet
customer-coupon-expired = Abgelaufen
customer-coupon-inactive = Noch nicht gültig
customer-coupon-valid = Gültig
customer-known = Bekannt
customer-known-nothing = Noch nichts
customer-person-add = Personendaten hinzufügen
customer-person-change = Personendaten ändern
customer-person-save = Personendaten speichern
customer-person-saved = Personendaten gespeichert
customer-name = Name
customer-email = E-Mail
customer-birthday-hint = Zum Beispiel 1990-11-22, oder 11-22 ohne Jahr
customer-language-hint = Zum Beispiel de oder fr-CH
customer-erase-question = Personendaten von { $name } löschen?
customer-erase-what = Name, E-Mail-Adresse, Geburtstag, Sprache und die internen Notizen Ihres Teams werden endgültig gelöscht.
customer-erase-stays = Das Konto { $customer }, seine Punkte und sein Verlauf bleiben. Texte für den Kunden bleiben bei ihren Buchungen.
customer-erase-keep = Personendaten behalten
customer-erased = Personendaten gelöscht
customer-new-title = Konto eröffnen
customer-new-intro = Für einen Kunden Ihres Shops, der noch keine Punkte hat
customer-new = Neues Konto
customer-number = Kundennummer
customer-number-hint = So, wie Ihr Shop sie schreibt. Sie lässt sich später nicht ändern.
customer-opened = Konto eröffnet
customer-open-already = Das Konto ist schon eröffnet
customer-exists = Dieser Kunde hat schon ein Konto. Suchen Sie oben nach der Nummer.
customer-close-title = Konto schließen
customer-close-question = Punktekonto von <bdi>{ $name }</bdi> schließen?
customer-close-means = { $points ->
    [one] { $points } Punkt geht
   *[other] { $points } Punkte gehen
} endgültig verloren. Der Verlauf und ausgegebene Gutscheine bleiben. Das Konto lässt sich wieder eröffnen; es beginnt dann ohne Punkte.
customer-close-type = Geben Sie zur Bestätigung die Nummer unten ein
customer-close-number = Die Nummer ist <span class="code"><bdi>{ $number }</bdi></span>
customer-close-keep = Konto behalten
customer-close-wrong = Geben Sie { $customer } ein, um dieses Konto zu schließen.
customer-account-closed = Konto geschlossen
customer-statement = Kontoauszug und Druck
customer-balance-on-a-day = Punktestand an einem früheren Tag
