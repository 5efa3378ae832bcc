//! Tokens of a shop's own identity provider, wherever a customer's token goes.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use guerdon::{
    app::App,
    config::Settings,
    domain::{
        endpoint::Reach,
        identity::{ProviderDraft, TypedProvider},
    },
    service::identity::{self, fetching},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    common::{
        issuer::{Publisher, SigningKey, jwks},
        on_both,
    },
    shop::{ALL, Shop, caller, read},
};

const ISSUER: &str = "https://id.example.com/realms/shop";
const OWN: &str = "/reward-points/public/customer";

/// A Guerdon that may fetch keys from this machine.
fn open(app: &App) -> App {
    let settings = Settings { webhooks_allow_private: Some(true), ..app.settings.as_ref().clone() };
    App { settings: Arc::new(settings), ..app.clone() }
}

fn draft(audience: &str, claim: &str, keys: &str) -> ProviderDraft {
    let (jwks_url, jwks) = if keys.starts_with("http") { (keys, "") } else { ("", keys) };
    let typed = TypedProvider { name: "Id", issuer: ISSUER, audience, claim, jwks_url, jwks };
    ProviderDraft::parse(typed, Reach::Anywhere).unwrap()
}

/// Adds a provider to a tenant, and gives its id.
async fn provider(shop: &Shop, tenant: &str, keys: &str) -> String {
    identity::create(&shop.app, &caller(tenant), &draft("points", "sub", keys)).await.unwrap()
}

