//! Whatever dies between an entry and its receiver: each entry is told of at least once, under one id.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use guerdon::store::{Backend, Db};
use reqwest::Client;
use serde_json::{Value, json};

use crate::common::{
    database::{TestDb, raw},
    program::{Program, Server},
    receiver::{Manner, Receiver},
    wait,
};

const ROUNDS: usize = 4;
const WRITES: usize = 150;

/// A token for the shop's program.
async fn token(program: &Program, server: &Server, http: &Client) -> String {
    let scope = "rewardspoints.rewardpoints_view rewardspoints.rewardpoints_manage";
    let client = program.json(&["client", "create", "--tenant", "acme", "--name", "shop", "--scope", scope, "--json"]);
    let request = json!({
        "grant_type": "client_credentials", "client_id": client["client_id"], "client_secret": client["client_secret"],
    });
    let answer = http.post(server.url("/oauth/token")).form(&request).send().await.unwrap();
    let answer: Value = answer.error_for_status().unwrap().json().await.unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

/// Makes an endpoint as an admin does, in the back office.
async fn make_endpoint(program: &Program, server: &Server, url: &str) {
    let create =
        ["user", "create", "--tenant", "acme", "--email", "ann@example.com", "--role", "admin", "--password-stdin"];
    assert_eq!(program.run_with(&create, "a long enough sentence\n").code, Some(0));
    let browser =
        Client::builder().cookie_store(true).no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let csrf = async |path: &str| {
        let page = browser.get(server.url(path)).send().await.unwrap().text().await.unwrap();
        let rest = page.split("name=\"csrf\" value=\"").last().unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let post = async |path: &str, fields: &[(&str, &str)]| {
        let request = browser.post(server.url(path)).header("sec-fetch-site", "same-origin").form(fields);
        request.send().await.unwrap().status().as_u16()
    };
    let token = csrf("/admin/login").await;
    let fields = [("csrf", token.as_str()), ("email", "ann@example.com"), ("password", "a long enough sentence")];
    assert_eq!(post("/admin/login", &fields).await, 303);
    let token = csrf("/admin/acme/webhooks/new").await;
    let fields =
        [("csrf", token.as_str()), ("url", url), ("event_types", "points.added"), ("event_types", "points.expired")];
    assert_eq!(post("/admin/acme/webhooks", &fields).await, 201);
}

/// Adds points many times at once, and counts what is acknowledged.
async fn add(server: &Server, http: &Client, token: &str, round: usize, acknowledged: &AtomicUsize) {
    let sent = (0..WRITES).map(|n| {
        let url = server.url(&format!("/reward-points/customer/C{}/addPoints", n % 10));
        let body = json!({"id": format!("{round}-{n}"), "points": 10, "description": "x"});
        let request = http.post(url).bearer_auth(token).json(&body);
        async move {
            if request.send().await.is_ok_and(|answer| answer.status() == 201) {
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    futures_util::future::join_all(sent).await;
}

async fn survive(backend: Backend) {
    let db = TestDb::new(backend).await;
    let program = Program::on(&db).with("GUERDON_WEBHOOKS_ALLOW_PRIVATE", "true");
    program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
    let mut server = program.serve().await;
    let http = Client::builder().timeout(Duration::from_secs(30)).no_proxy().build().unwrap();
    let token = token(&program, &server, &http).await;
    let receiver = Receiver::start();
    make_endpoint(&program, &server, &receiver.url()).await;
    for round in 0..ROUNDS {
        if round == 0 {
            // Some wait for their second try when it dies. Not more than one try of each fails: the next pause is long.
            receiver.next(&[Manner::Close, Manner::Answer(500), Manner::Answer(503)]);
        }
        let seen = receiver.received().len();
        let acknowledged = AtomicUsize::new(0);
        tokio::join!(add(&server, &http, &token, round, &acknowledged), async {
            receiver.wait_for(seen + WRITES / 3).await;
            // What came may be left over from the round before, before anything of this one is written.
            wait::until("an entry is acknowledged", Duration::from_secs(30), async || {
                (acknowledged.load(Ordering::Relaxed) > 0).then_some(())
            })
            .await;
            server.kill();
        });
        server = program.serve().await;
    }
    // Entries whose acknowledgement was lost may be there as well; every one that is there must be told of.
    let written = entries(&db).await;
    assert!(written.len() >= ROUNDS);
    wait::until("every entry was taken", Duration::from_mins(2), async || {
        let told: BTreeSet<String> = told(&receiver).into_iter().map(|(entry, _)| entry).collect();
        written.is_subset(&told).then_some(())
    })
    .await;
    let told = told(&receiver);
    let entries: BTreeSet<&String> = told.iter().map(|(entry, _)| entry).collect();
    let ids: BTreeSet<&String> = told.iter().map(|(_, id)| id).collect();
    assert_eq!((entries.len(), ids.len(), told.len()), (written.len(), written.len(), written.len()));
}

/// Entry and webhook-id of everything that was taken, each pair once.
fn told(receiver: &Receiver) -> BTreeSet<(String, String)> {
    let taken = receiver.received().into_iter().filter(|one| one.taken);
    taken.map(|one| (one.json()["data"]["entryId"].as_str().unwrap().to_owned(), one.id().to_owned())).collect()
}

async fn entries(db: &Db) -> BTreeSet<String> {
    let rows: Vec<(String,)> = db.query(raw("SELECT entry_id FROM entries")).all().await.unwrap();
    rows.into_iter().map(|(id,)| id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_entry_is_told_of_although_the_sender_is_killed_on_sqlite() {
    survive(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_entry_is_told_of_although_the_sender_is_killed_on_postgres() {
    survive(Backend::Postgres).await;
}
