//! Redemption options over HTTP, as the contract has them.

use guerdon::{
    domain::{ids::CustomerId, site_change::SiteChange},
    service::{
        sites,
        tokens::{self, CustomerToken},
    },
};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{
    common::on_both,
    shop::{Shop, caller, header, read},
};

const PATH: &str = "/reward-points/acme/redeemOptions";
const MANAGE: &str = "rewardspoints.rewardpoints_manage";
const VIEW: &str = "rewardspoints.rewardpoints_view";

/// The contract's own example.
fn sample() -> Value {
    json!({
        "type": "coupon", "name": "10 Euro Gutschein", "description": "Für 90 Punkte", "points": 90,
        "coupon": {
            "name": "Gutschein über 10 Euro", "description": "aus 1000 Bonuspunkten", "discountType": "ABSOLUTE",
            "discountAbsolute": {"amount": 10, "currency": "EUR"}, "allowAnonymous": true, "maxRedemptions": 1,
            "status": "VALID"
        }
    })
}

fn with(mut option: Value, changes: &[(&str, Value)]) -> Value {
    for (path, value) in changes {
        match option.pointer_mut(path) {
            Some(place) => *place = value.clone(),
            None => option[path.trim_start_matches('/')] = value.clone(),
        }
    }
    option
}

async fn send(shop: &Shop, method: Method, path: &str, token: &str, body: &Value) -> Response {
    shop.request(method, path).bearer_auth(token).body(body.to_string()).send().await.unwrap()
}

async fn get(shop: &Shop, path: &str, token: &str) -> (u16, Value) {
    read(shop.request(Method::GET, path).bearer_auth(token).send().await.unwrap()).await
}

/// Makes an option and gives its id.
async fn make(shop: &Shop, token: &str, option: &Value) -> String {
    let (status, all) = read(shop.post(PATH, token, option.to_string()).await).await;
    assert_eq!(status, 200, "{all}");
    all.as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned()
}

async fn customer_token(shop: &Shop, customer: &str) -> String {
    let wanted = CustomerToken { customer: CustomerId::parse(customer).unwrap(), secs: 900, client: None };
    tokens::issue_to_customer(&shop.app, &caller("acme"), &wanted, None).await.unwrap().access_token
}

