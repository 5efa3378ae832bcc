## Geburtstage, und Punkte dafür
birthdays-title = Geburtstage
birthdays-lead = Kunden mit Punktekonto, die Geburtstag haben, nach dem Kalender in { $zone }
birthdays-views = Tage
birthdays-today = Heute
birthdays-tomorrow = Morgen
birthdays-week = Nächste 7 Tage
birthdays-late = Letzte 7 Tage
birthdays-customer = Kunde
birthdays-turns = wird { $years }
birthdays-points = Punkte
birthdays-give = { $points ->
    [one] { $points } Punkt
   *[other] { $points } Punkte
} schenken
birthdays-give-to = an { $name }
birthdays-given = Geschenkt
birthdays-fill-in = Freigabe erbitten
birthdays-on-that-day = Am Tag selbst
birthdays-more = Alle vom { $day } zeigen
birthdays-none = Niemand hat Geburtstag
birthdays-none-lead = Geburtstage werden auf den Seiten der Kunden eingetragen, über die API oder mit einem Import.
birthdays-see-week = Nächste 7 Tage ansehen
birthdays-see-customers = Kunden ansehen
birthdays-was-given = Punkte geschenkt
birthdays-was-given-before = Schon geschenkt
birthdays-no-points = Der Grund für Geburtstage hat keine Punkte oder ist archiviert.
birthdays-no-points-next = Mit einem Klick lassen sich Punkte schenken, sobald er sagt, wie viele.
birthdays-set-points = Punkte festlegen
birthdays-by-itself = Guerdon schenkt diese Punkte am Morgen des Tages von selbst.
birthdays-not-by-itself = Guerdon kann diese Punkte von selbst schenken.
birthdays-turn-on = Einschalten
birthdays-setting = Zum Geburtstag von selbst Punkte schenken
birthdays-setting-hint = So viele, wie der Grund für Geburtstage sagt, am Morgen des Tages, für jeden Kunden einmal im Jahr.
birthdays-fact = Punkte zum Geburtstag
birthdays-fact-yes = Von selbst
birthdays-fact-no = Mit einem Klick
birthdays-todo = { $count ->
    [one] { $count } Geburtstag heute
   *[other] { $count } Geburtstage heute
}
birthdays-todo-text = { $names } und andere: noch keine Punkte.
birthdays-todo-few = { $names }: noch keine Punkte.
birthdays-todo-action = Gratulieren
## Was nicht passt
birthdays-no-birthday = Dieser Kunde hat an dem Tag keinen Geburtstag, oder es ist länger als eine Woche her.
birthdays-without-points = Der Grund für Geburtstage hat keine Punkte. Legen Sie sie unter Gründe fest.
