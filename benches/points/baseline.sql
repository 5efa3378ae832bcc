-- What PostgreSQL does at most: adding and redeeming points as one function call each, in a schema with nothing but what
-- the operation needs, for pgbench.

CREATE SCHEMA baseline;
SET search_path TO baseline;

CREATE TABLE accounts (account BIGINT PRIMARY KEY, balance BIGINT NOT NULL CHECK (balance >= 0), seq BIGINT NOT NULL);
CREATE TABLE entries (
    account BIGINT NOT NULL REFERENCES accounts, seq BIGINT NOT NULL, entry_id UUID NOT NULL UNIQUE, points BIGINT NOT NULL,
    balance_after BIGINT NOT NULL, recorded_at BIGINT NOT NULL, PRIMARY KEY (account, seq)
);
CREATE TABLE lots (
    account BIGINT NOT NULL REFERENCES accounts, seq BIGINT NOT NULL, points BIGINT NOT NULL, remaining BIGINT NOT NULL,
    valid_until BIGINT NOT NULL, PRIMARY KEY (account, seq)
);
CREATE INDEX lots_to_spend ON lots (account, valid_until, seq) WHERE remaining > 0;
CREATE TABLE usages (
    account BIGINT NOT NULL, seq BIGINT NOT NULL, lot_seq BIGINT NOT NULL, points BIGINT NOT NULL,
    PRIMARY KEY (account, seq, lot_seq)
);
CREATE TABLE coupons (code TEXT PRIMARY KEY, account BIGINT NOT NULL, seq BIGINT NOT NULL, UNIQUE (account, seq));
CREATE TABLE keys (key UUID PRIMARY KEY, answer TEXT NOT NULL);

CREATE FUNCTION micros() RETURNS BIGINT LANGUAGE sql AS
    $$ SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT) $$;

CREATE FUNCTION add_points(whose BIGINT, n BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE a accounts;
BEGIN
    UPDATE accounts SET balance = balance + n, seq = seq + 1 WHERE account = whose RETURNING * INTO a;
    INSERT INTO entries VALUES (whose, a.seq, gen_random_uuid(), n, a.balance, micros());
    INSERT INTO lots VALUES (whose, a.seq, n, n, micros() + 31536000000000);
    INSERT INTO keys VALUES (gen_random_uuid(), a.balance);
    RETURN a.balance;
END $$;

CREATE FUNCTION redeem(whose BIGINT, n BIGINT) RETURNS TEXT LANGUAGE plpgsql AS $$
DECLARE a accounts; l lots; due BIGINT := n; took BIGINT; code TEXT := gen_random_uuid();
BEGIN
    UPDATE accounts SET balance = balance - n, seq = seq + 1 WHERE account = whose RETURNING * INTO a;
    INSERT INTO entries VALUES (whose, a.seq, gen_random_uuid(), -n, a.balance, micros());
    FOR l IN SELECT * FROM lots WHERE account = whose AND remaining > 0 ORDER BY valid_until, seq LOOP
        took := least(due, l.remaining);
        UPDATE lots SET remaining = remaining - took WHERE account = whose AND seq = l.seq;
        INSERT INTO usages VALUES (whose, a.seq, l.seq, took);
        due := due - took;
        EXIT WHEN due = 0;
    END LOOP;
    INSERT INTO coupons VALUES (code, whose, a.seq);
    INSERT INTO keys VALUES (gen_random_uuid(), code);
    RETURN code;
END $$;

INSERT INTO accounts SELECT n, 100, 1 FROM generate_series(0, 9999) AS n;
INSERT INTO accounts SELECT n, 4000000, 40 FROM generate_series(10000, 10255) AS n;
INSERT INTO entries SELECT account, g, gen_random_uuid(), 1, 1, 0 FROM accounts, generate_series(1, seq) AS g;
INSERT INTO lots SELECT account, g, balance / seq, balance / seq, micros() + 31536000000000 FROM accounts, generate_series(1, seq) AS g;
ANALYZE;
