//! What another rule would have given: the same as the orders really give in a shop where that rule holds.

use guerdon::{
    domain::{ids::SiteCode, time::Timestamp},
    service::{rule_trial, sites},
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::json;

use crate::{
    common::on_both,
    orders::{changed, order, rule},
    shop::Shop,
};

const DAY: i64 = 86_400;

on_both! {
    async fn a_trial_tells_what_the_orders_would_really_give(app, clock) {
        let begun = Timestamp::parse("2026-08-01T00:00:00Z").unwrap();
        clock.set(begun);
        let url = crate::common::local::serve(app);
        let (shop, other) = (Shop::called(app, "acme", &url).await, Shop::called(app, "other", &url).await);
        let draft = rule(&[("factor", "2.5"), ("rounding", "ceiling"), ("with_shipping", "yes"), ("cap_per_order", "300")]);
        other.site("main", draft.clone()).await;
        let now = begun.plus_secs(100 * DAY);
        let now_text = now.to_contract();
        let (shop, other) = (shop.at(clock, &now_text).await.with_orders().await, other.at(clock, &now_text).await.with_orders().await);
        let mut random = StdRng::seed_from_u64(7);
        let (mut was, mut would, mut within) = (0, 0, 0);
        for number in 0..40 {
            let at = begun.plus_secs(1 + random.random_range(0..100 * DAY - 1));
            let customer = format!("C{}", random.random_range(0..6));
            let one = changed(order(&customer, "COMPLETED"), |o| {
                o["totals"]["gross"] = json!(random.random_range(0..20_000) / 100 + 15);
                o["completedAt"] = json!(at.to_contract());
                if number % 7 == 0 { o.as_object_mut().unwrap().remove("customerId"); }
            });
            let id = format!("B{number}");
            let here = shop.put_order(&id, one.clone()).await.json_of(200)["points"]["earned"].as_i64().unwrap();
            let there = other.put_order(&id, one).await.json_of(200)["points"]["earned"].as_i64().unwrap();
            if at > now.plus_secs(-rule_trial::DAYS * DAY) {
                (was, would, within) = (was + here, would + there, within + 1);
            }
        }
        // What is not completed, and what is on another site, is no part of it.
        shop.put_order("open", order("C1", "CREATED")).await;
        let site = sites::find(&app.db, &shop.caller().tenant, &SiteCode::main()).await.unwrap().unwrap();
        let trial = rule_trial::run(&app.db, &shop.caller().tenant, &draft.apply(&site), now).await.unwrap();
        assert_eq!((trial.orders, trial.was.points, trial.would.points), (within, was, would));
        assert!(within > 20 && was > 0 && would > was);
        assert_eq!(trial.months.values().map(|(was, _)| was).sum::<i64>(), was);
        assert!(trial.would.customers <= 6 && trial.was.orders <= trial.orders);
        // The rule that holds changes nothing, and one that is switched off gives nothing.
        let same = rule_trial::run(&app.db, &shop.caller().tenant, &site, now).await.unwrap();
        assert_eq!(same.was, same.would);
        let off = rule(&[("enabled", "no")]).apply(&site);
        let off = rule_trial::run(&app.db, &shop.caller().tenant, &off, now).await.unwrap();
        assert_eq!((off.would.points, off.would.customers, off.was.points), (0, 0, was));
    }
}
