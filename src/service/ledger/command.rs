//! What can be asked of the ledger, and what it answers.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::{
    domain::{
        actor::{Actor, Caller},
        ids::{CustomerId, EntryId, OrderId, ReturnId, SiteCode},
        ledger::entry::{Entry, EntryKind, Memo, Source},
        order::{Order, Received, earning::Award, returned::Content, snapshot::Snapshot},
        points::Points,
        time::Timestamp,
    },
    service::idempotency::KeyedRequest,
};

/// One change that somebody asks for.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks, in which tenant.
    pub caller: Caller,
    /// By which road.
    pub source: Source,
    /// Whose points. An order that is nobody's yet moves none, and goes by its own number.
    pub customer: CustomerId,
    /// What is wanted.
    pub command: Command,
    /// The Idempotency-Key, and how the answer is kept under it.
    pub key: Option<(KeyedRequest, AnswerOf)>,
}

/// Makes the status and body that are kept for an Idempotency-Key.
pub type AnswerOf = fn(&Done) -> (u16, String);

/// What is wanted.
#[derive(Clone, Debug)]
pub enum Command {
    /// Opens the account, with points to begin with or without.
    Open(Option<NewCredit>),
    /// Adds points; opens the account if need be.
    Credit(EntryKind, NewCredit),
    /// Takes points.
    Debit(EntryKind, NewDebit),
    /// Exchanges points for a coupon.
    Redeem(NewRedemption),
    /// Cancels a redemption whose coupon was not used: the points come back with the ends that they had.
    Cancel(String, Remarks),
    /// Cancels a redemption though its coupon was used: the order that it paid for came back.
    GiveBack(String, Remarks),
    /// Undoes what was added or removed by hand.
    Undo(EntryId, Remarks),
    /// Books what one employee asked for and another one approves, and closes the request with it.
    Approved(Box<Approved>),
    /// Takes in what the shop says of an order; one that is completed by it earns its points.
    Order(Box<NewOrder>),
    /// Takes in what came back of an order, and takes back its points.
    Return(Box<NewReturn>),
    /// Gives guests' orders to a customer, with their points.
    Claim(NewClaim),
    /// Ends the account.
    Close,
    /// Records what happened by itself.
    Settle,
}

/// What is said about an entry.
#[derive(Clone, Debug, Default)]
pub struct Remarks {
    /// The site it concerns.
    pub site: Option<SiteCode>,
    /// What the caller calls it.
    pub reference: Option<String>,
    /// What the customer reads.
    pub description: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What employees write for each other.
    pub private_note: Option<String>,
    /// How the points were worked out, as JSON.
    pub details: Option<String>,
}

/// The client's own id of an entry, and the hash of what it asked for under it.
#[derive(Clone, Debug)]
pub struct OwnId {
    /// The id.
    pub id: EntryId,
    /// See [`fingerprint`].
    pub fingerprint: String,
}

/// Points to add.
#[derive(Clone, Debug)]
pub struct NewCredit {
    /// The client's own id.
    pub id: Option<OwnId>,
    /// How many.
    pub points: Points,
    /// From when they can be spent; `None`: at once.
    pub available_from: Option<Timestamp>,
    /// When they end.
    pub valid_until: Timestamp,
    /// What is said about them.
    pub remarks: Remarks,
}

/// Points to take.
#[derive(Clone, Debug)]
pub struct NewDebit {
    /// The client's own id.
    pub id: Option<OwnId>,
    /// How many.
    pub points: Points,
    /// What is said about them.
    pub remarks: Remarks,
}

/// An exchange of points for a coupon.
#[derive(Clone, Debug)]
pub struct NewRedemption {
    /// What to buy.
    pub option_id: String,
    /// On which site.
    pub site: SiteCode,
    /// What the code begins with.
    pub prefix: String,
    /// What is said about it.
    pub remarks: Remarks,
}

/// What the shop says of an order.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// Its number.
    pub id: OrderId,
    /// What is said.
    pub snapshot: Snapshot,
    /// What it earns, if this completes it.
    pub award: Option<Award>,
    /// Whether the customer's account takes part.
    pub with_account: bool,
}

/// What one employee asked for and another one approves. The request's caller is the one who asked.
#[derive(Clone, Debug)]
pub struct Approved {
    /// The request for approval.
    pub approval_id: String,
    /// Who approves.
    pub approver: Actor,
    /// What they say about it.
    pub note: Option<String>,
    /// What is booked.
    pub command: Command,
}

