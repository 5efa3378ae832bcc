## Changes of many customers at once: the list
bulk-title = Bulk changes
bulk-lead = Add or remove points for many customers with one file
bulk-list = What was uploaded
bulk-list-caption = Uploaded files, newest first
bulk-empty = Change many customers at once
bulk-empty-text = Upload a table of customers and points. It is checked before anything moves, and can be reversed as a whole.
bulk-file = File
bulk-pasted = Pasted rows
bulk-rows-heading = Rows
bulk-sum = Sum
bulk-uploaded = Uploaded
bulk-state = State
bulk-rows-count = { $count ->
    [one] { $count } row
   *[other] { $count } rows
}
bulk-batches-count = { $count ->
    [one] { $count } file
   *[other] { $count } files
}
bulk-points = { $count ->
    [one] { $count } point
   *[other] { $count } points
}

## The upload
bulk-upload-title = Upload file
bulk-upload-lead = One row for each change. What is wrong with a row is told before anything moves.
bulk-template = Empty table
bulk-upload = Upload and check
bulk-cancel = Cancel
bulk-nothing-moves = Nothing is booked yet: first you see what each row would do.
bulk-file-label = File
bulk-file-hint = CSV with a heading row, as spreadsheets save it, in UTF-8. Up to { $rows } rows and { $mebibytes } MiB.
bulk-paste = Or paste rows
bulk-paste-hint = With the heading row. Used when no file is chosen.
bulk-reason = Reason
bulk-reason-hint = For rows that give no reason of their own.
bulk-reason-none = None: every row gives its own
bulk-site = Site
bulk-site-hint = Its rule says when added points end, unless the row does.
bulk-opens = Open accounts for new customers
bulk-opens-hint = Without it, rows for customers that Guerdon does not know are left out.
bulk-columns = Columns
bulk-column-needed = Needed
bulk-column-customer = The shop’s id of the customer.
bulk-column-points = Whole number. 50 adds points, -50 removes them.
bulk-column-reason = One of the reasons below, by its name.
bulk-column-note = What the customer reads, up to { $most } characters.
bulk-column-private-note = What only your team reads.
bulk-column-valid-until = The first day on which added points are gone, such as 2027-12-31 or 31.12.2027.
bulk-column-reference = Your own number of the change. One customer cannot have it twice in a file.
bulk-reasons-named = Reasons: { $reasons }
bulk-nothing-chosen = Choose a file, or paste rows.
bulk-choose-site = Choose one of the sites.
bulk-choose-reason = Choose one of the reasons.
bulk-too-large = The file is larger than { $mebibytes } MiB. Upload it in parts.
bulk-cut-off = The file did not arrive whole. Nothing was kept; upload it again.
bulk-table-empty = There are no rows. Give a heading row and at least one row below it.
bulk-table-no-text = This is no CSV text in UTF-8. In the spreadsheet choose “Save as”, then “CSV UTF-8”.
bulk-table-column-missing = The heading row has no column { $column }. Add it, or download the empty table.
bulk-table-column-unknown = There is no column “{ $name }”. The first row names the columns: { $columns }.
bulk-table-column-twice = The heading row names the column { $column } twice. Leave one out.
bulk-table-too-many = The file has more than { $most } rows. Upload it in parts.

