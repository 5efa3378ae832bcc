inbox-title = Order feed
inbox-intro = What your shop told Guerdon, newest first, and what became of it
inbox-set-up = Addresses and secrets
inbox-failed = { $count ->
    [one] { $count } event could not be worked off.
   *[other] { $count } events could not be worked off.
}
inbox-failed-next = Each says why. Mend the cause, then try again.
inbox-retry-all = Try all again
inbox-events = Events
inbox-subject = Order, return or customer
inbox-state = State
inbox-all = All
inbox-from = From
inbox-both = Both
inbox-filter = Filter
inbox-remove-filter = Remove filter: { $filter }
inbox-clear-all = Clear all
inbox-about = About { $subject }
inbox-none-title = No events found
inbox-none-text = Nothing that arrived fits these filters.
inbox-clear = Clear filters
inbox-empty-title = Nothing has arrived yet
inbox-empty-text = As soon as your shop sends its first event, it shows here with what became of it.
inbox-see-set-up = See addresses and secrets
inbox-new-title = Let your shop tell about its orders
inbox-new-text = It sends orders and returns as signed events, in any order and as often as it likes. Points are counted once.
inbox-do-set-up = Set up the feed
inbox-caption = Events, newest first
inbox-event = Event
inbox-outcome = What became of it
inbox-arrived = Arrived
inbox-about-subject = about { $subject }
inbox-times = { $feed }, { $count ->
    [one] { $count } time
   *[other] { $count } times
}
inbox-newest = The newest { $count }
inbox-count = { $count ->
    [one] { $count } event
   *[other] { $count } events
}

## One event
inbox-retry = Try again
inbox-event-failed = It could not be worked off.
inbox-happened = What happened
inbox-times-in-all = { $count ->
    [one] { $time }, { $count } time in all
   *[other] { $time }, { $count } times in all
}
inbox-worked-off = Worked off
inbox-attempt = { $time }, attempt { $count }
inbox-message-id = Message id
inbox-content = Content
inbox-content-label = The content, field by field
inbox-unnamed = Unnamed event
inbox-feed-orders = Shop backend
inbox-feed-emporix = Emporix platform
inbox-state-waiting = Waiting
inbox-state-done = Done
inbox-state-nothing = Nothing to do
inbox-state-failed = Failed
inbox-retried = Event is tried again
inbox-retried-already = Event was tried again already
inbox-retried-all = { $count ->
    [0] No event had failed
    [one] { $count } event is tried again
   *[other] { $count } events are tried again
}

## Addresses and secrets
inbox-set-up-intro = Where your shop sends its events, and what it signs them with. Two secrets are good at once, so that you can change from one to the other.
inbox-set-up-title = Set up the order feed
inbox-orders-about = Your shop posts orders, returns and deleted customers as events, signed as Standard Webhooks describe.
inbox-emporix-about = Emporix posts its own order, return and customer events, signed by its HTTP strategy or by Svix.
inbox-address = Address
inbox-copy-address = address for the { $feed }
inbox-secrets-of = Secrets of the { $feed }
inbox-secret = Secret
inbox-last-used = Last used
inbox-actions = Actions
inbox-created-by = Created <time datetime="{ $iso }">{ $day }</time> by { $name }
inbox-last-used-at = Last used <time datetime="{ $iso }">{ $time }</time>
inbox-never-used = Never used
inbox-never = Never
inbox-remove = Remove<span class="sr"> the secret that ends with { $hint }</span>
inbox-secret-orders = Secret of the shop
inbox-secret-orders-hint = Leave this empty, and Guerdon makes one. A secret begins with whsec_.
inbox-secret-emporix = Secret of the platform
inbox-secret-emporix-hint = Paste what Svix shows for the endpoint, or the secretKey of the HTTP strategy. Leave this empty, and Guerdon makes one.
inbox-add-secret = Add secret
inbox-full = Two secrets are good. Remove the one that is not used any more before you add another.
inbox-how-to-sign = How to sign an event, and what each holds, is told in <a href="/docs/api">the description of the API</a>.
inbox-secret-kept = Secret kept
inbox-secret-created = Secret created
inbox-put-orders = Put this into the settings of the shop backend. It signs every event with it.
inbox-put-emporix = Put this into the settings of the platform. It signs every event with it.
inbox-secret-once = The secret is shown only now. Copy it to where it is needed.
inbox-signing-secret = Signing secret
inbox-remove-question = Remove the secret that ends with { $hint }?
inbox-remove-refused = Events that are signed with it are refused from now on.
inbox-remove-only = It is the only one: until there is a new one, nothing arrives.
inbox-remove-other = The other secret stays good.
inbox-keep-secret = Keep secret
inbox-remove-secret = Remove secret
inbox-secret-removed = Secret removed
## What became of an event
inbox-became-taken-in = The order is { $status }; it earns points when it is COMPLETED.
inbox-became-earned = The order earned { ui-points }.
inbox-became-earns-when-claimed = The order earns { ui-points } when its customer claims it.
inbox-became-earns-nothing = The order earns no points by the site’s rule.
inbox-became-order-stays = The order was completed before, and stays as it is.
inbox-became-unknown-order = Nothing is known of this order; it has earned nothing.
inbox-became-completed-order = The order was completed and stays so. What comes back of it is reported as a return.
inbox-became-called-off = The order was called off; it earns nothing.
inbox-became-taken-back = { $points ->
    [one] { $points } point of order { $order } was taken back.
   *[other] { $points } points of order { $order } were taken back.
}
inbox-became-return-waits = The return waits for order { $order } to be completed.
inbox-became-return-rejected = The shop did not agree to this return.
inbox-became-return-not-agreed = The shop has not agreed to this return yet. Its next event will tell.
inbox-became-return-not-arrived = The goods have not come back yet. The next event of this return will tell.
inbox-became-account-closed = The account was closed.
inbox-became-no-account = This customer has no account.
inbox-became-no-use = Guerdon has no use for { $kind }.
inbox-became-status-of-no-order = order.status-changed names neither the order nor its status; order.updated does.
inbox-became-in-the-way = Something was in the way. Guerdon tries again by itself.
inbox-became-no-json = The body is no JSON: { $error }.
