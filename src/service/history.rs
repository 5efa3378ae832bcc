//! The ledger as people read it: one customer's history, and the whole tenant's.

use std::collections::{HashMap, HashSet};

use super::approvals::approver_of;
pub use crate::store::ledger::{
    history::{CouponBrief, LedgerFilter, LedgerPlace, Mended, Mending, Story, Turn, Writer},
    links::Link,
};
use crate::{
    domain::{
        ids::{CustomerId, EntryId, TenantId, UserId},
        ledger::entry::EntryKind,
    },
    store::{
        Db, DbError, Tx,
        ledger::{history, links, read},
        users,
    },
};

/// Lots that are told beside an entry; a large debit may have taken from thousands.
const LINKS_MAX: i64 = 12;

/// Which entries of a history are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// All.
    #[default]
    All,
    /// Points that came.
    Added,
    /// Points that were exchanged.
    Redeemed,
    /// Points that were taken.
    Taken,
    /// Points that reached their end.
    Expired,
}

impl Show {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::All, Self::Added, Self::Redeemed, Self::Taken, Self::Expired];

    /// The name in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Added => "added",
            Self::Redeemed => "redeemed",
            Self::Taken => "taken",
            Self::Expired => "expired",
        }
    }

    /// Takes a name; an unknown one is all.
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|show| show.as_str() == text).unwrap_or_default()
    }

    /// The kinds of entry that are shown; none for all.
    pub const fn kinds(self) -> &'static [EntryKind] {
        match self {
            Self::All => &[],
            Self::Added => &[EntryKind::Earned, EntryKind::Added, EntryKind::GivenBack],
            Self::Redeemed => &[EntryKind::Redeemed],
            Self::Taken => &[EntryKind::Removed, EntryKind::TakenBack],
            Self::Expired => &[EntryKind::Expired],
        }
    }
}

/// An entry with where its points came from and went to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The entry.
    pub story: Story,
    /// The lots it took from, what ends soonest first.
    pub taken: Vec<Link>,
    /// The entries that took from its lot, the oldest first.
    pub takers: Vec<Link>,
    /// Who approved it, when it needed a second person who is still known.
    pub approved_by: Option<String>,
}

/// A page of a customer's history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The newest first.
    pub entries: Vec<Told>,
    /// Where the older ones begin: `before` of the next page.
    pub older: Option<i64>,
}

/// A page of a customer's history, the newest first, below the place `before`; empty without an account.
pub async fn timeline(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    show: Show,
    before: Option<i64>,
    limit: usize,
) -> Result<Timeline, DbError> {
    let mut tx = db.snapshot().await?;
    let Some(account) = read::account(&mut tx, tenant, customer).await? else { return Ok(Timeline::default()) };
    let ask = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let before = before.unwrap_or(i64::MAX);
    let mut stories = history::timeline(&mut tx, tenant, account.account_id, show.kinds(), before, ask).await?;
    let more = stories.len() > limit;
    stories.truncate(limit);
    let older = stories.last().filter(|_| more).map(|story| story.entry.seq);
    Ok(Timeline { entries: tell(&mut tx, tenant, stories).await?, older })
}

/// One entry of a customer's history.
pub async fn entry(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    entry_id: &EntryId,
) -> Result<Option<Told>, DbError> {
    let mut tx = db.snapshot().await?;
    let Some(account) = read::account(&mut tx, tenant, customer).await? else { return Ok(None) };
    let story = history::story(&mut tx, tenant, account.account_id, entry_id).await?;
    Ok(tell(&mut tx, tenant, story.into_iter().collect()).await?.pop())
}

