//! A tenant with customers to measure on, and the operations that are measured.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

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
        scope::Scopes,
    },
    server::{self, Running},
    service::{
        api_clients,
        ledger::command::{Command, NewCredit, NewRedemption, Remarks, Request},
        options::{self, Created},
        tenants::{self, NewTenant},
        tokens::{self, CustomerToken},
    },
    store::{Db, ledger::read},
};
use serde_json::json;

use crate::load::{self, AT_ONCE, Pace, Rate};

/// Accounts that are read and added to.
const ACCOUNTS: usize = 10_000;
/// Accounts that redeem, each with many lots of 100 points.
const REDEEMERS: usize = 256;
const LOTS: usize = 40;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Balance,
    Add,
    Redeem,
}

pub(crate) const OPERATIONS: [Operation; 3] = [Operation::Balance, Operation::Add, Operation::Redeem];

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Balance => "balance",
            Self::Add => "add",
            Self::Redeem => "redeem",
        })
    }
}

pub(crate) struct World {
    app: App,
    caller: Caller,
    option: String,
    service_token: String,
    customer_tokens: Arc<Vec<String>>,
    running: Running,
}

impl World {
    pub(crate) async fn make(url: &str) -> Self {
        let db = Db::connect(url).await.unwrap();
        db.migrate().await.unwrap();
        // The same customers are asked again and again, faster than the limit for one of them.
        let settings = Settings { log: Some("warn".to_owned()), customer_rate: Some(0), ..Settings::default() };
        let app = App::new(db, SystemClock, settings);
        let caller = Caller { tenant: TenantId::parse("bench").unwrap(), actor: Actor::system("bench") };
        let new = NewTenant {
            id: caller.tenant.clone(),
            name: "Bench".to_owned(),
            zone: chrono_tz::Europe::Berlin,
            currency: Currency::parse("EUR").unwrap(),
        };
        tenants::create(&app, &caller.actor, &new).await.unwrap();
        let option = json!({
            "type": "coupon", "name": "1 EUR", "points": 150,
            "coupon": {"name": "1 EUR", "discountType": "ABSOLUTE",
                "discountAbsolute": {"amount": 1, "currency": "EUR"}, "maxRedemptions": 1}
        });
        let draft = OptionDraft::from_json(option.as_object().unwrap()).unwrap();
        let Created::Now { id: option, .. } = options::create(&app, &caller, &draft, None).await.unwrap() else {
            panic!("the option is there already")
        };
        let scopes = Scopes::parse("rewardspoints.rewardpoints_view rewardspoints.rewardpoints_manage").unwrap();
        let client = api_clients::create(&app, &caller, "bench", &scopes).await.unwrap();
        let secret = &client.client_secret;
        let token = tokens::issue(&app, client.client_id.as_str(), secret, None).await.unwrap();
        let mut customer_tokens = Vec::new();
        for n in 0..REDEEMERS {
            let wanted = CustomerToken { customer: redeemer(n), secs: 3_600, client: None };
            customer_tokens.push(tokens::issue_to_customer(&app, &caller, &wanted, None).await.unwrap().access_token);
        }
        let world = Self {
            running: server::start(&app, std::net::TcpListener::bind("127.0.0.1:0").unwrap(), None).unwrap(),
            service_token: token.access_token,
            customer_tokens: Arc::new(customer_tokens),
            app,
            caller,
            option,
        };
        world.fill().await;
        world
    }

    async fn fill(&self) {
        let accounts = (0..ACCOUNTS).map(|n| (account(n), 100));
        let lots = (0..REDEEMERS * LOTS).map(|n| (redeemer(n % REDEEMERS), 100_000));
        let all: Vec<_> = accounts.chain(lots).collect();
        for some in all.chunks(1_024) {
            let added = some.iter().map(|(customer, points)| {
                self.app.ledger.submit(self.request(customer.clone(), credit(&self.app, *points)))
            });
            for answer in join_all(added).await {
                answer.unwrap();
            }
        }
    }

    fn request(&self, customer: CustomerId, command: Command) -> Request {
        Request { caller: self.caller.clone(), source: Source::Api, customer, command, key: None }
    }

    pub(crate) async fn direct(&self, operation: Operation, time: Duration) -> Rate {
        let (app, caller, option) = (self.app.clone(), self.caller.clone(), self.option.clone());
        load::repeat(time, move |worker, n| {
            let (app, caller, option) = (app.clone(), caller.clone(), option.clone());
            async move {
                let request = |customer, command| Request {
                    caller: caller.clone(),
                    source: Source::Api,
                    customer,
                    command,
                    key: None,
                };
                match operation {
                    Operation::Balance => {
                        let customer = account(pick(worker, n));
                        read::balance(&app.db, &caller.tenant, &customer, app.now()).await.unwrap().unwrap();
                    }
                    Operation::Add => {
                        let command = credit(&app, 5);
                        app.ledger.submit(request(account(pick(worker, n)), command)).await.unwrap();
                    }
                    Operation::Redeem => {
                        let (site, prefix) = (SiteCode::main(), String::new());
                        let wanted =
                            NewRedemption { option_id: option.clone(), site, prefix, remarks: Remarks::default() };
                        let customer = redeemer(pick(worker, n) % REDEEMERS);
                        app.ledger.submit(request(customer, Command::Redeem(wanted))).await.unwrap();
                    }
                }
            }
        })
        .await
    }

    pub(crate) async fn http(&self, operation: Operation, time: Duration, pace: Pace) -> Rate {
        let address: SocketAddr = self.running.address;
        let token = self.service_token.clone();
        let customers = Arc::clone(&self.customer_tokens);
        let body = json!({ "id": self.option }).to_string();
        match operation {
            Operation::Balance => {
                load::over_http(address, time, pace, "HTTP/1.1 200", move |worker, n| {
                    load::get(&format!("/reward-points/customer/{}", account(pick(worker, n))), &token)
                })
                .await
            }
            Operation::Add => {
                load::over_http(address, time, pace, "HTTP/1.1 201", move |worker, n| {
                    let path = format!("/reward-points/customer/{}/addPoints", account(pick(worker, n)));
                    load::post(&path, &token, r#"{"points":5}"#)
                })
                .await
            }
            Operation::Redeem => {
                load::over_http(address, time, pace, "HTTP/1.1 200", move |worker, n| {
                    let token = &customers[pick(worker, n) % REDEEMERS];
                    load::post("/reward-points/public/customer/redeem", token, &body)
                })
                .await
            }
        }
    }

    pub(crate) async fn stop(self) {
        self.running.stop().await;
    }
}

/// A different account each time, spread over all of them.
fn pick(worker: usize, n: usize) -> usize {
    (worker + n * AT_ONCE).wrapping_mul(7_919) % ACCOUNTS
}

fn account(n: usize) -> CustomerId {
    CustomerId::parse(&format!("A{n}")).unwrap()
}

fn redeemer(n: usize) -> CustomerId {
    CustomerId::parse(&format!("R{n}")).unwrap()
}

fn credit(app: &App, points: i64) -> Command {
    let valid_until = app.now().plus_secs(365 * 86_400);
    let points = Points::new(points).unwrap();
    let credit = NewCredit { id: None, points, available_from: None, valid_until, remarks: Remarks::default() };
    Command::Credit(EntryKind::Added, credit)
}
