//! Random histories, on the real ledger and on a model that is too simple to be wrong.

use guerdon::{
    domain::{
        ids::{EntryId, OrderId, ReturnId},
        ledger::entry::{Entry, EntryKind},
        order::{earning::Award, returned::Content, snapshot::Snapshot},
        site::{EarningRule, Shortfall},
        time::Timestamp,
    },
    service::ledger::command::{Command, Done, NewOrder, NewReturn, Remarks, Reply},
    store::{Backend, ledger::read},
};
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::json;

use crate::{
    common::{clock, database::TestDb},
    desk::{Desk, credit, customer, debit},
};

const HOUR: i64 = 3_600;

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Points that begin and end so many hours from now; beginning at 0 is at once.
    Add {
        points: i64,
        begins: i64,
        lives: i64,
    },
    Take {
        points: i64,
    },
    TakeAll,
    /// Buys the option for 100 points.
    Redeem,
    /// Cancels one of the redemptions so far.
    Cancel {
        which: usize,
    },
    /// Undoes one of the entries so far.
    Undo {
        which: usize,
    },
    /// An order of ten pieces is completed and earns points; a return of it may leave a debt.
    Order {
        points: i64,
        begins: i64,
        lives: i64,
        owes: bool,
    },
    /// So many pieces of one of the orders so far come back.
    Return {
        which: usize,
        pieces: i64,
    },
    Settle,
    Close,
    /// Hours; the clock may go back.
    Clock {
        hours: i64,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => (1_i64..200, prop_oneof![3 => Just(0_i64), 1 => 1_i64..40], 1_i64..100)
            .prop_map(|(points, begins, lives)| Step::Add { points, begins, lives: begins + lives }),
        4 => (1_i64..150).prop_map(|points| Step::Take { points }),
        1 => Just(Step::TakeAll),
        3 => Just(Step::Redeem),
        2 => (0_usize..6).prop_map(|which| Step::Cancel { which }),
        2 => (0_usize..40).prop_map(|which| Step::Undo { which }),
        4 => (1_i64..200, prop_oneof![3 => Just(0_i64), 1 => 1_i64..40], 1_i64..100, any::<bool>())
            .prop_map(|(points, begins, lives, owes)| Step::Order { points, begins, lives: begins + lives, owes }),
        4 => (0_usize..6, 1_i64..8).prop_map(|(which, pieces)| Step::Return { which, pieces }),
        1 => Just(Step::Settle),
        1 => Just(Step::Close),
        5 => prop_oneof![4 => 1_i64..60, 1 => -10_i64..0].prop_map(|hours| Step::Clock { hours }),
    ];
    proptest::collection::vec(step, 1..60)
}

#[derive(Clone, Debug)]
struct Lot {
    seq: i64,
    left: i64,
    begins: Option<Timestamp>,
    ends: Timestamp,
}

/// An order: what it earned, into which lot, how many of its ten pieces came back, and for how many points.
#[derive(Clone, Debug)]
struct Ordered {
    id: OrderId,
    points: i64,
    lot: i64,
    owes: bool,
    pieces: i64,
    back: i64,
}

/// What an entry must say: kind, points, balance after, lots taken from.
type Line = (EntryKind, i64, i64, Vec<(i64, i64)>);

/// The rules, said as plainly as possible.
#[derive(Default)]
struct Model {
    open: bool,
    lots: Vec<Lot>,
    lines: Vec<Line>,
    undone: Vec<bool>,
    /// Which lines bought the option, and whether that was cancelled.
    bought: Vec<(usize, bool)>,
    orders: Vec<Ordered>,
    /// What later points pay first.
    debt: i64,
    /// Pending lots that begin up to here count, also when the clock goes back.
    settled: Option<Timestamp>,
}

impl Model {
    fn begun(&self, lot: &Lot, at: Timestamp) -> bool {
        lot.begins.is_none_or(|begins| begins <= self.settled.map_or(at, |settled| settled.max(at)))
    }

