inbox-title = Bestell-Feed
inbox-intro = Was Ihr Shop gemeldet hat, das Neueste zuerst, und was daraus wurde
inbox-set-up = Adressen und Geheimnisse
inbox-failed = { $count ->
    [one] { $count } Ereignis ließ sich nicht verarbeiten.
   *[other] { $count } Ereignisse ließen sich nicht verarbeiten.
}
inbox-failed-next = Bei jedem steht der Grund. Beheben Sie die Ursache und versuchen Sie es dann noch einmal.
inbox-retry-all = Alle noch einmal
inbox-events = Ereignisse
inbox-subject = Bestellung, Retoure oder Kunde
inbox-state = Status
inbox-all = Alle
inbox-from = Von
inbox-both = Beide
inbox-filter = Filtern
inbox-remove-filter = Filter entfernen: { $filter }
inbox-clear-all = Alle entfernen
inbox-about = Zu { $subject }
inbox-none-title = Keine Ereignisse gefunden
inbox-none-text = Nichts von dem, was angekommen ist, passt zu diesen Filtern.
inbox-clear = Filter entfernen
inbox-empty-title = Noch ist nichts angekommen
inbox-empty-text = Sobald Ihr Shop sein erstes Ereignis sendet, steht es hier, zusammen mit dem, was daraus wurde.
inbox-see-set-up = Adressen und Geheimnisse ansehen
inbox-new-title = Lassen Sie Ihren Shop seine Bestellungen melden
inbox-new-text = Er sendet Bestellungen und Retouren als signierte Ereignisse, in beliebiger Reihenfolge und beliebig oft. Punkte zählen nur einmal.
inbox-do-set-up = Feed einrichten
inbox-caption = Ereignisse, das neueste zuerst
inbox-event = Ereignis
inbox-outcome = Was daraus wurde
inbox-arrived = Angekommen
inbox-about-subject = zu { $subject }
inbox-times = { $feed }, { $count }-mal
inbox-newest = { $count ->
    [one] Das neueste
   *[other] Die neuesten { $count }
}
inbox-count = { $count ->
    [one] { $count } Ereignis
   *[other] { $count } Ereignisse
}

## Ein Ereignis
inbox-retry = Noch einmal versuchen
inbox-event-failed = Es ließ sich nicht verarbeiten.
inbox-happened = Was geschehen ist
inbox-times-in-all = { $time }, insgesamt { $count }-mal
inbox-worked-off = Verarbeitet
inbox-attempt = { $time }, Versuch { $count }
inbox-message-id = Nachrichten-ID
inbox-content = Inhalt
inbox-content-label = Der Inhalt, Feld für Feld
inbox-unnamed = Ereignis ohne Namen
inbox-feed-orders = Shop-Backend
inbox-feed-emporix = Emporix-Plattform
inbox-state-waiting = Wartet
inbox-state-done = Erledigt
inbox-state-nothing = Nichts zu tun
inbox-state-failed = Fehlgeschlagen
inbox-retried = Ereignis wird noch einmal versucht
inbox-retried-already = Ereignis wurde schon noch einmal versucht
inbox-retried-all = { $count ->
    [0] Kein Ereignis war fehlgeschlagen
    [one] { $count } Ereignis wird noch einmal versucht
   *[other] { $count } Ereignisse werden noch einmal versucht
}

