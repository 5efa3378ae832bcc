//! `guerdon site`

use serde_json::{Value, json};

use super::{Failure, connect, output};
use crate::{
    config::Settings,
    domain::{
        actor::{Actor, Caller},
        ids::{SiteCode, TenantId},
        invalid::FieldErrors,
        site::Site as Shop,
        site_change::{SiteChange, rule_json, settings_json},
    },
    service::sites::{self, SiteError},
};

/// Sites: the shops of a tenant, each with its own earning rule.
#[derive(Debug, clap::Args)]
pub(super) struct Site {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a site; what is not said is as for a new tenant
    Create(Write),
    /// Change settings and the earning rule of a site; what is not said stays
    Set(Write),
    /// List the sites of a tenant
    List(List),
}

#[derive(Debug, clap::Args)]
struct Write {
    /// The tenant's id
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// The site's code
    #[arg(long, value_name = "CODE", default_value = "main")]
    site: String,
    #[command(flatten)]
    settings: SiteSettings,
    #[command(flatten)]
    rule: Rule,
    /// Print the site as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Settings of the site")]
struct SiteSettings {
    /// What people call it
    #[arg(long)]
    name: Option<String>,
    /// Its time zone, such as `Europe/Berlin`
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// The currency of its orders, such as EUR
    #[arg(long)]
    currency: Option<String>,
    /// What its coupon codes begin with: up to 16 letters and digits; empty for none
    #[arg(long, value_name = "PREFIX")]
    coupon_prefix: Option<String>,
    /// Origins whose pages may call the storefront API, with commas between; empty for none
    #[arg(long, value_name = "ORIGINS")]
    allowed_origins: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Earning rule (a change holds for points awarded from now on)")]
struct Rule {
    /// Whether orders earn points: true or false
    #[arg(long, value_name = "BOOL")]
    enabled: Option<String>,
    /// Points per unit of currency, such as 1 or 0.95
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    factor: Option<String>,
    /// What happens to a fraction of a point: floor, `half_up` or ceiling
    #[arg(long)]
    rounding: Option<String>,
    /// Which total of an order counts: gross (with tax) or net
    #[arg(long)]
    basis: Option<String>,
    /// Whether shipping counts: true or false
    #[arg(long, value_name = "BOOL")]
    with_shipping: Option<String>,
    /// Whether discounts are taken off first: true or false
    #[arg(long, value_name = "BOOL")]
    after_discounts: Option<String>,
    /// Days until the points of an order can be spent, 0 to 365
    #[arg(long, value_name = "DAYS", allow_hyphen_values = true)]
    pending_days: Option<String>,
    /// The most points that one order earns, or `none`
    #[arg(long, value_name = "POINTS", allow_hyphen_values = true)]
    cap_per_order: Option<String>,
    /// Calendar months that points are valid, 1 to 1200
    #[arg(long, value_name = "MONTHS", allow_hyphen_values = true)]
    validity_months: Option<String>,
    /// To what their end is rounded: exact, `start_of_day`, `end_of_day` or `end_of_month`
    #[arg(long, value_name = "END")]
    validity_end: Option<String>,
    /// What a return does when its points are spent: clamp (takes what is there) or owe (later points pay)
    #[arg(long)]
    shortfall: Option<String>,
}

#[derive(Debug, clap::Args)]
struct List {
    /// The tenant's id
    #[arg(long, value_name = "ID")]
    tenant: String,
    /// Print the sites as JSON
    #[arg(long)]
    json: bool,
}

impl Write {
    fn said(&self, field: &str) -> Option<&str> {
        let (settings, rule) = (&self.settings, &self.rule);
        match field {
            "name" => settings.name.as_deref(),
            "time_zone" => settings.time_zone.as_deref(),
            "currency" => settings.currency.as_deref(),
            "coupon_prefix" => settings.coupon_prefix.as_deref(),
            "allowed_origins" => settings.allowed_origins.as_deref(),
            "enabled" => rule.enabled.as_deref(),
            "factor" => rule.factor.as_deref(),
            "rounding" => rule.rounding.as_deref(),
            "basis" => rule.basis.as_deref(),
            "with_shipping" => rule.with_shipping.as_deref(),
            "after_discounts" => rule.after_discounts.as_deref(),
            "pending_days" => rule.pending_days.as_deref(),
            "cap_per_order" => rule.cap_per_order.as_deref(),
            "validity_months" => rule.validity_months.as_deref(),
            "validity_end" => rule.validity_end.as_deref(),
            "shortfall" => rule.shortfall.as_deref(),
            _ => None,
        }
    }

