//! The audit log, one chain for each tenant and one (with an empty tenant) for what belongs to none.

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    actor::{Actor, ActorKind},
    audit::{AuditRow, START, Subject},
    time::Timestamp,
};

macro_rules! kept_rows {
    () => {
        "a.seq, a.recorded_at, a.actor_kind, a.actor_id, a.action, a.subject_kind, a.subject_id, a.before,
             a.after, a.hash, COALESCE(au.name, ac.name) AS actor_name, COALESCE(su.name, sc.name) AS subject_name
         FROM audit_log a
         LEFT JOIN users au ON a.actor_kind = 'employee' AND au.user_id = a.actor_id
         LEFT JOIN api_clients ac
             ON a.actor_kind = 'client' AND ac.tenant_id = a.tenant_id AND ac.client_id = a.actor_id
         LEFT JOIN users su ON a.subject_kind = 'user' AND su.user_id = a.subject_id
         LEFT JOIN api_clients sc
             ON a.subject_kind = 'api_client' AND sc.tenant_id = a.tenant_id AND sc.client_id = a.subject_id
         WHERE a.tenant_id = $1"
    };
}

/// Everything that a person reads in a row.
macro_rules! words_of_row {
    () => {
        "(REPLACE(REPLACE(a.action, '.', ' '), '_', ' ') || ' ' || a.action || ' ' || a.subject_id || ' '
              || COALESCE(su.name, sc.name, '') || ' ' || COALESCE(au.name, ac.name, a.actor_id) || ' '
              || COALESCE(a.before, '') || ' ' || COALESCE(a.after, ''))"
    };
}

macro_rules! filtered {
    () => {
        "AND (CAST($3 AS TEXT) IS NULL OR a.actor_id = $3)
             AND (CAST($4 AS TEXT) IS NULL OR a.actor_kind = $4)
             AND (CAST($5 AS TEXT) IS NULL OR a.action = $5)
             AND (CAST($6 AS TEXT) IS NULL OR a.subject_kind = $6)
             AND (CAST($7 AS TEXT) IS NULL OR a.subject_id = $7)
             AND (CAST($8 AS BIGINT) IS NULL OR a.recorded_at >= $8)
             AND (CAST($9 AS BIGINT) IS NULL OR a.recorded_at < $9)"
    };
}

