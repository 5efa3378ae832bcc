//! What storefronts ask beyond the contract: points for a basket, what is missing for an option, what ends when, one's
//! own coupons and entries, and answers that need not be sent again.

use guerdon::{
    domain::{
        ids::{CustomerId, SiteCode},
        points::Points,
        site::Basis,
        site_change::SiteChange,
        tenant::TenantChange,
    },
    service::{
        sites, tenants,
        tokens::{self, CustomerToken},
    },
};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{
    common::on_both,
    shop::{ALL, Shop, caller, header, read},
};

const OWN: &str = "/reward-points/public/customer";
const BASKET: &str = "/reward-points/acme/basket";

async fn customer(shop: &Shop, id: &str) -> String {
    let wanted = CustomerToken { customer: CustomerId::parse(id).unwrap(), secs: 900, client: None };
    tokens::issue_to_customer(&shop.app, &caller("acme"), &wanted, None).await.unwrap().access_token
}

async fn guest(shop: &Shop) -> String {
    tokens::issue_to_guest(&shop.app, &caller("acme").tenant).await.unwrap().unwrap().access_token
}

async fn get(shop: &Shop, path: &str, token: &str) -> (u16, Value) {
    read(shop.request(Method::GET, path).bearer_auth(token).send().await.unwrap()).await
}

