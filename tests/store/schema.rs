//! The two schemas are one: same tables, columns, keys, checks and triggers, and every key begins with the tenant.

use std::collections::{BTreeMap, BTreeSet};

use guerdon::store::{Backend, Db};

use crate::common::{
    database::{TestDb, raw},
    on_both,
};

/// Tables that belong to no tenant: people sign in once for all their tenants, and an installation has settings.
const WITHOUT_TENANT: [&str; 7] =
    ["recovery_codes", "second_factors", "server_settings", "sessions", "sign_in_failures", "sign_ins", "users"];

/// table, column, type (as SQLite names it), whether it may not be null
type Column = (String, String, String, bool);

async fn columns(db: &Db) -> Vec<Column> {
    // A boolean of PostgreSQL is an integer in SQLite.
    let sql = match db.backend() {
        Backend::Sqlite => {
            "SELECT m.name, c.name, c.type, c.\"notnull\" <> 0
             FROM sqlite_schema m, pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT LIKE '!_%' ESCAPE '!' AND m.name NOT LIKE 'sqlite%'
             ORDER BY m.name, c.cid"
        }
        Backend::Postgres => {
            "SELECT table_name::text, column_name::text,
                 CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'boolean' THEN 'INTEGER'
                     WHEN 'text' THEN 'TEXT' WHEN 'bytea' THEN 'BLOB' ELSE data_type END,
                 is_nullable = 'NO'
             FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name NOT LIKE '!_%' ESCAPE '!'
             ORDER BY table_name COLLATE \"C\", ordinal_position"
        }
    };
    db.query(raw(sql)).all().await.unwrap()
}

/// table, index (empty for the primary key), whether it is unique, its columns in order
type Index = (String, String, bool, String);

async fn indexes(db: &Db) -> Vec<Index> {
    let sql = match db.backend() {
        Backend::Sqlite => {
            "SELECT * FROM (
                 SELECT m.name AS t, CASE i.origin WHEN 'c' THEN i.name ELSE '' END AS i, i.\"unique\" <> 0,
                     (SELECT group_concat(c.name, ',' ORDER BY c.seqno) FROM pragma_index_info(i.name) c)
                 FROM sqlite_schema m, pragma_index_list(m.name) i
                 WHERE m.type = 'table' AND m.name NOT LIKE '!_%' ESCAPE '!' AND m.name NOT LIKE 'sqlite%')
             ORDER BY t, i"
        }
        Backend::Postgres => {
            "SELECT * FROM (
                 SELECT t.relname::text COLLATE \"C\" AS t,
                     CASE WHEN x.indisprimary THEN '' ELSE i.relname::text END COLLATE \"C\" AS i, x.indisunique,
                     (SELECT string_agg(a.attname, ',' ORDER BY k.ord)
                      FROM unnest(x.indkey::int[]) WITH ORDINALITY AS k(attnum, ord)
                      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum)
                 FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
                 JOIN pg_namespace n ON n.oid = t.relnamespace
                 WHERE n.nspname = 'public' AND t.relname NOT LIKE '!_%' ESCAPE '!') AS found
             ORDER BY t, i"
        }
    };
    db.query(raw(sql)).all().await.unwrap()
}

/// table, its columns, the table that they refer to, its columns
type Reference = (String, String, String, String);

async fn references(db: &Db) -> BTreeSet<Reference> {
    let sql = match db.backend() {
        Backend::Sqlite => {
            "SELECT m.name, group_concat(f.\"from\", ',' ORDER BY f.seq), f.\"table\", group_concat(f.\"to\", ',' ORDER BY f.seq)
             FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' GROUP BY m.name, f.id"
        }
        Backend::Postgres => {
            "SELECT c.conrelid::regclass::text,
                 (SELECT string_agg(a.attname, ',' ORDER BY k.ord) FROM unnest(c.conkey) WITH ORDINALITY AS k(n, ord)
                  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n),
                 c.confrelid::regclass::text,
                 (SELECT string_agg(a.attname, ',' ORDER BY k.ord) FROM unnest(c.confkey) WITH ORDINALITY AS k(n, ord)
                  JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n)
             FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace"
        }
    };
    db.query(raw(sql)).all().await.unwrap().into_iter().collect()
}

