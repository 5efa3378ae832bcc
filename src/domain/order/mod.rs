//! Orders: what the shop reports of them, what they earn, and what comes back.

pub mod basket;
pub mod earning;
pub mod proof;
pub mod returned;
pub mod snapshot;

use super::{
    actor::Actor,
    ids::{CustomerId, EntryId, OrderId},
    refusal::Refusal,
    time::Timestamp,
};
use crate::texts::{Message, message};
use earning::Award;
use returned::Return;
use snapshot::{OrderStatus, Snapshot};

/// An order as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The shop's number of it.
    pub id: OrderId,
    /// The newest snapshot, the first completed one at the latest; `None` while only returns have arrived.
    pub snapshot: Option<Snapshot>,
    /// What it earns; `None` until it is completed.
    pub award: Option<Award>,
    /// The entry that gave the points; `None` until then.
    pub entry: Option<EntryRef>,
    /// What came back, in the order in which it was reported.
    pub returns: Vec<Return>,
    /// Who reported what is known.
    pub actor: Actor,
    /// When it was first heard of.
    pub created_at: Timestamp,
    /// When it last changed.
    pub modified_at: Timestamp,
}

/// An entry of the ledger, as others name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRef {
    /// The account.
    pub account_id: i64,
    /// Its place in the account.
    pub seq: i64,
    /// Its id.
    pub entry_id: EntryId,
}

/// What became of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// It is what is known now.
    Kept,
    /// The order was completed before; it says the same as then.
    Same,
    /// The order was completed before and stays as it was then, though this says something else.
    Late,
}

impl Order {
    /// An order that nothing is known of.
    pub fn new(id: OrderId, actor: Actor, now: Timestamp) -> Self {
        Self {
            id,
            snapshot: None,
            award: None,
            entry: None,
            returns: Vec::new(),
            actor,
            created_at: now,
            modified_at: now,
        }
    }

