//! Adjustments that wait for a second person, and what was decided about them.

use sqlx::FromRow;

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    approval::{State, What},
    ids::{CustomerId, EntryId, SiteCode, TenantId, UserId},
    points::Points,
    time::Timestamp,
};

macro_rules! approval_columns {
    () => {
        "q.approval_id, q.state, q.what, q.customer_id, p.name AS customer_name, q.points, q.valid_until, q.site_code,
         q.reference_id, q.description, q.reason, r.label AS reason_label, q.private_note, q.undoes, q.asked_by,
         ua.name AS asker, q.asked_at, q.decided_by, ud.name AS decider, q.decided_at, q.decision_note
         FROM approvals q
         LEFT JOIN customers p ON p.tenant_id = q.tenant_id AND p.customer_id = q.customer_id
         LEFT JOIN reasons r ON r.tenant_id = q.tenant_id AND r.code = q.reason
         LEFT JOIN users ua ON ua.user_id = q.asked_by
         LEFT JOIN users ud ON ud.user_id = q.decided_by"
    };
}

statements! {
    Tenant INSERT_APPROVAL {
        "INSERT INTO approvals (tenant_id, approval_id, state, what, customer_id, points, valid_until, site_code,
             reference_id, description, reason, private_note, undoes, asked_by, asked_at)
         VALUES ($1, $2, 'open', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    }
    Tenant FIND_APPROVAL { "SELECT " [approval_columns] " WHERE q.tenant_id = $1 AND q.approval_id = $2" }
    /// Nobody else decides until the transaction ends.
    Tenant LOCK_APPROVAL {
        "SELECT state FROM approvals WHERE tenant_id = $1 AND approval_id = $2 " pg("FOR NO KEY UPDATE")
    }
    /// No row is touched when somebody decided in between.
    Tenant CLOSE_APPROVAL {
        "UPDATE approvals SET state = $3, decided_by = $4, decision_note = $5, decided_at = $6
         WHERE tenant_id = $1 AND approval_id = $2 AND state = 'open'"
    }
    /// The newest first.
    Tenant LIST_APPROVALS {
        "SELECT " [approval_columns] "
         WHERE q.tenant_id = $1 AND (CAST($2 AS TEXT) IS NULL OR q.state = $2)
           AND (CAST($3 AS TEXT) IS NULL OR q.approval_id < $3)
         ORDER BY q.approval_id DESC LIMIT $4"
    }
    /// What waits for one customer, the newest first.
    Tenant LIST_OPEN_OF_CUSTOMER {
        "SELECT " [approval_columns] "
         WHERE q.tenant_id = $1 AND q.customer_id = $2 AND q.state = 'open'
         ORDER BY q.approval_id DESC LIMIT $3"
    }
    Tenant FIND_OPEN_UNDO {
        "SELECT " [approval_columns] "
         WHERE q.tenant_id = $1 AND q.customer_id = $2 AND q.state = 'open' AND q.undoes = $3
         ORDER BY q.approval_id LIMIT 1"
    }
    Tenant COUNT_OPEN_OF_ASKER {
        "SELECT COUNT(*) FROM approvals WHERE tenant_id = $1 AND state = 'open' AND asked_by = $2"
    }
    /// Forgets what employees wrote about a customer.
    Tenant FORGET_NOTES {
        "UPDATE approvals SET private_note = NULL, decision_note = NULL
         WHERE tenant_id = $1 AND customer_id = $2"
    }
}

/// An adjustment that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApproval {
    /// A UUID of version 7.
    pub approval_id: String,
    /// What is asked for.
    pub what: What,
    /// Whose points.
    pub customer: CustomerId,
    /// How many.
    pub points: Points,
    /// When added points end; `None`: as the site's rule says when they are booked.
    pub valid_until: Option<Timestamp>,
    /// The site it concerns.
    pub site: Option<SiteCode>,
    /// What it is about.
    pub reference: Option<String>,
    /// What the customer will read.
    pub description: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What employees write for each other.
    pub private_note: Option<String>,
    /// The entry that is to be undone.
    pub undoes: Option<EntryId>,
    /// Who asks.
    pub asked_by: UserId,
    /// When.
    pub asked_at: Timestamp,
}

