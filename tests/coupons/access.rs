//! Who may do what, and that tenants are apart.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::on_both,
    till::{Answer, COUPONS, MANAGE, ON_BEHALF, READ, REDEEM, Till, order, percent},
};

/// What a bearer can be.
const BEARERS: [&str; 7] = ["none", "guest", "customer", READ, MANAGE, REDEEM, ON_BEHALF];

async fn bearer(till: &Till, kind: &str) -> String {
    match kind {
        "none" => String::new(),
        "guest" => till.guest().await,
        "customer" => till.customer("C1").await,
        scope => till.service(scope).await,
    }
}

on_both! {
    async fn each_operation_takes_the_tokens_it_takes(app, _clock) {
        let till = Till::open(app).await;
        till.make("W1", &json!({"allowAnonymous": true})).await;
        let id = till.redeem("W1", Some("C1")).await.json_of(201)["id"].as_str().unwrap().to_owned();
        let one = format!("{COUPONS}/W1");
        let uses = format!("{one}/redemptions");
        // Method, path, body, and the status for each bearer; 404 and 400 mean that the token did.
        let table: [(Method, String, Value, [u16; 7]); 13] = [
            (Method::GET, COUPONS.to_owned(), Value::Null, [401, 403, 403, 200, 200, 403, 403]),
            (Method::POST, COUPONS.to_owned(), percent("W1", &json!({})), [401, 403, 403, 403, 409, 403, 403]),
            (Method::GET, one.clone(), Value::Null, [401, 403, 200, 200, 200, 200, 200]),
            (Method::PUT, one.clone(), json!({}), [401, 403, 403, 403, 400, 403, 403]),
            (Method::PATCH, one.clone(), json!({}), [401, 403, 403, 403, 200, 403, 403]),
            (Method::DELETE, format!("{COUPONS}/NONE"), Value::Null, [401, 403, 403, 403, 404, 403, 403]),
            (Method::POST, format!("{one}/validation"), order(None), [401, 200, 200, 403, 200, 200, 200]),
            (Method::POST, uses.clone(), order(None), [401, 403, 201, 403, 201, 201, 201]),
            (Method::GET, uses.clone(), Value::Null, [401, 403, 200, 403, 200, 200, 200]),
            (Method::GET, format!("{uses}/{id}"), Value::Null, [401, 403, 200, 403, 200, 404, 404]),
            (Method::DELETE, format!("{uses}/none"), Value::Null, [401, 403, 403, 403, 404, 403, 403]),
            (Method::GET, "/coupon/acme/referral-coupons/C1".to_owned(), Value::Null, [401, 403, 204, 204, 204, 204, 204]),
            (Method::POST, "/coupon/acme/referral-coupons/C1".to_owned(), Value::Null, [401, 403, 404, 403, 200, 200, 200]),
        ];
        for (method, path, body, expected) in table {
            for (kind, status) in BEARERS.into_iter().zip(expected) {
                let answer = till.send(method.clone(), &path, &bearer(&till, kind).await, &body).await;
                assert_eq!(answer.status, status, "{method} {path} by {kind}: {answer:?}");
                if status == 403 {
                    answer.error(403, "insufficient_permissions");
                }
                if status == 401 {
                    assert_eq!(answer.json()["fault"]["faultstring"], json!("Invalid access token"));
                }
            }
        }
    }

    async fn other_tenants_are_out_of_reach(app, _clock) {
        let till = Till::open(app).await;
        let other = Till::of(app, "beta", &till.url).await;
        till.make("W1", &json!({})).await;
        let id = till.redeem("W1", Some("C1")).await.json_of(201)["id"].as_str().unwrap().to_owned();
        let foreign: [(Method, String, Value); 13] = [
            (Method::GET, COUPONS.to_owned(), Value::Null),
            (Method::POST, COUPONS.to_owned(), percent("W2", &json!({}))),
            (Method::GET, format!("{COUPONS}/W1"), Value::Null),
            (Method::PUT, format!("{COUPONS}/W1"), percent("W1", &json!({}))),
            (Method::PATCH, format!("{COUPONS}/W1"), json!({"name": "x"})),
            (Method::DELETE, format!("{COUPONS}/W1"), Value::Null),
            (Method::POST, format!("{COUPONS}/W1/validation"), order(Some("C1"))),
            (Method::POST, format!("{COUPONS}/W1/redemptions"), order(Some("C1"))),
            (Method::GET, format!("{COUPONS}/W1/redemptions"), Value::Null),
            (Method::GET, format!("{COUPONS}/W1/redemptions/{id}"), Value::Null),
            (Method::DELETE, format!("{COUPONS}/W1/redemptions/{id}"), Value::Null),
            (Method::GET, "/coupon/acme/referral-coupons/C1".to_owned(), Value::Null),
            (Method::POST, "/coupon/acme/referral-coupons/C1".to_owned(), Value::Null),
        ];
        for (method, path, body) in foreign {
            for token in [&other.token, &other.customer("C1").await, &other.guest().await] {
                let answer: Answer = till.send(method.clone(), &path, token, &body).await;
                assert_eq!(answer.status, 403, "{method} {path}: {answer:?}");
            }
            // By their own path they find nothing of it.
            let own = path.replace("/acme/", "/beta/");
            let answer = other.send(method.clone(), &own, &other.token, &body).await;
            assert!([200, 201, 204, 404].contains(&answer.status), "{method} {own}: {answer:?}");
            assert!(!answer.text.contains("W1\"") && !answer.text.contains(&id) || answer.status == 404, "{method} {own}: {answer:?}");
        }
        assert_eq!(till.read("W1").await["redemptionCount"], json!(1));
        assert_eq!(other.get("/coupon/beta/coupons").await.json_of(200).as_array().unwrap().len(), 2, "its own two");
        till.assert_proven().await;
    }

    async fn customers_see_what_is_theirs(app, _clock) {
        let till = Till::open(app).await;
        till.make("W1", &json!({"issuedTo": "C2", "restrictions": {"validFor": ["C1", "C2"]}})).await;
        let path = format!("{COUPONS}/w1");
        let (one, two, three) = (till.customer("C1").await, till.customer("C2").await, till.customer("C3").await);
        let read = |token: String| {
            let (till, path) = (&till, &path);
            async move { till.send(Method::GET, path, &token, &Value::Null).await }
        };
        let seen = read(one).await.json_of(200);
        assert_eq!((&seen["restrictions"]["validFor"], seen.get("issuedTo")), (&json!(["C1"]), None));
        assert_eq!(read(two.clone()).await.json_of(200)["issuedTo"], json!("C2"));
        let refused = read(three).await.error(403, "insufficient_permissions");
        assert_eq!(refused, "Insufficient permissions to retrieve the coupon with Id W1");
        let behalf = till.service(ON_BEHALF).await;
        let named = |customer: &'static str, token: String| {
            let (till, path) = (&till, format!("{path}?customerNumber={customer}"));
            async move { till.send(Method::GET, &path, &token, &Value::Null).await.status }
        };
        assert_eq!(named("C1", behalf.clone()).await, 200);
        assert_eq!(named("C3", behalf).await, 403);
        assert_eq!(named("C1", till.service(REDEEM).await).await, 403, "without the scope nobody is named");
        assert_eq!(named("C1", two.clone()).await, 403);
        till.delete(&path).await.empty(204);
        read(two).await.error(404, "resource_not_found");
        read(till.service(REDEEM).await).await.error(404, "resource_not_found");
        assert_eq!(read(till.service(READ).await).await.json_of(200)["deleted"], json!(true));
    }
}
