roles-viewer = Leser
roles-agent = Agent
roles-manager = Manager
roles-admin = Admin
roles-viewer-may = Sieht Kunden, Punkte und Einstellungen, ändert nichts
roles-agent-may = Passt Punkte bis zum Limit an und löst für Kunden ein
roles-manager-may = Passt Punkte ohne Limit an und legt Prämien und Sammelregeln fest
roles-admin-may = Verwaltet auch Team, API-Clients und Shop-Sites
