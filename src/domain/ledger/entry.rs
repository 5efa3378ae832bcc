//! Entries: the immutable lines of an account's ledger.

use crate::domain::{
    actor::Actor,
    ids::{EntryId, SiteCode},
    invalid::Invalid,
    time::Timestamp,
};

/// Longest description or note, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;
/// Longest reference or reason, in characters.
pub const REFERENCE_CHARS_MAX: usize = 255;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// Points for an order.
    Earned,
    /// Points given by hand or by a program.
    Added,
    /// Points taken by hand.
    Removed,
    /// Points exchanged, for a coupon or for something else.
    Redeemed,
    /// Points that reached their end.
    Expired,
    /// Points of an order that came back.
    TakenBack,
    /// Points of a redemption that was cancelled.
    GivenBack,
    /// The end of the account.
    Closed,
}

impl EntryKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Earned,
        Self::Added,
        Self::Removed,
        Self::Redeemed,
        Self::Expired,
        Self::TakenBack,
        Self::GivenBack,
        Self::Closed,
    ];

    /// The kind's name, the same everywhere.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Earned => "earned",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Redeemed => "redeemed",
            Self::Expired => "expired",
            Self::TakenBack => "taken_back",
            Self::GivenBack => "given_back",
            Self::Closed => "closed",
        }
    }

    /// Takes the name of a kind.
    ///
    /// # Errors
    /// When there is no such kind.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| Invalid::new(format!("`{text}` is no kind of entry")))
    }

    /// Whether entries of this kind begin a lot.
    pub const fn credits(self) -> bool {
        matches!(self, Self::Earned | Self::Added | Self::GivenBack)
    }
}

/// By which road an entry came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The JSON API.
    Api,
    /// The back office.
    BackOffice,
    /// The command line.
    CommandLine,
    /// A background job.
    Job,
    /// Moved in from elsewhere.
    Import,
}

impl Source {
    /// The source's name, as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::BackOffice => "back_office",
            Self::CommandLine => "command_line",
            Self::Job => "job",
            Self::Import => "import",
        }
    }

    /// Takes the name of a source.
    ///
    /// # Errors
    /// When there is no such source.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        [Self::Api, Self::BackOffice, Self::CommandLine, Self::Job, Self::Import]
            .into_iter()
            .find(|source| source.as_str() == text)
            .ok_or_else(|| Invalid::new(format!("`{text}` is no source of entries")))
    }
}

/// Who caused an entry, why, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memo {
    /// Who.
    pub actor: Actor,
    /// By which road.
    pub source: Source,
    /// The site it concerns.
    pub site: Option<SiteCode>,
    /// What the caller calls it, such as an order's number. No key: two entries may name one order.
    pub reference: Option<String>,
    /// What the customer reads.
    pub description: Option<String>,
    /// Why, one of the tenant's reasons.
    pub reason: Option<String>,
    /// The entry that this one mends.
    pub mends: Option<EntryId>,
    /// The redemption it belongs to.
    pub redemption: Option<String>,
    /// How the points were worked out, as JSON.
    pub details: Option<String>,
    /// Hash of the request that came with the client's own id.
    pub fingerprint: Option<String>,
}

impl Memo {
    /// A memo that says only who and by which road.
    pub fn new(actor: Actor, source: Source) -> Self {
        Self {
            actor,
            source,
            site: None,
            reference: None,
            description: None,
            reason: None,
            mends: None,
            redemption: None,
            details: None,
            fingerprint: None,
        }
    }
}

/// How many points of which lot a debiting entry took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Take {
    /// The lot.
    pub lot_seq: i64,
    /// How many.
    pub points: i64,
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the account, from 1, without gaps.
    pub seq: i64,
    /// Its id, unique in the tenant.
    pub entry_id: EntryId,
    /// What it is.
    pub kind: EntryKind,
    /// Signed.
    pub points: i64,
    /// What could be spent right after.
    pub balance_after: i64,
    /// When; the end of the lot for `expired`.
    pub recorded_at: Timestamp,
    /// Pending lots that begin up to here are in `balance_after`.
    pub settled_at: Timestamp,
    /// From when the points can be spent; `None`: at once (or a debit).
    pub available_from: Option<Timestamp>,
    /// When the points end; `None` for debits.
    pub valid_until: Option<Timestamp>,
    /// Who, why, from where.
    pub memo: Memo,
    /// The lots that it took from, in the order in which it did.
    pub takes: Vec<Take>,
    /// See [`super::chain`].
    pub hash: String,
}
