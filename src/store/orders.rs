//! Orders and what came back of them.
//!
//! Like the ledger's own tables they are written many at a time, one statement per table.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use sqlx::FromRow;

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    actor::{Actor, ActorKind},
    ids::{CustomerId, EntryId, OrderId, ReturnId, SiteCode, TenantId},
    money::Currency,
    order::{
        EntryRef, Order,
        earning::Award,
        returned::{Applied, Content, Return},
        snapshot::{self, Item, OrderStatus, Snapshot},
    },
    site::Shortfall,
    time::Timestamp,
};

macro_rules! order_columns {
    () => {
        "o.tenant_id, o.order_id, o.customer_id, o.site_code, o.status, o.currency, o.totals, o.items, o.completed_at,
         o.points, o.rule_version, o.working, o.available_from, o.valid_until, o.shortfall, o.account_id, o.entry_seq,
         o.entry_id, o.actor_kind, o.actor_id, o.created_at, o.modified_at"
    };
}

macro_rules! return_columns {
    () => {
        "r.tenant_id, r.order_id, r.return_id, r.content, r.due, r.taken, r.owed, r.account_id, r.entry_seq, r.entry_id,
         r.actor_kind, r.actor_id, r.created_at, r.applied_at"
    };
}

statements! {
    /// Makes the orders that nothing is known of yet, so that there is a row to lock.
    Tenant CREATE_ORDERS {
        "INSERT INTO orders (tenant_id, order_id, actor_kind, actor_id, created_at, modified_at)
         SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, CAST($2 AS BIGINT), CAST($2 AS BIGINT)
         FROM " rows " WHERE TRUE"
        " ON CONFLICT DO NOTHING"
    }
    /// Reads orders under a lock held to the end of the transaction, in one order for every transaction.
    Tenant LOCK_ORDERS {
        "SELECT " [order_columns] " FROM " rows "
         JOIN orders o ON o.tenant_id = j.value ->> 0 AND o.order_id = j.value ->> 1
         ORDER BY o.tenant_id, o.order_id " pg("FOR NO KEY UPDATE OF o")
    }
    Tenant LIST_RETURNS {
        "SELECT " [return_columns] " FROM " rows "
         JOIN order_returns r ON r.tenant_id = j.value ->> 0 AND r.order_id = j.value ->> 1
         ORDER BY r.tenant_id, r.order_id, r.created_at, r.return_id"
    }
    Tenant GET_ORDER { "SELECT " [order_columns] " FROM orders o WHERE o.tenant_id = $1 AND o.order_id = $2" }
    Tenant UPDATE_ORDERS {
        "UPDATE orders SET customer_id = n.customer, site_code = n.site, status = n.status, currency = n.currency,
             totals = n.totals, items = n.items, completed_at = n.completed_at, points = n.points,
             rule_version = n.rule_version, working = n.working, available_from = n.available_from,
             valid_until = n.valid_until, shortfall = n.shortfall, account_id = n.account, entry_seq = n.seq,
             entry_id = n.entry, actor_kind = n.actor_kind, actor_id = n.actor_id, modified_at = n.modified_at
         FROM (SELECT j.value ->> 0 AS tenant, j.value ->> 1 AS id, j.value ->> 2 AS customer, j.value ->> 3 AS site,
                   j.value ->> 4 AS status, j.value ->> 5 AS currency, j.value ->> 6 AS totals, j.value ->> 7 AS items,
                   CAST(j.value ->> 8 AS BIGINT) AS completed_at, CAST(j.value ->> 9 AS BIGINT) AS points,
                   CAST(j.value ->> 10 AS BIGINT) AS rule_version, j.value ->> 11 AS working,
                   CAST(j.value ->> 12 AS BIGINT) AS available_from, CAST(j.value ->> 13 AS BIGINT) AS valid_until,
                   j.value ->> 14 AS shortfall, CAST(j.value ->> 15 AS BIGINT) AS account,
                   CAST(j.value ->> 16 AS BIGINT) AS seq, j.value ->> 17 AS entry, j.value ->> 18 AS actor_kind,
                   j.value ->> 19 AS actor_id, CAST(j.value ->> 20 AS BIGINT) AS modified_at
               FROM " rows ") AS n
         WHERE orders.tenant_id = n.tenant AND orders.order_id = n.id"
    }
    /// A return is written when it arrives, and once more when it is applied.
    Tenant WRITE_RETURNS {
        "INSERT INTO order_returns (tenant_id, order_id, return_id, content, due, taken, owed, account_id, entry_seq,
             entry_id, actor_kind, actor_id, created_at, applied_at)
         SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, CAST(j.value ->> 4 AS BIGINT),
             CAST(j.value ->> 5 AS BIGINT), CAST(j.value ->> 6 AS BIGINT), CAST(j.value ->> 7 AS BIGINT),
             CAST(j.value ->> 8 AS BIGINT), j.value ->> 9, j.value ->> 10, j.value ->> 11,
             CAST(j.value ->> 12 AS BIGINT), CAST(j.value ->> 13 AS BIGINT)
         FROM " rows " WHERE TRUE"
        " ON CONFLICT (tenant_id, order_id, return_id) DO UPDATE SET due = excluded.due, taken = excluded.taken,
             owed = excluded.owed, account_id = excluded.account_id, entry_seq = excluded.entry_seq,
             entry_id = excluded.entry_id, applied_at = excluded.applied_at"
    }
    /// A customer's orders, the newest first.
    Tenant LIST_ORDERS_OF {
        "SELECT " [order_columns] " FROM orders o
         WHERE o.tenant_id = $1 AND o.customer_id = $2 ORDER BY o.created_at DESC, o.order_id LIMIT $3"
    }
    /// The orders whose points some accounts got, for the proof.
    Tenant PAGE_ORDERS {
        "SELECT " [order_columns] " FROM orders o
         WHERE o.tenant_id = $1 AND o.account_id > $2 AND o.account_id <= $3 ORDER BY o.account_id, o.entry_seq"
    }
    Tenant PAGE_RETURNS {
        "SELECT " [return_columns] " FROM orders o
         JOIN order_returns r ON r.tenant_id = o.tenant_id AND r.order_id = o.order_id
         WHERE o.tenant_id = $1 AND o.account_id > $2 AND o.account_id <= $3
         ORDER BY r.order_id, r.created_at, r.return_id"
    }
}

