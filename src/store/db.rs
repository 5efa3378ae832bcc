//! One handle over SQLite and PostgreSQL.
//!
//! Everything above this module writes SQL once and never names a driver.
//! A value can be bound if it encodes for both drivers, a struct can be read
//! if it decodes from both, so a type that would work on only one database
//! does not compile.

use std::{
    fs::OpenOptions,
    future::{Ready, ready},
    io,
    ops::ControlFlow,
    path::Path,
    time::Duration,
};

use futures_util::TryStreamExt as _;
use sqlx::{
    Arguments as _, AssertSqlSafe, Connection as _, Encode, FromRow, PgConnection, PgPool, Postgres, SqlSafeStr as _,
    SqlStr, Sqlite, SqliteConnection, SqlitePool, Transaction, Type,
    migrate::{MigrateError, Migrator},
    postgres::{PgArguments, PgPoolOptions, PgRow},
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
    },
};

pub use super::error::{AsConflict, DbError};
use super::{error::is_lost, sql::Sql};

/// Four replicas stay below PostgreSQL's default of 100 connections.
const POSTGRES_CONNECTIONS_MAX: u32 = 20;
/// A connection that was not used for so long is asked whether it is still alive.
const RESTED: Duration = Duration::from_secs(1);
/// A transaction that is not gone on with for so long, because its process is frozen or its machine is gone, is ended by
/// PostgreSQL, and its locks with it; whoever waits for a lock for longer gives up. What is written names its rows by
/// their keys: reading a whole table to find them or to join it with them, as the planner likes to while it is small or
/// not known yet, and then goes on doing when it has grown, is never better. Where there is no other way it costs so much
/// on paper that the statement would be compiled. And it is planned once, not for each content: what is written together is
/// given as one text, whose length says little.
const BEGIN_POSTGRES: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '5s'; \
    SET LOCAL lock_timeout = '10s'; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; \
    SET LOCAL enable_seqscan = off; SET LOCAL jit = off; SET LOCAL plan_cache_mode = force_generic_plan";
/// Readers never wait for the writer in WAL mode; more than the cores would only queue.
const SQLITE_READERS_MAX: u32 = 4;

/// Pages of the log (64 MiB) after which the next commit folds it into the file, whatever that takes. By then
/// [`Db::fold`] has done nearly all of it.
const SQLITE_CHECKPOINT_PAGES: &str = "16000";
/// Rows that the driver's thread hands over before it waits for whoever reads them.
const SQLITE_ROWS_BUFFERED: usize = 256;
/// In KiB: what one transaction changes stays in memory until it is committed.
const SQLITE_WRITER_CACHE: &str = "-16000";

/// A value that both drivers can encode.
pub trait Value<'q>: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres> {}
impl<'q, T> Value<'q> for T where T: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres> {}

/// A row type that both drivers can decode. `#[derive(sqlx::FromRow)]` is enough.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// Which database is behind a [`Db`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// The database: a reader pool and a single-connection writer on SQLite, one pool on PostgreSQL.
#[derive(Clone)]
pub enum Db {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

/// A write transaction. Dropping it without [`Tx::commit`] rolls back.
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// The steps that bring a database's schema to this version.
pub fn migrations(backend: Backend) -> &'static Migrator {
    static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
    static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");
    match backend {
        Backend::Sqlite => &SQLITE,
        Backend::Postgres => &POSTGRES,
    }
}

impl Db {
    /// Connects to `sqlite://FILE` (made when missing) or `postgres://...`.
    pub async fn connect(url: &str) -> Result<Self, DbError> {
        // An acknowledged write survives a power cut.
        Self::connect_synced(url, SqliteSynchronous::Full).await
    }

    /// The same for a file that is being made and is thrown away if that does not succeed: SQLite does not wait
    /// for the disk.
    pub async fn connect_unsynced(url: &str) -> Result<Self, DbError> {
        Self::connect_synced(url, SqliteSynchronous::Off).await
    }