    fn balance(&self, at: Timestamp) -> i64 {
        self.lots.iter().filter(|lot| self.begun(lot, at) && at < lot.ends).map(|lot| lot.left).sum()
    }

    fn line(&mut self, kind: EntryKind, points: i64, balance: i64, takes: Vec<(i64, i64)>) {
        self.lines.push((kind, points, balance, takes));
        self.undone.push(false);
    }

    /// What happens by itself up to `now`. Says whether anything did.
    fn settle(&mut self, now: Timestamp) -> bool {
        let begins = self
            .lots
            .iter()
            .any(|lot| lot.left > 0 && self.begun(lot, now) && lot.begins > self.settled && lot.begins.is_some());
        let mut ended: Vec<(Timestamp, i64)> =
            self.lots.iter().filter(|lot| lot.left > 0 && lot.ends <= now).map(|lot| (lot.ends, lot.seq)).collect();
        ended.sort();
        for (at, seq) in &ended {
            self.settled = self.settled.max(Some(*at));
            let lot = self.lots.iter_mut().find(|lot| lot.seq == *seq).unwrap();
            let points = std::mem::take(&mut lot.left);
            // Others that end at the same instant or later are still there right after this one.
            let settled = self.settled.unwrap();
            let balance =
                self.lots.iter().filter(|lot| lot.begins.is_none_or(|b| b <= settled)).map(|lot| lot.left).sum();
            self.line(EntryKind::Expired, -points, balance, vec![(*seq, points)]);
        }
        if begins || !ended.is_empty() {
            self.settled = self.settled.max(Some(now));
        }
        begins || !ended.is_empty()
    }

    fn credit(&mut self, kind: EntryKind, points: i64, begins: Option<Timestamp>, ends: Timestamp, now: Timestamp) {
        self.settled = self.settled.max(Some(now));
        let begins = begins.filter(|begins| *begins > self.settled.unwrap());
        let seq = i64::try_from(self.lines.len()).unwrap() + 1;
        self.open = true;
        self.lots.push(Lot { seq, left: points, begins, ends });
        let balance = self.balance_unexpired();
        self.line(kind, points, balance, Vec::new());
        let paid = points.min(self.debt);
        if paid > 0 {
            self.debt -= paid;
            self.lots.iter_mut().find(|lot| lot.seq == seq).unwrap().left -= paid;
            let balance = self.balance_unexpired();
            self.line(EntryKind::TakenBack, -paid, balance, vec![(seq, paid)]);
        }
    }

    fn order(
        &mut self,
        id: OrderId,
        points: i64,
        owes: bool,
        (begins, ends): (Option<Timestamp>, Timestamp),
        now: Timestamp,
    ) {
        let lot = i64::try_from(self.lines.len()).unwrap() + 1;
        self.credit(EntryKind::Earned, points, begins, ends, now);
        self.orders.push(Ordered { id, points, lot, owes, pieces: 0, back: 0 });
    }

    /// Takes back the share of what came back, as far as it is there: from the order's own lot, pending or not, then
    /// from what ends soonest; what owes takes other pending points last, and leaves a debt.
    fn comes_back(&mut self, which: usize, pieces: i64, now: Timestamp) {
        let order = &mut self.orders[which];
        order.pieces += pieces;
        let share = order.points * order.pieces.min(10) / 10;
        let due = share - order.back;
        order.back = share;
        let (own, owes) = (order.lot, order.owes);
        self.lots.sort_by_key(|lot| (lot.ends, lot.seq));
        let begun = |lot: &Lot| lot.begins.is_none_or(|begins| Some(begins) <= self.settled);
        let mut order: Vec<(u8, usize)> = Vec::new();
        for (n, lot) in self.lots.iter().enumerate().filter(|(_, lot)| lot.left > 0 && now < lot.ends) {
            match (lot.seq == own, begun(lot)) {
                (true, _) => order.push((0, n)),
                (false, true) => order.push((1, n)),
                (false, false) if owes => order.push((2, n)),
                (false, false) => {}
            }
        }
        order.sort_unstable();
        let (mut missing, mut takes) = (due, Vec::new());
        for (_, n) in order {
            let lot = &mut self.lots[n];
            let taken = missing.min(lot.left);
            if taken > 0 {
                lot.left -= taken;
                missing -= taken;
                takes.push((lot.seq, taken));
            }
        }
        if missing < due {
            self.settled = self.settled.max(Some(now));
            let balance = self.balance_unexpired();
            self.line(EntryKind::TakenBack, missing - due, balance, takes);
        }
        if owes {
            self.debt += missing;
        }
    }