/// Good claims of a customer.
fn claims(app: &App, customer: &str) -> Value {
    let now = app.now().micros() / 1_000_000;
    json!({"iss": ISSUER, "aud": "points", "sub": customer, "iat": now, "exp": now + 300})
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

fn without(mut claims: Value, name: &str) -> Value {
    claims.as_object_mut().unwrap().remove(name);
    claims
}

async fn ask(shop: &Shop, token: &str) -> (u16, Value) {
    read(shop.request(Method::GET, OWN).bearer_auth(token).send().await.unwrap()).await
}

async fn ask_as(shop: &Shop, token: &str, tenant: &str) -> (u16, Value) {
    let request = shop.request(Method::GET, OWN).bearer_auth(token).header("Emporix-Tenant", tenant);
    read(request.send().await.unwrap()).await
}

async fn give(shop: &Shop, customer: &str, points: i64) {
    let service = shop.token(ALL).await;
    let path = format!("/reward-points/customer/{customer}/addPoints");
    assert_eq!(shop.post(&path, &service, json!({"points": points}).to_string()).await.status(), 201);
}

/// Every one is the contract's 401.
async fn refused(shop: &Shop, token: &str, why: &str) {
    let expected = json!({"fault": {
        "faultstring": "Invalid access token", "detail": {"errorcode": "oauth.v2.InvalidAccessToken"},
    }});
    assert_eq!(ask(shop, token).await, (401, expected), "{why}: {token}");
}

on_both! {
    async fn each_algorithm_signs_a_customer_in(app, clock) {
        let shop = Shop::open(app).await;
        let keys = [SigningKey::rsa("r"), SigningKey::ec("e"), SigningKey::ed("d")];
        provider(&shop, "acme", &jwks(&keys.iter().collect::<Vec<_>>())).await;
        give(&shop, "C1", 70).await;
        for key in &keys {
            let token = key.sign(&claims(app, "C1"));
            assert_eq!(ask(&shop, &token).await, (200, json!(70)), "{}", key.algorithm());
            assert_eq!(ask_as(&shop, &token, "acme").await.0, 200);
            assert_eq!(ask_as(&shop, &token, "beta").await.0, 403);
        }
        let token = keys[1].sign(&claims(app, "C1"));
        // It is a customer's token and no more.
        let options = shop.request(Method::GET, "/reward-points/acme/redeemOptions").bearer_auth(&token).send().await.unwrap();
        assert_eq!(options.status(), 200);
        assert_eq!(shop.post("/reward-points/customer/C1/addPoints", &token, r#"{"points": 1}"#).await.status(), 403);
        let other = shop.request(Method::GET, "/reward-points/beta/redeemOptions").bearer_auth(&token).send().await.unwrap();
        assert_eq!(other.status(), 403);
        assert_eq!(ask(&shop, &keys[0].sign(&claims(app, "unknown"))).await.0, 404);
        // It ends, with a minute for clocks that differ.
        clock.set(app.now().plus_secs(359));
        assert_eq!(ask(&shop, &token).await.0, 200);
        clock.set(app.now().plus_secs(1));
        refused(&shop, &token, "it is over").await;
    }

    async fn whatever_is_not_right_is_401(app, _clock) {
        let shop = Shop::open(app).await;
        let (key, other) = (SigningKey::ec("k1"), SigningKey::ec("k1"));
        let rsa = SigningKey::rsa("r1");
        provider(&shop, "acme", &jwks(&[&key, &rsa])).await;
        give(&shop, "C1", 5).await;
        let good = claims(app, "C1");
        let now = app.now().micros() / 1_000_000;
        assert_eq!(ask(&shop, &key.sign(&good)).await.0, 200);
        for (why, claims) in [
            ("no issuer", without(good.clone(), "iss")),
            ("another issuer", with(good.clone(), "iss", json!(format!("{ISSUER}/")))),
            ("several issuers", with(good.clone(), "iss", json!([ISSUER]))),
            ("no audience", without(good.clone(), "aud")),
            ("another audience", with(good.clone(), "aud", json!("pointss"))),
            ("an audience that is no text", with(good.clone(), "aud", json!(["points", 1]))),
            ("audiences of others", with(good.clone(), "aud", json!(["a", "b"]))),
            ("no end", without(good.clone(), "exp")),
            ("an end that is text", with(good.clone(), "exp", json!((now + 300).to_string()))),
            ("an end that is null", with(good.clone(), "exp", Value::Null)),
            ("over", with(good.clone(), "exp", json!(now - 60))),
            ("an end before time began", with(good.clone(), "exp", json!(-1))),
            ("an endless life", with(good.clone(), "exp", json!(1e300))),
            ("a life of more than a day", with(good.clone(), "exp", json!(now + 86_461))),
            ("made tomorrow", with(good.clone(), "iat", json!(now + 61))),
            ("made at no time", with(good.clone(), "iat", json!("now"))),
            ("not yet good", with(good.clone(), "nbf", json!(now + 61))),
            ("no customer", without(good.clone(), "sub")),
            ("an empty customer", with(good.clone(), "sub", json!(""))),
            ("several customers", with(good.clone(), "sub", json!(["C1"]))),
            ("any customer", with(good.clone(), "sub", json!(true))),
            ("half a customer", with(good.clone(), "sub", json!(1.5))),
            ("a customer with a control character", with(good.clone(), "sub", json!("C\u{0}1"))),
            ("a long customer", with(good.clone(), "sub", json!("x".repeat(256)))),
        ] {
            refused(&shop, &key.sign(&claims), why).await;
        }
        let head = json!({"alg": "ES256", "kid": "k1", "typ": "JWT"});
        for (why, head) in [
            ("no algorithm", without(head.clone(), "alg")),
            ("alg none", with(head.clone(), "alg", json!("none"))),
            ("alg HS256", with(head.clone(), "alg", json!("HS256"))),
            ("the algorithm of another key", with(head.clone(), "alg", json!("RS256"))),
            ("in lower case", with(head.clone(), "alg", json!("es256"))),
            ("an unknown key", with(head.clone(), "kid", json!("k2"))),
            ("a key of no name", with(head.clone(), "kid", json!(7))),
            ("the other key's name", with(head.clone(), "kid", json!("r1"))),
            ("something critical", with(head.clone(), "crit", json!(["exp"]))),
            ("something critical that is empty", with(head.clone(), "crit", json!([]))),
            ("a token for logging out", with(head.clone(), "typ", json!("logout+jwt"))),
        ] {
            refused(&shop, &key.sign_with(&head, &good), why).await;
        }
        // Keys that the token brings along are not looked at.
        let bad = other.sign_with(&with(head.clone(), "jwk", other.jwk()), &good);
        refused(&shop, &bad, "its own key").await;
        let ours = key.sign_with(&with(with(head, "jku", json!("https://evil.example/")), "jwk", other.jwk()), &good);
        assert_eq!(ask(&shop, &ours).await.0, 200);
    }

    async fn what_was_signed_is_what_counts(app, _clock) {
        let shop = Shop::open(app).await;
        let (key, rsa) = (SigningKey::ec("k1"), SigningKey::rsa("r1"));
        provider(&shop, "acme", &jwks(&[&key, &rsa])).await;
        give(&shop, "C1", 5).await;
        let good = claims(app, "C1");
        let token = key.sign(&good);
        let [head, body, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
        let changed = BASE64_URL_SAFE_NO_PAD.encode(with(good.clone(), "sub", json!("C2")).to_string());
        let public = BASE64_URL_SAFE_NO_PAD.decode(rsa.jwk()["n"].as_str().unwrap()).unwrap();
        let hs = BASE64_URL_SAFE_NO_PAD.encode(json!({"alg": "HS256", "kid": "r1"}).to_string());
        let mut mac = Hmac::<Sha256>::new_from_slice(&public).unwrap();
        mac.update(format!("{hs}.{body}").as_bytes());
        let forged = BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        for (why, token) in [
            ("changed", format!("{head}.{changed}.{signature}")),
            ("unsigned", format!("{head}.{body}.")),
            ("two parts", format!("{head}.{body}")),
            ("four parts", format!("{token}.x")),
            ("padded", format!("{head}.{body}.{signature}=")),
            ("signed with a public key", format!("{hs}.{body}.{forged}")),
            ("nothing but dots", "..".to_owned()),
            ("long", format!("{token}{}", "A".repeat(9_000))),
        ] {
            refused(&shop, &token, why).await;
        }
    }

    async fn what_is_right_in_another_way_is_taken(app, _clock) {
        let shop = Shop::open(app).await;
        let key = SigningKey::ed("k1");
        let typed = draft("points", "https://shop.example/customer", &jwks(&[&key]));
        identity::create(&shop.app, &caller("acme"), &typed).await.unwrap();
        identity::create(&shop.app, &caller("beta"), &draft("beta", "shop.customer.id", &jwks(&[&key]))).await.unwrap();
        give(&shop, "42", 9).await;
        let now = app.now().micros() / 1_000_000;
        let good = with(claims(app, "someone"), "https://shop.example/customer", json!("42"));
        for claims in [
            good.clone(),
            with(good.clone(), "https://shop.example/customer", json!(42)),
            with(good.clone(), "aud", json!(["other", "points"])),
            with(good.clone(), "exp", serde_json::from_str(&format!("{}.5", now + 30)).unwrap()),
            without(good.clone(), "iat"),
            with(good.clone(), "nbf", json!(now + 60)),
            with(good.clone(), "exp", json!(now - 59)),
            with(good.clone(), "exp", json!(now + 86_400)),
        ] {
            assert_eq!(ask(&shop, &key.sign(&claims)).await, (200, json!(9)), "{claims}");
        }
        for head in [json!({"alg": "EdDSA"}), json!({"alg": "EdDSA", "kid": "k1", "typ": "at+JWT"})] {
            assert_eq!(ask(&shop, &key.sign_with(&head, &good)).await.0, 200, "{head}");
        }
        // A claim inside others, of another tenant.
        let nested = with(with(good, "aud", json!("beta")), "shop", json!({"customer": {"id": "B7"}}));
        let (status, body) = ask(&shop, &key.sign(&nested)).await;
        assert_eq!((status, body["message"].as_str()), (404, Some("No reward points found for customer B7")));
    }

    async fn the_header_decides_between_tenants_with_one_provider(app, _clock) {
        let shop = Shop::open(app).await;
        let key = SigningKey::ec("k1");
        let id = provider(&shop, "acme", &jwks(&[&key])).await;
        provider(&shop, "beta", &jwks(&[&key])).await;
        give(&shop, "C1", 3).await;
        let token = key.sign(&claims(app, "C1"));
        refused(&shop, &token, "nobody knows whose").await;
        assert_eq!(ask_as(&shop, &token, "acme").await, (200, json!(3)));
        assert_eq!(ask_as(&shop, &token, "beta").await.0, 404);
        assert_eq!(ask_as(&shop, &token, "nowhere").await.0, 401);
        let options = shop.request(Method::GET, "/reward-points/beta/redeemOptions").bearer_auth(&token).send().await.unwrap();
        assert_eq!(options.status(), 200, "the path names the tenant");
        identity::set_enabled(&shop.app, &caller("acme"), &id, false).await.unwrap();
        assert_eq!(ask(&shop, &token).await.0, 404, "beta's alone");
        // A provider of the same name with other keys takes nothing away from beta.
        identity::remove(&shop.app, &caller("acme"), &id).await.unwrap();
        provider(&shop, "acme", &jwks(&[&SigningKey::ec("k1")])).await;
        assert_eq!(ask(&shop, &token).await.0, 404);
    }

    async fn keys_are_fetched_again_when_the_provider_changes_them(app, clock) {
        let shop = Shop::open(&open(app)).await;
        let (first, second, third) = (SigningKey::ec("k1"), SigningKey::ed("k2"), SigningKey::ec("k3"));
        let publisher = Publisher::start(&[&first]);
        provider(&shop, "acme", &publisher.url()).await;
        assert_eq!(publisher.asked(), 1);
        give(&shop, "C1", 1).await;
        for _ in 0..3 {
            clock.set(app.now().plus_secs(3));
            assert_eq!(ask(&shop, &first.sign(&claims(app, "C1"))).await.0, 200);
        }
        assert_eq!(publisher.asked(), 1, "never for a key that is known");
        // Soon after the last fetch an unknown key is refused without another.
        publisher.answer(200, jwks(&[&first, &second]));
        assert_eq!(ask(&shop, &second.sign(&claims(app, "C1"))).await.0, 401);
        assert_eq!(publisher.asked(), 1);
        clock.set(app.now().plus_secs(30));
        assert_eq!(ask(&shop, &second.sign(&claims(app, "C1"))).await.0, 200);
        assert_eq!(publisher.asked(), 2);
        // What is not good anyway is no reason to ask.
        clock.set(app.now().plus_secs(31));
        for bad in [with(claims(app, "C1"), "aud", json!("x")), with(claims(app, "C1"), "exp", json!(1))] {
            refused(&shop, &third.sign(&bad), "not good anyway").await;
        }
        assert_eq!(publisher.asked(), 2);
        // A crowd with an unknown key makes one request.
        let token = third.sign(&claims(app, "C1"));
        let crowd = futures_util::future::join_all((0..20).map(|_| ask(&shop, &token))).await;
        assert!(crowd.iter().all(|(status, _)| *status == 401));
        assert_eq!(publisher.asked(), 3);
        // With the provider away, or talking nonsense, the known keys stay.
        for (status, body) in [(500, String::new()), (200, "{\"keys\": []}".to_owned()), (200, "<html>".to_owned()),
            (302, String::new()), (200, " ".repeat(70_000))] {
            publisher.answer(status, body);
            let before = publisher.asked();
            clock.set(app.now().plus_secs(601));
            assert_eq!(fetching::refresh_due(&shop.app).await.unwrap(), 0);
            assert_eq!(publisher.asked(), before + 1, "{status}");
            assert_eq!(ask(&shop, &second.sign(&claims(app, "C1"))).await.0, 200, "{status}");
            let kept = identity::list(&shop.app.db, &caller("acme").tenant).await.unwrap();
            assert!(kept[0].fetch_error.is_some(), "{status}");
        }
        // A key that was taken back is good no more.
        publisher.answer(200, jwks(&[&second]));
        clock.set(app.now().plus_secs(601));
        assert_eq!(fetching::refresh_due(&shop.app).await.unwrap(), 1);
        assert_eq!(ask(&shop, &second.sign(&claims(app, "C1"))).await.0, 200);
        refused(&shop, &first.sign(&claims(app, "C1")), "its key was taken back").await;
        assert!(identity::list(&shop.app.db, &caller("acme").tenant).await.unwrap()[0].fetch_error.is_none());
    }

    async fn keys_come_from_where_the_operator_lets_requests_lead(app, _clock) {
        let shop = Shop::open(app).await;
        let publisher = Publisher::start(&[&SigningKey::ec("k1")]);
        let draft = draft("points", "sub", &publisher.url());
        let refused = identity::create(&shop.app, &caller("acme"), &draft).await.unwrap_err();
        assert!(refused.to_string().contains("nothing is fetched from this address"), "{refused}");
        assert_eq!(publisher.asked(), 0);
        assert_eq!(identity::list(&shop.app.db, &caller("acme").tenant).await.unwrap(), []);
    }

    async fn a_provider_switched_off_signs_nobody_in(app, _clock) {
        let shop = Shop::open(app).await;
        let key = SigningKey::ec("k1");
        let id = provider(&shop, "acme", &jwks(&[&key])).await;
        give(&shop, "C1", 2).await;
        let token = key.sign(&claims(app, "C1"));
        assert_eq!(ask(&shop, &token).await.0, 200);
        identity::set_enabled(&shop.app, &caller("acme"), &id, false).await.unwrap();
        refused(&shop, &token, "it is off").await;
        identity::set_enabled(&shop.app, &caller("acme"), &id, true).await.unwrap();
        assert_eq!(ask(&shop, &token).await.0, 200);
        let again = identity::create(&shop.app, &caller("acme"), &draft("points", "sub", &jwks(&[&key]))).await.unwrap_err();
        assert!(again.to_string().contains("already"), "{again}");
        identity::remove(&shop.app, &caller("acme"), &id).await.unwrap();
        refused(&shop, &token, "it is gone").await;
    }
}
