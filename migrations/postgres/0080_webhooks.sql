-- What the shop's programs are told of: every event that a webhook endpoint wants, and how its delivery goes.

CREATE TABLE webhook_endpoints (
    tenant_id        TEXT COLLATE "C" NOT NULL,
    endpoint_id      TEXT COLLATE "C" NOT NULL,
    url              TEXT NOT NULL,
    description      TEXT NOT NULL,
    -- JSON array of event types.
    event_types      TEXT NOT NULL,
    -- Sealed with the installation's key. The old one signs too, until it ends.
    secret           TEXT NOT NULL,
    old_secret       TEXT,
    old_secret_until BIGINT,
    -- While it is set, nothing is written for the endpoint and nothing is sent to it.
    paused_at        BIGINT,
    -- 'employee', or 'gone': it answered 410.
    paused_by        TEXT,
    -- Failed tries since the last that was taken.
    failures         BIGINT NOT NULL,
    last_success_at  BIGINT,
    last_failure_at  BIGINT,
    last_error       TEXT,
    version          BIGINT NOT NULL,
    created_by       TEXT NOT NULL,
    created_at       BIGINT NOT NULL,
    modified_at      BIGINT NOT NULL,
    -- Its deliveries are deleted after it, bit by bit, and then the row.
    deleted_at       BIGINT,
    PRIMARY KEY (tenant_id, endpoint_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
    CONSTRAINT webhook_endpoints_old_secret_ends CHECK ((old_secret IS NULL) = (old_secret_until IS NULL)),
    CONSTRAINT webhook_endpoints_paused_by_known CHECK (paused_by IN ('employee', 'gone')),
    CONSTRAINT webhook_endpoints_paused_by_somebody CHECK ((paused_at IS NULL) = (paused_by IS NULL))
);

-- Written in the transaction that causes them, and only when an endpoint wants them.
CREATE TABLE webhook_events (
    tenant_id   TEXT COLLATE "C" NOT NULL,
    -- The webhook-id of every try, to every endpoint. Grows with time.
    event_id    TEXT COLLATE "C" NOT NULL,
    event_type  TEXT COLLATE "C" NOT NULL,
    -- The body that is sent, byte for byte.
    body        TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, event_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id)
);

CREATE TABLE webhook_deliveries (
    tenant_id   TEXT COLLATE "C" NOT NULL,
    endpoint_id TEXT COLLATE "C" NOT NULL,
    event_id    TEXT COLLATE "C" NOT NULL,
    event_type  TEXT COLLATE "C" NOT NULL,
    -- 'pending', 'delivered', or 'parked': every try failed, and somebody has to look at it.
    state       TEXT COLLATE "C" NOT NULL,
    -- Tries in all, and since it was last asked for, by which the next pause goes.
    tries       BIGINT NOT NULL,
    round_tries BIGINT NOT NULL,
    -- When the next try is due; while one is under way, when it is given up for lost.
    next_at     BIGINT,
    -- The try that is under way.
    claim       TEXT,
    created_at  BIGINT NOT NULL,
    -- When it was delivered or parked.
    done_at     BIGINT,
    PRIMARY KEY (tenant_id, endpoint_id, event_id),
    FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints (tenant_id, endpoint_id),
    FOREIGN KEY (tenant_id, event_id) REFERENCES webhook_events (tenant_id, event_id),
    CONSTRAINT webhook_deliveries_state_known CHECK (state IN ('pending', 'delivered', 'parked')),
    CONSTRAINT webhook_deliveries_pending_is_due CHECK ((state = 'pending') = (next_at IS NOT NULL)),
    CONSTRAINT webhook_deliveries_done_is_dated CHECK ((state = 'pending') = (done_at IS NULL))
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (tenant_id, endpoint_id, next_at, event_id) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (tenant_id, event_id, endpoint_id);
CREATE INDEX webhook_deliveries_by_state ON webhook_deliveries (tenant_id, state, event_id, endpoint_id);
CREATE INDEX webhook_deliveries_parked ON webhook_deliveries (tenant_id, endpoint_id, event_id) WHERE state = 'parked';
CREATE INDEX webhook_deliveries_delivered ON webhook_deliveries (done_at) WHERE state = 'delivered';

-- One try to deliver an event.
CREATE TABLE webhook_attempts (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    endpoint_id     TEXT COLLATE "C" NOT NULL,
    event_id        TEXT COLLATE "C" NOT NULL,
    -- From 1.
    number          BIGINT NOT NULL,
    url             TEXT NOT NULL,
    -- What was sent as webhook-signature.
    signature       TEXT NOT NULL,
    attempted_at    BIGINT NOT NULL,
    duration_millis BIGINT NOT NULL,
    -- The answer's; NULL when there was none.
    status          BIGINT,
    -- Why it counts as failed.
    error           TEXT,
    -- The beginning of the answer's body.
    answer          TEXT,
    PRIMARY KEY (tenant_id, endpoint_id, event_id, number),
    FOREIGN KEY (tenant_id, endpoint_id, event_id) REFERENCES webhook_deliveries (tenant_id, endpoint_id, event_id)
);

-- That it was told that the points of a lot end within so many days.
CREATE TABLE expiry_notices (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    account_id BIGINT NOT NULL,
    lot_seq    BIGINT NOT NULL,
    days       BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account_id, lot_seq, days),
    FOREIGN KEY (tenant_id, account_id, lot_seq) REFERENCES lots (tenant_id, account_id, seq)
);
