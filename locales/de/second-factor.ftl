## Einrichten und pflegen
second-factor-title = Zweiter Faktor
second-factor-about = Eine App auf Ihrem Telefon zeigt einen Code, der alle 30 Sekunden wechselt. Sie geben ihn nach dem Passwort ein; das Passwort allein öffnet dann nichts mehr.
second-factor-is-on = Ein
second-factor-since = seit
second-factor-on-since = Eingeschaltet seit
second-factor-codes-left = { $count ->
    [0] Kein Wiederherstellungscode ist übrig. Erzeugen Sie neue.
    [one] Ein Wiederherstellungscode ist übrig. Erzeugen Sie bald neue.
   *[other] { $count } Wiederherstellungscodes sind übrig.
}
second-factor-manage = Verwalten
second-factor-set-up = Einrichten
second-factor-set-up-title = Zweiten Faktor einrichten
second-factor-demanded = { $tenants } verlangt einen zweiten Faktor. Die Seiten öffnen sich, sobald Sie einen eingerichtet haben.
second-factor-step-app = 1. Öffnen Sie eine Authenticator-App
second-factor-step-app-about = Jede, die Codes zeigt, ist geeignet, etwa Aegis, 2FAS, Google Authenticator oder der Passwortmanager, den Sie ohnehin nutzen.
second-factor-step-scan = 2. Scannen Sie damit dieses Bild
second-factor-picture = QR-Code mit dem Geheimnis für Ihre App
second-factor-type-it = Geheimnis lieber eintippen
second-factor-service = Dienst
second-factor-account = Konto
second-factor-kind = Art
second-factor-kind-is = Zeitbasiert, 6 Ziffern, 30 Sekunden
second-factor-secret = Geheimnis
second-factor-step-code = 3. Geben Sie den Code ein, den sie zeigt
second-factor-code = Code
second-factor-code-hint = Sechs Ziffern aus Ihrer App
second-factor-turn-on = Einschalten
second-factor-cancel = Jetzt nicht
second-factor-not-the-code = Das ist nicht der Code, den die App für dieses Geheimnis zeigt. Geben Sie den aktuellen ein; wenn das nicht hilft, stellen Sie die Uhr Ihres Telefons nach dem Netz.
## Wiederherstellungscodes
second-factor-codes-title = Wiederherstellungscodes
second-factor-codes-about = Jeder öffnet Ihr Konto einmal anstelle eines Codes, wenn das Telefon verloren oder kaputt ist.
second-factor-codes-once = Die Codes werden nur jetzt gezeigt. Drucken Sie sie aus oder bewahren Sie sie in einem Passwortmanager auf.
second-factor-codes-copy = Alle kopieren
second-factor-codes-done = Ich habe sie aufbewahrt
second-factor-codes-renew-about = Neue Codes beenden alle bisherigen.
second-factor-codes-renew = Neue Codes erzeugen
## Ausschalten
second-factor-off-title = Ausschalten
second-factor-off-about = Danach öffnet Ihr Passwort allein Ihr Konto.
second-factor-off-demanded = { $tenants } verlangt einen zweiten Faktor: ohne ihn bleiben die Seiten geschlossen.
second-factor-any-code = Code
second-factor-any-code-hint = Sechs Ziffern aus Ihrer App oder ein Wiederherstellungscode
second-factor-turn-off = Ausschalten
second-factor-turned-off = Zweiter Faktor ausgeschaltet
## Damit anmelden
second-factor-enter-title = Code eingeben
second-factor-code-missing = Geben Sie den Code ein.
second-factor-wrong = Dieser Code ist falsch oder wurde schon benutzt. Warten Sie auf den nächsten.
second-factor-recovery-code = Wiederherstellungscode
second-factor-recovery-code-hint = Zwölf Buchstaben und Ziffern, etwa 7k2m-9xqa-v3dp
second-factor-use-app = Code aus der App benutzen
second-factor-use-recovery = Wiederherstellungscode benutzen
second-factor-other-person = Als jemand anders anmelden
