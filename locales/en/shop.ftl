shop-name = Alpenglow Outfitters
shop-brand = Alpenglow
shop-skip = Skip to main content
shop-navigation = Shop
shop-goods = Goods
shop-orders = Orders
shop-rewards = Rewards
shop-basket = Basket
shop-basket-of = Basket ({ $pieces })
shop-sign-in = Sign in
shop-sign-out = Sign out { $name }
shop-about = A demonstration: Guerdon does the points, this shop is one of its clients. Nothing is sent or charged.
shop-away = Guerdon does not answer at the moment. Try again in a moment.
shop-welcome = Made for the mountains
shop-welcome-more = Sewn, soled and knitted by small workshops, and every euro collects points.
shop-pack = Touring pack
shop-pack-about = A 28-litre pack for day tours with skis or an axe. Roll top, framed back, 890 g. Sewn in Tyrol from recycled nylon.
shop-shell = Shell jacket
shop-shell-about = Three layers that keep the rain out and let the warmth of the climb go. Hood for a helmet, 410 g.
shop-boots = Hiking boots
shop-boots-about = Leather to the ankle, a sole that can be renewed twice. For days on stony paths.
shop-tent = Tent for two
shop-tent-about = Stands in four minutes and in any wind that you should still be out in. 1.9 kg with all its pegs.
shop-bottle = Steel bottle
shop-bottle-about = Holds 0.7 litres, tea hot for twelve hours. The lid is the cup.
shop-cap = Wool cap
shop-cap-about = Boiled merino wool from the Pitztal, one size for every head.
shop-points = { $points ->
    [one] { $points } point
   *[other] { $points } points
}
shop-earn = { $points ->
    [one] You earn { $points } point
   *[other] You earn { $points } points
}
shop-add = Add to basket
shop-added = { $name } is in your basket.
shop-basket-empty = Nothing in it yet.
shop-to-goods = Look at the goods
shop-lines = What you buy
shop-pieces = { $pieces ->
    [one] { $pieces } piece
   *[other] { $pieces } pieces
}
shop-remove = Remove
shop-remove-named = Remove { $name }
shop-coupon = Coupon code
shop-coupon-take = Use coupon
shop-coupon-in = Coupon { $code } ({ $name }) is in your basket.
shop-coupon-remove = Leave it out
shop-coupon-taken = Coupon { $code } is accepted.
shop-coupon-sign-in = Sign in to use a coupon.
shop-coupon-none = Enter the code of a coupon.
shop-coupon-no-basket = Put something into the basket first, then use the coupon.
shop-coupon-unknown = There is no coupon with this code. Check what you typed.
shop-coupon-used = This coupon has been used.
shop-coupon-expired = This coupon has expired.
shop-coupon-not-yours = This coupon is somebody else's.
shop-coupon-too-little = The goods are not worth enough for this coupon. Add something, then use it again.
shop-coupon-unfit = This coupon does not fit this basket.
shop-sum = What it comes to
shop-goods-sum = Goods
shop-discount = Discount
shop-shipping = Shipping
shop-total = Total
shop-earn-order = { $points ->
    [one] You earn { $points } point with this order
   *[other] You earn { $points } points with this order
}
shop-buy = Buy
shop-sign-in-to-buy = Sign in to buy
shop-thanks = { $points ->
    [one] Thank you. The order is placed, and { $points } point is yours.
   *[other] Thank you. The order is placed, and { $points } points are yours.
}
shop-thanks-later = Thank you. The order is placed; its points follow.
shop-orders-none = You have ordered nothing yet.
shop-order = Order { $number }
shop-earned = { $points ->
    [one] { $points } point earned
   *[other] { $points } points earned
}
shop-earned-later = The points follow.
shop-paid-with = Coupon { $code } took { $amount } off.
shop-return = Return
shop-return-named = Return { $name }
shop-came-back = { $points ->
    [0] Returned
    [one] Returned, { $points } point taken back
   *[other] Returned, { $points } points taken back
}
shop-came-back-later = Returned; the points follow.
shop-returned = { $points ->
    [one] { $name } came back, and { $points } point went with it.
   *[other] { $name } came back, and { $points } points went with it.
}
shop-returned-later = { $name } came back; its points follow.
shop-rewards-more = What your orders have brought you, { $name }, and what you can have for it.
shop-missing-points = { $points ->
    [one] { $points } point to go
   *[other] { $points } points to go
}
shop-exchange = Redeem
shop-exchange-named = Redeem: { $name }
shop-exchanged = Your coupon code is { $code }.
shop-not-exchanged = This cannot be redeemed at the moment. No points were taken.
shop-sign-in-more = This is a demonstration: choose who you are. There is no password.
shop-sign-in-as = Sign in as { $name }
shop-about-mara = A customer for more than a year, with points to spend
shop-about-clara = New here, and a little short of her first voucher
shop-about-tomas = Has never ordered, and has no points yet
shop-missing = There is nothing here
shop-missing-more = The address leads nowhere in this shop.
