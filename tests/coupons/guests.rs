//! Tokens for guests.

use guerdon::{app::App, config::Settings, secrets::SecretKey};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::on_both,
    till::{COUPONS, Till, order},
};

const LOGIN: &str = "/customerlogin/auth/anonymous/login";
const REFRESH: &str = "/customerlogin/auth/anonymous/refresh";

async fn ask(till: &Till, path: &str) -> crate::till::Answer {
    till.send(Method::GET, path, "", &Value::Null).await
}

on_both! {
    async fn guests_look_at_options_and_validate_coupons(app, _clock) {
        let till = Till::open(app).await;
        till.make("OPEN", &json!({"allowAnonymous": true})).await;
        till.make("OWN", &json!({})).await;
        for query in ["tenant=acme&client_id=storefront", "hybris-tenant=acme&client_id=storefront", "tenant=acme"] {
            let answer = ask(&till, &format!("{LOGIN}?{query}")).await;
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            let tokens = answer.json_of(200);
            assert!(tokens["expires_in"].as_i64().unwrap() > 60 && tokens["sessionId"].is_string(), "{tokens}");
            let token = tokens["access_token"].as_str().unwrap();
            let get = |path: &'static str| till.send(Method::GET, path, token, &Value::Null);
            get("/reward-points/acme/redeemOptions").await.json_of(200);
            till.send(Method::POST, &format!("{COUPONS}/OPEN/validation"), token, &order(None)).await.empty(200);
            let own = till.send(Method::POST, &format!("{COUPONS}/OWN/validation"), token, &order(None)).await;
            assert_eq!(own.refusal(), "customer_required");
            for (method, path, body) in [
                (Method::GET, "/coupon/acme/coupons", Value::Null),
                (Method::GET, "/coupon/acme/coupons/OPEN", Value::Null),
                (Method::POST, "/coupon/acme/coupons/OPEN/redemptions", order(None)),
                (Method::POST, "/coupon/acme/coupons/OPEN/validation", order(Some("C1"))),
                (Method::POST, "/coupon/acme/referral-coupons/C1", Value::Null),
                (Method::GET, "/reward-points/public/customer", Value::Null),
                (Method::GET, "/reward-points/summaryBatch", Value::Null),
                (Method::POST, "/reward-points/acme/redeemOptions", json!({})),
                (Method::GET, "/site/acme/sites/main/mixins/couponSettings", Value::Null),
                (Method::POST, "/reward-points/acme/customerTokens", json!({"customerId": "C1"})),
            ] {
                let answer = till.send(method.clone(), path, token, &body).await;
                assert_eq!(answer.status, 403, "{method} {path}: {answer:?}");
            }
        }
    }

    async fn a_session_outlives_its_tokens(app, clock) {
        let till = Till::open(app).await;
        Till::of(app, "beta", &till.url).await;
        let first = ask(&till, &format!("{LOGIN}?tenant=acme")).await.json_of(200);
        let options = |token: Value| {
            let till = &till;
            async move { till.send(Method::GET, "/reward-points/acme/redeemOptions", token.as_str().unwrap(), &Value::Null).await.status }
        };
        assert_eq!(options(first["access_token"].clone()).await, 200);
        clock.set(app.now().plus_secs(first["expires_in"].as_i64().unwrap()));
        assert_eq!(options(first["access_token"].clone()).await, 401);
        let refresh = first["refresh_token"].as_str().unwrap();
        assert_eq!(options(first["refresh_token"].clone()).await, 401, "a refresh token reads nothing");
        let second = ask(&till, &format!("{REFRESH}?tenant=acme&client_id=x&refresh_token={refresh}")).await.json_of(200);
        assert_eq!((&second["sessionId"], options(second["access_token"].clone()).await), (&first["sessionId"], 200));
        let access = second["access_token"].as_str().unwrap();
        for wrong in [access, "x", "gdt_acme.guest-refresh.a.9.b", &format!("{refresh}x"), &refresh.replace("acme", "beta")] {
            assert_eq!(ask(&till, &format!("{REFRESH}?tenant=acme&refresh_token={wrong}")).await.status, 401, "{wrong}");
        }
        assert_eq!(ask(&till, &format!("{REFRESH}?tenant=beta&refresh_token={refresh}")).await.status, 401);
        assert_eq!(ask(&till, &format!("{REFRESH}?tenant=acme")).await.status, 400);
        clock.set(app.now().plus_secs(31 * 86_400));
        assert_eq!(ask(&till, &format!("{REFRESH}?tenant=acme&refresh_token={refresh}")).await.status, 401);
    }

    async fn no_tenant_no_token(app, _clock) {
        let till = Till::open(app).await;
        assert_eq!(ask(&till, LOGIN).await.status, 400);
        for unknown in ["nobody", "ACME", "a", "customer", "acme%20"] {
            assert_eq!(ask(&till, &format!("{LOGIN}?tenant={unknown}")).await.status, 404, "{unknown}");
        }
        assert_eq!(till.send(Method::POST, LOGIN, "", &Value::Null).await.status, 405);
    }

    async fn tokens_are_good_wherever_the_key_is(db) {
        let clock = crate::common::clock::stopped();
        let key = SecretKey::random();
        let replica = |key: SecretKey| App::new((**db).clone(), clock.clone(), Settings::default()).with_secret(key);
        let till = Till::open(&replica(key.clone())).await;
        let token = till.guest().await;
        let twin = till.twin(&replica(key));
        let stranger = till.twin(&replica(SecretKey::random()));
        let path = "/reward-points/acme/redeemOptions";
        assert_eq!(twin.send(Method::GET, path, &token, &Value::Null).await.status, 200);
        assert_eq!(stranger.send(Method::GET, path, &token, &Value::Null).await.status, 401);
    }
}
