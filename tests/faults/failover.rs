//! The primary dies and its standby takes over: with synchronous replication nothing that was acknowledged is lost.

use std::time::Duration;

use crate::{
    common::{
        cluster::Cluster,
        program::Program,
        proxy::{Place, Proxy},
        wait,
    },
    seed,
    shop::{Connections, Shop},
    writes,
};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_acknowledged_is_lost_when_a_standby_takes_over() {
    let primary = Cluster::start();
    let standby = Cluster::standby_of(&primary);
    refuses_what_is_unfit(&primary, &standby).await;
    // A commit is acknowledged when the standby has it on its disk, too.
    primary.sql(&["ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"]).await;
    wait::until("the standby is in step", Duration::from_secs(20), async || {
        let state = "SELECT COUNT(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'";
        primary.says(state).await.then_some(())
    })
    .await;
    // What a virtual address, HAProxy or a name in the DNS is in the field.
    let proxy = Proxy::to(Place::Unix(primary.socket())).await;
    let program = Program::at(&proxy.postgres(&primary.url()));
    let replicas = [program.serve().await, program.serve().await];
    let balancer = Proxy::balancing(&replicas.each_ref().map(|replica| replica.url(""))).await;
    let shop = Shop::open(&program, &balancer.base(), Connections::Fresh, seed()).await;
    let fault = async || {
        primary.crash();
        // Led to a standby that is none yet, a replica is not ready rather than wrong.
        proxy.lead_to(&[Place::Unix(standby.socket())]);
        for replica in &replicas {
            assert_ne!(reqwest::get(replica.url("/health/ready")).await.unwrap().status(), 200);
        }
        standby.promote();
        for replica in &replicas {
            replica.ready().await;
        }
    };
    let ((), resumed) = shop.under_load(writes(150), fault).await;
    shop.settle(&program, &standby.url()).await;
    shop.tell(&format!("failover, the first write {resumed:?} after the standby was promoted"));
}

/// Neither a standby nor a database that is not in Unicode is worked with.
async fn refuses_what_is_unfit(primary: &Cluster, standby: &Cluster) {
    primary.sql(&["CREATE DATABASE bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'"]).await;
    for (url, why) in [
        (standby.url(), "is a standby: name its primary"),
        (primary.url_of("bytes"), "a database in UTF8, but this one has server_encoding=SQL_ASCII"),
    ] {
        let refused = Program::at(&url).run(&["serve"]);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.err.contains(why) && refused.err.lines().count() == 1, "{refused:?}");
    }
}
