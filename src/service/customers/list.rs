//! The list of customers: views, filters, order, pages.

use std::{cmp::Ordering, collections::HashMap, fmt};

use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;

pub use crate::store::directory::{Column, Order, Row};
use crate::{
    domain::{
        calendar,
        customer::Birthday,
        ids::{CustomerId, TenantId},
        time::Timestamp,
    },
    service::customers::search::{self, FoundBy},
    store::{
        Db, DbError,
        directory::{self, Key, Narrow},
    },
};

/// Points that end within so many days end soon.
pub const SOON_DAYS: u64 = 30;
/// What fits at most so many customers is fetched as ids and sorted here; what fits more is read along an index,
/// where a page is soon full.
const FEW: usize = 2_000;
/// A search that finds more wants another word.
const FOUND_MAX: usize = 500;
/// Beyond this nobody needs the exact number.
const COUNT_MAX: i64 = 10_000;

/// A saved view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Every open account.
    #[default]
    All,
    /// Points that end soon.
    Ending,
    /// Those who have their birthday today.
    Birthday,
    /// Accounts made this month.
    New,
    /// Closed accounts.
    Closed,
}

impl View {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::All, Self::Ending, Self::Birthday, Self::New, Self::Closed];

    /// The view's name in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Ending => "expiring",
            Self::Birthday => "birthday",
            Self::New => "new",
            Self::Closed => "closed",
        }
    }

    /// Takes a view's name; an unknown one is every account.
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|view| view.as_str() == text).unwrap_or_default()
    }
}

/// A place in a list, between two rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The number of the row that follows, from 1.
    pub at: usize,
    /// The order's value in the row beside the place.
    pub value: i64,
    /// The customer in the row beside the place.
    pub customer: String,
}

impl Cursor {
    /// Reads a cursor of an address; a broken one is the beginning of the list.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let at = parts.next()?.parse().ok()?;
        let value = parts.next()?.parse().ok()?;
        Some(Self { at, value, customer: parts.next()?.to_owned() })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.at, self.value, self.customer)
    }
}

/// Which page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The first one.
    #[default]
    First,
    /// The one behind a place.
    After(Cursor),
    /// The one before a place.
    Before(Cursor),
}

/// A list that is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// What was typed into the search.
    pub text: String,
    /// The saved view.
    pub view: View,
    /// Only customers whose points moved since.
    pub changed_since: Option<Timestamp>,
    /// The order; `None`: the latest change first, or for a search the surest first.
    pub order: Option<Order>,
    /// Rows on a page.
    pub size: usize,
    /// Which page.
    pub place: Place,
}

/// How many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// So many.
    Exactly(i64),
    /// More than so many.
    MoreThan(i64),
    /// Nobody counted.
    Unknown,
}

impl Total {
    fn up_to(count: i64) -> Self {
        if count > COUNT_MAX { Self::MoreThan(COUNT_MAX) } else { Self::Exactly(count) }
    }
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// What is shown.
    pub row: Row,
    /// By what a search found it.
    pub by: Option<FoundBy>,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Listing>,
    /// The number of the first of them, from 1.
    pub first: usize,
    /// How many there are in all.
    pub total: Total,
    /// The order that was used; `None` for the surest first.
    pub order: Option<Order>,
    /// Where the page before ends.
    pub previous: Option<Cursor>,
    /// Where the page behind begins.
    pub next: Option<Cursor>,
}

/// How many customers each saved view has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Open accounts.
    pub all: Total,
    /// With points that end soon.
    pub ending: Total,
    /// With a birthday today.
    pub birthday: Total,
    /// Begun this month.
    pub new: Total,
    /// Closed.
    pub closed: Total,
}

impl Counts {
    /// The number of one view.
    pub fn of(&self, view: View) -> Total {
        match view {
            View::All => self.all,
            View::Ending => self.ending,
            View::Birthday => self.birthday,
            View::New => self.new,
            View::Closed => self.closed,
        }
    }
}

/// The present moment in a tenant.
#[derive(Clone, Copy, Debug)]
pub struct Today {
    /// Now.
    pub now: Timestamp,
    /// The tenant's time zone.
    pub zone: Tz,
}

impl Today {
    /// Today's date.
    pub fn date(self) -> NaiveDate {
        calendar::day_of(self.now, self.zone)
    }

    /// Up to when points end soon.
    pub fn soon(self) -> Timestamp {
        calendar::start_of_day_after(self.now, SOON_DAYS + 1, self.zone)
    }

    /// When this month began.
    pub fn month_began(self) -> Timestamp {
        let today = self.date();
        calendar::start_of(today.with_day(1).unwrap_or(today), self.zone)
    }

    fn birthdays(self) -> (String, String) {
        let mut days = Birthday::celebrated_on(self.date());
        let last = days.pop().unwrap_or_default();
        (days.pop().unwrap_or_else(|| last.clone()), last)
    }
}