    async fn connect_synced(url: &str, synchronous: SqliteSynchronous) -> Result<Self, DbError> {
        if url.starts_with("postgres") {
            // Told at once; the pool would try for a while.
            if let Ok(mut connection) = PgConnection::connect(url).await {
                refuse_standby(&mut connection).await?;
                connection.close().await?;
            }
            let pool = PgPoolOptions::new()
                .max_connections(POSTGRES_CONNECTIONS_MAX)
                .acquire_timeout(Duration::from_secs(10))
                // Asking a connection whether it is alive costs as much as reading a balance: only one that rested.
                .test_before_acquire(false)
                .before_acquire(|connection, meta| {
                    Box::pin(async move {
                        if meta.idle_for >= RESTED {
                            connection.ping().await?;
                        }
                        Ok(true)
                    })
                })
                .after_connect(|connection, _| Box::pin(refuse_standby(connection)))
                .connect(url);
            return match pool.await {
                Ok(pool) => Ok(Self::Postgres(pool)),
                // The pool has tried for a while and does not say what was wrong; one more connection does.
                Err(sqlx::Error::PoolTimedOut) => {
                    Err(PgConnection::connect(url).await.err().unwrap_or(sqlx::Error::PoolTimedOut).into())
                }
                Err(error) => Err(error.into()),
            };
        }
        let options = url.parse::<SqliteConnectOptions>()?.create_if_missing(true);
        make_private(options.get_filename()).map_err(sqlx::Error::Io)?;
        let options = options
            .busy_timeout(Duration::from_secs(5))
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .foreign_keys(true)
            // A statement for many rows can be undone as a whole; what that takes need not go through a file.
            .pragma("temp_store", "MEMORY")
            .pragma("wal_autocheckpoint", SQLITE_CHECKPOINT_PAGES)
            .row_buffer_size(SQLITE_ROWS_BUFFERED);
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(30))
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(is_outside(connection)))
            .connect_with(options.clone().pragma("cache_size", SQLITE_WRITER_CACHE))
            .await?;
        let read = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS_MAX)
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(is_outside(connection)))
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        Ok(Self::Sqlite { read, write })
    }

    /// Closes every connection, so that SQLite can fold its log into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// Writes a whole copy of a SQLite database to a new file, as of one moment; writers go on meanwhile.
    ///
    /// # Errors
    /// When the file cannot be written, or on PostgreSQL, which has a program of its own for it.
    pub async fn copy_to(&self, file: &str) -> Result<(), DbError> {
        let Self::Sqlite { write, .. } = self else {
            return Err(DbError::Other(sqlx::Error::Configuration("only SQLite copies itself".into())));
        };
        sqlx::query_with("VACUUM INTO $1", SqliteArguments::default()).bind(file).execute(write).await?;
        Ok(())
    }

    /// Folds what SQLite has committed into its file, beside readers and the writer; nothing on PostgreSQL, which does it
    /// by itself.
    pub async fn fold(&self) -> Result<(), DbError> {
        let Self::Sqlite { read, .. } = self else { return Ok(()) };
        sqlx::query_with("PRAGMA wal_checkpoint(PASSIVE)", SqliteArguments::default()).execute(read).await?;
        Ok(())
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        match self {
            Self::Sqlite { .. } => Backend::Sqlite,
            Self::Postgres(_) => Backend::Postgres,
        }
    }

    /// Brings the schema to this version. Safe to run by several replicas at once.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        let migrations = migrations(self.backend());
        match self {
            Self::Sqlite { write, .. } => {
                // One transaction around all steps: a second process waits for it, and then finds nothing to do.
                let mut tx = write.begin_with("BEGIN IMMEDIATE").await?;
                // Not `run`: with a borrowed connection its future is not provably `Send`.
                migrations.run_direct(None, &mut *tx, false).await?;
                Ok(tx.commit().await?)
            }
            Self::Postgres(pool) => migrations.run(pool).await,
        }
    }

    /// A single read outside any transaction.
    pub fn query(&self, sql: Sql) -> Query<'_> {
        match self {
            Self::Sqlite { read, .. } => Query::sqlite(SqliteExec::Pool(read), sql.sqlite.into_sql_str()),
            Self::Postgres(pool) => Query::postgres(PgExec::Pool(pool), sql.postgres.into_sql_str()),
        }
    }

    /// Begins a read-only transaction whose statements all see the same moment.
    pub async fn snapshot(&self) -> Result<Tx, DbError> {
        Ok(match self {
            Self::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?),
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// Begins a write transaction: the writer lock on SQLite, READ COMMITTED on PostgreSQL.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(begin_postgres(pool).await?),
        })
    }
}

