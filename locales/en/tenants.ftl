tenants-title = Tenants
tenants-all = All tenants of this installation
tenants-own = The merchants you work for
tenants-create = Create tenant
tenants-first-title = Make the first tenant
tenants-first-text = A tenant is one merchant, with its own customers, points, settings and team.
tenants-none-title = You are a member of no tenant
tenants-none-text = Ask an admin to add you to their team, by the e-mail address you signed in with.
tenants-join = Join as admin<span class="sr"> of { $tenant }</span>
tenants-create-intro = One merchant, with its own customers, points, settings and team. It begins with one site, <span class="code">main</span>.
tenants-new = The new tenant
tenants-name = Name
tenants-id = Id
tenants-id-hint = 3 to 16 of a-z, 0-9 and hyphens, beginning with a letter. It stands in every address and stays.
tenants-time-zone = Time zone
tenants-time-zone-hint = Such as Europe/Berlin.
tenants-currency = Currency
tenants-currency-hint = Three letters, such as EUR.
tenants-make-me-admin = Make me an admin of it
tenants-created = Tenant created
tenants-joined = Team joined
