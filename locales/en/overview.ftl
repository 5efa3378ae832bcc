## How the programme does
overview-told = { $from } to { $until }, compared with the { $days ->
    [one] { $days } day
   *[other] { $days } days
} before
overview-period = Period
overview-period-7d = 7 days
overview-period-28d = 28 days
overview-period-12m = 12 months
overview-period-custom = Custom
overview-period-show = Show period
overview-first-steps = First steps
overview-none = No points yet
overview-none-text = Figures appear here with the first points. Connect your shop through an API client, or open an account by hand and add some.
overview-see-customers = See customers
overview-see-entries = See entries
overview-outstanding = Points outstanding
overview-came = Earned and added
overview-redeemed = Redeemed
overview-expired = Expired
overview-ending = Expiring in 30 days
overview-worth = worth up to { $worth }
overview-of-customers = of { $count ->
    [one] { $count } customer
   *[other] { $count } customers
}
overview-from-orders = { $points } from orders
overview-redemptions = { $count ->
    [one] { $count } redemption
   *[other] { $count } redemptions
}
overview-up = up
overview-down = down
overview-flow = Points earned and redeemed
overview-chart-day = Bar chart of points earned and added (up) and redeemed (down) by day. The most in a day: { $came } earned and added, { $redeemed } redeemed.
overview-chart-month = Bar chart of points earned and added (up) and redeemed (down) by month. The most in a month: { $came } earned and added, { $redeemed } redeemed.
overview-bar = { $label }: { $came } earned and added, { $redeemed } redeemed
overview-thousands = { $number }k
overview-millions = { $number }M
overview-table-show = Show the figures as a table
overview-table-day = Points by day
overview-table-month = Points by month
overview-table-day-label = Points by day, table
overview-table-month-label = Points by month, table
overview-day = Day
overview-month = Month
overview-held = Outstanding
overview-choices = What customers choose
overview-choices-none = No points were exchanged for a coupon in this period.
overview-issued = { $count ->
    [one] { $count } coupon
   *[other] { $count } coupons
} issued
overview-latest = Latest activity
overview-latest-none = Nothing has happened yet.
overview-latest-caption = The latest entries of the ledger
overview-open-ledger = Open the ledger
overview-todo = Needs your attention
overview-todo-none = Nothing now. Points about to expire and missing settings show here.
overview-no-option = There is nothing to redeem
overview-no-option-text = No redemption option is active, so customers can collect points but not use them.
overview-no-option-act = Set up<span class="sr"> redemption options</span>
overview-no-prefix = { $name } has no coupon prefix
overview-no-prefix-text = Codes from this site are letters and digits only, until you set one.
overview-no-prefix-act = Set<span class="sr"> the coupon prefix of { $name }</span>
overview-earning-off = Orders of { $name } earn nothing
overview-earning-off-text = Its earning rule is switched off.
overview-earning-off-act = See rule<span class="sr"> of { $name }</span>
overview-ends = { $points ->
    [one] { $points } point of { $who } expires on { $day }
   *[other] { $points } points of { $who } expire on { $day }
}
overview-ends-alone = Nobody else loses points in the next 30 days.
overview-ends-others = { $count ->
    [one] { $count } other customer loses
   *[other] { $count } other customers lose
} points in the next 30 days.
overview-ends-act = See all<span class="sr"> customers with expiring points</span>
