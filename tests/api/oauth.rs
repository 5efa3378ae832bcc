//! `POST /oauth/token`: client credentials, as RFC 6749 and the clients of the original have it.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{
    common::on_both,
    shop::{Shop, header, read},
};

const VIEW: &str = "rewardspoints.rewardpoints_view";
const BOTH: &str = "rewardspoints.rewardpoints_view rewardspoints.rewardpoints_manage";

fn ask(shop: &Shop, form: &[(&str, &str)]) -> RequestBuilder {
    shop.request(Method::POST, "/oauth/token").form(form)
}

async fn refused(request: RequestBuilder) -> (u16, String) {
    let answer = request.send().await.unwrap();
    assert_eq!(header(&answer, "cache-control"), Some("no-store"));
    let (status, body) = read(answer).await;
    let Value::String(error) = &body["error"] else { panic!("{body}") };
    assert!(body["error_description"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    (status, error.clone())
}

on_both! {
    async fn a_client_gets_a_token_by_form_and_by_basic(app, _clock) {
        let shop = Shop::open(app).await;
        let client = shop.client("acme", BOTH).await;
        let (id, secret) = (client.client_id.as_str(), client.client_secret.as_str());
        let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
        let answer = ask(&shop, &form).send().await.unwrap();
        assert_eq!(header(&answer, "cache-control"), Some("no-store"));
        assert_eq!(header(&answer, "content-type"), Some("application/json"));
        let (status, mut body) = read(answer).await;
        let token = body["access_token"].take();
        assert_eq!(status, 200);
        assert_eq!(body, json!({
            "access_token": null, "token_type": "Bearer", "expires_in": 3600, "scope": BOTH, "refresh_token": "",
            "refresh_token_expires_in": 0, "session_idle_time": 3600,
        }));
        assert!(token.as_str().unwrap().starts_with("gdt_acme."));

        let basic = ask(&shop, &[("grant_type", "client_credentials"), ("scope", VIEW)]).basic_auth(id, Some(secret));
        let (status, body) = read(basic.send().await.unwrap()).await;
        assert_eq!((status, &body["scope"]), (200, &json!(VIEW)));
    }

    async fn scopes_come_with_spaces_plus_signs_and_the_tenant(app, _clock) {
        let shop = Shop::open(app).await;
        let client = shop.client("acme", BOTH).await;
        let basis = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}", client.client_id, client.client_secret
        );
        for (scope, expected) in [
            ("rewardspoints.rewardpoints_view+rewardspoints.rewardpoints_manage", BOTH),
            ("rewardspoints.rewardpoints_view%20rewardspoints.rewardpoints_manage", BOTH),
            ("rewardspoints.rewardpoints_manage%2Brewardspoints.rewardpoints_view", BOTH),
            ("tenant=acme+rewardspoints.rewardpoints_view", "tenant=acme rewardspoints.rewardpoints_view"),
            ("rewardspoints.rewardpoints_view+order.order_manage", VIEW),
            ("", BOTH),
        ] {
            let request = shop
                .request(Method::POST, "/oauth/token")
                .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
                .body(format!("{basis}&scope={scope}"));
            let (status, body) = read(request.send().await.unwrap()).await;
            assert_eq!((status, &body["scope"]), (200, &json!(expected)), "{scope}");
        }
    }

    async fn bad_requests_are_refused_as_rfc_6749_says(app, _clock) {
        let shop = Shop::open(app).await;
        let client = shop.client("acme", VIEW).await;
        let (id, secret) = (client.client_id.as_str(), client.client_secret.as_str());
        let grant = ("grant_type", "client_credentials");
        let both = [("client_id", id), ("client_secret", secret)];
        for (form, status, error) in [
            (vec![], 400, "invalid_request"),
            (vec![both[0], both[1]], 400, "invalid_request"),
            (vec![("grant_type", ""), both[0], both[1]], 400, "invalid_request"),
            (vec![("grant_type", "password"), both[0], both[1]], 400, "unsupported_grant_type"),
            (vec![grant], 401, "invalid_client"),
            (vec![grant, both[0]], 401, "invalid_client"),
            (vec![grant, both[0], ("client_secret", "gds_wrong")], 401, "invalid_client"),
            (vec![grant, ("client_id", "acme.nobody"), both[1]], 401, "invalid_client"),
            (vec![grant, ("client_id", "\u{fffd}"), both[1]], 401, "invalid_client"),
            (vec![grant, both[0], both[1], grant], 400, "invalid_request"),
            (vec![grant, both[0], both[1], ("scope", "site.site_manage")], 400, "invalid_scope"),
            (vec![grant, both[0], both[1], ("scope", "tenant=beta")], 400, "invalid_scope"),
        ] {
            assert_eq!(refused(ask(&shop, &form)).await, (status, error.to_owned()), "{form:?}");
        }
        let twice = ask(&shop, &[grant, both[0], both[1]]).basic_auth(id, Some(secret));
        assert_eq!(refused(twice).await, (400, "invalid_request".to_owned()));
        let broken = ask(&shop, &[grant]).header("authorization", "Basic !!!");
        assert_eq!(refused(broken).await, (401, "invalid_client".to_owned()));
        let json = shop.request(Method::POST, "/oauth/token").json(&json!({"grant_type": "client_credentials"}));
        assert_eq!(refused(json).await, (400, "invalid_request".to_owned()));
        let raw = |body: &'static [u8]| shop.request(Method::POST, "/oauth/token").body(body);
        assert_eq!(refused(raw(b"grant_type=%ff")).await, (400, "invalid_request".to_owned()));
        assert_eq!(refused(raw(b"grant_type=\xff")).await, (400, "invalid_request".to_owned()));
        assert_eq!(refused(raw(b"grant_type=a%00b")).await, (400, "invalid_request".to_owned()));
    }

    async fn a_form_of_a_hundred_thousand_fields_takes_no_time(app, _clock) {
        let shop = Shop::open(app).await;
        let many = (0..100_000).map(|n| format!("f{n}=")).collect::<Vec<_>>().join("&");
        assert!(many.len() < 1024 * 1024);
        let begun = std::time::Instant::now();
        let request = shop.request(Method::POST, "/oauth/token").body(many);
        assert_eq!(refused(request).await, (400, "invalid_request".to_owned()));
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }

    async fn a_secret_by_basic_that_is_wrong_says_how_to_sign_in(app, _clock) {
        let shop = Shop::open(app).await;
        let request = ask(&shop, &[("grant_type", "client_credentials")]).basic_auth("acme.x", Some("gds_x"));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert_eq!(header(&answer, "www-authenticate"), Some("Basic realm=\"guerdon\""));
    }

    async fn a_token_in_the_address_is_not_taken(app, _clock) {
        let shop = Shop::open(app).await;
        let client = shop.client("acme", VIEW).await;
        let path = format!(
            "/oauth/token?grant_type=client_credentials&client_id={}&client_secret={}",
            client.client_id, client.client_secret
        );
        assert_eq!(refused(shop.request(Method::POST, &path)).await, (400, "invalid_request".to_owned()));
        let answer = shop.request(Method::GET, &path).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), header(&answer, "allow")), (405, Some("POST")));
    }
}