/// What came back of an order.
#[derive(Clone, Debug)]
pub struct NewReturn {
    /// The order.
    pub order: OrderId,
    /// The return's number.
    pub id: ReturnId,
    /// What came back.
    pub content: Content,
    /// Whether the customer's account takes part.
    pub with_account: bool,
}

/// Guests' orders that a customer claims: all of them, or none.
#[derive(Clone, Debug)]
pub struct NewClaim {
    /// The orders.
    pub orders: Vec<OrderId>,
    /// Whether the customer's account takes part.
    pub with_account: bool,
}

/// Whether a command needs the customer's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AccountUse {
    /// It does not.
    None,
    /// If it is there.
    Present,
    /// It is made if need be.
    Opened,
}

impl Command {
    /// What is done to the account.
    pub(super) fn booked(&self) -> &Self {
        match self {
            Self::Approved(approved) => approved.command.booked(),
            other => other,
        }
    }

    pub(super) fn account_use(&self) -> AccountUse {
        match self {
            Self::Approved(approved) => approved.command.account_use(),
            Self::Open(_) | Self::Credit(..) => AccountUse::Opened,
            Self::Order(order) if order.with_account => AccountUse::Opened,
            Self::Claim(claim) if claim.with_account => AccountUse::Opened,
            Self::Return(back) if back.with_account => AccountUse::Present,
            Self::Order(_) | Self::Claim(_) | Self::Return(_) => AccountUse::None,
            Self::Debit(..)
            | Self::Redeem(_)
            | Self::Cancel(..)
            | Self::GiveBack(..)
            | Self::Undo(..)
            | Self::Close
            | Self::Settle => AccountUse::Present,
        }
    }
}

/// An entry that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its id.
    pub entry_id: EntryId,
    /// Its place in the account.
    pub seq: i64,
    /// The balance right after.
    pub balance_after: i64,
}

impl From<&Entry> for Posted {
    fn from(entry: &Entry) -> Self {
        Self { entry_id: entry.entry_id.clone(), seq: entry.seq, balance_after: entry.balance_after }
    }
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// The account is open; with the entry of its first points.
    Opened(Option<Posted>),
    /// Points were added or taken.
    Posted(Posted),
    /// Points were exchanged.
    Redeemed {
        /// The coupon's code.
        code: String,
        /// The redemption's id.
        redemption_id: String,
        /// The entry.
        entry: Posted,
    },
    /// An entry was undone, by one or more others.
    Undone(Vec<Posted>),
    /// A redemption was cancelled; the points came back by one or more entries.
    Cancelled {
        /// The entries.
        entries: Vec<Posted>,
        /// What can be spent now.
        balance: i64,
    },
    /// An order was taken in; this is what is known of it now.
    Order(Box<Order>, Received),
    /// A return was taken in; whether it is new.
    Returned(Box<Order>, bool),
    /// Orders were given to a customer.
    Claimed(Vec<Order>),
    /// The account is closed; whether there was one.
    Closed(bool),
    /// So many entries were recorded for what happened by itself.
    Settled(usize),
}

/// What the ledger answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is done.
    Done(Done),
    /// It was done before, under the client's own id.
    DoneBefore(Done),
    /// It was answered before, under this Idempotency-Key.
    Replay {
        /// The first answer's status.
        status: u16,
        /// The first answer's body.
        body: String,
    },
}

impl Request {
    pub(super) fn memo(&self, remarks: &Remarks, id: Option<&OwnId>) -> Memo {
        let mut memo = Memo::new(self.caller.actor.clone(), self.source);
        memo.site.clone_from(&remarks.site);
        memo.reference.clone_from(&remarks.reference);
        memo.description.clone_from(&remarks.description);
        memo.reason.clone_from(&remarks.reason);
        memo.details.clone_from(&remarks.details);
        memo.fingerprint = id.map(|own| own.fingerprint.clone());
        memo
    }

    pub(super) fn own_id(&self) -> Option<&OwnId> {
        match self.command.booked() {
            Command::Open(credit) => credit.as_ref().and_then(|credit| credit.id.as_ref()),
            Command::Credit(_, credit) => credit.id.as_ref(),
            Command::Debit(_, debit) => debit.id.as_ref(),
            _ => None,
        }
    }
}

/// A hash of what a client asked for under its own id: the same id with another one is a conflict.
pub fn fingerprint(fields: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for field in fields {
        hasher.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(field.as_bytes());
    }
    URL_SAFE_NO_PAD.encode(hasher.finalize())
}
