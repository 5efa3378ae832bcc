-- Text in keys is ordered by its bytes, as on SQLite.
ALTER TABLE audit_log
    ALTER COLUMN subject_kind TYPE TEXT COLLATE "C",
    ALTER COLUMN subject_id TYPE TEXT COLLATE "C";
-- What was done to one thing, for its page.
CREATE INDEX audit_log_by_subject ON audit_log (tenant_id, subject_kind, subject_id, seq);
