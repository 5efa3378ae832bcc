//! What comes back takes back what it earned: exactly, whenever it is told and however often.

use futures_util::future::join_all;
use guerdon::{app::App, config::Settings, service::verify};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::{database::raw, local, on_both},
    orders::{changed, order, rule},
    shop::{Answer, Shop, send},
};

impl Shop {
    pub(crate) async fn put_return(&self, order: &str, id: &str, body: Value) -> Answer {
        let path = format!("/reward-points/{}/orders/{order}/returns/{id}", self.tenant);
        send(self.request(Method::PUT, &path, &self.token).json(&body)).await
    }

    async fn claim(&self, body: Value) -> Answer {
        self.post(&format!("/reward-points/{}/orders/claim", self.tenant), body).await
    }
}

/// Three equal pieces for 100.00.
fn thirds(customer: &str) -> Value {
    changed(order(customer, "COMPLETED"), |order| {
        order["totals"] = json!({"gross": 100});
        order["items"] = json!([{"id": "1", "quantity": 3, "total": 100}]);
    })
}

fn piece() -> Value {
    json!({"items": [{"id": "1", "quantity": 1}]})
}

/// Points of a return: its share, what was taken, what is owed and what was let go.
fn parts(answer: &Value) -> [i64; 4] {
    ["points", "taken", "owed", "letGo"].map(|name| answer[name].as_i64().unwrap_or_else(|| panic!("{answer}")))
}

