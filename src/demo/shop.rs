//! The demo's shop: its sites, options and people, and then its year.

use chrono_tz::Tz;
use serde_json::{Value, json};

use super::{PASSWORD, SIGN_INS, approvals, bulk, feed, people::Person, seed, tenant};
use crate::{
    app::App,
    clock::MockClock,
    config::Settings,
    domain::{
        actor::{Actor, ActorKind, Caller},
        customer::{Birthday, PersonalData},
        email::Email,
        ids::SiteCode,
        money::Currency,
        option::OptionDraft,
        password::Password,
        role::Role,
        scope::Scopes,
        site::Site,
        site_change::SiteChange,
        time::Timestamp,
    },
    secrets::Secrets,
    service::{
        api_clients,
        customers::person,
        options::{self, Created},
        sites,
        tenants::{self, NewTenant},
        users::{self, NewUser},
    },
    store::Db,
};

pub(super) async fn make(
    db: &Db,
    settings: Settings,
    secret: Secrets,
    size: usize,
    now: Timestamp,
    progress: &dyn Fn(u32),
) -> anyhow::Result<()> {
    let clock = MockClock::at(now.plus_secs(-i64::from(seed::DAYS) * 86_400).utc());
    let app = App::new(db.clone(), clock.clone(), settings).with_secret(secret);
    let caller = Caller { tenant: tenant()?, actor: Actor::system("demo") };
    let zone = Tz::Europe__Berlin;
    let new = NewTenant {
        id: caller.tenant.clone(),
        name: "Alpenglow Outfitters".to_owned(),
        zone,
        currency: Currency::parse("EUR")?,
    };
    tenants::create(&app, &caller.actor, &new).await?;
    let (agent, manager) = make_team(&app, &caller).await?;
    let people = (agent.clone(), manager.clone());
    let sites = make_sites(&app, &caller).await?;
    let options = make_options(&app, &caller).await?;
    let scopes = "rewardspoints.rewardpoints_view rewardspoints.rewardpoints_manage rewardspoints.customertoken_issue \
                  rewardspoints.order_manage coupon.coupon_read coupon.coupon_redeem";
    let shop = api_clients::create(&app, &caller, "Storefront", &Scopes::parse(scopes)?).await?;
    let world = seed::World {
        app: &app,
        clock: &clock,
        tenant: caller.tenant.clone(),
        sites,
        options,
        employee: agent,
        manager,
        shop: Actor { kind: ActorKind::Client, id: shop.client_id.to_string() },
    };
    let customers = seed::customers(size, now);
    introduce(&app, &caller, &customers).await?;
    let paid = seed::live(&world, &customers, now, progress).await?;
    feed::tell(&world, &paid, now).await?;
    bulk::change(&world, &customers, now).await?;
    clock.set(now);
    approvals::make(&app, &caller, (&people.0, &people.1), &customers).await?;
    crate::service::expiry::record_due(&app).await?;
    Ok(())
}

/// Makes everybody who can sign in; answers the agent, who does most of the adjusting, and the manager.
async fn make_team(app: &App, caller: &Caller) -> anyhow::Result<(Actor, Actor)> {
    let (mut agent, mut manager) = (Actor::system("demo"), Actor::system("demo"));
    for sign_in in &SIGN_INS {
        let new = NewUser {
            email: Email::parse(sign_in.email)?,
            name: sign_in.name.to_owned(),
            operator: sign_in.role.is_none(),
            membership: sign_in.role.map(|role| (caller.tenant.clone(), role)),
        };
        let id = users::create(app, &caller.actor, &new, &Password::parse(PASSWORD)?).await?;
        match sign_in.role {
            Some(Role::Agent) => agent = Actor::employee(id.as_str()),
            Some(Role::Manager) => manager = Actor::employee(id.as_str()),
            _ => {}
        }
    }
    Ok((agent, manager))
}