async fn good(shop: &Shop, path: &str, token: &str) -> Value {
    let (status, body) = get(shop, path, token).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

async fn send(shop: &Shop, method: Method, path: &str, token: &str, body: &Value) -> Response {
    shop.request(method, path).bearer_auth(token).body(body.to_string()).send().await.unwrap()
}

async fn add(shop: &Shop, service: &str, id: &str, body: &Value) {
    let answer = send(shop, Method::POST, &format!("/reward-points/customer/{id}/addPoints"), service, body).await;
    assert_eq!(answer.status(), 201);
}

/// Makes an option with these fields beside the plain ones, and gives its id.
async fn option(shop: &Shop, service: &str, fields: Value) -> String {
    let mut option = json!({"type": "coupon", "name": "Voucher", "points": 50, "coupon": {
        "name": "Voucher", "discountType": "ABSOLUTE", "discountAbsolute": {"amount": 5, "currency": "EUR"},
        "maxRedemptions": 1, "allowAnonymous": true,
    }});
    option.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let (status, all) = read(shop.post("/reward-points/acme/redeemOptions", service, option.to_string()).await).await;
    assert_eq!(status, 200, "{all}");
    all.as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned()
}

async fn redeem(shop: &Shop, token: &str, option: &str) -> (u16, Value) {
    read(send(shop, Method::POST, &format!("{OWN}/redeem"), token, &json!({"id": option})).await).await
}

async fn change_rule(shop: &Shop, change: SiteChange) {
    sites::change(&shop.app, &caller("acme"), &SiteCode::main(), None, &change).await.unwrap();
}

on_both! {
    async fn a_basket_earns_what_its_order_earns(app, clock) {
        let shop = Shop::open(app).await;
        change_rule(&shop, SiteChange {
            enabled: Some(true), factor: Some("1.5".parse().unwrap()), basis: Some(Basis::Net), with_shipping: Some(false),
            after_discounts: Some(true), cap_per_order: Some(Some(Points::new(1_000).unwrap())), pending_days: Some(14),
            ..SiteChange::default()
        }).await;
        clock.set(app.now().plus_secs(1));
        let (service, own, guest) = (shop.token(ALL).await, customer(&shop, "C1").await, guest(&shop).await);
        for (n, totals) in [
            json!({"gross": 119, "net": 100, "shipping": "4.90", "discount": 10}),
            json!({"gross": "129.00"}),
            json!({"gross": 0}),
            json!({"gross": 5, "discount": 10}),
            json!({"gross": 99_999}),
        ].into_iter().enumerate() {
            let basket = json!({"currency": "EUR", "totals": totals, "items": [{"sku": "TENT"}]});
            let mut told = Value::Null;
            for token in [&service, &own, &guest] {
                let (status, body) = read(send(&shop, Method::POST, BASKET, token, &basket).await).await;
                assert_eq!(status, 200, "{body}");
                told = body;
            }
            let path = format!("/reward-points/acme/orders/B{n}");
            assert_eq!(get(&shop, &path, &service).await.0, 404, "nothing was kept");
            let order = json!({"currency": "EUR", "totals": totals, "status": "COMPLETED", "customerId": "C1"});
            let (status, order) = read(send(&shop, Method::PUT, &path, &service, &order).await).await;
            assert_eq!(status, 200, "{order}");
            assert_eq!(told["points"], order["points"]["earned"], "{told} {order}");
            for name in ["explanation", "ruleVersion", "availableFrom", "validUntil"] {
                assert_eq!(told[name], order["points"][name], "{name}: {told} {order}");
            }
            assert_eq!((&told["siteCode"], &told["currency"]), (&json!("main"), &json!("EUR")));
        }
        let (_, short) = read(send(&shop, Method::POST, &format!("{BASKET}?siteCode=main"), &guest,
            &json!({"amount": 129.00, "currency": "EUR"})).await).await;
        assert_eq!((&short["points"], &short["explanation"]), (&json!(193), &json!("129.00 net x 1.5 = 193.5, rounded down: 193")));
        change_rule(&shop, SiteChange { enabled: Some(false), ..SiteChange::default() }).await;
        clock.set(app.now().plus_secs(1));
        let (status, off) = read(send(&shop, Method::POST, BASKET, &guest, &json!({"amount": 9, "currency": "EUR"})).await).await;
        assert_eq!((status, &off["points"], off.get("validUntil")), (200, &json!(0), None));
        assert!(off["explanation"].as_str().unwrap().contains("switched off"), "{off}");
    }

    async fn a_basket_that_does_not_fit_is_refused_as_an_order_is(app, _clock) {
        let shop = Shop::open(app).await;
        let guest = guest(&shop).await;
        for (path, body, field) in [
            (BASKET.to_owned(), json!({"amount": 1, "currency": "USD"}), "currency"),
            (format!("{BASKET}?siteCode=nowhere"), json!({"amount": 1, "currency": "EUR"}), "siteCode"),
            (BASKET.to_owned(), json!({"amount": 1, "currency": "EUR", "siteCode": "nowhere"}), "siteCode"),
            (BASKET.to_owned(), json!({"amount": -1, "currency": "EUR"}), "amount"),
            (BASKET.to_owned(), json!({"currency": "EUR"}), "totals"),
            (BASKET.to_owned(), json!([]), "body"),
        ] {
            let (status, answer) = read(send(&shop, Method::POST, &path, &guest, &body).await).await;
            assert_eq!((status, answer["errors"][0]["field"].as_str()), (400, Some(field)), "{body}: {answer}");
        }
        let body = json!({"amount": 1, "currency": "EUR"});
        assert_eq!(send(&shop, Method::POST, BASKET, "gdt_acme.x", &body).await.status(), 401);
        assert_eq!(send(&shop, Method::POST, "/reward-points/beta/basket", &guest, &body).await.status(), 403);
        assert_eq!(send(&shop, Method::GET, BASKET, &guest, &body).await.status(), 405);
    }

    async fn options_tell_what_is_missing_and_that_is_true(app, clock) {
        let shop = Shop::open(app).await;
        let service = shop.token(ALL).await;
        let cheap = option(&shop, &service, json!({"points": 40})).await;
        let dear = option(&shop, &service, json!({"points": 1_000})).await;
        let once = option(&shop, &service, json!({"points": 10, "maxPerCustomer": 1})).await;
        let last = option(&shop, &service, json!({"points": 10, "stock": 1})).await;
        let later = option(&shop, &service, json!({"points": 10, "activeFrom": "2030-01-01T00:00:00Z"})).await;
        let ended = option(&shop, &service, json!({"points": 10, "activeUntil": "2027-01-01T00:00:00Z"})).await;
        let elsewhere = option(&shop, &service, json!({"points": 10, "active": false})).await;
        let own = customer(&shop, "C1").await;
        let list = format!("{OWN}/redeemOptions");
        // Without an account everything is out of reach.
        let all = good(&shop, &list, &own).await;
        assert!(all.as_array().unwrap().iter().all(|one| one["canRedeem"] == false && one["missingPoints"] == one["points"]));
        add(&shop, &service, "C1", &json!({"points": 153})).await;
        for id in [&once, &last] {
            assert_eq!(redeem(&shop, &own, id).await.0, 200);
        }
        let told = async |path: &str| -> Vec<(String, i64, bool, Option<String>)> {
            let all = good(&shop, path, &own).await;
            let one = |one: &Value| (one["id"].as_str().unwrap().to_owned(), one["missingPoints"].as_i64().unwrap(),
                one["canRedeem"].as_bool().unwrap(), one["reason"].as_str().map(str::to_owned));
            assert!(all.as_array().unwrap().iter().all(|one| one["coupon"]["discountAbsolute"]["amount"] == 5), "{all}");
            all.as_array().unwrap().iter().map(one).collect()
        };
        let reason = |text: &str| Some(text.to_owned());
        let offered = [(cheap.clone(), 0, true, None), (dear.clone(), 867, false, reason("points")),
            (once.clone(), 0, false, reason("limit"))];
        assert_eq!(told(&list).await, offered);
        assert_eq!(told(&format!("{list}?siteCode=main&unavailable=false")).await, offered);
        let everything = told(&format!("{list}?unavailable=true")).await;
        assert_eq!(everything[3..], [(last.clone(), 0, false, reason("soldOut")), (later.clone(), 0, false, reason("notYet"))]);
        for (id, _, can, _) in everything {
            let (status, answer) = redeem(&shop, &own, &id).await;
            assert_eq!(status == 200, can, "{id}: {answer}");
        }
        for id in [ended, elsewhere] {
            assert_eq!(redeem(&shop, &own, &id).await.0, 404);
        }
        assert_eq!(get(&shop, &format!("{list}?unavailable=1"), &own).await.0, 400);
        assert_eq!(get(&shop, &format!("{list}?siteCode=nowhere"), &own).await.0, 400);
        // Programs and guests see the plain contract.
        let plain = good(&shop, "/reward-points/acme/redeemOptions", &guest(&shop).await).await;
        assert!(plain[0].get("canRedeem").is_none(), "{plain}");
        clock.set(app.now().plus_secs(1));
    }

    async fn what_ends_is_told_by_instant_the_soonest_first(app, _clock) {
        let shop = Shop::open(app).await;
        let service = shop.token(ALL).await;
        let own = customer(&shop, "C1").await;
        assert_eq!(get(&shop, &format!("{OWN}/expiries"), &own).await.0, 404);
        for (points, until) in [(100, "2028-01-01T00:00:00Z"), (30, "2027-02-01T00:00:00+01:00"), (5, "2028-01-01T01:00:00+01:00"),
            (7, "9999-12-31T00:00:00Z")] {
            add(&shop, &service, "C1", &json!({"points": points, "validUntil": until})).await;
        }
        add(&shop, &service, "C2", &json!({"points": 1_000})).await;
        let ends = good(&shop, &format!("{OWN}/expiries"), &own).await;
        assert_eq!(ends, json!([
            {"points": 30, "validUntil": "2027-01-31T23:00:00.000+00:00"},
            {"points": 105, "validUntil": "2028-01-01T00:00:00.000+00:00"},
        ]));
        assert_eq!(good(&shop, OWN, &own).await, 142);
        assert_eq!(get(&shop, &format!("{OWN}/expiries"), &service).await.0, 403);
        assert_eq!(get(&shop, &format!("{OWN}/expiries"), &guest(&shop).await).await.0, 403);
    }

    async fn ones_own_history_is_read_page_by_page(app, clock) {
        let shop = Shop::open(app).await;
        let service = shop.token(ALL).await;
        let own = customer(&shop, "C1").await;
        let path = format!("{OWN}/entries");
        assert_eq!(get(&shop, &path, &own).await.0, 404);
        add(&shop, &service, "C1", &json!({"points": 100, "description": "Welcome", "reference-id": "secret-7",
            "validUntil": "2027-02-01T00:00:00Z"})).await;
        add(&shop, &service, "C2", &json!({"points": 9})).await;
        for n in 1..=4 {
            clock.set(app.now().plus_secs(1));
            add(&shop, &service, "C1", &json!({"points": n})).await;
        }
        let voucher = option(&shop, &service, json!({})).await;
        let (_, code) = redeem(&shop, &own, &voucher).await;
        let all = good(&shop, &path, &own).await;
        let all = all.as_array().unwrap();
        assert_eq!(all.len(), 6);
        assert_eq!((&all[0]["kind"], &all[0]["points"], &all[0]["couponCode"]), (&json!("redeemed"), &json!(-50), &code["code"]));
        assert_eq!((&all[0]["description"], &all[0]["balance"]), (&json!("Voucher"), &json!(60)));
        assert_eq!((&all[1]["points"], &all[1]["description"]), (&json!(4), &json!("")));
        let oldest = all[5].as_object().unwrap();
        assert_eq!(oldest.keys().collect::<Vec<_>>(),
            ["id", "kind", "points", "description", "createdAt", "balance", "validUntil"]);
        assert_eq!((&oldest["kind"], &oldest["description"], &oldest["validUntil"]),
            (&json!("added"), &json!("Welcome"), &json!("2027-02-01T00:00:00.000+00:00")));
        let mut walked = Vec::new();
        let mut next = format!("{path}?pageSize=4");
        loop {
            let page = good(&shop, &next, &own).await;
            let page = page.as_array().unwrap();
            walked.extend(page.iter().cloned());
            if page.len() < 4 {
                break;
            }
            next = format!("{path}?pageSize=4&before={}", page[3]["id"].as_str().unwrap());
        }
        assert_eq!(&walked, all);
        // Neither another's entry nor nonsense is a place to begin.
        let theirs = good(&shop, &path, &customer(&shop, "C2").await).await;
        for wrong in [format!("before={}", theirs[0]["id"].as_str().unwrap()), "before=nothing".to_owned(), "pageSize=0".to_owned(),
            "pageSize=1001".to_owned(), "before=%00".to_owned()] {
            assert_eq!(get(&shop, &format!("{path}?{wrong}"), &own).await.0, 400, "{wrong}");
        }
        // A new life of the account begins without the old one's lines.
        assert_eq!(send(&shop, Method::DELETE, "/reward-points/customer/C1", &service, &json!({})).await.status(), 200);
        assert_eq!(get(&shop, &path, &own).await.0, 404);
        add(&shop, &service, "C1", &json!({"points": 3})).await;
        assert_eq!(good(&shop, &path, &own).await.as_array().unwrap().len(), 1);
        assert_eq!(good(&shop, &format!("{OWN}/coupons"), &own).await, json!([]));
    }

    async fn ones_own_coupons_tell_their_state(app, clock) {
        let shop = Shop::open(app).await;
        let service = shop.token(ALL).await;
        let own = customer(&shop, "C1").await;
        let path = format!("{OWN}/coupons");
        assert_eq!(get(&shop, &path, &own).await.0, 404);
        add(&shop, &service, "C1", &json!({"points": 1_000})).await;
        assert_eq!(good(&shop, &path, &own).await, json!([]));
        let voucher = option(&shop, &service, json!({"couponLifetimeDays": 1})).await;
        let percent = json!({"name": "Ten", "discountType": "PERCENT", "discountPercentage": 12.5, "maxRedemptions": 1});
        let percent = option(&shop, &service, json!({"points": 10, "coupon": percent})).await;
        let mut codes = Vec::new();
        for id in [&percent, &voucher, &voucher, &voucher] {
            let (_, body) = redeem(&shop, &own, id).await;
            codes.push(body["code"].as_str().unwrap().to_owned());
        }
        let hours = TenantChange { customer_cancel_hours: Some(2), ..TenantChange::default() };
        let before = good(&shop, &path, &own).await;
        assert!(before.as_array().unwrap().iter().all(|one| one["canCancel"] == false && one["cancelUntil"].is_null()));
        tenants::change(&shop.app, &caller("acme"), None, &hours).await.unwrap();
        let order = json!({"orderTotal": {"amount": 80, "currency": "EUR"}, "discount": {"amount": 5, "currency": "EUR"}});
        let used = send(&shop, Method::POST, &format!("/coupon/acme/coupons/{}/redemptions", codes[1]), &service, &order).await;
        assert_eq!(used.status(), 201);
        let all = good(&shop, &path, &own).await;
        let all = all.as_array().unwrap();
        let by_code: Vec<_> = all.iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert_eq!(by_code, codes.iter().rev().collect::<Vec<_>>());
        let until = app.now().plus_secs(7_200).to_contract();
        assert_eq!(all[0], json!({
            "code": codes[3], "name": "Voucher", "status": "VALID", "points": 50, "option": voucher,
            "discountType": "ABSOLUTE", "discountAbsolute": {"amount": 5, "currency": "EUR"},
            "createdAt": app.now().to_contract(), "validUntil": app.now().plus_secs(86_400).to_contract(),
            "entryId": all[0]["entryId"], "canCancel": true, "cancelUntil": until,
        }));
        assert_eq!((&all[3]["discountPercentage"], &all[3]["validUntil"]), (&json!(12.5), &Value::Null));
        assert_eq!((&all[2]["status"], &all[2]["canCancel"], &all[2]["cancelUntil"]), (&json!("USED"), &json!(false), &Value::Null));
        // What can be cancelled is cancelled, and what cannot is not.
        for one in [&all[0], &all[2]] {
            let path = format!("{OWN}/redemptions/{}/cancel", one["entryId"].as_str().unwrap());
            let status = send(&shop, Method::POST, &path, &own, &json!({})).await.status();
            assert_eq!(status == 200, one["canCancel"] == true, "{one}");
        }
        clock.set(app.now().plus_secs(86_400));
        let (own, service) = (customer(&shop, "C1").await, shop.token(ALL).await);
        assert_eq!(send(&shop, Method::DELETE, &format!("/coupon/acme/coupons/{}", codes[0]), &service, &json!({})).await.status(), 204);
        let later = good(&shop, &path, &own).await;
        let states: Vec<_> = later.as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
        assert_eq!(states, ["CANCELLED", "EXPIRED", "USED", "INACTIVE"]);
        assert!(later.as_array().unwrap().iter().all(|one| one["canCancel"] == false), "{later}");
        let second = good(&shop, &format!("{path}?pageSize=2&before={}", later[1]["entryId"].as_str().unwrap()), &own).await;
        assert_eq!(second.as_array().unwrap(), &later.as_array().unwrap()[2..]);
    }

    async fn what_has_not_changed_is_not_sent_again(app, clock) {
        let shop = Shop::open(app).await;
        let service = shop.token(ALL).await;
        let own = customer(&shop, "C1").await;
        let voucher = option(&shop, &service, json!({})).await;
        add(&shop, &service, "C1", &json!({"points": 100, "validUntil": "2027-01-15T12:00:10Z"})).await;
        let ask = async |path: &str, token: &str, known: Option<&str>| {
            let mut request = shop.request(Method::GET, path).bearer_auth(token);
            if let Some(known) = known {
                request = request.header("if-none-match", known);
            }
            let answer = request.send().await.unwrap();
            let tag = header(&answer, "etag").map(str::to_owned);
            assert_eq!(header(&answer, "cache-control"), Some("no-cache, private"));
            (answer.status().as_u16(), tag, answer.text().await.unwrap())
        };
        let own_options = format!("{OWN}/redeemOptions");
        for (path, token) in [(OWN, &own), (&*format!("{OWN}/summary"), &own), (&own_options, &own),
            ("/reward-points/acme/redeemOptions", &own), ("/reward-points/acme/redeemOptions", &service)] {
            let (status, tag, body) = ask(path, token, None).await;
            assert_eq!(status, 200);
            let tag = tag.unwrap();
            assert_eq!(ask(path, token, Some(&tag)).await, (304, Some(tag.clone()), String::new()), "{path}");
            assert_eq!(ask(path, token, Some("W/\"x\"")).await, (200, Some(tag), body), "{path}");
        }
        let (_, balance, _) = ask(OWN, &own, None).await;
        let (_, options, _) = ask(&own_options, &own, None).await;
        redeem(&shop, &own, &voucher).await;
        assert_eq!(ask(OWN, &own, balance.as_deref()).await.2, "50");
        let (_, balance, _) = ask(OWN, &own, None).await;
        // Nothing was written, and yet it is another balance and another list.
        clock.set(app.now().plus_secs(10));
        assert_eq!(ask(OWN, &own, balance.as_deref()).await.2, "0");
        assert!(ask(&own_options, &own, options.as_deref()).await.2.contains("\"missingPoints\":50"));
        // An error has no tag, and is not kept.
        let answer = shop.request(Method::GET, OWN).bearer_auth(customer(&shop, "C2").await).header("if-none-match", "*");
        let answer = answer.send().await.unwrap();
        assert_eq!((answer.status().as_u16(), header(&answer, "etag"), header(&answer, "cache-control")), (404, None, Some("no-store")));
    }
}
