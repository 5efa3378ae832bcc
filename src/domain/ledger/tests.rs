//! The rules of one account, each at its edge, in memory alone. `tests/ledger` holds them against a model, on databases.

#![cfg(test)]

use super::{
    Account, Lot,
    book::{Book, Credit, Debit, Loaded, TakeBack},
    entry::{Entry, EntryKind, Memo, Source, Take},
    proof,
};
use crate::domain::{
    actor::Actor,
    ids::{CustomerId, EntryId, TenantId},
    points::Points,
    refusal::Refusal,
    time::Timestamp,
};

fn at(secs: i64) -> Timestamp {
    Timestamp::from_micros(secs * 1_000_000)
}

fn id(text: &str) -> EntryId {
    EntryId::parse(text).unwrap()
}

fn memo() -> Memo {
    Memo::new(Actor::system("test"), Source::Api)
}

/// A book of an account that began at second 10.
fn book() -> Book {
    let account = Account::new(TenantId::parse("acme").unwrap(), 7, CustomerId::parse("C1").unwrap(), at(10));
    Book::open(account, Vec::new(), Loaded::All)
}

fn credit(points: i64, from: Option<i64>, until: i64) -> Credit {
    Credit {
        entry_id: id("credit"),
        kind: EntryKind::Added,
        points: Points::new(points).unwrap(),
        available_from: from.map(at),
        valid_until: at(until),
        memo: memo(),
    }
}

fn debit(points: i64, first_from: Option<i64>) -> Debit {
    let points = Points::new(points).unwrap();
    Debit { entry_id: id("debit"), kind: EntryKind::Removed, points, memo: memo(), first_from }
}

fn back(points: i64, own_lot: i64, pending_too: bool) -> TakeBack {
    TakeBack { entry_id: id("back"), points: Points::new(points).unwrap(), own_lot, pending_too, memo: memo() }
}

fn settle(book: &mut Book, now: i64) {
    book.settle(at(now), &mut || id("expiry"));
}

fn take(lot_seq: i64, points: i64) -> Take {
    Take { lot_seq, points }
}

fn left(book: &Book) -> Vec<(i64, i64)> {
    book.lots().map(|lot| (lot.seq, lot.remaining)).collect()
}

/// What the newest entry says: points, balance after, lots taken from.
fn last(book: &Book) -> (i64, i64, Vec<Take>) {
    let entry = book.entries().last().unwrap();
    (entry.points, entry.balance_after, entry.takes.clone())
}

fn problems(book: &Book) -> Vec<String> {
    let changes = book.clone().into_changes();
    assert!(changes.taken.is_empty(), "every lot is new");
    proof::problems(&changes.account, &changes.entries, &changes.new_lots)
}

#[test]
fn what_ends_soonest_is_spent_first_and_then_the_oldest() {
    let mut book = book();
    for until in [300, 200, 200, 400] {
        book.credit(credit(10, None, until), at(10)).unwrap();
    }
    book.debit(debit(15, None), at(11)).unwrap();
    assert_eq!(last(&book), (-15, 25, vec![take(2, 10), take(3, 5)]));
    book.debit(debit(12, Some(4)), at(12)).unwrap();
    assert_eq!(last(&book), (-12, 13, vec![take(4, 10), take(3, 2)]));
    assert_eq!(left(&book), [(3, 3), (1, 10)]);
    assert_eq!(book.account.next_change_at, Some(at(200)));
    let has = book.clone();
    let refused = book.debit(debit(14, None), at(13)).unwrap_err();
    assert_eq!(refused, Refusal::NotEnough { has: 13, asked: 14 });
    assert_eq!((&book.account, left(&book)), (&has.account, left(&has)));
    book.debit(debit(13, None), at(13)).unwrap();
    assert_eq!((last(&book).1, left(&book), book.account.next_change_at), (0, vec![], None));
    assert_eq!(problems(&book), Vec::<String>::new());
}

#[test]
fn points_count_until_their_instant_and_not_at_it() {
    let mut book = book();
    book.credit(credit(10, None, 200), at(10)).unwrap();
    book.credit(credit(5, None, 300), at(10)).unwrap();
    settle(&mut book, 199);
    assert_eq!((book.account.balance, book.entries().len()), (15, 2));
    settle(&mut book, 250);
    assert_eq!(last(&book), (-10, 5, vec![take(1, 10)]));
    let entry = book.entries().last().unwrap();
    assert_eq!((entry.kind, entry.recorded_at, entry.settled_at), (EntryKind::Expired, at(200), at(200)));
    assert_eq!((book.account.settled_at, book.account.next_change_at), (at(250), Some(at(300))));
    settle(&mut book, 300);
    assert_eq!((book.account.balance, left(&book)), (0, vec![]));
    assert_eq!(problems(&book), Vec::<String>::new());
}

