## How many points each role adds or removes at once
limits-title = Limits
limits-lead = The most that each role adds or removes at once. About more a second person decides, who has a higher limit.
limits-agents = Limit for agents
limits-managers = Limit for managers
limits-admins = Limit for admins
limits-unit = points
limits-none-hint = Leave it empty for no limit.
limits-none = No limit
limits-below-agents = Give at least the limit for agents, or leave it empty for no limit.
limits-below-managers = Give at least the limit for managers, or leave it empty for no limit.
limits-managers-have-none = Managers have no limit, so admins have none. Leave it empty, or give managers a limit.
