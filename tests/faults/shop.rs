//! A shop whose clients write without pause, and remember what they were told.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{
        Arc, RwLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{
    common::{
        program::{Program, Server},
        wait,
    },
    history::{self, Ask, By, Counts, History, Operation, Outcome, judge},
};

/// What the shop's one coupon costs.
pub(crate) const PRICE: i64 = 50;
/// Clients that write at once.
const CLIENTS: usize = 24;
/// Customers who have points to spend, and customers who order.
const CUSTOMERS: usize = 12;
/// What each of the former has at first: more than all that is taken.
const BEGINNING: i64 = 1_000_000_000;
/// A client that was not answered waits a moment before it asks for something else.
const DISCOURAGED: Duration = Duration::from_millis(25);
/// How long a client waits for an answer; a server may take that long to find out that its database is gone.
const PATIENCE: Duration = Duration::from_secs(40);
/// Within this time after a fault is over, the service has resumed by itself.
const RESUMED: Duration = Duration::from_secs(40);

const SCOPE: &str = "rewardspoints.rewardpoints_view rewardspoints.rewardpoints_manage rewardspoints.order_manage \
     rewardspoints.customertoken_issue coupon.coupon_redeem coupon.coupon_redeem_on_behalf";

#[derive(Default)]
struct Tokens {
    /// How often they were asked for.
    turn: usize,
    client: String,
    customers: BTreeMap<String, String>,
}

/// The shop.
pub(crate) struct Shop {
    http: Client,
    /// Where its clients send requests.
    base: String,
    client: Value,
    option: String,
    tokens: RwLock<Tokens>,
    signing_in: Mutex<()>,
    pub(crate) history: History,
    seed: u64,
    crowds: AtomicUsize,
    /// Whether nobody orders anything or uses a coupon.
    plain: AtomicBool,
}

/// How its clients connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connections {
    /// They stay open for the next request.
    Kept,
    /// Each request has its own, so that a proxy may lead it elsewhere.
    Fresh,
}

impl Shop {
    /// Opens a shop in the installation, whose clients send what they want to `base`.
    pub(crate) async fn open(program: &Program, base: &str, connections: Connections, seed: u64) -> Self {
        program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
        program.ok(&[
            "site",
            "set",
            "--tenant",
            "acme",
            "--enabled",
            "true",
            "--factor",
            "1",
            "--coupon-prefix",
            "ACM",
        ]);
        let make = ["client", "create", "--tenant", "acme", "--name", "shop", "--scope", SCOPE, "--json"];
        let client = program.json(&make);
        let idle = if connections == Connections::Kept { usize::MAX } else { 0 };
        let http = Client::builder().timeout(PATIENCE).pool_max_idle_per_host(idle).no_proxy().build().unwrap();
        let mut shop = Self {
            http,
            base: base.to_owned(),
            client,
            option: String::new(),
            tokens: RwLock::default(),
            signing_in: Mutex::default(),
            history: History::default(),
            seed,
            crowds: AtomicUsize::new(0),
            plain: AtomicBool::new(false),
        };
        shop.sign_in(0).await.unwrap();
        let option = json!({"type": "coupon", "name": "Five", "description": "Five off", "points": PRICE,
            "coupon": {"discountType": "ABSOLUTE", "discountAbsolute": {"amount": 5, "currency": "EUR"}, "name": "Five",
                "maxRedemptions": 1}});
        let request = shop.request(Method::POST, "/reward-points/acme/redeemOptions").json(&option);
        let options: Value = request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
        options[0]["id"].as_str().unwrap().clone_into(&mut shop.option);
        let first = (0..CUSTOMERS).map(|n| Operation {
            mark: format!("first-{n}"),
            ask: Ask::Add { customer: format!("C{n}"), points: BEGINNING, by: By::Id },
        });
        for operation in first {
            shop.ask(operation).await;
        }
        assert_eq!(shop.counts(), Counts { acknowledged: CUSTOMERS, ..Counts::default() });
        shop
    }

    /// Lets clients ask for nothing that the first versions did not have.
    pub(crate) fn be_plain(&self) {
        self.plain.store(true, Ordering::SeqCst);
    }

    pub(crate) fn counts(&self) -> Counts {
        self.history.counts()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// A request of the shop's own program.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let token = self.tokens.read().unwrap().client.clone();
        self.http.request(method, self.url(path)).bearer_auth(token)
    }

    fn request_of(&self, customer: &str, path: &str) -> RequestBuilder {
        let token = self.tokens.read().unwrap().customers[customer].clone();
        self.http.post(self.url(path)).bearer_auth(token)
    }

