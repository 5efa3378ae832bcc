//! One account in memory, and every way in which it may change.
//!
//! A book is opened on the account's row and on as many of its lots as the change needs, in the order in which
//! they are spent. It refuses or it changes; what changed is then written in one go.

use std::collections::BTreeMap;

use super::{
    Account, Lot, chain,
    entry::{Entry, EntryKind, Memo, Take},
};
use crate::domain::{actor::Actor, ids::EntryId, points::Points, refusal::Refusal, time::Timestamp};

/// Makes the ids of entries that nobody named.
pub type NewId<'a> = &'a mut (dyn FnMut() -> EntryId + Send);

/// Points to add.
#[derive(Clone, Debug)]
pub struct Credit {
    /// The entry's id.
    pub entry_id: EntryId,
    /// `earned`, `added` or `given_back`.
    pub kind: EntryKind,
    /// How many.
    pub points: Points,
    /// From when they can be spent; `None`: at once.
    pub available_from: Option<Timestamp>,
    /// When they end.
    pub valid_until: Timestamp,
    /// Who, why, from where.
    pub memo: Memo,
}

/// Points to take.
#[derive(Clone, Debug)]
pub struct Debit {
    /// The entry's id.
    pub entry_id: EntryId,
    /// `removed`, `redeemed` or `taken_back`.
    pub kind: EntryKind,
    /// How many.
    pub points: Points,
    /// Who, why, from where.
    pub memo: Memo,
    /// A lot to take from before the others.
    pub first_from: Option<i64>,
}

/// Points to take back, as far as they are there.
#[derive(Clone, Debug)]
pub struct TakeBack {
    /// The entry's id.
    pub entry_id: EntryId,
    /// How many.
    pub points: Points,
    /// The lot to take from before the others, even while it is pending.
    pub own_lot: i64,
    /// Whether other points that are still pending are taken, too.
    pub pending_too: bool,
    /// Who, why, from where.
    pub memo: Memo,
}

/// Which of an account's lots are in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loaded {
    /// None: enough for adding points to an account that is settled.
    None,
    /// The first in spending order, and every pending one; more are in the database.
    First,
    /// Every lot that has points left.
    All,
}

/// One account in memory.
#[derive(Clone, Debug)]
pub struct Book {
    /// The account's row, kept up to date.
    pub account: Account,
    before: Account,
    lots: Vec<Lot>,
    loaded: Loaded,
    entries: Vec<Entry>,
    new_lots: Vec<Lot>,
    taken: BTreeMap<i64, i64>,
}

/// What a book has to write.
#[derive(Debug)]
pub struct Changes {
    /// The account's row.
    pub account: Account,
    /// New lines, in order.
    pub entries: Vec<Entry>,
    /// New lots, with what remains of them.
    pub new_lots: Vec<Lot>,
    /// How many points were taken from lots that were there before, by lot.
    pub taken: BTreeMap<i64, i64>,
}

impl Book {
    /// Opens the book on `lots`, which `loaded` describes.
    pub fn open(account: Account, mut lots: Vec<Lot>, loaded: Loaded) -> Self {
        lots.sort_by_key(Lot::spending_order);
        lots.dedup_by_key(|lot| lot.seq);
        let before = account.clone();
        Self { account, before, lots, loaded, entries: Vec::new(), new_lots: Vec::new(), taken: BTreeMap::new() }
    }

    /// Whether a settlement is due, so that lots are needed for any change.
    pub fn is_due(account: &Account, now: Timestamp) -> bool {
        account.next_change_at.is_some_and(|at| at <= now)
    }

    /// The lots in memory that have points left, in spending order.
    pub fn lots(&self) -> impl Iterator<Item = &Lot> {
        self.lots.iter().filter(|lot| lot.remaining > 0)
    }

    /// What was recorded since the book was opened.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether anything is to be written.
    pub fn is_changed(&self) -> bool {
        let now = |of: &Account| (of.seq, of.balance, of.next_change_at, of.open, of.debt);
        now(&self.account) != now(&self.before)
    }

    /// Opens the account for the API, with no points yet.
    pub fn open_account(&mut self) {
        self.account.open = true;
    }

    /// Hands over what is to be written.
    pub fn into_changes(self) -> Changes {
        Changes { account: self.account, entries: self.entries, new_lots: self.new_lots, taken: self.taken }
    }

    /// Records what happened by itself up to `now`: lots that ended expire, each at its own instant, and pending
    /// lots begin. Every change begins with this, so that a balance after an entry is what could be spent then.
    pub fn settle(&mut self, now: Timestamp, new_id: NewId<'_>) {
        let ended: Vec<Lot> = self.lots().filter(|lot| lot.valid_until <= now).cloned().collect();
        for lot in ended {
            self.begin_pending(lot.valid_until);
            let memo = Memo::new(Actor::system("expiry"), super::entry::Source::Job);
            let takes = vec![Take { lot_seq: lot.seq, points: lot.remaining }];
            let begun = lot.has_begun(self.account.settled_at);
            self.take_from_lots(&takes);
            if begun {
                self.account.balance -= lot.remaining;
            }
            self.record(new_id(), EntryKind::Expired, -lot.remaining, lot.valid_until, None, None, memo, takes);
        }
        self.begin_pending(now);
        self.renew_next_change(now);
    }