on_both! {
    async fn three_partial_returns_take_back_exactly_what_was_given(app, _clock) {
        let shop = Shop::open(app).await.with_orders().await;
        shop.add("C1", 1_000).await;
        shop.put_order("B1", thirds("C1")).await.json_of(200);
        let mut back = Vec::new();
        for id in ["R1", "R2", "R3", "R4"] {
            let first = shop.put_return("B1", id, piece()).await;
            assert_eq!(first.header("idempotent-replayed"), None);
            let first = first.json_of(200);
            let again = shop.put_return("B1", id, piece()).await;
            assert_eq!((again.header("idempotent-replayed"), again.json_of(200)), (Some("true"), first.clone()));
            back.push(first["points"].as_i64().unwrap());
        }
        assert_eq!(back, [33, 33, 34, 0]);
        assert_eq!(shop.balance("C1").await, 1_000);
        let entries = shop.entries("C1").await;
        let told: Vec<_> = entries.iter().map(|e| (e["kind"].as_str().unwrap(), e["points"].as_i64().unwrap())).collect();
        assert_eq!(told, [("added", 1_000), ("earned", 100), ("taken_back", -33), ("taken_back", -33), ("taken_back", -34)]);
        // From the order's own lot, though the other ends sooner.
        assert!(entries[2..].iter().all(|e| e["used"][0]["id"] == entries[1]["id"] && e["reference-id"] == "B1"));
        let known = shop.get_order("B1").await.json_of(200);
        assert_eq!((&known["points"]["takenBack"], known["returns"].as_array().unwrap().len()), (&json!(100), 4));
        let other = json!({"items": [{"id": "1", "quantity": 2}]});
        assert_eq!(shop.put_return("B1", "R1", other).await.status, 409);
        shop.proven().await;
    }

    async fn a_return_may_come_before_its_order(app, _clock) {
        let shop = Shop::open(app).await.with_orders().await;
        let early = shop.put_return("B1", "R1", piece()).await.json_of(200);
        assert_eq!((&early["state"], early.get("points")), (&json!("waiting"), None));
        assert_eq!(shop.put_return("B1", "R1", piece()).await.json_of(200), early);
        assert_eq!(shop.put_return("B1", "R1", json!({"amount": 3, "currency": "EUR"})).await.status, 409);
        let known = shop.get_order("B1").await.json_of(200);
        assert_eq!((known.get("status"), &known["returns"][0]["state"]), (None, &json!("waiting")));
        shop.put_order("B1", changed(thirds("C1"), |o| o["status"] = json!("SHIPPED"))).await.json_of(200);
        assert_eq!(shop.put_return("B1", "R2", piece()).await.json_of(200)["state"], "waiting");
        let known = shop.put_order("B1", thirds("C1")).await.json_of(200);
        assert_eq!((&known["points"]["earned"], &known["points"]["takenBack"]), (&json!(100), &json!(66)));
        assert_eq!(shop.balance("C1").await, 34);
        assert_eq!(shop.put_return("B1", "R1", piece()).await.json_of(200)["points"], 33);
        shop.proven().await;
    }

    async fn spent_points_are_let_go_or_owed(app, _clock) {
        let shop = Shop::open(app).await.with_orders().await;
        let spend = |customer: &'static str, points: i64| {
            let shop = shop.clone();
            let path = format!("/reward-points/customer/{customer}/redeemPoints");
            async move { drop(shop.post(&path, json!({"points": points})).await.empty(201)) }
        };
        shop.put_order("B1", thirds("C1")).await.json_of(200);
        spend("C1", 80).await;
        let whole = json!({"amount": "100.00", "currency": "EUR"});
        assert_eq!(parts(&shop.put_return("B1", "R1", whole.clone()).await.json_of(200)), [100, 20, 0, 80]);
        shop.add("C1", 50).await;
        assert_eq!(shop.balance("C1").await, 50);

        shop.site("main", rule(&[("shortfall", "owe")])).await;
        shop.put_order("B2", thirds("C2")).await.json_of(200);
        spend("C2", 80).await;
        assert_eq!(parts(&shop.put_return("B2", "R1", whole.clone()).await.json_of(200)), [100, 20, 80, 0]);
        assert_eq!(shop.balance("C2").await, 0);
        shop.proven().await;
        shop.add("C2", 50).await;
        assert_eq!(shop.balance("C2").await, 0);
        shop.put_order("B3", thirds("C2")).await.json_of(200);
        assert_eq!(shop.balance("C2").await, 70);
        let kinds: Vec<Value> = shop.entries("C2").await.iter().map(|e| json!([e["kind"], e["points"], e["balanceAfter"]])).collect();
        assert_eq!(kinds[3..], [
            json!(["added", 50, 50]), json!(["taken_back", -50, 0]),
            json!(["earned", 100, 100]), json!(["taken_back", -30, 70]),
        ]);
        // All of it spent, nothing there: no entry, all of it owed.
        shop.put_order("B4", thirds("C4")).await.json_of(200);
        spend("C4", 100).await;
        let owed = shop.put_return("B4", "R1", whole).await.json_of(200);
        assert_eq!((parts(&owed), owed.get("entryId")), ([100, 0, 100, 0], None));
        shop.proven().await;
    }

    async fn pending_points_go_back_before_they_begin(app, clock) {
        let shop = Shop::open(app).await;
        shop.site("main", rule(&[("pending_days", "14")])).await;
        let shop = shop.with_orders().await;
        shop.add("C1", 10).await;
        shop.put_order("B1", thirds("C1")).await.json_of(200);
        assert_eq!(parts(&shop.put_return("B1", "R1", piece()).await.json_of(200)), [33, 33, 0, 0]);
        assert_eq!(shop.balance("C1").await, 10);
        shop.proven().await;
        clock.set(app.now().plus_secs(20 * 86_400));
        let shop = shop.with_orders().await;
        assert_eq!(shop.balance("C1").await, 77);
        shop.add("C1", 1).await;
        shop.proven().await;
    }

    async fn guests_orders_are_claimed_with_what_came_back(app, _clock) {
        let shop = Shop::open(app).await.with_orders().await;
        let guest = |order: Value| changed(order, |order| drop(order.as_object_mut().unwrap().remove("customerId")));
        let known = shop.put_order("B1", guest(thirds(""))).await.json_of(200);
        assert_eq!((&known["points"]["earned"], &known["points"]["state"]), (&json!(100), &json!("waiting")));
        assert_eq!(shop.put_return("B1", "R1", piece()).await.json_of(200)["state"], "waiting");
        shop.put_order("B2", guest(order("", "SHIPPED"))).await.json_of(200);
        shop.put_order("B3", order("C2", "COMPLETED")).await.json_of(200);
        for (body, status) in [
            (json!({"customerId": "C1", "orderIds": ["B1", "B3"]}), 409),
            (json!({"customerId": "C1", "orderIds": ["B1", "B9"]}), 404),
            (json!({"customerId": "C1"}), 400),
            (json!({"orderId": "B1"}), 400),
            (json!({"customerId": "C1", "orderIds": []}), 400),
            (json!({"customerId": "C1", "orderIds": [7]}), 400),
            (json!({"customerId": "a\nb", "orderId": "B1"}), 400),
        ] {
            assert_eq!(shop.claim(body.clone()).await.status, status, "{body}");
        }
        assert_eq!(shop.get("/reward-points/customer/C1").await.status, 404);
        let body = json!({"customerId": "C1", "orderIds": ["B1", "B2", "B1"]});
        let path = "/reward-points/acme/orders/claim";
        let with_key = || send(shop.request(Method::POST, path, &shop.token).json(&body).header("Idempotency-Key", "k1"));
        let answers = join_all((0..10).map(|_| with_key())).await;
        let first = answers[0].json_of(200);
        assert_eq!(first["orders"].as_array().unwrap().len(), 2);
        assert!(answers.iter().all(|answer| answer.json_of(200) == first), "{answers:#?}");
        assert_eq!(shop.claim(json!({"customerId": "C1", "orderId": "B1"})).await.json_of(200)["orders"][0], first["orders"][0]);
        assert_eq!(shop.balance("C1").await, 67);
        assert_eq!(shop.claim(json!({"customerId": "C2", "orderId": "B1"})).await.status, 409);
        // Claimed before it was completed: the shop need not name the customer again.
        let known = shop.put_order("B2", guest(order("", "COMPLETED"))).await.json_of(200);
        assert_eq!((&known["customerId"], &known["points"]["state"]), (&json!("C1"), &json!("given")));
        assert_eq!(shop.balance("C1").await, 67 + 104);
        // A snapshot that names the customer claims, too.
        shop.put_order("B4", guest(thirds(""))).await.json_of(200);
        shop.put_order("B4", thirds("C1")).await.json_of(200);
        assert_eq!(shop.balance("C1").await, 67 + 104 + 100);
        shop.proven().await;
    }

    async fn an_order_its_return_and_its_claims_may_arrive_at_once(app, clock) {
        let shop = Shop::open(app).await.with_orders().await;
        let twin = App::new(app.db.clone(), clock.clone(), Settings::default());
        let twin = shop.served_at(&local::serve(&twin));
        for round in 0..15 {
            let (id, customer) = (&format!("B{round}"), &format!("C{round}"));
            shop.put_order(id, changed(thirds(customer), |o| o["status"] = json!("SHIPPED"))).await.json_of(200);
            let returned = |shop: Shop, place: usize| async move { shop.put_return(id, &format!("R{place}"), piece()).await };
            let (done, one, two) = tokio::join!(
                shop.put_order(id, thirds(customer)), returned(twin.clone(), 1), returned(shop.clone(), 2),
            );
            assert_eq!((done.status, one.status, two.status), (200, 200, 200), "{done:?} {one:?} {two:?}");
            assert_eq!(shop.balance(customer).await, 34, "{round}");

            let id = &format!("G{round}");
            shop.put_order(id, changed(thirds(""), |o| o["customerId"] = Value::Null)).await.json_of(200);
            let claim = |shop: Shop, customer: String| async move {
                shop.claim(json!({"customerId": customer, "orderId": id})).await
            };
            let claims = join_all((0..4).map(|n| {
                claim(if n % 2 == 0 { shop.clone() } else { twin.clone() }, format!("G{round}-{n}"))
            })).await;
            assert_eq!(claims.iter().filter(|answer| answer.status == 200).count(), 1, "{claims:?}");
        }
        shop.proven().await;
    }

    async fn bad_returns_are_refused_by_field(app, _clock) {
        let shop = Shop::open(app).await.with_orders().await;
        shop.put_order("B1", thirds("C1")).await.json_of(200);
        for (body, fields) in [
            (json!({}), vec!["items"]),
            (json!({"items": []}), vec!["items"]),
            (json!({"items": {}}), vec!["items"]),
            (json!({"items": [1]}), vec!["items[0]"]),
            (json!({"items": [{"id": "1", "quantity": 1.5}]}), vec!["items[0].quantity"]),
            (json!({"items": [{"id": "1", "quantity": 0}]}), vec!["items[0].quantity"]),
            (json!({"items": [{"quantity": 1}]}), vec!["items[0].id"]),
            (json!({"items": [{"id": "1", "quantity": 1}, {"id": "1", "quantity": 1}]}), vec!["items[1].id"]),
            (json!({"items": [{"id": "9", "quantity": 1}]}), vec!["items"]),
            (json!({"amount": 5}), vec!["currency"]),
            (json!({"amount": 0, "currency": "EUR"}), vec!["amount"]),
            (json!({"amount": -5, "currency": "EUR"}), vec!["amount"]),
            (json!({"amount": 5, "currency": "CHF"}), vec!["currency"]),
            (json!({"amount": 5, "currency": "EUR", "items": []}), vec!["amount"]),
        ] {
            assert_eq!(shop.put_return("B1", "R1", body.clone()).await.wrong_fields(), fields, "{body}");
        }
        assert_eq!(shop.put_return("B1", &"x".repeat(256), piece()).await.wrong_fields(), ["returnId"]);
        assert_eq!(shop.get_order("B1").await.json_of(200).get("returns"), None);
        assert_eq!(shop.balance("C1").await, 100);
    }

    async fn every_damage_to_an_order_is_named(app, _clock) {
        let shop = Shop::open(app).await.with_orders().await;
        shop.put_order("B1", thirds("C1")).await.json_of(200);
        shop.put_return("B1", "R1", piece()).await.json_of(200);
        shop.proven().await;
        for (damage, words) in [
            ("UPDATE orders SET points = 101", "order B1 differs from entry 1"),
            ("UPDATE orders SET working = NULL", "order B1 differs from entry 1"),
            ("UPDATE orders SET account_id = NULL, entry_seq = NULL, entry_id = NULL", "the order of entry 1 is missing"),
            ("UPDATE orders SET account_id = NULL, entry_seq = NULL, entry_id = NULL", "which its customer did not get"),
            ("UPDATE order_returns SET due = 101", "more than the 100 points"),
            ("UPDATE order_returns SET taken = 32", "return R1 of order B1 differs"),
            ("UPDATE order_returns SET applied_at = NULL", "left waiting"),
            ("DELETE FROM order_returns", "the return of entry 2 is missing"),
            ("UPDATE accounts SET debt = 7", "owes 7 points; its returns leave 0"),
            ("UPDATE accounts SET debt = 7", "owes 7 points and has 67"),
        ] {
            let mut tx = app.db.begin().await.unwrap();
            tx.query(raw(damage)).run().await.unwrap();
            let problems = verify::verify_in(&mut tx).await.unwrap().problems;
            assert!(problems.iter().any(|found| found.problem.contains(words)), "{damage}: {problems:#?}");
        }
        shop.proven().await;
    }
}
