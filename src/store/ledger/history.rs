//! Entries as people read them: with names, notes, coupons, and what mends what.

use sqlx::FromRow;

use super::{
    links::kind_of,
    rows::{EntryRow, entry_columns},
};
use crate::{
    domain::{
        actor::ActorKind,
        ids::{CustomerId, EntryId, TenantId},
        ledger::entry::{Entry, EntryKind},
        time::Timestamp,
    },
    store::{Db, DbError, Tx, sql::statements},
};

macro_rules! story_columns {
    () => {
        "a.customer_id AS whose, p.name AS whose_name, eu.name AS employee, ec.name AS client,
         n.note, l.remaining, w.label AS reason_label,
         r.code AS coupon, r.cancelled_at AS coupon_cancelled_at, k.valid_until AS coupon_until,
         k.redemption_count AS coupon_uses, k.max_redemptions AS coupon_uses_max,
         o.seq AS mends_seq, o.kind AS mends_kind, o.points AS mends_points, o.recorded_at AS mends_at,
         m.seq AS mended_seq, m.entry_id AS mended_id, m.recorded_at AS mended_at, m.actor_kind AS mended_kind,
         mu.name AS mended_by"
    };
}

/// Everything that is told beside an entry, each found by a key.
macro_rules! story_joins {
    () => {
        "JOIN accounts a ON a.tenant_id = e.tenant_id AND a.account_id = e.account_id
         LEFT JOIN customers p ON p.tenant_id = a.tenant_id AND p.customer_id = a.customer_id
         LEFT JOIN users eu ON e.actor_kind = 'employee' AND eu.user_id = e.actor_id
         LEFT JOIN api_clients ec ON e.actor_kind = 'client' AND ec.tenant_id = e.tenant_id AND ec.client_id = e.actor_id
         LEFT JOIN entry_notes n ON n.tenant_id = e.tenant_id AND n.account_id = e.account_id AND n.seq = e.seq
         LEFT JOIN lots l ON l.tenant_id = e.tenant_id AND l.account_id = e.account_id AND l.seq = e.seq
         LEFT JOIN reasons w ON w.tenant_id = e.tenant_id AND w.code = e.reason
         LEFT JOIN redemptions r ON r.tenant_id = e.tenant_id AND r.redemption_id = e.redemption_id
         LEFT JOIN coupons k ON k.tenant_id = r.tenant_id AND k.code = r.code
         LEFT JOIN entries o ON o.tenant_id = e.tenant_id AND o.entry_id = e.mends
         LEFT JOIN entries m ON m.tenant_id = e.tenant_id AND m.account_id = e.account_id AND m.seq = (
             SELECT MIN(x.seq) FROM entries x
             WHERE x.tenant_id = e.tenant_id AND x.account_id = e.account_id AND x.mends = e.entry_id)
         LEFT JOIN users mu ON m.actor_kind = 'employee' AND mu.user_id = m.actor_id"
    };
}

/// A kind is a range of one, so that an index serves with and without: `$6` to `$7`.
macro_rules! ledger_filters {
    () => {
        "e.tenant_id = $1 AND e.recorded_at >= $5 AND e.kind >= $6 AND e.kind <= $7"
    };
}

