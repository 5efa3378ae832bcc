## The page of one customer
customer-active = Active
customer-closed = Closed
customer-no-account = No account
customer-copy-number = <span data-label>Copy</span><span class="sr"> number</span>
customer-adjust = Adjust points
customer-redeem = Redeem points
customer-open = Open account
customer-open-empty = Open account without points
customer-more-actions = More actions
customer-export-history = Export history as CSV
customer-erase = Erase personal data
customer-close = Close points account
customer-birthday-today = It is <bdi>{ $name }</bdi>’s birthday today.
customer-birthday-fill = Fill in the form
customer-account = Points account
customer-none = No points account yet
customer-none-text = Check the number: this may be a slip. If it is right, adding points opens the account.
customer-balance = Balance
customer-available = Available
customer-worth = worth up to { $worth }
customer-earned = Earned
customer-added = Added
customer-redeemed = Redeemed
customer-removed = Removed
customer-expired = Expired
customer-ends-title = When the points expire
customer-ends-points = <strong>{ $points } <span>{ $points ->
    [one] point
   *[other] points
}</span></strong>until { $until }
customer-ends-later = <strong>{ ui-points }</strong>later
customer-begins-more = { $points ->
    [one] { $points } more point
   *[other] { $points } more points
} can be spent from { $from }.
customer-begins = { ui-points } can be spent from { $from }.
customer-history = History
customer-history-filter = Filter the history
customer-history-all = All
customer-history-none = Nothing of this kind has happened yet.
customer-history-caption = History, newest first
customer-history-event = Event
customer-history-when = When and by whom
customer-history-points = Points
customer-undone = Undone
customer-balance-was = balance { $balance }
customer-valid-until = Valid until { $until }
customer-details = Details<span class="sr"> of { $title }</span>
customer-show-entry = Show this entry<span class="sr">: { $title }</span>
customer-undo = Undo<span class="sr"> { $title }</span>
customer-cancel = Cancel<span class="sr"> { $title }</span>
customer-history-pages = Pages of the history
customer-history-newest = Newest
customer-history-older = Show older entries
customer-entries = { $count ->
    [one] { $count } entry
   *[other] { $count } entries
}
customer-entries-of = { $shown } of { $count ->
    [one] { $count } entry
   *[other] { $count } entries
}
customer-about = About
customer-birthday = Birthday
customer-language = Language
customer-since = Account since
customer-last-change = Last change
customer-coupons = Coupons
customer-coupons-all = All coupons<span class="sr"> of { $name }</span>
customer-coupon-cancelled = Cancelled
customer-coupon-used = Used
customer-coupon-expired = Expired
customer-coupon-inactive = Not valid yet
customer-coupon-valid = Valid
customer-known = Known
customer-known-nothing = Nothing yet
customer-person-add = Add personal data
customer-person-change = Change personal data
customer-person-save = Save personal data
customer-person-saved = Personal data saved
customer-name = Name
customer-email = Email
customer-birthday-hint = Such as 1990-11-22, or 11-22 without the year
customer-language-hint = Such as de or fr-CH
customer-erase-question = Erase the personal data of { $name }?
customer-erase-what = Name, e-mail address, birthday, language and the private notes of your team are deleted for good.
customer-erase-stays = The account { $customer }, its points and its history stay. Texts for the customer stay with their entries.
customer-erase-keep = Keep personal data
customer-erased = Personal data erased
customer-new-title = Open an account
customer-new-intro = For a customer of your shop who has no points yet
customer-new = New account
customer-number = Customer number
customer-number-hint = As your shop writes it. It cannot be changed later.
customer-opened = Account opened
customer-open-already = Open already
customer-exists = This customer has an account already. Search for the number above.
customer-close-title = Close account
customer-close-question = Close the points account of <bdi>{ $name }</bdi>?
customer-close-means = { ui-points } are lost for good. The history stays, and so do coupons that were issued. An account can be opened again; it begins with no points.
customer-close-type = Type the number above to confirm
customer-close-number = The number is <span class="code"><bdi>{ $number }</bdi></span>
customer-close-keep = Keep account
customer-close-wrong = Type { $customer } to close this account.
customer-account-closed = Account closed
customer-statement = Statement and printing
customer-balance-on-a-day = Balance on an earlier day
