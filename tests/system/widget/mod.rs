//! The widget on the pages of a shop: of another origin, under a strict policy, in a real Chromium.

mod flows;
mod page;
mod trouble;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use actix_web::{App, HttpResponse, HttpServer, web};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::common::{
    browser::Browser,
    program::{Program, Server},
};

/// Who is signed in to the shop.
const CUSTOMER: &str = "C4289081720";

/// What the shop's page does: takes a token from the shop's backend, listens, and notes what it hears.
const SCRIPT: &str = r##"
    window.heard = [];
    for (const name of ["ready", "balance", "redeemed", "apply", "error"]) {
        document.addEventListener(`guerdon:${name}`, event => {
            window.heard.push([name, event.detail]);
            if (name === "apply") {
                document.querySelector("#basket").textContent = event.detail.code;
                event.preventDefault();
            }
        });
    }
    window.getToken = async () => {
        const answer = await fetch("/token");
        return answer.status === 204 ? "" : answer.json();
    };
    for (const element of document.querySelectorAll("[data-signs-in]")) element.getToken = window.getToken;
"##;

/// What the shop's page shows.
const PAGE: &str = r#"
    <h1>Shop</h1>
    <p><guerdon-balance tenant="acme" for="rewards" data-signs-in><a href="/account">Your points</a></guerdon-balance></p>
    <p><guerdon-earn tenant="acme" amount="129.00" currency="EUR">Earn points</guerdon-earn></p>
    <guerdon-rewards id="inline" placement="inline" tenant="acme" customer-name="Mara" sign-in-url="/sign-in"
        ><a href="/account">Your account</a></guerdon-rewards>
    <p>In the basket: <span id="basket">nothing</span></p>
    <guerdon-rewards id="rewards" tenant="acme"></guerdon-rewards>
"#;

/// What the shop's backend knows and does.
#[derive(Default)]
struct Backend {
    /// What the page is given to sign in with: the body and how it is sent.
    token: Mutex<Option<String>>,
    asked: AtomicUsize,
    /// The body of the page.
    page: Mutex<String>,
    guerdon: Mutex<String>,
}

/// A shop whose pages show points.
struct Shop {
    program: Program,
    server: Server,
    backend: Arc<Backend>,
    /// The shop's own address.
    base: String,
    client: Value,
    http: Client,
}

impl Shop {
    /// A shop with three options; the customer has `points`.
    async fn open(program: Program, points: i64) -> Self {
        let backend = Arc::new(Backend::default());
        let base = serve(&backend);
        program.ok(&["tenant", "create", "acme", "--name", "Acme", "--time-zone", "Europe/Berlin"]);
        program.ok(&["tenant", "set", "acme", "--customer-cancel-hours", "24"]);
        let site = ["site", "set", "--tenant", "acme", "--coupon-prefix", "ACM", "--allowed-origins", &base];
        program.ok(&site);
        let scope = "rewardspoints.rewardpoints_view rewardspoints.rewardpoints_manage coupon.coupon_manage \
                     rewardspoints.customertoken_issue";
        let client = ["client", "create", "--tenant", "acme", "--name", "shop", "--scope", scope, "--json"];
        let client = program.json(&client);
        let server = program.serve().await;
        *backend.guerdon.lock().unwrap() = server.url("");
        *backend.page.lock().unwrap() = PAGE.to_owned();
        let shop = Self { program, server, backend, base, client, http: Client::new() };
        for (name, cost) in [("Big voucher", 2_000), ("Small voucher", 500), ("Free mug", 900)] {
            shop.offer(name, "For your next order.", cost).await;
        }
        if points > 0 {
            shop.add(points, "Order B7016240").await;
        }
        shop.sign_in(900).await;
        shop
    }

    /// A token of the shop's own client.
    async fn service(&self) -> String {
        self.token_of(&self.client).await
    }

    async fn token_of(&self, client: &Value) -> String {
        let form = json!({
            "grant_type": "client_credentials", "client_id": client["client_id"],
            "client_secret": client["client_secret"],
        });
        let answer = self.http.post(self.server.url("/oauth/token")).form(&form).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned()
    }

