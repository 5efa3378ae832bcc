shop-name = Alpenglow Outfitters
shop-brand = Alpenglow
shop-skip = Zum Inhalt springen
shop-navigation = Shop
shop-goods = Sortiment
shop-orders = Bestellungen
shop-rewards = Prämien
shop-basket = Warenkorb
shop-basket-of = Warenkorb ({ $pieces })
shop-sign-in = Anmelden
shop-sign-out = { $name } abmelden
shop-about = Eine Vorführung: Guerdon führt die Punkte, dieser Shop ist einer seiner Clients. Nichts wird versandt oder berechnet.
shop-away = Guerdon antwortet gerade nicht. Versuchen Sie es gleich noch einmal.
shop-welcome = Für die Berge gemacht
shop-welcome-more = In kleinen Werkstätten genäht, besohlt und gestrickt, und jeder Euro sammelt Punkte.
shop-pack = Tourenrucksack
shop-pack-about = 28 Liter für Tagestouren mit Ski oder Pickel. Rollverschluss, Rahmen im Rücken, 890 g. In Tirol aus wiedergewonnenem Nylon genäht.
shop-shell = Wetterjacke
shop-shell-about = Drei Lagen, die den Regen draußen halten und die Wärme des Aufstiegs gehen lassen. Kapuze über dem Helm, 410 g.
shop-boots = Wanderschuhe
shop-boots-about = Leder bis zum Knöchel, eine Sohle, die sich zweimal erneuern lässt. Für Tage auf steinigen Wegen.
shop-tent = Zelt für zwei
shop-tent-about = Steht in vier Minuten und in jedem Wind, in dem man noch draußen sein sollte. 1,9 kg mit allen Heringen.
shop-bottle = Stahlflasche
shop-bottle-about = Fasst 0,7 Liter, Tee bleibt zwölf Stunden heiß. Der Deckel ist der Becher.
shop-cap = Wollmütze
shop-cap-about = Gewalkte Merinowolle aus dem Pitztal, eine Größe für jeden Kopf.
shop-points = { $points ->
    [one] { $points } Punkt
   *[other] { $points } Punkte
}
shop-earn = { $points ->
    [one] Sie sammeln { $points } Punkt
   *[other] Sie sammeln { $points } Punkte
}
shop-add = In den Warenkorb
shop-added = { $name } liegt in Ihrem Warenkorb.
shop-basket-empty = Noch liegt nichts darin.
shop-to-goods = Zum Sortiment
shop-lines = Was Sie kaufen
shop-pieces = { $pieces ->
    [one] { $pieces } Stück
   *[other] { $pieces } Stück
}
shop-remove = Entfernen
shop-remove-named = { $name } entfernen
shop-coupon = Gutscheincode
shop-coupon-take = Gutschein einlösen
shop-coupon-in = Der Gutschein { $code } ({ $name }) liegt in Ihrem Warenkorb.
shop-coupon-remove = Weglassen
shop-coupon-taken = Der Gutschein { $code } wurde angenommen.
shop-coupon-sign-in = Melden Sie sich an, um einen Gutschein einzulösen.
shop-coupon-none = Geben Sie den Code eines Gutscheins ein.
shop-coupon-no-basket = Legen Sie erst etwas in den Warenkorb und lösen Sie dann den Gutschein ein.
shop-coupon-unknown = Es gibt keinen Gutschein mit diesem Code. Prüfen Sie Ihre Eingabe.
shop-coupon-used = Dieser Gutschein wurde schon eingelöst.
shop-coupon-expired = Dieser Gutschein ist abgelaufen.
shop-coupon-not-yours = Dieser Gutschein gehört jemand anderem.
shop-coupon-too-little = Der Warenwert reicht für diesen Gutschein nicht. Legen Sie noch etwas dazu und lösen Sie ihn dann ein.
shop-coupon-unfit = Dieser Gutschein passt nicht zu diesem Warenkorb.
shop-sum = Zusammen
shop-goods-sum = Waren
shop-discount = Rabatt
shop-shipping = Versand
shop-total = Summe
shop-earn-order = { $points ->
    [one] Sie sammeln mit dieser Bestellung { $points } Punkt
   *[other] Sie sammeln mit dieser Bestellung { $points } Punkte
}
shop-buy = Kaufen
shop-sign-in-to-buy = Anmelden und kaufen
shop-thanks = { $points ->
    [one] Vielen Dank. Die Bestellung ist da, und { $points } Punkt gehört Ihnen.
   *[other] Vielen Dank. Die Bestellung ist da, und { $points } Punkte gehören Ihnen.
}
shop-thanks-later = Vielen Dank. Die Bestellung ist da; ihre Punkte folgen.
shop-orders-none = Sie haben noch nichts bestellt.
shop-order = Bestellung { $number }
shop-earned = { $points ->
    [one] { $points } Punkt gesammelt
   *[other] { $points } Punkte gesammelt
}
shop-earned-later = Die Punkte folgen.
shop-paid-with = Der Gutschein { $code } hat { $amount } abgezogen.
shop-return = Zurückgeben
shop-return-named = { $name } zurückgeben
shop-came-back = { $points ->
    [0] Zurückgegeben
    [one] Zurückgegeben, { $points } Punkt zurückgenommen
   *[other] Zurückgegeben, { $points } Punkte zurückgenommen
}
shop-came-back-later = Zurückgegeben; die Punkte folgen.
shop-returned = { $points ->
    [one] { $name } kam zurück und { $points } Punkt ging mit.
   *[other] { $name } kam zurück und { $points } Punkte gingen mit.
}
shop-returned-later = { $name } kam zurück; die Punkte folgen.
shop-rewards-more = Was Ihre Bestellungen Ihnen gebracht haben, { $name }, und was Sie dafür bekommen.
shop-missing-points = { $points ->
    [one] noch { $points } Punkt
   *[other] noch { $points } Punkte
}
shop-exchange = Einlösen
shop-exchange-named = Einlösen: { $name }
shop-exchanged = Ihr Gutscheincode ist { $code }.
shop-not-exchanged = Das kann gerade nicht eingelöst werden. Es wurden keine Punkte abgezogen.
shop-sign-in-more = Dies ist eine Vorführung: Wählen Sie, wer Sie sind. Ein Passwort gibt es nicht.
shop-sign-in-as = Als { $name } anmelden
shop-about-mara = Seit mehr als einem Jahr Kundin, mit Punkten zum Ausgeben
shop-about-clara = Neu hier, und knapp vor ihrem ersten Gutschein
shop-about-tomas = Hat noch nie bestellt und hat noch keine Punkte
shop-missing = Hier ist nichts
shop-missing-more = Diese Adresse führt in diesem Shop nirgendwohin.
