//! A clock that is set back and forward while the server works.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use guerdon::store::Backend;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::{
        database::TestDb,
        program::{Program, Server},
        wait,
    },
    rounds, seed,
    shop::{Connections, Shop},
    writes,
};

/// Debian's package `libfaketime`, which `scripts/test` installs.
fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").unwrap().flatten().map(|folder| folder.path());
    let found = folders.map(|folder| folder.join("faketime/libfaketimeMT.so.1")).find(|library| library.exists());
    found.expect("libfaketime is missing: run `scripts/test`, which installs it")
}

/// The clock of a server, which the test sets.
struct Clock {
    file: PathBuf,
}

impl Clock {
    fn new(folder: &Path) -> Self {
        let clock = Self { file: folder.join("clock") };
        clock.set("+0s");
        clock
    }

    /// Sets it to the machine's and so many seconds.
    fn set(&self, offset: &str) {
        // In one step: half a file would be another time.
        let new = self.file.with_extension("new");
        fs::write(&new, offset).unwrap();
        fs::rename(new, &self.file).unwrap();
    }

    fn serve(&self, program: &Program) -> Server {
        let (library, file) = (library(), self.file.display().to_string());
        let more = [
            ("LD_PRELOAD", library.to_str().unwrap()),
            ("FAKETIME_TIMESTAMP_FILE", &file),
            ("FAKETIME_NO_CACHE", "1"),
            // Durations are measured by another clock, which never jumps.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ];
        program.begin_serving("127.0.0.1:0", &more)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_stand_in_their_order_whatever_the_clock_does_on_sqlite() {
    let db = TestDb::new(Backend::Sqlite).await;
    let program = Program::on(&db);
    let clock = Clock::new(program.folder());
    // Never back behind the making of the tenant: there was no rule by which orders earn points.
    clock.set("+200000s");
    let server = clock.serve(&program);
    server.ready().await;
    let shop = Shop::open(&program, &server.url(""), Connections::Kept, seed()).await;
    for offset in ["+196400s", "+290000s", "+110000s", "+200000s"].into_iter().cycle().take(rounds(1) * 4) {
        shop.under_load(writes(60), async || clock.set(offset)).await;
    }
    shop.settle(&program, db.url()).await;
    shop.tell("the clock set back and forward");
}

/// Only PostgreSQL has a clock to compare with.
#[tokio::test(flavor = "multi_thread")]
async fn a_replica_whose_clock_is_wrong_is_not_ready_and_records_nothing_as_expired_on_postgres() {
    let db = TestDb::new(Backend::Postgres).await;
    let program = Program::on(&db);
    let clock = Clock::new(program.folder());
    let right = program.serve().await;
    let shop = Shop::open(&program, &right.url(""), Connections::Kept, seed()).await;
    let tomorrow = chrono::DateTime::from_timestamp(chrono_now() + 86_400, 0).unwrap().to_rfc3339();
    let add = json!({"points": 70, "description": "till tomorrow", "validUntil": tomorrow});
    let answer = shop.request(Method::POST, "/reward-points/customer/T1/addPoints").json(&add).send().await.unwrap();
    assert_eq!(answer.status(), 201);

    // Ahead by two days from its start: nothing expires by it.
    clock.set("+172800s");
    let wrong = clock.serve(&program);
    wait::until("it says why", Duration::from_secs(20), async || {
        wrong.log().contains("Nothing is done by this machine's clock").then_some(())
    })
    .await;
    assert_eq!(ready(&wrong).await, 503);
    assert_eq!(balance(&shop).await, json!(70));
    // Set right it is ready at once, and a step is noticed at once.
    clock.set("+0s");
    wrong.ready().await;
    shop.under_load(writes(60), async || clock.set("-3600s")).await;
    assert_eq!((ready(&wrong).await, ready(&right).await), (503, 200));
    clock.set("+0s");
    wrong.ready().await;
    assert_eq!(balance(&shop).await, json!(70));
}

async fn ready(server: &Server) -> u16 {
    reqwest::get(server.url("/health/ready")).await.unwrap().status().as_u16()
}

async fn balance(shop: &Shop) -> Value {
    let answer = shop.request(Method::GET, "/reward-points/customer/T1").send().await.unwrap();
    answer.error_for_status().unwrap().json().await.unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the machine's own clock is what this is about")]
fn chrono_now() -> i64 {
    chrono::Utc::now().timestamp()
}
