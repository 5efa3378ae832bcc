## Entries of the ledger in words, the same on every page
entry-kind-earned = Earned
entry-kind-added = Added
entry-kind-removed = Removed
entry-kind-redeemed = Redeemed
entry-kind-expired = Expired
entry-kind-taken-back = Taken back
entry-kind-given-back = Given back
entry-kind-closed = Account closed
entry-kind-with = { $kind }: { $text }
entry-source-api = through the API
entry-source-back-office = in the back office
entry-source-command-line = on the command line
entry-source-job = by itself
entry-source-import = with an import
entry-former-employee = A former employee
entry-customer = Customer
entry-order = Order { $order }
entry-some-order = Order
entry-removal-undone = Removal undone
entry-addition-undone = Addition undone
entry-points-added = Points added
entry-points-removed = Points removed
entry-points-redeemed = Points redeemed
entry-redeemed = Redeemed: { $what }
entry-points-expired = Points expired
entry-order-returned = Order { $order } returned
entry-points-owed = Points owed
entry-redemption-cancelled = Redemption cancelled
entry-account-closed = Account closed
entry-coupon-cancelled = Cancelled
entry-coupon-used = Used
entry-coupon-expired = Expired
entry-coupon-unused = Not used yet
entry-link = { $what }, { $on }
entry-link-until = { $what }, { $on }, valid until { $until }
entry-more = and { $count } more
entry-recorded = Recorded
entry-recorded-by = { $at }, by { $by } { $source }
entry-recorded-by-customer = { $at }, by Customer { $source }
entry-reason = Reason
entry-note = Text for the customer
entry-private-note = Private note
entry-reference = Reference
entry-site = Site
entry-usable-from = Usable from
entry-valid-until = Valid until
entry-left = Left
entry-left-of = { $left } of { $points ->
    [one] { $points } point
   *[other] { $points } points
}
entry-undone = Undone
entry-undone-by = { $at } by { $by }
entry-undoes = Undoes
entry-undoes-what = { $what } { $points ->
    [one] { $points } point
   *[other] { $points } points
}, { $at }
entry-coupon = Coupon
entry-worked-out = Worked out in { $currency }
entry-rule = Earning rule
entry-rule-version = Version { $version }, which held when the order was completed
entry-yes = yes
entry-no = no
entry-entry = Entry
entry-what-happened = What happened
entry-taken-from = Taken from
entry-taken-of = <span class="num">{ $points }</span> of <bdi>{ $text }</bdi>
entry-went-to = Went to
entry-went-for = <span class="num">{ $points }</span> to <bdi>{ $text }</bdi>
entry-points = { $signed } { $points ->
    [one] point
   *[other] points
}
entry-balance-after = Balance afterwards { $balance }
entry-undo = Undo entry
entry-cancel = Cancel redemption
entry-back = Back to <bdi>{ $name }</bdi>
entry-copy-code = <span data-label>Copy</span><span class="sr"> coupon code</span>
entry-undo-added = Take { ui-points } back from { $name }?
entry-undo-removed = Give { ui-points } back to { $name }?
entry-undo-added-what = { ui-points } were added: { $title }.
entry-undo-removed-what = { ui-points } were removed: { $title }.
entry-undo-means = A new entry undoes it; both stay in the history. The balance goes from { $before } to { $after }, unless points have expired meanwhile.
entry-undo-too-few = { $name } has { $has } left, so { $points } cannot be taken back. Remove by hand what is to be taken.
entry-keep = Keep entry
entry-undone-already = Undone already
entry-entry-undone = Entry undone
