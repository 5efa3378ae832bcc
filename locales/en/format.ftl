format-today = today
format-tomorrow = tomorrow
format-yesterday = yesterday
format-in-days = { $days ->
    [one] in { $days } day
   *[other] in { $days } days
}
format-days-ago = { $days ->
    [one] { $days } day ago
   *[other] { $days } days ago
}
format-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
format-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
format-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
format-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
format-months = { $count ->
    [one] { $count } month
   *[other] { $count } months
}
