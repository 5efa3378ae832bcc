-- Splits the large tables of Guerdon into partitions by a hash of the tenant, on PostgreSQL 14 or later.
--
--     psql -v ON_ERROR_STOP=1 -v partitions=16 -f partition.sql "$GUERDON_DATABASE_URL"
--
-- Every key of these tables begins with the tenant and every statement names it, so that each touches one partition.
-- It is one transaction: it happens whole or not at all. It copies the tables, so stop every `guerdon serve` before it, and
-- have as much free space as they take. Run a second time it does nothing. Later versions of Guerdon migrate the
-- partitioned tables as they migrate whole ones.
\set ON_ERROR_STOP on
BEGIN;
SELECT set_config('guerdon.partitions', :'partitions', true);

DO $$
DECLARE
    wanted CONSTANT text[] := ARRAY['accounts', 'entries', 'lots', 'usages', 'entry_notes', 'redemptions', 'customers',
        'customer_words', 'coupons', 'coupon_redemptions', 'orders', 'order_returns', 'idempotency_keys', 'audit_log',
        'inbox', 'webhook_events', 'webhook_deliveries', 'webhook_attempts', 'expiry_notices', 'bulk_rows'];
    partitions CONSTANT int := current_setting('guerdon.partitions')::int;
    todo regclass[];
    one regclass;
    name text;
    made text[];
    keys text[];
    statement text;
BEGIN
    IF partitions NOT BETWEEN 2 AND 1024 THEN
        RAISE EXCEPTION 'give a number of partitions from 2 to 1024, not %', partitions;
    END IF;
    SELECT array_agg(oid::regclass ORDER BY relname) INTO todo FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname = ANY (wanted);
    IF todo IS NULL THEN
        RAISE NOTICE 'The tables are partitioned already.';
        RETURN;
    END IF;
    EXECUTE 'LOCK TABLE ' || array_to_string(todo, ', ') || ' IN ACCESS EXCLUSIVE MODE';

    -- Foreign keys from and to these tables are put back at the end.
    SELECT array_agg(format('ALTER TABLE %s ADD CONSTRAINT %I %s', c.conrelid::regclass::text, c.conname,
        pg_get_constraintdef(c.oid)) ORDER BY c.conname) INTO keys
    FROM pg_constraint c
    WHERE c.contype = 'f' AND c.conparentid = 0 AND (c.conrelid = ANY (todo) OR c.confrelid = ANY (todo));
    FOR statement IN
        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname) FROM pg_constraint c
        WHERE c.contype = 'f' AND c.conparentid = 0 AND (c.conrelid = ANY (todo) OR c.confrelid = ANY (todo))
    LOOP
        EXECUTE statement;
    END LOOP;

    FOREACH one IN ARRAY todo LOOP
        name := one::text;
        -- What belongs to the table, in words, while it has its name.
        SELECT array_agg(made_by) INTO made FROM (
            SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', name, conname, pg_get_constraintdef(oid)) AS made_by
            FROM pg_constraint WHERE conrelid = one AND contype IN ('p', 'u')
            UNION ALL
            SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i
            WHERE i.indrelid = one AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
            UNION ALL
            SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = one AND NOT tgisinternal
        ) AS belongings;
        EXECUTE format('ALTER TABLE %s RENAME TO guerdon_whole', one);
        EXECUTE format('CREATE TABLE %s (LIKE guerdon_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED
            INCLUDING IDENTITY INCLUDING STORAGE INCLUDING COMMENTS) PARTITION BY HASH (tenant_id)', name);
        FOR number IN 0 .. partitions - 1 LOOP
            EXECUTE format('CREATE TABLE %s PARTITION OF %s FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
                name || '_' || number, name, partitions, number);
        END LOOP;
        EXECUTE format('INSERT INTO %s SELECT * FROM guerdon_whole', name);
        DROP TABLE guerdon_whole;
        FOREACH statement IN ARRAY made LOOP
            EXECUTE statement;
        END LOOP;
    END LOOP;

    FOREACH statement IN ARRAY keys LOOP
        EXECUTE statement;
    END LOOP;
END
$$;
COMMIT;
ANALYZE;