    /// Gets new tokens, unless somebody else did since `turn`.
    async fn sign_in(&self, turn: usize) -> Result<(), reqwest::Error> {
        let _alone = self.signing_in.lock().await;
        if self.tokens.read().unwrap().turn != turn {
            return Ok(());
        }
        let form = json!({"grant_type": "client_credentials", "client_id": self.client["client_id"],
            "client_secret": self.client["client_secret"]});
        let answer = self.http.post(self.url("/oauth/token")).form(&form).send().await?.error_for_status()?;
        let answer: Value = answer.json().await?;
        let client = answer["access_token"].as_str().unwrap().to_owned();
        let mut customers = BTreeMap::new();
        for customer in (0..CUSTOMERS).map(|n| format!("C{n}")) {
            let url = self.url("/reward-points/acme/customerTokens");
            let request = self.http.post(url).bearer_auth(&client).json(&json!({"customerId": customer}));
            let answer: Value = request.send().await?.error_for_status()?.json().await?;
            customers.insert(customer, answer["access_token"].as_str().unwrap().to_owned());
        }
        *self.tokens.write().unwrap() = Tokens { turn: turn + 1, client, customers };
        Ok(())
    }

    fn request_for(&self, Operation { mark, ask }: &Operation) -> RequestBuilder {
        let points = |customer: &str, operation: &str, body: Value| {
            self.request(Method::POST, &format!("/reward-points/customer/{customer}/{operation}")).json(&body)
        };
        let amount = |euros: i64| json!({"amount": euros, "currency": "EUR"});
        match ask {
            Ask::Add { customer, points: add, by: By::Id } => {
                points(customer, "addPoints", json!({"id": mark, "points": add, "description": mark}))
            }
            Ask::Add { customer, points: add, by: By::Key } => {
                let request = points(customer, "addPoints", json!({"points": add, "description": mark}));
                request.header("Idempotency-Key", mark)
            }
            Ask::Add { customer, points: add, by: By::Nothing } => {
                points(customer, "addPoints", json!({"points": add, "description": mark}))
            }
            Ask::Take { customer, points: take } => {
                points(customer, "redeemPoints", json!({"id": mark, "points": take, "description": mark}))
            }
            Ask::TakeTooMany { customer } => {
                points(customer, "redeemPoints", json!({"id": mark, "points": 1_000_000_000, "description": mark}))
            }
            Ask::Exchange { customer } => self
                .request_of(customer, "/reward-points/public/customer/redeem")
                .header("Idempotency-Key", mark)
                .json(&json!({"id": self.option})),
            Ask::Use { customer, code } => self
                .request(Method::POST, &format!("/coupon/acme/coupons/{code}/redemptions"))
                .header("Idempotency-Key", mark)
                .json(&json!({"orderTotal": amount(20), "discount": amount(5), "customerNumber": customer})),
            Ask::Order { customer, euros } => {
                let body = json!({"customerId": customer, "siteCode": "main", "status": "COMPLETED",
                    "currency": "EUR", "totals": {"gross": euros}});
                self.request(Method::PUT, &format!("/reward-points/acme/orders/{mark}")).json(&body)
            }
            Ask::Return { order, euros, .. } => {
                let path = format!("/reward-points/acme/orders/{order}/returns/{mark}");
                self.request(Method::PUT, &path).json(&amount(*euros))
            }
        }
    }

    /// Sends it once, with a fresh token if need be.
    async fn send(&self, operation: &Operation) -> Outcome {
        for _ in 0..5 {
            let turn = self.tokens.read().unwrap().turn;
            let Ok(answer) = self.request_for(operation).send().await else { return Outcome::Unknown };
            let status = answer.status();
            let says_when = answer.headers().contains_key("retry-after");
            // Also when the answer breaks off in its middle.
            let Ok(body) = answer.text().await else { return Outcome::Unknown };
            match status {
                StatusCode::OK | StatusCode::CREATED => {
                    let told = match operation.ask {
                        Ask::Exchange { .. } | Ask::Use { .. } => serde_json::from_str(&body).unwrap(),
                        _ => history::no_answer(),
                    };
                    return Outcome::Acknowledged(told);
                }
                StatusCode::UNAUTHORIZED => {
                    if self.sign_in(turn).await.is_err() {
                        return Outcome::Unknown;
                    }
                }
                // Who never had any points is unknown rather than poor.
                StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND if matches!(operation.ask, Ask::TakeTooMany { .. }) => {
                    return Outcome::Refused;
                }
                // A server that stood still in the middle of reading says that it took too long.
                StatusCode::REQUEST_TIMEOUT => return Outcome::Unknown,
                // Never a 500: the server knows that it is not its own fault, and says when to come back.
                StatusCode::SERVICE_UNAVAILABLE if says_when => return Outcome::Unknown,
                status => panic!("{operation:?} was answered {status}: {body}"),
            }
        }
        panic!("{operation:?} was answered 401 with token after token");
    }

