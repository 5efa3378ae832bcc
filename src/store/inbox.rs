//! The inbox: every event that shops sent, until it was worked off and some time longer.

use sqlx::FromRow;

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    feed::{Feed, State},
    ids::TenantId,
    time::Timestamp,
};

macro_rules! event_columns {
    () => {
        "tenant_id, event_id, feed, message_id, body_hash, kind, subject, body, received_at, deliveries, state, outcome,
         attempts, worked_at"
    };
}

statements! {
    /// No row is written when the message arrived before.
    Tenant INSERT_EVENT {
        "INSERT INTO inbox (tenant_id, event_id, feed, message_id, body_hash, kind, subject, body, received_at,
             deliveries, state, attempts, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, 'waiting', 0, $9)
         ON CONFLICT (tenant_id, feed, message_id) DO NOTHING"
    }
    /// Counts a message that arrives again; one that failed gets another try.
    Tenant SEE_AGAIN {
        "UPDATE inbox SET deliveries = deliveries + 1,
             state = CASE WHEN state = 'failed' THEN 'waiting' ELSE state END,
             due_at = CASE WHEN state = 'failed' THEN CAST($4 AS BIGINT) ELSE due_at END
         WHERE tenant_id = $1 AND feed = $2 AND message_id = $3
         RETURNING " [event_columns]
    }
    /// Tenants with events that are due, in the order of their ids, behind one of them. Each is found by one look into the
    /// index, however many events are due.
    Global LIST_WAITING_TENANTS {
        "WITH RECURSIVE waiting (tenant) AS (
             SELECT MIN(i.tenant_id) FROM inbox i WHERE i.due_at <= $2 AND i.tenant_id > $1
             UNION ALL
             SELECT (SELECT MIN(i.tenant_id) FROM inbox i WHERE i.due_at <= $2 AND i.tenant_id > w.tenant)
             FROM waiting w WHERE w.tenant IS NOT NULL)
         SELECT w.tenant FROM waiting w WHERE w.tenant IS NOT NULL LIMIT $3"
    }
    /// Takes events that are due: until `$3` nobody else does. A replica that dies leaves them to the others then.
    /// Materialized: what is taken is looked for once, however the planner joins it.
    Tenant CLAIM_EVENTS {
        "WITH due AS MATERIALIZED (
             SELECT i.event_id AS due_event FROM inbox i
             WHERE i.tenant_id = $1 AND i.due_at <= $2 ORDER BY i.due_at LIMIT $4 " pg("FOR UPDATE SKIP LOCKED") ")
         UPDATE inbox SET due_at = $3, attempts = attempts + 1
         FROM due WHERE tenant_id = $1 AND event_id = due_event
         RETURNING " [event_columns]
    }
    Global NEXT_DUE { "SELECT MIN(due_at) FROM inbox WHERE due_at IS NOT NULL" }
    Tenant END_EVENT {
        "UPDATE inbox SET state = $3, outcome = $4, due_at = NULL, worked_at = $5
         WHERE tenant_id = $1 AND event_id = $2 AND state = 'waiting'"
    }
    Tenant POSTPONE_EVENT {
        "UPDATE inbox SET outcome = $3, due_at = $4 WHERE tenant_id = $1 AND event_id = $2 AND state = 'waiting'"
    }
    Tenant RETRY_EVENT {
        "UPDATE inbox SET state = 'waiting', due_at = $3 WHERE tenant_id = $1 AND event_id = $2 AND state = 'failed'"
    }
    Tenant RETRY_FAILED {
        "UPDATE inbox SET state = 'waiting', due_at = $2 WHERE tenant_id = $1 AND state = 'failed'"
    }
    Tenant GET_EVENT { "SELECT " [event_columns] " FROM inbox WHERE tenant_id = $1 AND event_id = $2" }
    /// A page, the newest first, without the bodies.
    Tenant LIST_OLDER {
        "SELECT tenant_id, event_id, feed, message_id, body_hash, kind, subject, '' AS body, received_at, deliveries,
             state, outcome, attempts, worked_at
         FROM inbox
         WHERE tenant_id = $1 AND (CAST($2 AS TEXT) IS NULL OR state = $2) AND (CAST($3 AS TEXT) IS NULL OR feed = $3)
           AND (CAST($4 AS TEXT) IS NULL OR subject = $4) AND (CAST($5 AS TEXT) IS NULL OR event_id < $5)
         ORDER BY event_id DESC LIMIT $6"
    }
    Tenant LIST_NEWER {
        "SELECT tenant_id, event_id, feed, message_id, body_hash, kind, subject, '' AS body, received_at, deliveries,
             state, outcome, attempts, worked_at
         FROM inbox
         WHERE tenant_id = $1 AND (CAST($2 AS TEXT) IS NULL OR state = $2) AND (CAST($3 AS TEXT) IS NULL OR feed = $3)
           AND (CAST($4 AS TEXT) IS NULL OR subject = $4) AND event_id > $5
         ORDER BY event_id LIMIT $6"
    }
    Tenant COUNT_STATES {
        "SELECT state, CAST(COUNT(*) AS BIGINT) AS events FROM inbox WHERE tenant_id = $1 AND state IN ('waiting', 'failed')
         GROUP BY state"
    }
    Global COUNT_ALL_STATES {
        "SELECT state, CAST(COUNT(*) AS BIGINT) AS events FROM inbox WHERE state IN ('waiting', 'failed') GROUP BY state"
    }
    /// Since when the oldest event is due that waits.
    Global FIND_OLDEST_DUE { "SELECT MIN(due_at) FROM inbox WHERE due_at IS NOT NULL" }
    /// Forgets what was worked off, or what nobody cared for.
    Global PURGE_EVENTS {
        "DELETE FROM inbox WHERE (state IN ('done', 'nothing') AND worked_at < $1) OR (state = 'failed' AND worked_at < $2)"
    }
}