/// A request for approval.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Approval {
    /// A UUID of version 7.
    pub approval_id: String,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// What is asked for.
    #[sqlx(try_from = "String")]
    pub what: What,
    /// Whose points.
    pub customer_id: CustomerId,
    /// Their name, where it is known.
    pub customer_name: Option<String>,
    /// How many.
    pub points: Points,
    /// When added points end; `None`: as the site's rule says when they are booked.
    pub valid_until: Option<Timestamp>,
    /// The site it concerns.
    pub site_code: Option<SiteCode>,
    /// What it is about.
    pub reference_id: Option<String>,
    /// What the customer will read.
    pub description: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What the tenant calls this reason.
    pub reason_label: Option<String>,
    /// What employees write for each other.
    pub private_note: Option<String>,
    /// The entry that is to be undone.
    pub undoes: Option<EntryId>,
    /// Who asked.
    pub asked_by: UserId,
    /// Their name; `None` when the user is gone.
    pub asker: Option<String>,
    /// When.
    pub asked_at: Timestamp,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// Their name.
    pub decider: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// What they said about it.
    pub decision_note: Option<String>,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    /// Where it stands from now on.
    pub state: State,
    /// Who decides.
    pub by: &'a str,
    /// What they say about it.
    pub note: Option<&'a str>,
    /// When.
    pub at: Timestamp,
}

impl TryFrom<String> for State {
    type Error = crate::domain::invalid::Invalid;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl TryFrom<String> for What {
    type Error = crate::domain::invalid::Invalid;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

/// Keeps a request.
pub async fn insert(tx: &mut Tx, tenant: &TenantId, new: &NewApproval) -> Result<(), DbError> {
    let query = tx.query(INSERT_APPROVAL).bind(tenant).bind(&new.approval_id).bind(new.what.as_str());
    let query = query.bind(&new.customer).bind(new.points).bind(new.valid_until).bind(&new.site).bind(&new.reference);
    let query = query.bind(&new.description).bind(&new.reason).bind(&new.private_note).bind(&new.undoes);
    query.bind(&new.asked_by).bind(new.asked_at).run().await.map(drop)
}

/// One request.
pub async fn find(db: &Db, tenant: &TenantId, id: &str) -> Result<Option<Approval>, DbError> {
    db.query(FIND_APPROVAL).bind(tenant).bind(id).optional().await
}

/// Locks a request to the end of the transaction; says whether it is open.
pub async fn lock_open(tx: &mut Tx, tenant: &TenantId, id: &str) -> Result<bool, DbError> {
    let state: Option<(String,)> = tx.query(LOCK_APPROVAL).bind(tenant).bind(id).optional().await?;
    Ok(state.is_some_and(|(state,)| state == State::Open.as_str()))
}

/// Keeps what was decided; says whether the request was still open.
pub async fn close(tx: &mut Tx, tenant: &TenantId, id: &str, decision: &Decision<'_>) -> Result<bool, DbError> {
    let query = tx.query(CLOSE_APPROVAL).bind(tenant).bind(id).bind(decision.state.as_str()).bind(decision.by);
    Ok(query.bind(decision.note).bind(decision.at).run().await? > 0)
}

/// At most `limit` requests older than one, the newest first.
pub async fn list(
    db: &Db,
    tenant: &TenantId,
    state: Option<State>,
    older_than: Option<&str>,
    limit: i64,
) -> Result<Vec<Approval>, DbError> {
    let query = db.query(LIST_APPROVALS).bind(tenant).bind(state.map(State::as_str));
    query.bind(older_than).bind(limit).all().await
}

/// At most `limit` requests that wait for one customer, the newest first.
pub async fn open_of_customer(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    limit: i64,
) -> Result<Vec<Approval>, DbError> {
    db.query(LIST_OPEN_OF_CUSTOMER).bind(tenant).bind(customer).bind(limit).all().await
}

/// The request that waits to undo an entry.
pub async fn open_undo(
    tx: &mut Tx,
    tenant: &TenantId,
    customer: &CustomerId,
    entry: &EntryId,
) -> Result<Option<Approval>, DbError> {
    tx.query(FIND_OPEN_UNDO).bind(tenant).bind(customer).bind(entry).optional().await
}

/// How many requests of somebody are open.
pub async fn count_open_of(tx: &mut Tx, tenant: &TenantId, asker: &UserId) -> Result<i64, DbError> {
    let (open,): (i64,) = tx.query(COUNT_OPEN_OF_ASKER).bind(tenant).bind(asker).one().await?;
    Ok(open)
}

/// Forgets what employees wrote about a customer.
pub async fn forget_notes(tx: &mut Tx, tenant: &TenantId, customer: &CustomerId) -> Result<(), DbError> {
    tx.query(FORGET_NOTES).bind(tenant).bind(customer).run().await.map(drop)
}