async fn tell(tx: &mut Tx, tenant: &TenantId, stories: Vec<Story>) -> Result<Vec<Told>, DbError> {
    let places = |credits: bool| -> Vec<(i64, i64)> {
        let of_kind = stories.iter().filter(|story| story.entry.kind.credits() == credits);
        of_kind.map(|story| (story.account_id, story.entry.seq)).collect()
    };
    let taken = links::taken(tx, tenant, &places(false), LINKS_MAX).await?;
    let takers = links::takers(tx, tenant, &places(true), LINKS_MAX).await?;
    let beside = |links: &[Link], story: &Story| {
        let place = (story.account_id, story.entry.seq);
        links.iter().filter(|link| link.beside == place).cloned().collect()
    };
    let approvers = approvers(tx, &stories).await?;
    let approved_by = |story: &Story| {
        let approver = approver_of(story.entry.memo.details.as_deref())?;
        approvers.get(&approver).cloned()
    };
    Ok(stories
        .into_iter()
        .map(|story| Told {
            taken: beside(&taken, &story),
            takers: beside(&takers, &story),
            approved_by: approved_by(&story),
            story,
        })
        .collect())
}

/// The names of those who approved entries.
async fn approvers(tx: &mut Tx, stories: &[Story]) -> Result<HashMap<UserId, String>, DbError> {
    let ids: HashSet<UserId> =
        stories.iter().filter_map(|story| approver_of(story.entry.memo.details.as_deref())).collect();
    let mut names = HashMap::with_capacity(ids.len());
    for id in ids {
        if let Some(user) = users::find_in(tx, &id).await? {
            names.insert(id, user.name);
        }
    }
    Ok(names)
}

/// Which page of the tenant's ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LedgerPage {
    /// The newest.
    #[default]
    Newest,
    /// Entries older than the one in this place.
    OlderThan(LedgerPlace),
    /// Entries newer than the one in this place.
    NewerThan(LedgerPlace),
}

/// A page of the tenant's ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntries {
    /// The newest first.
    pub stories: Vec<Story>,
    /// Where newer ones begin.
    pub newer: Option<LedgerPlace>,
    /// Where older ones begin.
    pub older: Option<LedgerPlace>,
}

/// The place of an entry in its tenant's ledger.
pub fn place(story: &Story) -> LedgerPlace {
    (story.entry.recorded_at, story.account_id, story.entry.seq)
}

/// A page of the tenant's ledger.
pub async fn ledger(
    db: &Db,
    tenant: &TenantId,
    filter: &LedgerFilter,
    page: LedgerPage,
    limit: usize,
) -> Result<LedgerEntries, DbError> {
    let ask = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut stories = match page {
        LedgerPage::Newest => history::ledger(db, tenant, filter, None, ask).await?,
        LedgerPage::OlderThan(place) => history::ledger(db, tenant, filter, Some(place), ask).await?,
        LedgerPage::NewerThan(place) => history::ledger_up(db, tenant, filter, place, ask).await?,
    };
    let more = stories.len() > limit;
    stories.truncate(limit);
    let (has_newer, has_older) = match page {
        LedgerPage::Newest => (false, more),
        LedgerPage::OlderThan(_) => (true, more),
        LedgerPage::NewerThan(_) => {
            stories.reverse();
            (more, true)
        }
    };
    let newer = stories.first().filter(|_| has_newer).map(place);
    let older = stories.last().filter(|_| has_older).map(place);
    Ok(LedgerEntries { stories, newer, older })
}

/// Entries of one customer, the newest first, below the place `before`: for an export, page by page.
pub async fn stories_of(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    before: i64,
    limit: i64,
) -> Result<Vec<Story>, DbError> {
    let mut tx = db.snapshot().await?;
    let Some(account) = read::account(&mut tx, tenant, customer).await? else { return Ok(Vec::new()) };
    history::timeline(&mut tx, tenant, account.account_id, &[], before, limit).await
}

/// The members of a tenant and its API clients, for a choice on the page.
pub async fn writers(db: &Db, tenant: &TenantId) -> Result<(Vec<Writer>, Vec<Writer>), DbError> {
    history::writers(db, tenant).await
}