#[derive(FromRow)]
struct OrderRow {
    tenant_id: TenantId,
    order_id: OrderId,
    customer_id: Option<CustomerId>,
    site_code: Option<SiteCode>,
    status: Option<String>,
    currency: Option<String>,
    totals: Option<String>,
    items: Option<String>,
    completed_at: Option<Timestamp>,
    points: Option<i64>,
    rule_version: Option<i64>,
    working: Option<String>,
    available_from: Option<Timestamp>,
    valid_until: Option<Timestamp>,
    shortfall: Option<String>,
    account_id: Option<i64>,
    entry_seq: Option<i64>,
    entry_id: Option<EntryId>,
    actor_kind: String,
    actor_id: String,
    created_at: Timestamp,
    modified_at: Timestamp,
}

#[derive(FromRow)]
struct ReturnRow {
    tenant_id: TenantId,
    order_id: OrderId,
    return_id: ReturnId,
    content: String,
    due: Option<i64>,
    taken: i64,
    owed: i64,
    account_id: Option<i64>,
    entry_seq: Option<i64>,
    entry_id: Option<EntryId>,
    actor_kind: String,
    actor_id: String,
    created_at: Timestamp,
    applied_at: Option<Timestamp>,
}

fn entry_ref(account_id: Option<i64>, seq: Option<i64>, entry_id: Option<EntryId>) -> Option<EntryRef> {
    Some(EntryRef { account_id: account_id?, seq: seq?, entry_id: entry_id? })
}

fn actor(kind: &str, id: String) -> Option<Actor> {
    Some(Actor { kind: ActorKind::parse(kind).ok()?, id })
}

impl OrderRow {
    fn into_order(self, returns: Vec<Return>) -> Result<Order, DbError> {
        let broken = DbError::Damaged(format!("order {}", self.order_id));
        self.read(returns).ok_or(broken)
    }

