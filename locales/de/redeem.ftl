## Für einen Kunden einlösen, und das stornieren
redeem-title = Punkte einlösen
redeem-for = Punkte für <bdi>{ $name }</bdi> einlösen
redeem-available = verfügbar
redeem-nothing = Nichts zum Einlösen
redeem-nothing-text = Punkte werden gegen Prämien eingelöst, und zurzeit ist keine aktiv.
redeem-manage = Prämien verwalten
redeem-sold-out = Vergriffen
redeem-to-go = { $points ->
    [one] Es fehlt noch { $points } Punkt
   *[other] Es fehlen noch { $points } Punkte
}
redeem-order-from = { $discount }, ab { $value } Bestellwert
redeem-question = { ui-points } für <bdi>{ $name }</bdi> einlösen?
redeem-site = Shop-Site
redeem-means = Der Gutscheincode entsteht sofort. Die nächste Seite zeigt ihn.
redeem-keep = Punkte behalten
redeem-submit = { ui-points } einlösen
redeem-done = Punkte eingelöst
redeem-no-account = Dieser Kunde hat kein offenes Punktekonto. Schreiben Sie Punkte gut, um eines zu eröffnen.
redeem-cancel = Einlösung stornieren
redeem-cancel-too-late = Der Gutschein wurde schon verwendet oder storniert; es bleibt, wie es ist.
redeem-cancel-question = Gutschein { $code } stornieren und { ui-points } zurückgeben?
redeem-cancel-means = Der Code gilt sofort nicht mehr. { $name } bekommt { ui-points } zurück, mit dem Verfallsdatum von vorher.
redeem-cancel-stays = Beide Buchungen bleiben im Verlauf.
redeem-cancel-keep = Gutschein behalten
redeem-cancelled = Einlösung storniert
redeem-cancelled-already = Schon storniert
