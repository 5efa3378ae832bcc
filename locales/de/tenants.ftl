tenants-title = Mandanten
tenants-all = Alle Mandanten dieser Installation
tenants-own = Die Händler, für die Sie arbeiten
tenants-create = Mandant anlegen
tenants-first-title = Legen Sie den ersten Mandanten an
tenants-first-text = Ein Mandant ist ein Händler mit eigenen Kunden, Punkten, Einstellungen und eigenem Team.
tenants-none-title = Sie gehören noch zu keinem Mandanten
tenants-none-text = Bitten Sie einen Admin, Sie in das Team aufzunehmen, und zwar mit der E-Mail-Adresse, mit der Sie angemeldet sind.
tenants-join = Als Admin beitreten<span class="sr">: { $tenant }</span>
tenants-create-intro = Ein Händler mit eigenen Kunden, Punkten, Einstellungen und eigenem Team. Er beginnt mit einer Shop-Site, <span class="code">main</span>.
tenants-new = Der neue Mandant
tenants-name = Name
tenants-id = Kennung
tenants-id-hint = 3 bis 16 Zeichen aus a-z, 0-9 und Bindestrich, am Anfang ein Buchstabe. Sie steht in jeder Adresse und lässt sich später nicht ändern.
tenants-time-zone = Zeitzone
tenants-time-zone-hint = Zum Beispiel Europe/Berlin.
tenants-currency = Währung
tenants-currency-hint = Drei Buchstaben, zum Beispiel EUR.
tenants-make-me-admin = Mich dort zum Admin machen
tenants-created = Mandant angelegt
tenants-joined = Team beigetreten
