//! The summaries of all customers.

use serde_json::{Value, json};

use crate::{common::on_both, shop::Shop};

on_both! {
    async fn all_summaries_are_answered_in_the_order_of_ids(app, _clock) {
        let shop = Shop::open(app).await;
        assert_eq!(shop.get("/reward-points/summaryBatch").await.json_of(200), json!([]));
        // More than the first pages hold, and ids that languages would order otherwise.
        let ids: Vec<String> = (0..150).map(|n| format!("{}{n}", ["c", "C", "é", "z"][n % 4])).collect();
        for id in &ids {
            shop.post(&format!("/reward-points/customer/{id}"), json!({"points": 5})).await.empty(200);
        }
        shop.post("/reward-points/customer/c0/redeemPoints", json!({"points": 2})).await.empty(201);
        shop.delete("/reward-points/customer/C1").await.empty(200);
        let answer = shop.get("/reward-points/summaryBatch").await;
        assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
        let all = answer.json_of(200);
        let found: Vec<&str> = all.as_array().unwrap().iter().map(|one| one["customerId"].as_str().unwrap()).collect();
        let mut expected: Vec<&str> = ids.iter().map(String::as_str).filter(|id| *id != "C1").collect();
        expected.sort_unstable();
        assert_eq!(found, expected);
        for id in ["c0", "C5", "é2", "z3"] {
            let one: Vec<&Value> = all.as_array().unwrap().iter().filter(|one| one["customerId"] == id).collect();
            assert_eq!(one, [&shop.summary(id).await]);
        }
    }

    async fn pages_cut_the_same_list(app, _clock) {
        let shop = Shop::open(app).await;
        for n in 0..21 {
            shop.add(&format!("C{n:02}"), 1).await;
        }
        let all = shop.get("/reward-points/summaryBatch").await.json_of(200);
        let all = all.as_array().unwrap();
        for (query, from, to) in [
            ("pageSize=5", 0, 5), ("pageNumber=1", 0, 16), ("pageNumber=2", 16, 21), ("pageNumber=3&pageSize=10", 20, 21),
            ("pageNumber=4&pageSize=10", 21, 21), ("pageNumber=1000000000&pageSize=1000", 21, 21), ("pageSize=1000", 0, 21),
        ] {
            let answer = shop.get(&format!("/reward-points/summaryBatch?{query}")).await;
            assert_eq!(answer.header("x-total-count"), Some("21"), "{query}");
            assert_eq!(answer.json_of(200), json!(all[from..to]), "{query}");
        }
    }

    async fn an_account_with_more_entries_than_a_page_is_whole(app, clock) {
        let shop = Shop::open(app).await;
        shop.add("before", 1).await;
        let adds = (0..300).map(|_| shop.post("/reward-points/customer/many/addPoints", json!({"points": 2})));
        for answer in futures_util::future::join_all(adds).await {
            answer.empty(201);
        }
        shop.add("then", 1).await;
        let shop = shop.at(clock, "2027-01-16T12:00:00Z").await;
        let all = shop.get("/reward-points/summaryBatch").await.json_of(200);
        let balances: Vec<&Value> = all.as_array().unwrap().iter().map(|one| &one["activePoints"]).collect();
        assert_eq!(balances, [1, 600, 1]);
        assert_eq!(all[1]["summary"]["addedPointsList"].as_array().unwrap().len(), 300);
    }
}
