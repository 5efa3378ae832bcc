//! Coupons as the back office shows them: lists, and one with its whole story.

use std::collections::{HashMap, HashSet};

pub use crate::store::coupons::{
    desk::{DeskColumn, DeskCounts, DeskFilter, DeskOrder, DeskPlace, Origin},
    exchanges::Exchange,
};
use crate::{
    domain::{
        actor::ActorKind,
        audit::Subject,
        code::CouponCode,
        coupon::{Coupon, CouponRedemption},
        customer::typed_words,
        ids::{CustomerId, TenantId},
        time::Timestamp,
    },
    service::{api_clients, team},
    store::{
        self, Db, DbError, Tx,
        audit::KeptRow,
        coupons::{desk, uses},
        directory,
    },
};

/// Uses of a coupon on one page.
const USES: usize = 25;

/// Customers with a name like the one looked for, at most.
const NAMED_MAX: i64 = 200;
/// The changes of one coupon that its page shows; the audit log has them all.
const CHANGES_MAX: i64 = 50;

/// Coupons that are read at once when all of them are gone through.
const WALKED: i64 = 1_000;

/// Where a page of the list lies: beside a coupon, and which number the first row behind the place has, from 1.
pub type Cursor = (DeskPlace, usize);

/// Which page of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The first one.
    #[default]
    First,
    /// Behind this place.
    After(Cursor),
    /// Before this one.
    Before(Cursor),
}

/// A list that is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskQuery {
    /// What it is narrowed to.
    pub filter: DeskFilter,
    /// Its order.
    pub order: DeskOrder,
    /// Rows on a page.
    pub size: usize,
    /// Which page.
    pub place: Place,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct DeskPage {
    /// In the order that was asked for.
    pub coupons: Vec<Coupon>,
    /// The number of the first of them, from 1.
    pub first: usize,
    /// How many the list has in all.
    pub total: i64,
    /// The names of the customers whom they were issued to, by id.
    pub names: HashMap<String, String>,
    /// Where the page before ends, if there is one.
    pub previous: Option<Cursor>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// Of the whole tenant.
    pub counts: DeskCounts,
}

/// A page of a tenant's coupons.
pub async fn page(db: &Db, tenant: &TenantId, query: &DeskQuery, now: Timestamp) -> Result<DeskPage, DbError> {
    let mut filter = query.filter.clone();
    filter.named = named(db, tenant, &filter.text).await?;
    let mut tx = db.snapshot().await?;
    // One more than is shown tells whether there is another page.
    let limit = i64::try_from(query.size).unwrap_or(i64::MAX).saturating_add(1);
    let beginning = (DeskPlace::beginning(query.order), 1);
    let ((place, number), back) = match &query.place {
        Place::First => (&beginning, false),
        Place::After(cursor) => (cursor, false),
        Place::Before(cursor) => (cursor, true),
    };
    let mut coupons = desk::list(&mut tx, tenant, &filter, query.order, (place, back), limit, now).await?;
    let more = coupons.len() > query.size;
    coupons.truncate(query.size);
    if back {
        coupons.reverse();
    }
    let first = if back { number.saturating_sub(coupons.len()).max(1) } else { (*number).max(1) };
    let beside = |coupon: &Coupon, number| (DeskPlace::beside(coupon, query.order.column), number);
    let previous = coupons.first().map(|coupon| beside(coupon, first));
    let next = coupons.last().map(|coupon| beside(coupon, first + coupons.len()));
    let has_previous = if back { more } else { query.place != Place::First };
    let customers: Vec<&str> = coupons.iter().filter_map(|coupon| coupon.issued_to.as_deref()).collect();
    let wanted = filter.customer.as_ref().map(|id| id.as_str().to_owned());
    let customers: Vec<&str> = customers.into_iter().chain(wanted.as_deref()).collect();
    Ok(DeskPage {
        names: desk::names(&mut tx, tenant, &customers).await?.into_iter().collect(),
        total: desk::count(&mut tx, tenant, &filter, now).await?,
        counts: desk::counts(&mut tx, tenant, now).await?,
        previous: previous.filter(|_| has_previous),
        next: next.filter(|_| back || more),
        first,
        coupons,
    })
}

/// The customers whose id this is, or whose names begin so.
async fn named(db: &Db, tenant: &TenantId, text: &str) -> Result<Vec<CustomerId>, DbError> {
    let words = typed_words(text);
    let mut named: Vec<CustomerId> = CustomerId::parse(text.trim()).into_iter().collect();
    if !words.is_empty() {
        named.extend(directory::by_words(db, tenant, &words, NAMED_MAX).await?);
    }
    Ok(named)
}

