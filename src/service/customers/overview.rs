//! What a customer has, and what became of it all.

use rust_decimal::Decimal;

pub use crate::store::{
    coupons::Coupon,
    ledger::{history::Turn, links::Link},
};
use crate::{
    domain::{
        actor::Actor,
        customer::PersonalData,
        ids::{CustomerId, EntryId, TenantId},
        ledger::{
            book::{Credit, Debit},
            entry::{EntryKind, Memo, Source},
        },
        money::Currency,
        points::Points,
        refusal::Refusal,
        time::Timestamp,
        worth::Rate,
    },
    service::{customers::person, history::Show},
    store::{
        Db, DbError, coupons,
        ledger::{
            history, links,
            load::{self, Need},
            read,
        },
        options,
    },
};

/// Instants of expiry that are told apart; what ends later is one sum.
const ENDS_MAX: i64 = 8;
/// Coupons that are shown.
const COUPONS_MAX: i64 = 20;

/// What became of a customer's points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Points of orders.
    pub earned: i64,
    /// Points that were added.
    pub added: i64,
    /// Points of cancelled redemptions.
    pub given_back: i64,
    /// Points that were exchanged.
    pub redeemed: i64,
    /// Points that were removed by hand.
    pub removed: i64,
    /// Points of returned orders.
    pub taken_back: i64,
    /// Points that reached their end.
    pub expired: i64,
    /// Points that were left when the account was closed.
    pub closed: i64,
    counts: [i64; 5],
}

impl Sums {
    fn of(by_kind: &[(EntryKind, i64, i64)]) -> Self {
        let points =
            |kind| by_kind.iter().find(|(of, ..)| *of == kind).map_or(0, |(_, _, points)| points.saturating_abs());
        let count = |show: Show| {
            let kinds = show.kinds();
            let shown = by_kind.iter().filter(|(kind, ..)| kinds.is_empty() || kinds.contains(kind));
            shown.map(|(_, count, _)| count).sum()
        };
        Self {
            earned: points(EntryKind::Earned),
            added: points(EntryKind::Added),
            given_back: points(EntryKind::GivenBack),
            redeemed: points(EntryKind::Redeemed),
            removed: points(EntryKind::Removed),
            taken_back: points(EntryKind::TakenBack),
            expired: points(EntryKind::Expired),
            closed: points(EntryKind::Closed),
            counts: Show::ALL.map(count),
        }
    }

    /// How many entries are shown.
    pub fn count(&self, show: Show) -> i64 {
        Show::ALL.into_iter().zip(self.counts).find(|(of, _)| *of == show).map_or(0, |(_, count)| count)
    }
}

/// An account, as far as the page needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountState {
    /// Whether it is open.
    pub open: bool,
    /// When it was made.
    pub made_at: Timestamp,
    /// When points moved last.
    pub changed_at: Timestamp,
    /// The place of its newest entry.
    pub seq: i64,
}

/// What a customer has.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The account; `None` when there never was one.
    pub account: Option<AccountState>,
    /// What can be spent.
    pub balance: i64,
    /// What that is worth in money, when it is known.
    pub worth: Option<Decimal>,
    /// When the points end, the soonest first.
    pub ends: Vec<Turn>,
    /// Points that end later than those.
    pub later: i64,
    /// When points that cannot be spent yet begin.
    pub begins: Vec<Turn>,
    /// What became of all points.
    pub sums: Sums,
    /// Who it is.
    pub person: PersonalData,
    /// The newest coupons.
    pub coupons: Vec<Coupon>,
}

