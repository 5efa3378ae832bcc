//! Orders over HTTP: what they earn, once, and how that is told.

use futures_util::future::join_all;
use guerdon::domain::site_change::SiteChange;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::on_both,
    shop::{Answer, MANAGE, Shop, VIEW, send},
};

pub(crate) const ORDERS: &str = "rewardspoints.order_manage";

/// An order of 119.00 with 4.90 shipping and 10.00 off, in two lines.
pub(crate) fn order(customer: &str, status: &str) -> Value {
    json!({
        "customerId": customer, "siteCode": "main", "status": status, "currency": "EUR",
        "totals": {"gross": 119.00, "net": 100.00, "tax": 19.00, "shipping": 4.90, "discount": 10.00},
        "items": [
            {"id": "1", "sku": "TENT", "quantity": 1, "unitPrice": 64.10, "total": 64.10},
            {"id": "2", "sku": "PEG", "quantity": 4, "unitPrice": 12.50, "total": 50.00},
        ],
    })
}

/// The same with changes.
pub(crate) fn changed(mut order: Value, change: impl FnOnce(&mut Value)) -> Value {
    change(&mut order);
    order
}

impl Shop {
    /// The shop with a token that may also report orders.
    pub(crate) async fn with_orders(&self) -> Self {
        self.with(self.service_token(&format!("{VIEW} {MANAGE} {ORDERS}")).await)
    }

    pub(crate) async fn put_order(&self, id: &str, order: Value) -> Answer {
        let path = format!("/reward-points/{}/orders/{id}", self.tenant);
        send(self.request(Method::PUT, &path, &self.token).json(&order)).await
    }

    pub(crate) async fn get_order(&self, id: &str) -> Answer {
        self.get(&format!("/reward-points/{}/orders/{id}", self.tenant)).await
    }

    pub(crate) async fn entries(&self, customer: &str) -> Vec<Value> {
        let path = format!("/reward-points/customer/{customer}/entries?pageSize=1000");
        self.get(&path).await.json_of(200)["entries"].as_array().unwrap().clone()
    }

    pub(crate) async fn proven(&self) {
        let report = guerdon::service::verify::verify(&self.app.db).await.unwrap();
        assert!(report.problems.is_empty(), "{:#?}", report.problems);
    }
}

pub(crate) fn rule(fields: &'static [(&'static str, &'static str)]) -> SiteChange {
    SiteChange::parse(|name| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)).unwrap()
}

