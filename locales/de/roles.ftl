roles-viewer = Leser
roles-agent = Agent
roles-manager = Manager
roles-admin = Admin
roles-viewer-may = Sieht Kunden, Punkte und Einstellungen, ändert nichts
roles-agent-may = Korrigiert Punkte bis zum Limit und löst für Kunden ein
roles-manager-may = Korrigiert ohne Limit und legt Prämien und Sammelregeln fest
roles-admin-may = Verwaltet auch Team, API-Clients und Shop-Sites