## One file
bulk-state-checking = Being checked
bulk-state-checked = To be looked at
bulk-state-running = Being booked
bulk-state-stopping = Stopping
bulk-state-stopped = Stopped
bulk-state-done = Booked
bulk-state-reversing = Being reversed
bulk-state-reversed = Reversed
bulk-row-ready = Ready
bulk-row-bad = Left out
bulk-row-booked = Booked
bulk-row-refused = Not booked
bulk-row-reversed = Reversed
bulk-row-kept = Not reversed
bulk-row-left-out = Never booked
bulk-check-again = Check again
bulk-discard = Discard
bulk-run = Book { $count ->
    [one] { $count } row
   *[other] { $count } rows
} ({ $points })
bulk-stop = Stop
bulk-continue = Go on
bulk-reverse = Reverse all
bulk-reverse-rest-again = Try the rest again
bulk-same = This file was booked before.
bulk-same-text = The same rows were booked on { $at }, and their points still stand.
bulk-same-see = See that one
bulk-progress = Progress
bulk-checking = { $count ->
    [one] { $count } row is being checked.
   *[other] { $count } rows are being checked.
}
bulk-running = { $count ->
    [one] { $done } of { $count } row is booked.
   *[other] { $done } of { $count } rows are booked.
}
bulk-reversing = { $count ->
    [one] { $done } of { $count } row is reversed.
   *[other] { $done } of { $count } rows are reversed.
}
bulk-may-leave = You may leave this page; the work goes on.
bulk-reload = Look again
bulk-refused = { $count ->
    [one] { $count } row could not be booked.
   *[other] { $count } rows could not be booked.
}
bulk-refused-text = Something had changed since the check. Each says why.
bulk-kept = { $count ->
    [one] { $count } row could not be reversed.
   *[other] { $count } rows could not be reversed.
}
bulk-kept-text = Each says why.
bulk-see-rows = See these rows
bulk-rows-all = All
bulk-rows-caption = Rows in the order of the file
bulk-no-rows = No such rows
bulk-no-rows-text = No row of this file stands like this.
bulk-see-all-rows = See all rows
bulk-line = Line
bulk-in-line = Line { $line }
bulk-customer = Customer
bulk-nobody = No customer
bulk-points-heading = Points
bulk-export = Download these rows
bulk-pages = Pages
bulk-previous = Previous
bulk-next = Next
bulk-moved = What was booked
bulk-would-move = What it would do
bulk-added = Added
bulk-taken = Removed
bulk-customers = Customers
bulk-before = Their points now
bulk-after = Afterwards
bulk-bad-left-out = Rows that are left out can be mended and uploaded again.
bulk-bad-download = Download them
bulk-happened = History
bulk-run-begun = Booking began
bulk-run-ended = Booking ended
bulk-reversal-begun = Reversal began
bulk-reversal-ended = Reversal ended

## What was done
bulk-stopping-toast = Run is stopping
bulk-discarded-toast = File discarded
bulk-stands-otherwise = The file stands otherwise by now. Open it again to see what can be done.
bulk-reverse-question = { $count ->
    [one] Reverse { $count } row of { $name }?
   *[other] Reverse { $count } rows of { $name }?
}
bulk-reverse-sums = It added { $added } and removed { $taken }. Each row is undone by an entry of its own, so that the history shows both.
bulk-reverse-rest = What cannot be reversed, because the points are spent, is listed afterwards.
bulk-reverse-keep = Keep as it is
bulk-reverse-act = { $count ->
    [one] Reverse { $count } row
   *[other] Reverse { $count } rows
}
bulk-discard-question = Discard { $name }?
bulk-discard-rows = { $count ->
    [one] { $count } row and what the check found are deleted. Nothing was booked.
   *[other] { $count } rows and what the check found are deleted. Nothing was booked.
}
bulk-discard-keep = Keep file

## What is wrong with a row
bulk-problem-not-utf8 = Save the file as UTF-8; this row has other bytes.
bulk-problem-cells = Give { $expected } cells, as the heading has; there are { $found }. Put quotes around texts with separators.
bulk-problem-customer-missing = Give a customer id.
bulk-problem-too-long = Give at most { $most } characters in { $column }.
bulk-problem-control = Leave control characters out of { $column }.
bulk-problem-points-unreadable = Give whole points, such as 50 or -50.
bulk-problem-points-range = Give 1 to { $most } points.
bulk-problem-reason-missing = Give a reason, or choose one for the whole file.
bulk-problem-reason-unknown = Give one of the reasons that there are.
bulk-problem-until-unreadable = Give a day such as 2027-12-31.
bulk-problem-until-past = Give a day ahead.
bulk-problem-until-of-taken = Leave valid_until empty where points are removed.
bulk-problem-row-twice = The same row stands in line { $line }.
bulk-problem-reference-twice = This customer has the same reference in line { $line }.
bulk-problem-unknown-customer = No such customer is known.
bulk-problem-not-enough = The customer has { $has }; { $asked } would be removed.
bulk-problem-balance = The balance would grow beyond { $most } points.
bulk-problem-undone = Undone by hand before.
bulk-problem-failed = Something went wrong on our side. It is written to the log.
bulk-above-limit = A row moves { $points } points, and your limit is { $limit }. Somebody with a higher limit can run this.
## Above the limit of whoever uploaded it
bulk-request = Approval
bulk-request-ask = Ask for approval
bulk-request-above = A row moves { $points } points, and your limit is { $limit }. Somebody with a higher limit has to approve all of it.
bulk-request-open = { $name } asked on { $at } for { $count ->
    [one] { $count } row
   *[other] { $count } rows
} to be booked: { $added } and { $taken } points, up to { $largest } in one row.
bulk-request-declined = { $name } declined this on { $at }.
bulk-request-asked = Approval asked for
bulk-request-approve = Approve and book
bulk-request-not-needed = Your limit reaches that far: you can book this yourself.
