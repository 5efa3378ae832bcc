## The page of one coupon
coupon-copy-code = <span data-label>Copy</span><span class="sr"> code</span>
coupon-delete = Delete
coupon-worth = What it is worth
coupon-left = Left
coupon-no-limit = No limit
coupon-uses = Uses at checkout
coupon-uses-before = Used { $count ->
    [one] { $count } time
   *[other] { $count } times
} before it was taken over from another service, which has the details.
coupon-unused = This coupon has not been used.
coupon-uses-caption = Uses of this coupon, newest first
coupon-discount = Discount
coupon-order-total = Order total
coupon-actions = Actions
coupon-order = Order <span class="code"><bdi>{ $order }</bdi></span>
coupon-recorded-by = recorded by <bdi>{ $by }</bdi>
coupon-guest = Guest
coupon-total-was = order total { $total }
coupon-for-entity = for <bdi>{ $entity }</bdi>
coupon-given-back = Given back
coupon-give-back = Give back<span class="sr"> the use of { $at }</span>
coupon-uses-pages = Pages of uses
coupon-uses-range = { $shown } of { $count ->
    [one] { $count } use
   *[other] { $count } uses
}
coupon-origin = Where it came from
coupon-redeemed = Redeemed
coupon-redeemed-for = <span class="pts">{ $points }<span class="sr"> points</span></span> for <a href="{ $href }"><bdi>{ $name }</bdi></a>
coupon-on = On
coupon-entry = : entry in the ledger
coupon-site = Site
coupon-cancelled = Cancelled
coupon-cancelled-at = { $at }; the points came back
coupon-made = Made
coupon-made-to-share = For a customer to share
coupon-made-elsewhere = In another service
coupon-made-by-shop = By the shop
coupon-issued-to = Issued to
coupon-last-change = Last change
coupon-deleted = Deleted
coupon-conditions = Conditions
coupon-customers = Customers
coupon-can-be-used = Can be used
coupon-by-one-customer = By one customer
coupon-times = { $count ->
    [one] { $count } time
   *[other] { $count } times
}
coupon-many-customers = { $count } customers
coupon-categories = Categories
coupon-not-for = Not for
coupon-segments = Segments
coupon-history = History
coupon-history-none = Nothing is recorded of this coupon.
coupon-event-created = Created
coupon-event-changed = Changed
coupon-event-deleted = Deleted
coupon-event-use-given-back = Use given back
coupon-event-cancelled = Redemption cancelled, { ui-points } given back
coupon-event-issued = Issued for { ui-points }
coupon-event-imported = Imported
coupon-event-imported-by = Taken over from another service
coupon-cancel-grace = Points that have expired meanwhile can be used for { $days ->
    [one] { $days } day
   *[other] { $days } days
} more. Both entries stay in the history.
coupon-not-bought = The coupon { $code } was not bought with points. Delete it instead.
coupon-cancelled-before = The redemption of the coupon { $code } has been cancelled already; its points are back.
coupon-used-before = The coupon { $code } has been used, so its points do not come back. Give the use back first.
coupon-delete-title = Delete coupon
coupon-delete-question = Delete the coupon { $code }?
coupon-delete-unused = It has not been used. Nobody can use it any more.
coupon-delete-used = It has been used { $count ->
    [one] { $count } time
   *[other] { $count } times
}; that stays as it is. Nobody can use it any more.
coupon-delete-points = The { ui-points } that it was bought with do not come back. To give them back, cancel the redemption instead.
coupon-delete-stays = The coupon stays in the list of deleted ones, and its code is never given to another one.
coupon-deleted-already = The coupon { $code } has been deleted already.
coupon-deleted-now = Coupon deleted
coupon-use-title = Give use back
coupon-use-question = Give this use of { $code } back?
coupon-use-order = Order { $order } no longer counts as a use.
coupon-use-some-order = An order no longer counts as a use.
coupon-use-again = { $code } can be used once more.
coupon-use-deleted = The coupon is deleted, so nobody can use it again.
coupon-use-expired = The coupon has expired, so nobody can use it again.
coupon-use-order-stays = The order itself stays as it is: change its discount in the shop.
coupon-use-keep = Keep use
coupon-use-given-back = Use given back
