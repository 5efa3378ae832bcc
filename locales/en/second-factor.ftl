## Setting it up and taking care of it
second-factor-title = Second factor
second-factor-about = An app on your phone shows a code that changes every 30 seconds. You type it after your password, so that the password alone opens nothing.
second-factor-is-on = On
second-factor-since = since
second-factor-on-since = On since
second-factor-codes-left = { $count ->
    [0] No recovery code is left. Make new ones.
    [one] One recovery code is left. Make new ones soon.
   *[other] { $count } recovery codes are left.
}
second-factor-manage = Manage
second-factor-set-up = Set up
second-factor-set-up-title = Set up a second factor
second-factor-demanded = { $tenants } asks for a second factor. Its pages open once you have set one up.
second-factor-step-app = 1. Open an authenticator app
second-factor-step-app-about = Any that shows codes will do, such as Aegis, 2FAS, Google Authenticator or the password manager that you use already.
second-factor-step-scan = 2. Scan this picture with it
second-factor-picture = QR code with the secret for your app
second-factor-type-it = Type the secret instead
second-factor-service = Service
second-factor-account = Account
second-factor-kind = Kind
second-factor-kind-is = By time, 6 digits, 30 seconds
second-factor-secret = Secret
second-factor-step-code = 3. Type the code that it shows
second-factor-code = Code
second-factor-code-hint = Six digits from your app
second-factor-turn-on = Turn on
second-factor-cancel = Not now
second-factor-not-the-code = This is not the code that the app shows for this secret. Type the present one; if it does not help, set the clock of your phone by the network.
## Recovery codes
second-factor-codes-title = Recovery codes
second-factor-codes-about = Each opens your account once in place of a code, when your phone is lost or broken.
second-factor-codes-once = The codes are shown only now. Print them, or keep them in a password manager.
second-factor-codes-copy = Copy all
second-factor-codes-done = I have kept them
second-factor-codes-renew-about = New codes end all those before.
second-factor-codes-renew = Make new codes
## Turning it off
second-factor-off-title = Turn off
second-factor-off-about = From then on your password alone opens your account.
second-factor-off-demanded = { $tenants } asks for a second factor: without one its pages stay closed.
second-factor-any-code = Code
second-factor-any-code-hint = Six digits from your app, or a recovery code
second-factor-turn-off = Turn off
second-factor-turned-off = Second factor turned off
## Signing in with it
second-factor-enter-title = Enter your code
second-factor-code-missing = Enter the code.
second-factor-wrong = This code is wrong or was used already. Wait for the next one.
second-factor-recovery-code = Recovery code
second-factor-recovery-code-hint = Twelve letters and digits, such as 7k2m-9xqa-v3dp
second-factor-use-app = Use a code from the app
second-factor-use-recovery = Use a recovery code
second-factor-other-person = Sign in as somebody else
