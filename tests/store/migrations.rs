//! Migrations can be run again, and by several replicas at once.

use guerdon::store::{Backend, Db, db::migrations};

use crate::common::{
    database::{TestDb, raw},
    on_both,
};

async fn applied(db: &Db) -> Vec<(i64, bool)> {
    db.query(raw("SELECT version, success FROM _sqlx_migrations ORDER BY version")).all().await.unwrap()
}

fn known(backend: Backend) -> Vec<(i64, bool)> {
    migrations(backend).iter().map(|migration| (migration.version, true)).collect()
}

on_both! {
    async fn migrating_again_changes_nothing(db) {
        let before = applied(db).await;
        db.migrate().await.unwrap();
        assert_eq!(before, applied(db).await);
        assert_eq!(before, known(db.backend()));
    }
}

async fn migrate_by_four_at_once(backend: Backend) {
    let db = TestDb::empty(backend).await;
    let mut replicas = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let url = db.url().to_owned();
        replicas.spawn(async move { Db::connect(&url).await.unwrap().migrate().await });
    }
    while let Some(migrated) = replicas.join_next().await {
        migrated.unwrap().unwrap();
    }
    assert_eq!(applied(&db).await, known(backend));
}

#[tokio::test(flavor = "multi_thread")]
async fn four_replicas_migrate_at_once_on_sqlite() {
    migrate_by_four_at_once(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_replicas_migrate_at_once_on_postgres() {
    migrate_by_four_at_once(Backend::Postgres).await;
}

#[test]
fn both_databases_have_the_same_steps() {
    let steps = |backend| -> Vec<(i64, String)> {
        migrations(backend).iter().map(|step| (step.version, step.description.to_string())).collect()
    };
    let steps_of_both = steps(Backend::Sqlite);
    assert_eq!(steps_of_both, steps(Backend::Postgres));
    assert!(steps_of_both.is_sorted_by(|a, b| a.0 < b.0), "two steps have one number: {steps_of_both:?}");
}

#[tokio::test]
async fn a_changed_step_is_noticed() {
    let db = TestDb::new(Backend::Sqlite).await;
    let mut tx = db.begin().await.unwrap();
    tx.query(raw("UPDATE _sqlx_migrations SET checksum = x'00'")).run().await.unwrap();
    tx.commit().await.unwrap();
    assert!(db.migrate().await.unwrap_err().to_string().contains("has been modified"));
}
