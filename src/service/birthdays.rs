//! Points on birthdays: with one click, or by themselves where the tenant wants that. Once for each customer and year,
//! whoever clicks and however many replicas run.

use chrono::{Datelike as _, Days, NaiveDate};
use sha2::{Digest as _, Sha256};

use super::{
    adjustments::employee,
    approvals::{self, ApprovalError},
    ledger::{
        LedgerError,
        command::{Remarks, Reply},
    },
    points::{self, AddPoints, Asked, PointsError},
    reasons, sites, tenants,
};
pub use crate::store::birthdays::Celebrant;
use crate::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        calendar,
        customer::Birthday,
        ids::{CustomerId, EntryId, SiteCode, TenantId},
        ledger::entry::Source,
        points::Points,
        reason::{BIRTHDAY, Reason},
        refusal::Refusal,
        tenant::Tenant,
        time::Timestamp,
    },
    store::{Db, DbError, birthdays as store},
    texts::t,
};

/// Points for the last birthday were given this many days ago at most; those of the one before, earlier.
const GIVEN_DAYS: u64 = 300;
/// Birthdays of so many days ago are still to be celebrated: a weekend and some holidays.
pub const LATE_DAYS: u64 = 7;
/// Customers that the job reads at once.
const BATCH: usize = 200;

/// Why no points were given.
#[derive(Debug, thiserror::Error)]
pub enum BirthdayError {
    /// The customer has no account, or no birthday on that day.
    #[error("{}", t!("birthdays-no-birthday"))]
    NoBirthday,
    /// The tenant does not say how many points.
    #[error("{}", t!("birthdays-without-points"))]
    NoPoints,
    /// A second person has to decide.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
}

impl From<DbError> for BirthdayError {
    fn from(error: DbError) -> Self {
        Self::Approval(error.into())
    }
}

/// What customers are given on their birthdays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// How many points.
    pub points: Points,
    /// The reason, with what else it brings.
    pub reason: Reason,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// The customer has points now.
    Now,
    /// The customer was given points for this birthday before.
    Before,
}

/// What customers are given; `None` while the tenant does not say how many points, or archived the reason.
pub async fn present(db: &Db, tenant: &TenantId) -> Result<Option<Present>, DbError> {
    let reason = reasons::find(db, tenant, BIRTHDAY).await?.filter(|reason| reason.archived_at.is_none());
    Ok(reason.and_then(|reason| Some(Present { points: reason.draft.points?, reason })))
}

/// Since when points count as given for the birthday on `day`.
fn since(day: NaiveDate, zone: chrono_tz::Tz) -> Timestamp {
    let first = day.checked_sub_days(Days::new(GIVEN_DAYS)).unwrap_or(day);
    calendar::start_of(first, zone)
}

