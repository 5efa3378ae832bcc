//! `guerdon site`

use serde_json::{Map, Value, json};

use super::{Failure, actor, connect, output, require_tenant};
use crate::{
    config::Settings,
    domain::{
        actor::Caller,
        ids::{SiteCode, TenantId},
        invalid::FieldErrors,
        site::Site,
        site_change::{SiteChange, rule_json, settings_json},
    },
    service::sites::{self, SiteError},
};

/// Make, change and list sites: the shops of a tenant, each with its own earning rule.
#[derive(Debug, clap::Subcommand)]
pub(super) enum SiteCommand {
    /// Make a site; what is not said is as for a new tenant
    #[command(
        after_help = "Example:\n  guerdon site create --tenant acme --site at --name \"Acme AT\" --coupon-prefix ACA"
    )]
    Create(Write),
    /// Change settings and the earning rule of a site; what is not said stays
    #[command(
        after_help = "Example:\n  guerdon site set --tenant acme --site main --enabled true --factor 1 --validity-months 12 --coupon-prefix ACM"
    )]
    Set(Write),
    /// List the sites of a tenant
    List(List),
}

#[derive(Debug, clap::Args)]
pub(super) struct Write {
    /// The tenant's id
    #[arg(long, value_name = "ID", value_parser = TenantId::parse)]
    tenant: TenantId,
    /// The site's code
    #[arg(long, value_name = "CODE", default_value = "main", value_parser = SiteCode::parse)]
    site: SiteCode,
    #[command(flatten)]
    settings: SiteSettings,
    #[command(flatten)]
    rule: Rule,
    /// Print JSON
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
pub(super) struct List {
    /// The tenant's id
    #[arg(long, value_name = "ID", value_parser = TenantId::parse)]
    tenant: TenantId,
    /// Print JSON
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

    fn caller(&self) -> Caller {
        Caller { tenant: self.tenant.clone(), actor: actor() }
    }

    /// Everything is read before the database is touched.
    fn change(&self) -> Result<SiteChange, Failure> {
        SiteChange::parse(|field| self.said(field)).map_err(|errors| flags(&errors))
    }

    fn told(&self, site: &Site, done: &str) {
        if self.json {
            output::json(&describe(site));
        } else {
            output::line(&format!("{done} the site `{}`: {}.", site.code, in_words(site)));
        }
    }
}

impl SiteCommand {
    pub(super) async fn run(self, settings: Settings) -> Result<(), Failure> {
        match self {
            Self::Create(write) => {
                let change = write.change()?;
                let app = connect(settings).await?;
                let site = sites::create(&app, &write.caller(), &write.site, &change).await?;
                write.told(&site, "Made");
                app.db.close().await;
            }
            Self::Set(write) => {
                let change = write.change()?;
                let app = connect(settings).await?;
                let site = sites::change(&app, &write.caller(), &write.site, None, &change).await?;
                write.told(&site, "Set");
                app.db.close().await;
            }
            Self::List(List { tenant, json }) => {
                let app = connect(settings).await?;
                require_tenant(&app, &tenant).await?;
                list(&sites::list(&app.db, &tenant).await?, json);
                app.db.close().await;
            }
        }
        Ok(())
    }
}

fn list(sites: &[Site], json: bool) {
    if json {
        output::json(&sites.iter().map(describe).collect::<Vec<_>>());
        return;
    }
    let rows = sites.iter().map(|site| {
        let prefix = if site.coupon_prefix.is_empty() { "-" } else { &site.coupon_prefix };
        vec![
            site.code.to_string(),
            site.name.clone(),
            earns(site),
            format!("{} months", site.rule.validity_months),
            prefix.to_owned(),
            site.zone.name().to_owned(),
        ]
    });
    output::table(&["SITE", "NAME", "EARNS", "VALID FOR", "PREFIX", "TIME ZONE"], rows);
}

/// What is wrong, by flag.
pub(super) fn flags(errors: &FieldErrors) -> Failure {
    let all: Vec<String> =
        errors.iter().map(|(field, message)| format!("--{}: {message}", field.replace('_', "-"))).collect();
    Failure::Input(all.join(" "))
}

impl From<SiteError> for Failure {
    fn from(error: SiteError) -> Self {
        match error {
            SiteError::Store(error) => error.into(),
            refused => Self::Input(refused.to_string()),
        }
    }
}

/// Settings and rule side by side, named as the flags are.
fn describe(site: &Site) -> Value {
    let mut map = Map::new();
    map.insert("site".to_owned(), json!(site.code.as_str()));
    for (name, value) in settings_json(site).into_iter().chain(rule_json(&site.rule)) {
        map.insert(snake_case(&name), value);
    }
    map.insert("settings_version".to_owned(), json!(site.version));
    map.insert("rule_version".to_owned(), json!(site.rule.version));
    Value::Object(map)
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

fn earns(site: &Site) -> String {
    if site.rule.enabled { format!("{} for 1 {}", site.rule.factor, site.currency.as_str()) } else { "off".to_owned() }
}

fn in_words(site: &Site) -> String {
    let rule = &site.rule;
    let earns = if rule.enabled {
        format!("{} points for 1 {}", rule.factor, site.currency.as_str())
    } else {
        "orders earn no points".to_owned()
    };
    let prefix = if site.coupon_prefix.is_empty() {
        "codes without a prefix".to_owned()
    } else {
        format!("codes begin with {}", site.coupon_prefix)
    };
    format!("{earns}, valid for {} months, {prefix}, times in {}", rule.validity_months, site.zone.name())
}
