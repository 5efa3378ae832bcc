-- What the shop reports of its orders, what they earned, and what came back.

-- Points that a return could not take because they were spent; the next points pay them first.
ALTER TABLE accounts ADD COLUMN debt INTEGER NOT NULL DEFAULT 0 CONSTRAINT accounts_debt_not_negative CHECK (debt >= 0);

CREATE TABLE orders (
    tenant_id      TEXT NOT NULL,
    order_id       TEXT NOT NULL,
    -- From here to completed_at: the newest snapshot, the first completed one at the latest. All NULL while only returns
    -- of the order have arrived. customer_id is NULL for a guest, too.
    customer_id    TEXT,
    site_code      TEXT,
    status         TEXT,
    currency       TEXT,
    -- JSON: gross, net, tax, shipping and discount, exact decimals.
    totals         TEXT,
    -- JSON: id, sku, quantity, unitPrice and total of each.
    items          TEXT,
    completed_at   INTEGER,
    -- What the order earns, decided once, when it is completed; NULL before.
    points         INTEGER,
    -- The version of the site's rule; NULL when none held.
    rule_version   INTEGER,
    -- JSON: the sum that explains the points; NULL when the rule was switched off.
    working        TEXT,
    available_from INTEGER,
    valid_until    INTEGER,
    shortfall      TEXT,
    -- The entry with which the points were given; NULL until then.
    account_id     INTEGER,
    entry_seq      INTEGER,
    entry_id       TEXT,
    actor_kind     TEXT NOT NULL,
    actor_id       TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    modified_at    INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, order_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
    FOREIGN KEY (tenant_id, site_code) REFERENCES sites (tenant_id, site_code),
    FOREIGN KEY (tenant_id, account_id, entry_seq) REFERENCES entries (tenant_id, account_id, seq),
    CONSTRAINT orders_points_not_negative CHECK (points >= 0)
) STRICT;
CREATE INDEX orders_by_customer ON orders (tenant_id, customer_id, order_id) WHERE customer_id IS NOT NULL;
CREATE UNIQUE INDEX orders_by_entry ON orders (tenant_id, account_id, entry_seq) WHERE account_id IS NOT NULL;

CREATE TABLE order_returns (
    tenant_id   TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    return_id   TEXT NOT NULL,
    -- JSON: items with quantities, or an amount with its currency.
    content     TEXT NOT NULL,
    -- The order's share that it takes back; NULL while it waits for the order's points.
    due         INTEGER,
    -- How many of these were there to be taken, and how many are owed. The rest was let go.
    taken       INTEGER NOT NULL,
    owed        INTEGER NOT NULL,
    account_id  INTEGER,
    entry_seq   INTEGER,
    entry_id    TEXT,
    actor_kind  TEXT NOT NULL,
    actor_id    TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    applied_at  INTEGER,
    PRIMARY KEY (tenant_id, order_id, return_id),
    FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, order_id),
    FOREIGN KEY (tenant_id, account_id, entry_seq) REFERENCES entries (tenant_id, account_id, seq),
    CONSTRAINT order_returns_taken_in_range CHECK (taken >= 0 AND owed >= 0 AND taken + owed <= COALESCE(due, 0))
) STRICT;
