## Wie das Programm läuft
overview-told = { $from } bis { $until }, verglichen mit { $days ->
    [one] dem Tag davor
   *[other] den { $days } Tagen davor
}
overview-period = Zeitraum
overview-period-7d = 7 Tage
overview-period-28d = 28 Tage
overview-period-12m = 12 Monate
overview-period-custom = Eigener
overview-period-show = Zeitraum anzeigen
overview-first-steps = Erste Schritte
overview-none = Noch keine Punkte
overview-none-text = Mit den ersten Punkten erscheinen hier Zahlen. Verbinden Sie Ihren Shop über einen API-Client, oder eröffnen Sie von Hand ein Konto und schreiben Sie Punkte gut.
overview-see-customers = Zu den Kunden
overview-see-entries = Zu den Buchungen
overview-outstanding = Offene Punkte
overview-came = Erhalten
overview-redeemed = Eingelöst
overview-expired = Verfallen
overview-ending = Verfallen in 30 Tagen
overview-worth = bis zu { $worth } wert
overview-of-customers = von { $count } Kunden
overview-from-orders = { $points } aus Bestellungen
overview-redemptions = { $count ->
    [one] { $count } Einlösung
   *[other] { $count } Einlösungen
}
overview-up = gestiegen um
overview-down = gesunken um
overview-flow = Gesammelte und eingelöste Punkte
overview-chart-day = Balkendiagramm der gesammelten und gutgeschriebenen (nach oben) und eingelösten Punkte (nach unten) nach Tagen. Die meisten an einem Tag: { $came } gesammelt und gutgeschrieben, { $redeemed } eingelöst.
overview-chart-month = Balkendiagramm der gesammelten und gutgeschriebenen (nach oben) und eingelösten Punkte (nach unten) nach Monaten. Die meisten in einem Monat: { $came } gesammelt und gutgeschrieben, { $redeemed } eingelöst.
overview-bar = { $label }: { $came } gesammelt und gutgeschrieben, { $redeemed } eingelöst
overview-thousands = { $number } Tsd.
overview-millions = { $number } Mio.
overview-table-show = Zahlen als Tabelle anzeigen
overview-table-day = Punkte nach Tagen
overview-table-month = Punkte nach Monaten
overview-table-day-label = Punkte nach Tagen, Tabelle
overview-table-month-label = Punkte nach Monaten, Tabelle
overview-day = Tag
overview-month = Monat
overview-held = Offen
overview-choices = Was Kunden wählen
overview-choices-none = In diesem Zeitraum wurden keine Punkte gegen Gutscheine eingelöst.
overview-issued = { $count ->
    [one] { $count } Gutschein
   *[other] { $count } Gutscheine
} ausgegeben
overview-latest = Neueste Buchungen
overview-latest-none = Noch ist nichts passiert.
overview-latest-caption = Die neuesten Buchungen des Punktebuchs
overview-open-ledger = Zum Punktebuch
overview-todo = Braucht Ihre Aufmerksamkeit
overview-todo-none = Zurzeit nichts. Hier stehen Punkte, die bald verfallen, und fehlende Einstellungen.
overview-no-option = Es gibt nichts einzulösen
overview-no-option-text = Keine Prämie ist aktiv: Kunden können Punkte sammeln, aber nicht einlösen.
overview-no-option-act = Einrichten<span class="sr">: Prämien</span>
overview-no-prefix = { $name } hat kein Gutschein-Präfix
overview-no-prefix-text = Codes dieser Shop-Site bestehen nur aus Buchstaben und Ziffern, bis Sie eines festlegen.
overview-no-prefix-act = Festlegen<span class="sr">: Gutschein-Präfix von { $name }</span>
overview-earning-off = Bestellungen bei { $name } bringen keine Punkte
overview-earning-off-text = Die Sammelregel ist abgeschaltet.
overview-earning-off-act = Zur Regel<span class="sr"> von { $name }</span>
overview-ends = { $points ->
    [one] { $points } Punkt von { $who } verfällt am { $day }
   *[other] { $points } Punkte von { $who } verfallen am { $day }
}
overview-ends-alone = Sonst verliert in den nächsten 30 Tagen niemand Punkte.
overview-ends-others = { $count ->
    [one] { $count } weiterer Kunde verliert
   *[other] { $count } weitere Kunden verlieren
} in den nächsten 30 Tagen Punkte.
overview-ends-act = Alle zeigen<span class="sr">: Kunden mit bald verfallenden Punkten</span>
