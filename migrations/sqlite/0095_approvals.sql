-- Adjustments above the limit of whoever asks for them: a second person decides.
CREATE TABLE approvals (
    tenant_id       TEXT NOT NULL,
    -- A UUID of version 7: in the order in which they were asked for. Points that are added or removed have the same id.
    approval_id     TEXT NOT NULL,
    -- open, approved, declined or withdrawn.
    state           TEXT NOT NULL,
    -- add, remove or undo.
    what            TEXT NOT NULL,
    customer_id     TEXT NOT NULL,
    points          INTEGER NOT NULL,
    valid_until     INTEGER,
    site_code       TEXT,
    reference_id    TEXT,
    -- What the customer will read.
    description     TEXT,
    reason          TEXT,
    private_note    TEXT,
    -- The entry that is to be undone.
    undoes          TEXT,
    asked_by        TEXT NOT NULL,
    asked_at        INTEGER NOT NULL,
    decided_by      TEXT,
    decided_at      INTEGER,
    decision_note   TEXT,
    PRIMARY KEY (tenant_id, approval_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
    CONSTRAINT approvals_points_positive CHECK (points > 0),
    CONSTRAINT approvals_undo_names_entry CHECK ((what = 'undo') = (undoes IS NOT NULL)),
    CONSTRAINT approvals_decided_when_closed CHECK ((state = 'open') = (decided_at IS NULL)),
    CONSTRAINT approvals_decided_by_another CHECK (state NOT IN ('approved', 'declined') OR decided_by <> asked_by)
) STRICT;
CREATE INDEX approvals_by_state ON approvals (tenant_id, state, approval_id);
CREATE INDEX approvals_by_customer ON approvals (tenant_id, customer_id, approval_id);
CREATE INDEX approvals_open ON approvals (tenant_id, asked_by, points) WHERE state = 'open';
