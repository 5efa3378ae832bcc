//! Replicas are replaced one after the other while clients write, and no client notices.

use guerdon::store::Backend;

use crate::{
    common::{
        database::TestDb,
        program::{Program, Server},
        proxy::{Place, Proxy},
    },
    history::Counts,
    rounds, seed,
    shop::{Connections, Shop},
    writes,
};

fn places(replicas: &[Server]) -> Vec<Place> {
    replicas.iter().map(|replica| Place::Tcp(replica.listen().to_owned())).collect()
}

/// Starts a new replica, then ends an old one, until all are new.
async fn roll(connections: Connections) {
    let db = TestDb::new(Backend::Postgres).await;
    // The proxy asks ten times a second.
    let program = Program::on(&db).with("GUERDON_DRAIN_SECONDS", "1");
    let mut replicas = vec![program.serve().await, program.serve().await];
    let proxy = Proxy::balancing(&[replicas[0].url(""), replicas[1].url("")]).await;
    let shop = Shop::open(&program, &proxy.base(), connections, seed()).await;
    for _ in 0..rounds(1) {
        let fault = async || {
            for _ in 0..2 {
                replicas.push(program.serve().await);
                proxy.lead_to(&places(&replicas));
                let old = replicas.remove(0);
                old.signal("TERM");
                let ended = old.ended().await;
                assert!(ended.success(), "{ended}: {}", old.log());
                proxy.lead_to(&places(&replicas));
            }
        };
        shop.under_load(writes(100), fault).await;
        let Counts { unknown, .. } = shop.counts();
        assert_eq!(unknown, 0, "{unknown} requests were not answered");
        shop.settle(&program, db.url()).await;
    }
    shop.tell("every replica replaced");
}

#[tokio::test(flavor = "multi_thread")]
async fn replacing_replicas_loses_no_request_of_kept_connections() {
    roll(Connections::Kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replacing_replicas_loses_no_request_of_fresh_connections() {
    roll(Connections::Fresh).await;
}
