## Warum Mitarbeitende Punkte hinzufügen und abziehen
reasons-title = Gründe
reasons-lead = Warum Ihr Team Punkte hinzufügt und abzieht, und was ein Grund üblicherweise mitbringt
reasons-add = Grund hinzufügen
reasons-list = Gründe, in der Reihenfolge, in der sie angeboten werden
reasons-archived = Archivierte Gründe
reasons-archived-lead = Werden nicht mehr angeboten. Buchungen behalten sie.
reasons-reason = Grund
reasons-for = Für
reasons-points = Punkte
reasons-validity = Gültig
reasons-note = Text für den Kunden
reasons-actions = Aktionen
reasons-by-rule = Nach der Sammelregel
reasons-open = Offen
reasons-days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
}
reasons-months = { $count ->
    [one] { $count } Monat
   *[other] { $count } Monate
}
reasons-unit-days = Tage
reasons-unit-months = Monate
reasons-direction-add = Hinzufügen
reasons-direction-remove = Abziehen
reasons-direction-both = Beides
reasons-archive = Archivieren
reasons-archive-of = { $name } archivieren
reasons-restore = Wiederherstellen
reasons-restore-of = { $name } wiederherstellen
reasons-up = { $name } nach oben
reasons-down = { $name } nach unten
reasons-was-added = Grund hinzugefügt
reasons-was-saved = Grund gespeichert
reasons-was-archived = Grund archiviert
reasons-was-restored = Grund wiederhergestellt
reasons-new = Grund hinzufügen
reasons-new-lead = Was er mitbringt, wird eingesetzt, sobald jemand ihn wählt, und lässt sich jedes Mal ändern.
reasons-code = In Buchungen, Dateien und der API heißt er { $code }
reasons-label = Name
reasons-label-hint = Ihn liest nur Ihr Team.
reasons-direction = Angeboten für
reasons-default-points = Punkte
reasons-default-points-hint = Lassen Sie das Feld leer, wenn es jedes Mal eine andere Zahl ist.
reasons-unit-points = Punkte
reasons-default-validity = Punkte gelten
reasons-default-validity-hint = Lassen Sie das Feld leer, wenn die Sammelregel gelten soll.
reasons-unit = Einheit
reasons-note-hint = Der Kunde liest das in seinem Verlauf. Höchstens 140 Zeichen.
reasons-conflict = Jemand hat diesen Grund geändert, seit Sie ihn geöffnet haben.
reasons-settings = Einstellungen des Grundes
## Die fünf, mit denen jeder Mandant beginnt
reasons-birthday = Geburtstag
reasons-goodwill = Kulanz
reasons-order-correction = Korrektur einer Bestellung
reasons-promotion = Aktion
reasons-other = Sonstiges
## Was nicht passt
reasons-choose = Wählen Sie einen der Gründe.
reasons-only-for-adding = „{ $name }“ ist zum Hinzufügen von Punkten. Wählen Sie einen anderen Grund.
reasons-only-for-removing = „{ $name }“ ist zum Abziehen von Punkten. Wählen Sie einen anderen Grund.
reasons-choose-direction = Wählen Sie, ob der Grund zum Hinzufügen, zum Abziehen oder für beides ist.
reasons-validity-range = Geben Sie 1 bis { $days } Tage oder 1 bis { $months } Monate an, oder lassen Sie das Feld leer.
reasons-label-range = Geben Sie einen Namen mit 1 bis { $most } Zeichen auf einer Zeile an.
reasons-label-taken = Einen Grund mit diesem Namen gibt es schon. Geben Sie einen anderen Namen an.
reasons-too-many = Es gibt schon { $most } Gründe. Archivieren Sie zuerst einen, der nicht mehr gebraucht wird.
reasons-unknown = Diesen Grund gibt es nicht.
reasons-stale = Jemand anderes hat diesen Grund inzwischen geändert.
## Im Formular, das Punkte anpasst
reasons-use = Einsetzen, was der Grund mitbringt
