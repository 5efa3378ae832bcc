//! What can be asked of the ledger, and what it answers.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::{
    domain::{
        actor::Caller,
        ids::{CustomerId, EntryId, SiteCode},
        ledger::entry::{Entry, EntryKind, Memo, Source},
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
    /// Whose points.
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
    /// Undoes what was added or removed by hand.
    Undo(EntryId, Remarks),
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
    Cancelled(Vec<Posted>),
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
        match &self.command {
            Command::Open(credit) => credit.as_ref().and_then(|credit| credit.id.as_ref()),
            Command::Credit(_, credit) => credit.id.as_ref(),
            Command::Debit(_, debit) => debit.id.as_ref(),
            Command::Redeem(_) | Command::Cancel(..) | Command::Undo(..) | Command::Close | Command::Settle => None,
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
