//! Reward points: operations 1 to 10 of the contract.

use guerdon::domain::{site_change::SiteChange, time::Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::on_both,
    shop::{Shop, send},
};

/// The values of one field of a list of objects.
fn each(list: &Value, field: &str) -> Vec<Value> {
    list.as_array().unwrap().iter().map(|item| item[field].clone()).collect()
}

on_both! {
    async fn an_account_opens_once_with_points_or_without(app, _clock) {
        let shop = Shop::open(app).await;
        let body = json!({"customerId": "another", "startPoints": {
            "id": "first", "reference-id": "B7", "description": "Welcome", "points": 20,
            "createdAt": "2019-08-24T14:15:22Z", "allPointsAfterCreation": 99, "usedPoints": 5,
            "validUntil": "2029-08-24T14:15:22Z", "usedWith": ["x"],
        }});
        shop.post("/reward-points/customer/C1", body).await.empty(200);
        shop.post("/reward-points/customer/C2", json!({"points": 7})).await.empty(200);
        shop.post("/reward-points/customer/C3", json!({})).await.empty(200);
        assert_eq!((shop.balance("C1").await, shop.balance("C2").await, shop.balance("C3").await), (20, 7, 0));
        assert_eq!(shop.get("/reward-points/customer/another").await.status, 404);
        let conflict = shop.post("/reward-points/customer/C2", json!({"points": 7})).await.json_of(409);
        assert_eq!(
            conflict,
            json!({
                "status": 409, "type": "application/json", "message": "New Reward Point Entry not Created", "moreInfo": "",
                "details": [{
                    "field": null, "type": null, "moreInfo": "",
                    "message": "Couldn't create a new reward point entry for the customer 'C2'",
                }],
            })
        );
    }

    async fn the_summary_shows_what_came_and_what_went(app, clock) {
        let shop = Shop::open(app).await;
        let add = |body: Value| shop.post("/reward-points/customer/C1/addPoints", body);
        let redeem = |body: Value| shop.post("/reward-points/customer/C1/redeemPoints", body);
        add(json!({"id": "a1", "reference-id": "B1", "description": "Order B1", "points": 200,
            "validUntil": "2028-01-01T00:00:00Z"})).await.empty(201);
        clock.set(Timestamp::parse("2027-01-15T12:00:00.591Z").unwrap());
        redeem(json!({"id": "r1", "description": "test desc", "points": 50})).await.empty(201);
        // Ends before the first, and so is spent before it.
        add(json!({"id": "a2", "points": 100, "validUntil": "2027-06-01T02:00:00.123+02:00"})).await.empty(201);
        redeem(json!({"id": "r2", "points": 130})).await.empty(201);
        add(json!({"id": "a3", "points": 5})).await.empty(201);
        redeem(json!({"id": "r3", "points": 125})).await.empty(201);

        let summary = shop.summary("C1").await;
        assert_eq!(summary, json!({
            "customerId": "C1", "activePoints": 0,
            "summary": {
                "addedPointsList": [
                    {"id": "a1", "reference-id": "B1", "description": "Order B1", "points": 200,
                        "createdAt": "2027-01-15T12:00:00.000+00:00", "allPointsAfterCreation": 200,
                        "usedPoints": 200, "validUntil": "2028-01-01T00:00:00.000+00:00", "usedWith": ["r1", "r2", "r3"]},
                    {"id": "a2", "reference-id": null, "description": "", "points": 100,
                        "createdAt": "2027-01-15T12:00:00.591+00:00", "allPointsAfterCreation": 250,
                        "usedPoints": 100, "validUntil": "2027-06-01T00:00:00.123+00:00", "usedWith": ["r2"]},
                    // A year later, at the start of that day in Berlin.
                    {"id": "a3", "reference-id": null, "description": "", "points": 5,
                        "createdAt": "2027-01-15T12:00:00.591+00:00", "allPointsAfterCreation": 125,
                        "usedPoints": 5, "validUntil": "2028-01-14T23:00:00.000+00:00", "usedWith": ["r3"]},
                ],
                "redeemedPointsList": [
                    {"id": "r1", "description": "test desc", "points": 50,
                        "createdAt": "2027-01-15T12:00:00.591+00:00", "allPointsAfterCreation": 150},
                    {"id": "r2", "description": "", "points": 130,
                        "createdAt": "2027-01-15T12:00:00.591+00:00", "allPointsAfterCreation": 120},
                    {"id": "r3", "description": "", "points": 125,
                        "createdAt": "2027-01-15T12:00:00.591+00:00", "allPointsAfterCreation": 0},
                ],
            },
        }));
    }

    async fn what_expired_stays_in_the_list_and_is_not_used(app, clock) {
        let shop = Shop::open(app).await;
        let path = "/reward-points/customer/C1/addPoints";
        shop.post(path, json!({"id": "a1", "points": 100, "validUntil": "2027-02-01T00:00:00Z"})).await.empty(201);
        shop.post(path, json!({"id": "a2", "points": 10, "validUntil": "2027-03-01T00:00:00Z"})).await.empty(201);
        shop.post("/reward-points/customer/C1/redeemPoints", json!({"id": "r1", "points": 30})).await.empty(201);
        let shop = shop.at(clock, "2027-01-31T23:59:59.999999Z").await;
        assert_eq!(shop.balance("C1").await, 80);
        let shop = shop.at(clock, "2027-02-01T00:00:00Z").await;
        for expiry_is_recorded in [false, true] {
            if expiry_is_recorded {
                shop.post(path, json!({"id": "a3", "points": 1})).await.empty(201);
            }
            let summary = shop.summary("C1").await;
            let added = &summary["summary"]["addedPointsList"];
            assert_eq!(added[0]["usedPoints"], 30, "{summary}");
            assert_eq!(added[0]["usedWith"], json!(["r1"]));
            assert_eq!(summary["summary"]["redeemedPointsList"].as_array().unwrap().len(), 1);
            assert_eq!(summary["activePoints"], 10 + i64::from(expiry_is_recorded));
        }
    }

    async fn a_closed_account_is_gone_and_may_open_again(app, _clock) {
        let shop = Shop::open(app).await;
        shop.delete("/reward-points/customer/C1").await.empty(200);
        shop.add("C1", 100).await;
        shop.delete("/reward-points/customer/C1").await.empty(200);
        shop.delete("/reward-points/customer/C1").await.empty(200);
        let gone = json!({
            "type": "resource_not_found", "status": 404, "message": "No reward points found for customer C1",
        });
        for path in ["", "/summary", "/entries"] {
            assert_eq!(shop.get(&format!("/reward-points/customer/C1{path}")).await.json_of(404), gone);
        }
        let redeem = shop.post("/reward-points/customer/C1/redeemPoints", json!({"points": 1})).await;
        assert_eq!(redeem.json_of(404), gone);
        shop.post("/reward-points/customer/C1", json!({"points": 3})).await.empty(200);
        let summary = shop.summary("C1").await;
        assert_eq!(summary["activePoints"], 3);
        assert_eq!(summary["summary"]["addedPointsList"].as_array().unwrap().len(), 1);
        let entries = shop.get("/reward-points/customer/C1/entries").await.json_of(200);
        assert_eq!(each(&entries["entries"], "kind"), ["added"]);
    }

    async fn a_site_says_how_long_points_are_good(app, _clock) {
        let shop = Shop::open(app).await;
        shop.site("us", SiteChange {
            zone: Some(chrono_tz::America::New_York), validity_months: Some(1), ..SiteChange::default()
        }).await;
        let path = "/reward-points/customer/C1/addPoints";
        shop.post(&format!("{path}?siteCode=us"), json!({"points": 1})).await.empty(201);
        shop.post(&format!("{path}?siteCode=main"), json!({"points": 1})).await.empty(201);
        let summary = shop.summary("C1").await;
        let ends = each(&summary["summary"]["addedPointsList"], "validUntil");
        assert_eq!(ends, ["2027-02-15T05:00:00.000+00:00", "2028-01-14T23:00:00.000+00:00"]);
        for path in [path, "/reward-points/customer/C2"] {
            let unknown = shop.post(&format!("{path}?siteCode=fr"), json!({"points": 1})).await;
            assert_eq!(unknown.json_of(400), json!({
                "type": "about:blank", "title": "Bad Request", "status": 400,
                "detail": "siteCode: There is no site `fr`. Give one of: main, us.",
                "instance": path.strip_prefix("/reward-points").unwrap(),
                "errors": [{"field": "siteCode", "message": "There is no site `fr`. Give one of: main, us."}],
            }));
        }
        assert_eq!(shop.get("/reward-points/customer/C2").await.status, 404);
    }

    async fn a_customer_reads_and_redeems_their_own_points(app, _clock) {
        let shop = Shop::open(app).await;
        shop.site("main", SiteChange { coupon_prefix: Some("LLS".to_owned()), ..SiteChange::default() }).await;
        shop.option("o1", 90, |_| ()).await;
        let token = shop.customer_token("C1").await;
        let own = |method: Method, path: &str| shop.request(method, &format!("/reward-points/public/customer{path}"), &token);
        for path in ["", "/summary"] {
            assert_eq!(send(own(Method::GET, path)).await.json_of(404)["type"], "resource_not_found");
        }
        shop.add("C1", 200).await;
        assert_eq!(send(own(Method::GET, "")).await.json_of(200), 200);

        let options = send(own(Method::GET, "/redeemOptions")).await.json_of(200);
        assert_eq!(each(&options, "id"), ["o1"]);
        let path = "/reward-points/acme/redeemOptions";
        // The same as in the list for everybody, and what it means for this customer.
        let mut own_option = options[0].clone();
        let means = ["missingPoints", "canRedeem"].map(|name| own_option.as_object_mut().unwrap().remove(name));
        assert_eq!(means, [Some(json!(0)), Some(json!(true))]);
        assert_eq!(json!([own_option]), send(shop.request(Method::GET, path, &token)).await.json_of(200));

        let answer = send(own(Method::POST, "/redeem").json(&json!({"id": "o1"}))).await.json_of(200);
        let first = answer["code"].as_str().unwrap();
        assert!(first.starts_with("LLS-") && first.len() == 17, "{answer}");
        let answer = send(own(Method::POST, "/redeem?siteCode=main").json(&json!({"redeemOptionId": "o1"}))).await;
        assert_ne!(answer.json_of(200)["code"], first);
        let short = send(own(Method::POST, "/redeem").json(&json!({"id": "o1"}))).await.json_of(400);
        assert_eq!(short["detail"], "The customer has 20 points; 90 were asked for.");

        let summary = send(own(Method::GET, "/summary")).await.json_of(200);
        assert_eq!(summary, shop.summary("C1").await);
        assert_eq!(summary["activePoints"], 20);
        let redeemed = &summary["summary"]["redeemedPointsList"];
        assert_eq!(each(redeemed, "description"), ["10 Euro Gutschein", "10 Euro Gutschein"]);
        assert_eq!(each(redeemed, "allPointsAfterCreation"), [110, 20]);
        assert_eq!(summary["summary"]["addedPointsList"][0]["usedWith"], json!(each(redeemed, "id")));
    }

    async fn an_option_that_cannot_be_had_takes_no_points(app, clock) {
        let shop = Shop::open(app).await;
        let other = Shop::called(app, "other", &shop.url).await;
        other.option("foreign", 1, |_| ()).await;
        shop.option("inactive", 1, |option| option["active"] = json!(false)).await;
        shop.option("over", 1, |option| option["activeUntil"] = json!("2027-01-15T12:00:00Z")).await;
        shop.option("later", 1, |option| option["activeFrom"] = json!("2027-01-15T12:00:01Z")).await;
        shop.option("sold_out", 1, |option| option["stock"] = json!(0)).await;
        shop.option("elsewhere", 1, |option| option["sites"] = json!(["us"])).await;
        shop.option("once", 1, |option| option["maxPerCustomer"] = json!(1)).await;
        shop.add("C1", 10).await;
        let token = shop.customer_token("C1").await;
        let redeem = |id: &str| {
            let body = json!({"id": id});
            send(shop.request(Method::POST, "/reward-points/public/customer/redeem", &token).json(&body))
        };
        for id in ["unknown", "foreign", "inactive", "over", "later"] {
            let answer = redeem(id).await.json_of(404);
            assert_eq!(answer, json!({
                "type": "resource_not_found", "status": 404, "message": format!("No redeem option found with id {id}"),
            }));
        }
        for id in ["sold_out", "elsewhere"] {
            assert_eq!(redeem(id).await.json_of(400)["title"], "Bad Request", "{id}");
        }
        assert_eq!(shop.balance("C1").await, 10);
        assert_eq!(redeem("once").await.status, 200);
        assert_eq!(redeem("once").await.status, 400);
        clock.set(Timestamp::parse("2027-01-15T12:00:01Z").unwrap());
        assert_eq!(redeem("later").await.status, 200);
        assert_eq!(shop.balance("C1").await, 8);
    }

    async fn the_ledger_is_one_timeline(app, clock) {
        let shop = Shop::open(app).await;
        let path = "/reward-points/customer/C1";
        shop.post(&format!("{path}/addPoints"),
            json!({"id": "a1", "reference-id": "B1", "points": 100, "validUntil": "2027-02-01T00:00:00Z"})).await.empty(201);
        shop.post(&format!("{path}/redeemPoints"), json!({"id": "r1", "points": 30})).await.empty(201);
        let shop = shop.at(clock, "2027-03-01T00:00:00Z").await;
        shop.post(&format!("{path}/addPoints"), json!({"id": "a2", "points": 5})).await.empty(201);
        let first = shop.get(&format!("{path}/entries?pageSize=2")).await.json_of(200);
        assert_eq!(first, json!({
            "customerId": "C1",
            "entries": [
                {"sequence": 1, "id": "a1", "kind": "added", "points": 100, "balanceAfter": 100,
                    "createdAt": "2027-01-15T12:00:00.000+00:00", "validUntil": "2027-02-01T00:00:00.000+00:00",
                    "reference-id": "B1", "siteCode": "main", "actor": "client", "source": "api"},
                {"sequence": 2, "id": "r1", "kind": "redeemed", "points": -30, "balanceAfter": 70,
                    "createdAt": "2027-01-15T12:00:00.000+00:00", "actor": "client", "source": "api",
                    "used": [{"id": "a1", "points": 30}]},
            ],
            "next": 2,
        }));
        let second = shop.get(&format!("{path}/entries?pageSize=2&after=2")).await.json_of(200);
        assert_eq!(each(&second["entries"], "kind"), ["expired", "added"]);
        assert_eq!(second["entries"][0]["createdAt"], "2027-02-01T00:00:00.000+00:00");
        assert_eq!(second["entries"][0]["actor"], "system");
        assert_eq!(second["entries"][0]["used"], json!([{"id": "a1", "points": 70}]));
        assert_eq!(second.get("next"), None);

        for (at, balance) in [
            ("2027-01-15T11:59:59Z", 0), ("2027-01-15T12:00:00Z", 70), ("2027-01-31T23:59:59.999Z", 70),
            ("2027-02-01T01:00:00%2B01:00", 0), ("2027-03-01T00:00:00Z", 5),
        ] {
            assert_eq!(shop.get(&format!("{path}?at={at}")).await.json_of(200), balance, "{at}");
        }
        for at in ["2027-03-01T00:00:01Z", "yesterday", ""] {
            assert_eq!(shop.get(&format!("{path}?at={at}")).await.wrong_fields(), ["at"], "{at}");
        }
        for query in ["after=0", "after=-1", "after=x", "pageSize=0", "pageSize=1001", "pageSize=1.5", "pageSize=%2B2"] {
            assert_eq!(shop.get(&format!("{path}/entries?{query}")).await.wrong_fields().len(), 1, "{query}");
        }
    }
}