    /// Everything is read before the database is touched.
    fn read(&self) -> Result<(Caller, SiteCode, SiteChange), Failure> {
        let caller = Caller { tenant: TenantId::parse(&self.tenant)?, actor: Actor::system("command line") };
        let code = SiteCode::parse(&self.site)?;
        let change = SiteChange::parse(|field| self.said(field)).map_err(|errors| flags(&errors))?;
        Ok((caller, code, change))
    }

    fn told(&self, site: &Shop, what: &str) {
        if self.json {
            output::json(&as_json(site));
        } else {
            output::line(&format!("{what} {}", in_words(site)));
        }
    }
}

impl Site {
    pub(super) async fn run(self, settings: Settings) -> Result<(), Failure> {
        match self.command {
            Command::Create(write) => {
                let (caller, code, change) = write.read()?;
                let app = connect(settings).await?;
                let site = sites::create(&app, &caller, &code, &change).await.map_err(failure)?;
                write.told(&site, "Made");
            }
            Command::Set(write) => {
                let (caller, code, change) = write.read()?;
                let app = connect(settings).await?;
                let site = sites::change(&app, &caller, &code, None, &change).await.map_err(failure)?;
                write.told(&site, "Now");
            }
            Command::List(list) => {
                let tenant = TenantId::parse(&list.tenant)?;
                let app = connect(settings).await?;
                let found = sites::list(&app.db, &tenant).await?;
                // A tenant has at least one site.
                if found.is_empty() {
                    return Err(failure(SiteError::TenantUnknown(tenant)));
                }
                if list.json {
                    output::json(&found.iter().map(as_json).collect::<Vec<_>>());
                } else {
                    for site in &found {
                        output::line(&in_words(site));
                    }
                }
            }
        }
        Ok(())
    }
}

/// What is wrong, by flag.
fn flags(errors: &FieldErrors) -> Failure {
    let all: Vec<String> =
        errors.iter().map(|(field, message)| format!("--{}: {message}", field.replace('_', "-"))).collect();
    Failure::Input(all.join(" "))
}

fn failure(error: SiteError) -> Failure {
    match error {
        SiteError::Store(error) => error.into(),
        SiteError::TenantUnknown(_) | SiteError::Unknown(_) | SiteError::Taken(_) | SiteError::Stale(_) => {
            Failure::Input(error.to_string())
        }
    }
}

fn as_json(site: &Shop) -> Value {
    let mut map = settings_json(site);
    map.insert("siteCode".to_owned(), json!(site.code.as_str()));
    map.insert("settingsVersion".to_owned(), json!(site.version));
    map.extend(rule_json(&site.rule));
    map.insert("ruleVersion".to_owned(), json!(site.rule.version));
    Value::Object(map)
}

fn in_words(site: &Shop) -> String {
    let Shop { code, name, zone, currency, coupon_prefix, rule, .. } = site;
    let earns = if rule.enabled {
        format!("{} points for 1 {}, valid for {} months", rule.factor, currency.as_str(), rule.validity_months)
    } else {
        "orders earn nothing".to_owned()
    };
    let prefix = if coupon_prefix.is_empty() { "no coupon prefix" } else { coupon_prefix };
    format!("{code} ({name}): {earns}, {prefix}, {}; rule {}", zone.name(), rule.version)
}
