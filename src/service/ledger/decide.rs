//! What each request does to the accounts in memory. No database here: everything was loaded, nothing is written.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::json;

use super::{
    batch::{Whose, new_entry_id},
    command::{Approved, Command, Done, NewCredit, NewDebit, NewRedemption, OwnId, Posted, Remarks, Reply, Request},
    orders::repay,
};
use crate::{
    domain::{
        actor::ActorKind,
        cancelling,
        code::coupon_code,
        coupon::IssuedCoupon,
        ids::{EntryId, OrderId, SiteCode, TenantId},
        ledger::{
            Account, Lot,
            book::{Book, Credit, Debit},
            entry::{Entry, EntryKind},
        },
        option::RedeemOption,
        order::Order,
        points::Points,
        refusal::Refusal,
        time::Timestamp,
    },
    store::{
        coupons::{self, Redemption},
        idempotency::Claim,
        ledger::load::TakenId,
    },
};

/// An entry that is to be undone.
pub(super) struct Undoable {
    pub(super) entry: Entry,
    pub(super) mended: bool,
    pub(super) origins: Vec<Lot>,
}

/// A redemption that is to be cancelled.
pub(super) struct Cancellable {
    pub(super) redemption: Redemption,
    pub(super) entry: Entry,
    pub(super) origins: Vec<Lot>,
    /// When points end whose own end has passed.
    pub(super) grace_until: Timestamp,
    /// Hours in which the customer may cancel; 0: only the shop may.
    pub(super) customer_hours: i64,
}

impl Cancellable {
    /// Whether this request may cancel it now. When an order comes back, its coupon was used.
    fn check(&self, request: &Request, now: Timestamp) -> Result<(), Refusal> {
        if self.redemption.cancelled {
            return Err(Refusal::AlreadyCancelled);
        }
        let by_customer = request.caller.actor.kind == ActorKind::Customer;
        let last = cancelling::customers_until(self.redemption.created_at, self.customer_hours);
        if by_customer && last.is_none() {
            return Err(Refusal::CancellingOff);
        }
        if self.redemption.uses > 0 && !matches!(request.command, Command::GiveBack(..)) {
            return Err(Refusal::CouponUsed(self.redemption.code.clone()));
        }
        if by_customer && last.is_some_and(|last| now > last) {
            return Err(Refusal::CancellingOver(self.customer_hours));
        }
        Ok(())
    }
}

/// An option that was sold.
pub(super) struct Sale {
    pub(super) tenant: TenantId,
    pub(super) account_id: i64,
    pub(super) seq: i64,
    pub(super) option: RedeemOption,
    pub(super) coupon: IssuedCoupon,
    pub(super) site: SiteCode,
}

impl Sale {
    pub(super) fn to_keep(&self) -> coupons::sales::Sale<'_> {
        let Self { tenant, account_id, seq, option, coupon, site } = self;
        coupons::sales::Sale { tenant, entry: (*account_id, *seq), option, coupon, site }
    }
}

/// Everything that the requests of a batch may look at, and what they decided.
#[derive(Default)]
pub(super) struct Decisions {
    pub(super) locked: HashMap<Whose, Account>,
    pub(super) books: HashMap<Whose, Book>,
    pub(super) options: HashMap<(TenantId, String), RedeemOption>,
    /// How often an account has had an option.
    pub(super) had: HashMap<(i64, String), i64>,
    pub(super) taken_ids: HashMap<(TenantId, EntryId), TakenId>,
    pub(super) undoable: HashMap<(TenantId, EntryId), Undoable>,
    pub(super) cancellable: HashMap<(TenantId, String), Cancellable>,
    pub(super) cancelled: Vec<(TenantId, Redemption)>,
    pub(super) orders: HashMap<(TenantId, OrderId), Order>,
    /// Those of them that are to be written.
    pub(super) changed_orders: BTreeSet<(TenantId, OrderId)>,
    /// By tenant, caller, key and fingerprint.
    pub(super) keys: HashMap<(TenantId, String, String, String), Claim>,
    /// Private notes: tenant, account, entry, text.
    pub(super) notes: Vec<(String, i64, i64, String)>,
    pub(super) counted: HashSet<Whose>,
    pub(super) sales: Vec<Sale>,
    /// Requests for approval that are open, by tenant and id.
    pub(super) open_approvals: HashSet<(TenantId, String)>,
    /// Those that were approved: which request of the batch did it.
    pub(super) approved: Vec<(TenantId, Approved)>,
    /// Sales of options that have a stock.
    pub(super) sold: HashMap<(TenantId, String), i64>,
}