async fn make_sites(app: &App, caller: &Caller) -> anyhow::Result<Vec<Site>> {
    let origin = || Some(vec!["http://127.0.0.1:8080".to_owned(), "http://localhost:8080".to_owned()]);
    let main = SiteChange {
        name: Some("Alpenglow DE".to_owned()),
        coupon_prefix: Some("ALP".to_owned()),
        allowed_origins: origin(),
        ..SiteChange::default()
    };
    let austria = SiteChange {
        name: Some("Alpenglow AT".to_owned()),
        zone: Some(Tz::Europe__Vienna),
        coupon_prefix: Some("ALP".to_owned()),
        ..SiteChange::default()
    };
    let switzerland = SiteChange {
        name: Some("Alpenglow CH".to_owned()),
        zone: Some(Tz::Europe__Zurich),
        currency: Some(Currency::parse("CHF")?),
        factor: Some(crate::domain::money::decimal("0.95")?),
        validity_months: Some(24),
        ..SiteChange::default()
    };
    sites::change(app, caller, &SiteCode::main(), None, &main).await?;
    sites::create(app, caller, &SiteCode::parse("at")?, &austria).await?;
    sites::create(app, caller, &SiteCode::parse("ch")?, &switzerland).await?;
    Ok(sites::list(&app.db, &caller.tenant).await?)
}

/// Makes the options; answers their ids, those that customers like best more often.
async fn make_options(app: &App, caller: &Caller) -> anyhow::Result<Vec<String>> {
    let money = |amount: i64, currency: &str| json!({"amount": amount, "currency": currency});
    let absolute = |name: &str, amount: i64, from: Option<i64>| {
        json!({
            "name": name, "discountType": "ABSOLUTE", "discountAbsolute": money(amount, "EUR"),
            "allowAnonymous": true, "maxRedemptions": 1,
            "restrictions": from.map(|from| json!({"minOrderValue": money(from, "EUR")})),
        })
    };
    let percent = |name: &str, percent: i64| {
        json!({
            "name": name, "discountType": "PERCENT", "discountPercentage": percent, "allowAnonymous": false,
            "maxRedemptions": 1,
        })
    };
    let wanted = [
        (
            5,
            json!({
                "name": "€5 voucher", "description": "Off your next order, on any product.", "points": 500,
                "coupon": absolute("€5 voucher", 5, Some(25)), "couponLifetimeDays": 180,
                "names": {"de": {"name": "5-€-Gutschein", "description": "Auf die nächste Bestellung, für alle Artikel."}},
            }),
        ),
        (
            3,
            json!({
                "name": "10% off the next order", "description": "On everything in the basket.", "points": 750,
                "coupon": percent("10% off", 10), "couponLifetimeDays": 90, "boundToCustomer": true,
                "names": {"de": {"name": "10 % auf die nächste Bestellung", "description": "Auf alles im Warenkorb."}},
            }),
        ),
        (
            2,
            json!({
                "name": "€10 voucher", "description": "Off your next order, on any product.", "points": 900,
                "coupon": absolute("€10 voucher", 10, Some(50)), "couponLifetimeDays": 180,
                "names": {"de": {"name": "10-€-Gutschein", "description": "Auf die nächste Bestellung, für alle Artikel."}},
            }),
        ),
        (
            1,
            json!({
                "name": "€25 voucher", "description": "From an order value of €100.", "points": 2_000,
                "coupon": absolute("€25 voucher", 25, Some(100)), "couponLifetimeDays": 365, "stock": 200,
                "names": {"de": {"name": "25-€-Gutschein", "description": "Ab einem Bestellwert von 100 €."}},
            }),
        ),
        (
            0,
            json!({
                "name": "20% off, one weekend only", "description": "While it lasts, once for each customer.",
                "points": 1_200, "coupon": percent("20% off", 20), "active": false, "stock": 50, "maxPerCustomer": 1,
                "couponLifetimeDays": 3,
            }),
        ),
    ];
    let mut ids = Vec::new();
    for (liked, mut option) in wanted {
        if let Some(map) = option.as_object_mut() {
            map.insert("type".to_owned(), Value::from("coupon"));
            let draft = OptionDraft::from_json(map)?;
            if let Created::Now { id, .. } = options::create(app, caller, &draft, None).await? {
                ids.extend(std::iter::repeat_n(id, liked));
            }
        }
    }
    Ok(ids)
}

/// Writes down who the customers are.
async fn introduce(app: &App, caller: &Caller, customers: &[Person]) -> anyhow::Result<()> {
    for (customer, at) in customers.iter().zip(0_u32..) {
        let (month, day) = customer.birthday;
        // Not everybody tells how old they are.
        let year = if at % 5 == 3 { "-".to_owned() } else { (1948 + at * 13 % 58).to_string() };
        let person = PersonalData {
            name: Some(customer.name.clone()),
            email: Some(customer.email.clone()),
            birthday: Some(Birthday::parse(&format!("{year}-{month:02}-{day:02}"))?),
            language: Some("de".to_owned()),
        };
        person::set(app, caller, &customer.id, &person).await?;
    }
    Ok(())
}
