//! Coupons that customers share.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::on_both,
    till::{COUPONS, MANAGE, REDEEM, Till, order, percent, send},
};

const OF_C1: &str = "/coupon/acme/referral-coupons/C1";
const SETTINGS: &str = "/site/acme/sites/main/mixins/couponSettings";

on_both! {
    async fn a_customer_has_one_referral_coupon(app, _clock) {
        let till = Till::open(app).await;
        till.get(OF_C1).await.empty(204);
        let made = till.send(Method::POST, OF_C1, &till.token, &Value::Null).await.json_of(200);
        let code = made["code"].as_str().unwrap().to_owned();
        assert!(code.starts_with("REF-") && code.len() == 17, "{code}");
        assert_eq!((&made["issuedTo"], &made["referralCoupon"], &made["allowAnonymous"]), (&json!("C1"), &json!(true), &json!(true)));
        assert_eq!((&made["discountType"], &made["discountAbsolute"]), (&json!("ABSOLUTE"), &json!({"amount": 5, "currency": "EUR"})));
        assert_eq!((&made["status"], &made["metadata"]["version"], &made["maxRedemptions"]), (&json!("VALID"), &json!(0), &json!(-1)));
        let again = till.post(OF_C1, &json!({"ignored": true})).await.json_of(200);
        assert_eq!(again, made);
        assert_eq!(till.get(OF_C1).await.json_of(200), made);
        assert_eq!(till.read(&code).await, made);
        till.get("/coupon/acme/referral-coupons/C2").await.empty(204);
        // What it is worth may change; whose it is may not.
        till.put(&format!("{COUPONS}/{code}"), &percent("x", &json!({"issuedTo": "C2", "allowAnonymous": true}))).await.empty(200);
        let read = till.read(&code).await;
        assert_eq!((&read["issuedTo"], &read["referralCoupon"], &read["discountPercentage"]), (&json!("C1"), &json!(true), &json!(10)));
    }

    async fn many_requests_make_one(app, _clock) {
        let till = Till::open(app).await;
        let answers = join_all((0..20).map(|_| till.send(Method::POST, OF_C1, &till.token, &Value::Null))).await;
        let mut codes: Vec<String> = answers.iter().map(|answer| answer.json_of(200)["code"].to_string()).collect();
        codes.dedup();
        assert_eq!(codes.len(), 1);
        assert_eq!(till.get(COUPONS).await.json_of(200).as_array().unwrap().len(), 1);
    }

    async fn customers_have_one_when_the_shop_says_what_it_is_worth(app, _clock) {
        let till = Till::open(app).await;
        let (customer, redeem) = (till.customer("C1").await, till.service(REDEEM).await);
        for token in [&customer, &redeem] {
            let refused = till.send(Method::POST, OF_C1, token, &Value::Null).await.error(404, "resource_not_found");
            assert!(refused.contains("couponSettings.referral.value"), "{refused}");
        }
        till.patch(SETTINGS, &json!({"referral": {"codePrefix": "Friend", "value": 7.5}, "length": 16})).await.json_of(200);
        let made = till.send(Method::POST, OF_C1, &customer, &Value::Null).await.json_of(200);
        assert_eq!(made["discountAbsolute"], json!({"amount": 7.5, "currency": "EUR"}));
        let code = made["code"].as_str().unwrap();
        assert!(code.starts_with("FRIEND-") && code.len() == 7 + 16, "{code}");
        assert_eq!(till.send(Method::GET, OF_C1, &customer, &Value::Null).await.json_of(200), made);
        for method in [Method::GET, Method::POST] {
            let other = till.send(method, "/coupon/acme/referral-coupons/C2", &customer, &Value::Null).await;
            other.error(403, "insufficient_permissions");
        }
        let wrong = till.get("/coupon/acme/referral-coupons/%20%7F").await;
        assert_eq!(wrong.status, 400);
    }

    async fn it_is_for_others(app, _clock) {
        let till = Till::open(app).await;
        let made = till.send(Method::POST, OF_C1, &till.token, &Value::Null).await.json_of(200);
        let path = format!("{COUPONS}/{}/redemptions", made["code"].as_str().unwrap());
        assert_eq!(till.post(&path, &order(Some("C1"))).await.refusal(), "own_referral_coupon");
        till.post(&path, &order(Some("C2"))).await.json_of(201);
        till.post(&path, &order(None)).await.json_of(201);
    }

    async fn a_deleted_one_makes_room(app, _clock) {
        let till = Till::open(app).await;
        let manage = till.service(MANAGE).await;
        let first = till.send(Method::POST, OF_C1, &manage, &Value::Null).await.json_of(200);
        till.delete(&format!("{COUPONS}/{}", first["code"].as_str().unwrap())).await.empty(204);
        till.get(OF_C1).await.empty(204);
        let second = till.send(Method::POST, OF_C1, &manage, &Value::Null).await.json_of(200);
        assert_ne!(first["code"], second["code"]);
    }

    async fn a_key_gives_the_first_answer(app, _clock) {
        let till = Till::open(app).await;
        let keyed = |path: &str| send(till.request(Method::POST, path, &till.token).header("Idempotency-Key", "k1"));
        let first = keyed(OF_C1).await.json_of(200);
        let again = keyed(OF_C1).await;
        assert_eq!((again.json_of(200), again.header("idempotent-replayed")), (first, Some("true")));
        keyed("/coupon/acme/referral-coupons/C2").await.error(422, "idempotency_key_reused");
    }
}
