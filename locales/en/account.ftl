account-theme = Appearance
account-theme-system = As the device
account-theme-light = Light
account-theme-dark = Dark
account-language = Language
account-language-browser = As the browser
account-settings-saved = Settings saved
