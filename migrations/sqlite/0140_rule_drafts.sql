-- Changes of earning rules that are kept until somebody publishes them; orders earn by the rule as it was.
CREATE TABLE rule_drafts (
    tenant_id TEXT NOT NULL,
    site_code TEXT NOT NULL,
    -- JSON: everything that the page of a rule sets.
    content   TEXT NOT NULL,
    -- The user who kept it last.
    kept_by   TEXT NOT NULL,
    kept_at   INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, site_code),
    FOREIGN KEY (tenant_id, site_code) REFERENCES sites (tenant_id, site_code)
) STRICT;
