sign-in-title = Sign in
sign-in-signed-out = You are signed out.
sign-in-not-set-up = <strong>Guerdon is not set up yet.</strong> Its log holds a link that makes the first user. It is good for an hour; a restart writes a new one.
sign-in-email = Email
sign-in-password = Password
sign-in-forgot = Forgot your password? An admin of your team can give you a new link.
