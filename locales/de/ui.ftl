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
