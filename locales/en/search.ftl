## The search at the top, which also offers pages and actions
search-recent = Looked at last
search-hint = A name, an email address, a number, an order or a coupon. Pages and actions, too.
search-nothing = No customer found.
search-found = { $count ->
    [one] { $count } customer found. Press Enter for the whole list.
   *[other] { $count } customers found. Press Enter for the whole list.
}
search-found-more = More than { $count } customers found. Press Enter for the whole list.
search-coupon = Coupon { $code }
search-open-account = Open an account
search-new-option = New redemption option
search-new-coupon = New coupon
search-new-member = Add somebody to the team
search-new-client = New API client
search-new-site = New site
search-new-endpoint = New webhook endpoint