statements! {
    /// The newest first, below `$3`, of up to three kinds.
    Tenant LIST_TIMELINE {
        "SELECT " [entry_columns] ", " [story_columns] " FROM entries e " [story_joins] "
         WHERE e.tenant_id = $1 AND e.account_id = $2 AND e.seq < $3
             AND (CAST($4 AS TEXT) IS NULL OR e.kind IN ($4, $5, $6))
         ORDER BY e.seq DESC LIMIT $7"
    }
    Tenant GET_STORY {
        "SELECT " [entry_columns] ", " [story_columns] " FROM entries e " [story_joins] "
         WHERE e.tenant_id = $1 AND e.account_id = $2 AND e.entry_id = $3"
    }
    /// The newest first, before the place `$2`, `$3`, `$4`.
    Tenant LIST_LEDGER {
        "SELECT " [entry_columns] ", " [story_columns] " FROM entries e " [story_joins] "
         WHERE " [ledger_filters] " AND (e.recorded_at, e.account_id, e.seq) < ($2, $3, $4)
             AND (CAST($8 AS TEXT) IS NULL OR e.actor_kind = $8 AND (CAST($9 AS TEXT) IS NULL OR e.actor_id = $9))
         ORDER BY e.recorded_at DESC, e.account_id DESC, e.seq DESC LIMIT $10"
    }
    /// The oldest first, behind the place `$2`, `$3`, `$4` and before `$11`.
    Tenant LIST_LEDGER_UP {
        "SELECT " [entry_columns] ", " [story_columns] " FROM entries e " [story_joins] "
         WHERE " [ledger_filters] " AND (e.recorded_at, e.account_id, e.seq) > ($2, $3, $4) AND e.recorded_at < $11
             AND (CAST($8 AS TEXT) IS NULL OR e.actor_kind = $8 AND (CAST($9 AS TEXT) IS NULL OR e.actor_id = $9))
         ORDER BY e.recorded_at, e.account_id, e.seq LIMIT $10"
    }
    /// The same of one employee, by an index of its own: what employees do is a small part of a ledger.
    Tenant LIST_LEDGER_OF_EMPLOYEE {
        "SELECT " [entry_columns] ", " [story_columns] " FROM entries e " [story_joins] "
         WHERE " [ledger_filters] " AND (e.recorded_at, e.account_id, e.seq) < ($2, $3, $4)
             AND e.actor_kind = 'employee' AND e.actor_id = $8
         ORDER BY e.recorded_at DESC, e.account_id DESC, e.seq DESC LIMIT $9"
    }
    Tenant LIST_LEDGER_OF_EMPLOYEE_UP {
        "SELECT " [entry_columns] ", " [story_columns] " FROM entries e " [story_joins] "
         WHERE " [ledger_filters] " AND (e.recorded_at, e.account_id, e.seq) > ($2, $3, $4) AND e.recorded_at < $10
             AND e.actor_kind = 'employee' AND e.actor_id = $8
         ORDER BY e.recorded_at, e.account_id, e.seq LIMIT $9"
    }
    Tenant SUM_BY_KIND {
        "SELECT kind, COUNT(*), CAST(COALESCE(SUM(points), 0) AS BIGINT) FROM entries
         WHERE tenant_id = $1 AND account_id = $2 GROUP BY kind"
    }
    /// When the points that can be spent at `$3` end, and how many each time.
    Tenant LIST_ENDS {
        "SELECT valid_until, CAST(SUM(remaining) AS BIGINT), COUNT(*) FROM lots
         WHERE tenant_id = $1 AND account_id = $2 AND remaining > 0 AND valid_until > $3
             AND (available_from IS NULL OR available_from <= $3)
         GROUP BY valid_until ORDER BY valid_until LIMIT $4"
    }
    /// When points that cannot be spent yet begin.
    Tenant LIST_BEGINS {
        "SELECT available_from, CAST(SUM(remaining) AS BIGINT), COUNT(*) FROM lots
         WHERE tenant_id = $1 AND account_id = $2 AND remaining > 0 AND available_from > $3
         GROUP BY available_from ORDER BY available_from LIMIT $4"
    }
    Tenant GET_FIRST_ENTRY_TIME {
        "SELECT created_at FROM accounts WHERE tenant_id = $1 AND account_id = $2"
    }
    /// Who has written in this ledger as an employee or a client.
    Tenant LIST_CLIENTS { "SELECT client_id, name FROM api_clients WHERE tenant_id = $1 ORDER BY name, client_id" }
    Tenant LIST_EMPLOYEES {
        "SELECT u.user_id, u.name FROM memberships m JOIN users u ON u.user_id = m.user_id
         WHERE m.tenant_id = $1 ORDER BY u.name, u.user_id"
    }
}

/// A coupon beside the entry that paid for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouponBrief {
    /// Its code.
    pub code: String,
    /// When the exchange was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// Up to when it can be used.
    pub until: Option<Timestamp>,
    /// Whether it was used as often as it may be.
    pub is_used: bool,
}

/// The entry that another one mends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// Its place in the account.
    pub seq: i64,
    /// What it is.
    pub kind: EntryKind,
    /// Its points.
    pub points: i64,
    /// When it was recorded.
    pub at: Timestamp,
}

/// The entry by which another one was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mending {
    /// Its place in the account.
    pub seq: i64,
    /// Its id.
    pub entry_id: EntryId,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who did it, when that was an employee who still exists.
    pub by: Option<String>,
}

/// An entry with what is told beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// The ledger's number of the account.
    pub account_id: i64,
    /// The entry; its takes are told by [`super::links::taken`].
    pub entry: Entry,
    /// Whose account.
    pub customer: CustomerId,
    /// The person's name.
    pub customer_name: Option<String>,
    /// The name of the employee or the client who did it.
    pub actor_name: Option<String>,
    /// What employees wrote for each other.
    pub note: Option<String>,
    /// What the tenant calls the entry's reason, when it has words of its own for it.
    pub reason_label: Option<String>,
    /// What remains of the points of a crediting entry.
    pub remaining: Option<i64>,
    /// The coupon that the points were exchanged for.
    pub coupon: Option<CouponBrief>,
    /// The entry that this one mends.
    pub mends: Option<Mended>,
    /// The entry that mends this one.
    pub mended: Option<Mending>,
}

