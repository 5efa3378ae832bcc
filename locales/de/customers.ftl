## Die Liste der Kunden und die Suche oben
customers-intro = { $count ->
    [one] { $count } Kunde hat
   *[other] { $count } Kunden haben
} ein offenes Punktekonto
customers-list = Kundenliste
customers-views = Ansichten
customers-view-all = Alle
customers-view-ending = Punkte verfallen bald
customers-view-birthday = Heute Geburtstag
customers-view-new = Neu in diesem Monat
customers-view-closed = Geschlossen
customers-filter = Kunden filtern
customers-filter-by = Nach Name, E-Mail, Nummer, Bestellung oder Gutschein filtern
customers-since = Geändert seit
customers-since-day = Geändert seit { $day }
customers-none = Noch keine Kunden
customers-none-text = Kunden erscheinen hier, sobald ihre ersten Punkte da sind, aus Ihrem Shop oder von Hand.
customers-not-found = Keine Kunden gefunden
customers-nobody-fits = Zu diesen Filtern passt niemand.
customers-nobody-is = Zu „{ $text }“ passt niemand. Prüfen Sie die Schreibweise, oder suchen Sie nach einer Nummer, einer Bestellung oder einem Gutschein.
customers-caption = Kunden. Spaltenköpfe mit Links sortieren die Tabelle.
customers-customer = Kunde
customers-number = Nummer
customers-balance = Punktestand
customers-last-change = Letzte Änderung
customers-ends-next = Verfällt bald
customers-ending = { $points } am { $day }
customers-ending-told = Verfallen: { $ending }
customers-ending-none = Nichts in 30 Tagen
customers-by-coupon = Gutschein { $code }
customers-by-reference = Referenz { $reference }
