## Punkte von Hand hinzufügen und abziehen
adjust-title = Punkte anpassen
adjust-direction = Hinzufügen oder abziehen
adjust-add = Hinzufügen
adjust-remove = Abziehen
adjust-points = Punkte
adjust-unit = Punkte
adjust-limit = Bis zu { $points ->
    [one] { $points } Punkt
   *[other] { $points } Punkte
} auf einmal. Über mehr entscheidet eine zweite Person.
adjust-reason = Grund
adjust-note = Text für den Kunden
adjust-note-hint = Der Kunde liest das in seinem Verlauf. Höchstens 140 Zeichen.
adjust-private-note = Interne Notiz
adjust-private-note-hint = Das liest nur Ihr Team.
adjust-valid-until = Gültig bis
adjust-by-rule = Wenn leer: { $day }, nach der Sammelregel
adjust-reference = Referenz
adjust-site = Shop-Site
adjust-button-add = Punkte hinzufügen
adjust-button-add-points = { $points ->
    [one] { $points } Punkt
   *[other] { $points } Punkte
} hinzufügen
adjust-button-remove = Punkte abziehen
adjust-button-remove-points = { $points ->
    [one] { $points } Punkt
   *[other] { $points } Punkte
} abziehen
adjust-button-ask = Freigabe erbitten
adjust-preview = Vorschau
adjust-recorded = Wird unter Ihrem Namen im Verlauf festgehalten.
adjust-added = Punkte hinzugefügt
adjust-removed = Punkte abgezogen
adjust-asked = Freigabe erbeten
adjust-withdraw = Zurückziehen
## Vorschau
adjust-before = Punktestand jetzt
adjust-after = Danach
adjust-taken-from = Genommen aus
adjust-new-lot = Neuer Posten
adjust-lot-valid-until = gültig bis
adjust-more-lots = und { $count } weitere
adjust-above = Über Ihrem Limit von { $limit ->
    [one] { $limit } Punkt
   *[other] { $limit } Punkten
}: Es wartet auf die Entscheidung von { $names }.
## Was nicht passt
adjust-choose-direction = Wählen Sie, ob Punkte hinzugefügt oder abgezogen werden.
adjust-give-day = Geben Sie einen Tag an, etwa 2027-11-22.
adjust-later-day = Wählen Sie einen Tag nach heute.
adjust-key-reused = Dieses Formular wurde schon mit anderen Werten gesendet. Sehen Sie im Verlauf nach, und senden Sie es noch einmal, wenn es noch nötig ist.
adjust-not-enough = Der Kunde hat { $points ->
    [one] { $points } Punkt
   *[other] { $points } Punkte
}. Geben Sie höchstens so viele an.
adjust-no-account = Der Kunde hat kein Punktekonto. Fügen Sie Punkte hinzu, um eines zu eröffnen.
adjust-nobody-decides = Das ist über Ihrem Limit von { $limit ->
    [one] { $limit } Punkt
   *[other] { $limit } Punkten
}, und niemand sonst im Team darf darüber entscheiden. Bitten Sie einen Admin, ein Limit anzuheben.
adjust-close-above = Es { $points ->
    [one] ist noch { $points } Punkt
   *[other] sind noch { $points } Punkte
} da, und Ihr Limit ist { $limit }. { $names } kann dieses Konto schließen.
## Was für diesen Kunden wartet
adjust-waits = { $count ->
    [one] Eine Anfrage wartet auf Freigabe
   *[other] { $count } Anfragen warten auf Freigabe
}
adjust-waits-add = { $name } möchte { $points } Punkte hinzufügen, { $ago }
adjust-waits-remove = { $name } möchte { $points } Punkte abziehen, { $ago }
adjust-waits-undo = { $name } möchte eine Buchung über { $points } Punkte rückgängig machen, { $ago }
adjust-waits-look = Zur Anfrage
