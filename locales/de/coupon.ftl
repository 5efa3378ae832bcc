## Die Seite eines Gutscheins
coupon-copy-code = <span data-label>Kopieren</span><span class="sr"> des Codes</span>
coupon-delete = Löschen
coupon-worth = Was er wert ist
coupon-left = Übrig
coupon-no-limit = Unbegrenzt
coupon-uses = Verwendungen an der Kasse
coupon-uses-before = { $count }-mal verwendet, bevor er aus einem anderen Dienst übernommen wurde; dort stehen die Einzelheiten.
coupon-unused = Dieser Gutschein wurde noch nicht verwendet.
coupon-uses-caption = Verwendungen dieses Gutscheins, neueste zuerst
coupon-discount = Rabatt
coupon-order-total = Bestellwert
coupon-actions = Aktionen
coupon-order = Bestellung <span class="code"><bdi>{ $order }</bdi></span>
coupon-recorded-by = erfasst von <bdi>{ $by }</bdi>
coupon-guest = Gast
coupon-total-was = Bestellwert { $total }
coupon-for-entity = für <bdi>{ $entity }</bdi>
coupon-given-back = Zurückgenommen
coupon-give-back = Zurücknehmen<span class="sr">: Verwendung vom { $at }</span>
coupon-uses-pages = Seiten der Verwendungen
coupon-uses-range = { $shown } von { $count ->
    [one] { $count } Verwendung
   *[other] { $count } Verwendungen
}
coupon-origin = Woher er kommt
coupon-redeemed = Eingelöst
coupon-redeemed-for = <span class="pts">{ $points }<span class="sr"> Punkte</span></span> für <a href="{ $href }"><bdi>{ $name }</bdi></a>
coupon-on = Am
coupon-entry = : Buchung im Punktebuch
coupon-site = Shop-Site
coupon-cancelled = Storniert
coupon-cancelled-at = { $at }; die Punkte kamen zurück
coupon-made = Erstellt
coupon-made-to-share = Damit ein Kunde ihn teilt
coupon-made-elsewhere = In einem anderen Dienst
coupon-made-by-shop = Vom Shop
coupon-issued-to = Ausgegeben an
coupon-last-change = Letzte Änderung
coupon-deleted = Gelöscht
coupon-conditions = Bedingungen
coupon-customers = Kunden
coupon-can-be-used = Verwendbar
coupon-by-one-customer = Von einem Kunden
coupon-times = { $count }-mal
coupon-many-customers = { $count } Kunden
coupon-categories = Kategorien
coupon-not-for = Nicht für
coupon-segments = Segmente
coupon-history = Verlauf
coupon-history-none = Zu diesem Gutschein ist nichts aufgezeichnet.
coupon-event-created = Erstellt
coupon-event-changed = Geändert
coupon-event-deleted = Gelöscht
coupon-event-use-given-back = Verwendung zurückgenommen
coupon-event-cancelled = Einlösung storniert, { ui-points } zurückgegeben
coupon-event-issued = Für { ui-points } ausgegeben
coupon-event-imported = Importiert
coupon-event-imported-by = Aus einem anderen Dienst übernommen
coupon-cancel-grace = Inzwischen verfallene Punkte sind noch { $days ->
    [one] { $days } Tag
   *[other] { $days } Tage
} einlösbar. Beide Buchungen bleiben im Verlauf.
coupon-not-bought = Der Gutschein { $code } wurde nicht mit Punkten gekauft. Löschen Sie ihn stattdessen.
coupon-cancelled-before = Die Einlösung für den Gutschein { $code } ist schon storniert; die Punkte sind zurück.
coupon-used-before = Der Gutschein { $code } wurde verwendet, daher kommen die Punkte nicht zurück. Nehmen Sie zuerst die Verwendung zurück.
coupon-delete-title = Gutschein löschen
coupon-delete-question = Gutschein { $code } löschen?
coupon-delete-unused = Er wurde nicht verwendet. Niemand kann ihn mehr verwenden.
coupon-delete-used = Er wurde { $count }-mal verwendet; das bleibt, wie es ist. Niemand kann ihn mehr verwenden.
coupon-delete-points = { $points ->
    [one] Der { $points } Punkt, mit dem er gekauft wurde, kommt
   *[other] Die { $points } Punkte, mit denen er gekauft wurde, kommen
} nicht zurück. Um Punkte zurückzugeben, stornieren Sie stattdessen die Einlösung.
coupon-delete-stays = Der Gutschein bleibt in der Liste der gelöschten, und sein Code wird nie wieder vergeben.
coupon-deleted-already = Der Gutschein { $code } ist schon gelöscht.
coupon-deleted-now = Gutschein gelöscht
coupon-use-title = Verwendung zurücknehmen
coupon-use-question = Diese Verwendung von { $code } zurücknehmen?
coupon-use-order = Bestellung { $order } zählt dann nicht mehr als Verwendung.
coupon-use-some-order = Eine Bestellung zählt dann nicht mehr als Verwendung.
coupon-use-again = { $code } kann einmal mehr verwendet werden.
coupon-use-deleted = Der Gutschein ist gelöscht, daher kann ihn niemand noch einmal verwenden.
coupon-use-expired = Der Gutschein ist abgelaufen, daher kann ihn niemand noch einmal verwenden.
coupon-use-order-stays = Die Bestellung selbst bleibt, wie sie ist: Ändern Sie ihren Rabatt im Shop.
coupon-use-keep = Verwendung behalten
coupon-use-given-back = Verwendung zurückgenommen
