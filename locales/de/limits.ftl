## Wie viele Punkte jede Rolle auf einmal hinzufügt oder abzieht
limits-title = Limits
limits-lead = So viele Punkte fügt jede Rolle höchstens auf einmal hinzu oder zieht sie ab. Über mehr entscheidet eine zweite Person mit höherem Limit.
limits-agents = Limit für Agents
limits-managers = Limit für Manager
limits-admins = Limit für Admins
limits-unit = Punkte
limits-none-hint = Lassen Sie das Feld leer, wenn es kein Limit gibt.
limits-none = Kein Limit
limits-below-agents = Geben Sie mindestens das Limit für Agents an, oder lassen Sie das Feld leer, wenn es kein Limit gibt.
limits-below-managers = Geben Sie mindestens das Limit für Manager an, oder lassen Sie das Feld leer, wenn es kein Limit gibt.
limits-managers-have-none = Manager haben kein Limit, also haben Admins auch keines. Lassen Sie das Feld leer, oder geben Sie Managern ein Limit.
