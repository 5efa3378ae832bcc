## Retouren, die mit Gutscheinen für Punkte bezahlt waren
returns-intro = Bestellungen, die zurückkamen und mit Gutscheinen für Punkte bezahlt waren. Sollen auch die Punkte zurückkommen?
returns-orders = Bestellungen
returns-decisions = Entscheidungen
returns-tab-open = Zu entscheiden
returns-tab-given-back = Zurückgegeben
returns-tab-kept = Eingelöst gelassen
returns-tab-all = Alle
returns-none-open = Nichts zu entscheiden
returns-none-open-text = Eine Bestellung erscheint hier, wenn sie zurückkommt und laut ihrer Prämie jemand vom Team entscheidet.
returns-see-options = Zu den Prämien
returns-none = Hier ist nichts
returns-none-text = So wurde noch über keine Bestellung entschieden.
returns-see-open = Zu den offenen
returns-caption = Retouren, neueste zuerst
returns-order = Bestellung
returns-customer = Kunde
returns-coupon = Gutschein
returns-points = Punkte
returns-decision = Entscheidung
returns-all-back = Kam ganz zurück
returns-part-back = Kam zum Teil zurück
returns-give-back = Zurückgeben<span class="sr">: Punkte für Bestellung { $order }</span>
returns-keep = Eingelöst lassen<span class="sr">: Bestellung { $order }</span>
returns-decided-by = { $date } von { $by }
returns-count = { $count ->
    [one] { $count } Bestellung
   *[other] { $count } Bestellungen
}
returns-question = { $name } { ui-points } zurückgeben?
returns-what = Bestellung { $order } kam zurück. Sie war mit dem Gutschein { $code } bezahlt, der { ui-points } gekostet hat.
returns-means = Die Punkte kommen mit ihrem früheren Verfallsdatum zurück. Der Gutschein lässt sich nicht noch einmal verwenden.
returns-act = Punkte zurückgeben
returns-given-back = Punkte zurückgegeben
returns-kept = Punkte bleiben eingelöst
returns-reopened = Über die Bestellung ist wieder zu entscheiden
