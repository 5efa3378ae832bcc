//! Connections that break at the worst moment, and a network that swallows everything.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use guerdon::store::Backend;

use crate::{
    common::{
        database::TestDb,
        on_both,
        program::Program,
        proxy::{Act, Place, Proxy},
    },
    rounds, seed,
    shop::{Connections, Scene, Shop},
    writes,
};

/// A server on a database of its own on PostgreSQL, which it reaches by way of a proxy.
async fn behind_proxy() -> (TestDb, Scene, Proxy) {
    let db = TestDb::new(Backend::Postgres).await;
    let proxy = Proxy::to(Place::postgres(db.url())).await;
    let url = proxy.postgres(db.url());
    let program = Program::at(&url).with("GUERDON_ALLOW_UNSAFE_DATABASE", "true");
    let scene = Scene::set(program, db.url(), seed()).await;
    (db, scene, proxy)
}

/// Whether a message to PostgreSQL commits.
pub(crate) fn commits(message: &[u8]) -> bool {
    message.windows(7).any(|part| part == b"COMMIT\0")
}

/// Strikes each `nth` time that something `is` so.
fn every(nth: usize, act: Act, is: impl Fn(&[u8]) -> bool + Send + Sync + 'static) -> impl Fn(&[u8]) -> Act {
    let seen = AtomicUsize::new(0);
    move |message| {
        let strikes = is(message) && seen.fetch_add(1, Ordering::SeqCst) % nth == nth - 1;
        if strikes { act } else { Act::Pass }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_when_the_database_is_cut_off_at_a_commit() {
    let (_db, scene, proxy) = behind_proxy().await;
    for round in 0..rounds(2) {
        // It is committed and nobody learns it, or it never arrives.
        let act = if round % 2 == 0 { Act::CutAtAnswer } else { Act::Cut };
        let fault = async || {
            let before = proxy.struck();
            proxy.rule(every(5, act, commits));
            proxy.until_struck(before + 10).await;
            proxy.pass();
        };
        scene.shop.under_load(writes(100), fault).await;
        scene.settle().await;
    }
    scene.shop.tell(&format!("{} commits cut off", proxy.struck()));
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_go_on_after_the_network_to_the_database_was_gone() {
    let (_db, scene, proxy) = behind_proxy().await;
    for round in 0..rounds(2) {
        let fault = async || {
            proxy.hold();
            scene.not_ready().await;
            if round % 2 == 1 {
                // It comes back without what was under way.
                proxy.cut();
            }
            proxy.pass();
            scene.server.ready().await;
        };
        scene.shop.under_load(writes(100), fault).await;
        scene.settle().await;
    }
    scene.shop.tell("the network to the database gone and back");
}

on_both! {
    async fn nothing_is_lost_or_doubled_when_clients_are_cut_off_before_the_answer(db) {
        let program = Program::on(db);
        let server = program.serve().await;
        let proxy = Proxy::to(Place::Tcp(server.listen().to_owned())).await;
        let shop = Shop::open(&program, &proxy.base(), Connections::Kept, seed()).await;
        for act in [Act::CutAtAnswer, Act::Cut].into_iter().cycle().take(rounds(2)) {
            let fault = async || {
                let before = proxy.struck();
                proxy.rule(every(4, act, |message| message.starts_with(b"P")));
                proxy.until_struck(before + 40).await;
                proxy.pass();
            };
            shop.under_load(writes(100), fault).await;
            shop.settle(&program, db.url()).await;
        }
        shop.tell(&format!("{} requests cut off", proxy.struck()));
    }
}

impl Scene {
    /// Waits until the server says that it is not ready.
    async fn not_ready(&self) {
        let ready = self.server.url("/health/ready");
        crate::common::wait::until("the server is not ready", Duration::from_secs(20), async || {
            reqwest::get(&ready).await.is_ok_and(|answer| answer.status() == 503).then_some(())
        })
        .await;
    }
}