    /// Takes in a snapshot, with what the order earns if it is completed by it. The first completed one decides: what
    /// comes later may only name the customer of an order that had none.
    ///
    /// # Errors
    /// When the order was completed for another customer, on another site or in another currency.
    pub fn receive(
        &mut self,
        snapshot: &Snapshot,
        award: Option<&Award>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Received, Refusal> {
        let Some(kept) = self.snapshot.as_mut().filter(|_| self.award.is_some()) else {
            let mut next = snapshot.clone();
            // Whose order it is stays known: a guest's order may have been claimed.
            next.customer = next.customer.or_else(|| self.snapshot.as_ref()?.customer.clone());
            if self.snapshot.as_ref() == Some(&next) && award.is_none() {
                return Ok(Received::Same);
            }
            self.snapshot = Some(next);
            self.award = award.cloned();
            self.actor = actor.clone();
            self.modified_at = now;
            return Ok(Received::Kept);
        };
        let taken = |what: Message| Refusal::OrderCompleted { order: self.id.to_string(), what };
        if kept.site != snapshot.site {
            return Err(taken(message!("refusal-completed-site")));
        }
        if kept.currency != snapshot.currency {
            return Err(taken(message!("refusal-completed-currency")));
        }
        match (&kept.customer, &snapshot.customer) {
            (Some(kept), Some(given)) if kept != given => return Err(taken(message!("refusal-completed-customer"))),
            (None, Some(given)) if snapshot.status == OrderStatus::Completed => {
                kept.customer = Some(given.clone());
                self.modified_at = now;
                return Ok(Received::Kept);
            }
            _ => {}
        }
        Ok(if kept.says_the_same_as(snapshot) { Received::Same } else { Received::Late })
    }

    /// Who ordered, as far as it is known.
    pub fn customer(&self) -> Option<&CustomerId> {
        self.snapshot.as_ref().and_then(|snapshot| snapshot.customer.as_ref())
    }

    /// Takes a guest's order for a customer.
    ///
    /// # Errors
    /// When nothing is known of it, or it belongs to another customer.
    pub fn claim(&mut self, customer: &CustomerId, now: Timestamp) -> Result<(), Refusal> {
        let Some(snapshot) = self.snapshot.as_mut() else { return Err(Refusal::OrderUnknown(self.id.to_string())) };
        match &snapshot.customer {
            Some(owner) if owner == customer => Ok(()),
            Some(_) => Err(Refusal::OrderOfAnother(self.id.to_string())),
            None => {
                snapshot.customer = Some(customer.clone());
                self.modified_at = now;
                Ok(())
            }
        }
    }

    /// Whether the order has points to give to a customer who has not got them yet.
    pub fn is_to_be_awarded(&self) -> bool {
        let earns = self.award.as_ref().is_some_and(|award| award.points > 0);
        earns && self.entry.is_none() && self.customer().is_some()
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::domain::{ids::SiteCode, money::Currency, order::snapshot::Totals, site::Shortfall};

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_micros(secs * 1_000_000)
    }

    fn shop() -> Actor {
        Actor::system("shop")
    }

    fn customer(id: &str) -> CustomerId {
        CustomerId::parse(id).unwrap()
    }

    fn snapshot(customer: Option<&str>) -> Snapshot {
        let (ten, zero) = (Decimal::TEN, Decimal::ZERO);
        Snapshot {
            customer: customer.map(|id| CustomerId::parse(id).unwrap()),
            site: SiteCode::main(),
            status: OrderStatus::Completed,
            currency: Currency::parse("EUR").unwrap(),
            totals: Totals { gross: ten, net: ten, tax: zero, shipping: zero, discount: zero },
            items: Vec::new(),
            completed_at: None,
        }
    }

    fn award(points: i64) -> Award {
        let shortfall = Shortfall::Clamp;
        Award { points, rule_version: None, working: None, available_from: None, valid_until: at(900), shortfall }
    }

    /// An order that was completed.
    fn completed(customer: Option<&str>, points: i64) -> Order {
        let mut order = Order::new(OrderId::parse("B1").unwrap(), shop(), at(0));
        let received = order.receive(&snapshot(customer), Some(&award(points)), &shop(), at(1));
        assert_eq!(received, Ok(Received::Kept));
        order
    }

    #[test]
    fn the_first_completed_snapshot_decides() {
        let mut order = completed(Some("C1"), 10);
        assert_eq!(order.receive(&snapshot(Some("C1")), Some(&award(99)), &shop(), at(2)), Ok(Received::Same));
        assert_eq!(order.award, Some(award(10)));
        let refused = |order: &mut Order, other: &Snapshot| {
            let before = order.clone();
            assert!(order.receive(other, None, &shop(), at(2)).is_err(), "{other:?}");
            assert_eq!(*order, before);
        };
        refused(&mut order, &snapshot(Some("C2")));
        refused(&mut order, &Snapshot { site: SiteCode::parse("other").unwrap(), ..snapshot(Some("C1")) });
        refused(&mut order, &Snapshot { currency: Currency::parse("USD").unwrap(), ..snapshot(Some("C1")) });
    }

    #[test]
    fn what_is_known_already_changes_nothing() {
        let mut order = Order::new(OrderId::parse("B1").unwrap(), shop(), at(0));
        let open = Snapshot { status: OrderStatus::Created, ..snapshot(Some("C1")) };
        assert_eq!(order.receive(&open, None, &shop(), at(1)), Ok(Received::Kept));
        assert_eq!(order.receive(&open, None, &shop(), at(2)), Ok(Received::Same));
        assert_eq!(order.modified_at, at(1));
        assert_eq!(order.receive(&open, Some(&award(10)), &shop(), at(3)), Ok(Received::Kept));
        assert_eq!((order.award, order.modified_at), (Some(award(10)), at(3)));
    }

    #[test]
    fn a_guests_order_finds_its_customer_when_it_is_completed() {
        let mut order = completed(None, 10);
        assert!(!order.is_to_be_awarded());
        let cancelled = Snapshot { status: OrderStatus::Declined, ..snapshot(Some("C1")) };
        assert_eq!(order.receive(&cancelled, None, &shop(), at(2)), Ok(Received::Late));
        assert_eq!(order.customer(), None);
        assert_eq!(order.receive(&snapshot(Some("C1")), None, &shop(), at(3)), Ok(Received::Kept));
        assert_eq!((order.customer(), order.modified_at), (Some(&customer("C1")), at(3)));
    }

    #[test]
    fn an_order_is_claimed_once() {
        let mut unknown = Order::new(OrderId::parse("B1").unwrap(), shop(), at(0));
        assert!(unknown.claim(&customer("C1"), at(2)).is_err());
        let mut order = completed(None, 10);
        assert_eq!(order.claim(&customer("C1"), at(2)), Ok(()));
        assert_eq!((order.customer(), order.modified_at), (Some(&customer("C1")), at(2)));
        assert_eq!(order.claim(&customer("C1"), at(3)), Ok(()));
        assert!(matches!(order.claim(&customer("C2"), at(4)), Err(Refusal::OrderOfAnother(_))));
        assert_eq!((order.customer(), order.modified_at), (Some(&customer("C1")), at(2)));
    }

    #[test]
    fn what_earns_nothing_or_belongs_to_nobody_is_not_awarded() {
        assert!(completed(Some("C1"), 1).is_to_be_awarded());
        assert!(!completed(Some("C1"), 0).is_to_be_awarded());
        assert!(!completed(None, 1).is_to_be_awarded());
        let open = Order { award: None, ..completed(Some("C1"), 1) };
        assert!(!open.is_to_be_awarded());
    }
}
