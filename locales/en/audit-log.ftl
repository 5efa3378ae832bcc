## The page
audit-log-title = Audit log
audit-log-about = Who changed what. The ledger keeps its own history with each customer.
audit-log-changes = Changes
audit-log-search = Search
audit-log-action = Change
audit-log-every-action = Every change
audit-log-by = By
audit-log-everybody = Everybody
audit-log-any-employee = Any employee
audit-log-any-client = Any API client
audit-log-any-customer = Any customer
audit-log-guerdon = Guerdon itself
audit-log-kind = Kind of thing
audit-log-every-kind = Everything
audit-log-which = Which one
audit-log-which-hint = Its number or id
audit-log-from = From
audit-log-until = To
audit-log-filter = Filter
audit-log-export = Export CSV
audit-log-remove-filter = Remove filter: { $filter }
audit-log-clear = Clear all
audit-log-chip-text = “{ $text }”
audit-log-chip-by = By { $name }
audit-log-chip-from = From { $day }
audit-log-chip-until = To { $day }
audit-log-none = No changes yet
audit-log-none-about = What anybody changes stands here from then on, with before and after.
audit-log-none-fit = No changes found
audit-log-none-fit-about = Nothing in the log fits these filters.
audit-log-clear-filters = Clear filters
audit-log-caption = Changes, newest first
audit-log-when = When and by whom
audit-log-difference = Before and after
audit-log-count = { $count ->
    [one] { $count } change
   *[other] { $count } changes
}
audit-log-newest-count = { $count ->
    [one] { $count } change, the newest
   *[other] { $count } changes, the newest
}
## The proof
audit-log-never-proved = <strong>Nobody has proved this log yet.</strong> Every row is chained to the one before it: a row that was changed, taken out or put in shows.
audit-log-proved = <strong>This log proves itself:</strong> { $rows ->
    [one] one row
   *[other] all { $rows } rows
} were as they were written, as { $who } found on { $when }.
audit-log-not-proved = <strong>This log does not prove itself.</strong> { $who } found on { $when }: { $problem } Tell the operator of this installation.
audit-log-prove = Prove now
audit-log-proves-itself = The log proves itself
audit-log-proved-badly = The log does not prove itself
## What is done
audit-log-did-api-client-created = API client created
audit-log-did-api-client-old-secret-dropped = Old secret of API client ended
audit-log-did-api-client-revoked = API client revoked
audit-log-did-api-client-secret-rotated = Secret of API client changed
audit-log-did-audit-log-proved = Audit log proved
audit-log-did-coupon-changed = Coupon changed
audit-log-did-coupon-created = Coupon created
audit-log-did-coupon-deleted = Coupon deleted
audit-log-did-coupon-redemption-deleted = Use of coupon deleted
audit-log-did-customer-person-changed = Personal data of customer changed
audit-log-did-customer-person-erased = Personal data of customer erased
audit-log-did-feed-secret-created = Secret of order feed created
audit-log-did-feed-secret-removed = Secret of order feed removed
audit-log-did-inbox-event-retried = Event of order feed tried again
audit-log-did-member-added = Member added
audit-log-did-member-deactivated = Member deactivated
audit-log-did-member-invitation-revoked = Invitation revoked
audit-log-did-member-link-made = Link for member made
audit-log-did-member-password-set = Password of member set
audit-log-did-member-reactivated = Member reactivated
audit-log-did-member-removed = Member removed
audit-log-did-member-role-changed = Role of member changed
audit-log-did-member-second-factor-reset = Second factor of member reset
audit-log-did-option-archived = Redemption option deleted
audit-log-did-option-changed = Redemption option changed
audit-log-did-option-created = Redemption option created
audit-log-did-option-moved = Redemption option moved
audit-log-did-option-restored = Redemption option restored
audit-log-did-returned-coupon-decided = Returned order decided
audit-log-did-rule-changed = Earning rule changed
audit-log-did-site-changed = Site changed
audit-log-did-site-coupon-settings-changed = Coupon settings of site changed
audit-log-did-site-created = Site created
audit-log-did-tenant-changed = Settings changed
audit-log-did-tenant-created = Tenant created
audit-log-did-tenant-imported = Data imported
audit-log-did-webhook-changed = Webhook changed
audit-log-did-webhook-created = Webhook created
audit-log-did-webhook-deleted = Webhook deleted
audit-log-did-webhook-old-secret-dropped = Old secret of webhook ended
audit-log-did-webhook-parked-sent-again = Parked deliveries sent again
audit-log-did-webhook-paused = Webhook paused
audit-log-did-webhook-resumed = Webhook resumed
audit-log-did-webhook-secret-rotated = Secret of webhook changed
audit-log-did-webhook-sent-again = Delivery sent again
audit-log-did-webhook-tested = Webhook tested
## What is changed
audit-log-kind-api-client = API client
audit-log-kind-audit-log = Audit log
audit-log-kind-coupon = Coupon
audit-log-kind-customer = Customer
audit-log-kind-feed-secret = Secret of order feed
audit-log-kind-inbox-event = Event of order feed
audit-log-kind-option = Redemption option
audit-log-kind-returned-coupon = Returned order
audit-log-kind-rule = Earning rule
audit-log-kind-site = Site
audit-log-kind-tenant = Tenant
audit-log-kind-user = Member
audit-log-kind-webhook = Webhook
## Fields
audit-log-field-active = Active
audit-log-field-agent-limit = Limit for agents
audit-log-field-after-discounts = After discounts
audit-log-field-allowed-origins = Allowed origins
audit-log-field-basis = Basis
audit-log-field-cap-per-order = Cap per order
audit-log-field-coupon-prefix = Coupon prefix
audit-log-field-currency = Currency
audit-log-field-customer-cancel-hours = Customers cancel within (hours)
audit-log-field-demands-second-factor = Demands second factor
audit-log-field-description = Description
audit-log-field-enabled = Enabled
audit-log-field-event-types = Events
audit-log-field-factor = Factor
audit-log-field-grace-days = Grace (days)
audit-log-field-name = Name
audit-log-field-old-secret-good-until = Old secret good until
audit-log-field-operator = Operator
audit-log-field-pending-days = Pending (days)
audit-log-field-points = Points
audit-log-field-problem = Problem
audit-log-field-role = Role
audit-log-field-rounding = Rounding
audit-log-field-rows = Rows
audit-log-field-scopes = Scopes
audit-log-field-shortfall = Shortfall
audit-log-field-time-zone = Time zone
audit-log-field-url = Address
audit-log-field-validity-end = Validity ends
audit-log-field-validity-months = Validity (months)
audit-log-field-what = What
audit-log-field-with-shipping = With shipping
