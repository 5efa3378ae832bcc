-- Changes of an option that are kept until somebody publishes them; customers see the option as it was.
CREATE TABLE option_drafts (
    tenant_id TEXT COLLATE "C" NOT NULL,
    option_id TEXT COLLATE "C" NOT NULL,
    -- JSON: everything that is set of an option.
    content   TEXT COLLATE "C" NOT NULL,
    -- The user who kept it last.
    kept_by   TEXT COLLATE "C" NOT NULL,
    kept_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, option_id),
    FOREIGN KEY (tenant_id, option_id) REFERENCES options (tenant_id, option_id)
);
