//! How events get to receivers that take them, and to those that do not.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use guerdon::{
    app::App,
    clock::MockClock,
    config::Settings,
    domain::event::EventType,
    jobs,
    service::webhooks::{self, EndpointAct, deliveries},
    store::{Backend, Db},
};
use serde_json::json;

use crate::{
    common::{
        clock,
        database::TestDb,
        on_both,
        receiver::{Manner, Received, Receiver},
        wait,
    },
    desk::Desk,
    office::{caller, endpoint, open, states, written},
};

const DAY: i64 = 86_400;

/// A tenant, its sender at work, and a receiver with an endpoint that wants everything.
struct Scene {
    app: App,
    receiver: Receiver,
    endpoint: String,
    secret: String,
}

impl Scene {
    async fn set(app: &App) -> Self {
        let app = open(app);
        Desk::open(&app, "acme").await;
        let receiver = Receiver::start();
        let made = endpoint(&app, "acme", &receiver.url(), &EventType::ALL).await;
        jobs::start(&app);
        Self { app, receiver, endpoint: made.id, secret: made.secret }
    }

    async fn add(&self, times: usize) {
        for _ in 0..times {
            self.desk().add("C1", 10, 2_000 * DAY).await.unwrap();
        }
    }

    fn desk(&self) -> Desk<'_> {
        Desk { app: &self.app, tenant: caller("acme").tenant }
    }

    /// Waits until the deliveries, newest first, are in these states.
    async fn wait_for(&self, wanted: &[&str]) -> Vec<(String, i64, Option<String>)> {
        wait::until(&format!("the deliveries are {wanted:?}"), Duration::from_mins(1), async || {
            let found = states(&self.app, "acme").await;
            (found.iter().map(|(state, ..)| state.as_str()).collect::<Vec<_>>() == wanted).then_some(found)
        })
        .await
    }

    /// Waits until the newest delivery was tried so often.
    async fn wait_for_tries(&self, tries: i64) -> (String, i64, Option<String>) {
        wait::until(&format!("{tries} tries were made"), Duration::from_mins(1), async || {
            states(&self.app, "acme").await.into_iter().next().filter(|(_, made, _)| *made >= tries)
        })
        .await
    }

    async fn act(&self, act: EndpointAct) {
        webhooks::act(&self.app, &caller("acme"), &self.endpoint, &act).await.unwrap();
    }

    fn forward(&self, clock: &MockClock, secs: i64) {
        clock.set(self.app.now().plus_secs(secs));
        self.app.ledger.news().notify_one();
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.app.stopping.cancel();
    }
}

