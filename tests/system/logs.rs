//! The log of a server at work: nothing in it that only somebody else may know.

use std::time::Duration;

use guerdon::{
    app::App,
    clock::SystemClock,
    config::Settings,
    domain::{
        actor::{Actor, Caller},
        feed::Feed,
        ids::TenantId,
        webhook::{Message, WebhookSecret},
    },
    secrets::KeyRing,
    service::feeds::{inbox, secrets},
    store::Db,
};
use reqwest::{Client, Method, redirect::Policy};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{
    on_both,
    program::{Program, Server},
    wait,
};

const PASSWORD: &str = "logged nowhere at all";
const ALL: &str = "rewardspoints.rewardpoints_view rewardspoints.rewardpoints_manage rewardspoints.customertoken_issue \
     rewardspoints.customer_manage rewardspoints.order_manage coupon.coupon_read coupon.coupon_manage \
     coupon.coupon_redeem coupon.coupon_redeem_on_behalf";

/// What was sent and answered, and is not to be in the log.
#[derive(Default)]
struct Kept(Vec<String>);

impl Kept {
    fn add(&mut self, text: &str) -> String {
        // What is short is found by chance.
        assert!(text.len() >= 8, "{text}");
        self.0.push(text.to_owned());
        text.to_owned()
    }
}

struct Shop<'a> {
    server: &'a Server,
    http: Client,
}

