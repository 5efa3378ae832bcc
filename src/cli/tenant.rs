//! `guerdon tenant`

use chrono_tz::Tz;
use serde_json::json;

use super::{Failure, actor, connect, output, site::flags};
use crate::{
    config::Settings,
    domain::{
        actor::Caller,
        ids::TenantId,
        money::Currency,
        name,
        site::Site,
        tenant::{Tenant, TenantChange},
    },
    service::tenants::{self, NewTenant, SettingsError},
};

/// Make, change and list tenants: the merchants of this installation.
#[derive(Debug, clap::Subcommand)]
pub(super) enum TenantCommand {
    /// Make a tenant, with a first site called `main`
    #[command(
        after_help = "Example:\n  guerdon tenant create acme --name Acme --time-zone Europe/Berlin --currency EUR"
    )]
    Create(Create),
    /// Change a tenant's settings; what is not said stays
    #[command(after_help = "Example:\n  guerdon tenant set acme --customer-cancel-hours 24 --grace-days 14")]
    Set(Set),
    /// List the tenants
    List(List),
}

#[derive(Debug, clap::Args)]
pub(super) struct Set {
    /// Its id
    #[arg(value_name = "ID", value_parser = TenantId::parse)]
    id: TenantId,
    /// What it is called
    #[arg(long)]
    name: Option<String>,
    /// Hours in which customers may cancel a coupon that they did not use; 0: they may not
    #[arg(long, value_name = "HOURS", allow_hyphen_values = true)]
    customer_cancel_hours: Option<String>,
    /// Days that points given back stay usable when their own expiry has passed
    #[arg(long, value_name = "DAYS", allow_hyphen_values = true)]
    grace_days: Option<String>,
    /// The most points that an agent may add or remove at once
    #[arg(long, value_name = "POINTS", allow_hyphen_values = true)]
    agent_limit: Option<String>,
    /// Whether members must have a second factor before they see anything of the tenant: true or false
    #[arg(long, value_name = "BOOL")]
    demands_second_factor: Option<String>,
    /// The same for managers; none: no limit
    #[arg(long, value_name = "POINTS", allow_hyphen_values = true)]
    manager_limit: Option<String>,
    /// The same for admins; none: no limit
    #[arg(long, value_name = "POINTS", allow_hyphen_values = true)]
    admin_limit: Option<String>,
    /// Whether points are given on birthdays by themselves
    #[arg(long, value_name = "BOOL")]
    birthday_points: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Set {
    /// Everything is read before the database is touched.
    fn change(&self) -> Result<TenantChange, Failure> {
        let change = TenantChange::parse(|field| match field {
            "name" => self.name.as_deref(),
            "customer_cancel_hours" => self.customer_cancel_hours.as_deref(),
            "grace_days" => self.grace_days.as_deref(),
            "agent_limit" => self.agent_limit.as_deref(),
            "demands_second_factor" => self.demands_second_factor.as_deref(),
            "manager_limit" => self.manager_limit.as_deref(),
            "admin_limit" => self.admin_limit.as_deref(),
            "birthday_points" => self.birthday_points.as_deref(),
            _ => None,
        });
        change.map_err(|errors| flags(&errors))
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::Store(error) => error.into(),
            SettingsError::Invalid(errors) => flags(&errors),
            refused => Self::Input(refused.to_string()),
        }
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct Create {
    /// Its id, for good: 3 to 16 lower-case letters, digits and hyphens, beginning with a letter
    #[arg(value_name = "ID", value_parser = TenantId::parse)]
    id: TenantId,
    /// What it is called
    #[arg(long, value_parser = name::parse)]
    name: String,
    /// The time zone that its sites begin with
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = Site::time_zone)]
    time_zone: Tz,
    /// The currency that its sites begin with
    #[arg(long, value_name = "CODE", default_value = "EUR", value_parser = Currency::parse)]
    currency: Currency,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl TenantCommand {
    pub(super) async fn run(self, settings: Settings) -> Result<(), Failure> {
        if let Self::Set(set) = &self {
            set.change()?;
        }
        let app = connect(settings).await?;
        match self {
            Self::Set(set) => {
                let caller = Caller { tenant: set.id.clone(), actor: actor() };
                let tenant = tenants::change(&app, &caller, None, &set.change()?).await?;
                if set.json {
                    output::json(&describe(&tenant));
                } else {
                    output::line(&format!("Set the tenant `{}`: {}.", tenant.id, in_words(&tenant)));
                }
            }
            Self::Create(Create { id, name, time_zone, currency, json }) => {
                let new = NewTenant { id, name, zone: time_zone, currency };
                let tenant = tenants::create(&app, &actor(), &new).await?;
                if json {
                    output::json(&describe(&tenant));
                } else {
                    output::line(&format!("Made the tenant `{}`.", tenant.id));
                }
            }
            Self::List(List { json }) => {
                let tenants = tenants::list(&app.db).await?;
                if json {
                    output::json(&tenants.iter().map(describe).collect::<Vec<_>>());
                } else {
                    output::table(
                        &["TENANT", "NAME", "TIME ZONE", "CURRENCY"],
                        tenants.iter().map(|tenant| {
                            vec![
                                tenant.id.to_string(),
                                tenant.name.clone(),
                                tenant.zone.name().to_owned(),
                                tenant.currency.as_str().to_owned(),
                            ]
                        }),
                    );
                }
            }
        }
        app.db.close().await;
        Ok(())
    }
}

fn describe(tenant: &Tenant) -> serde_json::Value {
    json!({
        "tenant": tenant.id.as_str(), "name": tenant.name, "time_zone": tenant.zone.name(),
        "currency": tenant.currency.as_str(), "agent_limit": tenant.agent_limit,
        "manager_limit": tenant.manager_limit, "admin_limit": tenant.admin_limit,
        "birthday_points": tenant.birthday_points, "grace_days": tenant.grace_days,
        "customer_cancel_hours": tenant.customer_cancel_hours, "demands_second_factor": tenant.demands_second_factor,
        "created_at": tenant.created_at.to_contract_z(),
    })
}

fn in_words(tenant: &Tenant) -> String {
    let cancelling = match tenant.customer_cancel_hours {
        0 => "customers cannot cancel coupons".to_owned(),
        hours => format!("customers may cancel unused coupons within {hours} hours"),
    };
    let second_factor = if tenant.demands_second_factor { ", members need a second factor" } else { "" };
    format!(
        "{cancelling}, {} days of grace for expired points, agents move up to {} points{second_factor}",
        tenant.grace_days, tenant.agent_limit
    )
}
