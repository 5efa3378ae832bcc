//! Coupons, as they can be read right after they were issued.

use guerdon::domain::site_change::SiteChange;
use reqwest::Method;
use serde_json::json;

use crate::{
    common::{database::raw, on_both},
    shop::{MANAGE, Shop, VIEW, send},
};

on_both! {
    async fn a_coupon_can_be_read_when_its_code_is_answered(app, clock) {
        let shop = Shop::open(app).await;
        shop.site("main", SiteChange { coupon_prefix: Some("LLS".to_owned()), ..SiteChange::default() }).await;
        shop.option("o1", 90, |option| {
            option["couponLifetimeDays"] = json!(30);
            option["coupon"]["restrictions"] = json!({"minOrderValue": {"amount": 12.50, "currency": "EUR"}});
        }).await;
        shop.add("C1", 90).await;
        let customer = shop.customer_token("C1").await;
        let redeem = shop.request(Method::POST, "/reward-points/public/customer/redeem", &customer);
        let answer = send(redeem.json(&json!({"id": "o1"}))).await.json_of(200);
        let code = answer["code"].as_str().unwrap();
        let path = format!("/coupon/acme/coupons/{code}");

        let told = json!({
            "code": code, "status": "VALID", "name": "Gutschein über 10 Euro", "issuedTo": "C1",
            "discountType": "ABSOLUTE", "discountAbsolute": {"amount": 10, "currency": "EUR"},
            "discountCalculationType": "SUBTOTAL", "allowAnonymous": true, "maxRedemptions": 1,
            "maxRedemptionsPerCustomer": -1, "redemptionCount": 0, "referralCoupon": false, "deleted": false,
            "categoryRestricted": false, "segmentRestricted": false,
            "restrictions": {
                "minOrderValue": {"amount": 12.50, "currency": "EUR"}, "validUntil": "2027-02-14T12:00:00.000Z",
                "validFor": [],
            },
            "metadata": {"version": 0, "mixins": {}},
        });
        assert_eq!(send(shop.request(Method::GET, &path, &customer)).await.json_of(200), told);
        for scope in ["coupon.coupon_read", "coupon.coupon_manage", "coupon.coupon_redeem", "coupon.coupon_redeem_on_behalf"] {
            let token = shop.service_token(scope).await;
            assert_eq!(send(shop.request(Method::GET, &path, &token)).await.json_of(200), told, "{scope}");
            let lower = send(shop.request(Method::GET, &path.replace(code, &code.to_lowercase()), &token)).await;
            assert_eq!(lower.json_of(200)["code"], code);
        }
        let token = shop.service_token(&format!("{VIEW} {MANAGE}")).await;
        let refused = send(shop.request(Method::GET, &path, &token)).await.json_of(403);
        assert_eq!(refused["type"], "insufficient_permissions");
        assert_eq!(send(shop.request(Method::GET, &path, "")).await.status, 401);

        let shop = shop.at(clock, "2027-02-14T12:00:00Z").await;
        let customer = shop.customer_token("C1").await;
        assert_eq!(send(shop.request(Method::GET, &path, &customer)).await.json_of(200)["status"], "EXPIRED");
    }

    async fn a_code_that_is_not_there_is_not_found(app, _clock) {
        let shop = Shop::open(app).await;
        let other = Shop::called(app, "other", &shop.url).await;
        other.option("o1", 1, |_| ()).await;
        other.add("C1", 2).await;
        let foreign = other.customer_token("C1").await;
        let redeem = other.request(Method::POST, "/reward-points/public/customer/redeem", &foreign);
        let answer = send(redeem.json(&json!({"id": "o1"}))).await.json_of(200);
        let code = answer["code"].as_str().unwrap();
        let token = shop.service_token("coupon.coupon_read").await;
        for code in [code, "X", "%F0%9F%92%A1"] {
            let read = send(shop.request(Method::GET, &format!("/coupon/acme/coupons/{code}"), &token)).await;
            let body = read.json_of(404);
            assert_eq!((body["type"].as_str(), body["status"].as_i64()), (Some("resource_not_found"), Some(404)));
        }
        let path = format!("/coupon/other/coupons/{code}");
        assert_eq!(send(shop.request(Method::GET, &path, &token)).await.status, 403);
        assert_eq!(send(shop.request(Method::GET, &path, &foreign)).await.status, 200);
        let mut tx = app.db.begin().await.unwrap();
        tx.query(raw("UPDATE coupons SET deleted_at = 1")).run().await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(send(shop.request(Method::GET, &path, &foreign)).await.status, 404);
    }
}