impl Decisions {
    pub(super) fn option(&self, tenant: &TenantId, id: &str) -> Option<&RedeemOption> {
        self.options.get(&(tenant.clone(), id.to_owned()))
    }

    /// Does what is asked to the accounts in memory, or refuses and changes none.
    pub(super) fn decide(&mut self, request: &Request, now: Timestamp) -> Result<Reply, Refusal> {
        if let Some(reply) = self.answered_before(request) {
            return reply;
        }
        self.require_open(request)?;
        let reply = match self.posted_before(request)? {
            Some(posted) => Reply::DoneBefore(done_again(request, posted)),
            None => Reply::Done(self.act(request, now)?),
        };
        self.remember(request, &reply);
        self.close_approval(request);
        Ok(reply)
    }

    /// What was approved must still be waiting, and not have lost its account since it was asked for.
    fn require_open(&self, request: &Request) -> Result<(), Refusal> {
        let Command::Approved(approved) = &request.command else { return Ok(()) };
        let name = (request.caller.tenant.clone(), approved.approval_id.clone());
        if !self.open_approvals.contains(&name) {
            return Err(Refusal::ApprovalClosed);
        }
        let account = self.books.get(&whose(request)).map(|book| &book.account);
        if account.is_some_and(|account| !account.open && account.seq > 0) {
            return Err(Refusal::AccountClosed(request.customer.clone()));
        }
        Ok(())
    }

    /// The later requests of the batch find it closed.
    fn close_approval(&mut self, request: &Request) {
        let Command::Approved(approved) = &request.command else { return };
        let name = (request.caller.tenant.clone(), approved.approval_id.clone());
        if self.open_approvals.remove(&name) {
            self.approved.push((name.0, Approved::clone(approved)));
        }
    }

    /// The answer that is kept under the request's Idempotency-Key.
    fn answered_before(&self, request: &Request) -> Option<Result<Reply, Refusal>> {
        let (key, _) = request.key.as_ref()?;
        let (tenant, caller) = (&request.caller.tenant, request.caller.name());
        let name = (tenant.clone(), caller, key.key.clone(), key.fingerprint.clone());
        match self.keys.get(&name)? {
            Claim::Replay { status, body } => Some(Ok(Reply::Replay { status: *status, body: body.clone() })),
            Claim::Mismatch => Some(Err(Refusal::KeyReused)),
            Claim::Claimed => None,
        }
    }

    /// The entry that was written under the client's own id, if the same was asked then.
    fn posted_before(&self, request: &Request) -> Result<Option<Posted>, Refusal> {
        let Some(own) = request.own_id() else { return Ok(None) };
        let Some(taken) = self.taken_ids.get(&(request.caller.tenant.clone(), own.id.clone())) else {
            return Ok(None);
        };
        if taken.fingerprint.as_deref() != Some(&own.fingerprint) {
            return Err(Refusal::EntryIdTaken(own.id.to_string()));
        }
        let (seq, balance_after) = (taken.seq, taken.balance_after);
        Ok(Some(Posted { entry_id: own.id.clone(), seq, balance_after }))
    }

    /// Lets the later requests of the batch see ids and keys that this one took.
    fn remember(&mut self, request: &Request, reply: &Reply) {
        let Reply::Done(done) = reply else { return };
        let tenant = &request.caller.tenant;
        let posted = match done {
            Done::Opened(posted) => posted.as_ref(),
            Done::Posted(posted) => Some(posted),
            _ => None,
        };
        if let (Some(own), Some(posted)) = (request.own_id(), posted) {
            let taken = TakenId {
                tenant_id: tenant.clone(),
                entry_id: own.id.clone(),
                account_id: 0,
                fingerprint: Some(own.fingerprint.clone()),
                seq: posted.seq,
                balance_after: posted.balance_after,
            };
            self.taken_ids.insert((tenant.clone(), own.id.clone()), taken);
        }
        if let Some((key, answer)) = &request.key {
            let (status, body) = answer(done);
            let name = (tenant.clone(), request.caller.name(), key.key.clone(), key.fingerprint.clone());
            self.keys.insert(name, Claim::Replay { status, body });
        }
    }

