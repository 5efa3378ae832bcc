//! `POST /reward-points/{tenant}/customerTokens`, and with it what every operation refuses.

use guerdon::service::{api_clients, tokens};
use reqwest::Method;
use serde_json::json;

use crate::{
    common::on_both,
    shop::{ALL, Shop, caller, header, read},
};

const PATH: &str = "/reward-points/acme/customerTokens";
const ISSUE: &str = "rewardspoints.customertoken_issue";

on_both! {
    async fn a_shop_gets_a_token_for_its_customer(app, clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(ISSUE).await;
        let answer = shop.post(PATH, &token, r#"{"customerId": "Zoë/1", "ttlSeconds": 60, "unknown": [1]}"#).await;
        assert_eq!(header(&answer, "cache-control"), Some("no-store"));
        let (status, mut body) = read(answer).await;
        let customers = body["access_token"].take();
        assert_eq!((status, body), (200, json!({"access_token": null, "token_type": "Bearer", "expires_in": 60})));
        let customers = customers.as_str().unwrap();
        let known = tokens::recognise(&shop.app, customers, None).await.unwrap().unwrap();
        assert_eq!(known.customer().unwrap().as_str(), "Zoë/1");
        clock.set(shop.app.now().plus_secs(60));
        assert_eq!(tokens::recognise(&shop.app, customers, None).await.unwrap(), None);
        let (_, body) = read(shop.post(PATH, &token, r#"{"customerId": "C1"}"#).await).await;
        assert_eq!(body["expires_in"], 900);
    }

    async fn without_a_good_token_it_is_401(app, clock) {
        let shop = Shop::open(app).await;
        let good = shop.token(ISSUE).await;
        let body = r#"{"customerId": "C1"}"#;
        let expected = json!({"fault": {
            "faultstring": "Invalid access token", "detail": {"errorcode": "oauth.v2.InvalidAccessToken"},
        }});
        for authorization in ["", "Bearer", "Bearer ", "Bearer x", "Bearer gdt_acme.x", "Basic YTpi", &good, "Bearer \u{fc}"] {
            let request = shop.request(Method::POST, PATH).body(body).header("authorization", authorization.as_bytes());
            let answer = request.send().await.unwrap();
            assert!(header(&answer, "www-authenticate").is_some());
            assert_eq!(read(answer).await, (401, expected.clone()), "{authorization}");
        }
        let twice = shop.request(Method::POST, PATH).bearer_auth(&good).bearer_auth(&good).body(body);
        assert_eq!(read(twice.send().await.unwrap()).await.0, 401);
        // Even before the body is looked at.
        let answer = shop.request(Method::POST, PATH).body("{").send().await.unwrap();
        assert_eq!(read(answer).await, (401, expected.clone()));
        clock.set(shop.app.now().plus_secs(3600));
        assert_eq!(read(shop.post(PATH, &good, body).await).await, (401, expected));
    }

    async fn a_revoked_client_gets_401_at_once(app, _clock) {
        let shop = Shop::open(app).await;
        let client = shop.client("acme", ISSUE).await;
        let token = tokens::issue(&shop.app, client.client_id.as_str(), &client.client_secret, None).await.unwrap();
        let body = r#"{"customerId": "C1"}"#;
        assert_eq!(shop.post(PATH, &token.access_token, body).await.status(), 200);
        api_clients::revoke(&shop.app, &caller("acme"), &client.client_id).await.unwrap();
        assert_eq!(shop.post(PATH, &token.access_token, body).await.status(), 401);
    }

    async fn without_the_scope_it_is_403(app, _clock) {
        let shop = Shop::open(app).await;
        let others = ALL.replace(ISSUE, "");
        let token = shop.token(&others).await;
        let expected = json!({
            "code": 403, "status": "Forbidden", "message": "Scope validation failed",
            "details": ["Missing required scopes '[rewardspoints.customertoken_issue]'",
                "missing scope: rewardspoints.customertoken_issue"],
        });
        assert_eq!(read(shop.post(PATH, &token, "{").await).await, (403, expected.clone()));
        // Nor may a customer make tokens for others.
        let good = shop.token(ISSUE).await;
        let (_, body) = read(shop.post(PATH, &good, r#"{"customerId": "C1"}"#).await).await;
        let customers = body["access_token"].as_str().unwrap();
        assert_eq!(read(shop.post(PATH, customers, r#"{"customerId": "C2"}"#).await).await, (403, expected));
    }

    async fn another_tenant_in_the_path_or_the_header_is_403(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(ALL).await;
        let body = r#"{"customerId": "C1"}"#;
        for path in ["/reward-points/beta/customerTokens", "/reward-points/nowhere/customerTokens",
            "/reward-points/ACME/customerTokens", "/reward-points/ac%256De/customerTokens", "/reward-points/acme%2F/customerTokens"] {
            let (status, answer) = read(shop.post(path, &token, body).await).await;
            assert_eq!((status, &answer["code"]), (403, &json!(403)), "{path}");
        }
        for (tenant, expected) in [("beta", 403), ("ACME", 403), ("acme", 200), ("", 200)] {
            let request = shop.request(Method::POST, PATH).bearer_auth(&token).header("Emporix-Tenant", tenant);
            assert_eq!(request.body(body).send().await.unwrap().status(), expected, "{tenant}");
        }
        assert_eq!(shop.post("/reward-points/ac%6De/customerTokens", &token, body).await.status(), 200);
    }

    async fn bad_bodies_are_named(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(ISSUE).await;
        let long = format!(r#"{{"customerId": "{}"}}"#, "x".repeat(256));
        for (body, field) in [
            ("", "body"),
            (" ", "body"),
            ("{", "body"),
            ("[]", "body"),
            ("null", "body"),
            ("\"C1\"", "body"),
            ("7", "body"),
            (r#"{"customerId":"C1"} x"#, "body"),
            (r#"{"customerId":"C1","customerId":"C2"}"#, "body"),
            (r#"{"customerId":"C1","x":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"#, "body"),
            ("{}", "customerId"),
            (r#"{"customerId":null}"#, "customerId"),
            (r#"{"customerId":""}"#, "customerId"),
            (r#"{"customerId":5}"#, "customerId"),
            (r#"{"customerId":["C1"]}"#, "customerId"),
            (r#"{"customerId":"a\u0000b"}"#, "customerId"),
            (&long, "customerId"),
            (r#"{"customerId":"C1","ttlSeconds":0}"#, "ttlSeconds"),
            (r#"{"customerId":"C1","ttlSeconds":-1}"#, "ttlSeconds"),
            (r#"{"customerId":"C1","ttlSeconds":86401}"#, "ttlSeconds"),
            (r#"{"customerId":"C1","ttlSeconds":1.5}"#, "ttlSeconds"),
            (r#"{"customerId":"C1","ttlSeconds":60.0}"#, "ttlSeconds"),
            (r#"{"customerId":"C1","ttlSeconds":"60"}"#, "ttlSeconds"),
            (r#"{"customerId":"C1","ttlSeconds":true}"#, "ttlSeconds"),
            (r#"{"customerId":"C1","ttlSeconds":99999999999999999999999}"#, "ttlSeconds"),
        ] {
            let (status, answer) = read(shop.post(PATH, &token, body.to_owned()).await).await;
            assert_eq!(status, 400, "{body}");
            assert_eq!(answer["type"], "about:blank", "{answer}");
            assert_eq!(answer["title"], "Bad Request", "{answer}");
            assert_eq!(answer["status"], 400, "{answer}");
            assert_eq!(answer["instance"], "/acme/customerTokens", "{answer}");
            assert_eq!(answer["errors"][0]["field"], field, "{body}: {answer}");
        }
        let binary = shop.post(PATH, &token, b"{\"customerId\":\"\xff\"}".to_vec()).await;
        assert_eq!(read(binary).await.0, 400);
    }

    async fn an_idempotency_key_gives_the_same_token_again(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(ISSUE).await;
        let send = async |key: &str, body: &str| {
            let request = shop.request(Method::POST, PATH).bearer_auth(&token).header("Idempotency-Key", key.as_bytes());
            let answer = request.body(body.to_owned()).send().await.unwrap();
            let replayed = header(&answer, "idempotent-replayed").map(str::to_owned);
            let (status, body) = read(answer).await;
            (status, replayed, body)
        };
        let first = send("k-1", r#"{"customerId":"C1"}"#).await;
        assert_eq!((first.0, first.1), (200, None));
        let again = send("k-1", r#"{"customerId":"C1"}"#).await;
        assert_eq!((again.0, again.1.as_deref()), (200, Some("true")));
        assert_eq!(first.2, again.2);
        let (status, _, body) = send("k-1", r#"{"customerId":"C2"}"#).await;
        assert_eq!((status, &body["type"]), (422, &json!("idempotency_key_reused")));
        assert_ne!(send("k-2", r#"{"customerId":"C1"}"#).await.2, first.2);
        // A refused request leaves its key free.
        assert_eq!(send("k-3", "{}").await.0, 400);
        assert_eq!(send("k-3", r#"{"customerId":"C1"}"#).await.0, 200);
        for key in ["", "a b", "\u{fc}", &"k".repeat(256)] {
            let (status, _, body) = send(key, r#"{"customerId":"C1"}"#).await;
            assert_eq!((status, &body["errors"][0]["field"]), (400, &json!("Idempotency-Key")), "{key}");
        }
    }
}
