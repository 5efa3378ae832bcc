//! Every statement fits the schema of both databases and keeps to its tenant.

use guerdon::store::{
    self, Backend, Db,
    sql::{Scope, Sql},
};
use sqlx::{Column as _, Executor as _, SqlSafeStr as _, Statement as _};

use crate::common::{
    database::{TestDb, raw},
    on_both,
    source::files,
};

/// What a database makes of a statement: how many values it binds, and the names of its columns.
type Shape = (usize, Vec<String>);

/// Whether rows of both are read alike. An expression without a name of its own is called differently, and read by
/// its position.
fn are_alike(lite: &Shape, pg: &Shape) -> bool {
    let unnamed = |name: &str| name.contains(|c: char| !c.is_alphanumeric() && c != '_');
    let columns = lite.1.iter().zip(&pg.1);
    lite.0 == pg.0 && lite.1.len() == pg.1.len() && columns.into_iter().all(|(lite, pg)| lite == pg || unnamed(lite))
}

async fn prepare(db: &Db, sql: &Sql) -> Result<Shape, sqlx::Error> {
    macro_rules! shape {
        ($pool:ident, $text:ident) => {{
            let mut connection = $pool.acquire().await?;
            let statement = (&mut *connection).prepare(sql.$text.into_sql_str()).await?;
            let bound = statement.parameters().map_or(0, |given| given.either(<[_]>::len, |count| count));
            (bound, statement.columns().iter().map(|column| column.name().to_owned()).collect())
        }};
    }
    Ok(match db {
        Db::Sqlite { write, .. } => shape!(write, sqlite),
        Db::Postgres(pool) => shape!(pool, postgres),
    })
}

