account-theme = Darstellung
account-theme-system = Wie das Gerät
account-theme-light = Hell
account-theme-dark = Dunkel
account-language = Sprache
account-language-browser = Wie der Browser
account-settings-saved = Einstellungen gespeichert
