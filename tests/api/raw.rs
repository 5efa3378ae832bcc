//! Requests that no HTTP library sends: read in one way, or refused.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use guerdon::store::Backend;

use crate::{
    common::{clock, database::TestDb},
    shop::Shop,
};

/// Sends a text as it stands, and returns all that is answered until the connection ends or nothing more comes.
pub(super) fn send(address: &str, text: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    // What is refused early is not read to its end.
    let _ = stream.write_all(text);
    let mut answer = Vec::new();
    let mut piece = [0; 4_096];
    while let Ok(read @ 1..) = stream.read(&mut piece) {
        answer.extend_from_slice(&piece[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// How many requests were answered, and the status of the first.
fn told(answer: &str) -> (usize, &str) {
    (answer.matches("HTTP/1.1 ").count(), answer.get(9..12).unwrap_or_default())
}

/// Nothing to do with the database.
#[tokio::test(flavor = "multi_thread")]
async fn requests_that_could_be_read_in_two_ways_are_refused() {
    let db = TestDb::new(Backend::Sqlite).await;
    let shop = Shop::open(&db.app(&clock::stopped())).await;
    let hidden = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
    let post = |headers: &str, body: &str| format!("POST /oauth/token HTTP/1.1\r\nHost: x\r\n{headers}\r\n{body}");
    for text in [
        post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", &format!("0\r\n\r\n{hidden}")),
        post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", &format!("0\r\n\r\n{hidden}")),
        post("Content-Length: 0\r\nContent-Length: 50\r\n", hidden),
        post("Content-Length: 0, 50\r\n", hidden),
        post("Content-Length: +0\r\n", hidden),
        post("Content-Length: 0x0\r\n", hidden),
        post("Content-Length: -1\r\n", hidden),
        post("Content-Length: 99999999999999999999\r\n", hidden),
        post("Transfer-Encoding: gzip, chunked, identity\r\n", &format!("0\r\n\r\n{hidden}")),
        post("Transfer-Encoding: xchunked\r\n", &format!("0\r\n\r\n{hidden}")),
        post("Transfer-Encoding: chunked\r\n", &format!("-1\r\n\r\n{hidden}")),
        post("Transfer-Encoding : chunked\r\n", &format!("0\r\n\r\n{hidden}")),
        format!("GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n{hidden}"),
        format!("GET / HTTP/1.1\r\nHost: x\r\nX\0Y: a\r\n\r\n{hidden}"),
        format!("GET /a b HTTP/1.1\r\nHost: x\r\n\r\n{hidden}"),
        format!("GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n{hidden}"),
        format!("GET / HTTP/1.1\nHost: x\r\nX: \u{1}\r\n\r\n{hidden}"),
        format!("\u{16}\u{3}\u{1}\0{hidden}"),
    ] {
        let answer = tokio::task::block_in_place(|| send(shop.address(), text.as_bytes()));
        assert_eq!(told(&answer), (1, "400"), "{text:?}: {answer}");
    }
    // Two plain ones are two.
    let answer = tokio::task::block_in_place(|| send(shop.address(), hidden.repeat(2).as_bytes()));
    assert_eq!(told(&answer), (2, "200"), "{answer}");
}

/// Nothing to do with the database.
#[tokio::test(flavor = "multi_thread")]
async fn heads_of_requests_are_bounded_and_methods_known() {
    let db = TestDb::new(Backend::Sqlite).await;
    let shop = Shop::open(&db.app(&clock::stopped())).await;
    let long = "x".repeat(300_000);
    let many = "X: y\r\n".repeat(2_000);
    for (text, statuses) in [
        (format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n"), &["400", "414", "431"][..]),
        (format!("GET / HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n"), &["400", "431"]),
        (format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n"), &["400", "431"]),
        ("TRACE /health/live HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), &["405", "404"]),
        ("CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), &["400", "404", "405"]),
        ("GET /health/live HTTP/1.1\r\nHost: x\r\nX-HTTP-Method-Override: DELETE\r\n\r\n".to_owned(), &["200"]),
        ("DELETE /health/live HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), &["405"]),
    ] {
        let answer = tokio::task::block_in_place(|| send(shop.address(), text.as_bytes()));
        let shown: String = text.chars().take(60).collect();
        let (answers, status) = told(&answer);
        // A connection that is cut without a word is an answer, too.
        assert!(answer.is_empty() || answers == 1 && statuses.contains(&status), "{shown:?}: {answer}");
    }
}

/// Nothing to do with the database: the files are in the program.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_disk_is_served() {
    let db = TestDb::new(Backend::Sqlite).await;
    let shop = Shop::open(&db.app(&clock::stopped())).await;
    for path in [
        "/static/../Cargo.toml",
        "/static/..%2fCargo.toml",
        "/static/%2e%2e/Cargo.toml",
        "/static/..%5cCargo.toml",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/css/../../Cargo.toml",
        "/static/%00",
        "/static/",
        "/static",
        "/Cargo.toml",
        "/.git/config",
        "/guerdon.db",
        "/guerdon.key",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = tokio::task::block_in_place(|| send(shop.address(), request.as_bytes()));
        assert!(told(&answer) == (1, "404") || told(&answer) == (1, "400"), "{path}: {answer}");
        assert!(!answer.contains("[package]") && !answer.contains("root:"), "{path}");
    }
}
