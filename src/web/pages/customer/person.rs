//! Personal data: changed and erased.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;

use super::{
    OfCustomer, customer_in, name_of,
    view::{self, State},
};
use crate::{
    app::App,
    domain::{calendar, role::Role},
    service::customers::person::{self, PersonalData},
    texts::t,
    web::{
        access::Member,
        confirm::Confirm,
        error::WebError,
        form::{Button, Errors, Protected},
        format,
        html::{self, Want},
        query::customer_page,
        shell::{Section, Toast},
    },
};

/// The form, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct PersonForm {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) birthday: String,
    pub(super) language: String,
}

impl PersonForm {
    /// What is known, to be changed.
    pub(super) fn of(person: &PersonalData) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            name: text(&person.name),
            email: text(&person.email),
            birthday: person.birthday.map_or_else(String::new, |day| day.to_string()),
            language: text(&person.language),
        }
    }
}

/// Changes what is known of a customer as a person.
pub(in crate::web) async fn change(
    member: Member,
    path: OfCustomer,
    want: Want,
    app: Data<App>,
    form: Protected<PersonForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let (customer, form) = (customer_in(&path.1)?, form.0);
    let today = calendar::day_of(app.now(), member.place.zone);
    match PersonalData::parse(&form.name, &form.email, &form.birthday, &form.language, today) {
        Ok(found) => {
            person::set(&app, &member.caller(), &customer, &found).await?;
            member.toast(Toast::new(t!("customer-person-saved")))?;
            Ok(html::see_other(&customer_page(&member.place.tenant, &customer)))
        }
        Err(found) => {
            let mut errors = Errors::default();
            for field in ["name", "email", "birthday", "language"] {
                found.iter().filter(|(name, _)| *name == field).for_each(|(_, message)| errors.add(field, message));
            }
            let state = State { person: Some(form), errors, ..State::default() };
            view::answer(&member, &want, &app, &customer, state).await
        }
    }
}

/// Asks before personal data is erased.
pub(in crate::web) async fn confirm_erasing(
    member: Member,
    path: OfCustomer,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let customer = customer_in(&path.1)?;
    let base = customer_page(&member.place.tenant, &customer);
    let confirm = Confirm {
        question: t!("customer-erase-question", name = name_of(&app, &member, &customer).await?),
        sentences: vec![
            t!("customer-erase-what"),
            t!("customer-erase-stays", customer = format::apart(customer.as_str())),
        ],
        action: format!("{base}/erase"),
        back: base,
        keep: t!("customer-erase-keep"),
        act: t!("customer-erase"),
    };
    confirm.ask(&want, &member.shell(Section::Customers, t!("customer-erase")))
}

/// Erases personal data.
pub(in crate::web) async fn erase(
    member: Member,
    path: OfCustomer,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let customer = customer_in(&path.1)?;
    person::erase(&app, &member.caller(), &customer).await?;
    member.toast(Toast::new(t!("customer-erased")))?;
    let known = person::is_known(&app.db, &member.place.tenant, &customer).await?;
    let list = Section::Customers.address(&member.place.tenant);
    Ok(html::see_other(&if known { customer_page(&member.place.tenant, &customer) } else { list }))
}
