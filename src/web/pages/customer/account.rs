//! Opening and closing a customer's account.

use actix_web::{HttpResponse, web::Data};
use askama::Template;
use serde::Deserialize;

use super::{OfCustomer, adjust::require_reach, asked, customer_in, name_of, person::PersonForm};
use crate::{
    app::App,
    domain::{calendar, ids::CustomerId, refusal::Refusal, role::Role},
    service::{
        accounts,
        customers::person::{self, PersonalData},
        ledger::LedgerError,
        points::{self, PointsError},
    },
    texts::t,
    web::{
        access::Member,
        error::WebError,
        filters,
        form::{Button, Errors, Protected},
        html::{self, Want},
        query::customer_page,
        shell::{Section, Shell, Toast},
    },
};

/// The form for a new account.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct OpenForm {
    customer: String,
    name: String,
    email: String,
}

#[derive(Template)]
#[template(path = "customer/open.html", blocks = ["main"])]
struct OpenPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    form: &'a OpenForm,
}

fn ask(member: &Member, want: &Want, form: &OpenForm, errors: &Errors) -> Result<HttpResponse, WebError> {
    let (shell, status) = errors.mark(member.shell(Section::Customers, t!("customer-new-title")));
    let page = OpenPage { shell: &shell, errors, form };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// Shows the form for a new account.
pub(in crate::web) async fn open_form(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    ask(&member, &want, &OpenForm::default(), &Errors::default())
}

/// Opens an account for the customer that the form names.
pub(in crate::web) async fn open_named(
    member: Member,
    want: Want,
    app: Data<App>,
    form: Protected<OpenForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let form = form.0;
    let mut errors = Errors::default();
    let today = calendar::day_of(app.now(), member.place.zone);
    let customer = errors.check("customer", CustomerId::parse(form.customer.trim()));
    let known = PersonForm { name: form.name.clone(), email: form.email.clone(), ..PersonForm::default() };
    let found = PersonalData::parse(&known.name, &known.email, "", "", today);
    if let Err(found) = &found {
        for field in ["name", "email"] {
            found.iter().filter(|(name, _)| *name == field).for_each(|(_, message)| errors.add(field, message));
        }
    }
    let (Some(customer), Ok(found)) = (customer, found) else { return ask(&member, &want, &form, &errors) };
    let asked = asked(&member, "", &[], |_done| (200, String::new()));
    match points::open(&app, asked, customer.clone(), None, None).await {
        Ok(_) => {}
        Err(PointsError::Ledger(LedgerError::Refused(Refusal::AccountExists(_)))) => {
            errors.add("customer", t!("customer-exists"));
            return ask(&member, &want, &form, &errors);
        }
        Err(error) => return Err(error.into()),
    }
    let before = person::find(&app.db, &member.place.tenant, &customer).await?;
    if before.is_empty() && !found.is_empty() {
        person::set(&app, &member.caller(), &customer, &found).await?;
    }
    member.toast(Toast::new(t!("customer-opened")))?;
    Ok(html::see_other(&customer_page(&member.place.tenant, &customer)))
}

/// Opens an account for a customer who has none.
pub(in crate::web) async fn open(
    member: Member,
    path: OfCustomer,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let customer = customer_in(&path.1)?;
    let back = customer_page(&member.place.tenant, &customer);
    let asked = asked(&member, "", &[], |_done| (200, String::new()));
    match points::open(&app, asked, customer, None, None).await {
        Ok(_) => member.toast(Toast::new(t!("customer-opened")))?,
        Err(PointsError::Ledger(LedgerError::Refused(Refusal::AccountExists(_)))) => {
            member.toast(Toast::new(t!("customer-open-already")))?;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(html::see_other(&back))
}

/// The form that confirms the end of an account: the number is typed, because the points are gone for good.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct CloseForm {
    customer: String,
}

#[derive(Template)]
#[template(path = "customer/close.html", blocks = ["main"])]
struct ClosePage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    form: &'a CloseForm,
    name: &'a str,
    id: &'a str,
    base: &'a str,
    balance: i64,
}

async fn ask_closing(
    member: &Member,
    want: &Want,
    app: &App,
    customer: &CustomerId,
    (form, errors): (&CloseForm, &Errors),
) -> Result<HttpResponse, WebError> {
    let balance = accounts::balance(&app.db, &member.place.tenant, customer, app.now()).await?;
    let balance = balance.ok_or(WebError::NotFound)?;
    let (shell, status) = errors.mark(member.shell(Section::Customers, t!("customer-close-title")));
    let name = name_of(app, member, customer).await?;
    let base = customer_page(&member.place.tenant, customer);
    let page = ClosePage { shell: &shell, errors, form, name: &name, id: customer.as_str(), base: &base, balance };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// Asks before an account is closed.
pub(in crate::web) async fn confirm_closing(
    member: Member,
    path: OfCustomer,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let customer = customer_in(&path.1)?;
    ask_closing(&member, &want, &app, &customer, (&CloseForm::default(), &Errors::default())).await
}

/// Closes an account.
pub(in crate::web) async fn close(
    member: Member,
    path: OfCustomer,
    want: Want,
    app: Data<App>,
    form: Protected<CloseForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let customer = customer_in(&path.1)?;
    if form.0.customer.trim() != customer.as_str().trim() {
        let mut errors = Errors::default();
        errors.add("customer", t!("customer-close-wrong", customer = customer.as_str()));
        return ask_closing(&member, &want, &app, &customer, (&form.0, &errors)).await;
    }
    let left = accounts::balance(&app.db, &member.place.tenant, &customer, app.now()).await?;
    require_reach(&member, &app, left.unwrap_or_default()).await?;
    let asked = asked(&member, "", &[], |_done| (200, String::new()));
    points::close(&app, asked, customer.clone()).await?;
    member.toast(Toast::new(t!("customer-account-closed")))?;
    Ok(html::see_other(&customer_page(&member.place.tenant, &customer)))
}