    /// What has begun, whether its end has come or not: what is due was settled before.
    fn balance_unexpired(&self) -> i64 {
        let settled = self.settled.unwrap();
        self.lots.iter().filter(|lot| lot.begins.is_none_or(|b| b <= settled)).map(|lot| lot.left).sum()
    }

    /// Takes from lot `first`, then from what ends soonest, then from the oldest. Says whether there was enough.
    fn take(&mut self, kind: EntryKind, points: i64, first: Option<i64>, now: Timestamp) -> bool {
        if !self.open || self.balance(now) < points {
            return false;
        }
        self.settled = self.settled.max(Some(now));
        let settled = self.settled.unwrap();
        self.lots.sort_by_key(|lot| (lot.ends, lot.seq));
        let mut order: Vec<usize> = (0..self.lots.len()).collect();
        order.sort_by_key(|n| Some(self.lots[*n].seq) != first);
        let (mut missing, mut takes) = (points, Vec::new());
        for n in order {
            let lot = &mut self.lots[n];
            let usable = lot.begins.is_none_or(|b| b <= settled) && now < lot.ends && lot.left > 0;
            if missing > 0 && usable {
                let taken = missing.min(lot.left);
                lot.left -= taken;
                missing -= taken;
                takes.push((lot.seq, taken));
            }
        }
        assert_eq!(missing, 0);
        let balance = self.balance_unexpired();
        self.line(kind, -points, balance, takes);
        true
    }

    fn undo(&mut self, which: usize, now: Timestamp) -> bool {
        let Some((kind, points, _, mut takes)) = self.lines.get(which).cloned() else { return false };
        takes.sort_unstable();
        if !self.open || self.undone[which] {
            return false;
        }
        let seq = i64::try_from(which).unwrap() + 1;
        match kind {
            EntryKind::Added => {
                if !self.take(EntryKind::Removed, points, Some(seq), now) {
                    return false;
                }
            }
            EntryKind::Removed => {
                for (lot, points) in takes {
                    let ends = self.lots.iter().find(|known| known.seq == lot).unwrap().ends;
                    self.credit(EntryKind::Added, points, None, ends, now);
                }
                self.settle(now);
            }
            _ => return false,
        }
        self.undone[which] = true;
        true
    }

    fn redeem(&mut self, now: Timestamp) -> bool {
        let line = self.lines.len();
        let done = self.take(EntryKind::Redeemed, 100, None, now);
        if done {
            self.bought.push((line, false));
        }
        done
    }

    fn cancel(&mut self, which: usize, now: Timestamp) -> bool {
        let Some((line, false)) = self.bought.get(which).copied() else { return false };
        if !self.open {
            return false;
        }
        let mut takes = self.lines[line].3.clone();
        takes.sort_unstable();
        for (lot, points) in takes {
            let ends = self.lots.iter().find(|known| known.seq == lot).unwrap().ends;
            // Fourteen days of grace for what has ended meanwhile.
            let ends = if ends > now { ends } else { now.plus_secs(14 * 24 * HOUR) };
            self.credit(EntryKind::GivenBack, points, None, ends, now);
        }
        self.settle(now);
        self.bought[which].1 = true;
        true
    }

