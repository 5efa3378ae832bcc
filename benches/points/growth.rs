//! What becomes of the figures when the tables grow: reading, adding and redeeming, called without the web layer.
//!
//! Sixty-four accounts with 10 and with 10,000 lots each, and a tenant with 1,000 and one with 1,000,000 accounts. The
//! large tenant is filled last, so that the others are measured beside small tables.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use guerdon::{
    app::App,
    clock::SystemClock,
    config::Settings,
    domain::{
        actor::{Actor, Caller},
        ids::{CustomerId, SiteCode, TenantId},
        ledger::entry::{EntryKind, Source},
        money::Currency,
        option::OptionDraft,
        points::Points,
    },
    service::{
        ledger::command::{Command, NewCredit, NewRedemption, Remarks, Request},
        options::{self, Created},
        tenants::{self, NewTenant},
    },
    store::Db,
};
use serde_json::json;

use crate::{
    line,
    load::{self, AT_ONCE},
    world::{OPERATIONS, Operation},
};

/// Of each lot, and of each redemption a hundredth of it.
const POINTS: i64 = 10_000;
/// Submitted to the ledger at once when filling.
const FILLED_AT_ONCE: usize = 1_024;

/// Accounts of one tenant: so many, with so many lots each.
#[derive(Clone, Copy)]
struct Size {
    accounts: usize,
    lots: usize,
}

/// The smaller first; the last is larger than all before together.
const SIZES: [(&str, Size); 4] = [
    ("10 lots", Size { accounts: AT_ONCE, lots: 10 }),
    ("10,000 lots", Size { accounts: AT_ONCE, lots: 10_000 }),
    ("1,000 accounts", Size { accounts: 1_000, lots: 1 }),
    ("1,000,000 accounts", Size { accounts: 1_000_000, lots: 1 }),
];

/// Measures on the database at `url` and prints.
pub(crate) async fn run(name: &str, url: &str, time: Duration) {
    let db = Db::connect(url).await.unwrap();
    db.migrate().await.unwrap();
    let settings = Settings { log: Some("warn".to_owned()), ..Settings::default() };
    let app = App::new(db, SystemClock, settings);
    let mut before: Option<Vec<f64>> = None;
    for (n, (title, size)) in SIZES.into_iter().enumerate() {
        let tenant = Arc::new(Tenant::make(&app, n, size).await);
        let mut rates = Vec::new();
        for operation in OPERATIONS {
            let rate = tenant.measure(operation, time).await;
            line(&format!("{name}: {operation}, {title}"), &rate);
            rates.push(rate.per_second);
        }
        match before.take() {
            None => before = Some(rates),
            Some(small) => {
                for ((operation, small), large) in OPERATIONS.into_iter().zip(small).zip(rates) {
                    println!("{name}: {operation} with {title} takes {:.2} times as long", small / large);
                }
            }
        }
    }
}

struct Tenant {
    app: App,
    caller: Caller,
    option: String,
    size: Size,
}

impl Tenant {
    async fn make(app: &App, n: usize, size: Size) -> Self {
        let caller = Caller { tenant: TenantId::parse(&format!("growth{n}")).unwrap(), actor: Actor::system("bench") };
        let new = NewTenant {
            id: caller.tenant.clone(),
            name: "Growth".to_owned(),
            zone: chrono_tz::Europe::Berlin,
            currency: Currency::parse("EUR").unwrap(),
        };
        tenants::create(app, &caller.actor, &new).await.unwrap();
        let option = json!({
            "type": "coupon", "name": "1 EUR", "points": POINTS / 100,
            "coupon": {"name": "1 EUR", "discountType": "ABSOLUTE",
                "discountAbsolute": {"amount": 1, "currency": "EUR"}, "maxRedemptions": 1}
        });
        let draft = OptionDraft::from_json(option.as_object().unwrap()).unwrap();
        let Created::Now { id: option, .. } = options::create(app, &caller, &draft, None).await.unwrap() else {
            panic!("the option is there already")
        };
        let tenant = Self { app: app.clone(), caller, option, size };
        tenant.fill().await;
        tenant
    }

    /// A lot for each account, then the next one for each.
    async fn fill(&self) {
        let all = self.size.accounts * self.size.lots;
        let mut n = 0;
        while n < all {
            let next = all.min(n + FILLED_AT_ONCE);
            let added = (n..next).map(|n| {
                let command = self.credit(POINTS);
                self.app.ledger.submit(self.request(n % self.size.accounts, command))
            });
            for answer in join_all(added).await {
                answer.unwrap();
            }
            n = next;
        }
    }

    fn credit(&self, points: i64) -> Command {
        let valid_until = self.app.now().plus_secs(365 * 86_400);
        let points = Points::new(points).unwrap();
        let credit = NewCredit { id: None, points, available_from: None, valid_until, remarks: Remarks::default() };
        Command::Credit(EntryKind::Added, credit)
    }

    fn request(&self, account: usize, command: Command) -> Request {
        Request { caller: self.caller.clone(), source: Source::Api, customer: customer(account), command, key: None }
    }

    async fn measure(self: &Arc<Self>, operation: Operation, time: Duration) -> load::Rate {
        let tenant = Arc::clone(self);
        load::repeat(time, move |worker, n| {
            let tenant = Arc::clone(&tenant);
            async move {
                // A prime step: every account in turn, none beside the one before.
                let account = (worker + n * AT_ONCE) * 7_919 % tenant.size.accounts;
                match operation {
                    Operation::Balance => {
                        let asked = (tenant.caller.tenant.clone(), customer(account));
                        tenant.app.reads.balances.ask(asked).await.unwrap().unwrap();
                    }
                    Operation::Add => {
                        tenant.app.ledger.submit(tenant.request(account, tenant.credit(5))).await.unwrap();
                    }
                    Operation::Redeem => {
                        let (option_id, site) = (tenant.option.clone(), SiteCode::main());
                        let wanted =
                            NewRedemption { option_id, site, prefix: String::new(), remarks: Remarks::default() };
                        tenant.app.ledger.submit(tenant.request(account, Command::Redeem(wanted))).await.unwrap();
                    }
                }
            }
        })
        .await
    }
}

fn customer(n: usize) -> CustomerId {
    CustomerId::parse(&format!("G{n}")).unwrap()
}
