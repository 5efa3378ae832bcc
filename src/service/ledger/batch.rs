//! One transaction for any number of requests: lock and load, decide, write, commit.
//!
//! The order of locks is the same for every transaction, so that none deadlock: accounts by number, then options by
//! id, then orders by number, then requests for approval by id, then keys, and the audit log at the end. Nothing is
//! decided before its account is locked, and nothing is written before all is decided.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use rand::RngExt as _;
use serde_json::json;
use tokio::sync::Notify;

use super::{
    command::{AccountUse, Approved, Command, Reply, Request},
    decide::{Cancellable, Decisions, Sale, Undoable},
    events,
};
use crate::{
    domain::{
        actor::Caller,
        approval::State,
        audit::Subject,
        ids::{CustomerId, EntryId, TenantId},
        ledger::book::Changes,
        refusal::Refusal,
        time::Timestamp,
    },
    service::audit,
    store::{
        Backend, Db, DbError, Tx,
        approvals::{self, Decision},
        coupons,
        db::retry_on_conflict,
        idempotency::{self, KeptAnswer, NewAnswer},
        ledger::{
            load::{self, Need, TakenId},
            read, save,
        },
        options, orders,
    },
};

/// How long a transaction may take: waiting for a connection and for locks, which end by themselves, and a good while.
const LONGEST: Duration = Duration::from_secs(25);

/// Two accounts that are made in the same millisecond may draw the same number; the second one draws again.
const CREATIONS_MAX: usize = 5;

pub(super) type Results = Vec<Result<Reply, Refusal>>;
pub(super) type Whose = (TenantId, CustomerId);

/// Does all of `requests` in one transaction. The answers stand in their order. `news` is told when events were
/// written.
pub(super) async fn run(db: &Db, requests: &[Request], now: Timestamp, news: &Notify) -> Result<Results, DbError> {
    let (results, events) = retry_on_conflict(|| in_time(db, once(db, requests, now))).await?;
    if events > 0 {
        news.notify_one();
    }
    Ok(results)
}

/// A PostgreSQL that was cut off without a word would be waited for as long as the network likes.
async fn in_time<T>(db: &Db, writing: impl Future<Output = Result<T, DbError>>) -> Result<T, DbError> {
    match db.backend() {
        Backend::Sqlite => writing.await,
        Backend::Postgres => tokio::time::timeout(LONGEST, writing).await.unwrap_or(Err(DbError::Late)),
    }
}

async fn once(db: &Db, requests: &[Request], now: Timestamp) -> Result<(Results, usize), DbError> {
    let mut tx = db.begin().await?;
    let mut decisions = load_all(&mut tx, requests, now).await?;
    let results: Results = requests.iter().map(|request| decisions.decide(request, now)).collect();
    let events = write_all(&mut tx, requests, &results, decisions, now).await?;
    tx.commit().await?;
    Ok((results, events))
}

async fn load_all(tx: &mut Tx, requests: &[Request], now: Timestamp) -> Result<Decisions, DbError> {
    let whose = |request: &Request| (request.caller.tenant.clone(), request.customer.clone());
    let mut decisions = Decisions::default();
    lock_accounts(tx, requests, &mut decisions, now).await?;
    load_options(tx, requests, &mut decisions).await?;
    load_orders(tx, requests, &mut decisions, now).await?;

    let mut needs: BTreeMap<Whose, Need> = BTreeMap::new();
    let mut spent: HashMap<Whose, i64> = HashMap::new();
    for request in requests.iter().filter(|request| request.command.account_use() != AccountUse::None) {
        let account = whose(request);
        let need = match request.command.booked() {
            Command::Order(order) if !decisions.needs_lots(&request.caller.tenant, order, requests, now) => {
                Need::Settlement
            }
            Command::Open(_) | Command::Credit(..) | Command::Settle => Need::Settlement,
            Command::Debit(_, debit) => Need::Points(debit.points.get()),
            Command::Redeem(wanted) => decisions
                .option(&request.caller.tenant, &wanted.option_id)
                .map_or(Need::Settlement, |option| Need::Points(option.draft.points.get())),
            Command::Order(_)
            | Command::Return(_)
            | Command::Claim(_)
            | Command::Undo(..)
            | Command::Cancel(..)
            | Command::GiveBack(..)
            | Command::Approved(_)
            | Command::Close => Need::Everything,
        };
        let need = match need {
            Need::Points(points) => {
                let sum = spent.entry(account.clone()).or_default();
                *sum = sum.saturating_add(points);
                Need::Points(*sum)
            }
            other => other,
        };
        let known = needs.entry(account).or_insert(need);
        *known = (*known).max(need);
    }
    lock_approvals(tx, requests, &mut decisions).await?;
    load_taken_ids(tx, requests, &mut decisions).await?;
    load_undone(tx, requests, &mut decisions).await?;
    load_cancelled(tx, requests, &mut decisions, now).await?;
    load_keys(tx, requests, &mut decisions).await?;
    let accounts = needs.into_iter().filter_map(|(whose, need)| Some((decisions.locked.remove(&whose)?, need)));
    for mut book in load::open_books(tx, accounts.collect(), now).await? {
        book.settle(now, &mut new_entry_id);
        decisions.books.insert((book.account.tenant.clone(), book.account.customer.clone()), book);
    }
    Ok(decisions)
}

