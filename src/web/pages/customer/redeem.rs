//! Redeeming for a customer, and cancelling that while the coupon is not used.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use askama::Template;
use serde::Deserialize;

use super::{
    OfCustomer, OfCustomersThing, adjust, asked, customer_in, default_site, entry, may_cancel, name_of, new_key,
};
use crate::{
    app::App,
    domain::{
        ids::{CustomerId, SiteCode},
        option::RedeemOption,
        refusal::Refusal,
        role::Role,
    },
    service::{
        accounts,
        ledger::{
            LedgerError,
            command::{Done, Remarks, Reply},
        },
        options,
        points::{self, PointsError},
        sites,
    },
    texts::t,
    web::{
        access::Member,
        confirm::Confirm,
        error::WebError,
        filters,
        form::{Button, Choice, Errors, Protected},
        html::{self, Want},
        pages::options::told,
        query::{customer_page, escaped},
        shell::{Section, Shell, Toast},
        words,
    },
};

/// An option, as it is offered for this customer.
struct Offer {
    name: String,
    what: String,
    points: i64,
    link: String,
    /// Why it cannot be had, if it cannot.
    lack: String,
}

#[derive(Template)]
#[template(path = "customer/redeem.html", blocks = ["main"])]
struct RedeemPage<'a> {
    shell: &'a Shell,
    name: &'a str,
    base: &'a str,
    balance: i64,
    offers: &'a [Offer],
    may_manage: bool,
}

#[derive(Template)]
#[template(path = "customer/redeem_option.html", blocks = ["main"])]
struct ConfirmPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    name: &'a str,
    base: &'a str,
    offer: &'a Offer,
    balance: i64,
    after: i64,
    sites: &'a [Choice],
    form: &'a RedeemForm,
}

fn offer(option: &RedeemOption, balance: i64, base: &str) -> Offer {
    let points = option.draft.points.get();
    let lack = if option.left() == Some(0) {
        t!("redeem-sold-out")
    } else if points > balance {
        t!("redeem-to-go", points = points - balance)
    } else {
        String::new()
    };
    let discount = words::discount(&option.draft.coupon.discount);
    Offer {
        name: option.draft.name.clone(),
        what: match told::order_from(&option.draft) {
            Some(value) => t!("redeem-order-from", discount = discount, value = value),
            None => discount,
        },
        points,
        link: format!("{base}/redeem/{}", escaped(&option.id)),
        lack,
    }
}

async fn balance_of(member: &Member, app: &App, customer: &CustomerId) -> Result<i64, WebError> {
    let balance = accounts::balance(&app.db, &member.place.tenant, customer, app.now()).await?;
    balance.ok_or_else(|| WebError::Conflict(t!("redeem-no-account")))
}

/// Lists what the customer's points buy.
pub(in crate::web) async fn options(
    member: Member,
    path: OfCustomer,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let customer = customer_in(&path.1)?;
    let balance = balance_of(&member, &app, &customer).await?;
    let base = customer_page(&member.place.tenant, &customer);
    let offered = options::list_offered(&app.db, &member.place.tenant, app.now()).await?;
    let offers: Vec<Offer> = offered.iter().map(|option| offer(option, balance, &base)).collect();
    let shell = member.shell(Section::Customers, t!("redeem-title"));
    let name = name_of(&app, &member, &customer).await?;
    let may_manage = member.place.role >= Role::Manager;
    let page = RedeemPage { shell: &shell, name: &name, base: &base, balance, offers: &offers, may_manage };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}

/// The form that confirms.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct RedeemForm {
    site: String,
    key: String,
}

async fn find(member: &Member, app: &App, id: &str) -> Result<RedeemOption, WebError> {
    let option = options::find(&app.db, &member.place.tenant, id).await?;
    option.filter(|option| option.is_offered(app.now())).ok_or(WebError::NotFound)
}