## Adressen und Geheimnisse
inbox-set-up-intro = Wohin Ihr Shop seine Ereignisse sendet und womit er sie signiert. Zwei Geheimnisse gelten gleichzeitig, damit Sie in Ruhe vom einen zum anderen wechseln können.
inbox-set-up-title = Bestell-Feed einrichten
inbox-orders-about = Ihr Shop sendet Bestellungen, Retouren und gelöschte Kunden als Ereignisse, signiert nach Standard Webhooks.
inbox-emporix-about = Emporix sendet eigene Ereignisse zu Bestellungen, Retouren und Kunden, signiert von seiner HTTP-Strategie oder von Svix.
inbox-address = Adresse
inbox-copy-address = Adresse für: { $feed }
inbox-secrets-of = Geheimnisse: { $feed }
inbox-secret = Geheimnis
inbox-last-used = Zuletzt benutzt
inbox-actions = Aktionen
inbox-created-by = Angelegt am <time datetime="{ $iso }">{ $day }</time> von { $name }
inbox-last-used-at = Zuletzt benutzt: <time datetime="{ $iso }">{ $time }</time>
inbox-never-used = Nie benutzt
inbox-never = Nie
inbox-remove = Entfernen<span class="sr">: Geheimnis, das auf { $hint } endet</span>
inbox-secret-orders = Geheimnis des Shops
inbox-secret-orders-hint = Lassen Sie das Feld leer, erzeugt Guerdon eins. Geheimnisse beginnen mit whsec_.
inbox-secret-emporix = Geheimnis der Plattform
inbox-secret-emporix-hint = Fügen Sie ein, was Svix zum Endpunkt anzeigt, oder den secretKey der HTTP-Strategie. Lassen Sie das Feld leer, erzeugt Guerdon eins.
inbox-add-secret = Geheimnis hinzufügen
inbox-full = Zwei Geheimnisse gelten. Entfernen Sie das nicht mehr benutzte, bevor Sie ein weiteres hinzufügen.
inbox-how-to-sign = Wie Ereignisse signiert werden und was sie enthalten, steht in der <a href="/docs/api">Beschreibung der API</a>.
inbox-secret-kept = Geheimnis gespeichert
inbox-secret-created = Geheimnis angelegt
inbox-put-orders = Tragen Sie es in den Einstellungen des Shop-Backends ein. Dieses signiert damit jedes Ereignis.
inbox-put-emporix = Tragen Sie es in den Einstellungen der Plattform ein. Diese signiert damit jedes Ereignis.
inbox-secret-once = Das Geheimnis wird nur jetzt angezeigt. Kopieren Sie es dorthin, wo es gebraucht wird.
inbox-signing-secret = Signaturgeheimnis
inbox-remove-question = Das Geheimnis entfernen, das auf { $hint } endet?
inbox-remove-refused = Ereignisse, die damit signiert sind, werden ab sofort abgelehnt.
inbox-remove-only = Es ist das einzige: Bis es ein neues gibt, kommt nichts an.
inbox-remove-other = Das andere Geheimnis gilt weiter.
inbox-keep-secret = Geheimnis behalten
inbox-remove-secret = Geheimnis entfernen
inbox-secret-removed = Geheimnis entfernt
## Was aus einem Ereignis wurde
inbox-became-taken-in = Die Bestellung ist { $status }; sie bringt Punkte, wenn sie COMPLETED ist.
inbox-became-earned = Die Bestellung hat { ui-points } gebracht.
inbox-became-earns-when-claimed = Die Bestellung bringt { ui-points }, wenn der Kunde sie für sich beansprucht.
inbox-became-earns-nothing = Die Bestellung bringt nach der Regel der Site keine Punkte.
inbox-became-order-stays = Die Bestellung war schon abgeschlossen und bleibt, wie sie ist.
inbox-became-unknown-order = Von dieser Bestellung ist nichts bekannt; sie hat nichts gebracht.
inbox-became-completed-order = Die Bestellung war abgeschlossen und bleibt es. Was davon zurückkommt, wird als Retoure gemeldet.
inbox-became-called-off = Die Bestellung wurde storniert; sie bringt nichts.
inbox-became-taken-back = { $points ->
    [one] { $points } Punkt der Bestellung { $order } wurde zurückgenommen.
   *[other] { $points } Punkte der Bestellung { $order } wurden zurückgenommen.
}
inbox-became-return-waits = Die Retoure wartet darauf, dass die Bestellung { $order } abgeschlossen wird.
inbox-became-return-rejected = Der Shop hat dieser Retoure nicht zugestimmt.
inbox-became-return-not-agreed = Der Shop hat dieser Retoure noch nicht zugestimmt. Ihr nächstes Ereignis wird es sagen.
inbox-became-return-not-arrived = Die Ware ist noch nicht zurück. Das nächste Ereignis dieser Retoure wird es sagen.
inbox-became-account-closed = Das Konto wurde geschlossen.
inbox-became-no-account = Dieser Kunde hat kein Konto.
inbox-became-no-use = Guerdon kann mit { $kind } nichts anfangen.
inbox-became-status-of-no-order = order.status-changed nennt weder die Bestellung noch ihren Status; order.updated tut es.
inbox-became-in-the-way = Etwas stand im Weg. Guerdon versucht es von selbst noch einmal.
inbox-became-no-json = Der Inhalt ist kein JSON: { $error }.