/// Locks every account, and makes those that may be opened.
async fn lock_accounts(
    tx: &mut Tx,
    requests: &[Request],
    decisions: &mut Decisions,
    now: Timestamp,
) -> Result<(), DbError> {
    let uses = |request: &&Request| request.command.account_use() != AccountUse::None;
    let all: BTreeSet<_> =
        requests.iter().filter(uses).map(|request| (&request.caller.tenant, &request.customer)).collect();
    let all: Vec<_> = all.into_iter().collect();
    let mut keep = |accounts: Vec<crate::domain::ledger::Account>| {
        for account in accounts {
            decisions.locked.insert((account.tenant.clone(), account.customer.clone()), account);
        }
    };
    keep(load::lock_accounts(tx, &all).await?);
    let opens = |request: &&Request| request.command.account_use() == AccountUse::Opened;
    for _ in 0..CREATIONS_MAX {
        let missing: BTreeSet<Whose> = requests
            .iter()
            .filter(opens)
            .map(|request| (request.caller.tenant.clone(), request.customer.clone()))
            .filter(|whose| !decisions.locked.contains_key(whose))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let new: Vec<_> =
            missing.iter().map(|(tenant, customer)| (tenant, new_account_id(now), customer, now)).collect();
        load::create_accounts(tx, &new).await?;
        let missing: Vec<_> = missing.iter().map(|(tenant, customer)| (tenant, customer)).collect();
        for account in load::lock_accounts(tx, &missing).await? {
            decisions.locked.insert((account.tenant.clone(), account.customer.clone()), account);
        }
    }
    Err(DbError::Changed)
}

/// Options with a stock are locked, by id; the others are only read, so that they are no bottleneck.
async fn load_options(tx: &mut Tx, requests: &[Request], decisions: &mut Decisions) -> Result<(), DbError> {
    let mut wanted: Vec<(&TenantId, &str, &CustomerId)> = requests
        .iter()
        .filter_map(|request| match &request.command {
            Command::Redeem(wanted) => Some((&request.caller.tenant, wanted.option_id.as_str(), &request.customer)),
            _ => None,
        })
        .collect();
    wanted.sort_unstable();
    for (tenant, option_id, customer) in wanted {
        if decisions.option(tenant, option_id).is_none() {
            let Some(option) = options::hold(tx, tenant, option_id).await? else { continue };
            decisions.options.insert((tenant.clone(), option_id.to_owned()), option);
        }
        let limited = decisions.option(tenant, option_id).is_some_and(|option| option.draft.per_customer.is_some());
        let account = decisions.locked.get(&(tenant.clone(), customer.clone()));
        if let (true, Some(account)) = (limited, account) {
            let count = options::count_by_customer(tx, tenant, option_id, account.account_id).await?;
            decisions.had.insert((account.account_id, option_id.to_owned()), count);
        }
    }
    Ok(())
}

/// Orders are made where they are missing and locked, so that two snapshots of one order, or a return of it, wait for
/// each other whoever they name.
async fn load_orders(
    tx: &mut Tx,
    requests: &[Request],
    decisions: &mut Decisions,
    now: Timestamp,
) -> Result<(), DbError> {
    let (mut new, mut known) = (Vec::new(), Vec::new());
    for request in requests {
        let tenant = &request.caller.tenant;
        match &request.command {
            Command::Order(order) => new.push((tenant, &order.id, &request.caller.actor)),
            Command::Return(back) => new.push((tenant, &back.order, &request.caller.actor)),
            Command::Claim(claim) => known.extend(claim.orders.iter().map(|id| (tenant, id))),
            _ => {}
        }
    }
    for (tenant, order) in orders::hold(tx, &new, &known, now).await? {
        decisions.orders.insert((tenant, order.id.clone()), order);
    }
    Ok(())
}

