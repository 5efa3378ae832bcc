-- What PostgreSQL does at most in the product's own tables: the rows that an addition and a redemption write, with all
-- their indexes, checks and triggers, as one function call each, for pgbench. No rules, no chain, no answer to a client.
--
-- It runs on the tables that the benchmark of the product leaves.

CREATE SCHEMA own_schema;
SET search_path TO own_schema, public;

CREATE FUNCTION micros() RETURNS BIGINT LANGUAGE sql AS
    $$ SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT) $$;

CREATE FUNCTION change(whose TEXT, n BIGINT, at BIGINT, until BIGINT, kind TEXT, redemption TEXT) RETURNS accounts
LANGUAGE plpgsql AS $$
DECLARE a accounts;
BEGIN
    UPDATE accounts SET balance = balance + n, seq = seq + 1, changed_at = at, settled_at = at,
        next_change_at = coalesce(next_change_at, until), chain = repeat('x', 43)
    WHERE tenant_id = 'bench' AND customer_id = whose AND open RETURNING * INTO a;
    INSERT INTO entries (tenant_id, account_id, seq, entry_id, kind, points, balance_after, recorded_at, settled_at,
        valid_until, actor_kind, actor_id, source, redemption_id, hash)
    VALUES ('bench', a.account_id, a.seq, CAST(gen_random_uuid() AS TEXT), kind, n, a.balance, at, at, until, 'system',
        'pgbench', 'api', redemption, repeat('x', 43));
    RETURN a;
END $$;

CREATE FUNCTION add_points(whose TEXT, n BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE a accounts; at BIGINT := micros(); until BIGINT := at + 31536000000000;
BEGIN
    a := change(whose, n, at, until, 'added', NULL);
    INSERT INTO lots (tenant_id, account_id, seq, points, remaining, valid_until)
    VALUES ('bench', a.account_id, a.seq, n, n, until);
    RETURN a.balance;
END $$;

CREATE FUNCTION redeem(whose TEXT) RETURNS TEXT LANGUAGE plpgsql AS $$
DECLARE
    a accounts; o options; l lots; due BIGINT; took BIGINT; at BIGINT := micros();
    redemption TEXT := gen_random_uuid(); code TEXT := upper(substr(md5(random()::TEXT), 1, 13));
BEGIN
    SELECT * FROM options WHERE tenant_id = 'bench' INTO o;
    due := o.points;
    a := change(whose, -due, at, NULL, 'redeemed', redemption);
    FOR l IN SELECT * FROM lots WHERE tenant_id = 'bench' AND account_id = a.account_id AND remaining > 0
        ORDER BY valid_until, seq
    LOOP
        took := least(due, l.remaining);
        UPDATE lots SET remaining = remaining - took
        WHERE tenant_id = 'bench' AND account_id = a.account_id AND seq = l.seq;
        INSERT INTO usages (tenant_id, account_id, seq, lot_seq, points)
        VALUES ('bench', a.account_id, a.seq, l.seq, took);
        due := due - took;
        EXIT WHEN due = 0;
    END LOOP;
    INSERT INTO coupons (tenant_id, code, name, discount_type, discount_amount, discount_currency, allow_anonymous,
        max_redemptions, max_redemptions_per_customer, restrictions, issued_to, redemption_id, redemption_count, version,
        created_at, modified_at, name_search)
    VALUES ('bench', code, '1 EUR', 'ABSOLUTE', '1', 'EUR', FALSE, 1, -1, '{}', whose, redemption, 0, 0, at, at, '1 eur');
    INSERT INTO redemptions (tenant_id, redemption_id, account_id, seq, option_id, option_version, points, code, site_code,
        created_at)
    VALUES ('bench', redemption, a.account_id, a.seq, o.option_id, 1, o.points, code, 'main', at);
    RETURN code;
END $$;
