//! History is only ever inserted: the databases themselves refuse to change or delete it.

use guerdon::store::{Backend, Db, DbError};

use crate::common::{database::raw, on_both};

/// One row in each table of the ledger.
const ROWS: [&str; 8] = [
    "INSERT INTO tenants (tenant_id, name, time_zone, currency, grace_days, agent_limit, created_at) VALUES ('acme', 'Acme', 'Europe/Berlin', 'EUR', 14, 500, 0)",
    "INSERT INTO sites VALUES ('acme', 'main', 'Main', 'Europe/Berlin', 'EUR', 'ACM', '[]', 1, 0, 0, 1)",
    "INSERT INTO earning_rules VALUES
         ('acme', 'main', 1, 0, TRUE, '1', 'floor', 'gross', FALSE, TRUE, 0, NULL, 12, 'start_of_day', 'clamp', 'a')",
    "INSERT INTO accounts VALUES ('acme', 1, 'C1', 70, NULL, 0, 2, 0, TRUE, 'h2', 0, 0, 0)",
    "INSERT INTO entries VALUES
         ('acme', 1, 1, 'e1', 'added', 100, 100, 0, 0, NULL, 9, NULL, NULL, NULL, NULL, 'client', 'c', 'api', NULL, NULL, NULL, NULL, 'h1'),
         ('acme', 1, 2, 'e2', 'removed', -30, 70, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, 'client', 'c', 'api', NULL, NULL, NULL, NULL, 'h2')",
    "INSERT INTO lots VALUES ('acme', 1, 1, 100, 70, NULL, 9)",
    "INSERT INTO usages VALUES ('acme', 1, 2, 1, 30)",
    "INSERT INTO audit_log VALUES ('acme', 1, 0, 'employee', 'u', 'create', 'site', 'main', NULL, NULL, 'h')",
];

async fn write(db: &Db, sql: &str) -> Result<u64, DbError> {
    let mut tx = db.begin().await?;
    let changed = tx.query(raw(sql)).run().await?;
    tx.commit().await?;
    Ok(changed)
}

async fn seed(db: &Db) {
    for row in ROWS {
        write(db, row).await.unwrap_or_else(|error| panic!("{row}: {error}"));
    }
}

on_both! {
    async fn history_is_neither_changed_nor_deleted(db) {
        seed(db).await;
        for sql in [
            "UPDATE entries SET points = 200, balance_after = 200 WHERE seq = 1",
            "UPDATE entries SET actor_id = 'someone else' WHERE seq = 1",
            "UPDATE entries SET hash = 'x' WHERE seq = 1",
            "DELETE FROM entries WHERE seq = 2",
            "UPDATE usages SET points = 1",
            "DELETE FROM usages",
            "UPDATE audit_log SET actor_id = 'someone else'",
            "DELETE FROM audit_log",
            "UPDATE earning_rules SET factor = '2'",
            "DELETE FROM earning_rules",
            "DELETE FROM lots",
            "UPDATE lots SET points = 200",
            "UPDATE lots SET valid_until = 10",
            "UPDATE lots SET available_from = 5",
            "UPDATE lots SET seq = 2",
        ] {
            let refused = write(db, sql).await.expect_err(sql);
            assert!(refused.to_string().contains("only ever inserted"), "{sql}: {refused}");
        }
    }

    async fn history_is_not_emptied_as_a_whole(db) {
        seed(db).await;
        for table in ["entries", "usages", "lots", "audit_log", "earning_rules"] {
            let sql = match db.backend() {
                Backend::Sqlite => format!("DELETE FROM {table}"),
                Backend::Postgres => format!("TRUNCATE {table} CASCADE"),
            };
            let refused = write(db, &sql).await.expect_err(table);
            assert!(refused.to_string().contains("only ever inserted"), "{table}: {refused}");
        }
    }

    async fn a_lot_gives_points_and_never_gets_any(db) {
        seed(db).await;
        assert_eq!(write(db, "UPDATE lots SET remaining = 60").await.unwrap(), 1);
        let refused = write(db, "UPDATE lots SET remaining = 61").await.unwrap_err();
        assert!(refused.to_string().contains("only ever inserted"), "{refused}");
    }

    async fn no_account_and_no_lot_is_overdrawn(db) {
        seed(db).await;
        for (sql, constraint) in [
            ("UPDATE accounts SET balance = -1", "accounts_balance_not_negative"),
            ("UPDATE lots SET remaining = -1", "lots_remaining_in_range"),
        ] {
            match write(db, sql).await {
                Err(DbError::Constraint(name)) => assert_eq!(name, constraint),
                other => panic!("{sql}: {other:?}"),
            }
        }
    }

    async fn a_reader_cannot_write(db) {
        seed(db).await;
        if matches!(&**db, Db::Sqlite { .. }) {
            let refused = db.query(raw("UPDATE accounts SET balance = 1")).run().await.unwrap_err();
            assert!(refused.to_string().contains("readonly"), "{refused}");
        }
        let mut snapshot = db.snapshot().await.unwrap();
        let refused = snapshot.query(raw("UPDATE accounts SET balance = 1")).run().await.unwrap_err();
        assert!(refused.to_string().contains("read"), "{refused}");
    }
}
