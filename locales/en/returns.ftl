## Returned orders that were paid with coupons bought with points
returns-intro = Orders that came back and were paid with coupons bought with points. Shall the points come back, too?
returns-orders = Orders
returns-decisions = Decisions
returns-tab-open = To decide
returns-tab-given-back = Given back
returns-tab-kept = Left spent
returns-tab-all = All
returns-none-open = Nothing to decide
returns-none-open-text = An order shows here when it comes back and its redemption option says that an employee decides.
returns-see-options = See redemption options
returns-none = Nothing here
returns-none-text = No order was decided like this.
returns-see-open = See what is to decide
returns-caption = Returned orders, newest first
returns-order = Order
returns-customer = Customer
returns-coupon = Coupon
returns-points = Points
returns-decision = Decision
returns-all-back = All of it came back
returns-part-back = A part of it came back
returns-give-back = Give back<span class="sr"> the points for order { $order }</span>
returns-keep = Leave spent<span class="sr">: order { $order }</span>
returns-decided-by = { $date } by { $by }
returns-count = { $count ->
    [one] { $count } order
   *[other] { $count } orders
}
returns-question = Give { $name } { ui-points } back?
returns-what = Order { $order } came back. It was paid with the coupon { $code }, which cost { ui-points }.
returns-means = The points come back with the dates of expiry that they had. The coupon cannot be used again.
returns-act = Give points back
returns-given-back = Points given back
returns-kept = Points left spent
returns-reopened = Order is to be decided again
