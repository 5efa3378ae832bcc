## Adjustments that wait for a second person
approvals-title = Approvals
approvals-lead = Adjustments above the limit of whoever asks for them. Somebody else decides.
approvals-states = States
approvals-to-decide = To decide
approvals-approved = Approved
approvals-declined = Declined
approvals-withdrawn = Withdrawn
approvals-all = All
approvals-list = Requests, newest first
approvals-none-open = Nothing to decide
approvals-none-open-lead = A request shows here when somebody adjusts more points than their limit allows.
approvals-none = Nothing here
approvals-none-lead = No request has come to this.
approvals-see-open = See what is to decide
approvals-see-settings = See the limits
approvals-customer = Customer
approvals-what = What is asked for
approvals-by = Asked by
approvals-state = State
approvals-add = Add { $points ->
    [one] { $points } point
   *[other] { $points } points
}
approvals-remove = Remove { $points ->
    [one] { $points } point
   *[other] { $points } points
}
approvals-undo = Undo an entry of { $points ->
    [one] { $points } point
   *[other] { $points } points
}
approvals-to-name = { $what } for { $name }
approvals-count = { $count ->
    [one] { $count } request
   *[other] { $count } requests
}
approvals-by-on = { $day } by { $name }
approvals-somebody = A former member
approvals-either = { $others } or { $last }
approvals-approved-by = Approved by
## One request
approvals-asked = Asked for
approvals-asked-by = { $at }, by { $name }
approvals-reason = Reason
approvals-note = Text for the customer
approvals-private-note = Private note
approvals-reference = Reference
approvals-site = Site
approvals-valid-until = Valid until
approvals-by-rule = As the earning rule says when it is booked
approvals-entry = Entry to be undone
approvals-booked = Booked as
approvals-decided = Decided
approvals-decision-note = Reason for the decision
approvals-facts = What is asked for
approvals-effect = What it does now
approvals-cannot = It cannot be booked now: { $why }
approvals-decide = Decide
approvals-note-label = Reason
approvals-note-hint = Whoever asked reads this. It is needed to decline.
approvals-approve = Approve
approvals-decline = Decline
approvals-withdraw = Withdraw request
approvals-own = You asked for this: somebody else decides.
approvals-who-decides = { $names } can decide about this.
approvals-nobody-decides = Nobody can decide about this while the limits are as they are. An admin can change them in the settings.
approvals-was-approved = Request approved
approvals-was-declined = Request declined
approvals-was-withdrawn = Request withdrawn
approvals-waiting = { $count ->
    [one] { $count } waits for you
   *[other] { $count } wait for you
}
approvals-todo = { $count ->
    [one] { $count } request waits for you
   *[other] { $count } requests wait for you
}
approvals-todo-text = Adjustments above the limit of whoever asked for them.
approvals-todo-action = Decide
approvals-undo-asks = This is above your limit of { $limit ->
    [one] { $limit } point
   *[other] { $limit } points
}: it is asked for, and { $names } decides.
## What does not fit
approvals-give-note = Say why, so that whoever asked knows.
approvals-unknown = There is no such request.
approvals-closed = Somebody has decided this in the meantime.
approvals-is-own = You asked for this yourself: somebody else has to decide.
approvals-above-limit = This is above your own limit: somebody with a higher one has to decide.
approvals-not-yours = This is not yours to do.
approvals-account-closed = The account of customer { $customer } was closed in the meantime. Open it, or decline.
approvals-too-many = { $most } requests of yours wait already. Withdraw some, or wait for decisions.
approvals-batches = Bulk changes
approvals-batch = { $count ->
    [one] Book { $count } row ({ $points })
   *[other] Book { $count } rows ({ $points })
}
