-- Events that shops send: their secrets, and the inbox that keeps every event until it was worked off.

CREATE TABLE feed_secrets (
    tenant_id    TEXT COLLATE "C" NOT NULL,
    secret_id    TEXT COLLATE "C" NOT NULL,
    -- orders or emporix.
    feed         TEXT COLLATE "C" NOT NULL,
    -- Two are good at once, so that a shop can change from one to the other.
    slot         BIGINT NOT NULL,
    -- The secret, sealed with the installation's key.
    sealed       TEXT NOT NULL,
    -- Its last characters, by which people tell it from the other one.
    hint         TEXT NOT NULL,
    created_by   TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    PRIMARY KEY (tenant_id, secret_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
    CONSTRAINT feed_secrets_slot_in_range CHECK (slot IN (1, 2))
);
CREATE UNIQUE INDEX feed_secrets_by_slot ON feed_secrets (tenant_id, feed, slot);

CREATE TABLE inbox (
    tenant_id   TEXT COLLATE "C" NOT NULL,
    -- A UUID of version 7: in the order of arrival.
    event_id    TEXT COLLATE "C" NOT NULL,
    feed        TEXT COLLATE "C" NOT NULL,
    -- What the sender calls the message, the same on every try; made of the body where the sender says none.
    message_id  TEXT COLLATE "C" NOT NULL,
    body_hash   TEXT NOT NULL,
    -- What happened, such as order.updated; empty when nobody says it.
    kind        TEXT NOT NULL,
    -- The order, the return or the customer that it is about.
    subject     TEXT COLLATE "C",
    -- JSON, as it came.
    body        TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    -- How often it arrived.
    deliveries  BIGINT NOT NULL,
    -- waiting, done, nothing or failed.
    state       TEXT COLLATE "C" NOT NULL,
    -- What became of it, or why it failed, for people.
    outcome     TEXT,
    -- How often it was begun to be worked off.
    attempts    BIGINT NOT NULL,
    -- When it is to be worked off; while somebody does, when somebody else may. NULL unless it waits.
    due_at      BIGINT,
    worked_at   BIGINT,
    PRIMARY KEY (tenant_id, event_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
    CONSTRAINT inbox_due_while_waiting CHECK ((state = 'waiting') = (due_at IS NOT NULL))
);
CREATE UNIQUE INDEX inbox_by_message ON inbox (tenant_id, feed, message_id);
CREATE INDEX inbox_by_due ON inbox (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX inbox_by_state ON inbox (tenant_id, state, event_id);
CREATE INDEX inbox_open ON inbox (tenant_id, state) WHERE state IN ('waiting', 'failed');
CREATE INDEX inbox_by_subject ON inbox (tenant_id, subject, event_id) WHERE subject IS NOT NULL;
CREATE INDEX inbox_by_worked ON inbox (worked_at) WHERE worked_at IS NOT NULL;