    fn close(&mut self, now: Timestamp) {
        if self.open {
            self.settled = self.settled.max(Some(now));
            self.lots.sort_by_key(|lot| (lot.ends, lot.seq));
            let takes: Vec<_> = self.lots.iter().filter(|lot| lot.left > 0).map(|lot| (lot.seq, lot.left)).collect();
            let points: i64 = takes.iter().map(|(_, points)| points).sum();
            self.lots.iter_mut().for_each(|lot| lot.left = 0);
            self.line(EntryKind::Closed, -points, 0, takes);
            self.open = false;
        }
    }
}

/// A completed order of ten pieces that earns points.
fn order(
    rule: &EarningRule,
    id: OrderId,
    points: i64,
    owes: bool,
    (available_from, valid_until): (Option<Timestamp>, Timestamp),
    now: Timestamp,
) -> Command {
    let json = json!({ "customerId": "C1", "status": "COMPLETED", "currency": "EUR", "totals": {"gross": points},
        "items": [{"id": "1", "quantity": 10, "total": 100}] });
    let snapshot = Snapshot::from_json(json.as_object().unwrap(), now).unwrap();
    let shortfall = if owes { Shortfall::Owe } else { Shortfall::Clamp };
    let award = Award::of(&id, &snapshot, Some(rule), now, chrono_tz::UTC);
    assert_eq!(award.points, points);
    let award = Award { available_from, valid_until, shortfall, ..award };
    Command::Order(Box::new(NewOrder { id, snapshot, award: Some(award), with_account: true }))
}

/// What a step does to orders, in the model, and the command for it; `None` when there is no such order.
async fn sell(desk: &Desk<'_>, model: &mut Model, n: usize, step: Step) -> Option<Command> {
    let now = desk.app.now();
    match step {
        Step::Order { points, begins, lives, owes } => {
            let id = OrderId::parse(&format!("O{n}")).unwrap();
            let from = (begins > 0).then(|| now.plus_secs(begins * HOUR));
            let until = now.plus_secs(lives * HOUR);
            model.order(id.clone(), points, owes, (from, until), now);
            let rule = desk.rule().await;
            Some(order(&rule, id, points, owes, (from, until), now))
        }
        Step::Return { which, pieces } => {
            let known = model.orders.get(which).map(|order| order.id.clone())?;
            model.comes_back(which, pieces, now);
            let content = Content::Items([("1".to_owned(), pieces)].into());
            let id = ReturnId::parse(&format!("R{n}")).unwrap();
            Some(Command::Return(Box::new(NewReturn { order: known, id, content, with_account: true })))
        }
        _ => None,
    }
}