    fn read(self, returns: Vec<Return>) -> Option<Order> {
        let snapshot = match (self.status, self.currency, self.totals, self.items, self.site_code) {
            (None, None, None, None, None) => None,
            (status, currency, totals, items, site) => {
                let (totals, items) = snapshot::from_stored(&totals?, &items?).ok()?;
                Some(Snapshot {
                    customer: self.customer_id,
                    site: site?,
                    status: OrderStatus::parse(&status?).ok()?,
                    currency: Currency::parse(&currency?).ok()?,
                    totals,
                    items,
                    completed_at: self.completed_at,
                })
            }
        };
        let award = match self.points {
            None => None,
            Some(points) => Some(Award {
                points,
                rule_version: self.rule_version,
                working: self.working,
                available_from: self.available_from,
                valid_until: self.valid_until?,
                shortfall: Shortfall::parse(&self.shortfall?).ok()?,
            }),
        };
        Some(Order {
            id: self.order_id,
            snapshot,
            award,
            entry: entry_ref(self.account_id, self.entry_seq, self.entry_id),
            returns,
            actor: actor(&self.actor_kind, self.actor_id)?,
            created_at: self.created_at,
            modified_at: self.modified_at,
        })
    }
}

impl ReturnRow {
    fn into_return(self) -> Result<Return, DbError> {
        let broken = DbError::Damaged(format!("return {} of order {}", self.return_id, self.order_id));
        self.read().ok_or(broken)
    }

    fn read(self) -> Option<Return> {
        let content: Map<String, Value> = serde_json::from_str(&self.content).ok()?;
        let applied = match (self.due, self.applied_at) {
            (Some(due), Some(at)) => {
                let entry = entry_ref(self.account_id, self.entry_seq, self.entry_id);
                Some(Applied { due, taken: self.taken, owed: self.owed, entry, at })
            }
            _ => None,
        };
        Some(Return {
            id: self.return_id,
            content: Content::from_json(&content).ok()?,
            applied,
            actor: actor(&self.actor_kind, self.actor_id)?,
            created_at: self.created_at,
        })
    }
}

/// Orders with their tenants, and their returns put beside them.
fn with_returns(orders: Vec<OrderRow>, returns: Vec<ReturnRow>) -> Result<Vec<(TenantId, Order)>, DbError> {
    let mut by_order: HashMap<(TenantId, OrderId), Vec<Return>> = HashMap::new();
    for row in returns {
        let name = (row.tenant_id.clone(), row.order_id.clone());
        by_order.entry(name).or_default().push(row.into_return()?);
    }
    let whole = |row: OrderRow| {
        let name = (row.tenant_id.clone(), row.order_id.clone());
        let returns = by_order.remove(&name).unwrap_or_default();
        Ok((name.0, row.into_order(returns)?))
    };
    orders.into_iter().map(whole).collect()
}

/// An order as far as it is known.
pub async fn find(db: &Db, tenant: &TenantId, id: &OrderId) -> Result<Option<Order>, DbError> {
    let mut tx = db.snapshot().await?;
    let Some(row) = tx.query(GET_ORDER).bind(tenant).bind(id).optional::<OrderRow>().await? else { return Ok(None) };
    let returns = returns_of(&mut tx, &[(tenant, id)]).await?;
    Ok(with_returns(vec![row], returns)?.pop().map(|(_, order)| order))
}

/// A customer's orders, the newest first.
pub async fn of_customer(
    tx: &mut Tx,
    tenant: &TenantId,
    customer: &CustomerId,
    limit: i64,
) -> Result<Vec<Order>, DbError> {
    let rows: Vec<OrderRow> = tx.query(LIST_ORDERS_OF).bind(tenant).bind(customer).bind(limit).all().await?;
    let names: Vec<OrderId> = rows.iter().map(|row| row.order_id.clone()).collect();
    let names: Vec<_> = names.iter().map(|id| (tenant, id)).collect();
    let returns = returns_of(tx, &names).await?;
    Ok(with_returns(rows, returns)?.into_iter().map(|(_, order)| order).collect())
}

async fn returns_of(tx: &mut Tx, orders: &[(&TenantId, &OrderId)]) -> Result<Vec<ReturnRow>, DbError> {
    let rows: Vec<_> = orders.iter().map(|(tenant, id)| [tenant.as_str(), id.as_str()]).collect();
    tx.query(LIST_RETURNS).bind(json!(rows).to_string()).all().await
}