    /// Adds points as a lot of their own.
    ///
    /// # Errors
    /// When the balance would not fit.
    pub fn credit(&mut self, credit: Credit, now: Timestamp) -> Result<&Entry, Refusal> {
        let points = credit.points.get();
        let pending = credit.available_from.is_some_and(|from| from > self.account.settled_at);
        let balance = self.account.balance.checked_add(points).filter(|sum| *sum <= Points::BALANCE_MAX);
        let balance = balance.ok_or(Refusal::BalanceTooLarge)?;
        if !pending {
            self.account.balance = balance;
        }
        let lot = Lot {
            seq: self.account.seq + 1,
            points,
            remaining: points,
            available_from: credit.available_from.filter(|_| pending),
            valid_until: credit.valid_until,
        };
        let next = [Some(lot.valid_until), lot.available_from, self.account.next_change_at].into_iter().flatten().min();
        self.account.next_change_at = next;
        self.account.open = true;
        let (from, until) = (lot.available_from, lot.valid_until);
        self.new_lots.push(lot.clone());
        self.keep_in_order(lot);
        self.record(credit.entry_id, credit.kind, points, now, from, Some(until), credit.memo, Vec::new());
        Ok(self.last_entry())
    }

    /// Takes points: from `first_from`, then from what ends soonest, then from the oldest.
    ///
    /// # Errors
    /// When the account has fewer.
    pub fn debit(&mut self, debit: Debit, now: Timestamp) -> Result<&Entry, Refusal> {
        let points = debit.points.get();
        if points > self.account.balance {
            return Err(Refusal::NotEnough { has: self.account.balance, asked: points });
        }
        let takes = self.choose(points, debit.first_from, now)?;
        self.take_from_lots(&takes);
        self.account.balance -= points;
        self.renew_next_change(now);
        self.record(debit.entry_id, debit.kind, -points, now, None, None, debit.memo, takes);
        Ok(self.last_entry())
    }

    /// Takes points back as far as they are there: from their own lot, then from what ends soonest. Every lot is in
    /// memory. `None` when nothing is there.
    pub fn take_back(&mut self, back: TakeBack, now: Timestamp) -> Option<&Entry> {
        let settled = self.account.settled_at;
        let is_live = |lot: &&Lot| lot.remaining > 0 && lot.valid_until > now;
        let own = self.lots.iter().filter(|lot| lot.seq == back.own_lot);
        let others = || self.lots.iter().filter(|lot| lot.seq != back.own_lot);
        let begun = others().filter(|lot| lot.has_begun(settled));
        let pending = others().filter(|lot| back.pending_too && !lot.has_begun(settled));
        let (mut missing, mut taken_begun, mut takes) = (back.points.get(), 0, Vec::new());
        for lot in own.chain(begun).chain(pending).filter(is_live) {
            let points = missing.min(lot.remaining);
            if points == 0 {
                break;
            }
            takes.push(Take { lot_seq: lot.seq, points });
            taken_begun += if lot.has_begun(settled) { points } else { 0 };
            missing -= points;
        }
        self.take_all(back.entry_id, &takes, taken_begun, back.memo, now)
    }

    /// How much of what the account owes the points that just came can pay.
    pub fn payable(&self) -> i64 {
        self.new_lots.iter().map(|lot| lot.remaining).sum::<i64>().min(self.account.debt)
    }

    /// Pays what the account owes with the points that just came: while something is owed there are no others. `None`
    /// when nothing is owed.
    pub fn pay_debt(&mut self, entry_id: EntryId, memo: Memo, now: Timestamp) -> Option<&Entry> {
        let settled = self.account.settled_at;
        let (mut owed, mut taken_begun, mut takes) = (self.account.debt, 0, Vec::new());
        for lot in self.new_lots.iter().filter(|lot| lot.remaining > 0) {
            let points = owed.min(lot.remaining);
            if points == 0 {
                break;
            }
            takes.push(Take { lot_seq: lot.seq, points });
            taken_begun += if lot.has_begun(settled) { points } else { 0 };
            owed -= points;
        }
        self.account.debt = owed;
        self.take_all(entry_id, &takes, taken_begun, memo, now)
    }

