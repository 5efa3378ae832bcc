-- Why employees add and remove points, as each tenant words it.
CREATE TABLE reasons (
    tenant_id       TEXT NOT NULL,
    -- What entries hold.
    code            TEXT NOT NULL,
    position        INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    -- NULL: one of those that every tenant begins with, named by the language of the reader.
    label           TEXT,
    -- add, remove or both.
    direction       TEXT NOT NULL,
    points          INTEGER,
    validity        INTEGER,
    -- days or months.
    validity_unit   TEXT,
    -- What the customer reads.
    note            TEXT,
    created_at      INTEGER NOT NULL,
    modified_at     INTEGER NOT NULL,
    archived_at     INTEGER,
    PRIMARY KEY (tenant_id, code),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
    CONSTRAINT reasons_points_positive CHECK (points > 0),
    CONSTRAINT reasons_validity_whole CHECK ((validity IS NULL) = (validity_unit IS NULL))
) STRICT;

INSERT INTO reasons (tenant_id, code, position, version, direction, points, created_at, modified_at)
SELECT tenant_id, 'birthday', 1, 1, 'add', 100, created_at, created_at FROM tenants
UNION ALL SELECT tenant_id, 'goodwill', 2, 1, 'both', NULL, created_at, created_at FROM tenants
UNION ALL SELECT tenant_id, 'order_correction', 3, 1, 'both', NULL, created_at, created_at FROM tenants
UNION ALL SELECT tenant_id, 'promotion', 4, 1, 'both', NULL, created_at, created_at FROM tenants
UNION ALL SELECT tenant_id, 'other', 5, 1, 'both', NULL, created_at, created_at FROM tenants;
