settings-title = Einstellungen
settings-intro = Was für alle Shop-Sites von { $tenant } gilt. Änderungen wirken sofort.
settings-of-tenant = Einstellungen des Mandanten
settings-name = Name
settings-cancel-within = Kunden dürfen ungenutzte Gutscheine stornieren innerhalb von
settings-hours = Stunden
settings-cancel-hint = Sie bekommen die Punkte zurück. Leer lassen, wenn nur Mitarbeiter stornieren dürfen.
settings-cancel = Kunden stornieren Gutscheine
settings-cancel-never = Nein, nur Mitarbeiter
settings-cancel-hours = { $count ->
    [one] Innerhalb von { $count } Stunde
   *[other] Innerhalb von { $count } Stunden
}
settings-grace = Kulanz für verfallene Punkte
settings-days = Tage
settings-grace-hint = So lange gelten Punkte noch, die zurückgegeben werden, obwohl sie inzwischen verfallen sind.
settings-saved = Einstellungen gespeichert
settings-second-factor = Jedes Mitglied braucht einen zweiten Faktor
settings-second-factor-hint = Wer keinen hat, richtet einen ein, bevor sich irgendetwas dieses Mandanten öffnet, ab dem nächsten Klick. Das gilt auch für Sie.
settings-second-factor-all = Jedes Mitglied braucht einen
settings-second-factor-free = Wie jedes Mitglied möchte
