//! Proving an account: everything it says is worked out again from its entries.

use std::collections::BTreeMap;

use super::{Account, Lot, chain, entry::Entry};
use crate::domain::time::Timestamp;

/// What is off in one account, in words; empty when all adds up.
pub fn problems(account: &Account, entries: &[Entry], lots: &[Lot]) -> Vec<String> {
    let mut proof = Proof { account, lots: BTreeMap::new(), problems: Vec::new() };
    let kept: BTreeMap<i64, &Lot> = lots.iter().map(|lot| (lot.seq, lot)).collect();
    let mut previous = chain::START.to_owned();
    let mut expected_seq = 1;
    for entry in entries {
        if entry.seq != expected_seq {
            proof.say(format!("entry {expected_seq} is missing"));
        }
        expected_seq = entry.seq + 1;
        let hash = chain::link(&previous, &account.tenant, account.account_id, entry);
        if hash != entry.hash {
            proof.say(format!(
                "entry {} ({}) was changed, or one before it: its hash does not fit",
                entry.seq, entry.entry_id
            ));
        }
        previous.clone_from(&entry.hash);
        proof.replay(entry);
    }
    proof.ends_as_the_account_says(entries.last(), &previous);
    proof.lots_are_as_replayed(&kept);
    proof.problems
}

struct Proof<'a> {
    account: &'a Account,
    /// What every lot should be by now.
    lots: BTreeMap<i64, Lot>,
    problems: Vec<String>,
}

impl Proof<'_> {
    fn say(&mut self, problem: String) {
        self.problems.push(problem);
    }

    fn replay(&mut self, entry: &Entry) {
        let seq = entry.seq;
        if entry.kind.credits() {
            let Some(valid_until) = entry.valid_until.filter(|_| entry.points > 0) else {
                return self.say(format!("entry {seq} adds points without an end, or none"));
            };
            let (points, available_from) = (entry.points, entry.available_from);
            self.lots.insert(seq, Lot { seq, points, remaining: points, available_from, valid_until });
        } else if entry.points > 0 {
            self.say(format!("entry {seq} takes points and has a positive sign"));
        }
        let mut taken = 0;
        for take in &entry.takes {
            taken += take.points;
            match self.lots.get_mut(&take.lot_seq) {
                Some(lot) if lot.remaining >= take.points => lot.remaining -= take.points,
                Some(lot) => {
                    let left = lot.remaining;
                    self.say(format!(
                        "entry {seq} took {} points of lot {}, which had {left}",
                        take.points, take.lot_seq
                    ));
                }
                None => self.say(format!("entry {seq} took points of lot {}, which is missing", take.lot_seq)),
            }
        }
        let expected = if entry.kind.credits() { 0 } else { -entry.points };
        if taken != expected {
            self.say(format!("entry {seq} moves {} points, but its usages add up to {taken}", entry.points));
        }
        let balance = self.begun(entry.settled_at);
        if balance != entry.balance_after {
            self.say(format!("entry {seq} says a balance of {}; its lots add up to {balance}", entry.balance_after));
        }
    }

    /// What is left of the lots that have begun.
    fn begun(&self, settled_at: Timestamp) -> i64 {
        self.lots.values().filter(|lot| lot.has_begun(settled_at)).map(|lot| lot.remaining).sum()
    }

    fn ends_as_the_account_says(&mut self, last: Option<&Entry>, chain: &str) {
        let account = self.account;
        let seq = last.map_or(0, |entry| entry.seq);
        if account.seq != seq {
            self.say(format!("the account has {} entries, but the last one is {seq}", account.seq));
        }
        if account.chain != chain {
            self.say("the account's chain does not end with its last entry".to_owned());
        }
        let balance = self.begun(account.settled_at);
        if account.balance != balance {
            self.say(format!("the account's balance is {}; its lots add up to {balance}", account.balance));
        }
        let live = || self.lots.values().filter(|lot| lot.remaining > 0);
        let begins = live().filter_map(|lot| lot.available_from).filter(|from| *from > account.settled_at).min();
        let next = [begins, live().map(|lot| lot.valid_until).min()].into_iter().flatten().min();
        // It may name an instant at which nothing is left to happen: the balance is right all the same.
        let late = match (account.next_change_at, next) {
            (Some(said), Some(next)) => said > next,
            (None, Some(_)) => true,
            (_, None) => false,
        };
        if late {
            self.say("the account does not know when its balance changes next".to_owned());
        }
    }

    fn lots_are_as_replayed(&mut self, kept: &BTreeMap<i64, &Lot>) {
        let mut found = Vec::new();
        for (seq, lot) in &self.lots {
            match kept.get(seq) {
                None => found.push(format!("lot {seq} is missing")),
                Some(kept) if kept.remaining != lot.remaining => {
                    found.push(format!(
                        "lot {seq} has {} points left; its usages leave {}",
                        kept.remaining, lot.remaining
                    ));
                }
                Some(kept) if *kept != lot => found.push(format!("lot {seq} differs from the entry that began it")),
                Some(_) => {}
            }
        }
        let strange = kept.keys().filter(|seq| !self.lots.contains_key(seq));
        found.extend(strange.map(|seq| format!("lot {seq} was begun by no entry")));
        self.problems.extend(found);
    }
}
