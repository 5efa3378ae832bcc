-- What a site's coupon settings hold beside the site's own settings and its earning rule.
CREATE TABLE coupon_settings (
    tenant_id TEXT COLLATE "C" NOT NULL,
    site_code TEXT COLLATE "C" NOT NULL,
    -- JSON object.
    settings  TEXT NOT NULL,
    PRIMARY KEY (tenant_id, site_code),
    FOREIGN KEY (tenant_id, site_code) REFERENCES sites (tenant_id, site_code)
);
