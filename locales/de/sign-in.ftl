sign-in-title = Anmelden
sign-in-signed-out = Sie sind abgemeldet.
sign-in-not-set-up = <strong>Guerdon ist noch nicht eingerichtet.</strong> Im Protokoll des Servers steht ein Link, mit dem Sie die erste Person anlegen. Er gilt eine Stunde; ein Neustart schreibt einen neuen.
sign-in-email = E-Mail
sign-in-password = Passwort
sign-in-forgot = Passwort vergessen? Ein Admin Ihres Teams kann Ihnen einen neuen Link geben.