/// Requests for approval are locked, so that of two who decide at once one comes first, on whatever replica.
async fn lock_approvals(tx: &mut Tx, requests: &[Request], decisions: &mut Decisions) -> Result<(), DbError> {
    let wanted: BTreeSet<(&TenantId, &str)> = requests
        .iter()
        .filter_map(|request| match &request.command {
            Command::Approved(approved) => Some((&request.caller.tenant, approved.approval_id.as_str())),
            _ => None,
        })
        .collect();
    for (tenant, id) in wanted {
        if approvals::lock_open(tx, tenant, id).await? {
            decisions.open_approvals.insert((tenant.clone(), id.to_owned()));
        }
    }
    Ok(())
}

async fn load_taken_ids(tx: &mut Tx, requests: &[Request], decisions: &mut Decisions) -> Result<(), DbError> {
    let ids: Vec<_> =
        requests.iter().filter_map(|request| request.own_id().map(|own| (&request.caller.tenant, &own.id))).collect();
    let taken: Vec<TakenId> = load::find_entry_ids(tx, &ids).await?;
    for taken in taken {
        decisions.taken_ids.insert((taken.tenant_id.clone(), taken.entry_id.clone()), taken);
    }
    Ok(())
}

async fn load_undone(tx: &mut Tx, requests: &[Request], decisions: &mut Decisions) -> Result<(), DbError> {
    for request in requests {
        let Command::Undo(entry_id, _) = request.command.booked() else { continue };
        let whose = (request.caller.tenant.clone(), request.customer.clone());
        let Some(account) = decisions.locked.get(&whose) else { continue };
        let Some(entry) = read::entry_by_id(tx, &whose.0, account.account_id, entry_id).await? else { continue };
        let mended = read::is_mended(tx, &whose.0, account.account_id, entry_id).await?;
        let mut origins = Vec::new();
        for take in &entry.takes {
            origins.extend(load::get_lot(tx, &whose.0, account.account_id, take.lot_seq).await?);
        }
        decisions.undoable.insert((whose.0, entry_id.clone()), Undoable { entry, mended, origins });
    }
    Ok(())
}

async fn load_cancelled(
    tx: &mut Tx,
    requests: &[Request],
    decisions: &mut Decisions,
    now: Timestamp,
) -> Result<(), DbError> {
    for request in requests {
        let (Command::Cancel(id, _) | Command::GiveBack(id, _)) = &request.command else { continue };
        let whose = (request.caller.tenant.clone(), request.customer.clone());
        let Some(account) = decisions.locked.get(&whose) else { continue };
        let Some(redemption) = coupons::lock_redemption(tx, &whose.0, account.account_id, id).await? else { continue };
        let mut before = read::entries(tx, &whose.0, account.account_id, redemption.seq - 1, 1).await?;
        let Some(entry) = before.pop() else { continue };
        let mut origins = Vec::new();
        for take in &entry.takes {
            origins.extend(load::get_lot(tx, &whose.0, account.account_id, take.lot_seq).await?);
        }
        let (grace_days, customer_hours) = load::cancelling(tx, &whose.0).await?;
        let grace_until = now.plus_secs(grace_days.saturating_mul(86_400));
        let cancellable = Cancellable { redemption, entry, origins, grace_until, customer_hours };
        decisions.cancellable.insert((whose.0, id.clone()), cancellable);
    }
    Ok(())
}

async fn load_keys(tx: &mut Tx, requests: &[Request], decisions: &mut Decisions) -> Result<(), DbError> {
    let keyed: Vec<_> = requests
        .iter()
        .filter_map(|request| {
            let (key, _) = request.key.as_ref()?;
            Some((&request.caller.tenant, request.caller.name(), key))
        })
        .collect();
    let wanted: Vec<_> =
        keyed.iter().map(|(tenant, caller, key)| (*tenant, caller.clone(), key.key.as_str())).collect();
    let found = idempotency::find_in(tx, &wanted).await?;
    for (tenant, caller, key) in keyed {
        let is_its = |kept: &&KeptAnswer| kept.tenant_id == *tenant && kept.caller == caller && kept.key == key.key;
        if let Some(claim) = found.iter().find(is_its).map(|kept| kept.judge(&key.fingerprint)) {
            decisions.keys.insert((tenant.clone(), caller, key.key.clone(), key.fingerprint.clone()), claim);
        }
    }
    Ok(())
}

