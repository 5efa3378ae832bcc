rules-title = Sammelregeln
rules-intro = Wie viele Punkte Kunden je Shop-Site sammeln, wie lange sie gelten und womit Gutscheincodes beginnen
rules-by-site = Regeln je Shop-Site
rules-caption = Sammelregeln je Shop-Site
rules-site = Shop-Site
rules-points = Punkte
rules-valid-for = Gültig
rules-prefix = Gutschein-Präfix
rules-orders = Bestellungen
rules-actions = Aktionen
rules-off = Aus
rules-for = je { $amount }
rules-prefix-missing = Fehlt
rules-prefix-missing-set = Fehlt<span class="sr">: Gutschein-Präfix von { $site } festlegen</span>
rules-earn = Bringen Punkte
rules-earn-nothing = Bringen nichts
rules-edit = <span class="sr">Regel von { $site } </span>Bearbeiten

## Die Seite einer Regel
rules-of = Sammelregel von { $site }
rules-version-since = Version { $number }, seit <time datetime="{ $iso }">{ $time }</time>
rules-rule = Die Regel
rules-effect = Eine Änderung gilt sofort und für alle Punkte, die danach gutgeschrieben werden. Vorhandene Punkte behalten ihr Verfallsdatum.
rules-enabled = Bestellungen bringen Punkte
rules-enabled-hint = Ausgeschaltet bringen Bestellungen nichts. Punkte lassen sich weiter von Hand gutschreiben und einlösen.
rules-ratio = Umrechnung
rules-unit = Punkte je { $amount }
rules-unit-of-money = Punkte je Währungseinheit
rules-fractions = Bruchteile von Punkten
rules-round-down = Abrunden
rules-round-nearest = Kaufmännisch runden
rules-round-up = Aufrunden
rules-basis = Bestellwert, der zählt
rules-gross = Mit Steuern
rules-net = Ohne Steuern
rules-cap = Max. je Bestellung
rules-cap-points = Höchstpunktzahl je Bestellung
rules-no-limit = Unbegrenzt
rules-shipping = Versandkosten bringen Punkte
rules-discounts = Rabatte werden vorher abgezogen
rules-discounts-hint = Ausgeschaltet gibt es Punkte auch für das, was ein Gutschein bezahlt hat.
rules-validity = Punkte gelten
rules-months = Monate
rules-end = Sie verfallen
rules-end-exact = Zur Uhrzeit des Sammelns
rules-end-start-of-day = Am Tagesbeginn
rules-end-end-of-day = Am Tagesende
rules-end-end-of-month = Am Monatsende
rules-pending = Wartezeit bis zum Einlösen
rules-pending-days = Tage bis zum Einlösen
rules-at-once = Sofort
rules-days = Tage
rules-pending-hint = Zum Beispiel so lange, wie Kunden Ware zurückgeben können. 0: sofort einlösbar.
rules-shortfall = Wenn die Punkte bei einer Retoure schon eingelöst sind
rules-returns = Retouren nach dem Einlösen
rules-clamp = Zurücknehmen, was noch da ist
rules-clamp-hint = Der Kunde bleibt nichts schuldig; die fehlenden Punkte werden bei der Retoure vermerkt.
rules-owe = Den Rest mit späteren Punkten verrechnen
rules-owe-hint = Die nächsten Punkte, die der Kunde sammelt, werden zuerst mit der Retoure verrechnet.
rules-prefix-hint = Damit beginnen die Codes: Aus ACM wird ACM-… Bis zu 16 Buchstaben und Ziffern.
rules-no-prefix = Keins
rules-example-title = Beispiel
rules-history = Verlauf
rules-version = Version { $number }
rules-first = Die erste Regel.
rules-saved = Sammelregel gespeichert

## Das Beispiel: eine Bestellung, nach der Regel gerechnet
rules-incomplete = Die Eingaben sind noch nicht vollständig.
rules-example-off = Bestellungen bei { $site } bringen keine Punkte.
rules-example-order = Eine Bestellung über { $paid }{ $basis ->
    [net] {" "}ohne Steuern
   *[gross] {""}
} mit { $shipping } Versand{ $discounted ->
    [yes] {" "}und { $discount } Rabatt
   *[no] {""}
} bringt { $points ->
    [0] keine Punkte
    [one] { $points } Punkt, gültig bis { $until }
   *[other] { $points } Punkte, gültig bis { $until }
}.
rules-until-start = zum Beginn des { $day }
rules-until-end = zum Ende des { $day }
rules-example-working = { $counted } zählen; mal { $factor } ergibt das { $exact }{ $rounding ->
    [down] , abgerundet
    [nearest] , kaufmännisch gerundet
    [up] , aufgerundet
   *[none] {""}
}{ $capped ->
    [yes] , begrenzt durch die Höchstpunktzahl je Bestellung
   *[no] {""}
}.
rules-example-from = Einlösbar sind sie ab dem { $day }.

## Was die eingegebene Regel ergeben hätte
rules-trial-try = An den letzten 90 Tagen ausprobieren
rules-trial-title = Wie es gewesen wäre
rules-trial-about = { $orders ->
    [one] { $orders } Bestellung der letzten 90 Tage, ohne Retouren. Noch ist nichts gespeichert.
   *[other] { $orders } Bestellungen der letzten 90 Tage, ohne Retouren. Noch ist nichts gespeichert.
}
rules-trial-no-orders = In den letzten 90 Tagen wurde auf dieser Site keine Bestellung abgeschlossen.
rules-trial-what = Kennzahl
rules-trial-was = Tatsächlich
rules-trial-would = Mit dieser Regel
rules-trial-points = Punkte
rules-trial-worth = Gegenwert bis zu
rules-trial-customers = Kunden mit Punkten
rules-trial-orders = Bestellungen mit Punkten
## Entwürfe
rules-draft-in-form = Das Formular unten zeigt ihn, und daneben steht, was er gegeben hätte; Bestellungen sammeln nach der Regel, wie sie war.
rules-draft-live-in-form = Für Bestellungen und im Formular unten gilt die Regel, wie sie war.
rules-draft-same = Er sagt dasselbe wie die Regel jetzt.
rules-draft-show-live = Die Regel zeigen, wie sie ist
rules-draft-kept = Entwurf aufbewahrt. Bestellungen sammeln nach der Regel, wie sie war.
rules-draft-changed = Inzwischen hat jemand einen Entwurf dieser Regel aufbewahrt, veröffentlicht oder verworfen. Sehen Sie nach, was jetzt gilt, und versuchen Sie es noch einmal.
rules-draft-behind = Jemand hat diese Regel geändert, seit Sie sie geöffnet haben. Sehen Sie nach, was der Entwurf jetzt ändern würde, und veröffentlichen Sie ihn dann.
