## Anpassungen, die auf eine zweite Person warten
approvals-title = Freigaben
approvals-lead = Anpassungen über dem Limit der Person, die darum bittet. Jemand anderes entscheidet.
approvals-states = Zustände
approvals-to-decide = Zu entscheiden
approvals-approved = Freigegeben
approvals-declined = Abgelehnt
approvals-withdrawn = Zurückgezogen
approvals-all = Alle
approvals-list = Anfragen, die neuesten zuerst
approvals-none-open = Nichts zu entscheiden
approvals-none-open-lead = Hier erscheint eine Anfrage, wenn jemand mehr Punkte anpasst, als das eigene Limit erlaubt.
approvals-none = Hier ist nichts
approvals-none-lead = Mit keiner Anfrage ist das geschehen.
approvals-see-open = Zu entscheidende ansehen
approvals-see-settings = Limits ansehen
approvals-customer = Kunde
approvals-what = Worum gebeten wird
approvals-by = Angefragt von
approvals-state = Zustand
approvals-add = { $points ->
    [one] { $points } Punkt
   *[other] { $points } Punkte
} hinzufügen
approvals-remove = { $points ->
    [one] { $points } Punkt
   *[other] { $points } Punkte
} abziehen
approvals-undo = Eine Buchung über { $points ->
    [one] { $points } Punkt
   *[other] { $points } Punkte
} rückgängig machen
approvals-to-name = { $what }: { $name }
approvals-count = { $count ->
    [one] { $count } Anfrage
   *[other] { $count } Anfragen
}
approvals-by-on = { $day } von { $name }
approvals-somebody = Ein früheres Mitglied
approvals-either = { $others } oder { $last }
approvals-approved-by = Freigegeben von
## Eine Anfrage
approvals-asked = Angefragt
approvals-asked-by = { $at }, von { $name }
approvals-reason = Grund
approvals-note = Text für den Kunden
approvals-private-note = Interne Notiz
approvals-reference = Referenz
approvals-site = Shop-Site
approvals-valid-until = Gültig bis
approvals-by-rule = Nach der Sammelregel, sobald gebucht wird
approvals-entry = Rückgängig zu machende Buchung
approvals-booked = Gebucht als
approvals-decided = Entschieden
approvals-decision-note = Begründung der Entscheidung
approvals-facts = Worum gebeten wird
approvals-effect = Was es jetzt bewirkt
approvals-cannot = Es lässt sich jetzt nicht buchen: { $why }
approvals-decide = Entscheiden
approvals-note-label = Begründung
approvals-note-hint = Wer gefragt hat, liest das. Zum Ablehnen ist sie nötig.
approvals-approve = Freigeben
approvals-decline = Ablehnen
approvals-withdraw = Anfrage zurückziehen
approvals-own = Sie haben darum gebeten: Jemand anderes entscheidet.
approvals-who-decides = { $names } kann darüber entscheiden.
approvals-nobody-decides = Bei den jetzigen Limits kann niemand darüber entscheiden. Ein Admin kann sie in den Einstellungen ändern.
approvals-was-approved = Anfrage freigegeben
approvals-was-declined = Anfrage abgelehnt
approvals-was-withdrawn = Anfrage zurückgezogen
approvals-waiting = { $count ->
    [one] { $count } wartet auf Sie
   *[other] { $count } warten auf Sie
}
approvals-todo = { $count ->
    [one] { $count } Anfrage wartet auf Sie
   *[other] { $count } Anfragen warten auf Sie
}
approvals-todo-text = Anpassungen über dem Limit der Person, die darum bittet.
approvals-todo-action = Entscheiden
approvals-undo-asks = Das ist über Ihrem Limit von { $limit ->
    [one] { $limit } Punkt
   *[other] { $limit } Punkten
}: Es wird angefragt, und { $names } entscheidet.
## Was nicht passt
approvals-give-note = Sagen Sie, warum, damit es weiß, wer gefragt hat.
approvals-unknown = Diese Anfrage gibt es nicht.
approvals-closed = Inzwischen hat jemand darüber entschieden.
approvals-is-own = Sie haben selbst darum gebeten: Jemand anderes muss entscheiden.
approvals-above-limit = Das ist über Ihrem eigenen Limit: Jemand mit einem höheren muss entscheiden.
approvals-not-yours = Das steht Ihnen nicht zu.
approvals-account-closed = Das Konto des Kunden { $customer } wurde inzwischen geschlossen. Öffnen Sie es, oder lehnen Sie ab.
approvals-too-many = Es warten schon { $most } Ihrer Anfragen. Ziehen Sie welche zurück, oder warten Sie auf Entscheidungen.
approvals-batches = Massenänderungen
approvals-batch = { $count ->
    [one] { $count } Zeile buchen ({ $points })
   *[other] { $count } Zeilen buchen ({ $points })
}