    fn act(&mut self, request: &Request, now: Timestamp) -> Result<Done, Refusal> {
        match request.command.booked() {
            Command::Open(start) => self.open(request, start.as_ref(), now),
            Command::Credit(kind, credit) => self.credit(request, *kind, credit, now).map(Done::Posted),
            Command::Debit(kind, debit) => self.debit(request, *kind, debit, now).map(Done::Posted),
            Command::Redeem(wanted) => self.redeem(request, wanted, now),
            Command::Cancel(id, remarks) | Command::GiveBack(id, remarks) => self.cancel(request, id, remarks, now),
            Command::Undo(entry_id, remarks) => self.undo(request, entry_id, remarks, now).map(Done::Undone),
            Command::Order(order) => self.take_in(request, order, now),
            Command::Return(back) => self.take_back(request, back, now),
            Command::Claim(claim) => self.claim(request, claim, now),
            Command::Close => Ok(self.close(request, now)),
            Command::Approved(_) => unreachable!("what is booked is no approval"),
            Command::Settle => {
                // Settled when it was opened; of several requests at once, the first counts it.
                let whose = whose(request);
                let entries = self.books.get(&whose).map_or(0, |book| book.entries().len());
                Ok(Done::Settled(if self.counted.insert(whose) { entries } else { 0 }))
            }
        }
    }

    /// The book of an account that is open.
    fn open_book(&mut self, request: &Request) -> Result<&mut Book, Refusal> {
        let unknown = || Refusal::UnknownCustomer(request.customer.clone());
        self.books.get_mut(&whose(request)).filter(|book| book.account.open).ok_or_else(unknown)
    }

    fn open(&mut self, request: &Request, start: Option<&NewCredit>, now: Timestamp) -> Result<Done, Refusal> {
        let unknown = || Refusal::UnknownCustomer(request.customer.clone());
        let book = self.books.get_mut(&whose(request)).ok_or_else(unknown)?;
        if book.account.open {
            return Err(Refusal::AccountExists(request.customer.clone()));
        }
        let Some(credit) = start else {
            book.open_account();
            return Ok(Done::Opened(None));
        };
        self.credit(request, EntryKind::Added, credit, now).map(|posted| Done::Opened(Some(posted)))
    }

    fn credit(
        &mut self,
        request: &Request,
        kind: EntryKind,
        credit: &NewCredit,
        now: Timestamp,
    ) -> Result<Posted, Refusal> {
        if credit.valid_until <= now {
            return Err(Refusal::EndsInThePast);
        }
        let unknown = || Refusal::UnknownCustomer(request.customer.clone());
        let book = self.books.get_mut(&whose(request)).ok_or_else(unknown)?;
        let posting = Credit {
            entry_id: entry_id(credit.id.as_ref()),
            kind,
            points: credit.points,
            available_from: credit.available_from,
            valid_until: credit.valid_until,
            memo: request.memo(&credit.remarks, credit.id.as_ref()),
        };
        let posted = Posted::from(book.credit(posting, now)?);
        repay(book, request.source, now);
        self.note(request, &credit.remarks, posted.seq);
        Ok(posted)
    }

    fn debit(
        &mut self,
        request: &Request,
        kind: EntryKind,
        debit: &NewDebit,
        now: Timestamp,
    ) -> Result<Posted, Refusal> {
        let posting = Debit {
            entry_id: entry_id(debit.id.as_ref()),
            kind,
            points: debit.points,
            memo: request.memo(&debit.remarks, debit.id.as_ref()),
            first_from: None,
        };
        let posted = Posted::from(self.open_book(request)?.debit(posting, now)?);
        self.note(request, &debit.remarks, posted.seq);
        Ok(posted)
    }

