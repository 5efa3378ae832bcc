//! What can be done to a customer's points, the same for the API, the back office and the command line.
//!
//! Each use case finds the site that it concerns, works out what the caller left open, and hands one request to the
//! ledger, which does it once.

use super::{
    idempotency::KeyedRequest,
    ledger::{
        LedgerError,
        command::{AnswerOf, Command, NewCredit, NewDebit, NewRedemption, OwnId, Remarks, Reply, Request, fingerprint},
    },
};
use crate::{
    app::App,
    domain::{
        actor::Caller,
        ids::{CustomerId, EntryId, SiteCode, TenantId},
        invalid::FieldErrors,
        ledger::entry::{EntryKind, Source},
        points::Points,
        site::Site,
        text::{self, Lines},
        time::Timestamp,
    },
    store::{self, DbError},
    texts::message,
};

pub use crate::domain::ledger::entry::{DESCRIPTION_CHARS_MAX, REFERENCE_CHARS_MAX};

/// Why points did not move.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PointsError {
    /// What was asked does not fit; nothing changed.
    #[error(transparent)]
    Invalid(#[from] FieldErrors),
    /// The ledger refused it, or failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<DbError> for PointsError {
    fn from(error: DbError) -> Self {
        Self::Ledger(error.into())
    }
}

/// Who asks for a change, by which road, and under which key.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Who, in which tenant.
    pub caller: Caller,
    /// By which road.
    pub source: Source,
    /// The Idempotency-Key, and how the answer is kept under it.
    pub key: Option<(KeyedRequest, AnswerOf)>,
}

impl Asked {
    pub(super) fn request(self, customer: CustomerId, command: Command) -> Request {
        Request { caller: self.caller, source: self.source, customer, command, key: self.key }
    }
}

/// Points to add.
#[derive(Clone, Debug)]
pub struct AddPoints {
    /// The caller's own id of the entry.
    pub id: Option<EntryId>,
    /// How many.
    pub points: Points,
    /// When they end; `None`: as the site's rule says.
    pub valid_until: Option<Timestamp>,
    /// What is said about them. Their site is the one that the use case is given.
    pub remarks: Remarks,
}

/// Points to take.
#[derive(Clone, Debug)]
pub struct TakePoints {
    /// The caller's own id of the entry.
    pub id: Option<EntryId>,
    /// How many.
    pub points: Points,
    /// What is said about them.
    pub remarks: Remarks,
}

/// Opens a customer's account, with points to begin with or without.
///
/// # Errors
/// When something does not fit, or the account is open already.
pub async fn open(
    app: &App,
    asked: Asked,
    customer: CustomerId,
    site: Option<SiteCode>,
    start: Option<AddPoints>,
) -> Result<Reply, PointsError> {
    let found = find_site(app, &asked.caller.tenant, site.as_ref()).await?;
    let start = start.map(|add| credit(add, "open", &customer, site.as_ref(), &found, app.now())).transpose()?;
    Ok(app.ledger.submit(asked.request(customer, Command::Open(start))).await?)
}

/// Adds points; opens the account if need be.
///
/// # Errors
/// When something does not fit, or the balance would grow too large.
pub async fn add(
    app: &App,
    asked: Asked,
    customer: CustomerId,
    site: Option<SiteCode>,
    add: AddPoints,
) -> Result<Reply, PointsError> {
    let command = adding(app, &asked.caller.tenant, &customer, site.as_ref(), add).await?;
    Ok(app.ledger.submit(asked.request(customer, command)).await?)
}

/// What is asked of the ledger to add points by hand.
pub(super) async fn adding(
    app: &App,
    tenant: &TenantId,
    customer: &CustomerId,
    site: Option<&SiteCode>,
    add: AddPoints,
) -> Result<Command, PointsError> {
    let found = find_site(app, tenant, site).await?;
    Ok(Command::Credit(EntryKind::Added, credit(add, "add", customer, site, &found, app.now())?))
}

/// Takes points that the customer exchanged for something outside: no coupon is made.
///
/// # Errors
/// When something does not fit, or the customer has fewer.
pub async fn redeem(app: &App, asked: Asked, customer: CustomerId, take: TakePoints) -> Result<Reply, PointsError> {
    take_as(EntryKind::Redeemed, app, asked, customer, take).await
}

/// Takes points by hand.
///
/// # Errors
/// When something does not fit, or the customer has fewer.
pub async fn remove(app: &App, asked: Asked, customer: CustomerId, take: TakePoints) -> Result<Reply, PointsError> {
    take_as(EntryKind::Removed, app, asked, customer, take).await
}

async fn take_as(
    kind: EntryKind,
    app: &App,
    asked: Asked,
    customer: CustomerId,
    take: TakePoints,
) -> Result<Reply, PointsError> {
    let command = taking(kind, &customer, take)?;
    Ok(app.ledger.submit(asked.request(customer, command)).await?)
}

/// What is asked of the ledger to take points.
pub(super) fn taking(kind: EntryKind, customer: &CustomerId, take: TakePoints) -> Result<Command, PointsError> {
    check_remarks(&take.remarks)?;
    let id = own_id(take.id, kind.as_str(), customer, None, take.points, None, &take.remarks);
    Ok(Command::Debit(kind, NewDebit { id, points: take.points, remarks: take.remarks }))
}

