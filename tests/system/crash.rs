//! Nothing that was acknowledged is lost, and nothing is done twice, when the server, the database or both die in
//! the middle of a crowd of writes.
//!
//! `TEST_KILLS=100` kills that often instead of once each.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use guerdon::store::Backend;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use reqwest::Client;
use serde_json::{Value, json};

use crate::common::{
    cluster::Cluster,
    database::TestDb,
    program::{Program, Server},
};

/// New writes in each round.
const WRITES: usize = 1_000;
/// How many are under way at once.
const AT_ONCE: usize = 100;
const CUSTOMERS: usize = 25;
/// What every customer has at first: more than all redemptions together take.
const BEGINNING: i64 = 1_000_000_000;

/// One write.
#[derive(Clone, Debug)]
struct Write {
    /// Its description, by which it is found again.
    mark: String,
    /// Whether it goes under an id of the client's own, so that it may be sent again.
    repeatable: bool,
    customer: String,
    /// Negative when it is a redemption.
    points: i64,
}

impl Write {
    fn random(mark: String, random: &mut StdRng) -> Self {
        Self {
            mark,
            repeatable: random.random_bool(0.7),
            customer: format!("C{}", random.random_range(0..CUSTOMERS)),
            points: random.random_range(1..500) * if random.random_bool(0.5) { 1 } else { -1 },
        }
    }

    /// Sends it; whether the server acknowledged it. A connection that breaks or an error of the server's is none.
    async fn send(&self, scene: &Scene) -> bool {
        let operation = if self.points > 0 { "addPoints" } else { "redeemPoints" };
        let url = scene.server.url(&format!("/reward-points/customer/{}/{operation}", self.customer));
        let mut body = json!({"points": self.points.abs(), "description": self.mark});
        if self.repeatable {
            body["id"] = json!(format!("id-of-{}", self.mark));
        }
        match scene.http.post(url).bearer_auth(&scene.token).json(&body).send().await {
            Ok(answer) if answer.status() == 201 => true,
            Ok(answer) if answer.status().is_server_error() => false,
            Ok(answer) => panic!("{self:?} was answered {}: {}", answer.status(), answer.text().await.unwrap()),
            Err(_broken) => false,
        }
    }
}

/// What dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Server,
    Database,
    Both,
}

/// An installation under fire.
struct Scene {
    program: Program,
    server: Server,
    cluster: Option<Cluster>,
    http: Client,
    token: String,
}

impl Scene {
    async fn set(program: Program, cluster: Option<Cluster>) -> Self {
        program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
        let scope = "rewardspoints.rewardpoints_view rewardspoints.rewardpoints_manage";
        let make = ["client", "create", "--tenant", "acme", "--name", "shop", "--scope", scope, "--json"];
        let client = program.json(&make);
        let server = program.serve().await;
        let http = Client::builder().timeout(Duration::from_secs(30)).no_proxy().build().unwrap();
        let request = json!({
            "grant_type": "client_credentials",
            "client_id": client["client_id"],
            "client_secret": client["client_secret"],
        });
        let answer = http.post(server.url("/oauth/token")).form(&request).send().await.unwrap();
        let answer: Value = answer.error_for_status().unwrap().json().await.unwrap();
        let token = answer["access_token"].as_str().unwrap().to_owned();
        Self { program, server, cluster, http, token }
    }

    fn kill(&self, victim: Victim) {
        if victim != Victim::Database {
            self.server.kill();
        }
        if victim != Victim::Server {
            self.cluster.as_ref().unwrap().crash();
        }
    }

    /// Starts again what died. A server whose database died finds back to it by itself.
    async fn revive(&mut self, victim: Victim) {
        if victim != Victim::Server {
            self.cluster.as_ref().unwrap().begin();
        }
        if victim == Victim::Database {
            self.server.ready().await;
        } else {
            self.server = self.program.serve().await;
        }
    }

    /// Sends the writes, many at once. Once `until` of them are acknowledged, and a moment more, the victim dies.
    /// Returns the marks of the acknowledged ones, and how many were sent in vain.
    async fn fire(
        &self,
        writes: &[Write],
        until: usize,
        moment: Duration,
        victim: Victim,
    ) -> (BTreeSet<String>, usize) {
        let next = AtomicUsize::new(0);
        let in_vain = AtomicUsize::new(0);
        let acknowledged = Mutex::new(BTreeSet::new());
        let worker = async || {
            while let Some(write) = writes.get(next.fetch_add(1, Ordering::SeqCst)) {
                if !write.send(self).await {
                    in_vain.fetch_add(1, Ordering::SeqCst);
                    return;
                }
                let reached = {
                    let mut acknowledged = acknowledged.lock().unwrap();
                    acknowledged.insert(write.mark.clone());
                    acknowledged.len() == until
                };
                if reached {
                    // Not always at the same point of a transaction.
                    tokio::time::sleep(moment).await;
                    self.kill(victim);
                }
            }
        };
        futures_util::future::join_all((0..AT_ONCE).map(|_| worker())).await;
        (acknowledged.into_inner().unwrap(), in_vain.into_inner())
    }

