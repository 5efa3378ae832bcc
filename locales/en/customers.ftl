## The list of customers, and the search at the top
customers-intro = { $count ->
    [one] { $count } customer has
   *[other] { $count } customers have
} an open points account
customers-list = List of customers
customers-views = Saved views
customers-view-all = All
customers-view-ending = Points expire soon
customers-view-birthday = Birthday today
customers-view-new = New this month
customers-view-closed = Closed
customers-filter = Filter customers
customers-filter-by = Filter by name, email, number, order or coupon
customers-since = Changed since
customers-since-day = Changed since { $day }
customers-none = No customers yet
customers-none-text = Customers appear here when their first points arrive, from your shop or by hand.
customers-not-found = No customers found
customers-nobody-fits = Nobody fits these filters.
customers-nobody-is = Nobody fits “{ $text }”. Check the spelling, or search for a number, an order or a coupon.
customers-caption = Customers. Column headings with links sort the table.
customers-customer = Customer
customers-number = Number
customers-balance = Balance
customers-last-change = Last change
customers-ends-next = Expires next
customers-ending = { $points } on { $day }
customers-ending-told = { $ending } expire
customers-ending-none = Nothing in 30 days
customers-by-coupon = Coupon { $code }
customers-by-reference = Reference { $reference }