/// An event in the inbox.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Event {
    /// Whose.
    pub tenant_id: TenantId,
    /// A UUID of version 7.
    pub event_id: String,
    /// At which address it arrived.
    #[sqlx(try_from = "String")]
    pub feed: Feed,
    /// What the sender calls it.
    pub message_id: String,
    /// SHA-256 of the body, in hexadecimal.
    pub body_hash: String,
    /// What happened, such as `order.updated`; empty when nobody says it.
    pub kind: String,
    /// The order, the return or the customer that it is about.
    pub subject: Option<String>,
    /// JSON, as it came; empty in lists.
    pub body: String,
    /// When it first arrived.
    pub received_at: Timestamp,
    /// How often it arrived.
    pub deliveries: i64,
    /// Where the work on it stands.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// What became of it, or why it failed: see [`crate::domain::feed::Became`], and a text in English in older rows.
    pub outcome: Option<String>,
    /// How often it was begun to be worked off.
    pub attempts: i64,
    /// When it was worked off, or failed.
    pub worked_at: Option<Timestamp>,
}

impl TryFrom<String> for State {
    type Error = crate::domain::invalid::Invalid;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

/// What a list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Those that stand so.
    pub state: Option<State>,
    /// Those of one feed.
    pub feed: Option<Feed>,
    /// Those about one order, return or customer.
    pub subject: Option<String>,
}

/// A page of a list, by the event that it lies next to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventPage {
    /// The newest.
    Newest,
    /// Those older than an event.
    OlderThan(String),
    /// Those newer than an event.
    NewerThan(String),
}

/// How many events wait, and how many failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventCounts {
    /// To be worked off.
    pub waiting: i64,
    /// To be looked at by somebody.
    pub failed: i64,
}

/// Keeps an event; says whether it is new.
pub async fn insert(tx: &mut Tx, event: &Event) -> Result<bool, DbError> {
    let written = tx
        .query(INSERT_EVENT)
        .bind(&event.tenant_id)
        .bind(&event.event_id)
        .bind(event.feed.as_str())
        .bind(&event.message_id)
        .bind(&event.body_hash)
        .bind(&event.kind)
        .bind(event.subject.as_deref())
        .bind(&event.body)
        .bind(event.received_at)
        .run()
        .await?;
    Ok(written > 0)
}

/// Counts a message that arrived before, and gives the event that is kept of it.
pub async fn see_again(
    tx: &mut Tx,
    tenant: &TenantId,
    feed: Feed,
    message_id: &str,
    now: Timestamp,
) -> Result<Event, DbError> {
    tx.query(SEE_AGAIN).bind(tenant).bind(feed.as_str()).bind(message_id).bind(now).one().await
}

/// When the next event is due, if any waits.
pub async fn next_due(db: &Db) -> Result<Option<Timestamp>, DbError> {
    let (next,): (Option<Timestamp>,) = db.query(NEXT_DUE).one().await?;
    Ok(next)
}

