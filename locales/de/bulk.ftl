## Änderungen vieler Kunden auf einmal: die Liste
bulk-title = Sammelbuchungen
bulk-lead = Punkte vieler Kunden mit einer Datei gutschreiben oder abziehen
bulk-list = Hochgeladene Dateien
bulk-list-caption = Hochgeladene Dateien, neueste zuerst
bulk-empty = Viele Kunden auf einmal ändern
bulk-empty-text = Laden Sie eine Tabelle mit Kunden und Punkten hoch. Sie wird geprüft, bevor sich etwas ändert, und lässt sich als Ganzes rückgängig machen.
bulk-file = Datei
bulk-pasted = Eingefügte Zeilen
bulk-rows-heading = Zeilen
bulk-sum = Summe
bulk-uploaded = Hochgeladen
bulk-state = Stand
bulk-rows-count = { $count ->
    [one] { $count } Zeile
   *[other] { $count } Zeilen
}
bulk-batches-count = { $count ->
    [one] { $count } Datei
   *[other] { $count } Dateien
}
bulk-points = { $count ->
    [one] { $count } Punkt
   *[other] { $count } Punkte
}

## Hochladen
bulk-upload-title = Datei hochladen
bulk-upload-lead = Eine Zeile je Buchung. Was an einer Zeile nicht stimmt, erfahren Sie, bevor sich etwas ändert.
bulk-template = Leere Tabelle
bulk-upload = Hochladen und prüfen
bulk-cancel = Abbrechen
bulk-nothing-moves = Gebucht wird noch nichts: Zuerst sehen Sie, was jede Zeile bewirken würde.
bulk-file-label = Datei
bulk-file-hint = CSV mit Überschriftenzeile, wie Tabellenprogramme sie speichern, in UTF-8. Bis zu { $rows } Zeilen und { $mebibytes } MiB.
bulk-paste = Oder Zeilen einfügen
bulk-paste-hint = Mit der Überschriftenzeile. Gilt, wenn keine Datei gewählt ist.
bulk-reason = Grund
bulk-reason-hint = Für Zeilen, die keinen eigenen Grund nennen.
bulk-reason-none = Keiner: Jede Zeile nennt ihren eigenen
bulk-site = Shop-Site
bulk-site-hint = Ihre Regel bestimmt, wann gutgeschriebene Punkte verfallen, wenn die Zeile es nicht sagt.
bulk-opens = Konten für neue Kunden eröffnen
bulk-opens-hint = Sonst bleiben Zeilen für Kunden, die Guerdon nicht kennt, außen vor.
bulk-columns = Spalten
bulk-column-needed = Nötig
bulk-column-customer = Die Kundennummer des Shops.
bulk-column-points = Ganze Zahl. 50 schreibt Punkte gut, -50 zieht sie ab.
bulk-column-reason = Einer der Gründe unten, mit seinem Namen.
bulk-column-note = Was der Kunde liest, bis zu { $most } Zeichen.
bulk-column-private-note = Was nur Ihr Team liest.
bulk-column-valid-until = Der erste Tag, an dem gutgeschriebene Punkte nicht mehr gelten, etwa 2027-12-31 oder 31.12.2027.
bulk-column-reference = Ihre eigene Nummer der Buchung. Je Kunde darf sie in einer Datei nur einmal vorkommen.
bulk-reasons-named = Gründe: { $reasons }
bulk-nothing-chosen = Wählen Sie eine Datei, oder fügen Sie Zeilen ein.
bulk-choose-site = Wählen Sie eine der Shop-Sites.
bulk-choose-reason = Wählen Sie einen der Gründe.
bulk-too-large = Die Datei ist größer als { $mebibytes } MiB. Laden Sie sie in Teilen hoch.
bulk-cut-off = Die Datei kam nicht vollständig an. Nichts wurde behalten; laden Sie sie noch einmal hoch.
bulk-table-empty = Die Tabelle hat keine Zeilen. Geben Sie eine Überschriftenzeile und mindestens eine Zeile darunter an.
bulk-table-no-text = Das ist kein CSV-Text in UTF-8. Wählen Sie im Tabellenprogramm „Speichern unter“ und dann „CSV UTF-8“.
bulk-table-column-missing = In der Überschriftenzeile fehlt die Spalte { $column }. Ergänzen Sie sie, oder laden Sie die leere Tabelle herunter.
bulk-table-column-unknown = Eine Spalte „{ $name }“ gibt es nicht. Die erste Zeile nennt die Spalten: { $columns }.
bulk-table-column-twice = Die Überschriftenzeile nennt die Spalte { $column } zweimal. Lassen Sie eine weg.
bulk-table-too-many = Die Datei hat mehr als { $most } Zeilen. Laden Sie sie in Teilen hoch.