#[tokio::test]
async fn every_statement_has_the_same_shape_on_both_databases() {
    let (lite, pg) = (TestDb::new(Backend::Sqlite).await, TestDb::new(Backend::Postgres).await);
    let mut wrong = Vec::new();
    for sql in store::statements() {
        match (prepare(&lite, sql).await, prepare(&pg, sql).await) {
            (Ok(lite), Ok(pg)) if are_alike(&lite, &pg) => {}
            (Ok(lite), Ok(pg)) => wrong.push(format!("{}: {lite:?} on SQLite, {pg:?} on PostgreSQL", sql.name)),
            (lite, pg) => {
                wrong.extend(lite.err().map(|error| format!("{} on SQLite: {error}", sql.name)));
                wrong.extend(pg.err().map(|error| format!("{} on PostgreSQL: {error}", sql.name)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

on_both! {
    async fn a_statement_that_does_not_fit_the_schema_is_noticed(db) {
        let misspelt = raw("SELECT blance FROM accounts WHERE tenant_id = $1");
        assert!(prepare(db, &misspelt).await.is_err());
    }
}

/// Statements that go through all tenants on purpose: jobs, checks, and what one person may enter.
const THROUGH_ALL_TENANTS: [&str; 25] = [
    "CLAIM_BATCH",
    "COUNT_ALL_DELIVERIES",
    "COUNT_ALL_STATES",
    // Figures of the whole installation, for its operator.
    "FIND_OLDEST_DUE",
    "FIND_OLDEST_DUE_DELIVERY",
    "SUM_ALL_BALANCES",
    "DELETE_ORPHANED_ENDPOINTS",
    "LIST_CUT_OFF",
    "LIST_DUE",
    "LIST_LOGS",
    "LIST_PROVIDERS_OF_ISSUER",
    "LIST_PROVIDERS_TO_FETCH",
    "LIST_MEMBERSHIPS",
    "LIST_OLD_DELIVERIES",
    "LIST_ORPHANS",
    "LIST_SEALED_ENDPOINTS",
    "LIST_SEALED_FEEDS",
    "LIST_TENANTS",
    "LIST_UNFOLDED",
    "LIST_WAITING_TENANTS",
    "NEXT_BATCH_DUE",
    "NEXT_DUE",
    "PURGE_EVENTS",
    "PURGE_TOKENS",
    "RELEASE_ALL",
];

/// Why a statement could reach rows of another tenant: each table of tenants that it reads or writes must be held to
/// the tenant that it is given, or to the rows of another table that is.
fn escape_of(sql: &str, of_tenants: &[String]) -> Option<String> {
    let words: Vec<&str> =
        sql.split(|c: char| c.is_whitespace() || "(),".contains(c)).filter(|w| !w.is_empty()).collect();
    let mut tables = Vec::new();
    let mut held = 0;
    for (at, word) in words.iter().enumerate() {
        let next = |n: usize| words.get(at + n).copied().unwrap_or_default();
        if ["FROM", "JOIN", "UPDATE", "INTO"].contains(word) && of_tenants.iter().any(|table| table == next(1)) {
            tables.push(next(1));
            // An insert names the tenant as the first of its columns.
            held += usize::from(*word == "INTO" && next(2) == "tenant_id");
        }
        let column = word.rsplit('.').next().unwrap_or_default();
        held += usize::from(column == "tenant_id" && next(1) == "=");
    }
    let names = words.iter().any(|word| word.rsplit('.').next() == Some("tenant_id"));
    if tables.len() > held {
        Some(format!("{} of {tables:?} not held to the tenant", tables.len() - held))
    } else if tables.is_empty() && names {
        Some("names tenant_id of no table".to_owned())
    } else {
        None
    }
}

#[tokio::test]
async fn no_statement_reaches_another_tenant() {
    let db = TestDb::new(Backend::Sqlite).await;
    let of_tenants = "SELECT DISTINCT m.name FROM sqlite_schema m, pragma_table_info(m.name) c
         WHERE m.type = 'table' AND c.name = 'tenant_id'";
    let of_tenants: Vec<(String,)> = db.query(raw(of_tenants)).all().await.unwrap();
    let of_tenants: Vec<String> = of_tenants.into_iter().map(|(name,)| name).collect();
    let mut wrong = Vec::new();
    for sql in store::statements().filter(|sql| !THROUGH_ALL_TENANTS.contains(&sql.name)) {
        for text in [sql.sqlite, sql.postgres] {
            let escape = escape_of(text, &of_tenants);
            wrong.extend(escape.map(|why| format!("{}: {why}: {text}", sql.name)));
            if text.contains("tenant_id") != (sql.scope == Scope::Tenant) {
                wrong.push(format!("{} is declared {:?}: {text}", sql.name, sql.scope));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\nIf that is on purpose, name it in THROUGH_ALL_TENANTS.", wrong.join("\n"));

    for escaping in [
        "SELECT points FROM entries WHERE entry_id = $1",
        "SELECT tenant_id, points FROM entries WHERE entry_id = $1",
        "SELECT e.points FROM entries e JOIN accounts a ON a.account_id = e.account_id WHERE e.tenant_id = $1",
        "UPDATE accounts SET balance = 0 WHERE customer_id = (SELECT customer_id FROM accounts WHERE tenant_id = $1)",
        "DELETE FROM accounts",
        "INSERT INTO accounts (account_id) VALUES ($1)",
    ] {
        assert!(escape_of(escaping, &of_tenants).is_some(), "{escaping}");
    }
}

#[test]
fn every_module_of_the_store_lists_its_statements() {
    let listed: Vec<&str> = store::statements().map(|sql| sql.name).collect();
    let mut declared = 0;
    for (_, text) in files("src/store", ".rs") {
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            if let ["Tenant" | "Global", name, "{", ..] = words[..] {
                assert!(listed.contains(&name), "{name} is missing in store::statements()");
                declared += 1;
            }
        }
    }
    assert_eq!(
        listed.len(),
        declared,
        "a statement is listed twice, or declared in a form that this test does not see"
    );
}
