//! Limits of requests: for each customer, and for each client that has one.

use std::sync::Arc;

use guerdon::{
    app::App,
    config::Settings,
    domain::{ids::CustomerId, scope::Scopes},
    service::{
        api_clients,
        tokens::{self, CustomerToken},
    },
};
use reqwest::{Method, Response};
use serde_json::json;

use crate::{
    common::on_both,
    shop::{ALL, Shop, caller, header, read},
};

const OWN: &str = "/reward-points/public/customer";

async fn customer(shop: &Shop, tenant: &str, id: &str) -> String {
    let wanted = CustomerToken { customer: CustomerId::parse(id).unwrap(), secs: 900, client: None };
    tokens::issue_to_customer(&shop.app, &caller(tenant), &wanted, None).await.unwrap().access_token
}

async fn get(shop: &Shop, path: &str, token: &str) -> Response {
    shop.request(Method::GET, path).bearer_auth(token).send().await.unwrap()
}

/// The same Guerdon with a limit of two requests per second for each customer.
fn limited(app: &App) -> App {
    let settings = Settings { customer_rate: Some(2), ..app.settings.as_ref().clone() };
    App { settings: Arc::new(settings), ..app.clone() }
}

on_both! {
    async fn a_customer_who_asks_too_often_waits(app, clock) {
        let shop = Shop::open(&limited(app)).await;
        let (own, again) = (customer(&shop, "acme", "C1").await, customer(&shop, "acme", "C1").await);
        for sent in 1..=20 {
            let answer = get(&shop, OWN, if sent % 2 == 0 { &own } else { &again }).await;
            assert_eq!(answer.status(), 404, "also answers that are errors count");
            assert_eq!(header(&answer, "ratelimit-policy"), Some("\"customer\";q=20;w=10"));
            let left = format!("\"customer\";r={};t={}", 20 - sent, (sent + 1) / 2);
            assert_eq!(header(&answer, "ratelimit"), Some(left.as_str()));
        }
        let late = get(&shop, OWN, &own).await;
        assert_eq!((late.status().as_u16(), header(&late, "retry-after")), (429, Some("1")));
        assert_eq!(header(&late, "ratelimit"), Some("\"customer\";r=0;t=10"));
        assert_eq!(read(late).await.1["type"], "too_many_requests");
        let coupons = get(&shop, "/coupon/acme/coupons/NONE", &own).await;
        assert_eq!((coupons.status().as_u16(), header(&coupons, "retry-after")), (429, Some("1")));
        // Neither another customer waits, nor one of another tenant, nor a program.
        for token in [customer(&shop, "acme", "C2").await, customer(&shop, "beta", "C1").await] {
            assert_eq!(get(&shop, OWN, &token).await.status(), 404);
        }
        let service = shop.token(ALL).await;
        let answer = get(&shop, "/reward-points/customer/C1", &service).await;
        assert_eq!((answer.status().as_u16(), header(&answer, "ratelimit")), (404, None));
        clock.set(app.now().plus_secs(1));
        for status in [404, 404, 429] {
            assert_eq!(get(&shop, OWN, &own).await.status(), status);
        }
    }

    async fn nothing_is_done_beyond_the_limit(app, clock) {
        let shop = Shop::open(app).await;
        let new = api_clients::create_with(&shop.app, &caller("acme"), "shop", &Scopes::parse(ALL).unwrap(), Some(1)).await.unwrap();
        let token = tokens::issue(&shop.app, new.client_id.as_str(), &new.client_secret, None).await.unwrap().access_token;
        let add = async || {
            let answer = shop.post("/reward-points/customer/C1/addPoints", &token, json!({"points": 1}).to_string()).await;
            (answer.status().as_u16(), header(&answer, "ratelimit").unwrap().to_owned())
        };
        for left in (0..10).rev() {
            assert_eq!(add().await, (201, format!("\"client\";r={left};t={}", 10 - left)));
        }
        for _ in 0..5 {
            assert_eq!(add().await.0, 429);
        }
        // A higher limit acts at once.
        api_clients::set_rate(&shop.app, &caller("acme"), &new.client_id, Some(10)).await.unwrap();
        clock.set(app.now().plus_secs(1));
        assert_eq!(add().await.0, 201);
        api_clients::set_rate(&shop.app, &caller("acme"), &new.client_id, None).await.unwrap();
        let answer = get(&shop, "/reward-points/customer/C1", &token).await;
        assert_eq!(header(&answer, "ratelimit"), None);
        assert_eq!(read(answer).await, (200, json!(11)));
    }

    async fn a_shop_page_is_far_from_the_limit_and_health_has_none(app, _clock) {
        let shop = Shop::open(app).await;
        let own = customer(&shop, "acme", "C1").await;
        let answer = get(&shop, OWN, &own).await;
        assert_eq!(header(&answer, "ratelimit-policy"), Some("\"customer\";q=500;w=10"));
        for path in ["/health/live", "/health/ready", "/metrics", "/openapi.json"] {
            let answer = get(&shop, path, &own).await;
            assert_eq!((answer.status().as_u16(), header(&answer, "ratelimit")), (200, None), "{path}");
        }
        let off = Settings { customer_rate: Some(0), ..app.settings.as_ref().clone() };
        let shop = Shop::serve(&App { settings: Arc::new(off), ..app.clone() });
        assert_eq!(header(&get(&shop, OWN, &own).await, "ratelimit"), None);
    }
}