/// Begins on the first connection that is alive: when PostgreSQL was restarted, all those in the pool are dead.
async fn begin_postgres(pool: &PgPool) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let mut tries = 0;
    loop {
        match pool.begin_with(BEGIN_POSTGRES).await {
            Err(error) if is_lost(&error) && tries < POSTGRES_CONNECTIONS_MAX => tries += 1,
            other => return other,
        }
    }
}

/// Whether a connection of the pool is in no transaction. When the disk fails or is full, SQLite itself rolls back; sqlx
/// does not notice, and would never begin another one. Such a connection is closed.
fn is_outside(connection: &mut SqliteConnection) -> Ready<Result<bool, sqlx::Error>> {
    ready(Ok(!connection.is_in_transaction()))
}

/// A standby takes no writes, and what it tells may be old.
async fn refuse_standby(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let row = sqlx::query_as_with::<_, (bool,), _>("SELECT pg_is_in_recovery()", PgArguments::default());
    if row.fetch_one(connection).await?.0 {
        return Err(sqlx::Error::Configuration("this PostgreSQL is a standby: name its primary".into()));
    }
    Ok(())
}

/// Makes a missing database file readable for its owner alone; SQLite gives its log the same mode.
fn make_private(file: &Path) -> io::Result<()> {
    if file.as_os_str().as_encoded_bytes().starts_with(b"file:") || file.exists() {
        return Ok(());
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _made => Ok(()),
    }
}

/// Runs `once`, which begins and commits its own transaction, again from its start when the
/// database reports a conflict, or the connection is lost before the commit. `once` must have no effect outside its
/// transaction.
pub async fn retry_on_conflict<T, E, F>(once: impl Fn() -> F) -> Result<T, E>
where
    E: AsConflict,
    F: Future<Output = Result<T, E>>,
{
    const ATTEMPTS_MAX: u32 = 6;
    let mut attempt = 1;
    loop {
        match once().await {
            Err(error) if error.is_conflict() && attempt < ATTEMPTS_MAX => {
                tokio::time::sleep(Duration::from_millis(5 << attempt)).await;
                attempt += 1;
            }
            other => return other,
        }
    }
}

impl Tx {
    /// A statement inside this transaction.
    pub fn query(&mut self, sql: Sql) -> Query<'_> {
        match self {
            Self::Sqlite(tx) => Query::sqlite(SqliteExec::Conn(tx), sql.sqlite.into_sql_str()),
            Self::Postgres(tx) => Query::postgres(PgExec::Conn(tx), sql.postgres.into_sql_str()),
        }
    }

    /// A statement that a list was put together to, from texts of this program alone; see [`super::listing`].
    pub(super) fn query_built(&mut self, text: String) -> Query<'_> {
        let sql = AssertSqlSafe(text).into_sql_str();
        match self {
            Self::Sqlite(tx) => Query::sqlite(SqliteExec::Conn(tx), sql),
            Self::Postgres(tx) => Query::postgres(PgExec::Conn(tx), sql),
        }
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        match self {
            Self::Sqlite(_) => Backend::Sqlite,
            Self::Postgres(_) => Backend::Postgres,
        }
    }

    /// Serialises every holder of `scope` until the transaction ends.
    pub async fn lock_scope(&mut self, scope: &str) -> Result<(), DbError> {
        match self {
            // BEGIN IMMEDIATE already excludes every other writer.
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(tx) => {
                sqlx::query_with("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", PgArguments::default())
                    .bind(scope)
                    .execute(&mut **tx)
                    .await?;
                Ok(())
            }
        }
    }

    /// Makes the transaction's writes durable and visible.
    ///
    /// # Errors
    /// [`DbError::Unknown`] unless the database said that it rolled back.
    pub async fn commit(self) -> Result<(), DbError> {
        let committed = match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        };
        committed.map_err(DbError::of_commit)
    }
}

