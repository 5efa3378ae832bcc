-- Changes of an option that are kept until somebody publishes them; customers see the option as it was.
CREATE TABLE option_drafts (
    tenant_id TEXT NOT NULL,
    option_id TEXT NOT NULL,
    -- JSON: everything that is set of an option.
    content   TEXT NOT NULL,
    -- The user who kept it last.
    kept_by   TEXT NOT NULL,
    kept_at   INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, option_id),
    FOREIGN KEY (tenant_id, option_id) REFERENCES options (tenant_id, option_id)
) STRICT;
