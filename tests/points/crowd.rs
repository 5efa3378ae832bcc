//! Many requests at once: nothing overdrawn, nothing doubled, and every line fits the one before it.

use std::{collections::HashSet, future::Future};

use futures_util::future::join_all;
use guerdon::service::verify;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::on_both,
    shop::{Answer, Shop, send},
};

async fn at_once<F: Future<Output = Answer>>(requests: impl Iterator<Item = F>) -> Vec<Answer> {
    join_all(requests).await
}

fn with_status(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

async fn assert_proven(shop: &Shop) {
    let report = verify::verify(&shop.app.db).await.unwrap();
    assert!(report.problems.is_empty(), "{report:?}");
}

on_both! {
    async fn of_50_redeems_7_fit(app, _clock) {
        let shop = Shop::open(app).await;
        for points in [100, 150, 107] {
            shop.add("C1", points).await;
        }
        let path = "/reward-points/customer/C1/redeemPoints";
        let answers = at_once((0..50).map(|_| shop.post(path, json!({"points": 51})))).await;
        assert_eq!((with_status(&answers, 201), with_status(&answers, 400)), (7, 43), "{answers:?}");
        let summary = shop.summary("C1").await;
        assert_eq!(summary["activePoints"], 0);
        let after: Vec<i64> = summary["summary"]["redeemedPointsList"].as_array().unwrap().iter()
            .map(|entry| entry["allPointsAfterCreation"].as_i64().unwrap()).collect();
        assert_eq!(after, [306, 255, 204, 153, 102, 51, 0]);
        let used: i64 = summary["summary"]["addedPointsList"].as_array().unwrap().iter()
            .map(|entry| entry["usedPoints"].as_i64().unwrap()).sum();
        assert_eq!(used, 357);
        assert_proven(&shop).await;
    }

    async fn of_50_coupons_7_are_issued(app, _clock) {
        let shop = Shop::open(app).await;
        shop.option("o1", 51, |_| ()).await;
        shop.add("C1", 358).await;
        let token = shop.customer_token("C1").await;
        let redeem = || shop.request(Method::POST, "/reward-points/public/customer/redeem", &token).json(&json!({"id": "o1"}));
        let answers = at_once((0..50).map(|_| send(redeem()))).await;
        assert_eq!((with_status(&answers, 200), with_status(&answers, 400)), (7, 43), "{answers:?}");
        let codes: HashSet<String> = answers.iter().filter(|a| a.status == 200).map(|a| a.json()["code"].to_string()).collect();
        assert_eq!(codes.len(), 7);
        assert_eq!(shop.balance("C1").await, 1);
        assert_proven(&shop).await;
    }

    async fn of_a_stock_of_7_no_more_are_sold(app, _clock) {
        let shop = Shop::open(app).await;
        shop.option("o1", 1, |option| option["stock"] = json!(7)).await;
        let mut tokens = Vec::new();
        for customer in 0..10 {
            shop.add(&format!("C{customer}"), 5).await;
            tokens.push(shop.customer_token(&format!("C{customer}")).await);
        }
        let redeem = |token: &String| {
            let request = shop.request(Method::POST, "/reward-points/public/customer/redeem", token);
            send(request.json(&json!({"id": "o1"})))
        };
        let answers = at_once((0..50).map(|n| redeem(&tokens[n % 10]))).await;
        assert_eq!((with_status(&answers, 200), with_status(&answers, 400)), (7, 43), "{answers:?}");
        assert_proven(&shop).await;
    }

    async fn fifty_equal_requests_are_one(app, _clock) {
        let shop = Shop::open(app).await;
        shop.option("o1", 2, |_| ()).await;
        let add = "/customer/C1/addPoints";
        let with_key = |path: &str, token: &str, body: &Value| {
            let request = shop.request(Method::POST, &format!("/reward-points{path}"), token).json(body);
            send(request.header("Idempotency-Key", "one-key"))
        };
        let answers = at_once((0..50).map(|_| with_key(add, &shop.token, &json!({"points": 10})))).await;
        assert_eq!(with_status(&answers, 201), 50, "{answers:?}");
        assert_eq!(shop.balance("C1").await, 10);
        let id = json!({"id": "one-id", "points": 10});
        let answers = at_once((0..50).map(|_| shop.post("/reward-points/customer/C1/addPoints", id.clone()))).await;
        assert_eq!(with_status(&answers, 201), 50, "{answers:?}");
        assert_eq!(shop.balance("C1").await, 20);
        let token = shop.customer_token("C1").await;
        let answers = at_once((0..50).map(|_| with_key("/public/customer/redeem", &token, &json!({"id": "o1"})))).await;
        assert_eq!(with_status(&answers, 200), 50, "{answers:?}");
        assert!(answers.iter().all(|answer| answer.text == answers[0].text), "{answers:?}");
        assert_eq!(shop.balance("C1").await, 18);
        let answers = at_once((0..50).map(|_| shop.post("/reward-points/customer/C2", json!({"points": 10})))).await;
        assert_eq!((with_status(&answers, 200), with_status(&answers, 409)), (1, 49), "{answers:?}");
        assert_eq!(shop.balance("C2").await, 10);
        assert_proven(&shop).await;
    }

    async fn one_id_with_different_contents_is_given_once(app, _clock) {
        let shop = Shop::open(app).await;
        let path = "/reward-points/customer/C1/addPoints";
        let answers = at_once((1..=50).map(|points| shop.post(path, json!({"id": "e", "points": points})))).await;
        assert_eq!((with_status(&answers, 201), with_status(&answers, 409)), (1, 49), "{answers:?}");
        let summary = shop.summary("C1").await;
        assert_eq!(summary["summary"]["addedPointsList"].as_array().unwrap().len(), 1);
    }

    async fn crossing_adds_and_redeems_make_one_history(app, _clock) {
        let shop = Shop::open(app).await;
        shop.add("C1", 30).await;
        let answers = at_once((0..120).map(|n| {
            let what = if n % 3 == 0 { "addPoints" } else { "redeemPoints" };
            let path = format!("/reward-points/customer/C1/{what}");
            let (shop, points) = (shop.clone(), 1 + n % 7);
            async move { shop.post(&path, json!({"points": points})).await }
        })).await;
        assert_eq!(with_status(&answers, 201) + with_status(&answers, 400), 120, "{answers:?}");
        let entries = shop.get("/reward-points/customer/C1/entries?pageSize=1000").await.json_of(200);
        let mut balance = 0;
        for entry in entries["entries"].as_array().unwrap() {
            balance += entry["points"].as_i64().unwrap();
            assert_eq!(entry["balanceAfter"], balance, "{entry}");
            assert!(balance >= 0, "{entry}");
        }
        let summary = shop.summary("C1").await;
        assert_eq!(summary["activePoints"], balance);
        let sum = |list: &str, field: &str| -> i64 {
            summary["summary"][list].as_array().unwrap().iter().map(|entry| entry[field].as_i64().unwrap()).sum()
        };
        assert_eq!(sum("addedPointsList", "usedPoints"), sum("redeemedPointsList", "points"));
        assert_eq!(sum("addedPointsList", "points") - sum("redeemedPointsList", "points"), balance);
        assert_proven(&shop).await;
    }
}