enum SqliteExec<'c> {
    Pool(&'c SqlitePool),
    Conn(&'c mut SqliteConnection),
}
enum PgExec<'c> {
    Pool(&'c PgPool),
    Conn(&'c mut PgConnection),
}
enum Inner<'c> {
    Sqlite(SqliteExec<'c>, SqliteArguments),
    Postgres(PgExec<'c>, PgArguments),
}

/// A statement with its bound values, ready to run.
#[must_use = "a query does nothing until it is run"]
pub struct Query<'c> {
    inner: Inner<'c>,
    sql: SqlStr,
    error: Option<sqlx::error::BoxDynError>,
}

/// Runs one sqlx call on whichever of the four executors this query holds.
macro_rules! run {
    ($self:ident, $make:ident $(::<_, $t:ty, _>)?, $method:ident) => {{
        if let Some(error) = $self.error {
            return Err(DbError::Other(sqlx::Error::Encode(error)));
        }
        match $self.inner {
            Inner::Sqlite(SqliteExec::Pool(pool), args) => {
                sqlx::$make$(::<_, $t, _>)?($self.sql, args).$method(pool).await
            }
            Inner::Sqlite(SqliteExec::Conn(conn), args) => {
                sqlx::$make$(::<_, $t, _>)?($self.sql, args).$method(conn).await
            }
            Inner::Postgres(PgExec::Pool(pool), args) => {
                sqlx::$make$(::<_, $t, _>)?($self.sql, args).$method(pool).await
            }
            Inner::Postgres(PgExec::Conn(conn), args) => {
                sqlx::$make$(::<_, $t, _>)?($self.sql, args).$method(conn).await
            }
        }
    }};
}

impl<'c> Query<'c> {
    fn sqlite(exec: SqliteExec<'c>, sql: SqlStr) -> Self {
        Self { inner: Inner::Sqlite(exec, SqliteArguments::default()), sql, error: None }
    }

    fn postgres(exec: PgExec<'c>, sql: SqlStr) -> Self {
        Self { inner: Inner::Postgres(exec, PgArguments::default()), sql, error: None }
    }

    /// Binds the next `$n`.
    pub fn bind<'q>(mut self, value: impl Value<'q>) -> Self {
        let added = match &mut self.inner {
            Inner::Sqlite(_, args) => sqlx::Arguments::add(args, value),
            Inner::Postgres(_, args) => args.add(value),
        };
        self.error = self.error.or(added.err());
        self
    }

    /// Every row.
    pub async fn all<T: Row>(self) -> Result<Vec<T>, DbError> {
        Ok(run!(self, query_as_with::<_, T, _>, fetch_all)?)
    }

    /// Each row as it comes, until `see` has seen enough: only one is held at a time.
    pub async fn each<T: Row>(self, mut see: impl FnMut(T) -> ControlFlow<()>) -> Result<(), DbError> {
        if let Some(error) = self.error {
            return Err(DbError::Other(sqlx::Error::Encode(error)));
        }
        let mut rows = match self.inner {
            Inner::Sqlite(SqliteExec::Pool(pool), args) => sqlx::query_as_with(self.sql, args).fetch(pool),
            Inner::Sqlite(SqliteExec::Conn(conn), args) => sqlx::query_as_with(self.sql, args).fetch(conn),
            Inner::Postgres(PgExec::Pool(pool), args) => sqlx::query_as_with(self.sql, args).fetch(pool),
            Inner::Postgres(PgExec::Conn(conn), args) => sqlx::query_as_with(self.sql, args).fetch(conn),
        };
        while let Some(row) = rows.try_next().await? {
            if see(row).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The first row, if there is one.
    pub async fn optional<T: Row>(self) -> Result<Option<T>, DbError> {
        Ok(run!(self, query_as_with::<_, T, _>, fetch_optional)?)
    }

    /// The row that must be there.
    pub async fn one<T: Row>(self) -> Result<T, DbError> {
        Ok(run!(self, query_as_with::<_, T, _>, fetch_one)?)
    }

    /// Runs the statement and returns how many rows it touched.
    pub async fn run(self) -> Result<u64, DbError> {
        if let Some(error) = self.error {
            return Err(DbError::Other(sqlx::Error::Encode(error)));
        }
        Ok(match self.inner {
            Inner::Sqlite(exec, args) => {
                let query = sqlx::query_with(self.sql, args);
                match exec {
                    SqliteExec::Pool(pool) => query.execute(pool).await?.rows_affected(),
                    SqliteExec::Conn(conn) => query.execute(conn).await?.rows_affected(),
                }
            }
            Inner::Postgres(exec, args) => {
                let query = sqlx::query_with(self.sql, args);
                match exec {
                    PgExec::Pool(pool) => query.execute(pool).await?.rows_affected(),
                    PgExec::Conn(conn) => query.execute(conn).await?.rows_affected(),
                }
            }
        })
    }
}