#[derive(FromRow)]
struct StoryRow {
    #[sqlx(flatten)]
    entry: EntryRow,
    whose: CustomerId,
    whose_name: Option<String>,
    employee: Option<String>,
    client: Option<String>,
    note: Option<String>,
    remaining: Option<i64>,
    reason_label: Option<String>,
    coupon: Option<String>,
    coupon_cancelled_at: Option<Timestamp>,
    coupon_until: Option<Timestamp>,
    coupon_uses: Option<i64>,
    coupon_uses_max: Option<i64>,
    mends_seq: Option<i64>,
    mends_kind: Option<String>,
    mends_points: Option<i64>,
    mends_at: Option<Timestamp>,
    mended_seq: Option<i64>,
    mended_id: Option<EntryId>,
    mended_at: Option<Timestamp>,
    mended_by: Option<String>,
}

impl StoryRow {
    fn into_story(self) -> Result<Story, DbError> {
        let mends = match (self.mends_seq, self.mends_kind, self.mends_points, self.mends_at) {
            (Some(seq), Some(kind), Some(points), Some(at)) => Some(Mended { seq, kind: kind_of(&kind)?, points, at }),
            _ => None,
        };
        let mended = match (self.mended_seq, self.mended_id, self.mended_at) {
            (Some(seq), Some(entry_id), Some(at)) => Some(Mending { seq, entry_id, at, by: self.mended_by }),
            _ => None,
        };
        let uses = self.coupon_uses.zip(self.coupon_uses_max);
        let coupon = self.coupon.map(|code| CouponBrief {
            code,
            cancelled_at: self.coupon_cancelled_at,
            until: self.coupon_until,
            is_used: uses.is_some_and(|(uses, most)| most >= 0 && uses >= most),
        });
        Ok(Story {
            account_id: self.entry.account_id,
            entry: self.entry.into_entry(Vec::new())?,
            customer: self.whose,
            customer_name: self.whose_name,
            actor_name: self.employee.or(self.client),
            note: self.note,
            reason_label: self.reason_label,
            remaining: self.remaining,
            coupon,
            mends,
            mended,
        })
    }
}

fn stories(rows: Vec<StoryRow>) -> Result<Vec<Story>, DbError> {
    rows.into_iter().map(StoryRow::into_story).collect()
}

/// Entries of an account, the newest first, below the place `before`. `kinds`: at most three; none for all.
pub async fn timeline(
    tx: &mut Tx,
    tenant: &TenantId,
    account_id: i64,
    kinds: &[EntryKind],
    before: i64,
    limit: i64,
) -> Result<Vec<Story>, DbError> {
    let kind = |at: usize| kinds.get(at).or(kinds.first()).map(|kind| kind.as_str());
    let query = tx.query(LIST_TIMELINE).bind(tenant).bind(account_id).bind(before);
    stories(query.bind(kind(0)).bind(kind(1)).bind(kind(2)).bind(limit).all().await?)
}

/// One entry of an account.
pub async fn story(
    tx: &mut Tx,
    tenant: &TenantId,
    account_id: i64,
    entry_id: &EntryId,
) -> Result<Option<Story>, DbError> {
    let query = tx.query(GET_STORY).bind(tenant).bind(account_id).bind(entry_id);
    query.optional::<StoryRow>().await?.map(StoryRow::into_story).transpose()
}

/// A place in the tenant's ledger: time, account, entry.
pub type LedgerPlace = (Timestamp, i64, i64);

/// What the tenant's ledger is narrowed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerFilter {
    /// From this instant on.
    pub from: Timestamp,
    /// Before this instant.
    pub until: Timestamp,
    /// Of this kind.
    pub kind: Option<EntryKind>,
    /// By this kind of actor, or by this very one.
    pub actor: Option<(ActorKind, Option<String>)>,
}

impl LedgerFilter {
    fn kinds(&self) -> (&'static str, &'static str) {
        self.kind.map_or(("", "\u{10ffff}"), |kind| (kind.as_str(), kind.as_str()))
    }
}

