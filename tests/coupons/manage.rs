//! Coupons: made, read, changed, deleted.

use guerdon::{
    domain::time::Timestamp,
    service::audit::{self, AuditFilter},
};
use serde_json::{Value, json};

use crate::{
    common::on_both,
    till::{COUPONS, Till, percent, send},
};

/// What the contract's file shows of a new coupon.
fn sample() -> Value {
    json!({
        "code": "ENG2OC0", "name": "Winter Sale 2018", "description": "25 USD off", "discountType": "ABSOLUTE",
        "discountAbsolute": {"amount": 24.99, "currency": "USD"}, "allowAnonymous": false, "maxRedemptions": -1,
        "maxRedemptionsPerCustomer": -1, "categoryRestricted": false, "segmentRestricted": false,
        "restrictions": {
            "validFor": ["C0123456789", "C0123456788"], "validFrom": "2014-12-01T00:00:00.000Z",
            "validUntil": "2015-01-31T23:59:59.999Z", "minOrderValue": {"amount": 49.99, "currency": "USD"}
        },
        "issuedTo": "C01234567989",
        "mixins": {"couponCustomAttributes": {"provenance": "Winter Sale", "suggestedAmount": 50}},
        "metadata": {"mixins": {"couponCustomAttributes": "https://example.com/couponAttributes_v1.json"}}
    })
}

