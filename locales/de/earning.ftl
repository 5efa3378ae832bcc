## Wie die Punkte einer Bestellung zustande kamen: 119,00 brutto - 4,90 Versand = 114,10 x 1 = 114,1, abgerundet: 114
earning-switched-off = Die Sammelregel der Site (Version { $version }) war abgeschaltet.
earning-before-first-rule = Die Bestellung wurde vor der ersten Sammelregel der Site abgeschlossen.
earning-gross = { $amount } brutto
earning-net = { $amount } netto
earning-shipping = Versand
earning-discount = Rabatt
earning-nothing = also weniger als nichts, es zählen { $amount }
earning-rounded-down = abgerundet
earning-rounded-nearest = kaufmännisch gerundet
earning-rounded-up = aufgerundet
earning-capped = begrenzt auf das Höchste für eine Bestellung
