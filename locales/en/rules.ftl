rules-title = Earning rules
rules-intro = How much customers earn on each site, for how long, and how their coupon codes begin
rules-by-site = Rules by site
rules-caption = Earning rules by site
rules-site = Site
rules-points = Points
rules-valid-for = Valid for
rules-prefix = Coupon prefix
rules-orders = Orders
rules-actions = Actions
rules-off = Off
rules-for = for { $amount }
rules-prefix-missing = Missing
rules-prefix-missing-set = Missing<span class="sr">: set the coupon prefix of { $site }</span>
rules-earn = Earn points
rules-earn-nothing = Earn nothing
rules-edit = Edit<span class="sr"> the rule of { $site }</span>

## The page of one rule
rules-of = Earning rule of { $site }
rules-version-since = Version { $number }, since <time datetime="{ $iso }">{ $time }</time>
rules-rule = The rule
rules-effect = A change takes effect at once, for points awarded from then on. Points that customers have keep their end.
rules-enabled = Orders earn points
rules-enabled-hint = Off, orders earn nothing. Points can still be added by hand and redeemed.
rules-ratio = Ratio
rules-unit = points for { $amount }
rules-unit-of-money = Points for one unit of money
rules-fractions = Fractions of a point
rules-round-down = Round down
rules-round-nearest = Round to the nearest
rules-round-up = Round up
rules-basis = Total that counts
rules-gross = With tax
rules-net = Without tax
rules-cap = Most for one order
rules-cap-points = Most points for one order
rules-no-limit = No limit
rules-shipping = Shipping earns points
rules-discounts = Discounts are taken off first
rules-discounts-hint = Off, customers also earn points for what a coupon paid.
rules-validity = Points are valid for
rules-months = months
rules-end = They end
rules-end-exact = At the time of day when they were earned
rules-end-start-of-day = At the start of the day
rules-end-end-of-day = At the end of the day
rules-end-end-of-month = At the end of the month
rules-pending = Wait before points can be spent
rules-pending-days = Days until points can be spent
rules-at-once = At once
rules-days = days
rules-pending-hint = Such as the days in which goods can be returned. 0: they can be spent at once.
rules-shortfall = When a return finds the points spent
rules-returns = Returns of spent points
rules-clamp = Take back what is left
rules-clamp-hint = The customer keeps nothing owing; the missing points are recorded with the return.
rules-owe = Let later points pay the rest
rules-owe-hint = The next points that the customer earns go towards the return first.
rules-prefix-hint = Codes begin with it: ACM makes ACM-… Up to 16 letters and digits.
rules-no-prefix = None
rules-example-title = For example
rules-history = History
rules-version = Version { $number }
rules-first = The first rule.
rules-saved = Earning rule saved

## The example: an order worked out by the rule
rules-incomplete = What is typed is not complete yet.
rules-example-off = Orders on { $site } earn no points.
rules-example-order = An order of { $paid }{ $basis ->
    [net] {" "}without tax
   *[gross] {""}
} with { $shipping } shipping{ $discounted ->
    [yes] {" "}and a discount of { $discount }
   *[no] {""}
} { $points ->
    [0] earns no points
    [one] earns { $points } point, valid until { $until }
   *[other] earns { $points } points, valid until { $until }
}.
rules-until-start = the start of { $day }
rules-until-end = the end of { $day }
rules-example-working = { $counted } count, times { $factor } makes { $exact }{ $rounding ->
    [down] , rounded down
    [nearest] , rounded to the nearest
    [up] , rounded up
   *[none] {""}
}{ $capped ->
    [yes] , limited by the most for one order
   *[no] {""}
}.
rules-example-from = They can be spent from { $day }.

## What the rule that is typed would have given
rules-trial-try = Try on the last 90 days
rules-trial-title = What it would have been
rules-trial-about = { $orders ->
    [one] { $orders } order of the last 90 days, without returns. Nothing is saved yet.
   *[other] { $orders } orders of the last 90 days, without returns. Nothing is saved yet.
}
rules-trial-no-orders = No order was completed on this site in the last 90 days.
rules-trial-what = Figure
rules-trial-was = As it was
rules-trial-would = With this rule
rules-trial-points = Points
rules-trial-worth = Worth up to
rules-trial-customers = Customers with points
rules-trial-orders = Orders with points
## Drafts
rules-draft-in-form = The form below shows it, and what it would have given stands beside it; orders earn by the rule as it was.
rules-draft-live-in-form = Orders, and the form below, have the rule as it was.
rules-draft-same = It says the same as the rule does now.
rules-draft-show-live = Show the rule as it is
rules-draft-kept = Draft kept. Orders earn by the rule as it was.
rules-draft-changed = Somebody kept, published or discarded a draft of this rule meanwhile. Look at what it is now, and try again.
rules-draft-behind = Somebody changed this rule since you opened it. Look at what the draft would change now, then publish it.