on_both! {
    async fn creating_answers_all_options(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(MANAGE).await;
        let (status, all) = read(shop.post(PATH, &token, sample().to_string()).await).await;
        assert_eq!((status, all.as_array().unwrap().len()), (200, 1));
        let id = all[0]["id"].clone();
        let now = app.now().to_contract_z();
        let expected = with(sample(), &[("/id", id),
            ("/metadata", json!({"version": 1, "createdAt": now, "modifiedAt": now}))]);
        assert_eq!(all, json!([expected]));
        let answer = shop.post(PATH, &token, with(sample(), &[("/name", json!("Zweiter"))]).to_string()).await;
        assert_eq!(header(&answer, "content-type"), Some("application/json"));
        let (_, all) = read(answer).await;
        assert_eq!((&all[0], &all[1]["name"], &all[1]["metadata"]["version"]), (&expected, &json!("Zweiter"), &json!(1)));
        assert_eq!(get(&shop, PATH, &token).await, (200, all));
    }

    async fn a_change_needs_the_newest_version(app, clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(MANAGE).await;
        let id = make(&shop, &token, &sample()).await;
        let path = format!("{PATH}/{id}");
        let created = app.now().to_contract_z();
        clock.set(app.now().plus_secs(5));
        let changed = with(sample(), &[("/points", json!(80)), ("/metadata", json!({"version": 1}))]);
        let answer = send(&shop, Method::PUT, &path, &token, &changed).await;
        assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (200, ""));
        let (_, option) = get(&shop, &path, &token).await;
        assert_eq!(option["points"], 80);
        let metadata = json!({"version": 2, "createdAt": created, "modifiedAt": app.now().to_contract_z()});
        assert_eq!(option["metadata"], metadata);
        // Somebody else had read version 1, too.
        let refused = read(send(&shop, Method::PUT, &path, &token, &changed).await).await;
        let message = format!("The resource that was requested for update with id = {id} has changed. Please retry \
            your request with valid version");
        let body = json!({"status": 409, "message": "RedeemOption not Updated", "details": {"message": message}});
        assert_eq!(refused, (409, body));
        assert_eq!(get(&shop, &path, &token).await.1, option);
        for metadata in [Value::Null, json!({}), json!({"version": null, "createdAt": "x"})] {
            let blind = with(sample(), &[("/metadata", metadata)]);
            assert_eq!(send(&shop, Method::PUT, &path, &token, &blind).await.status(), 200);
        }
        assert_eq!(get(&shop, &path, &token).await.1["metadata"]["version"], 5);
    }

    async fn what_does_not_fit_is_named_and_changes_nothing(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(MANAGE).await;
        let id = make(&shop, &token, &sample()).await;
        let (_, before) = get(&shop, PATH, &token).await;
        let wrong = [
            ("type", with(sample(), &[("/type", json!("gift"))])),
            ("name", with(sample(), &[("/name", Value::Null)])),
            ("points", with(sample(), &[("/points", json!(0))])),
            ("points", with(sample(), &[("/points", json!(1.5))])),
            ("points", with(sample(), &[("/points", json!("90"))])),
            ("points", with(sample(), &[("/points", json!(1_000_000_001))])),
            ("coupon", with(sample(), &[("/coupon", Value::Null)])),
            ("coupon.discountType", with(sample(), &[("/coupon/discountType", json!("FREE_SHIPPING"))])),
            ("coupon.discountAbsolute", with(sample(), &[("/coupon/discountAbsolute", json!({"amount": -1, "currency": "EUR"}))])),
            ("coupon.discountAbsolute", with(sample(), &[("/coupon/discountAbsolute", json!({"amount": 1, "currency": "XXX"}))])),
            ("sites", with(sample(), &[("/sites", json!(["nowhere"]))])),
            ("stock", with(sample(), &[("/stock", json!(-1))])),
            ("activeUntil", with(sample(), &[("/activeFrom", json!("2027-02-01T00:00:00Z")), ("/activeUntil", json!("2027-01-01T00:00:00Z"))])),
            ("activeFrom", with(sample(), &[("/activeFrom", json!("tomorrow"))])),
            ("boundToCustomer", with(sample(), &[("/boundToCustomer", json!(true))])),
            ("names", with(sample(), &[("/names", json!({"de": "Zehner"}))])),
            ("body", json!([])),
            ("body", json!(null)),
            ("type", json!({})),
        ];
        for (field, body) in wrong {
            let put = format!("{PATH}/{id}");
            for (method, path) in [(Method::POST, PATH), (Method::PUT, put.as_str())] {
                let (status, answer) = read(send(&shop, method.clone(), path, &token, &body).await).await;
                assert_eq!((status, &answer["title"]), (400, &json!("Bad Request")), "{method} {body}");
                assert_eq!(answer["instance"], path.strip_prefix("/reward-points").unwrap());
                let fields: Vec<_> = answer["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
                assert!(fields.contains(&&json!(field)), "{method} {body}: {answer}");
            }
        }
        for metadata in [json!({"version": "1"}), json!({"version": 1.5}), json!([1])] {
            let body = with(sample(), &[("/metadata", metadata)]);
            assert_eq!(read(send(&shop, Method::PUT, &format!("{PATH}/{id}"), &token, &body).await).await.0, 400, "{body}");
        }
        assert_eq!(get(&shop, PATH, &token).await.1, before);
    }

    async fn a_deleted_option_is_gone(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(MANAGE).await;
        let id = make(&shop, &token, &sample()).await;
        let path = format!("{PATH}/{id}");
        let answer = send(&shop, Method::DELETE, &path, &token, &Value::Null).await;
        assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (204, ""));
        let gone = json!({
            "type": "resource_not_found", "status": 404, "message": format!("No redeem option found with id {id}"),
        });
        for method in [Method::DELETE, Method::GET, Method::PUT] {
            let answer = send(&shop, method.clone(), &path, &token, &sample()).await;
            assert_eq!(read(answer).await, (404, gone.clone()), "{method}");
        }
        assert_eq!(get(&shop, PATH, &token).await, (200, json!([])));
        assert_eq!(get(&shop, &format!("{PATH}/none%2Fhere"), &token).await.1["message"],
            "No redeem option found with id none/here");
    }

    async fn only_programs_with_the_scope_change_options(app, _clock) {
        let shop = Shop::open(app).await;
        let manager = shop.token(MANAGE).await;
        let id = make(&shop, &manager, &sample()).await;
        let path = format!("{PATH}/{id}");
        let (viewer, customer) = (shop.token(VIEW).await, customer_token(&shop, "C1").await);
        for token in [&viewer, &customer] {
            for (method, path) in [(Method::POST, PATH), (Method::PUT, &path), (Method::DELETE, &path)] {
                let (status, body) = read(send(&shop, method.clone(), path, token, &sample()).await).await;
                assert_eq!((status, &body["code"], &body["status"]), (403, &json!(403), &json!("Forbidden")), "{method}");
                assert_eq!(body["details"][1], format!("missing scope: {MANAGE}"));
            }
            assert_eq!(get(&shop, PATH, token).await.0, 200);
            assert_eq!(get(&shop, &path, token).await.1["id"], json!(id));
        }
        let nobody = shop.request(Method::GET, PATH).send().await.unwrap();
        assert_eq!(read(nobody).await.1["fault"]["faultstring"], "Invalid access token");
        let other_tenant = path.replace("acme", "beta");
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let answer = send(&shop, method.clone(), &other_tenant, &manager, &sample()).await;
            assert_eq!(read(answer).await.0, 403, "{method}");
        }
        assert_eq!(read(shop.post("/reward-points/beta/redeemOptions", &manager, "{}").await).await.0, 403);
        assert_eq!(get(&shop, &path, &manager).await.1["metadata"]["version"], 1);
    }

    async fn customers_see_what_can_be_had_and_programs_all_of_it(app, clock) {
        let shop = Shop::open(app).await;
        let code = guerdon::domain::ids::SiteCode::parse("at").unwrap();
        sites::create(app, &caller("acme"), &code, &SiteChange::default()).await.unwrap();
        let (token, customer) = (shop.token(MANAGE).await, customer_token(&shop, "C1").await);
        let in_a_minute = json!(app.now().plus_secs(60).to_contract_z());
        for (name, field, value) in [
            ("always", "/pointsAfterCoupon", json!(0)),
            ("draft", "/active", json!(false)),
            ("later", "/activeFrom", in_a_minute),
            ("none left", "/stock", json!(0)),
            ("at", "/sites", json!(["at"])),
        ] {
            make(&shop, &token, &with(sample(), &[("/name", json!(name)), (field, value)])).await;
        }
        let names = async |path: &str, token: &str| {
            let (status, all) = get(&shop, path, token).await;
            assert_eq!(status, 200, "{all}");
            let names = all.as_array().unwrap().iter().map(|option| option["name"].as_str().unwrap().to_owned());
            names.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(names(PATH, &token).await, "always, draft, later, none left, at");
        assert_eq!(names(PATH, &customer).await, "always, at");
        assert_eq!(names(&format!("{PATH}?siteCode=main"), &customer).await, "always");
        assert_eq!(names(&format!("{PATH}?siteCode=at"), &token).await, "always, draft, later, none left, at");
        assert_eq!(get(&shop, &format!("{PATH}?siteCode=xx"), &customer).await.1["errors"][0]["field"], "siteCode");
        let (_, all) = get(&shop, PATH, &token).await;
        assert_eq!((&all[1]["active"], &all[3]["stockLeft"]), (&json!(false), &json!(0)));
        for hidden in [1, 2, 3] {
            let path = format!("{PATH}/{}", all[hidden]["id"].as_str().unwrap());
            assert_eq!((get(&shop, &path, &customer).await.0, get(&shop, &path, &token).await.0), (404, 200));
        }
        clock.set(app.now().plus_secs(60));
        assert_eq!(names(PATH, &customer).await, "always, later, at");
    }

    async fn a_repeated_key_creates_once(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(MANAGE).await;
        let post = async |body: &Value| {
            let request = shop.request(Method::POST, PATH).bearer_auth(&token).header("Idempotency-Key", "k1");
            request.body(body.to_string()).send().await.unwrap()
        };
        let first = post(&sample()).await;
        assert_eq!(header(&first, "idempotent-replayed"), None);
        let first = read(first).await;
        let again = post(&sample()).await;
        assert_eq!(header(&again, "idempotent-replayed"), Some("true"));
        assert_eq!(read(again).await, first);
        assert_eq!(read(post(&with(sample(), &[("/points", json!(1))])).await).await.0, 422);
        assert_eq!(get(&shop, PATH, &token).await.1.as_array().unwrap().len(), 1);
    }

    async fn a_client_of_the_plain_contract_leaves_the_rest_alone(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(MANAGE).await;
        let full = with(sample(), &[("/stock", json!(7)), ("/maxPerCustomer", json!(1)), ("/sites", json!(["main"])),
            ("/names", json!({"de": {"name": "Zehner", "description": ""}})), ("/couponLifetimeDays", json!(30))]);
        let id = make(&shop, &token, &full).await;
        let path = format!("{PATH}/{id}");
        let renamed = with(sample(), &[("/name", json!("New")), ("/metadata", json!({"version": 1}))]);
        assert_eq!(send(&shop, Method::PUT, &path, &token, &renamed).await.status(), 200);
        let (_, option) = get(&shop, &path, &token).await;
        assert_eq!((&option["name"], &option["stock"], &option["stockLeft"]), (&json!("New"), &json!(7), &json!(7)));
        for field in ["maxPerCustomer", "sites", "names", "couponLifetimeDays"] {
            assert_eq!(option[field], full[field]);
        }
        // What was read can be sent back as it is, and null takes a field away.
        assert_eq!(send(&shop, Method::PUT, &path, &token, &option).await.status(), 200);
        let less = with(sample(), &[("/stock", Value::Null), ("/names", Value::Null), ("/sites", json!([]))]);
        assert_eq!(send(&shop, Method::PUT, &path, &token, &less).await.status(), 200);
        let (_, option) = get(&shop, &path, &token).await;
        assert_eq!([&option["stock"], &option["stockLeft"], &option["names"], &option["sites"]], [&Value::Null; 4]);
        assert_eq!((&option["maxPerCustomer"], &option["metadata"]["version"]), (&json!(1), &json!(4)));
    }

    async fn money_is_exact(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(MANAGE).await;
        let body = sample().to_string().replace("\"amount\":10", "\"amount\":0.30000000");
        let body = body.replace("\"maxRedemptions\":1", "\"maxRedemptions\":1,\"restrictions\":{\"minOrderValue\":{\"amount\":49.90,\"currency\":\"EUR\"}}");
        let answer = shop.post(PATH, &token, body).await.text().await.unwrap();
        assert!(answer.contains("\"amount\":0.3,"), "{answer}");
        assert!(answer.contains("\"amount\":49.9,"), "{answer}");
        assert!(answer.contains("\"points\":90,"), "{answer}");
    }
}