## Eine Datei
bulk-state-checking = Wird geprüft
bulk-state-checked = Zur Durchsicht
bulk-state-running = Wird gebucht
bulk-state-stopping = Hält an
bulk-state-stopped = Angehalten
bulk-state-done = Gebucht
bulk-state-reversing = Wird rückgängig gemacht
bulk-state-reversed = Rückgängig gemacht
bulk-row-ready = Bereit
bulk-row-bad = Ausgelassen
bulk-row-booked = Gebucht
bulk-row-refused = Nicht gebucht
bulk-row-reversed = Rückgängig gemacht
bulk-row-kept = Nicht rückgängig gemacht
bulk-row-left-out = Nie gebucht
bulk-check-again = Noch einmal prüfen
bulk-discard = Verwerfen
bulk-run = { $count ->
    [one] { $count } Zeile
   *[other] { $count } Zeilen
} buchen ({ $points })
bulk-stop = Anhalten
bulk-continue = Fortsetzen
bulk-reverse = Alles rückgängig machen
bulk-reverse-rest-again = Rest noch einmal versuchen
bulk-same = Diese Datei wurde schon einmal gebucht.
bulk-same-text = Dieselben Zeilen wurden am { $at } gebucht, und ihre Punkte bestehen noch.
bulk-same-see = Jene Datei ansehen
bulk-progress = Fortschritt
bulk-checking = { $count ->
    [one] { $count } Zeile wird geprüft.
   *[other] { $count } Zeilen werden geprüft.
}
bulk-running = { $count ->
    [one] { $done } von { $count } Zeile ist gebucht.
   *[other] { $done } von { $count } Zeilen sind gebucht.
}
bulk-reversing = { $count ->
    [one] { $done } von { $count } Zeile ist rückgängig gemacht.
   *[other] { $done } von { $count } Zeilen sind rückgängig gemacht.
}
bulk-may-leave = Sie können diese Seite verlassen; die Arbeit geht weiter.
bulk-reload = Neu laden
bulk-refused = { $count ->
    [one] { $count } Zeile konnte nicht gebucht werden.
   *[other] { $count } Zeilen konnten nicht gebucht werden.
}
bulk-refused-text = Seit der Prüfung hatte sich etwas geändert. Bei jeder steht, warum.
bulk-kept = { $count ->
    [one] { $count } Zeile konnte nicht rückgängig gemacht werden.
   *[other] { $count } Zeilen konnten nicht rückgängig gemacht werden.
}
bulk-kept-text = Bei jeder steht, warum.
bulk-see-rows = Diese Zeilen ansehen
bulk-rows-all = Alle
bulk-rows-caption = Zeilen in der Reihenfolge der Datei
bulk-no-rows = Keine solchen Zeilen
bulk-no-rows-text = Keine Zeile dieser Datei steht so da.
bulk-see-all-rows = Alle Zeilen ansehen
bulk-line = Zeile
bulk-in-line = Zeile { $line }
bulk-customer = Kunde
bulk-nobody = Kein Kunde
bulk-points-heading = Punkte
bulk-export = Diese Zeilen herunterladen
bulk-pages = Seiten
bulk-previous = Zurück
bulk-next = Weiter
bulk-moved = Was gebucht wurde
bulk-would-move = Was sich ändern würde
bulk-added = Gutgeschrieben
bulk-taken = Abgezogen
bulk-customers = Kunden
bulk-before = Ihre Punkte jetzt
bulk-after = Danach
bulk-bad-left-out = Ausgelassene Zeilen lassen sich berichtigen und noch einmal hochladen.
bulk-bad-download = Herunterladen
bulk-happened = Verlauf
bulk-run-begun = Buchung begonnen
bulk-run-ended = Buchung beendet
bulk-reversal-begun = Rücknahme begonnen
bulk-reversal-ended = Rücknahme beendet

