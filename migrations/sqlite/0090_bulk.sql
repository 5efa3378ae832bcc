-- Adjustments of many customers at once: uploaded as a table, checked, and then booked by a job.

CREATE TABLE bulk_batches (
    tenant_id       TEXT NOT NULL,
    -- A UUID of version 7: in the order in which they were uploaded.
    batch_id        TEXT NOT NULL,
    -- The name of the file; empty for rows that were typed.
    name            TEXT NOT NULL,
    site_code       TEXT NOT NULL,
    -- The reason of rows that give none.
    default_reason  TEXT,
    -- Whether points open accounts for customers of whom nothing is known yet.
    opens_accounts  INTEGER NOT NULL,
    -- SHA-256 of what was uploaded, by which the same file is noticed.
    content_hash    TEXT NOT NULL,
    -- reading, checking, checked, running, stopped, done, reversing or reversed.
    state           TEXT NOT NULL,
    -- Whether somebody wants the run to stop after the rows that are under way.
    stop_wanted     INTEGER NOT NULL,
    row_count       INTEGER NOT NULL,
    -- What the check found.
    bad_count       INTEGER NOT NULL,
    customer_count  INTEGER NOT NULL,
    points_to_add   INTEGER NOT NULL,
    points_to_take  INTEGER NOT NULL,
    balance_before  INTEGER NOT NULL,
    -- What was booked, and what was not.
    booked_count    INTEGER NOT NULL,
    refused_count   INTEGER NOT NULL,
    points_added    INTEGER NOT NULL,
    points_taken    INTEGER NOT NULL,
    -- What was reversed, and what was not; the sum is that of the points that were booked.
    reversed_count  INTEGER NOT NULL,
    kept_count      INTEGER NOT NULL,
    points_reversed INTEGER NOT NULL,
    created_by      TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    checked_at      INTEGER,
    run_by          TEXT,
    run_at          INTEGER,
    done_at         INTEGER,
    reversed_by     TEXT,
    reverse_at      INTEGER,
    reversed_at     INTEGER,
    -- Grows each time that somebody takes the batch up to work on it: who holds an older one has lost it.
    turn            INTEGER NOT NULL,
    -- When it is to be worked on; while somebody does, when somebody else may. NULL when there is nothing to do.
    due_at          INTEGER,
    PRIMARY KEY (tenant_id, batch_id),
    FOREIGN KEY (tenant_id, site_code) REFERENCES sites (tenant_id, site_code),
    CONSTRAINT bulk_batches_state_known CHECK (state IN ('reading', 'checking', 'checked', 'running', 'stopped', 'done', 'reversing', 'reversed')),
    CONSTRAINT bulk_batches_due_while_working CHECK ((state IN ('checking', 'running', 'reversing')) = (due_at IS NOT NULL))
) STRICT;
CREATE INDEX bulk_batches_by_due ON bulk_batches (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX bulk_batches_by_content ON bulk_batches (tenant_id, content_hash);

CREATE TABLE bulk_rows (
    tenant_id    TEXT NOT NULL,
    batch_id     TEXT NOT NULL,
    -- From 1, in the order of the table.
    row_no       INTEGER NOT NULL,
    -- Where it begins in the file.
    line         INTEGER NOT NULL,
    customer_id  TEXT NOT NULL,
    -- Signed; 0 when it cannot be read.
    points       INTEGER NOT NULL,
    reason       TEXT,
    -- What the customer reads.
    note         TEXT,
    private_note TEXT,
    valid_until  INTEGER,
    reference_id TEXT,
    -- JSON: the row as it was written, when it cannot be read.
    cells        TEXT,
    -- ready, bad, booked, refused, reversed, kept or left_out.
    state        TEXT NOT NULL,
    -- JSON: why it is bad, was refused, or could not be reversed.
    problem      TEXT,
    PRIMARY KEY (tenant_id, batch_id, row_no),
    FOREIGN KEY (tenant_id, batch_id) REFERENCES bulk_batches (tenant_id, batch_id),
    CONSTRAINT bulk_rows_state_known CHECK (state IN ('ready', 'bad', 'booked', 'refused', 'reversed', 'kept', 'left_out'))
) STRICT;
CREATE INDEX bulk_rows_by_state ON bulk_rows (tenant_id, batch_id, state, row_no);
CREATE INDEX bulk_rows_by_customer ON bulk_rows (tenant_id, batch_id, customer_id, row_no);