impl Shop<'_> {
    async fn send(&self, method: Method, path: &str, token: &str, body: &Value) -> (u16, String) {
        let request = self.http.request(method, self.server.url(path)).bearer_auth(token);
        let request = if body.is_null() { request } else { request.json(body) };
        let answer =
            request.header("Idempotency-Key", format!("key-of-a-request-{}", Uuid::new_v4())).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn form(&self, path: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        self.http.post(self.server.url(path)).form(fields).send().await.unwrap()
    }

    /// The token of the forms on a page.
    async fn csrf(&self, path: &str) -> String {
        let page = self.http.get(self.server.url(path)).send().await.unwrap().text().await.unwrap();
        let at = page.split_once("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("no form at {path}: {page}")).1;
        at.split('"').next().unwrap().to_owned()
    }
}

/// What a shop's backend and the browsers of its customers do, well and badly.
async fn trade(shop: &Shop<'_>, program: &Program, kept: &mut Kept) {
    let client = program.json(&["client", "create", "--tenant", "acme", "--name", "shop", "--scope", ALL, "--json"]);
    let (id, secret) = (client["client_id"].as_str().unwrap(), kept.add(client["client_secret"].as_str().unwrap()));
    let fields = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", &secret)];
    let answer: Value = shop.form("/oauth/token", &fields).await.json().await.unwrap();
    let token = kept.add(answer["access_token"].as_str().unwrap());
    let wrong = kept.add("gds_guessed_wrongly_by_somebody");
    shop.form("/oauth/token", &[("grant_type", "client_credentials"), ("client_id", id), ("client_secret", &wrong)])
        .await;
    shop.http.post(shop.server.url("/oauth/token")).basic_auth(id, Some(&wrong)).send().await.unwrap();
    let (customer, reference) = (kept.add("customer-4711-mara"), kept.add("reference-of-order-77"));
    let (name, email, note) =
        (kept.add("Mara Lindqvist"), kept.add("mara@lindqvist.example"), kept.add("for the broken teapot"));
    let path = format!("/reward-points/customer/{customer}");
    let add =
        json!({"points": 500, "id": kept.add("entry-id-of-the-shop"), "description": note, "reference-id": reference});
    let (put, post, get) = (Method::PUT, Method::POST, Method::GET);
    for (method, path, body) in [
        (&post, format!("{path}/addPoints"), add.clone()),
        (&post, format!("{path}/addPoints"), json!({"points": -1, "description": note})),
        (&post, format!("{path}/redeemPoints"), json!({"points": 100_000, "description": note})),
        (&get, format!("{path}/summary?secret={note}"), Value::Null),
        (&get, format!("{path}/entries"), Value::Null),
        (&get, format!("/reward-points/customer/{customer}-unknown"), Value::Null),
        (&put, format!("/reward-points/acme/customers/{customer}"), json!({"name": name, "email": email})),
        (
            &put,
            format!("/reward-points/acme/customers/{customer}"),
            json!({"name": name, "email": format!("{email} {note}")}),
        ),
        (&post, format!("/nothing/at/{reference}"), Value::Null),
    ] {
        shop.send(method.clone(), &path, &token, &body).await;
    }
    let order = json!({
        "customerId": customer, "status": "COMPLETED", "currency": "EUR", "totals": {"gross": 119.0},
        "items": [{"id": "1", "quantity": 1, "total": 119.0}], "email": email,
    });
    shop.send(put.clone(), &format!("/reward-points/acme/orders/{reference}"), &token, &order).await;
    let (status, answer) =
        shop.send(post.clone(), "/reward-points/acme/customerTokens", &token, &json!({"customerId": customer})).await;
    assert_eq!(status, 200, "{answer}");
    let own: Value = serde_json::from_str(&answer).unwrap();
    let own = kept.add(own["access_token"].as_str().unwrap());
    shop.send(get.clone(), "/reward-points/public/customer/summary", &own, &Value::Null).await;
    let coupon = kept.add("COUPON-OF-MARA-1");
    let made =
        json!({"code": coupon, "name": note, "discountType": "PERCENT", "discountPercentage": 10, "maxRedemptions": 1});
    shop.send(post.clone(), "/coupon/acme/coupons", &token, &made).await;
    shop.send(get.clone(), &format!("/coupon/acme/coupons/{coupon}"), &token, &Value::Null).await;
    let jwt = kept.add("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtYXJhIn0.c2lnbmF0dXJl");
    shop.send(get, "/reward-points/public/customer", &jwt, &Value::Null).await;
}

/// What a shop's backend tells by itself: signed or not, and nothing that could be worked off.
async fn tell(shop: &Shop<'_>, db: &Db, program: &Program, kept: &mut Kept) {
    let key = KeyRing::load_or_make(&program.folder().join("guerdon.key")).unwrap();
    let app = App::new(db.clone(), SystemClock, Settings::default()).with_secret(key);
    let tenant = TenantId::parse("acme").unwrap();
    let caller = Caller { tenant: tenant.clone(), actor: Actor::system("test") };
    let text = kept.add(&secrets::add(&app, &caller, Feed::Orders, None).await.unwrap());
    let secret = WebhookSecret::parse(&text).unwrap();
    let (customer, item) = (kept.add("customer-0815-ben"), kept.add("item-that-nobody-bought"));
    let order = |status: &str| {
        json!({
            "id": "B1", "customerId": customer, "status": status, "currency": "EUR", "totals": {"gross": 119.0},
            "items": [{"id": "1", "quantity": 1, "total": 119.0}],
        })
    };
    let now = app.now().micros() / 1_000_000;
    for (n, (kind, data)) in [
        ("order.completed", order("COMPLETED")),
        ("order.completed", order(&kept.add("STATUS-THAT-IS-NONE"))),
        ("order.completed", json!({"id": "B2", "customerId": [customer]})),
        ("return.created", json!({"id": "R1", "orderId": "B1", "items": [{"id": item, "quantity": 1}]})),
        ("customer.deleted", json!({"customerId": customer})),
        ("customer.deleted", json!({"customerId": kept.add("customer-who-was-never-there")})),
    ]
    .into_iter()
    .enumerate()
    {
        let (id, body) = (format!("message-{n}"), json!({"type": kind, "data": data}).to_string());
        let signature = kept.add(&secret.sign(Message { id: &id, at_secs: now, body: body.as_bytes() }));
        let request = shop.http.post(shop.server.url("/webhooks/acme/orders")).header("webhook-id", &id);
        let request = request.header("webhook-timestamp", now).header("webhook-signature", signature).body(body);
        assert_eq!(request.send().await.unwrap().status(), 202);
    }
    wait::until("the events are worked off", Duration::from_secs(20), async || {
        (inbox::counts(db, &tenant).await.unwrap().waiting == 0).then_some(())
    })
    .await;
    assert!(inbox::counts(db, &tenant).await.unwrap().failed > 1, "some could not be");
    let event = json!({"type": "order.completed", "data": order("COMPLETED")});
    let unsigned = shop.http.post(shop.server.url("/webhooks/acme/orders")).json(&event);
    let signature = kept.add("v1,bm90IGEgc2lnbmF0dXJlIGF0IGFsbA==");
    unsigned
        .header("webhook-id", "msg-1")
        .header("webhook-timestamp", "1")
        .header("webhook-signature", signature)
        .send()
        .await
        .unwrap();
}

/// What an employee does, and somebody who guesses.
async fn work(shop: &Shop<'_>, kept: &mut Kept) {
    let (email, guess) = (kept.add("ann@merchant.example"), kept.add("a guess that is wrong"));
    let csrf = kept.add(&shop.csrf("/admin/login").await);
    let stranger = kept.add("stranger@elsewhere.example");
    for (who, password) in [(&stranger, guess.as_str()), (&email, guess.as_str()), (&email, PASSWORD)] {
        let fields = [("csrf", csrf.as_str()), ("email", who), ("password", password), ("next", "/admin/acme")];
        let answer = shop.form("/admin/login", &fields).await;
        let cookies = answer.cookies().map(|cookie| cookie.value().to_owned()).collect::<Vec<_>>();
        for cookie in cookies.iter().filter(|cookie| cookie.len() > 8) {
            kept.add(cookie);
        }
    }
    kept.add(PASSWORD);
    let csrf = kept.add(&shop.csrf("/admin/account").await);
    let (member, address) = (kept.add("Benedikt Neumann"), kept.add("benedikt@merchant.example"));
    let fields = [("csrf", csrf.as_str()), ("name", &member), ("email", &address), ("role", "agent")];
    let page = shop.form("/admin/acme/team", &fields).await.text().await.unwrap();
    let link = page.split_once("/admin/login/password?token=").unwrap_or_else(|| panic!("{page}")).1;
    let link = kept.add(link.split(['"', '<', '&']).next().unwrap());
    let sought = kept.add("sought by an employee");
    for path in [
        format!("/admin/login/password?token={link}"),
        format!("/admin/login/password?token=x{link}"),
        format!("/admin/setup?token={link}"),
        format!("/admin/acme/search?q={sought}"),
        format!("/admin/acme/customers?q={sought}"),
        "/admin/acme/customers/customer-4711-mara".to_owned(),
        "/admin/acme/customers/customer-4711-mara/statement".to_owned(),
        "/admin/acme/customers.csv".to_owned(),
        "/admin/acme/nothing".to_owned(),
    ] {
        shop.http.get(shop.server.url(&path)).send().await.unwrap();
    }
}

on_both! {
    async fn the_log_of_a_busy_server_holds_no_secret_and_nobodys_name(db) {
        let program = Program::on(db).with("GUERDON_LOG", "info,guerdon=trace");
        program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
        let ann = ["user", "create", "--tenant", "acme", "--email", "ann@merchant.example", "--role", "admin", "--password-stdin"];
        assert_eq!(program.run_with(&ann, PASSWORD).code, Some(0));
        let mut kept = Kept::default();
        let server = program.serve().await;
        let http = Client::builder().cookie_store(true).redirect(Policy::none()).no_proxy().build().unwrap();
        let shop = Shop { server: &server, http };
        trade(&shop, &program, &mut kept).await;
        tell(&shop, db, &program, &mut kept).await;
        work(&shop, &mut kept).await;
        kept.add("key-of-a-request");
        let key = std::fs::read_to_string(program.folder().join("guerdon.key")).unwrap();
        kept.add(key.trim());
        assert!(server.stop().success());
        let log = server.log();
        assert!(log.lines().count() > 30, "{log}");
        let found: Vec<_> = kept.0.iter().filter(|text| log.contains(text.as_str())).collect();
        assert!(found.is_empty(), "{found:?} in\n{log}");
        // Escaped for an address, it is the same text.
        assert!(!log.contains("sought") && !log.contains("Lindqvist") && !log.contains("argon2"), "{log}");
    }
}