/// How many customers each saved view has.
pub async fn counts(db: &Db, tenant: &TenantId, today: Today) -> Result<Counts, DbError> {
    let days = today.birthdays();
    let most = COUNT_MAX + 1;
    let (all, ending, birthday, new, closed) = tokio::try_join!(
        directory::count_open(db, tenant),
        directory::count_ending(db, tenant, (today.now, today.soon()), most),
        directory::count_born(db, tenant, (&days.0, &days.1)),
        directory::count_begun(db, tenant, today.month_began(), most),
        directory::count_closed(db, tenant, most),
    )?;
    Ok(Counts {
        all: Total::Exactly(all),
        ending: Total::up_to(ending),
        birthday: Total::Exactly(birthday),
        new: Total::up_to(new),
        closed: Total::up_to(closed),
    })
}

/// A page of the list.
pub async fn page(db: &Db, tenant: &TenantId, query: &ListQuery, today: Today) -> Result<Page, DbError> {
    let narrow = Narrow {
        changed_since: query.changed_since,
        begun_since: (query.view == View::New).then(|| today.month_began()),
        ending: (query.view == View::Ending).then(|| (today.now, today.soon())),
    };
    let (keys, page) = match few(db, tenant, query, narrow, today).await? {
        Some(few) => from_few(db, tenant, query, narrow, few).await?,
        None => along_index(db, tenant, query, narrow, today).await?,
    };
    let ids = keys.iter().map(|(key, _)| &key.customer);
    let rows = directory::rows(db, tenant, ids, today.now, today.soon()).await?;
    let mut rows: HashMap<CustomerId, Row> = rows.into_iter().map(|row| (row.customer.clone(), row)).collect();
    let listing = |(key, by): (Key, Option<FoundBy>)| Some(Listing { row: rows.remove(&key.customer)?, by });
    Ok(Page { rows: keys.into_iter().filter_map(listing).collect(), ..page })
}

/// The customers that a search or a filter picks out, when they are few.
struct Few {
    customers: Vec<CustomerId>,
    by: HashMap<CustomerId, FoundBy>,
    more: bool,
}

async fn few(
    db: &Db,
    tenant: &TenantId,
    query: &ListQuery,
    narrow: Narrow,
    today: Today,
) -> Result<Option<Few>, DbError> {
    let limit = i64::try_from(FEW).unwrap_or(i64::MAX) + 1;
    if !query.text.trim().is_empty() {
        let found = search::find(db, tenant, &query.text, FOUND_MAX).await?;
        let customers = found.hits.iter().map(|hit| hit.customer.clone()).collect();
        let by = found.hits.into_iter().map(|hit| (hit.customer, hit.by)).collect();
        return Ok(Some(Few { customers, by, more: found.more }));
    }
    let days = today.birthdays();
    let whole = match query.view {
        View::Closed => Some(directory::closed(db, tenant, limit).await?),
        View::Birthday => Some(directory::born(db, tenant, (&days.0, &days.1), limit).await?),
        _ => None,
    };
    if let Some(mut customers) = whole {
        let more = customers.len() > FEW;
        customers.truncate(FEW);
        return Ok(Some(Few { customers, by: HashMap::new(), more }));
    }
    // Counted first, which reads an index alone.
    let customers = match narrow {
        Narrow { ending: Some(ending), .. } => {
            if directory::count_ending(db, tenant, ending, limit).await? >= limit {
                return Ok(None);
            }
            directory::ending(db, tenant, ending, limit).await?
        }
        Narrow { begun_since: Some(since), .. } => {
            if directory::count_begun(db, tenant, since, limit).await? >= limit {
                return Ok(None);
            }
            directory::begun(db, tenant, since, limit).await?
        }
        Narrow { changed_since: Some(since), .. } => {
            if directory::count_changed(db, tenant, since, limit).await? >= limit {
                return Ok(None);
            }
            directory::changed(db, tenant, since, limit).await?
        }
        _ => return Ok(None),
    };
    Ok(Some(Few { customers, by: HashMap::new(), more: false }))
}

type Keys = Vec<(Key, Option<FoundBy>)>;

fn value(key: &Key, column: Column) -> i64 {
    match column {
        Column::Customer => 0,
        Column::Balance => key.balance.unwrap_or(-1),
        Column::Change => key.changed_at.map_or(i64::MIN, Timestamp::micros),
    }
}

fn compare(order: Order, one: (i64, &str), other: (i64, &str)) -> Ordering {
    let ascending = one.cmp(&other);
    if order.descending { ascending.reverse() } else { ascending }
}

const NEWEST_FIRST: Order = Order { column: Column::Change, descending: true };

