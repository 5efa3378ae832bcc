-- Times (`..._at`, `..._from`, `..._until`) are microseconds since 1970-01-01T00:00:00Z.
-- Every table of a tenant has `tenant_id` first in its key, so that the schema can be distributed by tenant.

CREATE TABLE tenants (
    tenant_id   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    time_zone   TEXT NOT NULL,
    currency    TEXT NOT NULL,
    -- Days that points given back stay usable when their own expiry has passed.
    grace_days  BIGINT NOT NULL,
    -- The most points that an agent may add or remove at once.
    agent_limit BIGINT NOT NULL,
    created_at  BIGINT NOT NULL
);

CREATE TABLE sites (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    site_code       TEXT COLLATE "C" NOT NULL,
    name            TEXT NOT NULL,
    time_zone       TEXT NOT NULL,
    currency        TEXT NOT NULL,
    coupon_prefix   TEXT NOT NULL,
    -- JSON array of origins that may call the storefront API from a browser.
    allowed_origins TEXT NOT NULL,
    -- The newest version in earning_rules; also guards against lost updates.
    rule_version    BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    modified_at     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, site_code),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);

-- How a site awards points. Versions are only ever inserted; an award names the version it was judged by.
CREATE TABLE earning_rules (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    site_code       TEXT COLLATE "C" NOT NULL,
    version         BIGINT NOT NULL,
    holds_from      BIGINT NOT NULL,
    enabled         BOOLEAN NOT NULL,
    -- Points per unit of currency, an exact decimal.
    factor          TEXT NOT NULL,
    rounding        TEXT NOT NULL,
    basis           TEXT NOT NULL,
    with_shipping   BOOLEAN NOT NULL,
    after_discounts BOOLEAN NOT NULL,
    pending_days    BIGINT NOT NULL,
    cap_per_order   BIGINT,
    validity_months BIGINT NOT NULL,
    validity_end    TEXT NOT NULL,
    shortfall       TEXT NOT NULL,
    actor           TEXT NOT NULL,
    PRIMARY KEY (tenant_id, site_code, version),
    FOREIGN KEY (tenant_id, site_code) REFERENCES sites (tenant_id, site_code)
);

-- Personal data, apart from the ledger, so that erasing it leaves the sums.
CREATE TABLE customers (
    tenant_id   TEXT COLLATE "C" NOT NULL,
    customer_id TEXT COLLATE "C" NOT NULL,
    name        TEXT,
    email       TEXT,
    birthday    TEXT,
    language    TEXT,
    -- Name and e-mail in lower case, for the search.
    search      TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, customer_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);

CREATE TABLE accounts (
    tenant_id      TEXT COLLATE "C" NOT NULL,
    account_id     BIGINT NOT NULL,
    customer_id    TEXT COLLATE "C" NOT NULL,
    -- What can be spent, as of settled_at and until next_change_at.
    balance        BIGINT NOT NULL,
    -- The next instant at which the balance changes by itself: a lot ends, or a pending one begins.
    next_change_at BIGINT,
    -- Pending lots that begin up to here are in the balance; ended ones are recorded as expired.
    settled_at     BIGINT NOT NULL,
    -- The newest entry, and the one after which the present life of the account began.
    seq            BIGINT NOT NULL,
    opened_seq     BIGINT NOT NULL,
    open           BOOLEAN NOT NULL,
    -- Hash of the newest entry.
    chain          TEXT NOT NULL,
    changed_at     BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
    CONSTRAINT accounts_balance_not_negative CHECK (balance >= 0)
);
CREATE UNIQUE INDEX accounts_by_customer ON accounts (tenant_id, customer_id);
CREATE INDEX accounts_by_balance ON accounts (tenant_id, balance, customer_id);
CREATE INDEX accounts_by_change ON accounts (tenant_id, changed_at, customer_id);

CREATE TABLE entries (
    tenant_id      TEXT COLLATE "C" NOT NULL,
    account_id     BIGINT NOT NULL,
    seq            BIGINT NOT NULL,
    entry_id       TEXT COLLATE "C" NOT NULL,
    kind           TEXT NOT NULL,
    -- Signed.
    points         BIGINT NOT NULL,
    balance_after  BIGINT NOT NULL,
    recorded_at    BIGINT NOT NULL,
    -- Pending lots that begin up to here are in balance_after.
    settled_at     BIGINT NOT NULL,
    available_from BIGINT,
    valid_until    BIGINT,
    site_code      TEXT,
    reference_id   TEXT,
    -- What the customer reads.
    description    TEXT,
    reason         TEXT,
    actor_kind     TEXT NOT NULL,
    actor_id       TEXT NOT NULL,
    source         TEXT NOT NULL,
    -- The entry_id that this one mends.
    mends          TEXT,
    redemption_id  TEXT,
    -- JSON: how the points were worked out.
    details        TEXT,
    -- Hash of the request that a client sent under its own entry_id.
    fingerprint    TEXT,
    -- SHA-256 over the hash of the entry before and this entry's fields.
    hash           TEXT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, seq),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, account_id),
    CONSTRAINT entries_kind_known CHECK (kind IN ('earned', 'added', 'removed', 'redeemed', 'expired', 'taken_back', 'given_back', 'closed')),
    CONSTRAINT entries_points_not_zero CHECK (points <> 0 OR kind = 'closed'),
    CONSTRAINT entries_balance_not_negative CHECK (balance_after >= 0)
);
CREATE UNIQUE INDEX entries_by_id ON entries (tenant_id, entry_id);
CREATE INDEX entries_by_time ON entries (tenant_id, recorded_at);