#[test]
fn points_that_have_ended_are_not_spent_though_nobody_recorded_it() {
    let mut book = book();
    book.credit(credit(10, None, 200), at(10)).unwrap();
    assert!(matches!(book.debit(debit(10, None), at(200)), Err(Refusal::Damaged(_))));
    assert!(book.take_back(back(10, 1, true), at(200)).is_none());
    book.debit(debit(10, None), at(199)).unwrap();
}

#[test]
fn pending_points_begin_at_their_instant_and_stay_when_the_clock_goes_back() {
    let mut book = book();
    book.credit(credit(3, Some(10), 300), at(10)).unwrap();
    assert_eq!(book.account.balance, 3, "what begins now is there");
    book.credit(credit(10, Some(50), 300), at(10)).unwrap();
    assert_eq!((last(&book).1, book.account.next_change_at), (3, Some(at(50))));
    assert_eq!(book.debit(debit(4, None), at(10)).unwrap_err(), Refusal::NotEnough { has: 3, asked: 4 });
    settle(&mut book, 49);
    assert_eq!((book.account.balance, book.account.next_change_at), (3, Some(at(50))));
    settle(&mut book, 50);
    assert_eq!((book.account.balance, book.account.next_change_at), (13, Some(at(300))));
    settle(&mut book, 20);
    assert_eq!((book.account.balance, book.account.settled_at), (13, at(50)));
    book.debit(debit(13, None), at(20)).unwrap();
    assert_eq!(problems(&book), Vec::<String>::new());
}

#[test]
fn what_begins_and_ends_unseen_was_there_in_between() {
    let mut book = book();
    book.credit(credit(10, Some(50), 60), at(10)).unwrap();
    book.credit(credit(4, Some(55), 90), at(10)).unwrap();
    settle(&mut book, 70);
    assert_eq!(last(&book), (-10, 4, vec![take(1, 10)]));
    assert_eq!(problems(&book), Vec::<String>::new());
}

#[test]
fn a_return_takes_its_own_lot_first_and_then_what_ends_soonest() {
    let mut book = book();
    for (from, until) in [(None, 200), (Some(50), 400), (None, 300), (Some(60), 500)] {
        book.credit(credit(10, from, until), at(10)).unwrap();
    }
    book.take_back(back(25, 2, false), at(11)).unwrap();
    assert_eq!(last(&book), (-25, 5, vec![take(2, 10), take(1, 10), take(3, 5)]));
    book.take_back(back(25, 2, false), at(12)).unwrap();
    assert_eq!(last(&book), (-5, 0, vec![take(3, 5)]));
    assert_eq!(book.take_back(back(25, 2, false), at(12)), None);
    book.take_back(back(4, 2, true), at(13)).unwrap();
    assert_eq!(last(&book), (-4, 0, vec![take(4, 4)]));
    assert_eq!(left(&book), [(4, 6)]);
    settle(&mut book, 60);
    assert_eq!(book.account.balance, 6);
    assert_eq!(problems(&book), Vec::<String>::new());
}

#[test]
fn what_is_owed_is_paid_by_the_points_that_come() {
    let mut book = book();
    book.account.debt = 17;
    assert_eq!(book.payable(), 0);
    book.credit(credit(10, None, 200), at(10)).unwrap();
    assert_eq!(book.payable(), 10);
    book.pay_debt(id("pays"), memo(), at(10)).unwrap();
    assert_eq!((last(&book), book.account.debt, book.payable()), ((-10, 0, vec![take(1, 10)]), 7, 0));
    book.credit(credit(10, Some(50), 200), at(10)).unwrap();
    book.pay_debt(id("pays"), memo(), at(10)).unwrap();
    assert_eq!((last(&book), book.account.debt), ((-7, 0, vec![take(3, 7)]), 0));
    assert_eq!(book.pay_debt(id("pays"), memo(), at(10)), None);
    settle(&mut book, 50);
    assert_eq!(book.account.balance, 3);
    assert_eq!(problems(&book), Vec::<String>::new());
}

