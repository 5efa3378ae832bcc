sites-title = Sites
sites-intro = The shops of { $tenant }, each with its own time zone, currency and earning rule
sites-create = Create site
sites-all = All sites
sites-caption = Sites, the oldest first
sites-site = Site
sites-time-zone = Time zone
sites-currency = Currency
sites-prefix = Coupon prefix
sites-pages = Pages that show points
sites-actions = Actions
sites-prefix-missing = Missing
sites-prefix-missing-set = Missing<span class="sr">: set the coupon prefix of { $site }</span>
sites-no-pages = None
sites-no-prefix = None
sites-rule = Rule<span class="sr"> of { $site }</span>
sites-code-of = Site <span class="code">{ $code }</span>
sites-create-intro = One shop, with its own time zone and currency. It begins with 1 point for 1 unit of its currency, valid for 12 months.
sites-settings = Settings
sites-name = Name
sites-code = Site code
sites-code-hint = What the shop's programs call it: letters, digits, dots, hyphens and underscores. It stays.
sites-time-zone-hint = Such as Europe/Berlin. Days begin and end by it.
sites-currency-hint = Three letters, such as EUR.
sites-prefix-hint = Codes begin with it: ACM makes ACM-… Up to 16 letters and digits.
sites-origins = Origins
sites-origins-hint = Addresses of pages that may show points to customers, one a line, such as https://shop.example.com. They take effect within ten minutes.
sites-created = Site created
sites-saved = Site saved
sites-widget-title = Points on your shop's pages
sites-widget-intro = Put this into a page of the shop, and its customers see their points there and redeem them.
sites-widget-fallback = See your points
sites-widget-copy = the lines for the page
sites-widget-hint = The address belongs to this release: after an update of Guerdon copy these lines anew, or use /widget/v1.js without integrity, which stays. The shop's address must be among the origins above.
