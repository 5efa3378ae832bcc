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

-- Batches of changes above the limit of who wants them booked: a second person decides about the whole of it.
CREATE TABLE bulk_requests (
    tenant_id      TEXT NOT NULL,
    -- A UUID of version 7: in the order in which they were asked for.
    request_id     TEXT NOT NULL,
    batch_id       TEXT NOT NULL,
    -- open, approved, declined or withdrawn.
    state          TEXT NOT NULL,
    -- What the batch came to when it was asked for.
    row_count      INTEGER NOT NULL,
    points_to_add  INTEGER NOT NULL,
    points_to_take INTEGER NOT NULL,
    -- The most points that a row moves.
    largest        INTEGER NOT NULL,
    asked_by       TEXT NOT NULL,
    asked_at       INTEGER NOT NULL,
    decided_by     TEXT,
    decided_at     INTEGER,
    decision_note  TEXT,
    PRIMARY KEY (tenant_id, request_id),
    FOREIGN KEY (tenant_id, batch_id) REFERENCES bulk_batches (tenant_id, batch_id),
    CONSTRAINT bulk_requests_decided_when_closed CHECK ((state = 'open') = (decided_at IS NULL)),
    CONSTRAINT bulk_requests_decided_by_another CHECK (state NOT IN ('approved', 'declined') OR decided_by <> asked_by)
) STRICT;
CREATE INDEX bulk_requests_by_batch ON bulk_requests (tenant_id, batch_id, request_id);
CREATE INDEX bulk_requests_by_state ON bulk_requests (tenant_id, state, request_id);
CREATE UNIQUE INDEX bulk_requests_open ON bulk_requests (tenant_id, batch_id) WHERE state = 'open';
