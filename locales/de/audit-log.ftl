## Die Seite
audit-log-title = Änderungsprotokoll
audit-log-about = Wer was geändert hat. Das Punktebuch führt seine eigene Geschichte bei jedem Kunden.
audit-log-changes = Änderungen
audit-log-search = Suchen
audit-log-action = Änderung
audit-log-every-action = Jede Änderung
audit-log-by = Durch
audit-log-everybody = Alle
audit-log-any-employee = Alle Mitarbeiter
audit-log-any-client = Alle API-Clients
audit-log-any-customer = Alle Kunden
audit-log-guerdon = Guerdon selbst
audit-log-kind = Art der Sache
audit-log-every-kind = Alles
audit-log-which = Welche
audit-log-which-hint = Nummer oder Kennung
audit-log-from = Von
audit-log-until = Bis
audit-log-filter = Filtern
audit-log-export = CSV exportieren
audit-log-remove-filter = Filter entfernen: { $filter }
audit-log-clear = Alle entfernen
audit-log-chip-text = „{ $text }“
audit-log-chip-by = Durch { $name }
audit-log-chip-from = Ab { $day }
audit-log-chip-until = Bis { $day }
audit-log-none = Noch keine Änderungen
audit-log-none-about = Was immer jemand ändert, steht von da an hier, mit vorher und nachher.
audit-log-none-fit = Keine Änderungen gefunden
audit-log-none-fit-about = Nichts im Protokoll passt zu diesen Filtern.
audit-log-clear-filters = Filter entfernen
audit-log-caption = Änderungen, die neueste zuerst
audit-log-when = Wann und von wem
audit-log-difference = Vorher und nachher
audit-log-count = { $count ->
    [one] { $count } Änderung
   *[other] { $count } Änderungen
}
audit-log-newest-count = { $count ->
    [one] Die neueste Änderung
   *[other] Die neuesten { $count } Änderungen
}
## Die Prüfung
audit-log-never-proved = <strong>Dieses Protokoll hat noch niemand geprüft.</strong> Jede Zeile ist mit der vorigen verkettet: Eine geänderte, entfernte oder eingefügte Zeile fällt auf.
audit-log-proved = <strong>Das Protokoll ist unverändert:</strong> { $rows ->
    [one] Eine Zeile ist
   *[other] Alle { $rows } Zeilen sind
} so, wie sie geschrieben wurden. Geprüft von { $who } am { $when }.
audit-log-not-proved = <strong>Das Protokoll wurde verändert.</strong> { $who } fand am { $when }: { $problem } Sagen Sie es dem Betreiber dieser Installation.
audit-log-prove = Jetzt prüfen
audit-log-proves-itself = Das Protokoll ist unverändert
audit-log-proved-badly = Das Protokoll wurde verändert
## Was getan wird
audit-log-did-api-client-created = API-Client angelegt
audit-log-did-api-client-old-secret-dropped = Altes Geheimnis eines API-Clients beendet
audit-log-did-api-client-revoked = API-Client widerrufen
audit-log-did-api-client-secret-rotated = Geheimnis eines API-Clients gewechselt
audit-log-did-audit-log-proved = Änderungsprotokoll geprüft
audit-log-did-coupon-changed = Gutschein geändert
audit-log-did-coupon-created = Gutschein angelegt
audit-log-did-coupon-deleted = Gutschein gelöscht
audit-log-did-coupon-redemption-deleted = Einlösung eines Gutscheins gelöscht
audit-log-did-customer-person-changed = Personendaten eines Kunden geändert
audit-log-did-customer-person-erased = Personendaten eines Kunden gelöscht
audit-log-did-feed-secret-created = Geheimnis des Bestell-Feeds angelegt
audit-log-did-feed-secret-removed = Geheimnis des Bestell-Feeds entfernt
audit-log-did-inbox-event-retried = Ereignis des Bestell-Feeds erneut versucht
audit-log-did-member-added = Mitglied hinzugefügt
audit-log-did-member-deactivated = Mitglied gesperrt
audit-log-did-member-invitation-revoked = Einladung zurückgezogen
audit-log-did-member-link-made = Link für Mitglied erstellt
audit-log-did-member-password-set = Passwort eines Mitglieds gesetzt
audit-log-did-member-reactivated = Mitglied wieder zugelassen
audit-log-did-member-removed = Mitglied entfernt
audit-log-did-member-role-changed = Rolle eines Mitglieds geändert
audit-log-did-member-second-factor-reset = Zweiter Faktor eines Mitglieds zurückgesetzt
audit-log-did-option-archived = Prämie gelöscht
audit-log-did-option-changed = Prämie geändert
audit-log-did-option-created = Prämie angelegt
audit-log-did-option-moved = Prämie verschoben
audit-log-did-option-restored = Prämie wiederhergestellt
audit-log-did-returned-coupon-decided = Über zurückgegebene Bestellung entschieden
audit-log-did-rule-changed = Sammelregel geändert
audit-log-did-site-changed = Shop-Site geändert
audit-log-did-site-coupon-settings-changed = Gutschein-Einstellungen einer Shop-Site geändert
audit-log-did-site-created = Shop-Site angelegt
audit-log-did-tenant-changed = Einstellungen geändert
audit-log-did-tenant-created = Mandant angelegt
audit-log-did-tenant-imported = Daten importiert
audit-log-did-webhook-changed = Webhook geändert
audit-log-did-webhook-created = Webhook angelegt
audit-log-did-webhook-deleted = Webhook gelöscht
audit-log-did-webhook-old-secret-dropped = Altes Geheimnis eines Webhooks beendet
audit-log-did-webhook-parked-sent-again = Zurückgestellte Zustellungen erneut gesendet
audit-log-did-webhook-paused = Webhook angehalten
audit-log-did-webhook-resumed = Webhook fortgesetzt
audit-log-did-webhook-secret-rotated = Geheimnis eines Webhooks gewechselt
audit-log-did-webhook-sent-again = Zustellung erneut gesendet
audit-log-did-webhook-tested = Webhook getestet
## Was geändert wird
audit-log-kind-api-client = API-Client
audit-log-kind-audit-log = Änderungsprotokoll
audit-log-kind-coupon = Gutschein
audit-log-kind-customer = Kunde
audit-log-kind-feed-secret = Geheimnis des Bestell-Feeds
audit-log-kind-inbox-event = Ereignis des Bestell-Feeds
audit-log-kind-option = Prämie
audit-log-kind-returned-coupon = Zurückgegebene Bestellung
audit-log-kind-rule = Sammelregel
audit-log-kind-site = Shop-Site
audit-log-kind-tenant = Mandant
audit-log-kind-user = Mitglied
audit-log-kind-webhook = Webhook
## Felder
audit-log-field-active = Aktiv
audit-log-field-agent-limit = Grenze für Agenten
audit-log-field-after-discounts = Nach Rabatten
audit-log-field-allowed-origins = Erlaubte Herkünfte
audit-log-field-basis = Grundlage
audit-log-field-cap-per-order = Höchstwert je Bestellung
audit-log-field-coupon-prefix = Gutschein-Präfix
audit-log-field-currency = Währung
audit-log-field-customer-cancel-hours = Kunden stornieren binnen (Stunden)
audit-log-field-demands-second-factor = Verlangt zweiten Faktor
audit-log-field-description = Beschreibung
audit-log-field-enabled = Eingeschaltet
audit-log-field-event-types = Ereignisse
audit-log-field-factor = Faktor
audit-log-field-grace-days = Kulanz (Tage)
audit-log-field-name = Name
audit-log-field-old-secret-good-until = Altes Geheimnis gilt bis
audit-log-field-operator = Betreiber
audit-log-field-pending-days = Wartezeit (Tage)
audit-log-field-points = Punkte
audit-log-field-problem = Problem
audit-log-field-role = Rolle
audit-log-field-rounding = Rundung
audit-log-field-rows = Zeilen
audit-log-field-scopes = Berechtigungen
audit-log-field-shortfall = Fehlbetrag
audit-log-field-time-zone = Zeitzone
audit-log-field-url = Adresse
audit-log-field-validity-end = Gültigkeit endet
audit-log-field-validity-months = Gültigkeit (Monate)
audit-log-field-what = Was
audit-log-field-with-shipping = Mit Versand