    /// Takes from lots, some of which may be pending, as one entry.
    fn take_all(
        &mut self,
        entry_id: EntryId,
        takes: &[Take],
        taken_begun: i64,
        memo: Memo,
        now: Timestamp,
    ) -> Option<&Entry> {
        let points: i64 = takes.iter().map(|take| take.points).sum();
        if points == 0 {
            return None;
        }
        self.take_from_lots(takes);
        self.account.balance -= taken_begun;
        self.renew_next_change(now);
        self.record(entry_id, EntryKind::TakenBack, -points, now, None, None, memo, takes.to_vec());
        Some(self.last_entry())
    }

    /// Ends the account: everything that is left is gone, pending points too.
    pub fn close(&mut self, entry_id: EntryId, memo: Memo, now: Timestamp) {
        let takes: Vec<Take> = self.lots().map(|lot| Take { lot_seq: lot.seq, points: lot.remaining }).collect();
        let points: i64 = takes.iter().map(|take| take.points).sum();
        self.take_from_lots(&takes);
        self.account.balance = 0;
        self.account.next_change_at = None;
        self.account.open = false;
        self.record(entry_id, EntryKind::Closed, -points, now, None, None, memo, takes);
        self.account.opened_seq = self.account.seq;
    }

    /// Which lots give `points`. The balance covers them, and enough lots are in memory.
    fn choose(&self, points: i64, first_from: Option<i64>, now: Timestamp) -> Result<Vec<Take>, Refusal> {
        let spendable =
            |lot: &&Lot| lot.remaining > 0 && lot.valid_until > now && lot.has_begun(self.account.settled_at);
        let first = self.lots.iter().filter(|lot| Some(lot.seq) == first_from);
        let others = self.lots.iter().filter(|lot| Some(lot.seq) != first_from);
        let mut missing = points;
        let mut takes = Vec::new();
        for lot in first.chain(others).filter(spendable) {
            if missing == 0 {
                break;
            }
            let points = missing.min(lot.remaining);
            takes.push(Take { lot_seq: lot.seq, points });
            missing -= points;
        }
        if missing > 0 {
            return Err(Refusal::Damaged(self.account.customer.clone()));
        }
        Ok(takes)
    }

    fn take_from_lots(&mut self, takes: &[Take]) {
        for take in takes {
            let of_seq = |lot: &&mut Lot| lot.seq == take.lot_seq;
            if let Some(lot) = self.lots.iter_mut().find(of_seq) {
                lot.remaining -= take.points;
            }
            match self.new_lots.iter_mut().find(of_seq) {
                Some(lot) => lot.remaining -= take.points,
                None => *self.taken.entry(take.lot_seq).or_default() += take.points,
            }
        }
    }

    /// Counts pending lots that begin up to `at`. A clock that went back takes nothing away again.
    fn begin_pending(&mut self, at: Timestamp) {
        let settled = self.account.settled_at;
        if at > settled {
            let begun = self.lots().filter(|lot| !lot.has_begun(settled) && lot.has_begun(at));
            self.account.balance += begun.map(|lot| lot.remaining).sum::<i64>();
            self.account.settled_at = at;
        }
    }

    fn renew_next_change(&mut self, now: Timestamp) {
        if self.loaded == Loaded::None {
            return;
        }
        let settled = self.account.settled_at;
        let begins = self.lots().filter_map(|lot| lot.available_from).filter(|from| *from > settled.max(now)).min();
        let ends = self.lots().map(|lot| lot.valid_until).min();
        self.account.next_change_at = [begins, ends].into_iter().flatten().min();
    }

    /// Puts a new lot among those in memory, unless it belongs behind lots that are not.
    fn keep_in_order(&mut self, lot: Lot) {
        let behind = |last: &Lot| lot.spending_order() > last.spending_order();
        let pending = lot.available_from.is_some();
        let keep = match self.loaded {
            Loaded::None => false,
            Loaded::First => pending || !self.lots.last().is_none_or(behind),
            Loaded::All => true,
        };
        if keep {
            let at = self.lots.partition_point(|other| other.spending_order() < lot.spending_order());
            self.lots.insert(at, lot);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of an entry, set in one place")]
    fn record(
        &mut self,
        entry_id: EntryId,
        kind: EntryKind,
        points: i64,
        recorded_at: Timestamp,
        available_from: Option<Timestamp>,
        valid_until: Option<Timestamp>,
        memo: Memo,
        takes: Vec<Take>,
    ) {
        self.account.seq += 1;
        let mut entry = Entry {
            seq: self.account.seq,
            entry_id,
            kind,
            points,
            balance_after: self.account.balance,
            recorded_at,
            settled_at: self.account.settled_at,
            available_from,
            valid_until,
            memo,
            takes,
            hash: String::new(),
        };
        entry.hash = chain::link(&self.account.chain, &self.account.tenant, self.account.account_id, &entry);
        self.account.chain.clone_from(&entry.hash);
        self.account.changed_at = recorded_at;
        self.entries.push(entry);
    }

    fn last_entry(&self) -> &Entry {
        self.entries.last().unwrap_or_else(|| unreachable!("an entry was recorded just now"))
    }
}