#[test]
fn a_closed_account_has_nothing_left() {
    let mut book = book();
    assert!(!book.is_changed());
    book.open_account();
    assert!(book.account.open && book.is_changed());
    book.credit(credit(10, None, 200), at(10)).unwrap();
    book.credit(credit(5, Some(50), 200), at(10)).unwrap();
    book.close(id("close"), memo(), at(11));
    assert_eq!(last(&book), (-15, 0, vec![take(1, 10), take(2, 5)]));
    assert_eq!((left(&book), book.account.next_change_at), (vec![], None));
    assert_eq!((book.account.open, book.account.opened_seq), (false, 3));
    // Once more, with nothing to take.
    book.close(id("close"), memo(), at(12));
    assert_eq!(last(&book), (0, 0, vec![]));
    assert_eq!(problems(&book), Vec::<String>::new());
}

#[test]
fn a_balance_keeps_within_its_bound() {
    let mut book = book();
    book.account.balance = Points::BALANCE_MAX - 1;
    assert_eq!(book.credit(credit(2, None, 200), at(10)).unwrap_err(), Refusal::BalanceTooLarge);
    assert_eq!(book.credit(credit(1, None, 200), at(10)).map(|entry| entry.balance_after), Ok(Points::BALANCE_MAX));
}

#[test]
fn lots_that_were_there_before_are_told_apart_from_new_ones() {
    let until = at(200);
    let lot = |seq| Lot { seq, points: 10, remaining: 10, available_from: None, valid_until: until };
    let account = Account { balance: 20, seq: 2, next_change_at: Some(until), ..book().account };
    assert!(!Book::is_due(&account, at(199)) && Book::is_due(&account, until));
    assert!(!Book::is_due(&book().account, until));
    let mut book = Book::open(account, vec![lot(2), lot(1), lot(2)], Loaded::All);
    assert_eq!(left(&book), [(1, 10), (2, 10)]);
    book.debit(debit(12, None), at(11)).unwrap();
    book.debit(debit(1, None), at(11)).unwrap();
    let changes = book.into_changes();
    assert_eq!(changes.taken.into_iter().collect::<Vec<_>>(), [(1, 10), (2, 3)]);
    assert_eq!((changes.new_lots.len(), changes.entries.len(), changes.account.seq), (0, 2, 4));
}

/// With the first lots alone in memory, a new one that belongs behind the others is not taken for the next to be spent.
#[test]
fn new_lots_behind_what_is_not_in_memory_stay_out_of_it() {
    let first = Lot { seq: 1, points: 10, remaining: 10, available_from: None, valid_until: at(200) };
    let account = Account { balance: 10, seq: 5, next_change_at: Some(at(200)), ..book().account };
    for (loaded, from, until, kept) in [
        (Loaded::First, None, 300, vec![1]),
        (Loaded::First, None, 100, vec![6, 1]),
        (Loaded::First, Some(50), 300, vec![1, 6]),
        (Loaded::All, None, 300, vec![1, 6]),
        (Loaded::None, None, 100, vec![1]),
    ] {
        let mut book = Book::open(account.clone(), vec![first.clone()], loaded);
        book.credit(credit(10, from, until), at(10)).unwrap();
        assert_eq!(book.lots().map(|lot| lot.seq).collect::<Vec<_>>(), kept, "{loaded:?} {from:?} {until}");
        assert_eq!(book.account.next_change_at, Some(at(from.unwrap_or(until.min(200)))), "{loaded:?}");
    }
}

/// Something done to what is kept.
type Change<'a> = &'a dyn Fn(&mut Account, &mut Vec<Entry>, &mut Vec<Lot>);

/// A history with everything in it: its account, entries and lots.
fn history() -> (Account, Vec<Entry>, Vec<Lot>) {
    let mut book = book();
    book.credit(credit(10, None, 200), at(10)).unwrap();
    book.credit(credit(10, None, 300), at(10)).unwrap();
    book.credit(credit(10, Some(50), 400), at(10)).unwrap();
    book.debit(debit(14, None), at(11)).unwrap();
    settle(&mut book, 60);
    book.credit(credit(1, Some(70), 500), at(60)).unwrap();
    let changes = book.into_changes();
    (changes.account, changes.entries, changes.new_lots)
}

