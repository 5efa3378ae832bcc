//! `guerdon tenant`

use chrono_tz::Tz;
use serde_json::json;

use super::{Failure, actor, connect, output};
use crate::{
    config::Settings,
    domain::{ids::TenantId, money::Currency, name, site::Site, tenant::Tenant},
    service::tenants::{self, NewTenant},
};

/// Make and list tenants: the merchants of this installation.
#[derive(Debug, clap::Subcommand)]
pub(super) enum TenantCommand {
    /// Make a tenant, with a first site called `main`
    #[command(
        after_help = "Example:\n  guerdon tenant create acme --name Acme --time-zone Europe/Berlin --currency EUR"
    )]
    Create(Create),
    /// List the tenants
    List(List),
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
        let app = connect(settings).await?;
        match self {
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
        "currency": tenant.currency.as_str(), "created_at": tenant.created_at.to_contract_z(),
    })
}
