roles-viewer = Viewer
roles-agent = Agent
roles-manager = Manager
roles-admin = Admin
roles-viewer-may = Sees customers, points and settings, changes nothing
roles-agent-may = Adjusts points up to the limit and redeems for customers
roles-manager-may = Adjusts without limit, and sets options and earning rules
roles-admin-may = Also manages the team, API clients and sites