    async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let answer = self.http.post(self.server.url(path)).bearer_auth(self.service().await).json(body).send().await;
        let answer = answer.unwrap();
        let status = answer.status();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(self.server.url(path)).bearer_auth(self.service().await).send().await.unwrap();
        answer.json().await.unwrap()
    }

    async fn offer(&self, name: &str, description: &str, points: i64) {
        let option = json!({
            "type": "coupon", "name": name, "description": description, "points": points, "couponLifetimeDays": 90,
            "coupon": {
                "name": name, "discountType": "ABSOLUTE", "discountAbsolute": {"amount": 5, "currency": "EUR"},
                "allowAnonymous": true, "maxRedemptions": 1,
                "restrictions": {"minOrderValue": {"amount": 25, "currency": "EUR"}},
            },
        });
        assert_eq!(self.post("/reward-points/acme/redeemOptions", &option).await.0, 200);
    }

    async fn add(&self, points: i64, description: &str) {
        let path = format!("/reward-points/customer/{CUSTOMER}/addPoints");
        assert_eq!(self.post(&path, &json!({"points": points, "description": description})).await.0, 201);
    }

    async fn balance(&self) -> Value {
        self.get(&format!("/reward-points/customer/{CUSTOMER}")).await
    }

    /// Has the shop's backend give out a token that is good for so long.
    async fn sign_in(&self, secs: i64) -> String {
        let wanted = json!({"customerId": CUSTOMER, "ttlSeconds": secs});
        let (status, issued) = self.post("/reward-points/acme/customerTokens", &wanted).await;
        assert!(status.is_success(), "{status} {issued}");
        self.backend.gives(&issued);
        issued["access_token"].as_str().unwrap().to_owned()
    }

    /// Has the shop's backend give out a token whose end nobody can foresee, as text; answers what ends it.
    async fn sign_in_until_revoked(&self) -> (String, String) {
        let scope = "rewardspoints.customertoken_issue";
        let client = ["client", "create", "--tenant", "acme", "--name", "passing", "--scope", scope, "--json"];
        let client = self.program.json(&client);
        let path = self.server.url("/reward-points/acme/customerTokens");
        let wanted = self.http.post(path).bearer_auth(self.token_of(&client).await);
        let issued: Value = wanted.json(&json!({"customerId": CUSTOMER})).send().await.unwrap().json().await.unwrap();
        self.backend.gives(&issued["access_token"]);
        (issued["access_token"].as_str().unwrap().to_owned(), client["client_id"].as_str().unwrap().to_owned())
    }

    /// A browser on the shop's page.
    async fn visit(&self) -> Browser {
        let browser = Browser::open(&self.base).await;
        browser.goto("/").await;
        browser
    }

    /// What the shop's page shows from now on.
    fn show(&self, page: &str) {
        page.clone_into(&mut self.backend.page.lock().unwrap());
    }
}

impl Backend {
    /// What is given out from now on to sign in with.
    fn gives(&self, token: &Value) {
        *self.token.lock().unwrap() = Some(token.to_string());
    }

    fn signs_out(&self) {
        *self.token.lock().unwrap() = None;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn policy(&self) -> String {
        let guerdon = self.guerdon.lock().unwrap();
        format!(
            "default-src 'none'; script-src 'self' {guerdon}; connect-src 'self' {guerdon} http://127.0.0.1:*; \
             style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
    }

    fn html(&self) -> String {
        let guerdon = self.guerdon.lock().unwrap();
        let page = self.page.lock().unwrap();
        format!(
            "<!doctype html><html lang=en><head><meta charset=utf-8><title>Shop</title>\
             <meta name=viewport content='width=device-width, initial-scale=1'>\
             <script type=module src='{guerdon}/widget/v1.js'></script><script type=module src=/shop.js></script>\
             </head><body>{page}</body></html>"
        )
    }
}

/// The details of the events of this name that the page heard.
async fn heard(browser: &Browser, name: &str) -> Vec<Value> {
    let heard = browser.script("return window.heard;", json!([])).await;
    let named = heard.as_array().unwrap().iter().filter(|one| one[0] == *name);
    named.map(|one| one[1].clone()).collect()
}

/// Serves the shop's pages; returns their address.
fn serve(backend: &Arc<Backend>) -> String {
    let shared = web::Data::from(Arc::clone(backend));
    let page = async |backend: web::Data<Backend>| {
        HttpResponse::Ok()
            .insert_header(("Content-Security-Policy", backend.policy()))
            .content_type("text/html; charset=utf-8")
            .body(backend.html())
    };
    let token = async |backend: web::Data<Backend>| {
        backend.asked.fetch_add(1, Ordering::SeqCst);
        match &*backend.token.lock().unwrap() {
            Some(token) => HttpResponse::Ok().content_type("application/json").body(token.clone()),
            None => HttpResponse::NoContent().finish(),
        }
    };
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .route("/favicon.ico", web::get().to(HttpResponse::NoContent))
            .route("/shop.js", web::get().to(async || HttpResponse::Ok().content_type("text/javascript").body(SCRIPT)))
            .route("/token", web::get().to(token))
            .default_service(web::get().to(page))
    });
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    #[expect(clippy::disallowed_methods, reason = "lives as long as the test")]
    tokio::spawn(server.run());
    format!("http://{address}")
}
