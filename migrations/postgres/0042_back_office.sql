-- What the back office looks for, and in which order.

-- The lists of customers show open accounts; the closed ones are few and have a list of their own.
DROP INDEX accounts_by_balance;
CREATE INDEX accounts_by_balance ON accounts (tenant_id, balance, customer_id) WHERE open;
DROP INDEX accounts_by_change;
CREATE INDEX accounts_by_change ON accounts (tenant_id, changed_at, customer_id) WHERE open;
CREATE INDEX accounts_closed ON accounts (tenant_id, changed_at, customer_id) WHERE NOT open;
-- Accounts whose balance changes by itself, by when.
CREATE INDEX accounts_due ON accounts (tenant_id, next_change_at) WHERE next_change_at IS NOT NULL;

-- Ordered byte by byte, as every column of an index is.
ALTER TABLE entries
    ALTER COLUMN kind TYPE TEXT COLLATE "C",
    ALTER COLUMN reference_id TYPE TEXT COLLATE "C",
    ALTER COLUMN actor_id TYPE TEXT COLLATE "C",
    ALTER COLUMN mends TYPE TEXT COLLATE "C";
-- With kind and points, so that sums over a period read the index alone.
DROP INDEX entries_by_time;
CREATE INDEX entries_by_time ON entries (tenant_id, recorded_at, account_id, seq, kind, points);
CREATE INDEX entries_by_reference ON entries (tenant_id, reference_id, account_id) WHERE reference_id IS NOT NULL;
CREATE INDEX entries_by_employee ON entries (tenant_id, actor_id, recorded_at, account_id, seq) WHERE actor_kind = 'employee';
CREATE INDEX entries_that_mend ON entries (tenant_id, account_id, mends) WHERE mends IS NOT NULL;
CREATE INDEX lots_by_end ON lots (tenant_id, valid_until, account_id, remaining) WHERE remaining > 0;

-- Month and day of the birthday, MM-DD.
ALTER TABLE customers ADD COLUMN birth_day TEXT COLLATE "C";
CREATE INDEX customers_by_birth_day ON customers (tenant_id, birth_day) WHERE birth_day IS NOT NULL;

-- The words of names and e-mail addresses, folded to plain lower-case letters, for the search by their beginnings.
CREATE TABLE customer_words (
    tenant_id   TEXT COLLATE "C" NOT NULL,
    customer_id TEXT COLLATE "C" NOT NULL,
    word        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, customer_id, word),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, customer_id)
);
CREATE INDEX customer_words_by_word ON customer_words (tenant_id, word, customer_id);