statements! {
    Tenant FIND_HEAD {
        "SELECT seq, hash FROM audit_log WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1"
    }
    Tenant APPEND {
        "INSERT INTO audit_log (tenant_id, seq, recorded_at, actor_kind, actor_id, action, subject_kind, subject_id,
             before, after, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    }
    /// The newest first, below `$2`. SQLite lowers plain letters only: what was typed counts as it is, too.
    Tenant LIST {
        "SELECT " [kept_rows] " AND a.seq < $2 " [filtered] " AND (CAST($10 AS TEXT) IS NULL OR LOWER(" [words_of_row] pg(" COLLATE \"default\"") ") LIKE $10 ESCAPE '!'
                 OR " [words_of_row] pg(" COLLATE \"default\"") " LIKE $11 ESCAPE '!')
         ORDER BY a.seq DESC LIMIT $12"
    }
    /// The oldest first, above `$2`: for the page before.
    Tenant LIST_NEWER {
        "SELECT " [kept_rows] " AND a.seq > $2 " [filtered] " AND (CAST($10 AS TEXT) IS NULL OR LOWER(" [words_of_row] pg(" COLLATE \"default\"") ") LIKE $10 ESCAPE '!'
                 OR " [words_of_row] pg(" COLLATE \"default\"") " LIKE $11 ESCAPE '!')
         ORDER BY a.seq LIMIT $12"
    }
    /// What was done to one thing, the newest first.
    Tenant LIST_OF_SUBJECT {
        "SELECT a.seq, a.recorded_at, a.actor_kind, a.actor_id, a.action, a.subject_kind, a.subject_id, a.before,
             a.after, a.hash, COALESCE(au.name, ac.name) AS actor_name, CAST(NULL AS TEXT) AS subject_name
         FROM audit_log a
         LEFT JOIN users au ON a.actor_kind = 'employee' AND au.user_id = a.actor_id
         LEFT JOIN api_clients ac
             ON a.actor_kind = 'client' AND ac.tenant_id = a.tenant_id AND ac.client_id = a.actor_id
         WHERE a.tenant_id = $1 AND a.subject_kind = $2 AND a.subject_id = $3 ORDER BY a.seq DESC LIMIT $4"
    }
    /// The oldest first, above `$2`: for checking the chain.
    Tenant READ_CHAIN {
        "SELECT seq, recorded_at, actor_kind, actor_id, action, subject_kind, subject_id, before, after, hash,
             CAST(NULL AS TEXT) AS actor_name, CAST(NULL AS TEXT) AS subject_name
         FROM audit_log WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3"
    }
    /// Whose logs there are.
    Tenant LIST_LOGS { "SELECT DISTINCT tenant_id FROM audit_log ORDER BY tenant_id" }
    /// Jumps from one to the next by the index, however long the log is.
    Tenant LIST_ACTIONS {
        "WITH RECURSIVE found (action) AS (
             SELECT MIN(action) FROM audit_log WHERE tenant_id = $1
             UNION ALL
             SELECT (SELECT MIN(action) FROM audit_log WHERE tenant_id = $1 AND action > found.action)
             FROM found WHERE found.action IS NOT NULL)
         SELECT action FROM found WHERE action IS NOT NULL ORDER BY action"
    }
    /// The same for what things were changed.
    Tenant LIST_SUBJECT_KINDS {
        "WITH RECURSIVE found (kind) AS (
             SELECT MIN(subject_kind) FROM audit_log WHERE tenant_id = $1
             UNION ALL
             SELECT (SELECT MIN(subject_kind) FROM audit_log WHERE tenant_id = $1 AND subject_kind > found.kind)
             FROM found WHERE found.kind IS NOT NULL)
         SELECT kind FROM found WHERE kind IS NOT NULL ORDER BY kind"
    }
}

/// What a list of the audit log is narrowed to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Whose doings.
    pub actor_id: Option<String>,
    /// Doings of what kind of actor.
    pub actor_kind: Option<String>,
    /// Which doings.
    pub action: Option<String>,
    /// Doings to what kind of thing.
    pub subject_kind: Option<String>,
    /// Doings to which thing.
    pub subject_id: Option<String>,
    /// From this instant on.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
    /// With this text in the action, in what was changed or in who did it.
    pub text: Option<String>,
}

/// Which rows of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditRows {
    /// The newest ones below a row.
    OlderThan(i64),
    /// The ones right above a row.
    NewerThan(i64),
}

/// A row as it is kept: with its hash, and the names of people and API clients as they are called now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRow {
    /// What happened.
    pub row: AuditRow,
    /// The hash that it was given.
    pub hash: String,
    /// What the employee or API client is called who did it.
    pub actor_name: Option<String>,
    /// What the user or API client is called that was changed.
    pub subject_name: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Columns {
    seq: i64,
    recorded_at: Timestamp,
    actor_kind: String,
    actor_id: String,
    action: String,
    subject_kind: String,
    subject_id: String,
    before: Option<String>,
    after: Option<String>,
    hash: String,
    actor_name: Option<String>,
    subject_name: Option<String>,
}

impl From<Columns> for KeptRow {
    fn from(columns: Columns) -> Self {
        // A kind that Guerdon never wrote: with no hash at all the row cannot pass for a good one.
        let (kind, hash) = match ActorKind::parse(&columns.actor_kind) {
            Ok(kind) => (kind, columns.hash),
            Err(_unknown) => (ActorKind::System, String::new()),
        };
        Self {
            row: AuditRow {
                seq: columns.seq,
                recorded_at: columns.recorded_at,
                actor: Actor { kind, id: columns.actor_id },
                action: columns.action,
                subject_kind: columns.subject_kind,
                subject_id: columns.subject_id,
                before: columns.before,
                after: columns.after,
            },
            hash,
            actor_name: columns.actor_name,
            subject_name: columns.subject_name,
        }
    }
}

