-- Changes of earning rules that are kept until somebody publishes them; orders earn by the rule as it was.
CREATE TABLE rule_drafts (
    tenant_id TEXT COLLATE "C" NOT NULL,
    site_code TEXT COLLATE "C" NOT NULL,
    -- JSON: everything that the page of a rule sets.
    content   TEXT COLLATE "C" NOT NULL,
    -- The user who kept it last.
    kept_by   TEXT COLLATE "C" NOT NULL,
    kept_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, site_code),
    FOREIGN KEY (tenant_id, site_code) REFERENCES sites (tenant_id, site_code)
);