async fn run_history(backend: Backend, steps: &[Step]) {
    let db = TestDb::new(backend).await;
    let clock = clock::stopped();
    let app = db.app(&clock);
    let desk = Desk::open(&app, "acme").await;
    let mut model = Model::default();
    desk.offer("o1", None, None).await;
    desk.open_site().await;
    let (mut ids, mut redemptions): (Vec<EntryId>, Vec<String>) = (Vec::new(), Vec::new());
    for (n, step) in steps.iter().enumerate() {
        let now = app.now();
        if !matches!(step, Step::Clock { .. }) {
            model.settle(now);
        }
        let (real, expected) = match *step {
            Step::Clock { hours } => {
                clock.set(now.plus_secs(hours * HOUR));
                (true, true)
            }
            Step::Add { points, begins, lives } => {
                let mut new = credit(points, now.plus_secs(lives * HOUR), None);
                new.available_from = (begins > 0).then(|| now.plus_secs(begins * HOUR));
                let (from, until) = (new.available_from, new.valid_until);
                model.credit(EntryKind::Added, points, from, until, now);
                (desk.submit("C1", Command::Credit(EntryKind::Added, new)).await.is_ok(), true)
            }
            Step::Take { points } => {
                let answer = desk.submit("C1", Command::Debit(EntryKind::Removed, debit(points, None))).await;
                (answer.is_ok(), model.take(EntryKind::Removed, points, None, now))
            }
            Step::TakeAll => {
                let all = desk.balance("C1").await.unwrap_or(0);
                match all {
                    0 => (desk.submit("C1", Command::Settle).await.is_ok(), true),
                    all => (desk.take("C1", all).await.is_ok(), model.take(EntryKind::Redeemed, all, None, now)),
                }
            }
            Step::Redeem => {
                let answer = desk.redeem("C1", "o1").await;
                if let Ok(Reply::Done(Done::Redeemed { redemption_id, .. })) = &answer {
                    redemptions.push(redemption_id.clone());
                }
                (answer.is_ok(), model.redeem(now))
            }
            Step::Cancel { which } => {
                let id = redemptions.get(which).cloned().unwrap_or_default();
                (desk.submit("C1", Command::Cancel(id, Remarks::default())).await.is_ok(), model.cancel(which, now))
            }
            Step::Undo { which } => {
                let id = ids.get(which).cloned().unwrap_or_else(|| EntryId::parse("none").unwrap());
                (desk.submit("C1", Command::Undo(id, Remarks::default())).await.is_ok(), model.undo(which, now))
            }
            Step::Order { .. } | Step::Return { .. } => {
                let command = sell(&desk, &mut model, n, *step).await.unwrap_or(Command::Settle);
                (desk.submit("C1", command).await.is_ok(), true)
            }
            Step::Settle => (desk.submit("C1", Command::Settle).await.is_ok(), true),
            Step::Close => {
                model.close(now);
                (desk.submit("C1", Command::Close).await.is_ok(), true)
            }
        };
        assert_eq!(real, expected, "step {n}: {step:?}");
        let entries = compare(&desk, &model, n, step).await;
        ids = entries.into_iter().map(|entry| entry.entry_id).collect();
    }
    desk.assert_proven().await;
}

async fn compare(desk: &Desk<'_>, model: &Model, n: usize, step: &Step) -> Vec<Entry> {
    let app = desk.app;
    let expected = model.open.then(|| model.balance(app.now()));
    assert_eq!(desk.balance("C1").await, expected, "balance after step {n}: {step:?}");
    let mut snapshot = app.db.snapshot().await.unwrap();
    let Some(account) = read::account(&mut snapshot, &desk.tenant, &customer("C1")).await.unwrap() else {
        assert!(model.lines.is_empty());
        return Vec::new();
    };
    let entries = read::entries(&mut snapshot, &desk.tenant, account.account_id, 0, 1_000).await.unwrap();
    let lines: Vec<Line> = entries
        .iter()
        .map(|entry| {
            let takes = entry.takes.iter().map(|take| (take.lot_seq, take.points)).collect();
            (entry.kind, entry.points, entry.balance_after, takes)
        })
        .collect();
    let mut expected = model.lines.clone();
    for line in &mut expected {
        line.3.sort_unstable();
    }
    assert_eq!(lines, expected, "entries after step {n}: {step:?}");
    let lots = read::lots(&mut snapshot, &desk.tenant, account.account_id, 0).await.unwrap();
    let mut expected: Vec<_> = model.lots.iter().map(|lot| (lot.seq, lot.left, lot.ends)).collect();
    expected.sort_unstable();
    let lots: Vec<_> = lots.iter().map(|lot| (lot.seq, lot.remaining, lot.valid_until)).collect();
    assert_eq!(lots, expected, "lots after step {n}: {step:?}");
    entries
}

fn histories(backend: Backend, cases: u32) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let config =
        ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 400, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(&steps(), |steps| {
        let run = std::panic::AssertUnwindSafe(|| runtime.block_on(run_history(backend, &steps)));
        std::panic::catch_unwind(run).map_err(|panic| {
            let text = panic.downcast_ref::<String>().cloned().unwrap_or_default();
            TestCaseError::fail(text)
        })
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

#[test]
fn random_histories_equal_the_model_on_sqlite() {
    histories(Backend::Sqlite, 48);
}

#[test]
fn random_histories_equal_the_model_on_postgres() {
    histories(Backend::Postgres, 24);
}
