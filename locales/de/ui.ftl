## Kleine Wörter, die viele Seiten teilen
ui-copy = Kopieren
ui-done = Fertig
ui-cancel = Abbrechen
ui-undo = Rückgängig
ui-yes = Ja
ui-no = Nein
ui-crumbs = Brotkrümelnavigation
ui-pages = Seiten
ui-newer = Neuere
ui-older = Ältere
ui-points = { $points ->
    [one] { $points } Punkt
   *[other] { $points } Punkte
}
ui-export = CSV exportieren
ui-filter = Filtern
ui-clear-filters = Filter entfernen
ui-clear-all = Alle entfernen
ui-remove-filter = Filter entfernen: { $filter }
ui-rows = Zeilen
ui-previous = Zurück
ui-next = Weiter
ui-range = { $first } bis { $last }
ui-range-of = { $first } bis { $last } von { $count }
ui-range-more = { $first } bis { $last } von mehr als { $count }
ui-quoted = „{ $text }“
ui-from = Von
ui-to = Bis
ui-newest = Neueste
