sites-title = Shop-Sites
sites-intro = Die Shops von { $tenant }, jeder mit eigener Zeitzone, Währung und Sammelregel
sites-create = Shop-Site anlegen
sites-all = Alle Shop-Sites
sites-caption = Shop-Sites, die älteste zuerst
sites-site = Shop-Site
sites-time-zone = Zeitzone
sites-currency = Währung
sites-prefix = Gutschein-Präfix
sites-pages = Seiten, die Punkte zeigen
sites-actions = Aktionen
sites-prefix-missing = Fehlt
sites-prefix-missing-set = Fehlt<span class="sr">: Gutschein-Präfix von { $site } festlegen</span>
sites-no-pages = Keine
sites-no-prefix = Keins
sites-rule = Regel<span class="sr"> von { $site }</span>
sites-code-of = Shop-Site <span class="code">{ $code }</span>
sites-create-intro = Ein Shop mit eigener Zeitzone und Währung. Er beginnt mit 1 Punkt je Währungseinheit, 12 Monate gültig.
sites-settings = Einstellungen
sites-name = Name
sites-code = Site-Code
sites-code-hint = Unter diesem Code kennen die Programme des Shops die Shop-Site: Buchstaben, Ziffern, Punkte, Binde- und Unterstriche. Er lässt sich später nicht ändern.
sites-time-zone-hint = Zum Beispiel Europe/Berlin. Danach beginnen und enden die Tage.
sites-currency-hint = Drei Buchstaben, zum Beispiel EUR.
sites-prefix-hint = Damit beginnen die Codes: Aus ACM wird ACM-… Bis zu 16 Buchstaben und Ziffern.
sites-origins = Zulässige Origins
sites-origins-hint = Adressen von Seiten, die Kunden ihre Punkte zeigen dürfen, eine je Zeile, zum Beispiel https://shop.example.com. Änderungen gelten innerhalb von zehn Minuten.
sites-created = Shop-Site angelegt
sites-saved = Shop-Site gespeichert
sites-widget-title = Punkte auf den Seiten Ihres Shops
sites-widget-intro = Fügen Sie dies in eine Seite des Shops ein, und seine Kunden sehen dort ihre Punkte und lösen sie ein.
sites-widget-fallback = Ihre Punkte ansehen
sites-widget-copy = die Zeilen für die Seite
sites-widget-hint = Die Adresse gehört zu dieser Version: Kopieren Sie diese Zeilen nach einer Aktualisierung von Guerdon neu, oder verwenden Sie /widget/v1.js ohne „integrity“; diese Adresse bleibt. Die Adresse des Shops muss oben unter den zulässigen Origins stehen.