/// What a customer has at `now`; empty for one of whom nothing is known.
pub async fn find(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    currency: &Currency,
    now: Timestamp,
) -> Result<Overview, DbError> {
    let person = person::find(db, tenant, customer).await?;
    let coupons = coupons::issued_to(db, tenant, customer.as_str(), COUPONS_MAX).await?;
    let mut tx = db.snapshot().await?;
    let mut overview = Overview {
        account: None,
        balance: 0,
        worth: None,
        ends: Vec::new(),
        later: 0,
        begins: Vec::new(),
        sums: Sums::default(),
        person,
        coupons,
    };
    let Some(account) = read::account(&mut tx, tenant, customer).await? else { return Ok(overview) };
    let id = account.account_id;
    let made_at = history::made_at(&mut tx, tenant, id).await?.unwrap_or(account.changed_at);
    overview.account =
        Some(AccountState { open: account.open, made_at, changed_at: account.changed_at, seq: account.seq });
    overview.balance = read::balance_in(&mut tx, tenant, customer, now).await?.unwrap_or_default();
    overview.sums = Sums::of(&history::sums(&mut tx, tenant, id).await?);
    overview.ends = history::ends(&mut tx, tenant, id, now, ENDS_MAX).await?;
    overview.begins = history::begins(&mut tx, tenant, id, now, ENDS_MAX).await?;
    overview.later = overview.balance - overview.ends.iter().map(|turn| turn.points).sum::<i64>();
    drop(tx);
    let rate = rate(db, tenant, currency, now).await?;
    overview.worth = rate.and_then(|rate| rate.of(overview.balance));
    Ok(overview)
}

/// What points are worth in this tenant, when it is known.
pub async fn rate(db: &Db, tenant: &TenantId, currency: &Currency, now: Timestamp) -> Result<Option<Rate>, DbError> {
    Ok(Rate::best(&options::list(db, tenant).await?, currency, now))
}

/// What a change by hand would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// The balance now.
    pub before: i64,
    /// The balance afterwards.
    pub after: i64,
    /// The lots that would be taken from; `points` is how many.
    pub taken: Vec<Link>,
    /// How many more lots would be taken from than are told.
    pub more: usize,
}

/// Points to add or to remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Points to add.
    Add(Points),
    /// Points to remove.
    Remove(Points),
}

/// Lots that a preview tells.
const PREVIEW_LOTS_MAX: usize = 6;

/// What a change would do, decided as the ledger decides it, but not written. The inner result is a refusal.
pub async fn preview(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    change: Change,
    now: Timestamp,
) -> Result<Result<Preview, Refusal>, DbError> {
    let mut tx = db.snapshot().await?;
    let account = read::account(&mut tx, tenant, customer).await?.filter(|account| account.open);
    let Some(account) = account else {
        return Ok(match change {
            Change::Add(points) => Ok(Preview { before: 0, after: points.get(), taken: Vec::new(), more: 0 }),
            Change::Remove(points) => Err(Refusal::NotEnough { has: 0, asked: points.get() }),
        });
    };
    let id = account.account_id;
    let need = match change {
        Change::Add(_) => Need::Settlement,
        Change::Remove(points) => Need::Points(points.get()),
    };
    let mut book = load::open_book(&mut tx, account, need, now).await?;
    let unsaved = EntryId::parse("preview").unwrap_or_else(|_| unreachable!("a word is an id"));
    let mut ids = || unsaved.clone();
    book.settle(now, &mut ids);
    let before = book.account.balance;
    let memo = Memo::new(Actor::system("preview"), Source::BackOffice);
    let takes = match change {
        Change::Add(points) => {
            let credit = Credit {
                entry_id: unsaved.clone(),
                kind: EntryKind::Added,
                points,
                available_from: None,
                valid_until: Timestamp::MAX,
                memo,
            };
            match book.credit(credit, now) {
                Ok(_) => Vec::new(),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        Change::Remove(points) => {
            let debit = Debit { entry_id: unsaved.clone(), kind: EntryKind::Removed, points, memo, first_from: None };
            match book.debit(debit, now) {
                Ok(entry) => entry.takes.clone(),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
    };
    let after = book.account.balance;
    let told: Vec<i64> = takes.iter().take(PREVIEW_LOTS_MAX).map(|take| take.lot_seq).collect();
    let mut origins = links::origins(&mut tx, tenant, id, &told).await?;
    let mut taken = Vec::with_capacity(told.len());
    for take in takes.iter().take(PREVIEW_LOTS_MAX) {
        if let Some(at) = origins.iter().position(|origin| origin.seq == take.lot_seq) {
            taken.push(Link { points: take.points, ..origins.swap_remove(at) });
        }
    }
    Ok(Ok(Preview { before, after, taken, more: takes.len().saturating_sub(PREVIEW_LOTS_MAX) }))
}
