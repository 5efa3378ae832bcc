//! The settings of a site, as the platform keeps them.

use guerdon::{
    domain::{ids::SiteCode, site_change::SiteChange},
    service::{
        audit::{self, AuditFilter},
        sites::{self, Seen},
    },
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::on_both,
    till::{COUPONS, MANAGE, Till},
};

const PATH: &str = "/site/acme/sites/main/mixins/couponSettings";

on_both! {
    async fn the_mixin_and_the_back_office_change_the_same(app, _clock) {
        let till = Till::open(app).await;
        let fresh = json!({"rewardpoints": {
            "enabled": true, "orderValueToRewardPointsFactor": 1, "validityInMonths": 12, "codePrefix": ""}});
        assert_eq!(till.get(PATH).await.json_of(200), fresh);
        let patch = json!({"rewardpoints": {
            "enable": false, "orderValueToRewardPointsFactor": 0.25, "validityInMonths": 6, "couponPrefix": "acm"}});
        let expected = json!({"rewardpoints": {
            "enabled": false, "orderValueToRewardPointsFactor": 0.25, "validityInMonths": 6, "codePrefix": "ACM"}});
        assert_eq!(till.patch(PATH, &patch).await.json_of(200), expected);
        assert_eq!(till.get(PATH).await.json_of(200), expected);
        let site = sites::find(&app.db, &till.tenant, &SiteCode::main()).await.unwrap().unwrap();
        assert_eq!((site.coupon_prefix.as_str(), site.rule.enabled, site.rule.validity_months), ("ACM", false, 6));
        assert_eq!((site.version, site.rule.version), (2, 2));
        let change = SiteChange { enabled: Some(true), coupon_prefix: Some("NEW".to_owned()), ..SiteChange::default() };
        sites::change(app, &till.caller(), &site.code, Some(Seen::of(&site)), &change).await.unwrap();
        let read = till.get(PATH).await.json_of(200);
        assert_eq!((&read["rewardpoints"]["enabled"], &read["rewardpoints"]["codePrefix"]), (&json!(true), &json!("NEW")));
        let (code, _) = till.buy("C1").await;
        assert!(code.starts_with("ACM-"), "{code}: the test's own prefix");
    }

    async fn what_codes_begin_with_acts_at_once(app, _clock) {
        let till = Till::open(app).await;
        let patch = json!({"codePrefix": "xyz", "length": 20, "sendReferralCoupon": true, "metadata": {"schema": "https://example.com/v4"}});
        let settings = till.patch(PATH, &patch).await.json_of(200);
        assert_eq!((&settings["codePrefix"], &settings["metadata"]), (&json!("xyz"), &patch["metadata"]));
        let made = till.post(COUPONS, &json!({"name": "a", "discountType": "FREE_SHIPPING"})).await.json_of(201);
        let code = made["id"].as_str().unwrap();
        assert!(code.starts_with("XYZ-") && code.len() == 24, "{code}");
        let rows = audit::list(&app.db, &till.caller(), &AuditFilter::default(), None, 50).await.unwrap().rows;
        assert!(rows.iter().any(|kept| kept.row.action == "site.coupon_settings_changed"));
        till.patch(PATH, &json!({"codePrefix": null, "length": null})).await.json_of(200);
        let made = till.post(COUPONS, &json!({"name": "a", "discountType": "FREE_SHIPPING"})).await.json_of(201);
        assert_eq!(made["id"].as_str().unwrap().len(), 13);
        till.assert_proven().await;
    }

    async fn nothing_changes_when_something_does_not_fit(app, _clock) {
        let till = Till::open(app).await;
        let before = till.get(PATH).await.json_of(200);
        let wrong = json!({"codePrefix": "OK", "rewardpoints": {"enabled": false, "validityInMonths": 0}});
        let answer = till.patch(PATH, &wrong).await;
        assert_eq!(answer.json_of(400)["errors"][0]["field"], json!("rewardpoints.validityInMonths"));
        for body in [json!([]), json!("x"), Value::Null] {
            assert_eq!(till.patch(PATH, &body).await.status, 400, "{body}");
        }
        assert_eq!(till.get(PATH).await.json_of(200), before);
    }

    async fn only_who_manages_sites_comes_in(app, _clock) {
        let till = Till::open(app).await;
        let other = Till::of(app, "beta", &till.url).await;
        for (token, status) in [
            (String::new(), 401),
            (till.service(MANAGE).await, 403),
            (till.customer("C1").await, 403),
            (till.guest().await, 403),
            (other.token.clone(), 403),
            (till.service("site.site_manage").await, 200),
        ] {
            for (method, body) in [(Method::GET, Value::Null), (Method::PATCH, json!({"active": true}))] {
                let answer = till.send(method.clone(), PATH, &token, &body).await;
                assert_eq!(answer.status, status, "{method}: {answer:?}");
            }
        }
        for unknown in ["other", "%20", "a%2Fb"] {
            let path = PATH.replace("main", unknown);
            assert_eq!(till.get(&path).await.status, 404, "{unknown}");
            assert_eq!(till.patch(&path, &json!({})).await.status, 404, "{unknown}");
        }
    }
}
