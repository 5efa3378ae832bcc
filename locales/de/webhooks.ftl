webhooks-title = Webhooks
webhooks-intro = Programme, die sofort und signiert erfahren, was mit Punkten und Gutscheinen geschieht
webhooks-deliveries = Zustellungen
webhooks-create = Endpunkt anlegen
webhooks-endpoints = Endpunkte
webhooks-empty-title = Halten Sie Ihre Programme auf dem Laufenden
webhooks-empty-text = Ein Endpunkt ist eine Adresse von Ihnen. Guerdon meldet dorthin, wenn Punkte hinzukommen, eingelöst werden oder bald verfallen und wenn Gutscheine ausgegeben und genutzt werden.
webhooks-endpoint = Endpunkt
webhooks-told-of = Ereignisse
webhooks-last-taken = Zuletzt angenommen
webhooks-waiting = Wartend
webhooks-parked = Zurückgestellt
webhooks-state = Status
webhooks-everything = Alles
webhooks-nothing-yet = Noch nichts
webhooks-waiting-for = warten auf { $endpoint }
webhooks-parked-for = zurückgestellt für { $endpoint }
webhooks-full = Mehr Endpunkte kann ein Mandant nicht haben.
webhooks-state-gone = Verschwunden
webhooks-state-paused = Pausiert
webhooks-state-active = Aktiv
webhooks-state-failing = Gestört

## Die Seite eines Endpunkts
webhooks-created-by = Angelegt am <time datetime="{ $iso }">{ $day }</time> von { $name }
webhooks-resume = Fortsetzen
webhooks-send-test = Test senden
webhooks-pause = Pausieren
webhooks-delete = Löschen
webhooks-is-gone = Der Endpunkt hat geantwortet, dass es ihn nicht mehr gibt (410). Deshalb wird nichts mehr dorthin gesendet.
webhooks-is-gone-next = Was gewartet hat, wartet weiter. Was inzwischen geschieht, erfährt er nicht. Berichtigen Sie die Adresse und setzen Sie dann fort.
webhooks-is-paused = Solange er pausiert ist, wird nichts gesendet.
webhooks-is-paused-next = Was gewartet hat, wartet weiter. Was inzwischen geschieht, erfährt er nicht.
webhooks-is-failing = { $count ->
    [one] Seit er zuletzt ein Ereignis angenommen hat, ist { $count } Versuch fehlgeschlagen.
   *[other] Seit er zuletzt ein Ereignis angenommen hat, sind { $count } Versuche fehlgeschlagen.
}
webhooks-last-error = Zuletzt: <bdi>{ $why }</bdi>.
webhooks-is-failing-next = Jedes Ereignis wird drei Tage lang immer wieder versucht und dann zurückgestellt.
webhooks-create-intro = Eine Adresse von Ihnen, die ab jetzt erfährt, was geschieht. Ihr Geheimnis wird im nächsten Schritt einmal angezeigt.
webhooks-what-it-is-told = Was gemeldet wird
webhooks-address = Adresse
webhooks-address-hint = Zum Beispiel https://shop.example.com/points. Ereignisse kommen dort per POST als JSON an.
webhooks-description = Beschreibung
webhooks-description-hint = Welches Programm es ist, zum Beispiel „Newsletter“.
webhooks-events = Ereignisse
webhooks-points-added = Punkte wurden gesammelt, gutgeschrieben oder zurückgegeben.
webhooks-points-removed = Punkte wurden abgezogen, zurückgenommen oder mit dem Konto geschlossen.
webhooks-points-redeemed = Punkte wurden eingelöst.
webhooks-points-expired = Punkte sind verfallen.
webhooks-points-expiring = Punkte verfallen bald.
webhooks-coupon-issued = Für Punkte wurde ein Gutschein ausgegeben; mit seinem Code.
webhooks-coupon-redeemed = Ein Gutschein wurde an der Kasse genutzt.
webhooks-customer-erased = Die Personendaten eines Kunden wurden gelöscht.
webhooks-test = Jemand probiert den Endpunkt aus.
webhooks-health = Zustand
webhooks-last-failed = Zuletzt fehlgeschlagen
webhooks-all-deliveries = Alle Zustellungen
webhooks-send-parked = Zurückgestellte senden
webhooks-signing-secret = Signaturgeheimnis
webhooks-two-secrets = Bis <time datetime="{ $iso }">{ $time }</time> signieren zwei Geheimnisse. Verwerfen Sie das alte, sobald der Empfänger das neue kennt.
webhooks-drop-old = Altes verwerfen
webhooks-secret-hint = Damit wird jedes Ereignis signiert, wie <a href="https://www.standardwebhooks.com" rel="noreferrer">Standard Webhooks</a> es beschreibt. Angezeigt wurde es, als es erzeugt wurde.
webhooks-new-secret = Neues Geheimnis erzeugen

