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
