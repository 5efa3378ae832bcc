options-title = Prämien
options-intro = Was Kunden für ihre Punkte bekommen
options-add = Prämie anlegen
options-list = Prämien
options-empty-title = Bieten Sie etwas für Punkte an
options-empty-text = Eine Prämie ist ein Gutschein, den Kunden für ihre Punkte bekommen: ein Betrag oder ein Prozentsatz, der von einer Bestellung abgezogen wird.
options-status = Status
options-tab-all = Alle
options-tab-active = Aktiv
options-tab-draft = Entwurf
options-tab-archived = Archiviert
options-none-title = Hier gibt es keine Prämien
options-none-text = Keine Prämie hat diesen Status.
options-show-all = Alle anzeigen
options-caption = Prämien. Spaltenköpfe mit Links sortieren die Tabelle.
options-caption-in-order = Prämien in der Reihenfolge, in der Kunden sie sehen. Spaltenköpfe mit Links sortieren die Tabelle.
options-option = Prämie
options-cost = Preis
options-gets = Kunde bekommt
options-redeemed = In 28 Tagen eingelöst
options-left = Übrig
options-actions = Aktionen
options-order = Reihenfolge
options-from-value = ab { $amount }
options-gets-from-value = { $gets } ab { $amount }
options-redeemed-short = { $count } in 28 Tagen
options-left-short = noch { $count }
options-none = Keine Angabe
options-no-limit = Unbegrenzt
options-restore = Wiederherstellen
options-restore-named = <span class="sr">{ $name } </span>Wiederherstellen
options-move-up = { $name } nach oben
options-move-down = { $name } nach unten
options-state-archived = Archiviert
options-state-draft = Entwurf
options-state-ended = Beendet
options-state-scheduled = Geplant
options-state-sold-out = Vergriffen
options-state-active = Aktiv

## Der Bereich neben der Liste
options-edit = „{ $name }“ bearbeiten
options-never-redeemed = Noch nie eingelöst
options-redeemed-times = { $count ->
    [one] Einmal eingelöst.
   *[other] { $count }-mal eingelöst.
}
options-open-coupons = { $count ->
    [0] Keiner der Gutscheine ist noch offen.
    [one] { $count } Gutschein ist noch offen.
   *[other] { $count } Gutscheine sind noch offen.
}
options-customers-see = Kunden sehen
options-customers-see-in-german = Kunden sehen auf Deutsch
options-name-of-new = Name der Prämie
options-worth = 100 Punkte sind dem Kunden { $amount } wert.
options-earned-by = Bestellungen über { $amount } bringen ebenso viele Punkte.
options-earned-by-on = Bestellungen über { $amount } bei { $site } bringen ebenso viele Punkte.
options-name = Name
options-description = Beschreibung
options-description-hint = Kunden lesen sie im Shop.
options-in-german = Auf Deutsch
options-name-de = Deutscher Name
options-description-de = Deutsche Beschreibung
options-discount = Rabatt
options-amount = Betrag
options-percent = Prozent
options-currency = Währung
options-order-from = Ab Bestellwert
options-any-value = Jeder Bestellwert
options-coupon-days = Gutschein gültig
options-days = Tage
options-ever = Unbegrenzt
options-uses = Nutzungen
options-times = mal
options-stock = Kontingent
options-in-all = insgesamt
options-per-customer = Je Kunde
options-from = Angeboten ab
options-from-now = Ab sofort
options-until = Angeboten bis
options-no-end = Unbegrenzt
options-days-hint = Ganze Tage, erster und letzter eingeschlossen, in der Zeitzone { $zone }. Ein leeres Feld bedeutet: ohne Grenze.
options-sites = Shop-Sites
options-all-sites = Alle Shop-Sites
options-every-site = Alle Shop-Sites, auch spätere
options-no-prefix = Ihre Codes haben kein Präfix
options-holder = Wer den Gutschein nutzen kann
options-holder-anyone = Alle, die den Code haben
options-holder-anyone-hint = Der Kunde darf ihn weitergeben, auch an Gäste.
options-holder-signed-in = Alle angemeldeten Kunden
options-holder-bound = Nur der Kunde, der die Punkte eingelöst hat
options-holder-bound-short = Nur der Kunde, der eingelöst hat
options-when-returned = Wenn eine Bestellung zurückkommt, die mit dem Gutschein bezahlt wurde
options-ask = Ein Mitarbeiter entscheidet
options-ask-hint = Die Bestellung erscheint unter „Retouren“.
options-give-back = Punkte zurückgeben
options-give-back-hint = Wenn die ganze Bestellung zurückkommt; über einen Teil entscheidet ein Mitarbeiter.
options-keep-spent = Punkte bleiben eingelöst
options-order-back = Wenn die Bestellung zurückkommt
options-order-back-ask = Ein Mitarbeiter entscheidet über die Punkte
options-order-back-give = Der Kunde bekommt die Punkte zurück
options-order-back-keep = Die Punkte bleiben eingelöst
options-offer = Kunden anbieten
options-offer-hint = Sonst bleibt sie ein Entwurf, den nur Mitarbeiter sehen.
options-offered = Wird Kunden angeboten
options-is-draft = Nein, sie ist ein Entwurf
options-activate = Aktivieren
options-deactivate = Deaktivieren
options-delete = Löschen

