//! Points that end soon are told of once for each notice.

use guerdon::{domain::event::EventType, service::webhooks::expiring::give_notice};
use serde_json::json;

use crate::{
    common::on_both,
    desk::Desk,
    office::{endpoint, written},
};

const DAY: i64 = 86_400;
const URL: &str = "http://127.0.0.1:9/";

on_both! {
    async fn each_lot_is_told_of_once_for_each_notice(app, clock) {
        let desk = Desk::open(app, "acme").await;
        for (id, points, days) in [("C1", 10, 40), ("C1", 20, 3), ("C2", 30, 20), ("C2", 40, 300)] {
            desk.add(id, points, days * DAY).await.unwrap();
        }
        assert_eq!(give_notice(app).await.unwrap(), 0, "nobody wants to know");
        let one = endpoint(app, "acme", URL, &[EventType::PointsExpiring]).await;
        let told = async || {
            let events = written(app, &one.id).await;
            events.iter().map(|(_, _, body)| {
                let data = &body["data"];
                let number = |name: &str| data[name].as_i64().unwrap();
                (data["customerId"].as_str().unwrap().to_owned(), number("points"), number("days"))
            }).collect::<Vec<_>>()
        };
        let c = |id: &str, points, days| (id.to_owned(), points, days);
        // What ends in three days is not told of as ending within thirty, too.
        assert_eq!(give_notice(app).await.unwrap(), 2);
        assert_eq!(told().await, [c("C1", 20, 7), c("C2", 30, 30)]);
        assert_eq!(give_notice(app).await.unwrap(), 0);
        clock.set(app.now().plus_secs(11 * DAY));
        assert_eq!(give_notice(app).await.unwrap(), 1);
        clock.set(app.now().plus_secs(3 * DAY));
        assert_eq!(give_notice(app).await.unwrap(), 1);
        assert_eq!(told().await[2..], [c("C1", 10, 30), c("C2", 30, 7)]);
        let last = &written(app, &one.id).await[3].2["data"];
        assert_eq!((&last["sequence"], &last["balance"]), (&json!(2), &json!(70)));
        // What was spent in between is told of no more.
        desk.take("C1", 10).await.unwrap();
        clock.set(app.now().plus_secs(23 * DAY));
        assert_eq!(give_notice(app).await.unwrap(), 0);
    }

    async fn several_replicas_tell_of_each_lot_once(app, _clock) {
        let desk = Desk::open(app, "acme").await;
        for n in 0..300 {
            desk.add(&format!("C{n}"), 10, 5 * DAY).await.unwrap();
        }
        let one = endpoint(app, "acme", URL, &[EventType::PointsExpiring]).await;
        let told = futures_util::future::join_all((0..4).map(|_| give_notice(app))).await;
        assert_eq!(told.into_iter().map(Result::unwrap).sum::<usize>(), 300);
        assert_eq!(written(app, &one.id).await.len(), 300);
    }
}