## Was man mit einem Endpunkt tun kann
webhooks-created = Endpunkt angelegt
webhooks-put = Tragen Sie es in den Einstellungen des Programms ein, das die Ereignisse empfängt. Es prüft damit, dass sie von hier kommen.
webhooks-secret-once = Das Geheimnis wird nur jetzt angezeigt. Kopieren Sie es dorthin, wo es gebraucht wird.
webhooks-secret = Geheimnis
webhooks-saved = Endpunkt gespeichert
webhooks-was-paused = Endpunkt pausiert
webhooks-was-resumed = Endpunkt fortgesetzt
webhooks-old-dropped = Altes Geheimnis verworfen
webhooks-test-sent = Test ist unterwegs
webhooks-rotate-question = Ein neues Geheimnis für { $endpoint } erzeugen?
webhooks-rotate-both = Das neue Geheimnis wird einmal angezeigt. 24 Stunden lang wird jedes Ereignis mit beiden signiert, damit Sie es beim Empfänger austauschen können, ohne eins zu verlieren.
webhooks-rotate-older = Es signieren schon zwei Geheimnisse: Das ältere gilt ab sofort nicht mehr.
webhooks-keep-secret = Geheimnis behalten
webhooks-secret-made = Geheimnis erzeugt
webhooks-delete-question = Den Endpunkt { $endpoint } löschen?
webhooks-delete-what = Dorthin wird nichts mehr gesendet, und die Liste der Zustellungen verschwindet mit ihm.
webhooks-delete-lost = { $count ->
    [one] { $count } noch nicht angenommenes Ereignis wird nie gesendet. Wenn Sie es behalten möchten, pausieren Sie den Endpunkt.
   *[other] { $count } noch nicht angenommene Ereignisse werden nie gesendet. Wenn Sie sie behalten möchten, pausieren Sie den Endpunkt.
}
webhooks-keep = Endpunkt behalten
webhooks-delete-endpoint = Endpunkt löschen
webhooks-deleted = Endpunkt gelöscht
webhooks-send-question = { $count ->
    [one] { $count } zurückgestelltes Ereignis erneut an { $endpoint } senden?
   *[other] { $count } zurückgestellte Ereignisse erneut an { $endpoint } senden?
}
webhooks-send-anew = Jedes behält seine webhook-id, damit der Empfänger erkennt, was er schon hat. Die Versuche beginnen von vorn.
webhooks-leave-parked = Nicht senden
webhooks-send-again = Erneut senden
webhooks-send-title = Zurückgestellte Ereignisse erneut senden
webhooks-sent-again = { $count ->
    [one] { $count } Ereignis wieder unterwegs
   *[other] { $count } Ereignisse wieder unterwegs
}

## Was gesendet wurde
webhooks-deliveries-intro = Was Ihre Endpunkte erfahren, das Neueste zuerst. Zugestelltes bleibt 30 Tage.
webhooks-event = Ereignis
webhooks-all = Alle
webhooks-filter = Filtern
webhooks-remove-filter = Filter entfernen: { $filter }
webhooks-clear-all = Alle entfernen
webhooks-clear = Filter entfernen
webhooks-nothing-title = Noch nichts zu melden
webhooks-nothing-text = Sobald etwas geschieht, das ein Endpunkt wissen will, steht es hier, zusammen mit dem, was daraus wurde.
webhooks-see-endpoints = Endpunkte ansehen
webhooks-none-title = Keine Zustellungen gefunden
webhooks-none-text = Nichts von dem, was gesendet wurde, passt zu diesen Filtern.
webhooks-caption = Zustellungen, die neueste zuerst
webhooks-happened = Geschehen
webhooks-tries = Versuche
webhooks-newest-count = { $count ->
    [one] Die neueste
   *[other] Die neuesten { $count }
}
webhooks-count = { $count ->
    [one] { $count } Zustellung
   *[other] { $count } Zustellungen
}
webhooks-newest = Neueste
webhooks-under-way = Unterwegs
webhooks-endpoint-paused = Endpunkt pausiert
webhooks-next-at = Nächster <time datetime="{ $iso }">{ $time }</time>
webhooks-pending = Wartet
webhooks-delivered = Zugestellt
webhooks-is-parked = Zurückgestellt
webhooks-trying-again = Neuer Versuch
webhooks-unknown-endpoint = Unbekannter Endpunkt
webhooks-to = an <a href="{ $href }"><bdi>{ $endpoint }</bdi></a>
webhooks-was-parked = Alle Versuche sind fehlgeschlagen, deshalb wurde es zurückgestellt.
webhooks-was-parked-next = Es ist nicht verloren: Beheben Sie die Ursache und senden Sie es dann erneut.
webhooks-to-paused = Der Endpunkt ist pausiert.
webhooks-to-paused-next = Es wird gesendet, sobald der Endpunkt fortgesetzt wird.
webhooks-what-happened = Was geschehen ist
webhooks-id = Webhook-ID
webhooks-written = Verfasst
webhooks-next-try = Nächster Versuch
webhooks-no-tries = Noch keine.
webhooks-tries-caption = Versuche, der neueste zuerst
webhooks-try = Versuch
webhooks-came-of-it = Ergebnis
webhooks-took = Dauer
webhooks-taken = Angenommen
webhooks-failed = Fehlgeschlagen
webhooks-answer = Antwort<span class="sr"> auf Versuch { $number }</span>
webhooks-answer-to = Antwort auf Versuch { $number }
webhooks-answered = Antwort { $status }
webhooks-request-head = Kopf der Anfrage
webhooks-head-label = Der Kopf, Zeile für Zeile
webhooks-content = Inhalt
webhooks-body-label = Der Inhalt, Feld für Feld
webhooks-sent = Ereignis ist wieder unterwegs
