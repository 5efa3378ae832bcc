//! Two replicas on one PostgreSQL behave as one.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use guerdon::store::Backend;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    common::{
        database::{TestDb, raw},
        program::{Program, Server},
        proxy::Proxy,
        receiver::Receiver,
        wait,
    },
    office::{Office, PASSWORD},
    seed,
    shop::{Connections, Shop},
};

/// Two replicas, with the tenant `acme`.
struct Pair {
    program: Program,
    servers: [Server; 2],
    db: TestDb,
}

impl Pair {
    async fn start() -> Self {
        let db = TestDb::new(Backend::Postgres).await;
        let program = Program::on(&db).with("GUERDON_WEBHOOKS_ALLOW_PRIVATE", "true");
        let servers = [program.serve().await, program.serve().await];
        Self { program, servers, db }
    }

    fn bases(&self) -> [String; 2] {
        self.servers.each_ref().map(|server| server.url(""))
    }
}

/// A program of the shop that sends each request where it wants.
struct Caller {
    http: Client,
    token: String,
}

impl Caller {
    async fn new(pair: &Pair, scope: &str) -> (Self, String) {
        let make = ["client", "create", "--tenant", "acme", "--name", "shop", "--scope", scope, "--json"];
        let client = pair.program.json(&make);
        let http = Client::builder().no_proxy().build().unwrap();
        let form = json!({"grant_type": "client_credentials", "client_id": client["client_id"],
            "client_secret": client["client_secret"]});
        let answer = http.post(pair.servers[0].url("/oauth/token")).form(&form).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        let token = answer["access_token"].as_str().unwrap().to_owned();
        (Self { http, token }, client["client_id"].as_str().unwrap().to_owned())
    }

