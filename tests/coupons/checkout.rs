//! Coupons at checkout: validated, used, given back.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::on_both,
    till::{COUPONS, MANAGE, ON_BEHALF, REDEEM, Till, order, send},
};

fn uses(code: &str) -> String {
    format!("{COUPONS}/{code}/redemptions")
}

/// What the validation and the use of a coupon say; they must say the same.
async fn both(till: &Till, code: &str, token: &str, body: &Value) -> String {
    let validation = till.send(Method::POST, &format!("{COUPONS}/{code}/validation"), token, body).await;
    let redemption = till.send(Method::POST, &uses(code), token, body).await;
    match (validation.status, redemption.status) {
        (200, 201) => {
            validation.empty(200);
            "yes".to_owned()
        }
        (400, 400) => {
            assert_eq!(validation.json(), redemption.json());
            redemption.refusal()
        }
        _ => {
            assert_eq!(validation.text, redemption.text);
            assert_eq!(validation.status, redemption.status);
            validation.status.to_string()
        }
    }
}

on_both! {
    async fn a_use_is_counted_and_read(app, _clock) {
        let till = Till::open(app).await;
        till.make("W1", &json!({"maxRedemptions": 2})).await;
        let mut body = order(Some("61443563"));
        body.as_object_mut().unwrap().extend(json!({"orderCode": "O1", "legalEntityId": "L1"}).as_object().unwrap().clone());
        till.post(&format!("{COUPONS}/W1/validation"), &body).await.empty(200);
        assert_eq!(till.read("W1").await["redemptionCount"], json!(0), "a validation uses nothing");
        let made = till.post(&uses("w1"), &body).await.json_of(201);
        let id = made["id"].as_str().unwrap().to_owned();
        assert_eq!(made["yrn"], json!(format!("urn:guerdon:coupon-redemption:acme;{id}")));
        body.as_object_mut().unwrap().extend(json!({"id": id, "code": "W1", "redeemedAt": "2027-01-15T12:00:00.000Z"}).as_object().unwrap().clone());
        assert_eq!(till.get(&format!("{}/{id}", uses("W1"))).await.json_of(200), body);
        assert_eq!(till.get(&uses("W1")).await.json_of(200), json!([body]));
        let read = till.read("W1").await;
        assert_eq!((&read["redemptionCount"], &read["status"], &read["metadata"]["version"]), (&json!(1), &json!("VALID"), &json!(0)));
        assert_eq!(read["legalEntityRedemptions"], json!([{"legalEntityId": "L1", "count": 1}]));
        till.assert_proven().await;
    }

    async fn a_use_that_is_given_back_can_be_had_again(app, _clock) {
        let till = Till::open(app).await;
        till.make("W1", &json!({"maxRedemptions": 1, "maxRedemptionsPerCustomer": 1})).await;
        let id = till.redeem("W1", Some("C1")).await.json_of(201)["id"].as_str().unwrap().to_owned();
        assert_eq!(till.redeem("W1", Some("C1")).await.refusal(), "coupon_used");
        assert_eq!(till.read("W1").await["status"], json!("USED"));
        let path = format!("{}/{id}", uses("w1"));
        till.delete(&path).await.empty(204);
        assert_eq!(till.delete(&path).await.error(404, "resource_not_found"), format!("Redemption with id {id} not found."));
        till.get(&path).await.error(404, "resource_not_found");
        assert_eq!(till.get(&uses("W1")).await.json_of(200), json!([]));
        let read = till.read("W1").await;
        assert_eq!((&read["redemptionCount"], &read["status"]), (&json!(0), &json!("VALID")));
        till.redeem("W1", Some("C1")).await.json_of(201);
        assert_eq!(till.redeem("W1", Some("C2")).await.refusal(), "coupon_used");
        // The same id under another code is another path.
        till.make("W2", &json!({})).await;
        till.delete(&format!("{}/{id}", uses("W2"))).await.error(404, "resource_not_found");
        till.delete(&format!("{}/{id}", uses("NONE"))).await.error(404, "resource_not_found");
        till.assert_proven().await;
    }

    async fn both_ways_decide_alike(app, _clock) {
        let till = Till::open(app).await;
        let now = app.now();
        let cases = [
            ("EARLY", json!({"restrictions": {"validFrom": now.plus_secs(60).to_contract_z()}}), "coupon_inactive"),
            ("LATE", json!({"restrictions": {"validUntil": now.to_contract_z()}}), "coupon_expired"),
            ("BOUND", json!({"restrictions": {"validFor": ["C9"]}}), "customer_not_eligible"),
            ("RICH", json!({"restrictions": {"minOrderValue": {"amount": 100.01, "currency": "EUR"}}}), "order_value_too_low"),
            ("DOLLAR", json!({"restrictions": {"minOrderValue": {"amount": 1, "currency": "USD"}}}), "currency_mismatch"),
            ("FINE", json!({"restrictions": {"minOrderValue": {"amount": 100, "currency": "EUR"}}}), "yes"),
            ("SEGMENT", json!({"segmentRestricted": true, "restrictions": {"segments": ["s1"]}}), "yes"),
        ];
        for (code, more, expected) in cases {
            till.make(code, &more).await;
            assert_eq!(both(&till, code, &till.token, &order(Some("C1"))).await, expected, "{code}");
        }
        assert_eq!(both(&till, "NONE", &till.token, &order(Some("C1"))).await, "404");
        assert_eq!(both(&till, "a%20%E2%80%AE", &till.token, &order(Some("C1"))).await, "404");
        till.make("ONCE", &json!({"maxRedemptionsPerCustomer": 1})).await;
        assert_eq!(both(&till, "ONCE", &till.token, &order(Some("C1"))).await, "yes");
        assert_eq!(both(&till, "ONCE", &till.token, &order(Some("C1"))).await, "customer_limit_reached");
        assert_eq!(both(&till, "ONCE", &till.token, &order(Some("C2"))).await, "yes");
    }

    async fn guests_use_what_is_for_guests(app, _clock) {
        let till = Till::open(app).await;
        till.make("OPEN", &json!({"allowAnonymous": true})).await;
        till.make("OWN", &json!({})).await;
        assert_eq!(both(&till, "OPEN", &till.token, &order(None)).await, "yes");
        assert_eq!(both(&till, "OWN", &till.token, &order(None)).await, "customer_required");
        let customer = till.customer("C1").await;
        assert_eq!(both(&till, "OWN", &customer, &order(None)).await, "yes");
        let used = till.get(&uses("OWN")).await.json_of(200);
        assert_eq!(used[0]["customerNumber"], json!("C1"));
        assert_eq!(till.get(&uses("OPEN")).await.json_of(200)[0].get("customerNumber"), None);
    }

    async fn each_legal_entity_has_its_own_count_when_the_shop_tells_it(app, _clock) {
        let till = Till::open(app).await;
        till.make("W1", &json!({"maxRedemptionsPerCustomer": 1})).await;
        let by = |entity: Option<&str>| {
            let mut body = order(Some("C1"));
            body["legalEntityId"] = json!(entity);
            body
        };
        let mut answers = Vec::new();
        for entity in [Some("L1"), Some("L2"), Some("L1"), None, None] {
            answers.push(both(&till, "W1", &till.token, &by(entity)).await);
        }
        assert_eq!(answers, ["yes", "yes", "customer_limit_reached", "yes", "customer_limit_reached"]);
        assert_eq!(till.read("W1").await["legalEntityRedemptions"], json!([
            {"legalEntityId": "L1", "count": 1}, {"legalEntityId": "L2", "count": 1},
        ]));
        // A customer's own word for it does not lift the limit.
        let customer = till.customer("C2").await;
        let mut own = order(None);
        own["legalEntityId"] = json!("L1");
        assert_eq!(both(&till, "W1", &customer, &own).await, "yes");
        own["legalEntityId"] = json!("L2");
        assert_eq!(both(&till, "W1", &customer, &own).await, "customer_limit_reached");
    }

    async fn nobody_uses_a_coupon_in_the_name_of_another_who_may_not(app, _clock) {
        let till = Till::open(app).await;
        till.make("W1", &json!({"allowAnonymous": true})).await;
        let (redeem, behalf) = (till.service(REDEEM).await, till.service(ON_BEHALF).await);
        let customer = till.customer("C1").await;
        assert_eq!(both(&till, "W1", &redeem, &order(Some("C1"))).await, "403");
        assert_eq!(both(&till, "W1", &redeem, &order(None)).await, "yes");
        assert_eq!(both(&till, "W1", &behalf, &order(Some("C1"))).await, "yes");
        assert_eq!(both(&till, "W1", &customer, &order(Some("C2"))).await, "403");
        assert_eq!(both(&till, "W1", &customer, &order(Some("C1"))).await, "yes");
        let refused = till.send(Method::POST, &uses("W1"), &redeem, &order(Some("C1"))).await;
        assert!(refused.error(403, "insufficient_permissions").contains(ON_BEHALF));
    }

    async fn what_does_not_fit_is_refused_by_field(app, _clock) {
        let till = Till::open(app).await;
        till.make("W1", &json!({})).await;
        for (body, fields) in [
            (json!({}), vec!["orderTotal", "discount"]),
            (json!({"orderTotal": 5, "discount": {"amount": 1, "currency": "EUR"}}), vec!["orderTotal"]),
            (json!({"orderTotal": {"amount": "5", "currency": "EUR"}, "discount": {"amount": 1, "currency": "EUR"}}), vec!["orderTotal"]),
            (json!({"orderTotal": {"amount": -5, "currency": "EUR"}, "discount": {"amount": 1, "currency": "EUR"}}), vec!["orderTotal"]),
            (json!({"orderTotal": {"amount": 5, "currency": "eurós"}, "discount": {"amount": 1, "currency": "EUR"}}), vec!["orderTotal"]),
            (json!({"orderTotal": {"amount": 5, "currency": "EUR"}, "discount": {"amount": 1, "currency": "USD"}}), vec!["discount"]),
        ] {
            for path in [uses("W1"), format!("{COUPONS}/W1/validation")] {
                assert_eq!(till.post(&path, &body).await.fields(), fields, "{path} {body}");
            }
        }
        assert_eq!(till.post(&uses("W1"), &json!([1])).await.fields(), ["body"]);
        let empty = till.send(Method::POST, &uses("W1"), &till.token, &Value::Null).await;
        assert_eq!(empty.fields(), ["body"]);
        assert_eq!(till.read("W1").await["redemptionCount"], json!(0));
    }

    async fn a_key_uses_a_coupon_once(app, _clock) {
        let till = Till::open(app).await;
        till.make("W1", &json!({})).await;
        let keyed = |body: Value| send(till.request(Method::POST, &uses("W1"), &till.token).header("Idempotency-Key", "k").json(&body));
        let answers = futures_util::future::join_all((0..10).map(|_| keyed(order(Some("C1"))))).await;
        let mut bodies: Vec<String> = answers.iter().map(|answer| answer.json_of(201).to_string()).collect();
        bodies.dedup();
        assert_eq!(bodies.len(), 1);
        assert_eq!(till.read("W1").await["redemptionCount"], json!(1));
        keyed(order(Some("C2"))).await.error(422, "idempotency_key_reused");
        let odd = send(till.request(Method::POST, &uses("W1"), &till.token).header("Idempotency-Key", "a b").json(&order(None)));
        assert_eq!(odd.await.fields(), ["Idempotency-Key"]);
    }

    async fn everybody_sees_their_own_uses(app, _clock) {
        let till = Till::open(app).await;
        till.make("W1", &json!({"allowAnonymous": true})).await;
        let (redeem, behalf, manage) = (till.service(REDEEM).await, till.service(ON_BEHALF).await, till.service(MANAGE).await);
        let (one, two) = (till.customer("C1").await, till.customer("C2").await);
        let mut ids = Vec::new();
        for (token, body) in [(&redeem, order(None)), (&behalf, order(Some("C1"))), (&two, order(None))] {
            let answer = till.send(Method::POST, &uses("W1"), token, &body).await;
            ids.push(answer.json_of(201)["id"].as_str().unwrap().to_owned());
        }
        let (path, none) = (uses("W1"), Value::Null);
        let seen = |token: &str, query: &str| {
            let (till, ids, path, token) = (&till, &ids, format!("{path}{query}"), token.to_owned());
            async move {
                let list = till.send(Method::GET, &path, &token, &Value::Null).await.json_of(200);
                list.as_array().unwrap().iter().map(|used| ids.iter().position(|id| used["id"] == json!(id)).unwrap()).collect::<Vec<_>>()
            }
        };
        assert_eq!(seen(&manage, "").await, [0, 1, 2]);
        assert_eq!(seen(&till.token, "?customerNumber=C1").await, [1]);
        assert_eq!(seen(&redeem, "").await, [0]);
        assert_eq!(seen(&behalf, "").await, [1]);
        assert_eq!(seen(&behalf, "?customerNumber=C2").await, [2]);
        assert_eq!(seen(&one, "").await, [1]);
        assert_eq!(seen(&two, "").await, [2]);
        for (token, at, status) in [(&one, 1, 200), (&one, 2, 404), (&redeem, 0, 200), (&redeem, 1, 404), (&manage, 2, 200)] {
            let answer = till.send(Method::GET, &format!("{path}/{}", ids[at]), token, &none).await;
            assert_eq!(answer.status, status, "{answer:?}");
        }
        till.send(Method::GET, &format!("{path}?customerNumber=C1"), &redeem, &none).await.error(403, "insufficient_permissions");
        till.send(Method::GET, &format!("{path}?customerNumber=C1"), &two, &none).await.error(403, "insufficient_permissions");
        till.get(&uses("NONE")).await.error(404, "resource_not_found");
        till.get(&format!("{}/x", uses("NONE"))).await.error(404, "resource_not_found");
    }

    async fn points_of_a_used_coupon_do_not_come_back(app, _clock) {
        let till = Till::open(app).await;
        let (code, redemption) = till.buy("C1").await;
        let id = till.redeem(&code, None).await.json_of(201)["id"].as_str().unwrap().to_owned();
        let refused = till.cancel("C1", &redemption).await.unwrap_err();
        assert!(refused.to_string().contains("has been used"), "{refused}");
        till.delete(&format!("{}/{id}", uses(&code))).await.empty(204);
        till.cancel("C1", &redemption).await.unwrap();
        till.redeem(&code, None).await.error(404, "resource_not_found");
        till.assert_proven().await;
    }
}
