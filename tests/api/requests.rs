//! What every path of the API does with requests that are off: strict paths, methods, limits.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use reqwest::Method;
use serde_json::json;

use crate::{
    common::{database::raw, on_both},
    shop::{ALL, Shop, header, read},
};

/// Sends a request as it stands, which no HTTP library would, and returns the answer.
fn send_raw(shop: &Shop, text: &str) -> String {
    let mut stream = TcpStream::connect(shop.address()).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

on_both! {
    async fn paths_that_cannot_be_decoded_are_400(app, _clock) {
        let shop = Shop::open(app).await;
        for segment in ["%", "%2", "%zz", "%ff", "%C3", "%00", "%0a", "%7f", "a%1Fb", "%ed%a0%80"] {
            let path = format!("/reward-points/customer/{segment}");
            let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            let answer = tokio::task::block_in_place(|| send_raw(&shop, &request));
            assert!(answer.starts_with("HTTP/1.1 400 "), "{segment}: {answer}");
            let (_, body) = answer.split_once("\r\n\r\n").unwrap();
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            assert_eq!(body["instance"], format!("/customer/{segment}"));
        }
    }

    async fn unknown_paths_are_404_in_the_words_of_their_family(app, _clock) {
        let shop = Shop::open(app).await;
        for path in ["/reward-points", "/reward-points/", "/reward-points/acme/nothing", "/coupon/acme/x", "/oauth/token/"] {
            let answer = shop.request(Method::GET, path).send().await.unwrap();
            assert_eq!(header(&answer, "x-content-type-options"), Some("nosniff"));
            let expected = json!({"type": "resource_not_found", "status": 404, "message": "There is nothing at this path."});
            assert_eq!(read(answer).await, (404, expected), "{path}");
        }
    }

    async fn other_methods_are_405_with_allow(app, _clock) {
        let shop = Shop::open(app).await;
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            let answer = shop.request(method.clone(), "/reward-points/acme/customerTokens").send().await.unwrap();
            assert_eq!((answer.status().as_u16(), header(&answer, "allow")), (405, Some("POST")), "{method}");
            assert_eq!(read(answer).await.1["status"], 405);
        }
    }

    async fn bodies_are_bounded(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(ALL).await;
        let path = "/reward-points/acme/customerTokens";
        let blanks = |length: usize| format!("{{\"customerId\":\"C1\"{}}}", " ".repeat(length - 19));
        assert_eq!(shop.post(path, &token, blanks(1024 * 1024)).await.status(), 200);
        let answer = shop.post(path, &token, blanks(1024 * 1024 + 1)).await;
        assert_eq!(read(answer).await.0, 413);
        let encoded = shop.request(Method::POST, path).bearer_auth(&token).header("content-encoding", "gzip").body("x");
        assert_eq!(read(encoded.send().await.unwrap()).await.0, 415);
        // Without a length, piece by piece.
        let piece = "x".repeat(1024 * 1024);
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nTransfer-Encoding: chunked\r\n\
             Connection: close\r\n\r\n100000\r\n{piece}\r\n1\r\nx\r\n0\r\n\r\n"
        );
        let answer = tokio::task::block_in_place(|| send_raw(&shop, &request));
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    }

    async fn every_answer_has_an_id_of_its_own(app, _clock) {
        let shop = Shop::open(app).await;
        let mut ids = Vec::new();
        for path in ["/reward-points/x", "/health/live", "/oauth/token"] {
            let answer = shop.request(Method::GET, path).send().await.unwrap();
            ids.push(header(&answer, "x-request-id").unwrap().to_owned());
        }
        assert!(ids.iter().all(|id| id.len() == 32), "{ids:?}");
        ids.dedup();
        assert_eq!(ids.len(), 3);
    }

    async fn a_fault_of_ours_tells_nothing_of_the_inside(app, _clock) {
        let shop = Shop::open(app).await;
        let token = shop.token(ALL).await;
        let mut tx = app.db.begin().await.unwrap();
        tx.query(raw("DROP TABLE idempotency_keys")).run().await.unwrap();
        tx.commit().await.unwrap();
        let request = shop.request(Method::POST, "/reward-points/acme/customerTokens").bearer_auth(&token);
        let answer = request.header("Idempotency-Key", "k").body(r#"{"customerId":"C1"}"#).send().await.unwrap();
        let (status, mut body) = read(answer).await;
        assert!(body["timestamp"].take().as_str().unwrap().ends_with("+00:00"));
        assert_eq!((status, body), (500, json!({
            "timestamp": null, "status": 500, "error": "Internal Server Error", "path": "/acme/customerTokens",
        })));
    }

    async fn health_and_metrics_answer(app, _clock) {
        let shop = Shop::open(app).await;
        let ready = shop.request(Method::GET, "/health/ready").send().await.unwrap();
        assert_eq!(read(ready).await, (200, json!({"status": "ready"})));
        shop.request(Method::GET, "/reward-points/customer/C%201").send().await.unwrap();
        let metrics = shop.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
        assert!(metrics.contains("guerdon_requests_total{surface=\"api\",class=\"4xx\"} 1\n"), "{metrics}");
        assert!(!metrics.contains("C 1") && !metrics.contains("C%201"), "{metrics}");
        // Beside everything else they are for who connects directly, not for who comes through a proxy.
        for name in ["x-forwarded-for", "forwarded"] {
            let through = shop.request(Method::GET, "/metrics").header(name, "192.0.2.1").send().await.unwrap();
            assert_eq!(through.status(), 404, "{name}");
        }
        let health = shop.request(Method::GET, "/health/ready").header("x-forwarded-for", "192.0.2.1");
        assert_eq!(read(health.send().await.unwrap()).await, (200, json!({"status": "ready"})), "and nothing else");
    }
}

/// Nothing to do with the database, and slow: the body has ten seconds.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_never_comes_is_not_waited_for() {
    use crate::common::{clock, database::TestDb};
    use guerdon::store::Backend;

    let db = TestDb::new(Backend::Sqlite).await;
    let shop = Shop::open(&db.app(&clock::stopped())).await;
    let request = "POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\ngrant_type";
    let begun = std::time::Instant::now();
    let answer = tokio::task::block_in_place(|| send_raw(&shop, request));
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(begun.elapsed().as_secs() < 30);
}

/// PostgreSQL only: SQLite is a file of ours and cannot go away.
#[tokio::test(flavor = "multi_thread")]
async fn with_the_database_away_it_is_503_with_retry_after() {
    use crate::common::{clock, database::TestDb};
    use guerdon::store::Backend;

    let db = TestDb::new(Backend::Postgres).await;
    let app = db.app(&clock::stopped());
    let shop = Shop::open(&app).await;
    let token = shop.token(ALL).await;
    app.db.close().await;
    let answer = shop.post("/reward-points/acme/customerTokens", &token, r#"{"customerId":"C1"}"#).await;
    assert_eq!(header(&answer, "retry-after"), Some("2"));
    assert_eq!(read(answer).await.0, 503);
    let ready = shop.request(Method::GET, "/health/ready").send().await.unwrap();
    assert_eq!(ready.status(), 503);
    let live = shop.request(Method::GET, "/health/live").send().await.unwrap();
    assert_eq!(live.status(), 200);
}