/// Goes through all coupons of a tenant, deleted ones too, the oldest first: those behind a place, none at the end.
pub async fn walk(db: &Db, tenant: &TenantId, after: Option<&(Timestamp, String)>) -> Result<Vec<Coupon>, DbError> {
    let after = after.map_or((Timestamp::from_micros(i64::MIN), ""), |(at, code)| (*at, code.as_str()));
    desk::walk(db, tenant, after, WALKED).await
}

/// A use, with the name of who recorded it.
#[derive(Clone, Debug)]
pub struct ToldUse {
    /// The use.
    pub used: CouponRedemption,
    /// Who recorded it: a person, a program, or the customer.
    pub by: String,
}

/// A coupon with where it came from and what became of it.
#[derive(Clone, Debug)]
pub struct Story {
    /// The coupon.
    pub coupon: Coupon,
    /// The exchange of points that it was bought with.
    pub exchange: Option<Exchange>,
    /// A page of its uses, the newest first, with those that were given back.
    pub uses: Vec<ToldUse>,
    /// Where older uses begin, if there are some.
    pub older: Option<UsePlace>,
    /// How many uses there are in all.
    pub all_uses: i64,
    /// What was done to the coupon, the newest first.
    pub changes: Vec<KeptRow>,
    /// The names of the customers in it, by id.
    pub names: HashMap<String, String>,
}

/// Where a page of uses begins: behind a use of that instant with that id.
pub type UsePlace = (Timestamp, String);

/// A coupon's story, with the uses before a place.
pub async fn story(
    db: &Db,
    tenant: &TenantId,
    code: &CouponCode,
    before: Option<&UsePlace>,
) -> Result<Option<Story>, DbError> {
    let mut tx = db.snapshot().await?;
    let Some(coupon) = store::coupons::find_in(&mut tx, tenant, code.as_str()).await? else { return Ok(None) };
    let exchange = match &coupon.redemption_id {
        Some(id) => store::coupons::exchanges::find_exchange(&mut tx, tenant, id).await?,
        None => None,
    };
    let place = before.map_or((Timestamp::MAX, ""), |(at, id)| (*at, id.as_str()));
    let limit = i64::try_from(USES).unwrap_or(i64::MAX).saturating_add(1);
    let mut found = uses::list(&mut tx, tenant, code.as_str(), place, limit).await?;
    let more = found.len() > USES;
    found.truncate(USES);
    let older = found.last().filter(|_| more).map(|last| (last.redeemed_at, last.id.clone()));
    let all_uses = uses::count(&mut tx, tenant, code.as_str()).await?;
    let names = names_in(&mut tx, tenant, &coupon, &found).await?;
    drop(tx);
    let uses = told(db, tenant, found).await?;
    let of_coupon = Subject::new("coupon", &coupon.code);
    let changes = store::audit::list_of(db, tenant.as_str(), of_coupon, CHANGES_MAX).await?;
    Ok(Some(Story { coupon, exchange, uses, older, all_uses, changes, names }))
}

async fn names_in(
    tx: &mut Tx,
    tenant: &TenantId,
    coupon: &Coupon,
    uses: &[CouponRedemption],
) -> Result<HashMap<String, String>, DbError> {
    let mut ids: HashSet<&str> = coupon.issued_to.as_deref().into_iter().collect();
    ids.extend(coupon.template.restrictions.valid_for.iter().map(String::as_str));
    ids.extend(uses.iter().filter_map(|used| used.used.customer.as_ref()).map(CustomerId::as_str));
    let ids: Vec<&str> = ids.into_iter().collect();
    Ok(desk::names(tx, tenant, &ids).await?.into_iter().collect())
}

/// Puts names to who recorded what.
async fn told(db: &Db, tenant: &TenantId, uses: Vec<CouponRedemption>) -> Result<Vec<ToldUse>, DbError> {
    if uses.is_empty() {
        return Ok(Vec::new());
    }
    let people = team::list(db, tenant).await?;
    let people: HashMap<&str, &str> =
        people.iter().map(|one| (one.user.user_id.as_str(), one.user.name.as_str())).collect();
    let clients = api_clients::list(db, tenant).await?;
    let clients: HashMap<&str, &str> = clients.iter().map(|one| (one.client_id.as_str(), one.name.as_str())).collect();
    let told = uses.into_iter().map(|used| {
        let id = used.actor.id.as_str();
        let by = match used.actor.kind {
            ActorKind::Customer => "The customer".to_owned(),
            ActorKind::Employee => (*people.get(id).unwrap_or(&id)).to_owned(),
            ActorKind::Client => (*clients.get(id).unwrap_or(&id)).to_owned(),
            ActorKind::System => id.to_owned(),
        };
        ToldUse { used, by }
    });
    Ok(told.collect())
}