async fn write_all(
    tx: &mut Tx,
    requests: &[Request],
    results: &Results,
    decisions: Decisions,
    now: Timestamp,
) -> Result<usize, DbError> {
    let changed = decisions.books.into_values().filter(crate::domain::ledger::book::Book::is_changed);
    let changes: Vec<Changes> = changed.map(crate::domain::ledger::book::Book::into_changes).collect();
    save::save(tx, &changes).await?;
    let reported = decisions.changed_orders.iter().filter_map(|name| Some((&name.0, decisions.orders.get(name)?)));
    orders::save(tx, &reported.collect::<Vec<_>>()).await?;
    for (tenant, account_id, seq, note) in &decisions.notes {
        save::insert_note(tx, (tenant, *account_id), *seq, note).await?;
    }
    let sales: Vec<_> = decisions.sales.iter().map(Sale::to_keep).collect();
    coupons::sales::insert(tx, &sales, now).await?;
    for (tenant, redemption) in &decisions.cancelled {
        coupons::cancel_redemption(tx, tenant, redemption, now).await?;
        options::count_given_back(tx, tenant, &redemption.option_id).await?;
    }
    for ((tenant, option_id), times) in &decisions.sold {
        options::count_redeemed(tx, tenant, option_id, *times).await?;
    }
    let mut answers: Vec<_> = requests
        .iter()
        .zip(results)
        .filter_map(|(request, result)| match (&request.key, result) {
            (Some((key, answer)), Ok(Reply::Done(done) | Reply::DoneBefore(done))) => {
                let (status, body) = answer(done);
                let (tenant, caller) = (&request.caller.tenant, request.caller.name());
                Some(NewAnswer { tenant, caller, key: &key.key, fingerprint: &key.fingerprint, status, body })
            }
            _ => None,
        })
        .collect();
    answers.sort_by(|one, two| (one.tenant, &one.caller, one.key).cmp(&(two.tenant, &two.caller, two.key)));
    if !idempotency::keep(tx, &answers, now).await? {
        // Another replica answered under one of the keys meanwhile: begin again and find its answer.
        return Err(DbError::Constraint("idempotency_keys".to_owned()));
    }
    let events = events::write(tx, &changes, &decisions.sales, now).await?;
    close_approvals(tx, decisions.approved, now).await?;
    Ok(events)
}

/// Closes what was approved, and records it in the audit log, whose lock is the last one taken.
async fn close_approvals(tx: &mut Tx, mut approved: Vec<(TenantId, Approved)>, now: Timestamp) -> Result<(), DbError> {
    approved.sort_by(|one, two| (&one.0, &one.1.approval_id).cmp(&(&two.0, &two.1.approval_id)));
    for (tenant, one) in approved {
        let decision = Decision { state: State::Approved, by: &one.approver.id, note: one.note.as_deref(), at: now };
        if !approvals::close(tx, &tenant, &one.approval_id, &decision).await? {
            return Err(DbError::Constraint("approvals".to_owned()));
        }
        let caller = Caller { tenant, actor: one.approver };
        let (before, after) = (json!({ "state": "open" }), json!({ "state": "approved" }));
        let subject = Subject::new("approval", &one.approval_id);
        audit::record(tx, &caller, "approval.approved", subject, Some(before), Some(after), now).await?;
    }
    Ok(())
}

/// A number that grows with time, so that new accounts stand together in the index: milliseconds since the epoch,
/// and 21 random bits below them.
pub(in crate::service) fn new_account_id(now: Timestamp) -> i64 {
    let random: i64 = rand::rng().random_range(0..(1 << 21));
    ((now.micros() / 1_000) << 21) | random
}

pub(in crate::service) fn new_entry_id() -> EntryId {
    let id = uuid::Uuid::now_v7().to_string();
    EntryId::parse(&id).unwrap_or_else(|_| unreachable!("a UUID is an id"))
}