on_both! {
    async fn an_event_is_sent_at_once_and_signed(app, _clock) {
        let scene = Scene::set(app).await;
        scene.add(1).await;
        let received = scene.receiver.wait_for(1).await;
        let one = &received[0];
        assert_eq!(one.line, "POST /points?from=guerdon HTTP/1.1");
        assert_eq!(one.headers["content-type"], "application/json");
        assert!(one.headers["user-agent"].starts_with("Guerdon/"));
        assert_eq!(one.headers["host"], scene.receiver.url().split('/').nth(2).unwrap());
        assert_eq!(one.signed_by(&[&scene.secret], app.now()), Some(0));
        assert_eq!(one.signed_by(&["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], app.now()), None);
        let kept = written(app, &scene.endpoint).await;
        assert_eq!((one.id(), &one.json()), (kept[0].0.as_str(), &kept[0].2));
        scene.wait_for(&["delivered"]).await;
        let found = webhooks::find(&app.db, &caller("acme").tenant, &scene.endpoint).await.unwrap().unwrap();
        assert_eq!((found.failures, found.last_success_at), (0, Some(app.now())));
    }

    async fn while_a_secret_is_exchanged_both_sign(app, clock) {
        let scene = Scene::set(app).await;
        let new = webhooks::rotate(&scene.app, &caller("acme"), &scene.endpoint).await.unwrap();
        scene.add(1).await;
        let received = scene.receiver.wait_for(1).await;
        assert_eq!(received[0].signed_by(&[&new], app.now()), Some(0));
        assert_eq!(received[0].signed_by(&[&scene.secret], app.now()), Some(0));
        scene.act(EndpointAct::DropOldSecret).await;
        scene.add(1).await;
        let received = scene.receiver.wait_for(2).await;
        assert_eq!(received[1].signed_by(&[&scene.secret, &new], app.now()), Some(1));
        // What nobody drops ends after a day.
        let newest = webhooks::rotate(&scene.app, &caller("acme"), &scene.endpoint).await.unwrap();
        scene.forward(clock, DAY + 1);
        scene.desk().add("C2", 10, 2_000 * DAY).await.unwrap();
        let received = scene.receiver.wait_for(3).await;
        assert_eq!(received[2].signed_by(&[&new, &newest], app.now()), Some(1));
    }

    async fn what_fails_is_sent_again_under_the_same_id_until_it_is_taken(app, clock) {
        let scene = Scene::set(app).await;
        scene.receiver.next(&[Manner::Answer(500), Manner::Close, Manner::AnswerWith(302, "location: /elsewhere\r\n")]);
        scene.add(1).await;
        let tells = ["answered 500", "no answer: ", "answered 302: it leads elsewhere"];
        for (tries, (secs, tell)) in (1..).zip([6, 360, 2_160].into_iter().zip(tells)) {
            let (state, made, why) = scene.wait_for_tries(tries).await;
            assert_eq!((state.as_str(), made), ("pending", tries));
            assert!(why.as_deref().unwrap().starts_with(tell), "{why:?}");
            scene.forward(clock, secs);
        }
        scene.wait_for(&["delivered"]).await;
        let received = scene.receiver.received();
        let ids: BTreeSet<&str> = received.iter().map(Received::id).collect();
        let bodies: BTreeSet<&str> = received.iter().map(|one| one.body.as_str()).collect();
        assert_eq!((received.len(), ids.len(), bodies.len()), (4, 1, 1), "nothing was sent elsewhere");
        // Each try is signed anew, with its own instant.
        assert_eq!(received[3].signed_by(&[&scene.secret], app.now()), Some(0));
        assert_eq!(received[0].signed_by(&[&scene.secret], app.now()), None);
    }

    async fn after_three_days_it_is_parked_and_can_be_sent_again(app, clock) {
        let scene = Scene::set(app).await;
        scene.receiver.usually(Manner::Answer(503));
        scene.add(1).await;
        for tries in 1..=9 {
            assert_eq!(scene.wait_for_tries(tries).await.0, "pending");
            scene.forward(clock, 29 * 3_600);
        }
        assert_eq!(scene.wait_for(&["parked"]).await[0].1, 10);
        scene.forward(clock, 100 * DAY);
        scene.receiver.usually(Manner::Answer(204));
        assert_eq!(deliveries::send_parked_again(&scene.app, &caller("acme"), &scene.endpoint).await.unwrap(), 1);
        assert_eq!(scene.wait_for(&["delivered"]).await[0].1, 11);
        let received = scene.receiver.received();
        // What was taken can be sent again, too; it keeps its id.
        deliveries::send_again(&scene.app, &caller("acme"), &scene.endpoint, received[0].id()).await.unwrap();
        let received = scene.receiver.wait_for(12).await;
        assert!(received.iter().all(|one| one.id() == received[0].id()));
    }

    async fn an_endpoint_that_is_gone_is_paused(app, clock) {
        let scene = Scene::set(app).await;
        scene.receiver.usually(Manner::Answer(410));
        scene.add(1).await;
        scene.wait_for_tries(1).await;
        scene.add(1).await;
        scene.forward(clock, DAY);
        let found = webhooks::find(&app.db, &caller("acme").tenant, &scene.endpoint).await.unwrap().unwrap();
        assert_eq!(found.paused.unwrap().1.as_str(), "gone");
        assert_eq!(states(app, "acme").await.len(), 1, "nothing is written for it meanwhile");
        scene.receiver.usually(Manner::Answer(200));
        scene.act(EndpointAct::Resume).await;
        scene.wait_for(&["delivered"]).await;
    }

    async fn an_endpoint_that_asks_for_patience_gets_it(app, clock) {
        let scene = Scene::set(app).await;
        scene.receiver.next(&[Manner::AnswerWith(429, "retry-after: 600\r\n")]);
        scene.add(1).await;
        scene.wait_for_tries(1).await;
        scene.forward(clock, 500);
        // A poll comes and goes.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert_eq!(scene.receiver.received().len(), 1);
        scene.forward(clock, 101);
        scene.wait_for(&["delivered"]).await;
    }

    async fn a_receiver_that_hangs_blocks_no_other(app, _clock) {
        let scene = Scene::set(app).await;
        scene.receiver.usually(Manner::Hang);
        scene.add(20).await;
        let other = Receiver::start();
        endpoint(&scene.app, "acme", &other.url(), &[EventType::PointsRedeemed]).await;
        scene.desk().take("C1", 5).await.unwrap();
        tokio::time::timeout(Duration::from_secs(5), other.wait_for(1)).await.unwrap();
        assert!(scene.receiver.connections() <= 8);
        let (_, _, why) = wait::until("a try is given up", Duration::from_secs(30), async || {
            states(&scene.app, "acme").await.into_iter().find(|(_, _, why)| why.is_some())
        })
        .await;
        assert_eq!(why.as_deref(), Some("no answer within 15 seconds"));
    }

    async fn an_answer_without_end_is_cut_off_and_counts_by_its_status(app, _clock) {
        let scene = Scene::set(app).await;
        scene.receiver.next(&[Manner::Babble]);
        scene.add(1).await;
        scene.wait_for(&["delivered"]).await;
        let tenant = caller("acme").tenant;
        let one = &written(app, &scene.endpoint).await[0];
        let found = deliveries::find(&app.db, &tenant, &scene.endpoint, &one.0).await.unwrap().unwrap();
        assert_eq!(found.attempts[0].answer.as_ref().unwrap().len(), 1_024);
    }

    async fn what_was_open_once_is_closed_when_the_operator_says_so(app, _clock) {
        let open = open(app);
        let desk = Desk::open(&open, "acme").await;
        let receiver = Receiver::start();
        endpoint(&open, "acme", &receiver.url(), &EventType::ALL).await;
        // A name that leads to this machine passes no check of names, but that of where it leads.
        let by_name = receiver.url().replace("http://127.0.0.1", "https://localhost");
        endpoint(&open, "acme", &by_name, &EventType::ALL).await;
        let closed = App { settings: Arc::new(Settings::default()), ..app.clone() };
        jobs::start(&closed);
        desk.add("C1", 10, 2_000 * DAY).await.unwrap();
        let found = wait::until("both are tried", Duration::from_secs(20), async || {
            Some(states(app, "acme").await).filter(|found| found.iter().all(|(_, tries, _)| *tries > 0))
        })
        .await;
        for (_, _, why) in found {
            assert!(why.as_deref().unwrap().starts_with("nothing is sent to this address."), "{why:?}");
        }
        assert_eq!(receiver.connections(), 0);
        app.stopping.cancel();
    }

    async fn a_test_is_sent_to_one_endpoint_alone(app, _clock) {
        let scene = Scene::set(app).await;
        endpoint(&scene.app, "acme", &scene.receiver.url(), &EventType::ALL).await;
        scene.act(EndpointAct::Test).await;
        scene.wait_for(&["delivered"]).await;
        let body = scene.receiver.received()[0].json();
        assert_eq!(body["type"], "webhook.test");
        assert_eq!(body["data"], json!({"tenant": "acme", "endpointId": scene.endpoint}));
    }
}

/// Two replicas on one PostgreSQL share the work: when nothing fails, each event is sent once.
#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_send_each_event_once() {
    let db = TestDb::new(Backend::Postgres).await;
    let clock = clock::stopped();
    let scene = Scene::set(&db.app(&clock)).await;
    let other = Db::connect(db.url()).await.unwrap();
    let other = App::new(other, clock.clone(), scene.app.settings.as_ref().clone());
    let other = App { secret: scene.app.secret.clone(), ..other };
    jobs::start(&other);
    let both = [&scene.app, &other];
    let adding = (0..400).map(|n| {
        let desk = Desk { app: both[n % 2], tenant: caller("acme").tenant };
        async move { desk.add(&format!("C{}", n % 20), 10, 2_000 * DAY).await.unwrap() }
    });
    futures_util::future::join_all(adding).await;
    let received = scene.receiver.wait_for(400).await;
    wait::until("all are delivered", Duration::from_secs(30), async || {
        states(&scene.app, "acme").await.iter().all(|(state, ..)| state == "delivered").then_some(())
    })
    .await;
    assert_eq!(scene.receiver.received().len(), 400);
    let ids: BTreeSet<&str> = received.iter().map(Received::id).collect();
    assert_eq!(ids.len(), 400);
    other.stopping.cancel();
}