CREATE TABLE lots (
    tenant_id      TEXT COLLATE "C" NOT NULL,
    account_id     BIGINT NOT NULL,
    -- The crediting entry.
    seq            BIGINT NOT NULL,
    points         BIGINT NOT NULL,
    remaining      BIGINT NOT NULL,
    -- NULL: usable at once.
    available_from BIGINT,
    valid_until    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, seq),
    FOREIGN KEY (tenant_id, account_id, seq) REFERENCES entries (tenant_id, account_id, seq),
    CONSTRAINT lots_points_positive CHECK (points > 0),
    CONSTRAINT lots_remaining_in_range CHECK (remaining BETWEEN 0 AND points)
);
CREATE INDEX lots_to_spend ON lots (tenant_id, account_id, valid_until, seq) WHERE remaining > 0;
CREATE INDEX lots_to_begin ON lots (tenant_id, account_id, available_from) WHERE remaining > 0 AND available_from IS NOT NULL;
CREATE INDEX lots_to_expire ON lots (valid_until) WHERE remaining > 0;

-- How many points of which lot a debiting entry took.
CREATE TABLE usages (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    account_id BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    lot_seq    BIGINT NOT NULL,
    points     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, seq, lot_seq),
    FOREIGN KEY (tenant_id, account_id, seq) REFERENCES entries (tenant_id, account_id, seq),
    FOREIGN KEY (tenant_id, account_id, lot_seq) REFERENCES lots (tenant_id, account_id, seq),
    CONSTRAINT usages_points_positive CHECK (points > 0)
);
CREATE INDEX usages_by_lot ON usages (tenant_id, account_id, lot_seq);

-- What employees write for each other; never shown to the customer, and not part of the proof.
CREATE TABLE entry_notes (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    account_id BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    note       TEXT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, seq),
    FOREIGN KEY (tenant_id, account_id, seq) REFERENCES entries (tenant_id, account_id, seq)
);

CREATE TABLE options (
    tenant_id            TEXT COLLATE "C" NOT NULL,
    option_id            TEXT COLLATE "C" NOT NULL,
    position             BIGINT NOT NULL,
    version              BIGINT NOT NULL,
    name                 TEXT NOT NULL,
    description          TEXT NOT NULL,
    points               BIGINT NOT NULL,
    points_after_coupon  BIGINT,
    -- JSON: the coupon template, checked when it is written.
    coupon               TEXT NOT NULL,
    active               BOOLEAN NOT NULL,
    active_from          BIGINT,
    active_until         BIGINT,
    stock                BIGINT,
    redeemed             BIGINT NOT NULL,
    per_customer         BIGINT,
    -- JSON array of site codes; empty: every site.
    sites                TEXT NOT NULL,
    coupon_lifetime_days BIGINT,
    bound_to_customer    BOOLEAN NOT NULL,
    -- JSON: {"de": {"name": ..., "description": ...}}
    names                TEXT NOT NULL,
    created_at           BIGINT NOT NULL,
    modified_at          BIGINT NOT NULL,
    archived_at          BIGINT,
    PRIMARY KEY (tenant_id, option_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
    CONSTRAINT options_points_positive CHECK (points > 0),
    CONSTRAINT options_stock_kept CHECK (stock IS NULL OR redeemed <= stock)
);

CREATE TABLE coupons (
    tenant_id                    TEXT COLLATE "C" NOT NULL,
    code                         TEXT COLLATE "C" NOT NULL,
    name                         TEXT NOT NULL,
    description                  TEXT,
    discount_type                TEXT NOT NULL,
    discount_percentage          TEXT,
    discount_amount              TEXT,
    discount_currency            TEXT,
    allow_anonymous              BOOLEAN NOT NULL,
    -- -1: no limit.
    max_redemptions              BIGINT NOT NULL,
    max_redemptions_per_customer BIGINT NOT NULL,
    -- JSON: every restriction but the two instants below.
    restrictions                 TEXT NOT NULL,
    valid_from                   BIGINT,
    valid_until                  BIGINT,
    issued_to                    TEXT,
    -- Set on coupons that were bought with points.
    redemption_id                TEXT,
    redemption_count             BIGINT NOT NULL,
    version                      BIGINT NOT NULL,
    created_at                   BIGINT NOT NULL,
    modified_at                  BIGINT NOT NULL,
    deleted_at                   BIGINT,
    PRIMARY KEY (tenant_id, code),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);
CREATE INDEX coupons_by_customer ON coupons (tenant_id, issued_to, created_at);

-- One exchange of points for a coupon.
CREATE TABLE redemptions (
    tenant_id      TEXT COLLATE "C" NOT NULL,
    redemption_id  TEXT COLLATE "C" NOT NULL,
    account_id     BIGINT NOT NULL,
    seq            BIGINT NOT NULL,
    option_id      TEXT COLLATE "C" NOT NULL,
    option_version BIGINT NOT NULL,
    points         BIGINT NOT NULL,
    code           TEXT COLLATE "C" NOT NULL,
    site_code      TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    cancelled_at   BIGINT,
    PRIMARY KEY (tenant_id, redemption_id),
    FOREIGN KEY (tenant_id, account_id, seq) REFERENCES entries (tenant_id, account_id, seq),
    FOREIGN KEY (tenant_id, option_id) REFERENCES options (tenant_id, option_id),
    FOREIGN KEY (tenant_id, code) REFERENCES coupons (tenant_id, code)
);
CREATE UNIQUE INDEX redemptions_by_code ON redemptions (tenant_id, code);
CREATE UNIQUE INDEX redemptions_by_entry ON redemptions (tenant_id, account_id, seq);
CREATE INDEX redemptions_by_option ON redemptions (tenant_id, option_id, account_id);

-- The first answer to a request that named an Idempotency-Key, to be given again.
CREATE TABLE idempotency_keys (
    tenant_id   TEXT COLLATE "C" NOT NULL,
    -- Who sent it: keys of one client never meet those of another.
    caller      TEXT COLLATE "C" NOT NULL,
    key         TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT NOT NULL,
    status      BIGINT NOT NULL,
    body        TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, caller, key)
);

