refusal-not-enough = { $has ->
    [one] The customer has { $has } point; { $asked } were asked for.
   *[other] The customer has { $has } points; { $asked } were asked for.
}
refusal-unknown-customer = No reward points found for customer { $customer }
refusal-account-exists = Couldn't create a new reward point entry for the customer '{ $customer }'
refusal-entry-id = The id '{ $id }' was used for another entry already. Send a new id, or the same request again.
refusal-key-reused = This Idempotency-Key was used for another request. Send a new key, or the same request again.
refusal-too-large = The balance would grow beyond 9,007,199,254,740,991 points.
refusal-ends-in-the-past = Give a validUntil that lies ahead.
refusal-option-unknown = No redeem option found with id { $id }
refusal-sold-out = This option is sold out.
refusal-per-customer = This option can be redeemed { $times } times by one customer, and was.
refusal-not-on-site = This option is not offered on the site '{ $site }'.
refusal-damaged = The lots of customer { $customer } do not add up to the balance. Run `guerdon verify`.
refusal-redemption-unknown = There is no redemption '{ $id }' of this customer.
refusal-cancelled = This redemption has been cancelled already.
refusal-cancelling-off = Customers cannot cancel coupons here. Ask the shop to do it.
refusal-cancelling-over = A coupon can be cancelled within { $hours } hours, which are over. Ask the shop to do it.
refusal-coupon-used = The coupon { $code } has been used already.
refusal-entry-unknown = There is no entry '{ $id }' in this account.
refusal-undone = This entry has been undone already.
refusal-not-undoable = Only added and removed points can be undone.
refusal-order-changed = The order '{ $order }' changed in the meantime. Send the request again.
refusal-order-unknown = There is no order '{ $order }'.
refusal-order-of-another = The order '{ $order }' belongs to another customer.
refusal-item-unknown = The order has no item '{ $item }'.
refusal-other-currency = The order was paid in { $currency }. Give the amount in that currency.
refusal-returned-unknown = There is no such returned coupon.
refusal-returned-decided = Somebody has decided this in the meantime.
refusal-order-completed = The order '{ $order }' was completed { $what }. A completed order stays as it is; report what comes back as a return.
refusal-completed-site = on another site
refusal-completed-currency = in another currency
refusal-completed-customer = for another customer
refusal-return-taken = The return '{ $id }' was reported with other content already. Send a new return id, or the same content again.
