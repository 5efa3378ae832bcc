//! Proving orders against the ledger: what each earned, what came back, and what is owed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{EntryRef, Order, earning::Working};
use crate::domain::ledger::{
    Account, Lot,
    entry::{Entry, EntryKind},
};

/// What stands in the details of an entry that pays what is owed.
pub const PAID: &str = "paid";

/// The details of an entry that pays `points` of `owed`.
pub fn payment(points: i64, owed: i64) -> String {
    json!({ PAID: points, "owed": owed }).to_string()
}

/// How much of what is owed an entry paid.
fn paid(entry: &Entry) -> i64 {
    let details: Option<Value> = entry.memo.details.as_deref().and_then(|text| serde_json::from_str(text).ok());
    details.as_ref().and_then(|details| details.get(PAID)).and_then(Value::as_i64).unwrap_or_default()
}

/// What is off between an account and the orders whose points it got, in words; empty when all adds up.
pub fn problems(account: &Account, entries: &[Entry], lots: &[Lot], orders: &[Order]) -> Vec<String> {
    let mut problems = Vec::new();
    let by_seq: BTreeMap<i64, &Entry> = entries.iter().map(|entry| (entry.seq, entry)).collect();
    let mut earned: BTreeMap<i64, &Entry> =
        entries.iter().filter(|entry| is_for_order(entry)).map(|entry| (entry.seq, entry)).collect();
    let mut back: BTreeSet<i64> = entries.iter().filter(|entry| is_of_return(entry)).map(|entry| entry.seq).collect();
    for order in orders {
        let Some(at) = &order.entry else { continue };
        for at in order.returns.iter().filter_map(|one| one.applied.as_ref()?.entry.as_ref()) {
            back.remove(&at.seq);
        }
        match earned.remove(&at.seq) {
            Some(entry) if is_as_told(order, at, entry) => {}
            _ => problems.push(format!("order {} differs from entry {}, which gave its points", order.id, at.seq)),
        }
        problems.extend(problems_of_returns(order, &by_seq));
    }
    problems.extend(earned.values().map(|entry| format!("the order of entry {} is missing", entry.seq)));
    problems.extend(back.iter().map(|seq| format!("the return of entry {seq} is missing")));
    let owed: i64 = orders
        .iter()
        .flat_map(|order| &order.returns)
        .filter_map(|one| one.applied.as_ref())
        .map(|applied| applied.owed)
        .sum();
    let owed = owed - entries.iter().map(paid).sum::<i64>();
    if account.debt != owed {
        problems.push(format!("the account says that it owes {} points; its returns leave {owed}", account.debt));
    }
    let left: i64 = lots.iter().map(|lot| lot.remaining).sum();
    if account.debt > 0 && left > 0 {
        problems.push(format!("the account owes {} points and has {left}", account.debt));
    }
    problems
}

/// Whether an entry gave the points of an order that is kept.
fn is_for_order(entry: &Entry) -> bool {
    entry.kind == EntryKind::Earned && entry.memo.details.as_deref().and_then(Working::from_text).is_some()
}

/// Whether an entry took back the points of a return.
fn is_of_return(entry: &Entry) -> bool {
    entry.kind == EntryKind::TakenBack && entry.memo.reference.is_some()
}

fn is_as_told(order: &Order, at: &EntryRef, entry: &Entry) -> bool {
    let Some(award) = &order.award else { return false };
    entry.entry_id == at.entry_id
        && entry.points == award.points
        && entry.memo.reference.as_deref() == Some(order.id.as_str())
        && entry.memo.details == award.working
}

fn problems_of_returns(order: &Order, entries: &BTreeMap<i64, &Entry>) -> Vec<String> {
    let mut problems = Vec::new();
    let points = order.award.as_ref().map_or(0, |award| award.points);
    if order.taken_back() > points {
        problems.push(format!("returns of order {} take back more than the {points} points it earned", order.id));
    }
    for one in &order.returns {
        let Some(applied) = &one.applied else {
            problems.push(format!("return {} of order {} was left waiting", one.id, order.id));
            continue;
        };
        let told = match &applied.entry {
            None => applied.taken == 0,
            Some(at) => entries.get(&at.seq).is_some_and(|entry| {
                entry.kind == EntryKind::TakenBack
                    && entry.entry_id == at.entry_id
                    && entry.points == -applied.taken
                    && entry.memo.reference.as_deref() == Some(order.id.as_str())
            }),
        };
        if !told || applied.taken + applied.owed > applied.due {
            problems.push(format!("return {} of order {} differs from its entry", one.id, order.id));
        }
    }
    problems
}
