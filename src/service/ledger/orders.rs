//! What orders and their returns do to the accounts in memory.

use std::collections::BTreeSet;

use super::{
    batch::new_entry_id,
    command::{Command, Done, NewClaim, NewOrder, NewReturn, Remarks, Request},
    decide::{Decisions, whose},
};
use crate::domain::{
    actor::Actor,
    ids::{OrderId, TenantId},
    ledger::{
        book::{Book, Credit, TakeBack},
        entry::{Entry, EntryKind, Memo, Source},
    },
    order::{EntryRef, Order, Received, earning::Award, proof, returned::Applied},
    points::Points,
    refusal::Refusal,
    site::Shortfall,
    time::Timestamp,
};

/// Pays what an account owes with the points that just came.
pub(super) fn repay(book: &mut Book, source: Source, now: Timestamp) {
    let points = book.payable();
    if points > 0 {
        let mut memo = Memo::new(Actor::system("returns"), source);
        memo.description = Some("Points owed for what came back".to_owned());
        memo.details = Some(proof::payment(points, book.account.debt));
        book.pay_debt(new_entry_id(), memo, now);
    }
}

fn entry_ref(book_account: i64, entry: &Entry) -> EntryRef {
    EntryRef { account_id: book_account, seq: entry.seq, entry_id: entry.entry_id.clone() }
}

impl Decisions {
    /// Whether an order's points need the account's lots: because some of them go again at once.
    pub(super) fn needs_lots(&self, tenant: &TenantId, new: &NewOrder, batch: &[Request], now: Timestamp) -> bool {
        let of_batch = |request: &Request| match &request.command {
            Command::Return(back) => back.order == new.id && request.caller.tenant == *tenant,
            _ => false,
        };
        let has_ended = |award: &Award| award.valid_until <= now;
        let known = self.orders.get(&(tenant.clone(), new.id.clone()));
        new.award.as_ref().is_some_and(has_ended)
            || known.and_then(|order| order.award.as_ref()).is_some_and(has_ended)
            || known.is_some_and(|order| !order.returns.is_empty())
            || batch.iter().any(of_batch)
    }

    fn order(&self, tenant: &TenantId, id: &OrderId) -> Result<Order, Refusal> {
        let known = self.orders.get(&(tenant.clone(), id.clone())).cloned();
        known.ok_or_else(|| Refusal::OrderUnknown(id.to_string()))
    }

    fn keep(&mut self, tenant: &TenantId, order: &Order) {
        let name = (tenant.clone(), order.id.clone());
        self.orders.insert(name.clone(), order.clone());
        self.changed_orders.insert(name);
    }

    /// The book of the order's customer: the one that was locked for this request.
    fn book_for(&mut self, request: &Request, order: &Order) -> Result<&mut Book, Refusal> {
        // Somebody else named another customer meanwhile: look again whose it is.
        let changed = || Refusal::OrderChanged(order.id.to_string());
        if order.customer() != Some(&request.customer) {
            return Err(changed());
        }
        self.books.get_mut(&whose(request)).ok_or_else(changed)
    }

    /// Takes in a snapshot. The first completed one earns the points, once.
    pub(super) fn take_in(&mut self, request: &Request, new: &NewOrder, now: Timestamp) -> Result<Done, Refusal> {
        let tenant = &request.caller.tenant;
        let mut order = self.order(tenant, &new.id)?;
        let received = order.receive(&new.snapshot, new.award.as_ref(), &request.caller.actor, now)?;
        if received == Received::Kept {
            self.settle_order(request, &mut order, now)?;
            self.keep(tenant, &order);
        }
        Ok(Done::Order(Box::new(order), received))
    }

    /// Takes in a return; it waits where the order has not got its points yet.
    pub(super) fn take_back(&mut self, request: &Request, back: &NewReturn, now: Timestamp) -> Result<Done, Refusal> {
        let tenant = &request.caller.tenant;
        let mut order = self.order(tenant, &back.order)?;
        let is_new = order.receive_return(&back.id, &back.content, &request.caller.actor, now)?;
        if is_new {
            self.settle_order(request, &mut order, now)?;
            order.modified_at = now;
            self.keep(tenant, &order);
        }
        Ok(Done::Returned(Box::new(order), is_new))
    }

