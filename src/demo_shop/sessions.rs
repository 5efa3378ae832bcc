//! What the shop keeps: who is signed in, what lies in the baskets, what was ordered.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use rand::RngExt as _;

use super::goods::{Line, PIECES_MAX, Person, Product, Sum, Worth};
use crate::texts::{Language, Message};

/// More visitors than this are never there at once; the one who came first is forgotten.
const VISITORS_MAX: usize = 1_000;
/// How many of a customer's orders are kept.
const ORDERS_MAX: usize = 50;

/// A coupon that lies in a basket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Voucher {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) worth: Worth,
}

/// What is shown once, on the next page.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) text: Message,
    pub(super) is_failure: bool,
}

/// One visitor.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    pub(super) person: Option<&'static Person>,
    pub(super) language: Option<Language>,
    pub(super) lines: Vec<Line>,
    pub(super) voucher: Option<Voucher>,
    pub(super) note: Option<Note>,
    /// The number of the order that the basket becomes, so that buying twice is buying once.
    pub(super) order: Option<String>,
}

impl Session {
    pub(super) fn sum(&self) -> Sum {
        Sum::of(&self.lines, self.voucher.as_ref().map(|voucher| voucher.worth))
    }

    pub(super) fn pieces(&self) -> i64 {
        self.lines.iter().map(|line| line.pieces).sum()
    }

    pub(super) fn tell(&mut self, text: Message) {
        self.note = Some(Note { text, is_failure: false });
    }

    pub(super) fn fail(&mut self, text: Message) {
        self.note = Some(Note { text, is_failure: true });
    }

    pub(super) fn add(&mut self, product: &'static Product) {
        match self.lines.iter_mut().find(|line| line.product == product) {
            Some(line) => line.pieces = (line.pieces + 1).min(PIECES_MAX),
            None => self.lines.push(Line { product, pieces: 1 }),
        }
    }

    pub(super) fn remove(&mut self, product: &Product) {
        self.lines.retain(|line| line.product != product);
        if self.lines.is_empty() {
            self.voucher = None;
        }
    }

    /// The basket becomes an order.
    pub(super) fn emptied(&mut self) {
        (self.lines, self.voucher, self.order) = (Vec::new(), None, None);
    }
}

/// A line came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Returned {
    /// So many points went with it.
    Told(i64),
    /// Guerdon does not know it yet.
    Untold,
}

impl Returned {
    pub(super) fn of(taken: Option<i64>) -> Self {
        taken.map_or(Self::Untold, Self::Told)
    }
}

/// A line of an order.
#[derive(Clone, Debug)]
pub(super) struct Ordered {
    pub(super) line: Line,
    pub(super) returned: Option<Returned>,
}

/// An order.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) lines: Vec<Ordered>,
    pub(super) sum: Sum,
    pub(super) code: Option<String>,
    /// What it earned; `None` while Guerdon does not know it yet.
    pub(super) points: Option<i64>,
}

/// Everything the shop keeps, as long as it runs.
#[derive(Default)]
pub(super) struct Sessions {
    visitors: Mutex<(HashMap<String, Session>, VecDeque<String>)>,
    orders: Mutex<HashMap<&'static str, VecDeque<Order>>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A text that nobody guesses.
pub(super) fn random() -> String {
    hex::encode(rand::rng().random::<[u8; 16]>())
}

/// A number for an order.
pub(super) fn order_number() -> String {
    format!("A{}", rand::rng().random_range(10_000_000..100_000_000))
}

impl Sessions {
    /// The session with this id, as it is now.
    pub(super) fn find(&self, id: &str) -> Option<Session> {
        locked(&self.visitors).0.get(id).cloned()
    }

    /// Begins a session; answers its id.
    pub(super) fn begin(&self) -> String {
        let id = random();
        let (sessions, order) = &mut *locked(&self.visitors);
        sessions.insert(id.clone(), Session::default());
        order.push_back(id.clone());
        if order.len() > VISITORS_MAX
            && let Some(first) = order.pop_front()
        {
            sessions.remove(&first);
        }
        id
    }

    /// Changes a session.
    pub(super) fn change(&self, id: &str, change: impl FnOnce(&mut Session)) {
        if let Some(session) = locked(&self.visitors).0.get_mut(id) {
            change(session);
        }
    }

    /// A customer's orders, the newest first.
    pub(super) fn orders(&self, person: &Person) -> Vec<Order> {
        locked(&self.orders).get(person.id).into_iter().flatten().cloned().collect()
    }

    /// Keeps an order, in the place of what was known of it.
    pub(super) fn keep(&self, person: &'static Person, order: Order) {
        let mut orders = locked(&self.orders);
        let orders = orders.entry(person.id).or_default();
        match orders.iter_mut().find(|kept| kept.id == order.id) {
            Some(kept) => *kept = order,
            None => orders.push_front(order),
        }
        orders.truncate(ORDERS_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_too_many_visitors_is_forgotten() {
        let sessions = Sessions::default();
        let first = sessions.begin();
        let second = sessions.begin();
        (2..=VISITORS_MAX).for_each(|_| drop(sessions.begin()));
        assert!(sessions.find(&first).is_none() && sessions.find(&second).is_some());
    }

    #[test]
    fn a_basket_holds_each_thing_once() {
        let mut session = Session::default();
        let cap = Product::find("filz").unwrap();
        (0..20).for_each(|_| session.add(cap));
        assert_eq!((session.lines.len(), session.pieces()), (1, PIECES_MAX));
        session.remove(cap);
        assert_eq!(session.pieces(), 0);
    }
}
