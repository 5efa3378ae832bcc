-- What the back office looks for, and in which order.

-- The lists of customers show open accounts; the closed ones are few and have a list of their own.
DROP INDEX accounts_by_balance;
CREATE INDEX accounts_by_balance ON accounts (tenant_id, balance, customer_id) WHERE open;
DROP INDEX accounts_by_change;
CREATE INDEX accounts_by_change ON accounts (tenant_id, changed_at, customer_id) WHERE open;
CREATE INDEX accounts_closed ON accounts (tenant_id, changed_at, customer_id) WHERE NOT open;
-- Accounts whose balance changes by itself, by when.
CREATE INDEX accounts_due ON accounts (tenant_id, next_change_at) WHERE next_change_at IS NOT NULL;

-- With kind and points, so that sums over a period read the index alone.
DROP INDEX entries_by_time;
CREATE INDEX entries_by_time ON entries (tenant_id, recorded_at, account_id, seq, kind, points);
CREATE INDEX entries_by_reference ON entries (tenant_id, reference_id, account_id) WHERE reference_id IS NOT NULL;
CREATE INDEX entries_by_employee ON entries (tenant_id, actor_id, recorded_at, account_id, seq) WHERE actor_kind = 'employee';
CREATE INDEX entries_that_mend ON entries (tenant_id, account_id, mends) WHERE mends IS NOT NULL;
CREATE INDEX lots_by_end ON lots (tenant_id, valid_until, account_id, remaining) WHERE remaining > 0;

-- Month and day of the birthday, MM-DD.
ALTER TABLE customers ADD COLUMN birth_day TEXT;
CREATE INDEX customers_by_birth_day ON customers (tenant_id, birth_day) WHERE birth_day IS NOT NULL;

-- The words of names and e-mail addresses, folded to plain lower-case letters, for the search by their beginnings.
CREATE TABLE customer_words (
    tenant_id   TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    word        TEXT NOT NULL,
    PRIMARY KEY (tenant_id, customer_id, word),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, customer_id)
) STRICT;
CREATE INDEX customer_words_by_word ON customer_words (tenant_id, word, customer_id);

-- What the planner would learn from ANALYZE at a shop of some size. Without it SQLite takes every index for equally
-- selective, and may look for the lots of one account among those of all.
ANALYZE;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('accounts', 'sqlite_autoindex_accounts_1', '100000 100000 1'),
    ('accounts', 'accounts_by_customer', '100000 100000 1'),
    ('accounts', 'accounts_by_balance', '100000 100000 30 1'),
    ('accounts', 'accounts_by_change', '100000 100000 1 1'),
    ('accounts', 'accounts_closed', '1000 1000 1 1'),
    ('accounts', 'accounts_due', '100000 100000 10'),
    ('entries', 'sqlite_autoindex_entries_1', '1000000 1000000 10 1'),
    ('entries', 'entries_by_id', '1000000 1000000 1'),
    ('entries', 'entries_by_time', '1000000 1000000 1 1 1 1 1'),
    ('entries', 'entries_by_reference', '500000 500000 1 1'),
    ('entries', 'entries_by_employee', '10000 10000 600 1 1 1'),
    ('entries', 'entries_that_mend', '10000 10000 2 1'),
    ('lots', 'sqlite_autoindex_lots_1', '800000 800000 8 1'),
    ('lots', 'lots_to_spend', '600000 600000 6 1 1'),
    ('lots', 'lots_to_begin', '10000 10000 2 1'),
    ('lots', 'lots_to_expire', '600000 200'),
    ('lots', 'lots_by_end', '600000 600000 200 1 1'),
    ('usages', 'sqlite_autoindex_usages_1', '500000 500000 5 2 1'),
    ('usages', 'usages_by_lot', '500000 500000 5 2'),
    ('customers', 'sqlite_autoindex_customers_1', '100000 100000 1'),
    ('customers', 'customers_by_birth_day', '100000 100000 300'),
    ('customer_words', 'sqlite_autoindex_customer_words_1', '400000 400000 4 1'),
    ('customer_words', 'customer_words_by_word', '400000 400000 20 1');
