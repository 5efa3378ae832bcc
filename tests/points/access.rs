//! Who may do what: kinds of tokens, scopes, tenants.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::on_both,
    shop::{Answer, MANAGE, Shop, VIEW, send},
};

/// What an operation needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Needs {
    View,
    Manage,
    Customer,
}

/// Every operation on points, with a good body and the status of its success for the customer C1.
fn operations() -> Vec<(Needs, Method, &'static str, Value, u16)> {
    let none = Value::Null;
    vec![
        (Needs::View, Method::GET, "/summaryBatch", none.clone(), 200),
        (Needs::View, Method::GET, "/summaryBatch?pageNumber=1", none.clone(), 200),
        (Needs::View, Method::GET, "/customer/C1", none.clone(), 200),
        (Needs::View, Method::GET, "/customer/C1?at=2027-01-15T12:00:00Z", none.clone(), 200),
        (Needs::Manage, Method::POST, "/customer/C2", json!({}), 200),
        (Needs::View, Method::GET, "/customer/C1/summary", none.clone(), 200),
        (Needs::View, Method::GET, "/customer/C1/entries", none.clone(), 200),
        (Needs::Manage, Method::POST, "/customer/C1/addPoints", json!({"points": 1}), 201),
        (Needs::Manage, Method::POST, "/customer/C1/redeemPoints", json!({"points": 1}), 201),
        (Needs::Customer, Method::GET, "/public/customer", none.clone(), 200),
        (Needs::Customer, Method::GET, "/public/customer/summary", none.clone(), 200),
        (Needs::Customer, Method::GET, "/public/customer/redeemOptions", none.clone(), 200),
        (Needs::Customer, Method::POST, "/public/customer/redeem", json!({"id": "o1"}), 200),
        (Needs::Manage, Method::DELETE, "/customer/C3", none, 200),
    ]
}

async fn call(shop: &Shop, token: &str, method: &Method, path: &str, body: &Value) -> Answer {
    let request = shop.request(method.clone(), &format!("/reward-points{path}"), token);
    send(if body.is_null() { request } else { request.json(body) }).await
}

on_both! {
    async fn each_operation_takes_its_own_kind_of_token(app, _clock) {
        let shop = Shop::open(app).await;
        shop.option("o1", 1, |_| ()).await;
        shop.add("C1", 100).await;
        let tokens = [
            (Some(Needs::View), shop.service_token(VIEW).await),
            (Some(Needs::Manage), shop.service_token(MANAGE).await),
            (Some(Needs::Customer), shop.customer_token("C1").await),
            (None, shop.service_token("coupon.coupon_manage site.site_manage rewardspoints.order_manage").await),
        ];
        for (needs, method, path, body, success) in operations() {
            for (has, token) in &tokens {
                let answer = call(&shop, token, &method, path, &body).await;
                let case = format!("{method} {path} with {has:?}");
                if *has == Some(needs) {
                    assert_eq!(answer.status, success, "{case}: {answer:?}");
                    continue;
                }
                let refused = answer.json_of(403);
                assert_eq!((&refused["code"], &refused["status"]), (&json!(403), &json!("Forbidden")), "{case}");
                assert_eq!(refused["message"], "Scope validation failed", "{case}");
                let scope = match needs {
                    Needs::View => VIEW,
                    Needs::Manage => MANAGE,
                    Needs::Customer => continue,
                };
                let details = json!([format!("Missing required scopes '[{scope}]'"), format!("missing scope: {scope}")]);
                assert_eq!(refused["details"], details, "{case}");
            }
            for token in ["", "nonsense", "gdt_acme.nonsense"] {
                let answer = call(&shop, token, &method, path, &body).await;
                let fault = json!({"fault": {
                    "faultstring": "Invalid access token", "detail": {"errorcode": "oauth.v2.InvalidAccessToken"},
                }});
                assert_eq!(answer.json_of(401), fault, "{method} {path} with {token:?}");
            }
        }
        assert_eq!(shop.balance("C1").await, 99);
    }

    async fn tenants_do_not_see_each_other(app, _clock) {
        let shop = Shop::open(app).await;
        let other = Shop::called(app, "other", &shop.url).await;
        shop.post("/reward-points/customer/C1/addPoints", json!({"id": "e1", "points": 10})).await.empty(201);
        assert_eq!(other.get("/reward-points/customer/C1").await.status, 404);
        // The same ids of customers and entries are others in another tenant.
        other.post("/reward-points/customer/C1/addPoints", json!({"id": "e1", "points": 7})).await.empty(201);
        assert_eq!((shop.balance("C1").await, other.balance("C1").await), (10, 7));
        let all = other.get("/reward-points/summaryBatch").await.json_of(200);
        assert_eq!(all, json!([other.summary("C1").await]));
        other.delete("/reward-points/customer/C1").await.empty(200);
        assert_eq!(shop.balance("C1").await, 10);
        let own = shop.request(Method::GET, "/reward-points/public/customer", &other.customer_token("C1").await);
        assert_eq!(send(own).await.status, 404);
        for (header, status) in [("acme", 200), ("other", 403), ("", 200)] {
            let request = shop.request(Method::GET, "/reward-points/customer/C1", &shop.token);
            assert_eq!(send(request.header("Emporix-Tenant", header)).await.status, status, "{header}");
        }
    }

    async fn customers_act_for_themselves_alone(app, _clock) {
        let shop = Shop::open(app).await;
        shop.option("o1", 1, |_| ()).await;
        shop.add("C1", 5).await;
        shop.add("C2", 9).await;
        let token = shop.customer_token("C2").await;
        let redeem = shop.request(Method::POST, "/reward-points/public/customer/redeem?customerId=C1", &token);
        assert_eq!(send(redeem.json(&json!({"id": "o1", "customerId": "C1"}))).await.status, 200);
        assert_eq!((shop.balance("C1").await, shop.balance("C2").await), (5, 8));
        let entries = shop.get("/reward-points/customer/C2/entries").await.json_of(200);
        assert_eq!(entries["entries"][1]["actor"], "customer");
    }
}
