//! What a customer has, and how it came: the balance with the lists of points added and redeemed.

use std::collections::HashMap;

use crate::{
    domain::{
        ids::{CustomerId, EntryId, TenantId},
        ledger::entry::EntryKind,
        time::Timestamp,
    },
    store::{
        Db, DbError, Tx,
        ledger::{
            rows::UsageRow,
            summary::{self as rows, Line, OpenAccount},
        },
    },
};

/// Accounts read at once, at most. The first are fewer, so that the answer begins at once.
const PAGE_ACCOUNTS: i64 = 128;
const FIRST_PAGE_ACCOUNTS: i64 = 16;
/// Entries read at once, unless one account alone has more: it bounds the memory that a page takes.
const PAGE_ENTRIES: i64 = 4_000;

/// What one customer has, as of one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Whose.
    pub customer: CustomerId,
    /// What can be spent.
    pub active_points: i64,
    /// Points that came, the oldest first; expired ones stay.
    pub added: Vec<Added>,
    /// Points that went, the oldest first.
    pub redeemed: Vec<Redeemed>,
}

/// Points that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The entry's id.
    pub id: EntryId,
    /// What the caller called it.
    pub reference: Option<String>,
    /// What the customer reads.
    pub description: Option<String>,
    /// How many.
    pub points: i64,
    /// When.
    pub created_at: Timestamp,
    /// The balance right after.
    pub balance_after: i64,
    /// How many of them went since; those that expired do not count.
    pub used_points: i64,
    /// When they end.
    pub valid_until: Timestamp,
    /// The entries they went with, the oldest first.
    pub used_with: Vec<EntryId>,
}

/// Points that went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redeemed {
    /// The entry's id.
    pub id: EntryId,
    /// What the customer reads.
    pub description: Option<String>,
    /// How many.
    pub points: i64,
    /// When.
    pub created_at: Timestamp,
    /// The balance right after.
    pub balance_after: i64,
}

/// The summary of a customer, from one snapshot; `None` without an open account.
pub async fn of_customer(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    now: Timestamp,
) -> Result<Option<Summary>, DbError> {
    let mut snapshot = db.snapshot().await?;
    let Some(account) = rows::open_account(&mut snapshot, tenant, customer, now).await? else { return Ok(None) };
    Ok(summaries(&mut snapshot, tenant, vec![account]).await?.pop())
}

/// At most `limit` summaries behind the first `skip`, in the order of customer ids, from one snapshot.
pub async fn list(db: &Db, tenant: &TenantId, skip: i64, limit: i64, now: Timestamp) -> Result<Vec<Summary>, DbError> {
    let mut snapshot = db.snapshot().await?;
    let accounts = rows::open_accounts_from(&mut snapshot, tenant, skip, limit, now).await?;
    summaries(&mut snapshot, tenant, accounts).await
}

/// How many customers have a summary.
pub async fn count(db: &Db, tenant: &TenantId) -> Result<i64, DbError> {
    rows::count_open(db, tenant).await
}

/// Goes through the summaries of all customers of a tenant, page by page, in the order of customer ids.
///
/// Each page is a snapshot of its own, so that a reader who is slow holds nothing of the database.
#[derive(Clone, Debug)]
pub struct Walk {
    tenant: TenantId,
    after: String,
    begun: bool,
}

impl Walk {
    /// Begins with the first customer.
    pub fn new(tenant: TenantId) -> Self {
        Self { tenant, after: String::new(), begun: false }
    }

    /// The next summaries; none at the end. After an error it can be called again for the same ones.
    pub async fn next(&mut self, db: &Db, now: Timestamp) -> Result<Vec<Summary>, DbError> {
        let limit = if self.begun { PAGE_ACCOUNTS } else { FIRST_PAGE_ACCOUNTS };
        let mut snapshot = db.snapshot().await?;
        let mut accounts = rows::open_accounts(&mut snapshot, &self.tenant, &self.after, limit, now).await?;
        accounts.truncate(within(&accounts, PAGE_ENTRIES));
        let summaries = summaries(&mut snapshot, &self.tenant, accounts).await?;
        if let Some(last) = summaries.last() {
            last.customer.as_str().clone_into(&mut self.after);
        }
        self.begun = true;
        Ok(summaries)
    }
}

/// How many of the accounts, one at least, have no more than `entries_max` entries together.
fn within(accounts: &[OpenAccount], entries_max: i64) -> usize {
    let mut entries = 0_i64;
    let fits = |account: &&OpenAccount| {
        entries = entries.saturating_add(account.seq - account.opened_seq);
        entries <= entries_max
    };
    accounts.iter().take_while(fits).count().max(1)
}

/// The summaries of these accounts, in their order.
async fn summaries(tx: &mut Tx, tenant: &TenantId, accounts: Vec<OpenAccount>) -> Result<Vec<Summary>, DbError> {
    let (lines, usages) = rows::history(tx, tenant, &accounts).await?;
    let mut by_account: HashMap<i64, (Vec<Line>, Vec<UsageRow>)> = HashMap::new();
    for line in lines {
        by_account.entry(line.account_id).or_default().0.push(line);
    }
    for usage in usages {
        by_account.entry(usage.account_id).or_default().1.push(usage);
    }
    accounts
        .into_iter()
        .map(|account| {
            let (lines, usages) = by_account.remove(&account.account_id).unwrap_or_default();
            summary(account, lines, &usages)
        })
        .collect()
}

fn summary(account: OpenAccount, lines: Vec<Line>, usages: &[UsageRow]) -> Result<Summary, DbError> {
    // Only what was taken by somebody is used: what expired is not, and its entries are not among the lines.
    let debits: HashMap<i64, EntryId> =
        lines.iter().filter(|line| takes(line.kind)).map(|line| (line.seq, line.entry_id.clone())).collect();
    let mut used: HashMap<i64, (i64, Vec<EntryId>)> = HashMap::new();
    for usage in usages {
        if let Some(debit) = debits.get(&usage.seq) {
            let (points, with) = used.entry(usage.lot_seq).or_default();
            *points = points.saturating_add(usage.points);
            with.push(debit.clone());
        }
    }
    let mut summary = Summary {
        customer: account.customer_id,
        active_points: account.balance,
        added: Vec::new(),
        redeemed: Vec::new(),
    };
    for line in lines {
        if line.kind.credits() {
            let (used_points, used_with) = used.remove(&line.seq).unwrap_or_default();
            let valid_until = line.valid_until.ok_or_else(|| {
                DbError::Damaged(format!("entry {} of account {}: no valid_until", line.seq, line.account_id))
            })?;
            summary.added.push(Added {
                id: line.entry_id,
                reference: line.reference,
                description: line.description,
                points: line.points,
                created_at: line.recorded_at,
                balance_after: line.balance_after,
                used_points,
                valid_until,
                used_with,
            });
        } else if takes(line.kind) {
            summary.redeemed.push(Redeemed {
                id: line.entry_id,
                description: line.description,
                points: line.points.saturating_neg(),
                created_at: line.recorded_at,
                balance_after: line.balance_after,
            });
        }
    }
    Ok(summary)
}

/// Whether entries of this kind are points that somebody took.
const fn takes(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::Redeemed | EntryKind::Removed | EntryKind::TakenBack)
}