/// Makes the orders of `new` that are missing, and locks them and those of `known`. All of them are given, in the
/// order of tenants and numbers.
pub async fn hold(
    tx: &mut Tx,
    new: &[(&TenantId, &OrderId, &Actor)],
    known: &[(&TenantId, &OrderId)],
    now: Timestamp,
) -> Result<Vec<(TenantId, Order)>, DbError> {
    let mut names: Vec<_> = new.iter().map(|(tenant, id, _)| (*tenant, *id)).chain(known.iter().copied()).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    if !new.is_empty() {
        // Sorted, so that two transactions that make the same orders wait for each other in one order.
        let mut rows: Vec<_> = new
            .iter()
            .map(|(tenant, id, actor)| [tenant.as_str(), id.as_str(), actor.kind.as_str(), actor.id.as_str()])
            .collect();
        rows.sort_unstable();
        tx.query(CREATE_ORDERS).bind(json!(rows).to_string()).bind(now).run().await?;
    }
    let rows: Vec<_> = names.iter().map(|(tenant, id)| [tenant.as_str(), id.as_str()]).collect();
    let orders = tx.query(LOCK_ORDERS).bind(json!(rows).to_string()).all::<OrderRow>().await?;
    let returns = returns_of(tx, &names).await?;
    with_returns(orders, returns)
}

fn micros(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::micros)
}

fn order_row(tenant: &TenantId, order: &Order) -> Value {
    let (snapshot, award, entry) = (order.snapshot.as_ref(), order.award.as_ref(), order.entry.as_ref());
    json!([
        tenant.as_str(),
        order.id.as_str(),
        snapshot.and_then(|s| s.customer.as_ref()).map(CustomerId::as_str),
        snapshot.map(|s| s.site.as_str()),
        snapshot.map(|s| s.status.as_str()),
        snapshot.map(|s| s.currency.as_str()),
        snapshot.map(|s| s.totals.to_json().to_string()),
        snapshot.map(|s| Item::list_to_json(&s.items).to_string()),
        snapshot.and_then(|s| micros(s.completed_at)),
        award.map(|a| a.points),
        award.and_then(|a| a.rule_version),
        award.and_then(|a| a.working.as_deref()),
        award.and_then(|a| micros(a.available_from)),
        award.map(|a| a.valid_until.micros()),
        award.map(|a| a.shortfall.as_str()),
        entry.map(|e| e.account_id),
        entry.map(|e| e.seq),
        entry.map(|e| e.entry_id.as_str()),
        order.actor.kind.as_str(),
        order.actor.id,
        order.modified_at.micros()
    ])
}

fn return_row(tenant: &TenantId, order: &OrderId, one: &Return) -> Value {
    let applied = one.applied.as_ref();
    let entry = applied.and_then(|a| a.entry.as_ref());
    json!([
        tenant.as_str(),
        order.as_str(),
        one.id.as_str(),
        one.content.to_json().to_string(),
        applied.map(|a| a.due),
        applied.map_or(0, |a| a.taken),
        applied.map_or(0, |a| a.owed),
        entry.map(|e| e.account_id),
        entry.map(|e| e.seq),
        entry.map(|e| e.entry_id.as_str()),
        one.actor.kind.as_str(),
        one.actor.id,
        one.created_at.micros(),
        applied.map(|a| a.at.micros())
    ])
}

/// Writes orders that are locked, with all of their returns.
pub async fn save(tx: &mut Tx, orders: &[(&TenantId, &Order)]) -> Result<(), DbError> {
    let heads: Vec<Value> = orders.iter().map(|(tenant, order)| order_row(tenant, order)).collect();
    let of = |(tenant, order): &(&TenantId, &Order)| -> Vec<Value> {
        order.returns.iter().map(|one| return_row(tenant, &order.id, one)).collect()
    };
    let returns: Vec<Value> = orders.iter().flat_map(of).collect();
    for (sql, rows) in [(UPDATE_ORDERS, heads), (WRITE_RETURNS, returns)] {
        if !rows.is_empty() {
            tx.query(sql).bind(Value::Array(rows).to_string()).run().await?;
        }
    }
    Ok(())
}

/// The orders whose points the accounts behind the number `after` up to `last` got, each with its account.
pub async fn page(tx: &mut Tx, tenant: &TenantId, after: i64, last: i64) -> Result<Vec<(i64, Order)>, DbError> {
    let orders = tx.query(PAGE_ORDERS).bind(tenant).bind(after).bind(last).all::<OrderRow>().await?;
    let returns = tx.query(PAGE_RETURNS).bind(tenant).bind(after).bind(last).all::<ReturnRow>().await?;
    let whose: Vec<i64> = orders.iter().filter_map(|row| row.account_id).collect();
    let orders = with_returns(orders, returns)?;
    Ok(whose.into_iter().zip(orders.into_iter().map(|(_, order)| order)).collect())
}
