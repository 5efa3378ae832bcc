webhooks-title = Webhooks
webhooks-intro = Programs that are told, at once and signed, what happens to points and coupons
webhooks-deliveries = Deliveries
webhooks-create = Create endpoint
webhooks-endpoints = Endpoints
webhooks-empty-title = Let your programs know
webhooks-empty-text = An endpoint is an address of yours. Guerdon tells it when points are added, spent or about to end, and when coupons are issued and used.
webhooks-endpoint = Endpoint
webhooks-told-of = Told of
webhooks-last-taken = Last taken
webhooks-waiting = Waiting
webhooks-parked = Parked
webhooks-state = State
webhooks-everything = Everything
webhooks-nothing-yet = Nothing yet
webhooks-waiting-for = waiting for { $endpoint }
webhooks-parked-for = parked for { $endpoint }
webhooks-full = There are as many endpoints as a tenant may have.
webhooks-state-gone = Gone
webhooks-state-paused = Paused
webhooks-state-active = Active
webhooks-state-failing = Failing

## The page of one endpoint
webhooks-created-by = Created <time datetime="{ $iso }">{ $day }</time> by { $name }
webhooks-resume = Resume
webhooks-send-test = Send a test
webhooks-pause = Pause
webhooks-delete = Delete
webhooks-is-gone = The endpoint answered that it is gone (410), so nothing is sent there.
webhooks-is-gone-next = What waited still waits. Of what happens meanwhile it will not be told. Put the address right, then resume.
webhooks-is-paused = Nothing is sent while it is paused.
webhooks-is-paused-next = What waited still waits. Of what happens meanwhile it will not be told.
webhooks-is-failing = { $count ->
    [one] { $count } try failed since it last took an event.
   *[other] { $count } tries failed since it last took an event.
}
webhooks-last-error = The last: <bdi>{ $why }</bdi>.
webhooks-is-failing-next = Each event is tried again for three days, then parked.
webhooks-create-intro = An address of yours that is told what happens from now on. Its secret is shown once, in the next step.
webhooks-what-it-is-told = What it is told
webhooks-address = Address
webhooks-address-hint = Such as https://shop.example.com/points. Events are posted there as JSON.
webhooks-description = Description
webhooks-description-hint = What the program is, such as “Newsletter”.
webhooks-events = Events
webhooks-points-added = Points were earned, added or given back.
webhooks-points-removed = Points were removed, taken back or closed with the account.
webhooks-points-redeemed = Points were exchanged.
webhooks-points-expired = Points reached their end.
webhooks-points-expiring = Points will reach their end soon.
webhooks-coupon-issued = A coupon was issued for points; with its code.
webhooks-coupon-redeemed = A coupon was used at checkout.
webhooks-customer-erased = A customer’s personal data was erased.
webhooks-test = Somebody tries the endpoint.
webhooks-health = How it does
webhooks-last-failed = Last failed
webhooks-all-deliveries = All deliveries
webhooks-send-parked = Send parked again
webhooks-signing-secret = Signing secret
webhooks-two-secrets = Two secrets sign until <time datetime="{ $iso }">{ $time }</time>. Drop the old one as soon as the receiver knows the new one.
webhooks-drop-old = Drop old secret
webhooks-secret-hint = Every event is signed with it, as <a href="https://www.standardwebhooks.com" rel="noreferrer">Standard Webhooks</a> describes. It was shown when it was made.
webhooks-new-secret = Make new secret

## What can be done to an endpoint
webhooks-created = Endpoint created
webhooks-put = Put this into the settings of the program that receives the events. It checks with it that they come from here.
webhooks-secret-once = The secret is shown only now. Copy it to where it is needed.
webhooks-secret = Secret
webhooks-saved = Endpoint saved
webhooks-was-paused = Endpoint paused
webhooks-was-resumed = Endpoint resumed
webhooks-old-dropped = Old secret dropped
webhooks-test-sent = Test on its way
webhooks-rotate-question = Make a new secret for { $endpoint }?
webhooks-rotate-both = The new secret is shown once. For 24 hours every event is signed with both, so that you can change it at the receiver without losing one.
webhooks-rotate-older = Two secrets sign already: the older of them stops at once.
webhooks-keep-secret = Keep secret
webhooks-secret-made = Secret made
webhooks-delete-question = Delete the endpoint { $endpoint }?
webhooks-delete-what = Nothing is sent there any more, and the list of what was sent goes with it.
webhooks-delete-lost = { $count ->
    [one] { $count } event that it has not taken will never be sent. To keep them, pause it instead.
   *[other] { $count } events that it has not taken will never be sent. To keep them, pause it instead.
}
webhooks-keep = Keep endpoint
webhooks-delete-endpoint = Delete endpoint
webhooks-deleted = Endpoint deleted
webhooks-send-question = { $count ->
    [one] Send { $count } parked event to { $endpoint } again?
   *[other] Send { $count } parked events to { $endpoint } again?
}
webhooks-send-anew = Each keeps its webhook-id, so that the receiver can tell what it knows already. The tries begin anew.
webhooks-leave-parked = Leave them parked
webhooks-send-again = Send again
webhooks-send-title = Send parked events again
webhooks-sent-again = { $count ->
    [one] { $count } event on the way again
   *[other] { $count } events on the way again
}

## What was sent
webhooks-deliveries-intro = What your endpoints are told, newest first. Delivered ones are kept for 30 days.
webhooks-event = Event
webhooks-all = All
webhooks-filter = Filter
webhooks-remove-filter = Remove filter: { $filter }
webhooks-clear-all = Clear all
webhooks-clear = Clear filters
webhooks-nothing-title = Nothing to tell yet
webhooks-nothing-text = As soon as something happens that an endpoint wants to know, it shows here with what became of it.
webhooks-see-endpoints = See endpoints
webhooks-none-title = No deliveries found
webhooks-none-text = Nothing that was sent fits these filters.
webhooks-caption = Deliveries, newest first
webhooks-happened = Happened
webhooks-tries = Tries
webhooks-newest-count = The newest { $count }
webhooks-count = { $count ->
    [one] { $count } delivery
   *[other] { $count } deliveries
}
webhooks-newest = Newest
webhooks-under-way = Under way
webhooks-endpoint-paused = Endpoint paused
webhooks-next-at = Next <time datetime="{ $iso }">{ $time }</time>
webhooks-pending = Waiting
webhooks-delivered = Delivered
webhooks-is-parked = Parked
webhooks-trying-again = Trying again
webhooks-unknown-endpoint = Unknown endpoint
webhooks-to = to <a href="{ $href }"><bdi>{ $endpoint }</bdi></a>
webhooks-was-parked = Every try failed, so it was parked.
webhooks-was-parked-next = It is not lost: mend the cause, then send it again.
webhooks-to-paused = The endpoint is paused.
webhooks-to-paused-next = It is sent when the endpoint is resumed.
webhooks-what-happened = What happened
webhooks-id = Webhook id
webhooks-written = Written
webhooks-next-try = Next try
webhooks-no-tries = None yet.
webhooks-tries-caption = Tries, newest first
webhooks-try = Try
webhooks-came-of-it = What came of it
webhooks-took = Took
webhooks-taken = Taken
webhooks-failed = Failed
webhooks-answer = Answer<span class="sr"> to try { $number }</span>
webhooks-answer-to = Answer to try { $number }
webhooks-answered = Answered { $status }
webhooks-request-head = Request head
webhooks-head-label = The head, line by line
webhooks-content = Content
webhooks-body-label = The body, field by field
webhooks-sent = Event on its way again
