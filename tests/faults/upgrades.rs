//! Databases of every earlier version, with data in them, are brought to the newest and go on working.

use std::collections::BTreeSet;

use guerdon::{
    service::verify::verify,
    store::{Backend, Db, db::migrations},
};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqliteConnection};

use crate::{
    common::{
        database::{TestDb, raw},
        program::Program,
    },
    office::Office,
    rounds, seed,
    shop::Scene,
};

/// On PostgreSQL the short version takes one in so many.
const EACH: u64 = 6;
/// From this version on there are orders, and uses of coupons.
const ORDERS: i64 = 60;

/// A database of the newest version with something of everything in it, and the program that made it; without orders
/// if it is to be taken back to a version that had none.
async fn full(backend: Backend, with_orders: bool) -> (TestDb, Scene) {
    let db = TestDb::new(backend).await;
    let scene = Scene::set(Program::on(&db), db.url(), seed()).await;
    if !with_orders {
        scene.shop.be_plain();
    }
    scene.shop.under_load(100, async || {}).await;
    let office = Office::enter(&scene.program, &[scene.server.url("")]).await;
    office.make_endpoint("https://example.com/hook", "points.added").await;
    (db, scene)
}

/// The tables that hold Guerdon's data, each with its columns.
async fn tables(db: &Db) -> Vec<(String, BTreeSet<String>)> {
    let sql = match db.backend() {
        Backend::Sqlite => {
            "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> '_sqlx_migrations' ORDER BY t.name"
        }
        Backend::Postgres => {
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations' ORDER BY table_name"
        }
    };
    let rows: Vec<(String, String)> = db.query(raw(sql)).all().await.unwrap();
    let mut tables: Vec<(String, BTreeSet<String>)> = Vec::new();
    for (table, column) in rows {
        match tables.last_mut().filter(|(last, _)| *last == table) {
            Some((_, columns)) => drop(columns.insert(column)),
            None => tables.push((table, [column].into())),
        }
    }
    tables
}

/// A database as an earlier version left it, with what of `full` it has a place for: steps only add.
async fn as_of(version: i64, full: &TestDb) -> TestDb {
    let old = TestDb::empty(full.backend()).await;
    let steps = migrations(full.backend());
    match &*old {
        Db::Sqlite { write, .. } => steps.run_to(version, write).await.unwrap(),
        Db::Postgres(pool) => steps.run_to(version, pool).await.unwrap(),
    }
    let newest = tables(full).await;
    let tables = tables(&old).await;
    for (table, columns) in &tables {
        let now = newest.iter().find(|(name, _)| name == table).map(|(_, columns)| columns);
        assert!(now.is_some_and(|now| columns.is_subset(now)), "{table} has lost columns since version {version}");
    }
    match full.backend() {
        Backend::Sqlite => copy_sqlite(&tables, full, &old).await,
        Backend::Postgres => copy_postgres(&tables, full, &old).await,
    }
    old
}

fn listed(columns: &BTreeSet<String>) -> String {
    let columns: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
    columns.join(", ")
}

async fn copy_sqlite(tables: &[(String, BTreeSet<String>)], full: &TestDb, old: &TestDb) {
    let mut connection = SqliteConnection::connect(old.url()).await.unwrap();
    let from = full.url().strip_prefix("sqlite://").unwrap();
    let begin = format!("PRAGMA foreign_keys = OFF; ATTACH DATABASE '{from}' AS newest");
    connection.execute(AssertSqlSafe(begin)).await.unwrap();
    for (table, columns) in tables {
        let columns = listed(columns);
        let sql = format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newest.{table}");
        connection.execute(AssertSqlSafe(sql)).await.unwrap_or_else(|error| panic!("{table}: {error}"));
    }
    let broken = connection.fetch_all("PRAGMA main.foreign_key_check").await.unwrap();
    assert!(broken.is_empty(), "{} rows lack what they name", broken.len());
    connection.close().await.unwrap();
}

async fn copy_postgres(tables: &[(String, BTreeSet<String>)], full: &TestDb, old: &TestDb) {
    let mut from = PgConnection::connect(full.url()).await.unwrap();
    let mut to = PgConnection::connect(old.url()).await.unwrap();
    // In any order of tables.
    to.execute("SET session_replication_role = replica").await.unwrap();
    for (table, columns) in tables {
        let sql = format!("SELECT CAST(COALESCE(json_agg(t), '[]') AS TEXT) FROM {table} t");
        let rows: String = from.fetch_one(AssertSqlSafe(sql)).await.unwrap().get(0);
        let columns = listed(columns);
        let rows = rows.replace('\'', "''");
        let sql = format!(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, '{rows}')"
        );
        to.execute(AssertSqlSafe(sql)).await.unwrap_or_else(|error| panic!("{table}: {error}"));
    }
    to.close().await.unwrap();
    from.close().await.unwrap();
}

/// How much there is of what matters.
async fn sums(db: &Db) -> (i64, i64, i64) {
    let sql = "SELECT (SELECT COUNT(*) FROM entries), (SELECT CAST(SUM(points) AS BIGINT) FROM entries),
         (SELECT COUNT(*) FROM coupons)";
    db.query(raw(sql)).one().await.unwrap()
}

async fn every_earlier_version_is_upgraded(backend: Backend) {
    let mut versions: Vec<i64> = migrations(backend).iter().map(|step| step.version).collect();
    if backend == Backend::Postgres && rounds(0) == 0 {
        // It takes seconds for each, so the short version leaves some out, others each time; never the first.
        let chosen = seed() % EACH;
        versions =
            (0..).zip(versions).filter(|(place, _)| *place == 0 || place % EACH == chosen).map(|(_, v)| v).collect();
    }
    let (early, late): (Vec<i64>, Vec<i64>) = versions.into_iter().partition(|version| *version < ORDERS);
    upgrade(backend, &early, false).await;
    upgrade(backend, &late, true).await;
}

async fn upgrade(backend: Backend, versions: &[i64], with_orders: bool) {
    let (db, scene) = full(backend, with_orders).await;
    scene.server.stop();
    let key = scene.program.folder().join("guerdon.key").display().to_string();
    let expected = sums(&db).await;
    assert!(expected.0 > 50 && expected.2 > 3, "{expected:?}");
    for &version in versions {
        let old = as_of(version, &db).await;
        old.migrate().await.unwrap_or_else(|error| panic!("from version {version}: {error}"));
        assert_eq!(sums(&old).await, expected, "from version {version}");
        let report = verify(&old).await.unwrap();
        assert!(report.ok, "from version {version}: {:?}", report.problems);
        if version == 1 {
            // The very first one under the real program: it serves, and what was acknowledged then can be read.
            let program = Program::on(&old).with("GUERDON_SECRET_FILE", &key);
            let server = program.serve().await;
            let office = Office::again(&[server.url("")]).await;
            let page = office.get("/admin/acme/customers/C1").await;
            assert_eq!(page.status(), 200);
            assert!(server.stop().success());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_earlier_version_is_upgraded_on_sqlite() {
    every_earlier_version_is_upgraded(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_earlier_version_is_upgraded_on_postgres() {
    every_earlier_version_is_upgraded(Backend::Postgres).await;
}
