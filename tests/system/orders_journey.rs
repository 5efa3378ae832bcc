//! The way of an order in a real browser, with scripts and without: an admin lets the shop tell of its orders, sees why an
//! event failed and tries it again; an order comes back that was paid with points, and an employee gives them back.

use guerdon::domain::webhook::{Message, WebhookSecret};
use reqwest::Client;
use serde_json::{Value, json};

use crate::common::{
    browser::Browser,
    on_both,
    program::{Program, Server},
};

const PASSWORD: &str = "a long enough sentence";
const CUSTOMER: &str = "C4289081720";

/// A shop with an admin, and what its backend needs.
struct Shop {
    server: Server,
    http: Client,
    token: String,
}

impl Shop {
    async fn open(program: &Program) -> Self {
        program.ok(&["tenant", "create", "acme", "--name", "Acme", "--time-zone", "Europe/Berlin"]);
        let user = "user create --tenant acme --email ada@example.com --name Ada --role admin --password-stdin";
        assert_eq!(program.run_with(&user.split(' ').collect::<Vec<_>>(), PASSWORD).code, Some(0));
        let scope = "rewardspoints.rewardpoints_manage rewardspoints.customertoken_issue coupon.coupon_redeem";
        let make = ["client", "create", "--tenant", "acme", "--name", "shop", "--scope", scope, "--json"];
        let client = program.json(&make);
        let (server, http) = (program.serve().await, Client::builder().no_proxy().build().unwrap());
        let form = json!({ "grant_type": "client_credentials", "client_id": client["client_id"],
            "client_secret": client["client_secret"] });
        let answer = http.post(server.url("/oauth/token")).form(&form).send().await.unwrap();
        let token = answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned();
        Self { server, http, token }
    }

    async fn post(&self, path: &str, token: &str, body: Value) -> Value {
        let request = self.http.post(self.server.url(path)).bearer_auth(token).json(&body);
        let answer = request.send().await.unwrap().error_for_status().unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default()
    }

    /// The customer gets 1,000 points and pays an order with a coupon that cost 300 of them.
    async fn pay_with_points(&self, order: &str) {
        let points = json!({ "points": 1_000 });
        self.post(&format!("/reward-points/customer/{CUSTOMER}/addPoints"), &self.token, points).await;
        let option = json!({ "type": "coupon", "name": "€5 voucher", "description": "", "points": 300, "coupon": {
            "name": "€5 voucher", "discountType": "ABSOLUTE", "discountAbsolute": { "amount": 5, "currency": "EUR" },
            "maxRedemptions": 1 } });
        let options = self.post("/reward-points/acme/redeemOptions", &self.token, option).await;
        let customer = json!({ "customerId": CUSTOMER });
        let customer = self.post("/reward-points/acme/customerTokens", &self.token, customer).await;
        let customer = customer["access_token"].as_str().unwrap();
        let wanted = json!({ "id": options[0]["id"] });
        let bought = self.post("/reward-points/public/customer/redeem", customer, wanted).await;
        let code = bought["code"].as_str().unwrap();
        let used = json!({ "orderTotal": { "amount": 60, "currency": "EUR" }, "orderCode": order,
            "discount": { "amount": 5, "currency": "EUR" } });
        self.post(&format!("/coupon/acme/coupons/{code}/redemptions"), customer, used).await;
    }

    /// Sends an event as the shop's backend does.
    async fn tell(&self, secret: &WebhookSecret, id: &str, event: Value) {
        let (body, at_secs) = (event.to_string(), now_secs());
        let signature = secret.sign(Message { id, at_secs, body: body.as_bytes() });
        let request = self.http.post(self.server.url("/webhooks/acme/orders")).header("webhook-id", id);
        let request = request.header("webhook-timestamp", at_secs.to_string()).header("webhook-signature", signature);
        assert_eq!(request.body(body).send().await.unwrap().status(), 202);
    }
}

fn now_secs() -> i64 {
    use guerdon::clock::{Clock as _, SystemClock};
    SystemClock.now().micros() / 1_000_000
}

fn order(status: &str) -> Value {
    json!({ "type": "order.updated", "data": { "id": "B7016240", "customerId": CUSTOMER, "siteCode": "outlet",
        "status": status, "currency": "EUR", "totals": { "gross": 60, "discount": 5 },
        "items": [{ "id": "1", "quantity": 1, "total": 60 }] } })
}

/// Opens the page again until the text stands there: what is worked off shows a moment later.
async fn wait_for(browser: &Browser, path: &str, text: &str) {
    for _ in 0..100 {
        browser.goto(path).await;
        if browser.text("#main").await.contains(text) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{text} does not show on {path}: {}", browser.text("#main").await);
}

async fn walk(program: &Program, shop: &Shop, browser: &Browser) {
    browser.goto("/admin").await;
    browser.fill("Email", "ada@example.com").await;
    browser.fill("Password", PASSWORD).await;
    browser.click("Sign in").await;
    browser.see("Overview").await;
    browser.click("Order feed").await;
    browser.see("Let your shop tell about its orders").await;
    browser.click("Set up the feed").await;
    browser.see("/webhooks/acme/orders").await;
    browser.click("Add secret").await;
    browser.see("The secret is shown only now.").await;
    let secret = WebhookSecret::parse(&browser.text(".secret .code").await).unwrap();

    shop.pay_with_points("B7016240").await;
    shop.tell(&secret, "m1", order("SHIPPED")).await;
    wait_for(browser, "/admin/acme/inbox", "There is no site").await;
    browser.click("order.updated about B7016240").await;
    browser.see("It could not be worked off.").await;
    program.ok(&["site", "create", "--tenant", "acme", "--site", "outlet", "--name", "Outlet"]);
    program.ok(&["site", "set", "--tenant", "acme", "--site", "outlet", "--enabled", "true", "--factor", "1"]);
    browser.click("Try again").await;
    browser.see("Event is tried again").await;
    wait_for(browser, "/admin/acme/inbox", "The order is SHIPPED").await;
    shop.tell(&secret, "m2", order("COMPLETED")).await;
    wait_for(browser, "/admin/acme/inbox", "The order earned 55 points.").await;

    let back = json!({ "id": "R1", "orderId": "B7016240", "items": [{ "id": "1", "quantity": 1 }] });
    shop.tell(&secret, "m3", json!({ "type": "return.created", "data": back })).await;
    wait_for(browser, "/admin/acme/returns", "All of it came back").await;
    browser.click("Give back the points for order B7016240").await;
    browser.see("300 points back?").await;
    browser.click("Give points back").await;
    browser.see("Points given back").await;
    browser.see("Nothing to decide").await;
    browser.goto(&format!("/admin/acme/customers/{CUSTOMER}")).await;
    assert_eq!(browser.text(".strip .lead .pts").await, "1,000 points");
    assert_eq!(program.json(&["verify", "--json"])["ok"], true);
}

on_both! {
    async fn an_orders_way_is_followed_in_a_browser(db) {
        let program = Program::on(db);
        let shop = Shop::open(&program).await;
        let browser = Browser::open(&shop.server.url("")).await;
        walk(&program, &shop, &browser).await;
    }

    async fn an_orders_way_is_followed_without_scripts(db) {
        let program = Program::on(db);
        let shop = Shop::open(&program).await;
        let browser = Browser::open(&shop.server.url("")).await;
        browser.without_scripts().await;
        walk(&program, &shop, &browser).await;
    }
}