CREATE TABLE api_clients (
    tenant_id    TEXT COLLATE "C" NOT NULL,
    client_id    TEXT COLLATE "C" NOT NULL,
    name         TEXT NOT NULL,
    secret_hash  TEXT NOT NULL,
    -- Space separated.
    scopes       TEXT NOT NULL,
    created_by   TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT,
    PRIMARY KEY (tenant_id, client_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);

CREATE TABLE access_tokens (
    tenant_id   TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of the token.
    token_hash  TEXT COLLATE "C" NOT NULL,
    -- 'service', 'customer' or 'anonymous'.
    kind        TEXT NOT NULL,
    client_id   TEXT,
    customer_id TEXT,
    scopes      TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, token_hash)
);
CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_at);

-- Employees sign in once for all the tenants they are a member of.
CREATE TABLE users (
    user_id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    -- In lower case.
    email         TEXT COLLATE "C" NOT NULL,
    name          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    operator      BOOLEAN NOT NULL,
    created_at    BIGINT NOT NULL,
    disabled_at   BIGINT
);
CREATE UNIQUE INDEX users_by_email ON users (email);

CREATE TABLE memberships (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL,
    role       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
    FOREIGN KEY (user_id) REFERENCES users (user_id),
    CONSTRAINT memberships_role_known CHECK (role IN ('viewer', 'agent', 'manager', 'admin'))
);
CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE sessions (
    -- SHA-256 of the key in the cookie, so that reading the table gives no live session.
    session_hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id      TEXT,
    state        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Failed sign-ins, counted for all replicas together.
CREATE TABLE sign_in_failures (
    -- 'account:<e-mail>' or 'address:<ip>'.
    subject     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    failures    BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL
);

CREATE TABLE server_settings (
    name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Changes of everything but the ledger, whose entries say themselves who did what.
CREATE TABLE audit_log (
    -- Empty for what belongs to no tenant.
    tenant_id    TEXT COLLATE "C" NOT NULL,
    seq          BIGINT NOT NULL,
    recorded_at  BIGINT NOT NULL,
    actor_kind   TEXT NOT NULL,
    actor_id     TEXT NOT NULL,
    action       TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id   TEXT NOT NULL,
    -- JSON.
    before       TEXT,
    after        TEXT,
    -- SHA-256 over the hash of the row before and this row's fields.
    hash         TEXT NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);

-- History is only ever inserted.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever inserted', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER entries_only_inserted BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER usages_only_inserted BEFORE UPDATE OR DELETE ON usages FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_only_inserted BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER earning_rules_only_inserted BEFORE UPDATE OR DELETE ON earning_rules FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lots_not_deleted BEFORE DELETE ON lots FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lots_origin_kept BEFORE UPDATE ON lots FOR EACH ROW
    WHEN (NEW.tenant_id <> OLD.tenant_id OR NEW.account_id <> OLD.account_id OR NEW.seq <> OLD.seq
          OR NEW.points <> OLD.points OR NEW.available_from IS DISTINCT FROM OLD.available_from
          OR NEW.valid_until <> OLD.valid_until OR NEW.remaining > OLD.remaining)
    EXECUTE FUNCTION refuse_change();
