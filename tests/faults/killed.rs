//! `kill -9` of the server, an immediate stop of PostgreSQL, and both.

use std::time::Duration;

use guerdon::store::Backend;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use crate::{
    common::{cluster::Cluster, database::TestDb, program::Program},
    rounds, seed,
    shop::Scene,
    writes,
};

/// What dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Server,
    Database,
    Both,
}

/// Kills one after the other, each in the middle of a crowd of writes.
async fn survive(program: Program, url: &str, cluster: Option<&Cluster>, victims: &[Victim]) {
    let seed = seed();
    let mut random = StdRng::seed_from_u64(seed);
    let mut scene = Scene::set(program, url, seed).await;
    let rounds = rounds(victims.len());
    let mut slowest = Duration::ZERO;
    for victim in victims.iter().cycle().take(rounds) {
        // Not always at the same point of a transaction.
        let moment = Duration::from_micros(random.random_range(0..20_000));
        let shop = std::sync::Arc::clone(&scene.shop);
        let fault = async || {
            tokio::time::sleep(moment).await;
            if *victim != Victim::Database {
                scene.server.kill();
            }
            if let Some(cluster) = cluster.filter(|_| *victim != Victim::Server) {
                cluster.crash();
                cluster.begin();
            }
            if *victim == Victim::Database {
                // It finds back by itself.
                scene.server.ready().await;
            } else {
                scene.serve_again().await;
            }
        };
        let ((), resumed) = shop.under_load(writes(100), fault).await;
        slowest = slowest.max(resumed);
        scene.settle().await;
    }
    scene.shop.tell(&format!("{rounds} kills, the first write at most {slowest:?} after each"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_when_the_server_is_killed_on_sqlite() {
    let db = TestDb::new(Backend::Sqlite).await;
    survive(Program::on(&db), db.url(), None, &[Victim::Server, Victim::Server]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_when_the_server_and_its_database_are_killed_on_postgres() {
    let cluster = Cluster::start();
    let url = cluster.url();
    survive(Program::at(&url), &url, Some(&cluster), &[Victim::Server, Victim::Database, Victim::Both]).await;
}
