## Die Suche oben auf jeder Seite, die auch Seiten und Aktionen anbietet
search-recent = Zuletzt angesehen
search-hint = Name, E-Mail-Adresse, Nummer, Bestellung oder Gutschein. Auch Seiten und Aktionen.
search-nothing = Kein Kunde gefunden.
search-found = { $count ->
    [one] { $count } Kunde gefunden. Eingabetaste für die ganze Liste.
   *[other] { $count } Kunden gefunden. Eingabetaste für die ganze Liste.
}
search-found-more = Mehr als { $count } Kunden gefunden. Eingabetaste für die ganze Liste.
search-coupon = Gutschein { $code }
search-open-account = Konto eröffnen
search-new-option = Neue Prämie
search-new-coupon = Neuer Gutschein
search-new-member = Person zum Team hinzufügen
search-new-client = Neuer API-Client
search-new-site = Neue Shop-Site
search-new-endpoint = Neuer Webhook-Endpunkt
