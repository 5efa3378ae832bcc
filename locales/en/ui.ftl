## Small words that many pages share
ui-copy = Copy
ui-done = Done
ui-cancel = Cancel
ui-undo = Undo
ui-yes = Yes
ui-no = No
ui-crumbs = Breadcrumb
ui-pages = Pages
ui-newer = Newer
ui-older = Older
ui-points = { $points ->
    [one] { $points } point
   *[other] { $points } points
}
ui-export = Export CSV
ui-filter = Filter
ui-clear-filters = Clear filters
ui-clear-all = Clear all
ui-remove-filter = Remove filter: { $filter }
ui-rows = Rows
ui-previous = Previous
ui-next = Next
ui-range = { $first } to { $last }
ui-range-of = { $first } to { $last } of { $count }
ui-range-more = { $first } to { $last } of more than { $count }
ui-quoted = “{ $text }”
ui-from = From
ui-to = To
ui-newest = Newest
