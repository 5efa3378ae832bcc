//! `/admin/{tenant}/settings`: what holds for the whole tenant.

use actix_web::{HttpResponse, web::Data};
use askama::Template;
use serde::Deserialize;

use crate::{
    app::App,
    domain::{
        invalid::FieldErrors,
        role::Role,
        tenant::{Tenant, TenantChange},
    },
    service::tenants::{self, SettingsError},
    texts::t,
    web::{
        access::Member,
        error::WebError,
        facts::{Difference, Fact, differences},
        filters,
        form::{Errors, Protected},
        format,
        html::{self, Want},
        shell::{Section, Shell, Toast},
    },
};

/// The form, as it was typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct SettingsForm {
    version: String,
    name: String,
    agent_limit: String,
    manager_limit: String,
    admin_limit: String,
    birthday_points: String,
    grace_days: String,
    customer_cancel_hours: String,
    demands_second_factor: String,
}

impl SettingsForm {
    fn of(tenant: &Tenant) -> Self {
        let hours = tenant.customer_cancel_hours;
        Self {
            version: tenant.version.to_string(),
            name: tenant.name.clone(),
            agent_limit: tenant.agent_limit.to_string(),
            manager_limit: tenant.manager_limit.map(|limit| limit.to_string()).unwrap_or_default(),
            admin_limit: tenant.admin_limit.map(|limit| limit.to_string()).unwrap_or_default(),
            birthday_points: if tenant.birthday_points { "yes" } else { "" }.to_owned(),
            grace_days: tenant.grace_days.to_string(),
            customer_cancel_hours: if hours == 0 { String::new() } else { hours.to_string() },
            demands_second_factor: if tenant.demands_second_factor { "yes" } else { "" }.to_owned(),
        }
    }

    fn change(&self) -> Result<TenantChange, FieldErrors> {
        TenantChange::parse(|field| {
            Some(match field {
                "name" => &self.name,
                "agent_limit" => &self.agent_limit,
                "manager_limit" => &self.manager_limit,
                "admin_limit" => &self.admin_limit,
                "birthday_points" => &self.birthday_points,
                "grace_days" => &self.grace_days,
                "customer_cancel_hours" => &self.customer_cancel_hours,
                "demands_second_factor" => &self.demands_second_factor,
                _ => return None,
            })
        })
    }
}

/// What the domain found, at the fields of the form.
fn errors_of(found: &FieldErrors) -> Errors {
    Errors::found(found, |field| match field {
        "agent_limit" => "agent_limit",
        "manager_limit" => "manager_limit",
        "admin_limit" => "admin_limit",
        "grace_days" => "grace_days",
        "customer_cancel_hours" => "customer_cancel_hours",
        _ => "name",
    })
}

#[derive(Template)]
#[template(path = "settings/index.html", blocks = ["main"])]
struct SettingsPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    here: &'a str,
    form: &'a SettingsForm,
    conflict: Option<&'a [Difference]>,
    facts: &'a [Fact],
    may_change: bool,
}

fn limit(limit: Option<i64>) -> String {
    limit.map_or_else(|| t!("limits-none"), format::number)
}

fn facts(tenant: &Tenant) -> Vec<Fact> {
    vec![
        Fact::new(t!("settings-name"), tenant.name.as_str()),
        Fact::new(
            t!("settings-cancel"),
            match tenant.customer_cancel_hours {
                0 => t!("settings-cancel-never"),
                hours => t!("settings-cancel-hours", count = hours),
            },
        ),
        Fact::new(t!("settings-grace"), t!("format-days", count = tenant.grace_days)),
        Fact::new(
            t!("birthdays-fact"),
            if tenant.birthday_points { t!("birthdays-fact-yes") } else { t!("birthdays-fact-no") },
        ),
        Fact::new(t!("limits-agents"), format::number(tenant.agent_limit)),
        Fact::new(t!("limits-managers"), limit(tenant.manager_limit)),
        Fact::new(t!("limits-admins"), limit(tenant.admin_limit)),
        Fact::new(
            t!("second-factor-title"),
            if tenant.demands_second_factor {
                t!("settings-second-factor-all")
            } else {
                t!("settings-second-factor-free")
            },
        ),
    ]
}

async fn find(app: &App, member: &Member) -> Result<Tenant, WebError> {
    tenants::find(&app.db, &member.place.tenant).await?.ok_or(WebError::NotFound)
}

fn answer(
    member: &Member,
    want: &Want,
    tenant: &Tenant,
    form: &SettingsForm,
    errors: &Errors,
    conflict: Option<&[Difference]>,
) -> Result<HttpResponse, WebError> {
    let (shell, status) = errors.mark(member.shell(Section::Settings, t!("settings-title")));
    let page = SettingsPage {
        shell: &shell,
        errors,
        here: &Section::Settings.address(&member.place.tenant),
        form,
        conflict,
        facts: &facts(tenant),
        may_change: member.place.role >= Role::Admin,
    };
    let answer = html::answer(want, status, &shell, &page, &page.as_main())?;
    Ok(if conflict.is_some() { html::in_conflict(answer) } else { answer })
}

/// Shows the settings, with their form for those who may change them.
pub(in crate::web) async fn show(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    let tenant = find(&app, &member).await?;
    answer(&member, &want, &tenant, &SettingsForm::of(&tenant), &Errors::default(), None)
}

/// Changes the settings.
pub(in crate::web) async fn save(
    member: Member,
    want: Want,
    app: Data<App>,
    form: Protected<SettingsForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let mut form = form.0;
    let seen = form.version.parse().map_err(|_none| WebError::no_version())?;
    let change = match form.change() {
        Ok(change) => change,
        Err(found) => {
            let tenant = find(&app, &member).await?;
            return answer(&member, &want, &tenant, &form, &errors_of(&found), None);
        }
    };
    match tenants::change(&app, &member.caller(), Some(seen), &change).await {
        Ok(_changed) => {
            member.toast(Toast::new(t!("settings-saved")))?;
            Ok(html::see_other(&Section::Settings.address(&member.place.tenant)))
        }
        Err(SettingsError::Stale(now)) => {
            form.version = now.version.to_string();
            let differences = differences(facts(&now), facts(&change.apply(&now)));
            answer(&member, &want, &now, &form, &Errors::default(), Some(&differences))
        }
        Err(SettingsError::Invalid(found)) => {
            let tenant = find(&app, &member).await?;
            answer(&member, &want, &tenant, &form, &errors_of(&found), None)
        }
        Err(SettingsError::Unknown(_)) => Err(WebError::NotFound),
        Err(SettingsError::Store(error)) => Err(error.into()),
    }
}