    fn redeem(&mut self, request: &Request, wanted: &NewRedemption, now: Timestamp) -> Result<Done, Refusal> {
        let tenant = &request.caller.tenant;
        let name = (tenant.clone(), wanted.option_id.clone());
        let unknown = || Refusal::OptionUnknown(wanted.option_id.clone());
        let option = self.options.get(&name).filter(|option| option.is_offered(now)).cloned().ok_or_else(unknown)?;
        if !option.is_on(&wanted.site) {
            return Err(Refusal::NotOnThisSite(wanted.site.to_string()));
        }
        if option.left() == Some(0) {
            return Err(Refusal::SoldOut);
        }
        let account_id = self.open_book(request)?.account.account_id;
        let had = self.had.get(&(account_id, option.id.clone())).copied().unwrap_or_default();
        if let Some(limit) = option.draft.per_customer.filter(|limit| had >= *limit) {
            return Err(Refusal::PerCustomerReached(limit));
        }
        let redemption_id = uuid::Uuid::now_v7().to_string();
        let mut memo = request.memo(&wanted.remarks, None);
        memo.site = Some(wanted.site.clone());
        memo.redemption = Some(redemption_id.clone());
        memo.description = Some(option.draft.name.clone());
        let code = coupon_code(&wanted.prefix, &mut rand::rng());
        let coupon = option.issue(code.clone(), redemption_id.clone(), &request.customer, now);
        // In the hash chain, so that neither the coupon nor what it was worth can be exchanged unseen.
        let details = json!({
            "option": option.id, "version": option.version, "code": code, "coupon": coupon.template.to_json(),
        });
        memo.details = Some(details.to_string());
        let debit = Debit {
            entry_id: new_entry_id(),
            kind: EntryKind::Redeemed,
            points: option.draft.points,
            memo,
            first_from: None,
        };
        let entry = Posted::from(self.open_book(request)?.debit(debit, now)?);
        if let Some(option) = self.options.get_mut(&name) {
            option.redeemed += 1;
        }
        *self.had.entry((account_id, option.id.clone())).or_default() += 1;
        if option.draft.stock.is_some() {
            *self.sold.entry(name).or_default() += 1;
        }
        self.note(request, &wanted.remarks, entry.seq);
        let (tenant, site) = (tenant.clone(), wanted.site.clone());
        self.sales.push(Sale { tenant, account_id, seq: entry.seq, option, coupon, site });
        Ok(Done::Redeemed { code, redemption_id, entry })
    }

    /// Points that were added are taken again, from their own lot first; points that were removed come back, each
    /// with the end that it had.
    fn undo(
        &mut self,
        request: &Request,
        entry_id: &EntryId,
        remarks: &Remarks,
        now: Timestamp,
    ) -> Result<Vec<Posted>, Refusal> {
        let name = (request.caller.tenant.clone(), entry_id.clone());
        let mut memo = request.memo(remarks, None);
        memo.mends = Some(entry_id.clone());
        let book = self.books.get_mut(&whose(request)).filter(|book| book.account.open);
        let book = book.ok_or_else(|| Refusal::UnknownCustomer(request.customer.clone()))?;
        let undoable = self.undoable.get_mut(&name).ok_or_else(|| Refusal::EntryUnknown(entry_id.to_string()))?;
        if undoable.mended {
            return Err(Refusal::AlreadyUndone);
        }
        let entry = &undoable.entry;
        memo.site.clone_from(&entry.memo.site);
        let mut posted = Vec::new();
        match entry.kind {
            EntryKind::Added => {
                let points = Points::new(entry.points).map_err(|_range| Refusal::NotUndoable)?;
                let first_from = Some(entry.seq);
                let debit = Debit { entry_id: new_entry_id(), kind: EntryKind::Removed, points, memo, first_from };
                posted.push(Posted::from(book.debit(debit, now)?));
            }
            EntryKind::Removed => {
                // Before the first lot comes back: an undoing is whole or not at all.
                if book.account.balance.saturating_sub(entry.points) > Points::BALANCE_MAX {
                    return Err(Refusal::BalanceTooLarge);
                }
                let ends = |lot_seq: i64| undoable.origins.iter().find(|lot| lot.seq == lot_seq);
                for take in &entry.takes {
                    let origin = ends(take.lot_seq).ok_or(Refusal::NotUndoable)?;
                    let credit = Credit {
                        entry_id: new_entry_id(),
                        kind: EntryKind::Added,
                        points: Points::new(take.points).map_err(|_range| Refusal::NotUndoable)?,
                        available_from: None,
                        // What has ended meanwhile comes back and ends at once, so that the history tells both.
                        valid_until: origin.valid_until,
                        memo: memo.clone(),
                    };
                    posted.push(Posted::from(book.credit(credit, now)?));
                    repay(book, request.source, now);
                }
                book.settle(now, &mut new_entry_id);
            }
            _ => return Err(Refusal::NotUndoable),
        }
        undoable.mended = true;
        if let Some(first) = posted.first() {
            self.note(request, remarks, first.seq);
        }
        Ok(posted)
    }