async fn from_few(
    db: &Db,
    tenant: &TenantId,
    query: &ListQuery,
    narrow: Narrow,
    few: Few,
) -> Result<(Keys, Page), DbError> {
    let searched = !query.text.trim().is_empty();
    let mut keys = directory::keys(db, tenant, &few.customers, narrow).await?;
    match query.view {
        View::Closed => keys.retain(|key| key.open == Some(false)),
        View::Birthday => keys.retain(|key| key.open == Some(true)),
        View::All if searched => {}
        View::All | View::Ending | View::New => keys.retain(|key| key.open == Some(true)),
    }
    let order = query.order.or((!searched).then_some(NEWEST_FIRST));
    let place_of: HashMap<&CustomerId, usize> = few.customers.iter().zip(0..).collect();
    let sorted = |key: &Key| order.map_or(0, |order| value(key, order.column));
    match order {
        Some(order) => keys.sort_by(|one, other| {
            compare(order, (sorted(one), one.customer.as_str()), (sorted(other), other.customer.as_str()))
        }),
        None => keys.sort_by_key(|key| place_of.get(&key.customer).copied()),
    }
    // Where the page begins: by the row beside the place, so that rows that come meanwhile move nothing.
    let behind = |cursor: &Cursor| match order {
        Some(order) => keys.partition_point(|key| {
            compare(order, (sorted(key), key.customer.as_str()), (cursor.value, &cursor.customer)) != Ordering::Greater
        }),
        None => cursor.at.saturating_sub(1),
    };
    let start = match &query.place {
        Place::First => 0,
        Place::After(cursor) => behind(cursor),
        Place::Before(cursor) => {
            let at = match order {
                Some(order) => keys.partition_point(|key| {
                    compare(order, (sorted(key), key.customer.as_str()), (cursor.value, &cursor.customer))
                        == Ordering::Less
                }),
                None => cursor.at.saturating_sub(1),
            };
            at.saturating_sub(query.size)
        }
    };
    let total = i64::try_from(keys.len()).unwrap_or(i64::MAX);
    let total = if few.more { Total::MoreThan(total) } else { Total::Exactly(total) };
    let more = keys.len() > start.saturating_add(query.size);
    let keys: Vec<Key> = keys.into_iter().skip(start).take(query.size).collect();
    let page = framed(&keys, order, start + 1, start > 0, more, total);
    let mut by = few.by;
    Ok((
        keys.into_iter()
            .map(|key| {
                let by = by.remove(&key.customer);
                (key, by)
            })
            .collect(),
        page,
    ))
}

async fn along_index(
    db: &Db,
    tenant: &TenantId,
    query: &ListQuery,
    narrow: Narrow,
    today: Today,
) -> Result<(Keys, Page), DbError> {
    let order = query.order.unwrap_or(NEWEST_FIRST);
    let back = matches!(query.place, Place::Before(_));
    let walk = Order { descending: order.descending != back, ..order };
    let ends = if walk.descending { (i64::MAX, "\u{10ffff}") } else { (i64::MIN, "") };
    let after = match &query.place {
        Place::First => ends,
        Place::After(cursor) | Place::Before(cursor) => (cursor.value, cursor.customer.as_str()),
    };
    let ask = i64::try_from(query.size).unwrap_or(i64::MAX).saturating_add(1);
    let mut keys = directory::page(db, tenant, walk, narrow, after, ask).await?;
    let more = keys.len() > query.size;
    keys.truncate(query.size);
    if back {
        keys.reverse();
    }
    let first = match &query.place {
        Place::After(cursor) => cursor.at.max(1),
        Place::Before(cursor) if more => cursor.at.saturating_sub(query.size).max(1),
        Place::First | Place::Before(_) => 1,
    };
    let (has_previous, has_next) = match query.place {
        Place::First => (false, more),
        Place::After(_) => (true, more),
        Place::Before(_) => (more, true),
    };
    let total = match (query.view, query.changed_since) {
        (View::All, None) => Total::Exactly(directory::count_open(db, tenant).await?),
        (View::Ending, None) => {
            Total::up_to(directory::count_ending(db, tenant, (today.now, today.soon()), COUNT_MAX + 1).await?)
        }
        (View::New, None) => {
            Total::up_to(directory::count_begun(db, tenant, today.month_began(), COUNT_MAX + 1).await?)
        }
        (View::All, Some(since)) => Total::up_to(directory::count_changed(db, tenant, since, COUNT_MAX + 1).await?),
        _ => Total::Unknown,
    };
    let page = framed(&keys, Some(order), first, has_previous, has_next, total);
    Ok((keys.into_iter().map(|key| (key, None)).collect(), page))
}

fn framed(keys: &[Key], order: Option<Order>, first: usize, has_previous: bool, has_next: bool, total: Total) -> Page {
    let cursor = |key: &Key, at: usize| Cursor {
        at,
        value: order.map_or(0, |order| value(key, order.column)),
        customer: key.customer.as_str().to_owned(),
    };
    Page {
        rows: Vec::new(),
        first,
        total,
        order,
        previous: keys.first().filter(|_| has_previous).map(|key| cursor(key, first)),
        next: keys.last().filter(|_| has_next).map(|key| cursor(key, first + keys.len())),
    }
}