## Was getan wurde
bulk-stopping-toast = Buchung hält an
bulk-discarded-toast = Datei verworfen
bulk-stands-otherwise = Die Datei hat inzwischen einen anderen Stand. Öffnen Sie sie noch einmal, um zu sehen, was möglich ist.
bulk-reverse-question = { $count ->
    [one] { $count } Zeile von { $name } rückgängig machen?
   *[other] { $count } Zeilen von { $name } rückgängig machen?
}
bulk-reverse-sums = Sie hat { $added } gutgeschrieben und { $taken } abgezogen. Jede Zeile wird mit einer eigenen Buchung rückgängig gemacht, sodass der Verlauf beides zeigt.
bulk-reverse-rest = Was sich nicht rückgängig machen lässt, weil die Punkte ausgegeben sind, wird danach aufgelistet.
bulk-reverse-keep = So lassen
bulk-reverse-act = { $count ->
    [one] { $count } Zeile rückgängig machen
   *[other] { $count } Zeilen rückgängig machen
}
bulk-discard-question = { $name } verwerfen?
bulk-discard-rows = { $count ->
    [one] { $count } Zeile und das Ergebnis der Prüfung werden gelöscht. Gebucht wurde nichts.
   *[other] { $count } Zeilen und das Ergebnis der Prüfung werden gelöscht. Gebucht wurde nichts.
}
bulk-discard-keep = Datei behalten

## Was an einer Zeile nicht stimmt
bulk-problem-not-utf8 = Speichern Sie die Datei als UTF-8; diese Zeile enthält andere Bytes.
bulk-problem-cells = Geben Sie { $expected } Zellen an, wie in der Überschrift; es sind { $found }. Setzen Sie Texte mit Trennzeichen in Anführungszeichen.
bulk-problem-customer-missing = Geben Sie eine Kundennummer an.
bulk-problem-too-long = Geben Sie in { $column } höchstens { $most } Zeichen an.
bulk-problem-control = Lassen Sie in { $column } Steuerzeichen weg.
bulk-problem-points-unreadable = Geben Sie ganze Punkte an, etwa 50 oder -50.
bulk-problem-points-range = Geben Sie 1 bis { $most } Punkte an.
bulk-problem-reason-missing = Geben Sie einen Grund an, oder wählen Sie einen für die ganze Datei.
bulk-problem-reason-unknown = Geben Sie einen der vorhandenen Gründe an.
bulk-problem-until-unreadable = Geben Sie einen Tag wie 2027-12-31 an.
bulk-problem-until-past = Geben Sie einen künftigen Tag an.
bulk-problem-until-of-taken = Lassen Sie valid_until leer, wo Punkte abgezogen werden.
bulk-problem-row-twice = Dieselbe Zeile steht schon in Zeile { $line }.
bulk-problem-reference-twice = Dieser Kunde hat dieselbe Referenz schon in Zeile { $line }.
bulk-problem-unknown-customer = Ein solcher Kunde ist nicht bekannt.
bulk-problem-not-enough = Der Kunde hat { $has }; { $asked } würden abgezogen.
bulk-problem-balance = Der Punktestand würde { $most } Punkte übersteigen.
bulk-problem-undone = Schon von Hand rückgängig gemacht.
bulk-problem-failed = Bei uns ist etwas schiefgegangen. Es steht im Log.
bulk-above-limit = Eine Zeile bewegt { $points } Punkte, und Ihr Limit ist { $limit }. Jemand mit einem höheren Limit kann das ausführen.
## Über der Grenze dessen, der sie hochgeladen hat
bulk-request = Freigabe
bulk-request-ask = Freigabe anfragen
bulk-request-above = Eine Zeile bewegt { $points } Punkte, und Ihre Grenze ist { $limit }. Jemand mit einer höheren Grenze muss alles zusammen freigeben.
bulk-request-open = { $name } hat am { $at } angefragt, { $count ->
    [one] { $count } Zeile
   *[other] { $count } Zeilen
} zu buchen: { $added } und { $taken } Punkte, bis zu { $largest } in einer Zeile.
bulk-request-declined = { $name } hat dies am { $at } abgelehnt.
bulk-request-asked = Freigabe angefragt
bulk-request-approve = Freigeben und buchen
bulk-request-not-needed = Ihre Grenze reicht so weit: Sie können dies selbst buchen.