    /// Sends it and notes what came of it.
    pub(crate) async fn ask(&self, operation: Operation) -> Outcome {
        // Should the client never come to hear of it, it is unknown.
        self.history.note(operation.clone(), Outcome::Unknown);
        let outcome = self.send(&operation).await;
        self.history.note(operation, outcome.clone());
        outcome
    }

    /// One client: asks for one thing after the other until it is told to stop.
    async fn write(&self, name: String, stop: &AtomicBool) {
        let mut random = StdRng::seed_from_u64(self.seed ^ number_of(&name));
        let mut orders: Vec<(String, String, i64)> = Vec::new();
        let mut codes: Vec<(String, String)> = Vec::new();
        for number in 0.. {
            if stop.load(Ordering::SeqCst) {
                return;
            }
            let customer = format!("C{}", random.random_range(0..CUSTOMERS));
            let points = random.random_range(1..500);
            let ask = match random.random_range(0..20) {
                0..=3 => Ask::Add { customer, points, by: By::Id },
                4..=5 => Ask::Add { customer, points, by: By::Key },
                6..=7 => Ask::Add { customer, points, by: By::Nothing },
                8..=10 => Ask::Take { customer, points },
                11 => Ask::TakeTooMany { customer: format!("O{}", random.random_range(0..CUSTOMERS)) },
                12..=13 => Ask::Exchange { customer },
                14 => match codes.pop() {
                    Some((customer, code)) => Ask::Use { customer, code },
                    None => Ask::Exchange { customer },
                },
                15..=16 => match orders.pop() {
                    Some((order, customer, euros)) => {
                        Ask::Return { customer, order, euros: random.random_range(1..=euros) }
                    }
                    None => Ask::Take { customer, points },
                },
                _ => Ask::Order { customer: format!("O{}", random.random_range(0..CUSTOMERS)), euros: points },
            };
            if self.plain.load(Ordering::SeqCst) && matches!(ask, Ask::Use { .. } | Ask::Order { .. }) {
                continue;
            }
            let operation = Operation { mark: format!("{name}-{number}"), ask };
            match self.ask(operation.clone()).await {
                Outcome::Unknown => tokio::time::sleep(DISCOURAGED).await,
                Outcome::Refused => {}
                Outcome::Acknowledged(told) => match operation.ask {
                    Ask::Exchange { customer } => codes.push((customer, told["code"].as_str().unwrap().to_owned())),
                    Ask::Order { customer, euros } => orders.push((operation.mark, customer, euros)),
                    _ => {}
                },
            }
        }
    }

    /// Waits until so many more writes are acknowledged.
    pub(crate) async fn acknowledged(&self, more: usize) {
        let wanted = self.counts().acknowledged + more;
        let longest = RESUMED + Duration::from_millis(50) * u32::try_from(more).unwrap();
        let what = format!("{more} more writes are acknowledged");
        wait::until(&what, longest, async || (self.counts().acknowledged >= wanted).then_some(())).await;
    }

    /// Lets a crowd of clients write. Once `before` writes of theirs are acknowledged the fault happens, and when it is
    /// over they go on until as many again are. Returns what the fault returns, and after how long the first write
    /// was acknowledged again.
    pub(crate) async fn under_load<T>(&self, before: usize, fault: impl AsyncFnOnce() -> T) -> (T, Duration) {
        let crowd = self.crowds.fetch_add(1, Ordering::SeqCst);
        let stop = AtomicBool::new(false);
        let clients = join_all((0..CLIENTS).map(|client| self.write(format!("{crowd}-{client}"), &stop)));
        let script = async {
            self.acknowledged(before).await;
            let result = fault().await;
            let over = Instant::now();
            self.acknowledged(1).await;
            let resumed = over.elapsed();
            self.acknowledged(before / 2).await;
            stop.store(true, Ordering::SeqCst);
            (result, resumed)
        };
        tokio::join!(clients, script).1
    }

