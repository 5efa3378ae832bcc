## Adding and removing points by hand
adjust-title = Adjust points
adjust-direction = Add or remove
adjust-add = Add
adjust-remove = Remove
adjust-points = Points
adjust-unit = points
adjust-limit = Up to { $points ->
    [one] { $points } point
   *[other] { $points } points
} at once. A second person decides about more.
adjust-reason = Reason
adjust-note = Text for the customer
adjust-note-hint = The customer reads this in their history. 140 characters at most.
adjust-private-note = Private note
adjust-private-note-hint = Only your team reads this.
adjust-valid-until = Valid until
adjust-by-rule = If empty: { $day }, as the earning rule says
adjust-reference = Reference
adjust-site = Site
adjust-button-add = Add points
adjust-button-add-points = Add { $points ->
    [one] { $points } point
   *[other] { $points } points
}
adjust-button-remove = Remove points
adjust-button-remove-points = Remove { $points ->
    [one] { $points } point
   *[other] { $points } points
}
adjust-button-ask = Ask for approval
adjust-preview = Preview
adjust-recorded = Recorded in the history under your name.
adjust-added = Points added
adjust-removed = Points removed
adjust-asked = Approval asked for
adjust-withdraw = Withdraw
## Preview
adjust-before = Balance now
adjust-after = Afterwards
adjust-taken-from = Taken from
adjust-new-lot = New lot
adjust-lot-valid-until = valid until
adjust-more-lots = and { $count } more
adjust-above = Above your limit of { $limit ->
    [one] { $limit } point
   *[other] { $limit } points
}: it waits until { $names } decides.
## What does not fit
adjust-choose-direction = Choose whether to add or to remove points.
adjust-give-day = Give a day such as 2027-11-22.
adjust-later-day = Choose a day after today.
adjust-key-reused = This form was sent before with other values. Look at the history, then send it again if it is still needed.
adjust-not-enough = The customer has { $points ->
    [one] { $points } point
   *[other] { $points } points
}. Give at most as many.
adjust-no-account = The customer has no points account. Add points to open one.
adjust-nobody-decides = This is above your limit of { $limit ->
    [one] { $limit } point
   *[other] { $limit } points
}, and nobody else in the team may decide about it. Ask an admin to raise a limit.
adjust-close-above = { $points ->
    [one] { $points } point is left
   *[other] { $points } points are left
}, and your limit is { $limit }. { $names } can close this account.
## What waits for this customer
adjust-waits = { $count ->
    [one] A request waits for approval
   *[other] { $count } requests wait for approval
}
adjust-waits-add = { $name } asked to add { $points } points, { $ago }
adjust-waits-remove = { $name } asked to remove { $points } points, { $ago }
adjust-waits-undo = { $name } asked to undo an entry of { $points } points, { $ago }
adjust-waits-look = Look at the request
