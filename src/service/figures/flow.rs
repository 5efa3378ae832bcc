//! What moved.

use super::period::Period;
use crate::{domain::ledger::entry::EntryKind, store::figures::Sums};

/// What moved in a period. All numbers are without a sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Points of orders.
    pub earned: i64,
    /// How many orders.
    pub orders: i64,
    /// Points added by hand or by programs.
    pub added: i64,
    /// Points exchanged.
    pub redeemed: i64,
    /// How many exchanges.
    pub redemptions: i64,
    /// Points removed by hand or taken back.
    pub taken: i64,
    /// Points of cancelled exchanges.
    pub given_back: i64,
    /// Points that reached their end.
    pub expired: i64,
    /// Points lost with closed accounts.
    pub closed: i64,
}

impl Flow {
    /// What these entries moved.
    pub(super) fn of(sums: &Sums) -> Self {
        let mut flow = Self::default();
        for (kind, points, entries) in sums.of_kinds() {
            flow.count(kind, points.saturating_abs(), entries);
        }
        flow
    }

    fn count(&mut self, kind: EntryKind, points: i64, entries: i64) {
        match kind {
            EntryKind::Earned => {
                self.earned += points;
                self.orders += entries;
            }
            EntryKind::Added => self.added += points,
            EntryKind::GivenBack => self.given_back += points,
            EntryKind::Redeemed => {
                self.redeemed += points;
                self.redemptions += entries;
            }
            EntryKind::Removed | EntryKind::TakenBack => self.taken += points,
            EntryKind::Expired => self.expired += points,
            EntryKind::Closed => self.closed += points,
        }
    }

    /// Takes in what moved in another period.
    pub(super) fn add(&mut self, other: &Self) {
        self.earned += other.earned;
        self.orders += other.orders;
        self.added += other.added;
        self.redeemed += other.redeemed;
        self.redemptions += other.redemptions;
        self.taken += other.taken;
        self.given_back += other.given_back;
        self.expired += other.expired;
        self.closed += other.closed;
    }

    /// Points that came: earned and added.
    pub fn came(&self) -> i64 {
        self.earned + self.added
    }

    /// By how much the balances grew.
    pub fn net(&self) -> i64 {
        self.came() + self.given_back - self.redeemed - self.taken - self.expired - self.closed
    }
}

/// A part of a period: a day or a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its days.
    pub days: Period,
    /// What moved.
    pub flow: Flow,
    /// What customers held at its end.
    pub held: i64,
}

/// Goes back from what was held at the end of the last part.
pub(super) fn hold(parts: &mut [Part], at_end: i64) {
    let mut held = at_end;
    for part in parts.iter_mut().rev() {
        part.held = held.max(0);
        held -= part.flow.net();
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    #[test]
    fn what_was_held_is_worked_out_backwards() {
        let period = Period::last_days(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(), 3);
        let flow = |added, redeemed| Flow { added, redeemed, ..Flow::default() };
        let flows = [flow(10, 0), flow(100, 30), flow(0, 50)];
        let mut parts: Vec<Part> =
            period.parts().into_iter().zip(flows).map(|(days, flow)| Part { days, flow, held: 0 }).collect();
        hold(&mut parts, 70);
        assert_eq!(parts.iter().map(|part| part.held).collect::<Vec<_>>(), [50, 120, 70]);
    }
}