    /// Gives guests' orders to the customer: all of them, or none.
    pub(super) fn claim(&mut self, request: &Request, claim: &NewClaim, now: Timestamp) -> Result<Done, Refusal> {
        let tenant = &request.caller.tenant;
        let mut claimed = Vec::with_capacity(claim.orders.len());
        for id in claim.orders.iter().collect::<BTreeSet<_>>() {
            let mut order = self.order(tenant, id)?;
            order.claim(&request.customer, now)?;
            claimed.push(order);
        }
        let to_come: Vec<&Order> = claimed.iter().filter(|order| order.is_to_be_awarded()).collect();
        if let Some(first) = to_come.first() {
            let points: i64 = to_come.iter().filter_map(|order| order.award.as_ref()).map(|award| award.points).sum();
            let balance = self.book_for(request, first)?.account.balance;
            if balance.saturating_add(points) > Points::BALANCE_MAX {
                return Err(Refusal::BalanceTooLarge);
            }
        }
        for order in &mut claimed {
            self.settle_order(request, order, now)?;
            self.keep(tenant, order);
        }
        Ok(Done::Claimed(claimed))
    }

    /// Gives the order's points if that can be done now, and takes back what came back of it. A refusal comes before
    /// any change.
    fn settle_order(&mut self, request: &Request, order: &mut Order, now: Timestamp) -> Result<(), Refusal> {
        if order.is_to_be_awarded() {
            self.give(request, order, now)?;
        }
        for (place, due) in order.returns_due() {
            let applied = match (Points::new(due), order.entry.clone()) {
                (Ok(points), Some(entry)) => self.take(request, order, &entry, (place, points), now)?,
                _ => Applied { due: 0, taken: 0, owed: 0, entry: None, at: now },
            };
            if let Some(one) = order.returns.get_mut(place) {
                one.applied = Some(applied);
            }
        }
        if let (Some(entry), Ok(book)) = (&order.entry, self.book_for(request, order))
            && book.account.account_id == entry.account_id
        {
            // An order completed long ago: its points have ended, and the history tells both.
            book.settle(now, &mut new_entry_id);
        }
        Ok(())
    }

    fn give(&mut self, request: &Request, order: &mut Order, now: Timestamp) -> Result<(), Refusal> {
        let (Some(award), Some(snapshot)) = (&order.award, &order.snapshot) else { return Ok(()) };
        let remarks = Remarks {
            site: Some(snapshot.site.clone()),
            reference: Some(order.id.to_string()),
            description: Some(format!("Order {}", order.id)),
            details: award.working.clone(),
            ..Remarks::default()
        };
        let points = Points::new(award.points).map_err(|_range| Refusal::OrderChanged(order.id.to_string()))?;
        let credit = Credit {
            entry_id: new_entry_id(),
            kind: EntryKind::Earned,
            points,
            available_from: award.available_from,
            valid_until: award.valid_until,
            memo: request.memo(&remarks, None),
        };
        let book = self.book_for(request, order)?;
        let account_id = book.account.account_id;
        let entry = entry_ref(account_id, book.credit(credit, now)?);
        repay(book, request.source, now);
        order.entry = Some(entry);
        Ok(())
    }

    /// Takes back the points of one return: from the order's own lot, then from what else is there; what is not there
    /// is let go or owed, as the site's rule says.
    fn take(
        &mut self,
        request: &Request,
        order: &Order,
        earned: &EntryRef,
        (place, points): (usize, Points),
        now: Timestamp,
    ) -> Result<Applied, Refusal> {
        let owes = order.award.as_ref().is_some_and(|award| award.shortfall == Shortfall::Owe);
        let return_id = order.returns.get(place).map(|one| one.id.to_string());
        let details = serde_json::json!({ "order": order.id.as_str(), "return": return_id, "due": points.get() });
        let remarks = Remarks {
            site: order.snapshot.as_ref().map(|snapshot| snapshot.site.clone()),
            reference: Some(order.id.to_string()),
            description: Some(format!("Order {} returned", order.id)),
            details: Some(details.to_string()),
            ..Remarks::default()
        };
        let memo = request.memo(&remarks, None);
        let book = self.book_for(request, order)?;
        let account_id = book.account.account_id;
        if account_id != earned.account_id {
            return Err(Refusal::OrderChanged(order.id.to_string()));
        }
        let back = TakeBack { entry_id: new_entry_id(), points, own_lot: earned.seq, pending_too: owes, memo };
        let entry = book.take_back(back, now).map(|entry| (-entry.points, entry_ref(account_id, entry)));
        let (taken, entry) = entry.map_or((0, None), |(taken, entry)| (taken, Some(entry)));
        let owed = if owes { points.get() - taken } else { 0 };
        book.account.debt = book.account.debt.saturating_add(owed);
        Ok(Applied { due: points.get(), taken, owed, entry, at: now })
    }
}
