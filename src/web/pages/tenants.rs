//! `/admin`: the tenants that a person works for; for operators all of them.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use serde::Deserialize;

use crate::{
    app::App,
    domain::{access::AccessRefusal, actor::Caller, ids::TenantId, money::Currency, name, role::Role, site::Site},
    service::{
        access::AccessError,
        team,
        tenants::{self, NewTenant},
        users,
    },
    texts::t,
    web::{
        access::SignedIn,
        error::WebError,
        filters,
        form::{Button, Errors, Protected},
        html::{self, Want},
        roles,
        shell::{Shell, Toast},
    },
};

struct Line {
    id: TenantId,
    name: String,
    /// `None` for an operator who is no member.
    role: Option<String>,
}

#[derive(Template)]
#[template(path = "tenants/index.html", blocks = ["main"])]
struct TenantsPage<'a> {
    shell: &'a Shell,
    tenants: &'a [Line],
    is_operator: bool,
}

/// Lists the tenants that this person can go to.
pub(crate) async fn index(person: SignedIn, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    let own = users::memberships(&app.db, &person.person.user_id).await?;
    let role_in = |id: &TenantId| own.iter().find(|one| one.tenant_id == *id).map(|one| roles::name(one.role));
    let lines: Vec<Line> = if person.person.operator {
        let all = tenants::list(&app.db).await?;
        all.into_iter().map(|tenant| Line { role: role_in(&tenant.id), id: tenant.id, name: tenant.name }).collect()
    } else {
        own.iter()
            .map(|one| Line { id: one.tenant_id.clone(), name: one.name.clone(), role: Some(roles::name(one.role)) })
            .collect()
    };
    let shell = person.shell(t!("tenants-title"));
    let page = TenantsPage { shell: &shell, tenants: &lines, is_operator: person.person.operator };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}

/// The form for a new tenant.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct TenantForm {
    id: String,
    name: String,
    time_zone: String,
    currency: String,
    join: String,
}

#[derive(Template)]
#[template(path = "tenants/new.html", blocks = ["main"])]
struct NewTenantPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    form: &'a TenantForm,
}

/// Reads id, name, time zone and currency of a new tenant; `fields` are their names in the form.
pub(super) fn parse_tenant(errors: &mut Errors, fields: [&'static str; 4], typed: [&str; 4]) -> Option<NewTenant> {
    let [id_field, name_field, zone_field, currency_field] = fields;
    let [id, name, zone, currency] = typed;
    let id = errors.check(id_field, TenantId::parse(id.trim()));
    let name = errors.check(name_field, name::parse(name));
    let zone = errors.check(zone_field, Site::time_zone(zone.trim()));
    let currency = errors.check(currency_field, Currency::parse(currency));
    Some(NewTenant { id: id?, name: name?, zone: zone?, currency: currency? })
}

/// Shows the form for a new tenant.
pub(crate) async fn new_form(person: SignedIn, want: Want) -> Result<HttpResponse, WebError> {
    person.require_operator()?;
    let form = TenantForm {
        time_zone: "Europe/Berlin".to_owned(),
        currency: "EUR".to_owned(),
        join: "yes".to_owned(),
        ..TenantForm::default()
    };
    show(&person, &want, &form, &Errors::default())
}

fn show(person: &SignedIn, want: &Want, form: &TenantForm, errors: &Errors) -> Result<HttpResponse, WebError> {
    let (shell, status) = errors.mark(person.shell(t!("tenants-create")));
    let page = NewTenantPage { shell: &shell, errors, form };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// Makes a tenant.
pub(crate) async fn create(
    person: SignedIn,
    want: Want,
    app: Data<App>,
    form: Protected<TenantForm>,
) -> Result<HttpResponse, WebError> {
    person.require_operator()?;
    let form = form.0;
    let mut errors = Errors::default();
    let fields = ["id", "name", "time_zone", "currency"];
    let Some(new) = parse_tenant(&mut errors, fields, [&form.id, &form.name, &form.time_zone, &form.currency]) else {
        return show(&person, &want, &form, &errors);
    };
    match tenants::create(&app, &person.actor(), &new).await {
        Ok(tenant) => {
            person.toast(Toast::new(t!("tenants-created")))?;
            if form.join != "yes" {
                return Ok(html::see_other("/admin"));
            }
            let caller = Caller { tenant: tenant.id.clone(), actor: person.actor() };
            team::take_in(&app, &caller, &person.person.user_id, Role::Admin).await?;
            Ok(html::see_other(&format!("/admin/{}", tenant.id)))
        }
        Err(AccessError::Refused(refusal @ AccessRefusal::TenantTaken(_))) => {
            errors.add("id", refusal);
            show(&person, &want, &form, &errors)
        }
        Err(error) => Err(error.into()),
    }
}

/// Makes the operator an admin of a tenant; the tenant's audit log tells.
pub(crate) async fn join(
    person: SignedIn,
    tenant: Path<String>,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    person.require_operator()?;
    let tenant = TenantId::parse(&tenant).map_err(|_no_id| WebError::NotFound)?;
    let caller = Caller { tenant: tenant.clone(), actor: person.actor() };
    match team::take_in(&app, &caller, &person.person.user_id, Role::Admin).await {
        Ok(()) => person.toast(Toast::new(t!("tenants-joined")))?,
        Err(AccessError::Refused(AccessRefusal::MemberAlready)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(html::see_other(&format!("/admin/{tenant}")))
}
