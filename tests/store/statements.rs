//! Every statement fits the schema of both databases and keeps to its tenant.

use guerdon::store::{
    self, Backend, Db,
    sql::{Scope, Sql},
};
use sqlx::{Column as _, Executor as _, SqlSafeStr as _, Statement as _};

use crate::common::{database::TestDb, on_both, source::files};

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
        let misspelt = crate::common::database::raw("SELECT blance FROM accounts WHERE tenant_id = $1");
        assert!(prepare(db, &misspelt).await.is_err());
    }
}

/// Whether a text names the column of the tenant.
fn names_tenant(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "tenant_id")
}

#[test]
fn statements_name_the_tenant_exactly_when_they_are_a_tenants() {
    let mut wrong = Vec::new();
    for sql in store::statements() {
        for text in [sql.sqlite, sql.postgres] {
            if names_tenant(text) != (sql.scope == Scope::Tenant) {
                wrong.push(format!("{} is declared {:?}: {text}", sql.name, sql.scope));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(!names_tenant("SELECT 1 FROM my_tenant_ids") && names_tenant("WHERE a.tenant_id=$1"));
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