/// Entries of all accounts, the newest first, before `before`; `None`: from the newest on.
pub async fn ledger(
    db: &Db,
    tenant: &TenantId,
    filter: &LedgerFilter,
    before: Option<LedgerPlace>,
    limit: i64,
) -> Result<Vec<Story>, DbError> {
    let place = before.unwrap_or((filter.until, i64::MIN, i64::MIN));
    let kinds = filter.kinds();
    let rows = if let Some((ActorKind::Employee, Some(id))) = &filter.actor {
        let query = db.query(LIST_LEDGER_OF_EMPLOYEE).bind(tenant).bind(place.0).bind(place.1).bind(place.2);
        query.bind(filter.from).bind(kinds.0).bind(kinds.1).bind(id).bind(limit).all().await?
    } else {
        let query = db.query(LIST_LEDGER).bind(tenant).bind(place.0).bind(place.1).bind(place.2);
        let query = query.bind(filter.from).bind(kinds.0).bind(kinds.1);
        let query = query.bind(filter.actor.as_ref().map(|(kind, _)| kind.as_str()));
        query.bind(filter.actor.as_ref().and_then(|(_, id)| id.as_deref())).bind(limit).all().await?
    };
    stories(rows)
}

/// Entries of all accounts, the oldest first, behind `after`.
pub async fn ledger_up(
    db: &Db,
    tenant: &TenantId,
    filter: &LedgerFilter,
    after: LedgerPlace,
    limit: i64,
) -> Result<Vec<Story>, DbError> {
    let kinds = filter.kinds();
    let rows = if let Some((ActorKind::Employee, Some(id))) = &filter.actor {
        let query = db.query(LIST_LEDGER_OF_EMPLOYEE_UP).bind(tenant).bind(after.0).bind(after.1).bind(after.2);
        let query = query.bind(filter.from).bind(kinds.0).bind(kinds.1).bind(id);
        query.bind(limit).bind(filter.until).all().await?
    } else {
        let query = db.query(LIST_LEDGER_UP).bind(tenant).bind(after.0).bind(after.1).bind(after.2);
        let query = query.bind(filter.from).bind(kinds.0).bind(kinds.1);
        let query = query.bind(filter.actor.as_ref().map(|(kind, _)| kind.as_str()));
        let query = query.bind(filter.actor.as_ref().and_then(|(_, id)| id.as_deref()));
        query.bind(limit).bind(filter.until).all().await?
    };
    stories(rows)
}

/// How many entries of each kind an account has, and the sum of their points.
pub async fn sums(tx: &mut Tx, tenant: &TenantId, account_id: i64) -> Result<Vec<(EntryKind, i64, i64)>, DbError> {
    let rows = tx.query(SUM_BY_KIND).bind(tenant).bind(account_id).all::<(String, i64, i64)>().await?;
    rows.into_iter().map(|(kind, count, points)| Ok((kind_of(&kind)?, count, points))).collect()
}

/// An instant at which points of an account end or begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Turn {
    /// When.
    pub at: Timestamp,
    /// How many points.
    pub points: i64,
    /// Of how many lots.
    pub lots: i64,
}

fn turns(rows: Vec<(Timestamp, i64, i64)>) -> Vec<Turn> {
    rows.into_iter().map(|(at, points, lots)| Turn { at, points, lots }).collect()
}

/// When the points that can be spent at `now` end, the soonest first.
pub async fn ends(
    tx: &mut Tx,
    tenant: &TenantId,
    account_id: i64,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Turn>, DbError> {
    Ok(turns(tx.query(LIST_ENDS).bind(tenant).bind(account_id).bind(now).bind(limit).all().await?))
}

/// When points that cannot be spent yet begin, the soonest first.
pub async fn begins(
    tx: &mut Tx,
    tenant: &TenantId,
    account_id: i64,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Turn>, DbError> {
    Ok(turns(tx.query(LIST_BEGINS).bind(tenant).bind(account_id).bind(now).bind(limit).all().await?))
}

/// When the account was made.
pub async fn made_at(tx: &mut Tx, tenant: &TenantId, account_id: i64) -> Result<Option<Timestamp>, DbError> {
    let row = tx.query(GET_FIRST_ENTRY_TIME).bind(tenant).bind(account_id).optional::<(Timestamp,)>().await?;
    Ok(row.map(|(at,)| at))
}

/// Somebody who may have written in a tenant's ledger.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Writer {
    /// The id that entries name.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// The members of a tenant and its API clients, by name.
pub async fn writers(db: &Db, tenant: &TenantId) -> Result<(Vec<Writer>, Vec<Writer>), DbError> {
    let writer = |(id, name): (String, String)| Writer { id, name };
    let employees = db.query(LIST_EMPLOYEES).bind(tenant).all::<(String, String)>().await?;
    let clients = db.query(LIST_CLIENTS).bind(tenant).all::<(String, String)>().await?;
    Ok((employees.into_iter().map(writer).collect(), clients.into_iter().map(writer).collect()))
}
