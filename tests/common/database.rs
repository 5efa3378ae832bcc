//! Databases for tests: one of its own for each test, removed at its end, also when it fails.
//!
//! SQLite: a file in a temporary folder. PostgreSQL: a copy of a migrated template, which the first test that
//! needs it makes, on the server that `TEST_POSTGRES_URL` names. The test runner may give every test a process of
//! its own, so the template is found by its name, which tells what migrations it holds, and made under a lock.

use std::{env, num::NonZeroUsize, ops::Deref};

use guerdon::{
    app::App,
    clock::MockClock,
    config::Settings,
    store::{
        Backend, Db,
        db::migrations,
        sql::{Scope, Sql},
    },
};
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// Held while the template is made; any number that nothing else on the server uses.
const TEMPLATE_LOCK: i64 = 0x6775_6572_646f_6e00;

/// A database of its own, removed when dropped. It is a [`Db`] where one is wanted.
pub(crate) struct TestDb {
    db: Db,
    url: String,
    place: Place,
}

/// Where the database is kept, and so what is to be removed.
enum Place {
    Folder(TempDir),
    Server { name: String },
}

impl TestDb {
    /// A migrated database.
    pub(crate) async fn new(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => {
                let db = Self::empty(backend).await;
                db.migrate().await.unwrap();
                db
            }
            Backend::Postgres => {
                let mut server = connect_to_server().await;
                let template = template(&mut server).await;
                Self::on_server(server, &format!("TEMPLATE {template}")).await
            }
        }
    }

    /// A database without any tables.
    pub(crate) async fn empty(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}/guerdon.db", folder.path().display());
                Self { db: Db::connect(&url).await.unwrap(), url, place: Place::Folder(folder) }
            }
            Backend::Postgres => Self::on_server(connect_to_server().await, "TEMPLATE template0").await,
        }
    }

    async fn on_server(mut server: PgConnection, how: &str) -> Self {
        let name = format!("guerdon_test_{}", Uuid::new_v4().simple());
        run(&mut server, format!("CREATE DATABASE {name} {how}")).await;
        server.close().await.unwrap();
        let url = url_of(&name);
        Self { db: Db::connect(&url).await.unwrap(), url, place: Place::Server { name } }
    }

    /// The address that a second connection, or the real program, connects to.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A Guerdon on this database that takes the time from `clock`.
    pub(crate) fn app(&self, clock: &MockClock) -> App {
        let settings =
            Settings { database_url: Some(self.url.clone()), workers: NonZeroUsize::new(1), ..Settings::default() };
        App::new(self.db.clone(), clock.clone(), settings)
    }
}

impl Deref for TestDb {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let Place::Server { name } = &self.place else { return };
        let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        // A thread of its own: a runtime cannot wait inside another one.
        let removed = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut server = connect_to_server().await;
                run(&mut server, statement).await;
            });
        })
        .join();
        // A second panic, while the test's own unwinds, would hide it.
        assert!(removed.is_ok() || std::thread::panicking(), "could not remove the database {name}");
    }
}

/// The address of the PostgreSQL server.
///
/// # Panics
/// When there is none. PostgreSQL is never skipped in silence: half of what Guerdon promises is about it.
fn server_url() -> String {
    env::var("TEST_POSTGRES_URL").unwrap_or_else(|_missing| {
        panic!(
            "PostgreSQL is missing. Run `scripts/test`, which starts a private server for the tests and takes the \
             same arguments as `cargo nextest run`; or set TEST_POSTGRES_URL to a server on which databases may be made."
        )
    })
}

/// The address of the database `name` on the server.
fn url_of(name: &str) -> String {
    let server = server_url();
    let (address, options) = server.split_once('?').map_or((&*server, String::new()), |(a, o)| (a, format!("?{o}")));
    let (scheme, rest) = address.split_once("://").expect("TEST_POSTGRES_URL begins with postgres://");
    let authority = rest.split('/').next().unwrap_or_default();
    format!("{scheme}://{authority}/{name}{options}")
}

async fn connect_to_server() -> PgConnection {
    let url = url_of("postgres");
    PgConnection::connect(&url).await.unwrap_or_else(|error| {
        panic!("PostgreSQL does not answer at TEST_POSTGRES_URL: {error}. Run `scripts/test`, which starts one.")
    })
}

/// The name of a database that holds the present migrations; made when it is not there yet.
async fn template(server: &mut PgConnection) -> String {
    let mut hash = Sha256::new();
    for migration in migrations(Backend::Postgres).iter() {
        hash.update(&*migration.checksum);
    }
    // Names of databases are cut at 63 characters.
    let name = format!("guerdon_template_{:.16}", hex::encode(hash.finalize()));
    run(server, format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})")).await;
    let exists = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    if server.fetch_optional(AssertSqlSafe(exists)).await.unwrap().is_none() {
        // It gets its name when it is whole, so that one left half done is never taken for it.
        let unfinished = format!("{name}_{}", Uuid::new_v4().simple());
        run(server, format!("CREATE DATABASE {unfinished} TEMPLATE template0")).await;
        let Db::Postgres(pool) = Db::connect(&url_of(&unfinished)).await.unwrap() else {
            panic!("TEST_POSTGRES_URL does not name a PostgreSQL server")
        };
        Db::Postgres(pool.clone()).migrate().await.unwrap();
        pool.close().await;
        run(server, format!("ALTER DATABASE {unfinished} RENAME TO {name}")).await;
    }
    run(server, format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})")).await;
    name
}

async fn run(server: &mut PgConnection, statement: String) {
    server.execute(AssertSqlSafe(statement.clone())).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// A statement that no code of Guerdon runs: to look behind the scenes, or to do damage that must be noticed.
pub(crate) fn raw(text: impl Into<String>) -> Sql {
    let text: &'static str = text.into().leak();
    Sql { name: "raw", sqlite: text, postgres: text, scope: Scope::Global }
}
