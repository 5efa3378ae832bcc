## Buchungen in Worten, auf jeder Seite gleich
entry-kind-earned = Gesammelt
entry-kind-added = Gutgeschrieben
entry-kind-removed = Abgezogen
entry-kind-redeemed = Eingelöst
entry-kind-expired = Verfallen
entry-kind-taken-back = Zurückgebucht
entry-kind-given-back = Zurückgegeben
entry-kind-closed = Konto geschlossen
entry-kind-with = { $kind }: { $text }
entry-source-api = über die API
entry-source-back-office = im Backoffice
entry-source-command-line = auf der Kommandozeile
entry-source-job = automatisch
entry-source-import = mit einem Import
entry-former-employee = Früheres Teammitglied
entry-customer = Kunde
entry-order = Bestellung { $order }
entry-some-order = Bestellung
entry-removal-undone = Abzug rückgängig gemacht
entry-addition-undone = Gutschrift rückgängig gemacht
entry-points-added = Punkte gutgeschrieben
entry-points-removed = Punkte abgezogen
entry-points-redeemed = Punkte eingelöst
entry-redeemed = Eingelöst: { $what }
entry-points-expired = Punkte verfallen
entry-order-returned = Retoure zu Bestellung { $order }
entry-points-owed = Geschuldete Punkte
entry-redemption-cancelled = Einlösung storniert
entry-account-closed = Konto geschlossen
entry-coupon-cancelled = Storniert
entry-coupon-used = Verwendet
entry-coupon-expired = Abgelaufen
entry-coupon-unused = Noch nicht verwendet
entry-link = { $what }, { $on }
entry-link-until = { $what }, { $on }, gültig bis { $until }
entry-more = und { $count } weitere
entry-recorded = Gebucht
entry-recorded-by = { $at }, von { $by } { $source }
entry-recorded-by-customer = { $at }, vom Kunden { $source }
entry-reason = Grund
entry-note = Text für den Kunden
entry-private-note = Interne Notiz
entry-reference = Referenz
entry-site = Shop-Site
entry-usable-from = Einlösbar ab
entry-valid-until = Gültig bis
entry-left = Übrig
entry-left-of = { $left } von { $points ->
    [one] { $points } Punkt
   *[other] { $points } Punkten
}
entry-undone = Rückgängig gemacht
entry-undone-by = { $at } von { $by }
entry-undoes = Macht rückgängig
entry-undoes-what = { $what }: { $points ->
    [one] { $points } Punkt
   *[other] { $points } Punkte
}, { $at }
entry-coupon = Gutschein
entry-worked-out = Berechnet in { $currency }
entry-rule = Sammelregel
entry-rule-version = Version { $version }, die beim Abschluss der Bestellung galt
entry-yes = ja
entry-no = nein
entry-entry = Buchung
entry-what-happened = Was passiert ist
entry-taken-from = Genommen aus
entry-taken-of = <span class="num">{ $points }</span> aus <bdi>{ $text }</bdi>
entry-went-to = Verbraucht durch
entry-went-for = <span class="num">{ $points }</span> durch <bdi>{ $text }</bdi>
entry-points = { $signed } { $points ->
    [one] Punkt
   *[other] Punkte
}
entry-balance-after = Punktestand danach { $balance }
entry-undo = Buchung rückgängig machen
entry-cancel = Einlösung stornieren
entry-back = Zurück zu <bdi>{ $name }</bdi>
entry-copy-code = <span data-label>Kopieren</span><span class="sr"> des Gutscheincodes</span>
entry-undo-added = { ui-points } von { $name } zurücknehmen?
entry-undo-removed = { $name } { ui-points } zurückgeben?
entry-undo-added-what = { $points ->
    [one] { $points } Punkt wurde
   *[other] { $points } Punkte wurden
} gutgeschrieben: { $title }.
entry-undo-removed-what = { $points ->
    [one] { $points } Punkt wurde
   *[other] { $points } Punkte wurden
} abgezogen: { $title }.
entry-undo-means = Eine neue Buchung macht sie rückgängig; beide bleiben im Verlauf. Der Punktestand ändert sich von { $before } auf { $after }, sofern inzwischen keine Punkte verfallen sind.
entry-undo-too-few = { $name } hat noch { $has }; { $points } zurückzunehmen ist deshalb nicht möglich. Ziehen Sie von Hand ab, was weg soll.
entry-keep = Buchung behalten
entry-undone-already = Schon rückgängig gemacht
entry-entry-undone = Buchung rückgängig gemacht
