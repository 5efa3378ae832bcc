-- Adjustments above the limit of whoever asks for them: a second person decides.
CREATE TABLE approvals (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    -- A UUID of version 7: in the order in which they were asked for. Points that are added or removed have the same id.
    approval_id     TEXT COLLATE "C" NOT NULL,
    -- open, approved, declined or withdrawn.
    state           TEXT COLLATE "C" NOT NULL,
    -- add, remove or undo.
    what            TEXT COLLATE "C" NOT NULL,
    customer_id     TEXT COLLATE "C" NOT NULL,
    points          BIGINT NOT NULL,
    valid_until     BIGINT,
    site_code       TEXT COLLATE "C",
    reference_id    TEXT COLLATE "C",
    -- What the customer will read.
    description     TEXT COLLATE "C",
    reason          TEXT COLLATE "C",
    private_note    TEXT COLLATE "C",
    -- The entry that is to be undone.
    undoes          TEXT COLLATE "C",
    asked_by        TEXT COLLATE "C" NOT NULL,
    asked_at        BIGINT NOT NULL,
    decided_by      TEXT COLLATE "C",
    decided_at      BIGINT,
    decision_note   TEXT COLLATE "C",
    PRIMARY KEY (tenant_id, approval_id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id),
    CONSTRAINT approvals_points_positive CHECK (points > 0),
    CONSTRAINT approvals_undo_names_entry CHECK ((what = 'undo') = (undoes IS NOT NULL)),
    CONSTRAINT approvals_decided_when_closed CHECK ((state = 'open') = (decided_at IS NULL)),
    CONSTRAINT approvals_decided_by_another CHECK (state NOT IN ('approved', 'declined') OR decided_by <> asked_by)
);
CREATE INDEX approvals_by_state ON approvals (tenant_id, state, approval_id);
CREATE INDEX approvals_by_customer ON approvals (tenant_id, customer_id, approval_id);
CREATE INDEX approvals_open ON approvals (tenant_id, asked_by, points) WHERE state = 'open';
