-- Why employees add and remove points, as each tenant words it.
CREATE TABLE reasons (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    -- What entries hold.
    code            TEXT COLLATE "C" NOT NULL,
    position        BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    -- NULL: one of those that every tenant begins with, named by the language of the reader.
    label           TEXT COLLATE "C",
    -- add, remove or both.
    direction       TEXT COLLATE "C" NOT NULL,
    points          BIGINT,
    validity        BIGINT,
    -- days or months.
    validity_unit   TEXT COLLATE "C",
    -- What the customer reads.
    note            TEXT COLLATE "C",
    created_at      BIGINT NOT NULL,
    modified_at     BIGINT NOT NULL,
    archived_at     BIGINT,
    PRIMARY KEY (tenant_id, code),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
    CONSTRAINT reasons_points_positive CHECK (points > 0),
    CONSTRAINT reasons_validity_whole CHECK ((validity IS NULL) = (validity_unit IS NULL))
);

INSERT INTO reasons (tenant_id, code, position, version, direction, points, created_at, modified_at)
SELECT tenant_id, 'birthday', 1, 1, 'add', 100, created_at, created_at FROM tenants
UNION ALL SELECT tenant_id, 'goodwill', 2, 1, 'both', NULL, created_at, created_at FROM tenants
UNION ALL SELECT tenant_id, 'order_correction', 3, 1, 'both', NULL, created_at, created_at FROM tenants
UNION ALL SELECT tenant_id, 'promotion', 4, 1, 'both', NULL, created_at, created_at FROM tenants
UNION ALL SELECT tenant_id, 'other', 5, 1, 'both', NULL, created_at, created_at FROM tenants;