/// At most `limit` tenants with events that are due, in the order of their ids, behind the one called `after`.
pub async fn waiting_tenants(tx: &mut Tx, after: &str, now: Timestamp, limit: i64) -> Result<Vec<TenantId>, DbError> {
    let found: Vec<(TenantId,)> = tx.query(LIST_WAITING_TENANTS).bind(after).bind(now).bind(limit).all().await?;
    Ok(found.into_iter().map(|(tenant,)| tenant).collect())
}

/// Takes at most `limit` events of a tenant that are due, and holds them until `until`.
pub async fn claim(
    tx: &mut Tx,
    tenant: &TenantId,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Event>, DbError> {
    tx.query(CLAIM_EVENTS).bind(tenant).bind(now).bind(until).bind(limit).all().await
}

/// Ends the work on an event; one that another replica has ended meanwhile stays as it is.
pub async fn end(
    tx: &mut Tx,
    event: &Event,
    state: State,
    outcome: Option<&str>,
    now: Timestamp,
) -> Result<(), DbError> {
    let query = tx.query(END_EVENT).bind(&event.tenant_id).bind(&event.event_id);
    query.bind(state.as_str()).bind(outcome).bind(now).run().await.map(drop)
}

/// Puts off the work on an event.
pub async fn postpone(tx: &mut Tx, event: &Event, reason: &str, until: Timestamp) -> Result<(), DbError> {
    tx.query(POSTPONE_EVENT).bind(&event.tenant_id).bind(&event.event_id).bind(reason).bind(until).run().await.map(drop)
}

/// Gives a failed event another try; says whether there was one.
pub async fn retry(tx: &mut Tx, tenant: &TenantId, event_id: &str, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.query(RETRY_EVENT).bind(tenant).bind(event_id).bind(now).run().await? > 0)
}

/// Gives all failed events of a tenant another try; says how many.
pub async fn retry_failed(tx: &mut Tx, tenant: &TenantId, now: Timestamp) -> Result<u64, DbError> {
    tx.query(RETRY_FAILED).bind(tenant).bind(now).run().await
}

/// One event.
pub async fn find(db: &Db, tenant: &TenantId, event_id: &str) -> Result<Option<Event>, DbError> {
    db.query(GET_EVENT).bind(tenant).bind(event_id).optional().await
}

/// At most `limit` events of a page, the newest first, without their bodies.
pub async fn list(
    db: &Db,
    tenant: &TenantId,
    filter: &EventFilter,
    page: &EventPage,
    limit: i64,
) -> Result<Vec<Event>, DbError> {
    let query = |sql| {
        db.query(sql)
            .bind(tenant)
            .bind(filter.state.map(State::as_str))
            .bind(filter.feed.map(Feed::as_str))
            .bind(filter.subject.as_deref())
    };
    match page {
        EventPage::Newest => query(LIST_OLDER).bind(None::<&str>).bind(limit).all().await,
        EventPage::OlderThan(event) => query(LIST_OLDER).bind(Some(event.as_str())).bind(limit).all().await,
        EventPage::NewerThan(event) => {
            let mut events: Vec<Event> = query(LIST_NEWER).bind(event.as_str()).bind(limit).all().await?;
            events.reverse();
            Ok(events)
        }
    }
}

fn counts(rows: &[(String, i64)]) -> EventCounts {
    let of = |state: State| rows.iter().find(|(name, _)| name == state.as_str()).map_or(0, |(_, events)| *events);
    EventCounts { waiting: of(State::Waiting), failed: of(State::Failed) }
}

/// How many events of a tenant wait, and how many failed.
pub async fn count(db: &Db, tenant: &TenantId) -> Result<EventCounts, DbError> {
    Ok(counts(&db.query(COUNT_STATES).bind(tenant).all::<(String, i64)>().await?))
}

/// The same for all tenants together.
pub async fn count_all(db: &Db) -> Result<EventCounts, DbError> {
    Ok(counts(&db.query(COUNT_ALL_STATES).all::<(String, i64)>().await?))
}

/// Since when the oldest event is due that waits; `None` when none does.
pub async fn oldest_due(db: &Db) -> Result<Option<Timestamp>, DbError> {
    Ok(db.query(FIND_OLDEST_DUE).one::<(Option<Timestamp>,)>().await?.0)
}

/// Forgets events that were worked off before `worked`, and those that failed before `failed`; says how many.
pub async fn purge(tx: &mut Tx, worked: Timestamp, failed: Timestamp) -> Result<u64, DbError> {
    tx.query(PURGE_EVENTS).bind(worked).bind(failed).run().await
}