/// Those who have their birthday on a day of the tenant's zone, by id, behind `after`; and whether there are more.
pub async fn on(
    db: &Db,
    tenant: &TenantId,
    (day, zone): (NaiveDate, chrono_tz::Tz),
    after: Option<&CustomerId>,
    limit: usize,
) -> Result<(Vec<Celebrant>, bool), DbError> {
    let mut days = Birthday::celebrated_on(day);
    let first = days.pop().unwrap_or_default();
    let second = days.pop().unwrap_or_else(|| first.clone());
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut found = store::list(db, tenant, (&first, &second), since(day, zone), after, wanted).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// The id of the entry for a customer's birthday of a year: whoever gives, there is one.
pub fn entry_id(customer: &CustomerId, year: i32) -> Option<EntryId> {
    let hash = hex::encode(Sha256::digest(customer.as_str().as_bytes()));
    EntryId::parse(&format!("birthday-{year}-{}", hash.get(..32)?)).ok()
}

/// Gives a customer the points for the birthday on `day`, which is today or was a few days ago.
///
/// # Errors
/// When there is no such birthday, the tenant does not say how many points, or they are above the caller's limit.
pub async fn give(app: &App, caller: &Caller, customer: &CustomerId, day: NaiveDate) -> Result<Given, BirthdayError> {
    let tenant = tenants::find(&app.db, &caller.tenant).await?.ok_or(BirthdayError::NoBirthday)?;
    let today = calendar::day_of(app.now(), tenant.zone);
    let earliest = today.checked_sub_days(Days::new(LATE_DAYS)).unwrap_or(today);
    if day < earliest || day > today {
        return Err(BirthdayError::NoBirthday);
    }
    let present = present(&app.db, &caller.tenant).await?.ok_or(BirthdayError::NoPoints)?;
    if let Some(access) = employee(app, caller).await?
        && !approvals::may(access.limits, access.role, present.points.get())
    {
        return Err(ApprovalError::AboveLimit.into());
    }
    let celebrant = store::find(&app.db, &caller.tenant, customer, since(day, tenant.zone)).await?;
    let celebrant = celebrant.filter(|one| one.born.is_on(day)).ok_or(BirthdayError::NoBirthday)?;
    let asked = Asked { caller: caller.clone(), source: Source::BackOffice, key: None };
    give_once(app, asked, &tenant, &present, (&celebrant, day)).await.map_err(|error| ApprovalError::from(error).into())
}

async fn give_once(
    app: &App,
    asked: Asked,
    tenant: &Tenant,
    present: &Present,
    (celebrant, day): (&Celebrant, NaiveDate),
) -> Result<Given, PointsError> {
    if celebrant.given_at.is_some() {
        return Ok(Given::Before);
    }
    let draft = &present.reason.draft;
    let remarks = Remarks { description: draft.note.clone(), reason: Some(BIRTHDAY.to_owned()), ..Remarks::default() };
    let add = AddPoints {
        id: entry_id(&celebrant.customer, day.year()),
        points: present.points,
        valid_until: draft.validity.map(|validity| validity.until(app.now(), tenant.zone)),
        remarks,
    };
    let site = default_site(app, &tenant.id).await?;
    match points::add(app, asked, celebrant.customer.clone(), site, add).await {
        Ok(Reply::Done(_)) => Ok(Given::Now),
        // Under the same id, be it with other points or another text: somebody was quicker.
        Ok(_) | Err(PointsError::Ledger(LedgerError::Refused(Refusal::EntryIdTaken(_)))) => Ok(Given::Before),
        Err(error) => Err(error),
    }
}

/// The site whose rule says how long points are valid: the main one, or the first.
async fn default_site(app: &App, tenant: &TenantId) -> Result<Option<SiteCode>, PointsError> {
    let sites = sites::list(&app.db, tenant).await?;
    let main = sites.iter().find(|site| site.code == SiteCode::main()).or_else(|| sites.first());
    Ok(main.map(|site| site.code.clone()))
}

/// Gives points to everybody who has a birthday today, in the tenants that want that; says to how many. To be called
/// again and again, by any number of replicas.
///
/// # Errors
/// When the database failed. Those who were given points have them.
pub async fn give_due(app: &App) -> Result<usize, LedgerError> {
    let mut given = 0;
    for tenant in tenants::list(&app.db).await? {
        if tenant.birthday_points {
            given += give_due_of(app, &tenant).await?;
        }
    }
    Ok(given)
}

async fn give_due_of(app: &App, tenant: &Tenant) -> Result<usize, LedgerError> {
    let Some(present) = present(&app.db, &tenant.id).await? else { return Ok(0) };
    let today = calendar::day_of(app.now(), tenant.zone);
    let caller = Caller { tenant: tenant.id.clone(), actor: Actor::system("birthdays") };
    let (mut given, mut after) = (0, None);
    loop {
        let (celebrants, more) = on(&app.db, &tenant.id, (today, tenant.zone), after.as_ref(), BATCH).await?;
        for celebrant in &celebrants {
            let asked = Asked { caller: caller.clone(), source: Source::Job, key: None };
            match give_once(app, asked, tenant, &present, (celebrant, today)).await {
                Ok(Given::Now) => given += 1,
                Ok(Given::Before) => {}
                Err(PointsError::Ledger(error @ (LedgerError::Store(_) | LedgerError::Stopped))) => return Err(error),
                Err(error) => tracing::warn!(tenant = %tenant.id, %error, "Could not give points for a birthday"),
            }
        }
        after = celebrants.last().filter(|_| more).map(|last| last.customer.clone());
        if after.is_none() {
            return Ok(given);
        }
    }
}