    /// The points of a redemption come back, each with the end that it had, or with the tenant's days of grace if
    /// that has passed; the coupon is gone.
    fn cancel(&mut self, request: &Request, id: &str, remarks: &Remarks, now: Timestamp) -> Result<Done, Refusal> {
        let name = (request.caller.tenant.clone(), id.to_owned());
        let mut memo = request.memo(remarks, None);
        let book = self.books.get_mut(&whose(request)).filter(|book| book.account.open);
        let book = book.ok_or_else(|| Refusal::UnknownCustomer(request.customer.clone()))?;
        let found = self.cancellable.get_mut(&name).ok_or_else(|| Refusal::RedemptionUnknown(id.to_owned()))?;
        found.check(request, now)?;
        let Cancellable { redemption, entry, origins, grace_until, .. } = found;
        if book.account.balance.saturating_sub(entry.points) > Points::BALANCE_MAX {
            return Err(Refusal::BalanceTooLarge);
        }
        memo.mends = Some(entry.entry_id.clone());
        memo.redemption = Some(id.to_owned());
        memo.site.clone_from(&entry.memo.site);
        memo.description = memo.description.or_else(|| entry.memo.description.clone());
        let mut posted = Vec::new();
        for take in &entry.takes {
            let origin = origins.iter().find(|lot| lot.seq == take.lot_seq).ok_or(Refusal::NotUndoable)?;
            let credit = Credit {
                entry_id: new_entry_id(),
                kind: EntryKind::GivenBack,
                points: Points::new(take.points).map_err(|_range| Refusal::NotUndoable)?,
                available_from: None,
                valid_until: if origin.valid_until > now { origin.valid_until } else { *grace_until },
                memo: memo.clone(),
            };
            posted.push(Posted::from(book.credit(credit, now)?));
            repay(book, request.source, now);
        }
        book.settle(now, &mut new_entry_id);
        let balance = book.account.balance;
        redemption.cancelled = true;
        self.cancelled.push((name.0, redemption.clone()));
        if let Some(first) = posted.first() {
            self.note(request, remarks, first.seq);
        }
        Ok(Done::Cancelled { entries: posted, balance })
    }

    fn close(&mut self, request: &Request, now: Timestamp) -> Done {
        match self.open_book(request) {
            Ok(book) => {
                book.close(new_entry_id(), request.memo(&Remarks::default(), None), now);
                Done::Closed(true)
            }
            Err(_) => Done::Closed(false),
        }
    }

    fn note(&mut self, request: &Request, remarks: &Remarks, seq: i64) {
        let Some(text) = &remarks.private_note else { return };
        if let Some(book) = self.books.get(&whose(request)) {
            let tenant = request.caller.tenant.to_string();
            self.notes.push((tenant, book.account.account_id, seq, text.clone()));
        }
    }
}

pub(super) fn whose(request: &Request) -> Whose {
    (request.caller.tenant.clone(), request.customer.clone())
}

fn entry_id(own: Option<&OwnId>) -> EntryId {
    own.map_or_else(new_entry_id, |own| own.id.clone())
}

/// The answer to a request that was done before under the client's own id.
fn done_again(request: &Request, posted: Posted) -> Done {
    match request.command.booked() {
        Command::Open(_) => Done::Opened(Some(posted)),
        _ => Done::Posted(posted),
    }
}
