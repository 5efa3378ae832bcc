## Why employees add and remove points
reasons-title = Reasons
reasons-lead = Why your team adds and removes points, and what a reason usually brings
reasons-add = Add reason
reasons-list = Reasons, in the order in which they are offered
reasons-archived = Archived reasons
reasons-archived-lead = No longer offered. Entries keep them.
reasons-reason = Reason
reasons-for = For
reasons-points = Points
reasons-validity = Valid
reasons-note = Text for the customer
reasons-actions = Actions
reasons-by-rule = As the earning rule says
reasons-open = Left open
reasons-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
reasons-months = { $count ->
    [one] { $count } month
   *[other] { $count } months
}
reasons-unit-days = Days
reasons-unit-months = Months
reasons-direction-add = Adding
reasons-direction-remove = Removing
reasons-direction-both = Both
reasons-archive = Archive
reasons-archive-of = Archive { $name }
reasons-restore = Restore
reasons-restore-of = Restore { $name }
reasons-up = Move { $name } up
reasons-down = Move { $name } down
reasons-was-added = Reason added
reasons-was-saved = Reason saved
reasons-was-archived = Reason archived
reasons-was-restored = Reason restored
reasons-new = Add reason
reasons-new-lead = What it brings is filled in when somebody chooses it, and can be changed each time.
reasons-code = Entries, files and the API call it { $code }
reasons-label = Name
reasons-label-hint = Only your team reads it.
reasons-direction = Offered for
reasons-default-points = Points
reasons-default-points-hint = Leave it empty if it is a different number each time.
reasons-unit-points = points
reasons-default-validity = Points are valid for
reasons-default-validity-hint = Leave it empty for as long as the earning rule says.
reasons-unit = Unit
reasons-note-hint = The customer reads this in their history. 140 characters at most.
reasons-conflict = Somebody changed this reason since you opened it.
reasons-settings = Settings of the reason
## The five that every tenant begins with
reasons-birthday = Birthday
reasons-goodwill = Goodwill
reasons-order-correction = Order correction
reasons-promotion = Promotion
reasons-other = Other
## What does not fit
reasons-choose = Choose one of the reasons.
reasons-only-for-adding = “{ $name }” is for adding points. Choose another reason.
reasons-only-for-removing = “{ $name }” is for removing points. Choose another reason.
reasons-choose-direction = Choose whether the reason is for adding, for removing or for both.
reasons-validity-range = Give 1 to { $days } days or 1 to { $months } months, or leave it empty.
reasons-label-range = Give a name of 1 to { $most } characters on one line.
reasons-label-taken = There is a reason of this name already. Give another name.
reasons-too-many = There are { $most } reasons already. Archive one that is not needed any more first.
reasons-unknown = There is no such reason.
reasons-stale = Somebody else changed this reason in the meantime.
## In the form that adjusts points
reasons-use = Fill in what the reason brings