/// Appends a row to a log; `row.seq` is given here. Writers of one log wait for each other until their
/// transactions end, so this comes last in a transaction.
pub async fn append(tx: &mut Tx, tenant: &str, mut row: AuditRow) -> Result<(), DbError> {
    tx.lock_scope(&format!("audit:{tenant}")).await?;
    let head = tx.query(FIND_HEAD).bind(tenant).optional::<(i64, String)>().await?;
    let (seq, previous) = head.unwrap_or_else(|| (0, START.to_owned()));
    row.seq = seq + 1;
    let hash = row.link(&previous, tenant);
    tx.query(APPEND)
        .bind(tenant)
        .bind(row.seq)
        .bind(row.recorded_at)
        .bind(row.actor.kind.as_str())
        .bind(row.actor.id)
        .bind(row.action)
        .bind(row.subject_kind)
        .bind(row.subject_id)
        .bind(row.before)
        .bind(row.after)
        .bind(hash)
        .run()
        .await
        .map(drop)
}

/// Rows of a log, the newest first.
pub async fn list(
    db: &Db,
    tenant: &str,
    filter: &AuditFilter,
    rows: AuditRows,
    limit: i64,
) -> Result<Vec<KeptRow>, DbError> {
    let (statement, seq) = match rows {
        AuditRows::OlderThan(seq) => (LIST, seq),
        AuditRows::NewerThan(seq) => (LIST_NEWER, seq),
    };
    let typed = filter.text.as_deref().map(pattern);
    let mut found = db
        .query(statement)
        .bind(tenant)
        .bind(seq)
        .bind(filter.actor_id.as_deref())
        .bind(filter.actor_kind.as_deref())
        .bind(filter.action.as_deref())
        .bind(filter.subject_kind.as_deref())
        .bind(filter.subject_id.as_deref())
        .bind(filter.from)
        .bind(filter.until)
        .bind(typed.as_deref().map(str::to_lowercase))
        .bind(typed.as_deref())
        .bind(limit)
        .all::<Columns>()
        .await?;
    if matches!(rows, AuditRows::NewerThan(_)) {
        found.reverse();
    }
    Ok(found.into_iter().map(KeptRow::from).collect())
}

/// A pattern that finds a text as it is.
fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// What was done to one thing, the newest first.
pub async fn list_of(db: &Db, tenant: &str, subject: Subject<'_>, limit: i64) -> Result<Vec<KeptRow>, DbError> {
    let query = db.query(LIST_OF_SUBJECT).bind(tenant).bind(subject.kind).bind(subject.id).bind(limit);
    Ok(query.all::<Columns>().await?.into_iter().map(KeptRow::from).collect())
}

/// Rows of a log, the oldest first, above `after`.
pub async fn read_chain(db: &Db, tenant: &str, after: i64, limit: i64) -> Result<Vec<KeptRow>, DbError> {
    let rows = db.query(READ_CHAIN).bind(tenant).bind(after).bind(limit).all::<Columns>().await?;
    Ok(rows.into_iter().map(KeptRow::from).collect())
}

/// The number and the hash of the newest row of a log.
pub async fn head(db: &Db, tenant: &str) -> Result<Option<(i64, String)>, DbError> {
    db.query(FIND_HEAD).bind(tenant).optional().await
}

/// The tenants (or the empty text) that have a log.
pub async fn logs(db: &Db) -> Result<Vec<String>, DbError> {
    Ok(db.query(LIST_LOGS).all::<(String,)>().await?.into_iter().map(|(tenant,)| tenant).collect())
}

/// The actions that a log holds, for a choice on the page.
pub async fn actions(db: &Db, tenant: &str) -> Result<Vec<String>, DbError> {
    Ok(db.query(LIST_ACTIONS).bind(tenant).all::<(String,)>().await?.into_iter().map(|(action,)| action).collect())
}

/// The kinds of things that a log tells of, for a choice on the page.
pub async fn subject_kinds(db: &Db, tenant: &str) -> Result<Vec<String>, DbError> {
    let rows = db.query(LIST_SUBJECT_KINDS).bind(tenant).all::<(String,)>().await?;
    Ok(rows.into_iter().map(|(kind,)| kind).collect())
}