#[test]
fn a_proof_finds_whatever_does_not_add_up() {
    let (account, entries, lots) = history();
    assert_eq!(proof::problems(&account, &entries, &lots), Vec::<String>::new());
    let fresh = book().account;
    assert_eq!(proof::problems(&fresh, &[], &[]), Vec::<String>::new());
    let finds = |what: &str, change: Change<'_>, named: &str| {
        let (mut account, mut entries, mut lots) = (account.clone(), entries.clone(), lots.clone());
        change(&mut account, &mut entries, &mut lots);
        let found = proof::problems(&account, &entries, &lots);
        assert!(found.iter().any(|problem| problem.contains(named)), "{what}: {found:?}");
    };
    finds("an entry less", &|_, entries, _| drop(entries.remove(1)), "entry 2 is missing");
    finds(
        "another text",
        &|_, entries, _| entries[0].memo.description = Some(String::new()),
        "entry 1 (credit) was changed",
    );
    finds("another time", &|_, entries, _| entries[0].valid_until = Some(at(201)), "entry 1 (credit) was changed");
    finds("another number", &|_, entries, _| entries[3].recorded_at = at(12), "entry 4 (debit) was changed");
    finds("no end", &|_, entries, _| entries[0].valid_until = None, "entry 1 adds points without an end, or none");
    finds("no points", &|_, entries, _| entries[0].points = 0, "entry 1 adds points without an end, or none");
    finds("the wrong sign", &|_, entries, _| entries[3].points = 14, "entry 4 takes points and has a positive sign");
    finds(
        "more than there was",
        &|_, entries, _| entries[3].takes[0].points = 11,
        "entry 4 took 11 points of lot 1, which had 10",
    );
    finds(
        "a lot of nobody",
        &|_, entries, _| entries[3].takes[0].lot_seq = 9,
        "entry 4 took points of lot 9, which is missing",
    );
    finds(
        "a take less",
        &|_, entries, _| entries[3].takes.truncate(1),
        "entry 4 moves -14 points, but its usages add up to 10",
    );
    finds(
        "another balance",
        &|_, entries, _| entries[3].balance_after = 7,
        "entry 4 says a balance of 7; its lots add up to 6",
    );
    finds("a count", &|account, _, _| account.seq = 6, "the account has 6 entries, but the last one is 5");
    finds("a chain", &|account, _, _| account.chain.push('x'), "the account's chain does not end with its last entry");
    finds("a sum", &|account, _, _| account.balance = 15, "the account's balance is 15; its lots add up to 16");
    finds("no next change", &|account, _, _| account.next_change_at = None, "when its balance changes next");
    finds("a late one", &|account, _, _| account.next_change_at = Some(at(71)), "when its balance changes next");
    finds("a lot less", &|_, _, lots| lots.truncate(2), "lot 3 is missing");
    finds("other points left", &|_, _, lots| lots[1].remaining = 5, "lot 2 has 5 points left; its usages leave 6");
    finds("another end", &|_, _, lots| lots[1].valid_until = at(301), "lot 2 differs from the entry that began it");
    finds("a lot more", &|_, _, lots| lots[1].seq = 9, "lot 9 was begun by no entry");
    // An instant at which nothing is left to happen does no harm.
    let early = Account { next_change_at: Some(at(70)), ..account.clone() };
    assert_eq!(early, account);
    let early = Account { next_change_at: Some(at(65)), ..account };
    assert_eq!(proof::problems(&early, &entries, &lots), Vec::<String>::new());
}

#[test]
fn kinds_and_sources_are_named_as_they_are_stored() {
    let names = EntryKind::ALL.map(EntryKind::as_str);
    assert_eq!(names, ["earned", "added", "removed", "redeemed", "expired", "taken_back", "given_back", "closed"]);
    assert_eq!(names.map(EntryKind::parse), EntryKind::ALL.map(Ok));
    assert_eq!(EntryKind::ALL.map(EntryKind::credits), [true, true, false, false, false, false, true, false]);
    let sources = [Source::Api, Source::BackOffice, Source::CommandLine, Source::Job, Source::Import];
    assert_eq!(sources.map(Source::as_str), ["api", "back_office", "command_line", "job", "import"]);
    assert_eq!(sources.map(|source| Source::parse(source.as_str())), sources.map(Ok));
    assert!(EntryKind::parse("Earned").is_err() && Source::parse("").is_err());
}