on_both! {
    async fn a_completed_order_earns_its_points_once_and_explains_them(app, _clock) {
        let shop = Shop::open(app).await.with_orders().await;
        for status in ["IN_CHECKOUT", "CREATED", "CONFIRMED", "SHIPPED"] {
            let known = shop.put_order("B1", order("C1", status)).await.json_of(200);
            assert_eq!((known["status"].as_str(), known.get("points")), (Some(status), None), "{known}");
        }
        assert_eq!(shop.get("/reward-points/customer/C1").await.status, 404);
        let first = shop.put_order("B1", order("C1", "COMPLETED")).await;
        assert_eq!(first.header("idempotent-replayed"), None);
        let known = first.json_of(200);
        let points = &known["points"];
        assert_eq!((&points["earned"], &points["state"], &points["ruleVersion"]), (&json!(104), &json!("given"), &json!(1)));
        let sum = "119.00 gross - 4.90 shipping - 10.00 discount = 104.10 x 1 = 104.1, rounded down: 104";
        assert_eq!(points["explanation"], sum);
        assert_eq!(shop.balance("C1").await, 104);

        for _ in 0..3 {
            let again = shop.put_order("B1", order("C1", "COMPLETED")).await;
            assert_eq!(again.header("idempotent-replayed"), Some("true"));
            assert_eq!(again.json_of(200), known);
        }
        let entries = shop.entries("C1").await;
        assert_eq!(entries.len(), 1, "{entries:?}");
        let entry = &entries[0];
        assert_eq!((&entry["kind"], &entry["reference-id"], &entry["siteCode"]), (&json!("earned"), &json!("B1"), &json!("main")));
        assert_eq!(entry["id"], points["entryId"]);
        let details = &entry["details"];
        let told = ["basis", "factor", "rounding", "ruleVersion", "counts", "shipping"].map(|name| details[name].to_string());
        assert_eq!(told, ["\"104.10\"", "\"1\"", "\"floor\"", "1", "\"gross\"", "\"4.90\""]);
        assert_eq!(shop.get_order("B1").await.json_of(200), known);
        shop.proven().await;
    }

    async fn a_completed_order_stays_as_it_was(app, _clock) {
        let shop = Shop::open(app).await.with_orders().await;
        let known = shop.put_order("B1", order("C1", "COMPLETED")).await.json_of(200);
        let late = [
            changed(order("C1", "COMPLETED"), |o| o["totals"]["gross"] = json!(999)),
            changed(order("C1", "COMPLETED"), |o| o["items"] = json!([])),
            order("C1", "SHIPPED"),
            order("C1", "DECLINED"),
            changed(order("C1", "CREATED"), |o| o["customerId"] = Value::Null),
        ];
        for snapshot in late {
            let mut answer = shop.put_order("B1", snapshot).await.json_of(200);
            let notice = answer.as_object_mut().unwrap().remove("notice").unwrap();
            assert!(notice.as_str().unwrap().contains("changes nothing"), "{notice}");
            assert_eq!(answer, known);
        }
        shop.site("second", SiteChange::default()).await;
        for (snapshot, why) in [
            (order("C2", "COMPLETED"), "for another customer"),
            (changed(order("C1", "COMPLETED"), |o| o["siteCode"] = json!("second")), "on another site"),
            (changed(order("C1", "COMPLETED"), |o| o["currency"] = json!("CHF")), "in another currency"),
        ] {
            let refused = shop.put_order("B1", snapshot).await.json_of(409);
            assert!(refused["details"][0]["message"].as_str().unwrap().contains(why), "{refused}");
        }
        assert_eq!(shop.get_order("B1").await.json_of(200), known);
        assert_eq!((shop.balance("C1").await, shop.get("/reward-points/customer/C2").await.status), (104, 404));
        shop.proven().await;
    }

    async fn an_order_is_judged_by_the_rule_of_its_completion(app, clock) {
        let shop = Shop::open(app).await;
        let began = shop.app.now();
        let at = |secs: i64| began.plus_secs(secs).to_contract();
        clock.set(began.plus_secs(100));
        shop.site("main", rule(&[("factor", "2")])).await;
        clock.set(began.plus_secs(200));
        shop.site("main", rule(&[("enabled", "false")])).await;
        clock.set(began.plus_secs(300));
        let shop = shop.with_orders().await;
        for (id, completed, earned, version) in [
            ("before", -1, 0, None), ("first", 0, 104, Some(1)), ("last", 99, 104, Some(1)),
            ("second", 100, 208, Some(2)), ("off", 200, 0, Some(3)), ("now", 300, 0, Some(3)),
        ] {
            let order = changed(order("C1", "COMPLETED"), |o| o["completedAt"] = json!(at(completed)));
            let known = shop.put_order(id, order).await.json_of(200);
            let points = &known["points"];
            assert_eq!((points["earned"].as_i64(), points["ruleVersion"].as_i64()), (Some(earned), version), "{id}: {known}");
            let state = if earned > 0 { "given" } else { "none" };
            assert_eq!(points["state"], state, "{id}");
        }
        assert_eq!(shop.balance("C1").await, 104 + 104 + 208);
        shop.proven().await;
    }

    async fn points_wait_and_end_as_the_rule_says(app, clock) {
        let shop = Shop::open(app).await;
        shop.site("main", rule(&[("pending_days", "14"), ("cap_per_order", "50")])).await;
        let shop = shop.at(clock, "2027-03-01T12:00:00Z").await.with_orders().await;
        let mut snapshot = order("C1", "COMPLETED");
        snapshot["completedAt"] = json!("2027-02-28T23:30:00Z");
        let known = shop.put_order("B1", snapshot).await.json_of(200);
        let points = &known["points"];
        assert_eq!(points["earned"], 50);
        // In Berlin it was the first of March already.
        assert_eq!(points["availableFrom"], "2027-03-14T23:00:00.000+00:00");
        assert_eq!(points["validUntil"], "2028-02-29T23:00:00.000+00:00");
        assert_eq!(shop.balance("C1").await, 0);
        let shop = shop.at(clock, "2027-03-14T23:00:00Z").await;
        assert_eq!(shop.balance("C1").await, 50);
        // Reported long after its points have ended: the history tells both.
        let shop = shop.at(clock, "2028-06-01T12:00:00Z").await.with_orders().await;
        let mut late = order("C1", "COMPLETED");
        late["completedAt"] = json!("2027-03-02T12:00:00Z");
        shop.put_order("B2", late).await.json_of(200);
        assert_eq!(shop.balance("C1").await, 0);
        let kinds: Vec<Value> = shop.entries("C1").await.iter().map(|entry| entry["kind"].clone()).collect();
        assert_eq!(kinds, ["earned", "expired", "earned", "expired"]);
        shop.proven().await;
    }

    async fn twenty_equal_snapshots_at_once_are_one_entry(app, _clock) {
        let shop = Shop::open(app).await.with_orders().await;
        let answers = join_all((0..20).map(|_| shop.put_order("B1", order("C1", "COMPLETED")))).await;
        let bodies: Vec<Value> = answers.iter().map(|answer| answer.json_of(200)).collect();
        assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:#?}");
        assert_eq!((shop.entries("C1").await.len(), shop.balance("C1").await), (1, 104));
        // Of several customers for one order the first gets it.
        let answers = join_all((0..20).map(|n| {
            let shop = shop.clone();
            async move { shop.put_order("B2", order(&format!("D{}", n % 4), "COMPLETED")).await }
        })).await;
        let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((count(200), count(409)), (5, 15), "{answers:#?}");
        let mut given = 0;
        for customer in ["D0", "D1", "D2", "D3"] {
            let answer = shop.get(&format!("/reward-points/customer/{customer}")).await;
            given += if answer.status == 200 { answer.json().as_i64().unwrap() } else { 0 };
        }
        assert_eq!(given, 104);
        shop.proven().await;
    }

    async fn bad_orders_are_refused_by_field_and_leave_nothing(app, _clock) {
        let shop = Shop::open(app).await.with_orders().await;
        let set = |pointer: &'static str, value: Value| changed(order("C1", "COMPLETED"), |order| {
            match order.pointer_mut(pointer) {
                Some(place) => *place = value,
                None => order[pointer.trim_start_matches('/')] = value,
            }
        });
        let without = |name: &str| changed(order("C1", "COMPLETED"), |o| drop(o.as_object_mut().unwrap().remove(name)));
        let items = |n: usize| Value::Array((0..n).map(|n| json!({"id": n.to_string(), "quantity": 1, "total": 1})).collect());
        for (body, fields) in [
            (json!({}), vec!["status", "currency", "totals"]),
            (without("status"), vec!["status"]),
            (without("totals"), vec!["totals"]),
            (set("/status", json!("DONE")), vec!["status"]),
            (set("/status", json!("completed")), vec!["status"]),
            (set("/currency", json!("XYZ")), vec!["currency"]),
            (set("/currency", json!("CHF")), vec!["currency"]),
            (set("/siteCode", json!("nowhere")), vec!["siteCode"]),
            (set("/siteCode", json!("a b")), vec!["siteCode"]),
            (set("/customerId", json!("a\nb")), vec!["customerId"]),
            (set("/customerId", json!("")), vec!["customerId"]),
            (set("/customerId", json!(7)), vec!["customerId"]),
            (set("/totals", json!([])), vec!["totals"]),
            (set("/totals/gross", Value::Null), vec!["totals.gross"]),
            (set("/totals/gross", json!(-1)), vec!["totals.gross"]),
            (set("/totals/gross", json!(true)), vec!["totals.gross"]),
            (set("/totals/shipping", json!(-4.90)), vec!["totals.shipping"]),
            (set("/totals/discount", json!("ten")), vec!["totals.discount"]),
            (set("/totals/net", json!(1e15)), vec!["totals.net"]),
            (set("/items", json!({})), vec!["items"]),
            (set("/items", items(1_001)), vec!["items"]),
            (set("/items/0", json!(1)), vec!["items[0]"]),
            (set("/items/0/quantity", json!(1.5)), vec!["items[0].quantity"]),
            (set("/items/1/quantity", json!(0)), vec!["items[1].quantity"]),
            (set("/items/1/quantity", json!(-2)), vec!["items[1].quantity"]),
            (set("/items/1/id", json!("1")), vec!["items[1].id"]),
            (set("/items/1/id", json!("\u{0}")), vec!["items[1].id"]),
            (set("/items/0/total", json!(-1)), vec!["items[0].total"]),
            (set("/items/0", json!({"id": "1", "quantity": 1})), vec!["items[0].total"]),
            (set("/items/0", json!({"id": "1", "quantity": 1_000_000, "unitPrice": 999_999_999})), vec!["items[0].total"]),
            (set("/items/0/sku", json!("x".repeat(256))), vec!["items[0].sku"]),
            (set("/completedAt", json!("yesterday")), vec!["completedAt"]),
            (set("/completedAt", json!("+10000-01-01T00:00:00Z")), vec!["completedAt"]),
            (set("/completedAt", json!("9999-01-01T00:00:00Z")), vec!["completedAt"]),
        ] {
            let text = body.to_string();
            let answer = shop.put_order("B1", body).await;
            assert_eq!(answer.wrong_fields(), fields, "{text}");
        }
        let path = "/reward-points/acme/orders/B1";
        let deep = format!("{}1{}", "{\"a\":".repeat(40), "}".repeat(40));
        for body in ["", "[]", "null", "{", "{\"status\":\"CREATED\",\"status\":\"CREATED\"}", deep.as_str()] {
            let answer = send(shop.request(Method::PUT, path, &shop.token).body(body.to_owned())).await;
            assert_eq!(answer.wrong_fields(), ["body"], "{body}");
        }
        let long = changed(order("C1", "COMPLETED"), |o| o["comment"] = json!("x".repeat(1 << 20)));
        assert_eq!(shop.put_order("B1", long).await.status, 413);
        assert_eq!(shop.put_order("a%0Ab", order("C1", "COMPLETED")).await.status, 400);
        assert_eq!(shop.put_order(&"x".repeat(256), order("C1", "COMPLETED")).await.wrong_fields(), ["orderId"]);
        assert_eq!(shop.get_order("B1").await.status, 404);
        assert_eq!(shop.get("/reward-points/customer/C1").await.status, 404);
    }

    async fn what_is_left_out_is_worked_out_and_what_is_unknown_is_ignored(app, _clock) {
        let shop = Shop::open(app).await.with_orders().await;
        let known = shop.put_order("B%2F1%20ü", json!({
            "customerId": "C1", "status": "COMPLETED", "currency": "eur", "totals": {"gross": "20.50"}, "more": {"a": [1]},
            "items": [{"id": "1", "quantity": 3, "unitPrice": "6.50", "colour": "red"}],
        })).await.json_of(200);
        assert_eq!(known["orderId"], "B/1 ü");
        assert_eq!((&known["siteCode"], &known["currency"]), (&json!("main"), &json!("EUR")));
        assert_eq!(known["totals"], json!({"gross": 20.5, "net": 20.5, "tax": 0, "shipping": 0, "discount": 0}));
        assert_eq!(known["items"][0]["total"], json!(19.5));
        assert_eq!(known["points"]["explanation"], "20.50 gross x 1 = 20.5, rounded down: 20");
        assert!(known["completedAt"].is_string());
        shop.proven().await;
    }

    async fn orders_take_their_own_scope_and_tenant(app, _clock) {
        let shop = Shop::open(app).await;
        assert_eq!(shop.put_order("B1", order("C1", "COMPLETED")).await.status, 403);
        assert_eq!(shop.get_order("B1").await.status, 403);
        let other = Shop::called(app, "other", &shop.url).await.with_orders().await;
        let path = "/reward-points/acme/orders/B1";
        let put = send(shop.request(Method::PUT, path, &other.token).json(&order("C1", "COMPLETED"))).await;
        assert_eq!((put.status, send(shop.request(Method::GET, path, &other.token)).await.status), (403, 403));
        let shop = shop.with_orders().await;
        shop.put_order("B1", order("C1", "COMPLETED")).await.json_of(200);
        assert_eq!(other.get_order("B1").await.status, 404);
        other.put_order("B1", order("C1", "COMPLETED")).await.json_of(200);
        assert_eq!((shop.balance("C1").await, other.balance("C1").await), (104, 104));
        shop.proven().await;
    }

    async fn an_order_reopens_a_closed_account_and_zero_points_open_none(app, _clock) {
        let shop = Shop::open(app).await.with_orders().await;
        let nothing = changed(order("C1", "COMPLETED"), |o| o["totals"] = json!({"gross": 0.99}));
        let known = shop.put_order("B1", nothing).await.json_of(200);
        assert_eq!((&known["points"]["earned"], &known["points"]["state"]), (&json!(0), &json!("none")));
        assert_eq!(shop.get("/reward-points/customer/C1").await.status, 404);
        shop.put_order("B2", order("C1", "COMPLETED")).await.json_of(200);
        shop.delete("/reward-points/customer/C1").await.empty(200);
        shop.put_order("B3", order("C1", "COMPLETED")).await.json_of(200);
        assert_eq!(shop.balance("C1").await, 104);
        shop.proven().await;
    }
}
