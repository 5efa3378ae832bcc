format-today = heute
format-tomorrow = morgen
format-yesterday = gestern
format-in-days = { $days ->
    [one] in { $days } Tag
   *[other] in { $days } Tagen
}
format-days-ago = { $days ->
    [one] vor { $days } Tag
   *[other] vor { $days } Tagen
}
format-seconds = { $count ->
    [one] { $count } Sekunde
   *[other] { $count } Sekunden
}
format-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
format-hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
format-days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
}
format-months = { $count ->
    [one] { $count } Monat
   *[other] { $count } Monate
}