/// Exchanges points for a coupon; both happen, or neither.
///
/// # Errors
/// When the site does not exist, the option cannot be had, or the customer has too few points.
pub async fn redeem_option(
    app: &App,
    asked: Asked,
    customer: CustomerId,
    site: Option<SiteCode>,
    option_id: &str,
    remarks: Remarks,
) -> Result<Reply, PointsError> {
    check_remarks(&remarks)?;
    let found = find_site(app, &asked.caller.tenant, site.as_ref()).await?;
    let option_id = option_id.to_owned();
    let wanted = NewRedemption { option_id, site: found.code, prefix: found.coupon_prefix, remarks };
    Ok(app.ledger.submit(asked.request(customer, Command::Redeem(wanted))).await?)
}

/// Undoes what was added or removed by hand.
///
/// # Errors
/// When there is no such entry, it was undone before, or its points are spent.
pub async fn undo(
    app: &App,
    asked: Asked,
    customer: CustomerId,
    entry: EntryId,
    remarks: Remarks,
) -> Result<Reply, PointsError> {
    check_remarks(&remarks)?;
    Ok(app.ledger.submit(asked.request(customer, Command::Undo(entry, remarks))).await?)
}

/// Cancels an exchange whose coupon was not used: the points come back with the ends that they had.
///
/// # Errors
/// When there is no such exchange, it was cancelled before, or its coupon was used.
pub async fn cancel_redemption(
    app: &App,
    asked: Asked,
    customer: CustomerId,
    redemption: String,
    remarks: Remarks,
) -> Result<Reply, PointsError> {
    check_remarks(&remarks)?;
    Ok(app.ledger.submit(asked.request(customer, Command::Cancel(redemption, remarks))).await?)
}

/// Gives the points of an exchange back though its coupon was used, because the order that it paid for came back. The
/// coupon cannot be used any more.
///
/// # Errors
/// When there is no such exchange, or it was cancelled before.
pub(super) async fn give_back_redemption(
    app: &App,
    asked: Asked,
    customer: CustomerId,
    redemption: String,
    remarks: Remarks,
) -> Result<Reply, PointsError> {
    Ok(app.ledger.submit(asked.request(customer, Command::GiveBack(redemption, remarks))).await?)
}

/// Ends a customer's account; what is left of the points is gone. Without an account nothing happens.
///
/// # Errors
/// When the database fails.
pub async fn close(app: &App, asked: Asked, customer: CustomerId) -> Result<Reply, PointsError> {
    Ok(app.ledger.submit(asked.request(customer, Command::Close)).await?)
}

/// The site that is meant: the one named, or `main`.
pub(super) async fn find_site(app: &App, tenant: &TenantId, named: Option<&SiteCode>) -> Result<Site, PointsError> {
    let code = named.cloned().unwrap_or_else(SiteCode::main);
    let found = app.reads.sites.find(tenant, &code).await.map_err(LedgerError::Store)?;
    if let Some(site) = found {
        return Ok(site);
    }
    let known = store::sites::list(&app.db, tenant).await?;
    let known: Vec<&str> = known.iter().map(|site| site.code.as_str()).collect();
    let message = message!("order-site-unknown", site = code.as_str(), known = known.join(", "));
    Err(FieldErrors::told("siteCode", message).into())
}

fn credit(
    add: AddPoints,
    what: &str,
    customer: &CustomerId,
    named: Option<&SiteCode>,
    site: &Site,
    now: Timestamp,
) -> Result<NewCredit, FieldErrors> {
    check_remarks(&add.remarks)?;
    let id = own_id(add.id, what, customer, named, add.points, add.valid_until, &add.remarks);
    Ok(NewCredit {
        id,
        points: add.points,
        available_from: None,
        valid_until: add.valid_until.unwrap_or_else(|| site.valid_until(now)),
        remarks: Remarks { site: Some(site.code.clone()), ..add.remarks },
    })
}

/// The caller's own id, with a hash over what was sent under it. Nothing that is worked out here is part of it: the
/// same request must be the same a year later.
fn own_id(
    id: Option<EntryId>,
    what: &str,
    customer: &CustomerId,
    site: Option<&SiteCode>,
    points: Points,
    valid_until: Option<Timestamp>,
    remarks: &Remarks,
) -> Option<OwnId> {
    // An empty text is not the same as none.
    let sent = |text: Option<&str>| text.map_or_else(String::new, |text| format!("={text}"));
    let fingerprint = fingerprint(&[
        what,
        customer.as_str(),
        site.map_or(SiteCode::MAIN, SiteCode::as_str),
        &points.get().to_string(),
        &valid_until.map_or_else(String::new, |at| at.micros().to_string()),
        &sent(remarks.reference.as_deref()),
        &sent(remarks.description.as_deref()),
        &sent(remarks.reason.as_deref()),
    ]);
    id.map(|id| OwnId { id, fingerprint })
}

pub(super) fn check_remarks(remarks: &Remarks) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::default();
    for (field, value, chars_max, lines) in [
        ("reference-id", &remarks.reference, REFERENCE_CHARS_MAX, Lines::One),
        ("description", &remarks.description, DESCRIPTION_CHARS_MAX, Lines::Many),
        ("reason", &remarks.reason, REFERENCE_CHARS_MAX, Lines::One),
        ("note", &remarks.private_note, DESCRIPTION_CHARS_MAX, Lines::Many),
    ] {
        if let Some(value) = value {
            errors.check(field, text::check(value, chars_max, lines));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}