async fn ask(
    member: &Member,
    want: &Want,
    app: &App,
    customer: &CustomerId,
    option: &RedeemOption,
    (form, errors): (&RedeemForm, &Errors),
) -> Result<HttpResponse, WebError> {
    let balance = balance_of(member, app, customer).await?;
    let base = customer_page(&member.place.tenant, customer);
    let sites = sites::list(&app.db, &member.place.tenant).await?;
    let sites: Vec<Choice> = sites
        .iter()
        .filter(|site| option.is_on(&site.code))
        .map(|site| Choice::new(site.code.as_str(), &site.name))
        .collect();
    let (shell, status) = errors.mark(member.shell(Section::Customers, t!("redeem-title")));
    let name = name_of(app, member, customer).await?;
    let offer = offer(option, balance, &base);
    let after = balance - offer.points;
    let page = ConfirmPage {
        shell: &shell,
        errors,
        name: &name,
        base: &base,
        offer: &offer,
        balance,
        after,
        sites: &sites,
        form,
    };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// Asks before points are redeemed.
pub(in crate::web) async fn confirm(
    member: Member,
    path: OfCustomersThing,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let customer = customer_in(&path.1)?;
    let option = find(&member, &app, &path.2).await?;
    let sites = sites::list(&app.db, &member.place.tenant).await?;
    let site = default_site(&sites).map(|site| site.code.to_string()).unwrap_or_default();
    let form = RedeemForm { key: new_key(), site };
    ask(&member, &want, &app, &customer, &option, (&form, &Errors::default())).await
}

/// What is kept under the form's key: the entry's id.
fn redeemed_entry(done: &Done) -> (u16, String) {
    match done {
        Done::Redeemed { entry, .. } => (200, entry.entry_id.to_string()),
        _ => (200, String::new()),
    }
}

/// Redeems, and leads on to the coupon's code.
pub(in crate::web) async fn redeem(
    member: Member,
    path: OfCustomersThing,
    want: Want,
    app: Data<App>,
    form: Protected<RedeemForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let (customer, mut form) = (customer_in(&path.1)?, form.0);
    let option = find(&member, &app, &path.2).await?;
    let mut errors = Errors::default();
    let site = Some(&form.site).filter(|code| !code.is_empty()).map(|code| SiteCode::parse(code)).transpose();
    if let Some(site) = errors.check("site", site) {
        let asked = asked(&member, &form.key, &["redeem", customer.as_str(), &option.id, &form.site], redeemed_entry);
        match points::redeem_option(&app, asked, customer.clone(), site, &option.id, Remarks::default()).await {
            Ok(reply) => {
                let entry = match reply {
                    Reply::Done(done) | Reply::DoneBefore(done) => redeemed_entry(&done).1,
                    Reply::Replay { body, .. } => body,
                };
                member.toast(Toast::new(t!("redeem-done")))?;
                let base = customer_page(&member.place.tenant, &customer);
                return Ok(html::see_other(&format!("{base}/entries/{}", escaped(&entry))));
            }
            Err(PointsError::Ledger(LedgerError::Refused(refusal))) => {
                if refusal == Refusal::KeyReused {
                    form.key = new_key();
                }
                errors.add("redeem", adjust::words(&refusal));
            }
            Err(PointsError::Invalid(found)) => errors.add("site", found.summary()),
            Err(error) => return Err(error.into()),
        }
    }
    ask(&member, &want, &app, &customer, &option, (&form, &errors)).await
}

/// Asks before an exchange is cancelled.
pub(in crate::web) async fn confirm_cancelling(
    member: Member,
    path: OfCustomersThing,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let customer = customer_in(&path.1)?;
    let (_, told) = entry::find(&member, &app, &customer, &path.2).await?;
    let story = &told.story;
    let (Some(coupon), true) = (&story.coupon, may_cancel(&member, story)) else {
        return Err(WebError::Conflict(t!("redeem-cancel-too-late")));
    };
    let base = customer_page(&member.place.tenant, &customer);
    let link = format!("{base}/entries/{}", escaped(story.entry.entry_id.as_str()));
    let points = story.entry.points.saturating_abs();
    let name = name_of(&app, &member, &customer).await?;
    let confirm = Confirm {
        question: t!("redeem-cancel-question", code = &coupon.code, points = points),
        sentences: vec![t!("redeem-cancel-means", name = name, points = points), t!("redeem-cancel-stays")],
        action: format!("{link}/cancel"),
        back: base,
        keep: t!("redeem-cancel-keep"),
        act: t!("redeem-cancel"),
    };
    confirm.ask(&want, &member.shell(Section::Customers, t!("redeem-cancel")))
}

/// Cancels an exchange.
pub(in crate::web) async fn cancel(
    member: Member,
    path: OfCustomersThing,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let customer = customer_in(&path.1)?;
    let (_, told) = entry::find(&member, &app, &customer, &path.2).await?;
    let Some(redemption) = told.story.entry.memo.redemption.clone() else { return Err(WebError::NotFound) };
    let back = customer_page(&member.place.tenant, &customer);
    let asked = asked(&member, "", &[], |_done| (200, String::new()));
    match points::cancel_redemption(&app, asked, customer, redemption, Remarks::default()).await {
        Ok(_) => member.toast(Toast::new(t!("redeem-cancelled")))?,
        Err(PointsError::Ledger(LedgerError::Refused(Refusal::AlreadyCancelled))) => {
            member.toast(Toast::new(t!("redeem-cancelled-already")))?;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(html::see_other(&back))
}
