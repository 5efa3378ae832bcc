## Birthdays, and points for them
birthdays-title = Birthdays
birthdays-lead = Customers with a points account who have a birthday, by the calendar in { $zone }
birthdays-views = Days
birthdays-today = Today
birthdays-tomorrow = Tomorrow
birthdays-week = Next 7 days
birthdays-late = Last 7 days
birthdays-customer = Customer
birthdays-turns = turns { $years }
birthdays-points = Points
birthdays-give = Give { $points ->
    [one] { $points } point
   *[other] { $points } points
}
birthdays-give-to = to { $name }
birthdays-given = Given
birthdays-fill-in = Ask for approval
birthdays-on-that-day = On the day
birthdays-more = Show all of { $day }
birthdays-none = Nobody has a birthday
birthdays-none-lead = Birthdays are entered on the pages of customers, by the API or by an import.
birthdays-see-week = See the next 7 days
birthdays-see-customers = See customers
birthdays-was-given = Points given
birthdays-was-given-before = Given already
birthdays-no-points = The reason for birthdays has no points, or is archived.
birthdays-no-points-next = Points are given with one click once it says how many.
birthdays-set-points = Set the points
birthdays-by-itself = Guerdon gives these points by itself on the morning of the day.
birthdays-not-by-itself = Guerdon can give these points by itself.
birthdays-turn-on = Turn it on
birthdays-setting = Give points on birthdays by itself
birthdays-setting-hint = As many as the reason for birthdays says, on the morning of the day, once a year for each customer.
birthdays-fact = Points on birthdays
birthdays-fact-yes = By themselves
birthdays-fact-no = With one click
birthdays-todo = { $count ->
    [one] { $count } birthday today
   *[other] { $count } birthdays today
}
birthdays-todo-text = { $names } and others: no points yet.
birthdays-todo-few = { $names }: no points yet.
birthdays-todo-action = Congratulate
## What does not fit
birthdays-no-birthday = This customer has no birthday on that day, or it is more than a week ago.
birthdays-without-points = The reason for birthdays has no points. Set them under Reasons.