## Was aus einer Änderung wurde
options-added = Prämie angelegt
options-saved = Prämie gespeichert
options-activated = Prämie aktiviert
options-deactivated = Prämie deaktiviert
options-deleted = Prämie gelöscht
options-restored = Prämie wiederhergestellt
options-delete-title = Prämie löschen
options-delete-question = „{ $name }“ löschen?
options-delete-no-more = Kunden können ab sofort keine Punkte mehr dafür einlösen.
options-delete-unused = Niemand hat sie eingelöst.
options-delete-used = { $times ->
    [one] Sie wurde { $times }-mal eingelöst. Die Gutscheine bleiben gültig; noch offen: { $open }.
   *[other] Sie wurde { $times }-mal eingelöst. Die Gutscheine bleiben gültig; noch offen: { $open }.
}
options-delete-archive = Sie kommt mit ihrer Historie ins Archiv und lässt sich von dort wiederherstellen.
options-keep = Prämie behalten
options-archived-already = Diese Prämie ist schon archiviert.
options-gone = Diese Prämie gibt es so nicht mehr: Jemand hat sie gelöscht oder wiederhergestellt.
options-save-once-more = Speichern Sie noch einmal.
options-sent-before = Dieses Formular wurde schon einmal gesendet und die Prämie angelegt. Speichern Sie noch einmal, um eine weitere anzulegen.

## Was an einem Feld nicht stimmt
options-choose-when-returned = Wählen Sie, was mit den Punkten geschieht, wenn die Bestellung zurückkommt.
options-choose-currency = Wählen Sie eine Währung.
options-choose-holder = Wählen Sie, wer den Gutschein nutzen kann.
options-choose-kind = Wählen Sie einen Betrag oder einen Prozentsatz.
options-choose-site = Wählen Sie mindestens eine Shop-Site.
options-wrong-percentage = Geben Sie einen Prozentsatz über 0 und bis 100 an, etwa 10 oder 12,5.
options-lacks-name-de = Geben Sie auch den deutschen Namen an oder lassen Sie die deutsche Beschreibung weg.
options-wrong-day = Geben Sie einen Tag an, etwa 2027-01-31.
options-wrong-amount = Geben Sie einen Betrag über null an, etwa 5,00.
options-wrong-whole-amount = Geben Sie einen Betrag über null an, etwa 500.
options-wrong-number = Geben Sie eine ganze Zahl von { $from } bis { $to } an.

## Entwürfe und Verlauf
options-draft-in-form = Das Formular unten zeigt ihn; Kunden sehen die Prämie, wie sie war.
options-draft-live-in-form = Kunden und das Formular unten haben die Prämie, wie sie war.
options-draft-same = Er sagt dasselbe wie die Prämie jetzt.
options-draft-show-live = Prämie zeigen, wie sie ist
options-draft-kept = Entwurf aufbewahrt. Kunden sehen die Prämie, wie sie war.
options-draft-changed = Inzwischen hat jemand einen Entwurf dieser Prämie aufbewahrt, veröffentlicht oder verworfen. Sehen Sie nach, was jetzt gilt, und versuchen Sie es noch einmal.
options-draft-behind = Jemand hat diese Prämie geändert, seit Sie sie geöffnet haben. Sehen Sie nach, was der Entwurf jetzt ändern würde, und veröffentlichen Sie ihn dann.
options-history = Verlauf
options-event-created = Angelegt
options-event-changed = Geändert
options-event-archived = Gelöscht
options-event-restored = Wiederhergestellt
options-event-draft-discarded = Entwurf verworfen
options-drag = An einen anderen Platz ziehen
options-no-place = Geben Sie den Platz in der Liste als Zahl ab 1 an.
options-event-moved = Verschoben
options-event-draft-kept = Entwurf aufbewahrt
options-search = Nach Name oder Beschreibung suchen
