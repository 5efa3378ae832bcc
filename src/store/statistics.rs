//! What PostgreSQL's planner knows of the tables.

use super::{Db, DbError, db::Backend, sql::statements};

statements! {
    /// Looks again at tables that have doubled since they were looked at last. One that somebody else looks at just now
    /// is left to them.
    Global ANALYZE_GROWN {
        pg("DO $$
            DECLARE grown regclass;
            BEGIN
                FOR grown IN
                    SELECT c.oid FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid
                    WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND c.relkind = 'r'
                      AND s.n_live_tup > 2 * GREATEST(c.reltuples, 100)
                LOOP
                    EXECUTE format('ANALYZE (SKIP_LOCKED) %s', grown);
                END LOOP;
            END $$")
        lite("ANALYZE")
    }
}

/// Has PostgreSQL look again at tables that have grown much. It does so by itself, but a minute late: what was planned
/// while a table was empty, the checks of its foreign keys with it, takes any index for as good as another and goes on
/// so until then. SQLite takes the whole key by rule.
pub async fn refresh(db: &Db) -> Result<(), DbError> {
    match db.backend() {
        Backend::Sqlite => Ok(()),
        Backend::Postgres => db.query(ANALYZE_GROWN).run().await.map(drop),
    }
}
