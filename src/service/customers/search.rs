//! Finds customers by what somebody on the phone can tell: a number, a name, an e-mail address, an order, a coupon.

use std::collections::HashSet;

use crate::{
    domain::{
        customer::typed_words,
        ids::{CustomerId, ID_CHARS_MAX, TenantId},
    },
    store::{Db, DbError, directory},
};

/// An order is one customer's, nearly always.
const BY_REFERENCE_MAX: i64 = 50;

/// By what a customer was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundBy {
    /// The id, whole or its beginning.
    Id,
    /// The code of a coupon.
    Coupon(String),
    /// An order's number or another reference of an entry.
    Reference(String),
    /// Name or e-mail address.
    Name,
}

/// A customer that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Who.
    pub customer: CustomerId,
    /// By what.
    pub by: FoundBy,
}

/// What a search found, the surest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// At most as many as asked for.
    pub hits: Vec<Hit>,
    /// Whether there are more.
    pub more: bool,
}

impl Found {
    fn add(&mut self, seen: &mut HashSet<CustomerId>, customers: Vec<CustomerId>, by: &FoundBy) {
        let new = customers.into_iter().filter(|customer| seen.insert(customer.clone()));
        self.hits.extend(new.map(|customer| Hit { customer, by: by.clone() }));
    }
}

/// Customers who fit `text`, at most `limit`.
pub async fn find(db: &Db, tenant: &TenantId, text: &str, limit: usize) -> Result<Found, DbError> {
    let text = text.trim();
    let mut found = Found::default();
    if text.is_empty() || text.chars().count() > ID_CHARS_MAX || text.contains('\0') {
        return Ok(found);
    }
    let mut seen = HashSet::new();
    // One more than asked for, to know whether there are more.
    let ask = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let exact: Vec<CustomerId> = exact_ids(db, tenant, text).await?;
    found.add(&mut seen, exact, &FoundBy::Id);
    let code = text.to_uppercase();
    let by_coupon = directory::by_coupon(db, tenant, &code).await?;
    found.add(&mut seen, by_coupon, &FoundBy::Coupon(code));
    let by_reference = directory::by_reference(db, tenant, text, BY_REFERENCE_MAX).await?;
    found.add(&mut seen, by_reference, &FoundBy::Reference(text.to_owned()));
    for prefix in spellings(text) {
        let by_id = directory::by_id(db, tenant, &prefix, ask).await?;
        found.add(&mut seen, by_id, &FoundBy::Id);
    }
    if found.hits.len() <= limit {
        let by_words = directory::by_words(db, tenant, &typed_words(text), ask).await?;
        found.add(&mut seen, by_words, &FoundBy::Name);
    }
    found.more = found.hits.len() > limit;
    found.hits.truncate(limit);
    Ok(found)
}

/// As typed, and in capital and small letters: few remember which.
fn spellings(text: &str) -> Vec<String> {
    let mut spellings = vec![text.to_owned()];
    for other in [text.to_uppercase(), text.to_lowercase()] {
        if !spellings.contains(&other) {
            spellings.push(other);
        }
    }
    spellings
}

async fn exact_ids(db: &Db, tenant: &TenantId, text: &str) -> Result<Vec<CustomerId>, DbError> {
    let mut exact = Vec::new();
    for spelling in spellings(text) {
        let first = directory::by_id(db, tenant, &spelling, 1).await?;
        exact.extend(first.into_iter().filter(|customer| customer.as_str() == spelling));
    }
    Ok(exact)
}

/// The one customer whom `text` names beyond doubt: by the whole id, or alone by a coupon, an order or an e-mail
/// address.
pub async fn exact(db: &Db, tenant: &TenantId, text: &str) -> Result<Option<CustomerId>, DbError> {
    let text = text.trim();
    let found = find(db, tenant, text, 10).await?;
    if let Some(first) =
        found.hits.first().filter(|first| spellings(text).iter().any(|id| id == first.customer.as_str()))
    {
        return Ok(Some(first.customer.clone()));
    }
    let by_number = |hit: &&Hit| matches!(hit.by, FoundBy::Coupon(_) | FoundBy::Reference(_));
    let mut numbered = found.hits.iter().filter(by_number);
    if let (Some(hit), None) = (numbered.next(), numbered.next()) {
        return Ok(Some(hit.customer.clone()));
    }
    if !text.contains('@') || found.more {
        return Ok(None);
    }
    let zero = crate::domain::time::Timestamp::from_micros(0);
    let rows = directory::rows(db, tenant, found.hits.iter().map(|hit| &hit.customer), zero, zero).await?;
    let is_it = |email: &str| email.to_lowercase() == text.to_lowercase();
    let mut same = rows.into_iter().filter(|row| row.email.as_deref().is_some_and(is_it));
    Ok(same.next().filter(|_| same.next().is_none()).map(|row| row.customer))
}
