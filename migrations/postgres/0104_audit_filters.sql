-- The filters of the audit log: by what was done and by whom, the newest first.
ALTER TABLE audit_log ALTER COLUMN action TYPE TEXT COLLATE "C", ALTER COLUMN actor_id TYPE TEXT COLLATE "C";
CREATE INDEX audit_log_by_action ON audit_log (tenant_id, action, seq);
CREATE INDEX audit_log_by_actor ON audit_log (tenant_id, actor_id, seq);