on_both! {
    async fn what_is_made_is_read_as_it_was_sent(app, _clock) {
        let till = Till::open(app).await;
        let made = till.post(COUPONS, &sample()).await.json_of(201);
        assert_eq!(made, json!({"id": "ENG2OC0", "yrn": "urn:guerdon:coupon:acme;ENG2OC0"}));
        let mut expected = sample();
        expected.as_object_mut().unwrap().extend(json!({
            "status": "EXPIRED", "redemptionCount": 0, "deleted": false, "referralCoupon": false,
            "discountCalculationType": "SUBTOTAL",
        }).as_object().unwrap().clone());
        expected["metadata"]["version"] = json!(0);
        assert_eq!(till.read("ENG2OC0").await, expected);
    }

    async fn codes_are_kept_in_capitals_and_found_in_any_case(app, _clock) {
        let till = Till::open(app).await;
        let made = till.post(COUPONS, &percent(" Summer 10% ", &json!({}))).await.json_of(201);
        assert_eq!(made["id"], json!("SUMMER 10%"));
        for path in ["SUMMER%2010%25", "summer%2010%25", "Summer%2010%25"] {
            assert_eq!(till.read(path).await["code"], json!("SUMMER 10%"), "{path}");
        }
        let twin = till.post(COUPONS, &percent("sUMMER 10%", &json!({}))).await;
        assert_eq!(twin.error(409, "conflict_resource"), "Duplicate Coupon 'SUMMER 10%' on tenant 'acme'");
        till.make("A/B", &json!({})).await;
        assert_eq!(till.read("a%2Fb").await["code"], json!("A/B"));
        let deep = till.get("/coupon/acme/coupons/A/B").await;
        assert_eq!(deep.status, 404);
    }

    async fn a_code_is_made_when_none_is_sent(app, _clock) {
        let till = Till::open(app).await;
        let mut codes = Vec::new();
        for coupon in [json!({"name": "a", "discountType": "FREE_SHIPPING"}),
            json!({"code": null, "name": "a", "discountType": "FREE_SHIPPING"}),
            json!({"code": "", "name": "a", "discountType": "FREE_SHIPPING"})]
        {
            codes.push(till.post(COUPONS, &coupon).await.json_of(201)["id"].as_str().unwrap().to_owned());
        }
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), 3);
        assert!(codes.iter().all(|code| code.len() == 13), "{codes:?}");
        assert_eq!(till.read(&codes[0]).await["discountType"], json!("FREE_SHIPPING"));
    }

    async fn what_does_not_fit_is_refused_by_field(app, _clock) {
        let till = Till::open(app).await;
        for (more, field) in [
            (json!({"code": 5}), "code"),
            (json!({"code": "a\tb"}), "code"),
            (json!({"code": "x".repeat(129)}), "code"),
            (json!({"name": null}), "name"),
            (json!({"discountType": "GIFT"}), "discountType"),
            (json!({"discountPercentage": 100.01}), "discountPercentage"),
            (json!({"discountPercentage": "10"}), "discountPercentage"),
            (json!({"discountType": "ABSOLUTE"}), "discountAbsolute"),
            (json!({"allowAnonymous": true, "maxRedemptionsPerCustomer": 2}), "maxRedemptionsPerCustomer"),
            (json!({"allowAnonymous": true, "restrictions": {"validFor": ["C1"]}}), "restrictions.validFor"),
            (json!({"restrictions": {"validFrom": "2027-13-01T00:00:00Z"}}), "restrictions.validFrom"),
            (json!({"restrictions": {"validUntil": "+12027-01-01T00:00:00Z"}}), "restrictions.validUntil"),
            (json!({"restrictions": {"segments": ["s"]}}), "restrictions.segments"),
            (json!({"maxRedemptions": 2_000_000_000}), "maxRedemptions"),
            (json!({"issuedTo": "a\u{0}"}), "issuedTo"),
            (json!({"mixins": "x"}), "mixins"),
        ] {
            let answer = till.post(COUPONS, &percent("X", &more)).await;
            assert_eq!(answer.fields(), [field], "{more}");
        }
        for body in ["", "[]", "null", "10", "{\"name\": 1,}", "{\"name\":\"a\",\"name\":\"b\"}"] {
            let answer = send(till.request(reqwest::Method::POST, COUPONS, &till.token).body(body)).await;
            assert_eq!(answer.wrong(), [("body".to_owned(), "invalid_payload".to_owned())], "{body}");
        }
        assert_eq!(till.get(COUPONS).await.json_of(200), json!([]), "nothing was made");
    }

    async fn replacing_replaces_all_and_checks_the_version(app, _clock) {
        let till = Till::open(app).await;
        till.make("W1", &json!({"description": "old", "restrictions": {"validFor": ["C1"]}, "mixins": {"a": {"b": 1}}})).await;
        let path = format!("{COUPONS}/w1");
        let mut coupon = percent("IGNORED", &json!({"name": "Spring", "metadata": {"version": 0}}));
        till.put(&path, &coupon).await.empty(200);
        let read = till.read("W1").await;
        assert_eq!((&read["name"], &read["description"], &read["mixins"]), (&json!("Spring"), &Value::Null, &Value::Null));
        assert_eq!((&read["metadata"]["version"], &read["restrictions"]), (&json!(1), &json!({"validFor": []})));
        let stale = till.put(&path, &coupon).await.error(409, "conflict_resource");
        assert!(stale.contains("version 1"), "{stale}");
        coupon.as_object_mut().unwrap().remove("metadata");
        till.put(&path, &coupon).await.empty(200);
        assert_eq!(till.read("W1").await["metadata"]["version"], json!(2), "without a version it is taken as it is");
        assert_eq!(till.put(&path, &json!({"metadata": {"version": 2}})).await.fields(), ["name", "discountAbsolute"]);
        assert_eq!(till.put(&path, &json!({"metadata": {"version": "2"}})).await.fields(), ["metadata.version"]);
        till.put(&format!("{COUPONS}/NONE"), &coupon).await.error(404, "resource_not_found");
    }

    async fn patching_merges(app, _clock) {
        let till = Till::open(app).await;
        till.post(COUPONS, &sample()).await.json_of(201);
        let path = format!("{COUPONS}/ENG2OC0");
        let patch = json!({"restrictions": {"validUntil": null}, "metadata": {"version": 0}, "maxRedemptions": 5});
        till.patch(&path, &patch).await.empty(200);
        let read = till.read("ENG2OC0").await;
        assert_eq!((&read["status"], &read["maxRedemptions"]), (&json!("VALID"), &json!(5)));
        assert_eq!(read["restrictions"]["minOrderValue"], sample()["restrictions"]["minOrderValue"]);
        assert_eq!(read["mixins"], sample()["mixins"]);
        assert_eq!(read["metadata"]["mixins"], sample()["metadata"]["mixins"]);
        till.patch(&path, &patch).await.error(409, "conflict_resource");
        // The deprecated way to say the same.
        till.put(&format!("{path}?partial=true"), &json!({"name": "Renamed"})).await.empty(200);
        assert_eq!(till.read("ENG2OC0").await["name"], json!("Renamed"));
        assert_eq!(till.put(&format!("{path}?partial=false"), &json!({"description": "x"})).await.fields(), ["name", "discountAbsolute"]);
        assert_eq!(till.put(&format!("{path}?partial=maybe"), &json!({})).await.fields(), ["partial"]);
        assert_eq!(till.patch(&path, &json!({"allowAnonymous": true})).await.fields(), ["restrictions.validFor"]);
        till.patch(&format!("{COUPONS}/NONE"), &json!({})).await.error(404, "resource_not_found");
        assert_eq!(till.patch(&path, &json!([])).await.fields(), ["body"]);
    }

    async fn of_many_changes_from_one_version_one_wins(app, _clock) {
        let till = Till::open(app).await;
        till.make("W1", &json!({})).await;
        let changes = (0..10).map(|n| {
            let till = &till;
            async move {
                let patch = json!({"name": format!("n{n}"), "metadata": {"version": 0}});
                till.patch(&format!("{COUPONS}/W1"), &patch).await.status
            }
        });
        let mut statuses = futures_util::future::join_all(changes).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [vec![200], vec![409; 9]].concat());
        assert_eq!(till.read("W1").await["metadata"]["version"], json!(1));
    }

    async fn deleting_hides_and_keeps_the_code(app, _clock) {
        let till = Till::open(app).await;
        till.make("W1", &json!({})).await;
        till.make("W2", &json!({})).await;
        let path = format!("{COUPONS}/w1");
        till.delete(&path).await.empty(204);
        assert_eq!(till.delete(&path).await.error(404, "resource_not_found"), "Coupon with code W1 not found.");
        let codes = |list: Value| -> Vec<String> {
            list.as_array().unwrap().iter().map(|coupon| coupon["code"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(codes(till.get(COUPONS).await.json_of(200)), ["W2"]);
        let all = till.get(&format!("{COUPONS}?showDeleted=true")).await.json_of(200);
        assert_eq!((all[0]["deleted"].clone(), all[1]["deleted"].clone()), (json!(true), json!(false)));
        let read = till.read("W1").await;
        assert_eq!((&read["deleted"], &read["status"], &read["metadata"]["version"]), (&json!(true), &json!("VALID"), &json!(1)));
        till.post(COUPONS, &percent("W1", &json!({}))).await.error(409, "conflict_resource");
        till.patch(&path, &json!({"name": "back"})).await.error(404, "resource_not_found");
        till.redeem("W1", Some("C1")).await.error(404, "resource_not_found");
    }

    async fn the_state_follows_the_clock_and_the_uses(app, clock) {
        let till = Till::open(app).await;
        till.make("W1", &json!({"maxRedemptions": 1, "restrictions": {
            "validFrom": "2027-01-15T13:00:00Z", "validUntil": "2027-01-15T15:00:00Z"}})).await;
        let mut states = Vec::new();
        for minute in ["12:59:59.999", "13:00:00", "14:59:59.999", "15:00:00"] {
            clock.set(Timestamp::parse(&format!("2027-01-15T{minute}Z")).unwrap());
            states.push(till.refreshed().await.read("W1").await["status"].as_str().unwrap().to_owned());
        }
        assert_eq!(states, ["INACTIVE", "VALID", "VALID", "EXPIRED"]);
        clock.set(Timestamp::parse("2027-01-15T14:00:00Z").unwrap());
        let till = till.refreshed().await;
        till.redeem("W1", Some("C1")).await.json_of(201);
        let read = till.read("W1").await;
        assert_eq!((&read["status"], &read["redemptionCount"]), (&json!("USED"), &json!(1)));
        clock.set(Timestamp::parse("2027-01-15T15:00:00Z").unwrap());
        assert_eq!(till.refreshed().await.read("W1").await["status"], json!("EXPIRED"), "its time counts first");
    }

    async fn a_key_makes_one_coupon(app, _clock) {
        let till = Till::open(app).await;
        let coupon = json!({"name": "a", "discountType": "FREE_SHIPPING"});
        let keyed = |body: Value| {
            send(till.request(reqwest::Method::POST, COUPONS, &till.token).header("Idempotency-Key", "k1").json(&body))
        };
        let first = keyed(coupon.clone()).await;
        let again = keyed(coupon.clone()).await;
        assert_eq!((first.json_of(201), again.header("idempotent-replayed")), (again.json_of(201), Some("true")));
        keyed(json!({"name": "b", "discountType": "FREE_SHIPPING"})).await.error(422, "idempotency_key_reused");
        assert_eq!(till.get(COUPONS).await.json_of(200).as_array().unwrap().len(), 1);
        // A refused request leaves its key free.
        let taken = |key: &'static str, code: &'static str| {
            let body = percent(code, &json!({}));
            send(till.request(reqwest::Method::POST, COUPONS, &till.token).header("Idempotency-Key", key).json(&body))
        };
        taken("k2", "W1").await.json_of(201);
        taken("k3", "W1").await.error(409, "conflict_resource");
        taken("k3", "W2").await.json_of(201);
    }

    async fn every_change_is_in_the_audit_log(app, _clock) {
        let till = Till::open(app).await;
        till.make("W1", &json!({})).await;
        till.patch(&format!("{COUPONS}/W1"), &json!({"name": "Spring"})).await.empty(200);
        let id = till.redeem("W1", Some("C1")).await.json_of(201)["id"].as_str().unwrap().to_owned();
        till.delete(&format!("{COUPONS}/W1/redemptions/{id}")).await.empty(204);
        till.delete(&format!("{COUPONS}/W1")).await.empty(204);
        let filter = AuditFilter { subject_kind: Some("coupon".to_owned()), ..AuditFilter::default() };
        let rows = audit::list(&app.db, &till.caller(), &filter, None, 50).await.unwrap().rows;
        let told: Vec<_> = rows.iter().map(|kept| (kept.row.action.as_str(), kept.row.subject_id.as_str())).collect();
        assert_eq!(told, [
            ("coupon.deleted", "W1"), ("coupon.redemption_deleted", "W1"), ("coupon.changed", "W1"), ("coupon.created", "W1"),
        ]);
        let changed: Value = serde_json::from_str(rows[2].row.after.as_deref().unwrap()).unwrap();
        assert_eq!((&changed["name"], changed.get("code")), (&json!("Spring"), None), "only what changed");
        assert!(rows.iter().all(|kept| kept.row.actor.kind.as_str() == "client"));
        till.assert_proven().await;
    }

    async fn a_bought_coupon_stays_with_its_customer(app, _clock) {
        let till = Till::open(app).await;
        let (code, redemption) = till.buy("C1").await;
        let read = till.read(&code).await;
        assert_eq!((&read["issuedTo"], &read["status"], &read["discountAbsolute"]),
            (&json!("C1"), &json!("VALID"), &json!({"amount": 5, "currency": "EUR"})));
        till.put(&format!("{COUPONS}/{code}"), &percent(&code, &json!({"issuedTo": "C2"}))).await.empty(200);
        assert_eq!(till.read(&code).await["issuedTo"], json!("C1"));
        till.assert_proven().await;
        till.delete(&format!("{COUPONS}/{code}")).await.empty(204);
        till.cancel("C1", &redemption).await.unwrap();
        let read = till.read(&code).await;
        assert_eq!((&read["deleted"], &read["metadata"]["version"]), (&json!(true), &json!(2)), "deleted stays deleted");
        till.assert_proven().await;
    }
}