/// The names of the checks.
async fn checks(db: &Db) -> BTreeSet<String> {
    if db.backend() == Backend::Postgres {
        let sql = "SELECT conname::text FROM pg_constraint
             WHERE contype = 'c' AND connamespace = 'public'::regnamespace";
        let found: Vec<(String,)> = db.query(raw(sql)).all().await.unwrap();
        return found.into_iter().map(|(name,)| name).collect();
    }
    let found: Vec<(String,)> =
        db.query(raw("SELECT sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL")).all().await.unwrap();
    let mut names = BTreeSet::new();
    for (sql,) in found {
        let words: Vec<&str> = sql.split_whitespace().collect();
        let named = words.windows(3).filter(|words| words[0] == "CONSTRAINT" && words[2] == "CHECK");
        names.extend(named.map(|words| words[1].to_owned()));
    }
    names
}

#[tokio::test]
async fn both_databases_have_the_same_schema() {
    let (lite, pg) = (TestDb::new(Backend::Sqlite).await, TestDb::new(Backend::Postgres).await);
    assert_eq!(columns(&lite).await, columns(&pg).await, "columns: SQLite left, PostgreSQL right");
    assert_eq!(indexes(&lite).await, indexes(&pg).await, "indexes: SQLite left, PostgreSQL right");
    assert_eq!(references(&lite).await, references(&pg).await, "foreign keys: SQLite left, PostgreSQL right");
    assert_eq!(checks(&lite).await, checks(&pg).await, "checks: SQLite left, PostgreSQL right");
    assert!(columns(&lite).await.len() > 100 && references(&lite).await.len() > 10);
    assert!(checks(&lite).await.contains("accounts_balance_not_negative"));
}

on_both! {
    async fn a_column_that_only_one_database_has_is_noticed(db) {
        let before = columns(db).await;
        let mut tx = db.begin().await.unwrap();
        tx.query(raw("ALTER TABLE entry_notes ADD COLUMN extra TEXT")).run().await.unwrap();
        tx.commit().await.unwrap();
        assert_ne!(before, columns(db).await);
    }

    async fn every_key_begins_with_the_tenant(db) {
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (table, column, ..) in columns(db).await {
            tables.entry(table).or_default().push(column);
        }
        let mut keys = 0;
        for (table, columns) in &tables {
            let of_tenant = columns.iter().any(|column| column == "tenant_id");
            assert_ne!(of_tenant, WITHOUT_TENANT.contains(&table.as_str()), "{table}");
            assert!(!of_tenant || columns[0] == "tenant_id", "{table} does not begin with tenant_id");
        }
        for (table, index, unique, columns) in indexes(db).await {
            let of_tenant = !WITHOUT_TENANT.contains(&table.as_str());
            assert!(!(of_tenant && unique) || columns.split(',').next() == Some("tenant_id"), "{table}.{index}: {columns}");
            keys += usize::from(unique);
        }
        assert!(keys >= tables.len());
    }
}

/// What is sorted or sought must be ordered byte by byte, as SQLite does, whatever language the server speaks.
#[tokio::test]
async fn text_in_keys_is_ordered_alike_on_both_databases() {
    let db = TestDb::new(Backend::Postgres).await;
    let sql = "SELECT DISTINCT t.relname::text, a.attname::text FROM pg_index x
         JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (x.indkey)
         JOIN pg_collation c ON c.oid = a.attcollation
         WHERE n.nspname = 'public' AND t.relname NOT LIKE '!_%' ESCAPE '!' AND c.collname <> 'C'";
    let found: Vec<(String, String)> = db.query(raw(sql)).all().await.unwrap();
    assert!(found.is_empty(), "these columns want COLLATE \"C\": {found:?}");
}
