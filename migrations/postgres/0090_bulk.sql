-- Adjustments of many customers at once: uploaded as a table, checked, and then booked by a job.

CREATE TABLE bulk_batches (
    tenant_id       TEXT COLLATE "C" NOT NULL,
    -- A UUID of version 7: in the order in which they were uploaded.
    batch_id        TEXT COLLATE "C" NOT NULL,
    -- The name of the file; empty for rows that were typed.
    name            TEXT NOT NULL,
    site_code       TEXT COLLATE "C" NOT NULL,
    -- The reason of rows that give none.
    default_reason  TEXT,
    -- Whether points open accounts for customers of whom nothing is known yet.
    opens_accounts  BOOLEAN NOT NULL,
    -- SHA-256 of what was uploaded, by which the same file is noticed.
    content_hash    TEXT COLLATE "C" NOT NULL,
    -- reading, checking, checked, running, stopped, done, reversing or reversed.
    state           TEXT COLLATE "C" NOT NULL,
    -- Whether somebody wants the run to stop after the rows that are under way.
    stop_wanted     BOOLEAN NOT NULL,
    row_count       BIGINT NOT NULL,
    -- What the check found.
    bad_count       BIGINT NOT NULL,
    customer_count  BIGINT NOT NULL,
    points_to_add   BIGINT NOT NULL,
    points_to_take  BIGINT NOT NULL,
    balance_before  BIGINT NOT NULL,
    -- What was booked, and what was not.
    booked_count    BIGINT NOT NULL,
    refused_count   BIGINT NOT NULL,
    points_added    BIGINT NOT NULL,
    points_taken    BIGINT NOT NULL,
    -- What was reversed, and what was not; the sum is that of the points that were booked.
    reversed_count  BIGINT NOT NULL,
    kept_count      BIGINT NOT NULL,
    points_reversed BIGINT NOT NULL,
    created_by      TEXT COLLATE "C" NOT NULL,
    created_at      BIGINT NOT NULL,
    checked_at      BIGINT,
    run_by          TEXT COLLATE "C",
    run_at          BIGINT,
    done_at         BIGINT,
    reversed_by     TEXT COLLATE "C",
    reverse_at      BIGINT,
    reversed_at     BIGINT,
    -- Grows each time that somebody takes the batch up to work on it: who holds an older one has lost it.
    turn            BIGINT NOT NULL,
    -- When it is to be worked on; while somebody does, when somebody else may. NULL when there is nothing to do.
    due_at          BIGINT,
    PRIMARY KEY (tenant_id, batch_id),
    FOREIGN KEY (tenant_id, site_code) REFERENCES sites (tenant_id, site_code),
    CONSTRAINT bulk_batches_state_known CHECK (state IN ('reading', 'checking', 'checked', 'running', 'stopped', 'done', 'reversing', 'reversed')),
    CONSTRAINT bulk_batches_due_while_working CHECK ((state IN ('checking', 'running', 'reversing')) = (due_at IS NOT NULL))
);
CREATE INDEX bulk_batches_by_due ON bulk_batches (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX bulk_batches_by_content ON bulk_batches (tenant_id, content_hash);

CREATE TABLE bulk_rows (
    tenant_id    TEXT COLLATE "C" NOT NULL,
    batch_id     TEXT COLLATE "C" NOT NULL,
    -- From 1, in the order of the table.
    row_no       BIGINT NOT NULL,
    -- Where it begins in the file.
    line         BIGINT NOT NULL,
    customer_id  TEXT COLLATE "C" NOT NULL,
    -- Signed; 0 when it cannot be read.
    points       BIGINT NOT NULL,
    reason       TEXT,
    -- What the customer reads.
    note         TEXT,
    private_note TEXT,
    valid_until  BIGINT,
    reference_id TEXT COLLATE "C",
    -- JSON: the row as it was written, when it cannot be read.
    cells        TEXT,
    -- ready, bad, booked, refused, reversed, kept or left_out.
    state        TEXT COLLATE "C" NOT NULL,
    -- JSON: why it is bad, was refused, or could not be reversed.
    problem      TEXT,
    PRIMARY KEY (tenant_id, batch_id, row_no),
    FOREIGN KEY (tenant_id, batch_id) REFERENCES bulk_batches (tenant_id, batch_id),
    CONSTRAINT bulk_rows_state_known CHECK (state IN ('ready', 'bad', 'booked', 'refused', 'reversed', 'kept', 'left_out'))
);
CREATE INDEX bulk_rows_by_state ON bulk_rows (tenant_id, batch_id, state, row_no);
CREATE INDEX bulk_rows_by_customer ON bulk_rows (tenant_id, batch_id, customer_id, row_no);
