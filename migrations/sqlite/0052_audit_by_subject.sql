-- What was done to one thing, for its page.
CREATE INDEX audit_log_by_subject ON audit_log (tenant_id, subject_kind, subject_id, seq);
