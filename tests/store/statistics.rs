//! PostgreSQL's planner learns soon that a table has grown.

use std::time::Duration;

use guerdon::store::{Backend, statistics};

use crate::common::{
    database::{TestDb, raw},
    wait::until,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_has_grown_is_looked_at_again_and_only_then() {
    let db = TestDb::new(Backend::Postgres).await;
    let write = async |sql: &str| {
        let mut tx = db.begin().await.unwrap();
        tx.query(raw(sql)).run().await.unwrap();
        tx.commit().await.unwrap();
    };
    write("INSERT INTO tenants (tenant_id, name, time_zone, currency, grace_days, agent_limit, created_at) VALUES ('acme', 'Acme', 'Europe/Berlin', 'EUR', 14, 500, 0)").await;
    let fill = async |from: i64, to: i64| {
        write(&format!(
            "INSERT INTO accounts SELECT 'acme', n, 'C' || n, 70, NULL, 0, 2, 0, TRUE, 'h', 0, 0, 0
             FROM generate_series({from}, {to}) AS n"
        ))
        .await;
    };
    let known = async || {
        let sql = raw("SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE oid = CAST('accounts' AS regclass)");
        db.query(sql).one::<(i64,)>().await.unwrap().0
    };
    // The server is told of what a connection changed up to a second later.
    let refreshed = async |rows: i64| {
        until("the planner knows", Duration::from_secs(10), async || {
            statistics::refresh(&db).await.unwrap();
            (known().await == rows).then_some(())
        })
        .await;
    };

    fill(1, 300).await;
    refreshed(300).await;
    fill(301, 550).await;
    until("the server is told", Duration::from_secs(20), async || {
        let sql = raw("SELECT n_mod_since_analyze FROM pg_stat_user_tables WHERE relid = CAST('accounts' AS regclass)");
        (db.query(sql).one::<(i64,)>().await.unwrap().0 == 250).then_some(())
    })
    .await;
    statistics::refresh(&db).await.unwrap();
    assert_eq!(known().await, 300, "250 more are not worth it");
    fill(551, 700).await;
    refreshed(700).await;
}

#[tokio::test]
async fn sqlite_needs_none_of_it() {
    let db = TestDb::new(Backend::Sqlite).await;
    statistics::refresh(&db).await.unwrap();
}
