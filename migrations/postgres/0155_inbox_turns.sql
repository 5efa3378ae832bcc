-- Tenants take turns at the inbox: which of them have events that wait, and which of these come first.
CREATE INDEX inbox_by_turn ON inbox (tenant_id, due_at) WHERE due_at IS NOT NULL;