    /// Sends the writes, many at once; each must be acknowledged.
    async fn settle(&self, writes: &[Write]) {
        for crowd in writes.chunks(AT_ONCE) {
            let sent = futures_util::future::join_all(crowd.iter().map(|write| write.send(self))).await;
            assert_eq!(sent, vec![true; crowd.len()]);
        }
    }

    /// Every entry by its description, with its customer and points; none may be there twice.
    async fn entries(&self) -> BTreeMap<String, (String, i64)> {
        let mut found = BTreeMap::new();
        for customer in (0..CUSTOMERS).map(|n| format!("C{n}")) {
            let summary = self.get(&format!("/reward-points/customer/{customer}/summary")).await;
            let balance = self.get(&format!("/reward-points/customer/{customer}")).await;
            let mut sum = 0;
            for (list, sign) in [("addedPointsList", 1), ("redeemedPointsList", -1)] {
                for entry in summary["summary"][list].as_array().unwrap() {
                    let mark = entry["description"].as_str().unwrap().to_owned();
                    let points = sign * entry["points"].as_i64().unwrap();
                    sum += points;
                    let before = found.insert(mark, (customer.clone(), points));
                    assert_eq!(before, None, "{customer} has an entry twice: {entry}");
                }
            }
            assert_eq!((&balance, &summary["activePoints"]), (&json!(sum), &json!(sum)), "the balance of {customer}");
        }
        found
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(self.server.url(path)).bearer_auth(&self.token).send().await.unwrap();
        answer.error_for_status().unwrap().json().await.unwrap()
    }

    /// The ledger proves itself, holds each acknowledged write once and as it was sent, and nothing that was not sent.
    async fn check(&self, writes: &[Write], acknowledged: &BTreeSet<String>) {
        let report = self.program.json(&["verify", "--json"]);
        assert_eq!((&report["ok"], &report["problems"]), (&json!(true), &json!([])));
        let mut entries = self.entries().await;
        entries.retain(|mark, _| !mark.starts_with("first-"));
        for write in writes {
            match entries.remove(&write.mark) {
                Some(entry) => assert_eq!(entry, (write.customer.clone(), write.points), "{write:?}"),
                None => assert!(!acknowledged.contains(&write.mark), "{write:?} was acknowledged and is lost"),
            }
        }
        assert!(entries.is_empty(), "nobody sent {entries:?}");
    }
}

/// Kills the victims one after the other, each in the middle of a thousand writes, and looks after each whether the
/// promise was kept. Of those that may be sent again, the ones that were not acknowledged are in the next round, and
/// some that were.
async fn survive(program: Program, cluster: Option<Cluster>, victims: &[Victim]) {
    let mut scene = Scene::set(program, cluster).await;
    let mut random = StdRng::seed_from_u64(20_270_115);
    let first =
        |n| Write { mark: format!("first-{n}"), repeatable: true, customer: format!("C{n}"), points: BEGINNING };
    scene.settle(&(0..CUSTOMERS).map(first).collect::<Vec<_>>()).await;
    let kills = env::var("TEST_KILLS").map_or(victims.len(), |kills| kills.parse().unwrap());
    let mut writes: Vec<Write> = Vec::new();
    let mut acknowledged: BTreeSet<String> = BTreeSet::new();
    for (round, victim) in victims.iter().cycle().take(kills).enumerate() {
        let new: Vec<Write> = (0..WRITES).map(|n| Write::random(format!("write-{round}-{n}"), &mut random)).collect();
        let mut sent = new.clone();
        let again =
            |write: &&Write| write.repeatable && (!acknowledged.contains(&write.mark) || random.random_bool(0.1));
        sent.extend(writes.iter().filter(again).cloned());
        sent.shuffle(&mut random);
        writes.extend(new);
        let until = random.random_range(WRITES / 5..WRITES * 4 / 5);
        let moment = Duration::from_micros(random.random_range(0..4_000));
        let (heard, in_vain) = scene.fire(&sent, until, moment, *victim).await;
        assert!(heard.len() >= until && in_vain > 0, "{} were acknowledged, {in_vain} broke off", heard.len());
        acknowledged.extend(heard);
        scene.revive(*victim).await;
        scene.check(&writes, &acknowledged).await;
    }
    let again: Vec<Write> = writes.iter().filter(|write| write.repeatable).cloned().collect();
    scene.settle(&again).await;
    acknowledged.extend(again.into_iter().map(|write| write.mark));
    scene.check(&writes, &acknowledged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_killed_server_on_sqlite() {
    let db = TestDb::new(Backend::Sqlite).await;
    survive(Program::on(&db), None, &[Victim::Server, Victim::Server]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_killed_server_and_a_crashed_database_on_postgres() {
    let cluster = Cluster::start();
    let program = Program::at(&cluster.url());
    survive(program, Some(cluster), &[Victim::Server, Victim::Database, Victim::Both]).await;
}