    /// Judges what stands; then sends again what nobody knows of, and a part of what was acknowledged, until each is
    /// acknowledged, and judges once more.
    pub(crate) async fn settle(&self, program: &Program, url: &str) {
        judge(&self.history.all(), url).await;
        let unknown = self.history.which(|outcome| *outcome == Outcome::Unknown);
        let known = self.history.which(|outcome| matches!(outcome, Outcome::Acknowledged(_)));
        let again = unknown.into_iter().chain(known.into_iter().rev().step_by(7).take(200));
        let again: Vec<Operation> = again.filter(Operation::is_named).collect();
        for crowd in again.chunks(CLIENTS) {
            join_all(crowd.iter().map(|operation| self.insist(operation))).await;
        }
        judge(&self.history.all(), url).await;
        let report = program.json(&["verify", "--json"]);
        assert_eq!((&report["ok"], &report["problems"]), (&json!(true), &json!([])));
    }

    /// Sends it until there is an answer.
    async fn insist(&self, operation: &Operation) {
        let what = format!("{operation:?} is answered");
        wait::until(&what, RESUMED, async || (self.ask(operation.clone()).await != Outcome::Unknown).then_some(()))
            .await;
    }

    /// One request of each kind that may be sent again.
    pub(crate) fn one_of_each(&self) -> Vec<Operation> {
        let crowd = self.crowds.fetch_add(1, Ordering::SeqCst);
        let (customer, points) = ("C1".to_owned(), 7);
        let asks = [
            Ask::Add { customer: customer.clone(), points, by: By::Id },
            Ask::Add { customer: customer.clone(), points, by: By::Key },
            // The first one opens the account.
            Ask::Add { customer: "new".to_owned(), points, by: By::Id },
            Ask::Take { customer: customer.clone(), points },
            Ask::Exchange { customer },
            Ask::Order { customer: "O1".to_owned(), euros: 10 },
            Ask::Return { customer: "O1".to_owned(), order: format!("{crowd}-5"), euros: 4 },
        ];
        let mark = |(number, ask)| Operation { mark: format!("{crowd}-{number}"), ask };
        asks.into_iter().enumerate().map(mark).collect()
    }

    /// Sends it to one server; returns the status and the body.
    pub(crate) async fn send_to(&self, base: &str, operation: &Operation) -> (u16, String) {
        let request = self.request_for(operation).build().unwrap();
        let url = format!("{base}{}", request.url().path());
        let mut request = request;
        *request.url_mut() = url.parse().unwrap();
        let answer = self.http.execute(request).await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Waits until every customer was given points by way of one server alone.
    pub(crate) async fn serve_everybody_at(&self, base: &str) {
        let crowd = self.crowds.fetch_add(1, Ordering::SeqCst);
        let served = (0..CUSTOMERS).map(async |number| {
            let customer = format!("C{number}");
            let url = format!("{base}/reward-points/customer/{customer}/addPoints");
            let mark = format!("served-{crowd}-{number}");
            let operation = Operation { mark: mark.clone(), ask: Ask::Add { customer, points: 1, by: By::Id } };
            self.history.note(operation.clone(), Outcome::Unknown);
            let body = json!({"id": mark, "points": 1, "description": mark});
            wait::until("a customer is served", RESUMED, async || {
                let token = self.tokens.read().unwrap().client.clone();
                let answer = self.http.post(&url).bearer_auth(token).json(&body).send().await;
                answer.is_ok_and(|answer| answer.status() == StatusCode::CREATED).then_some(())
            })
            .await;
            self.history.note(operation, Outcome::Acknowledged(history::no_answer()));
        });
        join_all(served).await;
    }

    /// Says what happened.
    pub(crate) fn tell(&self, what: &str) {
        let Counts { acknowledged, refused, unknown } = self.counts();
        eprintln!(
            "{what}: {acknowledged} writes acknowledged, {refused} refused, {unknown} without an id unknown; \
             lost 0, doubled 0, half done 0"
        );
    }
}

/// A number for a name.
fn number_of(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// A shop with a server of its own.
pub(crate) struct Scene {
    // Before the program's folder, which holds its log.
    pub(crate) server: Server,
    pub(crate) program: Program,
    pub(crate) shop: Arc<Shop>,
    /// Of the database.
    pub(crate) url: String,
}

impl Scene {
    pub(crate) async fn set(program: Program, url: &str, seed: u64) -> Self {
        let server = program.serve().await;
        let shop = Shop::open(&program, &server.url(""), Connections::Kept, seed).await;
        Self { program, server, shop: Arc::new(shop), url: url.to_owned() }
    }

    /// Starts the server again, at the same address.
    pub(crate) async fn serve_again(&mut self) {
        self.server = self.program.serve_at(self.server.listen()).await;
    }

    pub(crate) async fn settle(&self) {
        self.shop.settle(&self.program, &self.url).await;
    }
}
