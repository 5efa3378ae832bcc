## Was schiefging, und der nächste Schritt
error-go-to-start = Zur Startseite
error-back-to-start = Zurück zur Startseite
error-choose-tenant = Mandanten wählen
error-sign-in = Anmelden
error-go-to-sign-in = Zur Anmeldung
error-try-again = Noch einmal versuchen
error-reference = Referenz
error-role-title = Ihre Rolle erlaubt das nicht
error-role = Dafür ist mindestens die Rolle { $least ->
    [viewer] Leser
    [agent] Agent
    [manager] Manager
   *[admin] Admin
} nötig; { $role ->
    [viewer] Sie sind Leser.
    [agent] Sie sind Agent.
    [manager] Sie sind Manager.
    [admin] Sie sind Admin.
   *[none] Sie haben hier keine.
}
error-role-ask = Wenden Sie sich an einen Admin dieses Mandanten.
error-role-able = Diese Personen können es: { $people }.
error-operator-title = Das können nur Betreiber
error-operator = Betreiber kümmern sich um diese Installation. Fragen Sie die Person, die Guerdon eingerichtet hat.
error-outdated-title = Dieses Formular ist veraltet
error-outdated = Sie haben sich an- oder abgemeldet, seit es geöffnet wurde, oder Ihr Browser speichert keine Cookies. Öffnen Sie die Seite neu und wiederholen Sie den letzten Schritt. Es wurde nichts geändert.
error-other-site-title = Das kam von einer fremden Website
error-other-site = Guerdon nimmt Änderungen nur von den eigenen Seiten an. Es wurde nichts geändert.
error-unreadable-title = Guerdon konnte das nicht lesen
error-unreadable = Gehen Sie über die Links auf den Seiten dorthin.
error-conflict-title = Das ist jetzt nicht möglich
error-not-found-title = Diese Seite gibt es nicht
error-not-found = Vielleicht wurde sie verschoben oder gelöscht, oder sie gehört zu einem Mandanten, bei dem Sie kein Mitglied sind.
error-method-title = So lässt sich diese Seite nicht verwenden
error-method = Gehen Sie über die Links auf den Seiten dorthin.
error-too-large-title = Das ist zu viel auf einmal
error-too-large = Kürzen Sie die Texte und senden Sie das Formular noch einmal.
error-unavailable-title = Guerdon ist überlastet oder seine Datenbank nicht erreichbar
error-unavailable = Es wurde nichts geändert. Versuchen Sie es in ein paar Sekunden noch einmal.
error-internal-title = Bei uns ist etwas schiefgegangen
error-internal = Der Fehler steht im Protokoll des Servers. Versuchen Sie es noch einmal; passiert es wieder, nennen Sie Ihrem Betreiber die Referenz unten.
error-no-version = Das Formular sagt nicht, zu welcher Version es gehört.
error-form-late = Das Formular kam nicht rechtzeitig an.
error-form-unfit = Das Formular hat Felder, die nicht passen.
error-form-nul = Das Feld „{ $field }“ enthält ein NUL-Zeichen, das sich nicht speichern lässt. Gehen Sie zurück, geben Sie den Text neu ein und senden Sie das Formular noch einmal. Es wurde nichts geändert.
error-form-kind = Senden Sie das Formular als application/x-www-form-urlencoded.
error-form-cut = Das Formular kam nicht vollständig an.
error-form-unreadable = Das Formular ist nicht lesbar.
