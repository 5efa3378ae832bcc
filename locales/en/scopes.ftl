## What each scope of a token allows
scopes-points-view = Reads the points and the history of every customer.
scopes-points-manage = Adds and redeems points, closes accounts and changes the redeem options.
scopes-customer-token = Makes short-lived tokens with which a customer sees and redeems their own points.
scopes-customer = Keeps customers’ names and email addresses, and erases them.
scopes-order = Reports orders and returns, for which points are earned and taken back.
scopes-coupon-read = Lists and reads coupons.
scopes-coupon-manage = Lists, creates, changes and deletes coupons.
scopes-coupon-redeem = Reads a coupon by its code, validates it and redeems it.
scopes-coupon-on-behalf = Validates and redeems coupons for a customer it names.
scopes-site = Reads and changes the reward settings of sites.
