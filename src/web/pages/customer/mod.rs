//! `/admin/{tenant}/customers/{customer}`: what a customer has, why, and what can be done about it.

mod account;
pub(super) mod adjust;
mod entry;
mod history;
mod person;
pub(super) mod preview;
mod redeem;
mod statement;
mod view;
pub(super) mod words;

pub(in crate::web) use account::{close, confirm_closing, open, open_form, open_named};
pub(in crate::web) use adjust::{adjust, preview};
pub(in crate::web) use entry::{confirm_undoing, show as show_entry, undo};
pub(in crate::web) use history::export;
pub(in crate::web) use person::{change as change_person, confirm_erasing, erase};
pub(in crate::web) use redeem::{cancel, confirm as confirm_redeeming, confirm_cancelling, options, redeem};
pub(in crate::web) use statement::{file as export_file, show as show_statement};
pub(in crate::web) use view::show;

use actix_web::web::Path;

use crate::{
    app::App,
    domain::{
        ids::{CustomerId, SiteCode},
        ledger::entry::{EntryKind, Source},
        role::Role,
        site::Site,
    },
    service::{
        adjustments, customers,
        history::Story,
        idempotency::KeyedRequest,
        ledger::{
            LedgerError,
            command::{AnswerOf, fingerprint},
        },
        points::{Asked, PointsError},
    },
    web::{access::Member, error::WebError, query},
};

/// The part of the path that names a customer.
type OfCustomer = Path<(String, String)>;
/// A customer, and one thing of theirs.
type OfCustomersThing = Path<(String, String, String)>;
/// Longest key of a form.
const KEY_CHARS_MAX: usize = 64;

/// The customer that the path names.
fn customer_in(segment: &str) -> Result<CustomerId, WebError> {
    query::customer_of(segment).map_err(|_no_id| WebError::NotFound)
}

/// What the page calls a customer: by name, or by id.
async fn name_of(app: &App, member: &Member, customer: &CustomerId) -> Result<String, WebError> {
    let person = customers::person::find(&app.db, &member.place.tenant, customer).await?;
    Ok(person.name.unwrap_or_else(|| customer.to_string()))
}

/// The site that forms begin with: the main one, or the only one.
fn default_site(sites: &[Site]) -> Option<&Site> {
    sites.iter().find(|site| site.code == SiteCode::main()).or_else(|| sites.first())
}

/// A new key for a form, so that what it asks for is done once however often it is sent.
fn new_key() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// A change asked for by this member, under the key of a form and over what the form holds.
fn asked(member: &Member, key: &str, what: &[&str], answer: AnswerOf) -> Asked {
    let fits = !key.is_empty() && key.len() <= KEY_CHARS_MAX && key.bytes().all(|b| b.is_ascii_graphic());
    let keyed = fits.then(|| (KeyedRequest { key: format!("form:{key}"), fingerprint: fingerprint(what) }, answer));
    Asked { caller: member.caller(), source: Source::BackOffice, key: keyed }
}

impl From<PointsError> for WebError {
    /// What is refused belongs into a form; here is what has none.
    fn from(error: PointsError) -> Self {
        match error {
            PointsError::Invalid(errors) => Self::Conflict(errors.summary()),
            PointsError::Ledger(error) => error.into(),
        }
    }
}

impl From<LedgerError> for WebError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Refused(refusal) => Self::Conflict(refusal.to_string()),
            LedgerError::Stopped => Self::Unavailable,
            LedgerError::Store(error) if error.is_temporary() => Self::Unavailable,
            LedgerError::Store(error) => Self::internal("writing the ledger", error),
        }
    }
}

/// Whether this member may have an entry undone, be it by a request.
fn may_undo(member: &Member, story: &Story) -> bool {
    let own = story.entry.memo.actor == member.caller().actor;
    adjustments::may_undo(member.place.role, own, story).is_ok()
}

/// Whether this member may cancel the exchange that an entry paid for: its coupon was not used.
fn may_cancel(member: &Member, story: &Story) -> bool {
    let unused = story.coupon.as_ref().is_some_and(|coupon| !coupon.is_used && coupon.cancelled_at.is_none());
    story.entry.kind == EntryKind::Redeemed && unused && member.place.role >= Role::Agent
}
