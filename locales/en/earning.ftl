## How the points of an order were worked out: 119.00 gross - 4.90 shipping = 114.10 x 1 = 114.1, rounded down: 114
earning-switched-off = The site's earning rule (version { $version }) was switched off.
earning-before-first-rule = The order was completed before the site's first earning rule.
earning-gross = { $amount } gross
earning-net = { $amount } net
earning-shipping = shipping
earning-discount = discount
earning-nothing = which is less than nothing and counts as { $amount }
earning-rounded-down = rounded down
earning-rounded-nearest = rounded to the nearest
earning-rounded-up = rounded up
earning-capped = limited by the most for one order
