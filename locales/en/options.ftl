options-title = Redemption options
options-intro = What customers can exchange their points for
options-add = Add option
options-list = Options
options-empty-title = Offer something for points
options-empty-text = An option is a coupon that customers get for their points: an amount or a percentage off an order.
options-status = Status
options-tab-all = All
options-tab-active = Active
options-tab-draft = Draft
options-tab-archived = Archived
options-none-title = No options here
options-none-text = No option has this status.
options-show-all = Show all
options-caption = Redemption options. Column headings with links sort the table.
options-caption-in-order = Redemption options, in the order in which customers see them. Column headings with links sort the table.
options-option = Option
options-cost = Cost
options-gets = Customer gets
options-redeemed = Redeemed in 28 days
options-left = Left
options-actions = Actions
options-order = Order
options-from-value = from { $amount }
options-gets-from-value = { $gets } from { $amount }
options-redeemed-short = { $count } in 28 days
options-left-short = { $count } left
options-none = None
options-no-limit = No limit
options-restore = Restore
options-restore-named = Restore<span class="sr"> { $name }</span>
options-move-up = Move { $name } up
options-move-down = Move { $name } down
options-state-archived = Archived
options-state-draft = Draft
options-state-ended = Ended
options-state-scheduled = Scheduled
options-state-sold-out = Sold out
options-state-active = Active

## The panel beside the list
options-edit = Edit “{ $name }”
options-never-redeemed = Never redeemed
options-redeemed-times = { $count ->
    [one] Redeemed once.
   *[other] Redeemed { $count } times.
}
options-open-coupons = { $count ->
    [0] None of the coupons is open.
   *[other] { $count } of the coupons can still be used.
}
options-customers-see = Customers see
options-customers-see-in-german = Customers see in German
options-name-of-new = Name of the option
options-worth = 100 points are worth { $amount } to the customer.
options-earned-by = Orders of { $amount } earn as many.
options-earned-by-on = Orders of { $amount } on { $site } earn as many.
options-name = Name
options-description = Description
options-description-hint = Customers read it in the shop.
options-in-german = In German
options-name-de = German name
options-description-de = German description
options-discount = Discount
options-amount = Amount
options-percent = Percent
options-currency = Currency
options-order-from = Order from
options-any-value = Any value
options-coupon-days = Coupon valid for
options-days = days
options-ever = Ever
options-uses = Uses per coupon
options-times = times
options-stock = Stock
options-in-all = in all
options-per-customer = Per customer
options-from = Offered from
options-from-now = Now on
options-until = Offered until
options-no-end = No end
options-days-hint = Whole days, both included, in { $zone }. An empty field means no limit.
options-sites = Sites
options-all-sites = All sites
options-every-site = All sites, also those made later
options-no-prefix = Its codes have no prefix
options-holder = Who can use the coupon
options-holder-anyone = Anyone with the code
options-holder-anyone-hint = The customer may pass it on, also to guests.
options-holder-signed-in = Any signed-in customer
options-holder-bound = Only the customer who paid the points
options-holder-bound-short = Only the customer who paid
options-when-returned = When an order comes back that was paid with the coupon
options-ask = Ask an employee
options-ask-hint = The order shows under Returned orders.
options-give-back = Give the points back
options-give-back-hint = When all of the order comes back; about a part of it an employee decides.
options-keep-spent = Leave the points spent
options-order-back = When the order comes back
options-order-back-ask = An employee decides about the points
options-order-back-give = The points come back
options-order-back-keep = The points stay spent
options-offer = Offer it to customers
options-offer-hint = Otherwise it is a draft that only employees see.
options-offered = Offered to customers
options-is-draft = No, it is a draft
options-activate = Activate
options-deactivate = Deactivate
options-delete = Delete

## What became of a change
options-added = Option added
options-saved = Option saved
options-activated = Option activated
options-deactivated = Option deactivated
options-deleted = Option deleted
options-restored = Option restored
options-delete-title = Delete option
options-delete-question = Delete “{ $name }”?
options-delete-no-more = Customers can no longer exchange points for it, from now on.
options-delete-unused = Nobody has redeemed it.
options-delete-used = { $times ->
    [one] It was redeemed { $times } time. The coupons stay good, and { $open } can still be used.
   *[other] It was redeemed { $times } times. The coupons stay good, and { $open } can still be used.
}
options-delete-archive = It moves to the archive with its history, and can be restored from there.
options-keep = Keep option
options-archived-already = This option is archived already.
options-gone = This option is not there any more: somebody deleted or restored it.
options-save-once-more = Save once more.
options-sent-before = This form was sent before, and its option added. Save again to add another one.

## What is wrong with a field
options-choose-when-returned = Choose what becomes of the points when the order comes back.
options-choose-currency = Choose a currency.
options-choose-holder = Choose who can use the coupon.
options-choose-kind = Choose an amount or a percentage.
options-choose-site = Choose at least one site.
options-wrong-percentage = Give a percentage above 0 and up to 100, such as 10 or 12.5.
options-lacks-name-de = Give the German name too, or leave out the German description.
options-wrong-day = Give a day such as 2027-01-31.
options-wrong-amount = Give an amount above zero, such as 5.00.
options-wrong-whole-amount = Give an amount above zero, such as 500.
options-wrong-number = Give a whole number from { $from } to { $to }.

## Drafts and history
options-draft-in-form = The form below shows it; customers see the option as it was.
options-draft-live-in-form = Customers, and the form below, have the option as it was.
options-draft-same = It says the same as the option does now.
options-draft-show-live = Show the option as it is
options-draft-kept = Draft kept. Customers see the option as it was.
options-draft-changed = Somebody kept, published or discarded a draft of this option meanwhile. Look at what it is now, and try again.
options-draft-behind = Somebody changed this option since you opened it. Look at what the draft would change now, then publish it.
options-history = History
options-event-created = Added
options-event-changed = Changed
options-event-archived = Deleted
options-event-restored = Restored
options-event-draft-discarded = Draft discarded
options-drag = Drag to another place
options-no-place = Give the place in the list as a number from 1.
options-event-moved = Moved
options-event-draft-kept = Draft kept
options-search = Search by name or description