    async fn send(
        &self,
        at: &Server,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> (u16, String) {
        let mut request = self.http.request(method, at.url(path)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_employee_does_not_notice_which_replica_answers() {
    let pair = Pair::start().await;
    pair.program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
    // The form comes from one replica and goes to the other.
    let office = Office::enter(&pair.program, &pair.bases()).await;
    for _ in 0..4 {
        assert_eq!(office.get("/admin/acme/customers").await.status(), 200);
    }
    office.make_endpoint("http://127.0.0.1:9/hook", "points.added").await;
    let page = office.get("/admin/acme/webhooks").await.text().await.unwrap();
    assert!(page.contains("http://127.0.0.1:9/hook"));
    // A token that neither made is refused by both.
    for _ in 0..2 {
        let fields = [("csrf", "forged"), ("url", "http://127.0.0.1:9/other"), ("event_types", "points.added")];
        assert_eq!(office.post("/admin/acme/webhooks", &fields).await.status(), 403);
    }
    // Who signs out on one is out on both.
    assert_eq!(office.submit("/admin/acme/customers", "/admin/logout", &[]).await.status(), 303);
    for _ in 0..2 {
        let answer = office.get("/admin/acme/customers").await;
        assert_eq!(answer.status(), 303, "still signed in");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_sign_ins_are_counted_together() {
    let pair = Pair::start().await;
    pair.program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
    let office = Office::hire(&pair.program, &pair.bases());
    let mut answers = Vec::new();
    for _ in 0..7 {
        answers.push(office.sign_in("a wrong sentence").await.as_u16());
    }
    // Five are free, the sixth begins the pause.
    assert_eq!(answers[6], 429, "{answers:?}");
    assert!(answers[..6].iter().all(|status| *status != 429), "{answers:?}");
    // Neither replica takes the right one now.
    for _ in 0..2 {
        assert_eq!(office.sign_in(PASSWORD).await, StatusCode::TOO_MANY_REQUESTS);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_to_both_at_once_under_one_id_is_done_once() {
    let pair = Pair::start().await;
    let shop = Shop::open(&pair.program, &pair.servers[0].url(""), Connections::Kept, seed()).await;
    for operation in shop.one_of_each() {
        let bases = pair.bases();
        let sent = (0..8).map(|n| shop.send_to(&bases[n % 2], &operation));
        let answers: BTreeSet<(u16, String)> = join_all(sent).await.into_iter().collect();
        let statuses: BTreeSet<u16> = answers.iter().map(|(status, _)| *status).collect();
        assert!(statuses.is_subset(&[200, 201].into()), "{operation:?}: {answers:?}");
        shop.ask(operation).await;
    }
    shop.settle(&pair.program, pair.db.url()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_on_one_holds_on_the_other_at_once() {
    let pair = Pair::start().await;
    pair.program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
    let scope = "rewardspoints.rewardpoints_view rewardspoints.rewardpoints_manage rewardspoints.order_manage \
         site.site_manage";
    let (caller, client) = Caller::new(&pair, scope).await;
    let [one, two] = &pair.servers;
    let option = json!({"type": "coupon", "name": "Five", "description": "Five off", "points": 50,
        "coupon": {"discountType": "ABSOLUTE", "discountAbsolute": {"amount": 5, "currency": "EUR"}, "name": "Five"}});
    let (status, made) = caller.send(one, Method::POST, "/reward-points/acme/redeemOptions", Some(&option), None).await;
    assert_eq!(status, 200, "{made}");
    for round in 0..10 {
        let (changes, reads) = if round % 2 == 0 { (one, two) } else { (two, one) };
        let (_, options) = caller.send(reads, Method::GET, "/reward-points/acme/redeemOptions", None, None).await;
        let mut options: Value = serde_json::from_str(&options).unwrap();
        let mut option = options[0].take();
        option["points"] = json!(100 + round);
        let path = format!("/reward-points/acme/redeemOptions/{}", option["id"].as_str().unwrap());
        assert_eq!(caller.send(changes, Method::PUT, &path, Some(&option), None).await.0, 200);
        let (_, options) = caller.send(reads, Method::GET, "/reward-points/acme/redeemOptions", None, None).await;
        let options: Value = serde_json::from_str(&options).unwrap();
        assert_eq!(options[0]["points"], json!(100 + round));

        let path = "/site/acme/sites/main/mixins/couponSettings";
        let factor = round + 2;
        let change = json!({"rewardpoints": {"enabled": true, "orderValueToRewardPointsFactor": factor}});
        let (status, text) = caller.send(changes, Method::PATCH, path, Some(&change), None).await;
        assert!((200..300).contains(&status), "{status} {text}");
        let order = json!({"customerId": "C1", "siteCode": "main", "status": "COMPLETED", "currency": "EUR",
            "totals": {"gross": 10}});
        let path = format!("/reward-points/acme/orders/O{round}");
        let (status, order) = caller.send(reads, Method::PUT, &path, Some(&order), None).await;
        assert_eq!(status, 200, "{order}");
        let order: Value = serde_json::from_str(&order).unwrap();
        assert_eq!(order["points"]["earned"], json!(10 * factor), "{order}");
    }
    // Both know the token by now.
    let path = "/reward-points/customer/C1";
    for server in [one, two] {
        assert_eq!(caller.send(server, Method::GET, path, None, None).await.0, 200);
    }
    pair.program.ok(&["client", "revoke", &client]);
    for server in [one, two] {
        assert_eq!(caller.send(server, Method::GET, path, None, None).await.0, 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_send_every_event_once() {
    let pair = Pair::start().await;
    let balancer = Proxy::balancing(&pair.bases()).await;
    let shop = Shop::open(&pair.program, &balancer.base(), Connections::Fresh, seed()).await;
    let receiver = Receiver::start();
    let office = Office::enter(&pair.program, &pair.bases()).await;
    let before: i64 = count(&pair.db, "SELECT COUNT(*) FROM entries").await;
    office.make_endpoint(&receiver.url(), "points.added").await;
    shop.under_load(200, async || {}).await;
    let pending = "SELECT COUNT(*) FROM webhook_deliveries WHERE state = 'pending'";
    wait::until("every event is delivered", std::time::Duration::from_secs(30), async || {
        (count(&pair.db, pending).await == 0).then_some(())
    })
    .await;
    let received: Vec<String> = receiver.received().iter().map(|one| one.id().to_owned()).collect();
    let different: BTreeSet<&String> = received.iter().collect();
    assert_eq!(received.len(), different.len(), "an event was sent twice though nothing failed");
    let told = count(&pair.db, "SELECT COUNT(*) FROM webhook_deliveries WHERE state = 'delivered'").await;
    assert_eq!(i64::try_from(received.len()).unwrap(), told);
    assert!(told > 20 && before > 0, "{told} events");
    shop.settle(&pair.program, pair.db.url()).await;
}

async fn count(db: &TestDb, query: &str) -> i64 {
    db.query(raw(query)).one::<(i64,)>().await.unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_start_at_once_on_an_empty_database() {
    let db = TestDb::empty(Backend::Postgres).await;
    let program = Program::on(&db);
    // Neither the schema nor the secret key is there.
    let servers = std::thread::scope(|scope| {
        let start = || scope.spawn(|| program.begin_serving("127.0.0.1:0", &[]));
        [start(), start(), start()].map(|started| started.join().unwrap())
    });
    for server in &servers {
        server.ready().await;
    }
    assert!(!servers[0].log().contains("secret key"), "{}", servers[0].log());
    let bases = servers.each_ref().map(|server| server.url(""));
    program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
    let office = Office::enter(&program, &bases).await;
    for _ in 0..3 {
        assert_eq!(office.get("/admin/acme/customers").await.status(), 200);
    }
}
