//! Personal data over HTTP: kept apart from the points, exported, erased.

use guerdon::{
    domain::{ids::CustomerId, ledger::entry::EntryKind},
    service::{customers::search, history, verify},
};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{
    common::on_both,
    shop::{Shop, caller, read},
};

const PATH: &str = "/reward-points/acme/customers/C1";
const MANAGE: &str = "rewardspoints.customer_manage";

async fn send(shop: &Shop, method: Method, path: &str, token: &str, body: &Value) -> Response {
    shop.request(method, path).bearer_auth(token).body(body.to_string()).send().await.unwrap()
}

async fn get(shop: &Shop, path: &str, token: &str) -> (u16, Value) {
    read(shop.request(Method::GET, path).bearer_auth(token).send().await.unwrap()).await
}

async fn found(shop: &Shop, text: &str) -> Vec<String> {
    let found = search::find(&shop.app.db, &caller("acme").tenant, text, 10).await.unwrap();
    found.hits.into_iter().map(|hit| hit.customer.to_string()).collect()
}

on_both! {
    async fn a_person_is_kept_found_changed_and_erased(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(MANAGE).await;
        assert_eq!(get(&shop, PATH, &token).await.0, 404);
        let person = json!({ "name": " Zoë <script>", "email": "zoe@example.com", "birthday": "--02-29", "language": "nl" });
        let (status, kept) = read(send(&shop, Method::PUT, PATH, &token, &person).await).await;
        let whole = json!({ "customerId": "C1", "name": "Zoë <script>", "email": "zoe@example.com", "birthday": "--02-29", "language": "nl" });
        assert_eq!((status, &kept), (200, &whole));
        assert_eq!(get(&shop, PATH, &token).await, (200, whole));
        assert_eq!((found(&shop, "zoe").await, found(&shop, "ZOE@EXAMPLE").await), (vec!["C1".to_owned()], vec!["C1".to_owned()]));
        // What is left out is forgotten.
        let (_, kept) = read(send(&shop, Method::PUT, PATH, &token, &json!({ "name": "Zed" })).await).await;
        assert_eq!(kept, json!({ "customerId": "C1", "name": "Zed", "email": null, "birthday": null, "language": null }));
        assert!(found(&shop, "zoe").await.is_empty());
        for _ in 0..2 {
            let erased = shop.request(Method::DELETE, PATH).bearer_auth(&token).send().await.unwrap();
            assert_eq!(erased.status(), 204);
        }
        assert_eq!((get(&shop, PATH, &token).await.0, found(&shop, "zed").await.len()), (404, 0));
    }

    async fn erasing_a_person_leaves_the_points(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(&format!("{MANAGE} rewardspoints.rewardpoints_manage rewardspoints.rewardpoints_view")).await;
        shop.post("/reward-points/customer/C1", &token, r#"{"points": 20}"#).await;
        send(&shop, Method::PUT, PATH, &token, &json!({ "name": "Mara" })).await;
        let balance = || async { get(&shop, "/reward-points/customer/C1", &token).await };
        assert_eq!(balance().await, (200, json!(20)));
        shop.request(Method::DELETE, PATH).bearer_auth(&token).send().await.unwrap();
        assert_eq!(balance().await, (200, json!(20)));
        // The account is still known, and nothing of the person.
        assert_eq!(get(&shop, PATH, &token).await.1["name"], Value::Null);
        let report = verify::verify(&app.db).await.unwrap();
        assert!(report.problems.is_empty(), "{report:?}");
    }

    async fn everything_that_is_kept_of_a_customer_is_exported(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(&format!("{MANAGE} rewardspoints.rewardpoints_manage rewardspoints.order_manage")).await;
        let export = format!("{PATH}/export");
        assert_eq!(get(&shop, &export, &token).await.0, 404);
        shop.post("/reward-points/customer/C1", &token, r#"{"startPoints": {"points": 20, "reference-id": "R1", "description": "Welcome"}}"#).await;
        send(&shop, Method::PUT, PATH, &token, &json!({ "name": "Mara" })).await;
        let order = json!({ "customerId": "C1", "status": "COMPLETED", "currency": "EUR", "totals": { "gross": 50 } });
        let sent = send(&shop, Method::PUT, "/reward-points/acme/orders/B1", &token, &order).await;
        assert!(sent.status().is_success(), "{}", sent.text().await.unwrap());
        let (status, file) = get(&shop, &export, &token).await;
        assert_eq!(status, 200);
        assert_eq!((&file["person"]["name"], &file["account"]), (&json!("Mara"), &json!({ "open": true, "points": 70 })));
        let entries = file["entries"].as_array().unwrap();
        assert_eq!(entries.iter().map(|one| &one["kind"]).collect::<Vec<_>>(), [EntryKind::Earned.as_str(), EntryKind::Added.as_str()]);
        assert_eq!((&entries[1]["reference"], &entries[1]["description"]), (&json!("R1"), &json!("Welcome")));
        assert_eq!((&file["orders"][0]["orderId"], &file["orders"][0]["points"]), (&json!("B1"), &json!(50)));
        // As many as the history has.
        let customer = CustomerId::parse("C1").unwrap();
        let all = history::timeline(&app.db, &caller("acme").tenant, &customer, history::Show::All, None, 10).await.unwrap();
        assert_eq!(all.entries.len(), entries.len());
    }

    async fn what_does_not_fit_is_named_and_changes_nothing(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(MANAGE).await;
        send(&shop, Method::PUT, PATH, &token, &json!({ "name": "Mara" })).await;
        for (body, field) in [
            (json!({ "name": 5 }), "name"),
            (json!({ "email": "mara" }), "email"),
            (json!({ "birthday": "2999-01-01" }), "birthday"),
            (json!({ "language": "klingon!" }), "language"),
            (json!({ "firstName": "Mara" }), "firstName"),
            (json!({ "customerId": "C2" }), "customerId"),
        ] {
            let (status, told) = read(send(&shop, Method::PUT, PATH, &token, &body).await).await;
            assert_eq!(status, 400, "{body}");
            assert!(told.to_string().contains(field), "{body}: {told}");
        }
        assert_eq!(get(&shop, PATH, &token).await.1["name"], json!("Mara"));
    }

    async fn only_the_scope_for_persons_reaches_them(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token("rewardspoints.rewardpoints_manage rewardspoints.rewardpoints_view").await;
        for (method, path) in [
            (Method::GET, PATH.to_owned()),
            (Method::PUT, PATH.to_owned()),
            (Method::DELETE, PATH.to_owned()),
            (Method::GET, format!("{PATH}/export")),
        ] {
            assert_eq!(send(&shop, method.clone(), &path, &token, &json!({})).await.status(), 403, "{method} {path}");
        }
        let manage = shop.token(MANAGE).await;
        let others = PATH.replace("acme", "beta");
        assert_eq!(send(&shop, Method::PUT, &others, &manage, &json!({ "name": "Mara" })).await.status(), 403);
    }
}
