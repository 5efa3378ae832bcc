//! Many at once: nothing overdrawn, nothing doubled, no deadlock.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicUsize, Ordering},
};

use futures_util::future::join_all;
use guerdon::{
    domain::{ledger::entry::EntryKind, refusal::Refusal},
    service::ledger::command::{Command, Done, Reply},
    store::coupons,
};

use crate::{
    common::on_both,
    desk::{Desk, credit, debit, keyed, own, redemption, refusal},
};

const YEAR: i64 = 365 * 86_400;

on_both! {
    async fn fifty_at_once_get_what_the_balance_allows(app, _clock) {
        let desk = Desk::open(app, "acme").await;
        desk.add("C1", 750, YEAR).await.unwrap();
        desk.offer("o1", None, None).await;
        let answers = join_all((0..50).map(|_| desk.redeem("C1", "o1"))).await;
        let mut codes = HashSet::new();
        let mut refused = 0;
        for answer in answers {
            match answer {
                Ok(Reply::Done(Done::Redeemed { code, .. })) => assert!(codes.insert(code)),
                other => {
                    assert!(matches!(refusal(other), Some(Refusal::NotEnough { .. })));
                    refused += 1;
                }
            }
        }
        assert_eq!((codes.len(), refused), (7, 43));
        assert_eq!(desk.balance("C1").await, Some(50));
        desk.assert_proven().await;
    }

    async fn two_replicas_get_no_more_than_one(app, clock) {
        let other = guerdon::app::App::new(app.db.clone(), clock.clone(), guerdon::config::Settings::default());
        let desk = Desk::open(app, "acme").await;
        let twin = Desk { app: &other, tenant: desk.tenant.clone() };
        desk.add("C1", 750, YEAR).await.unwrap();
        desk.offer("o1", None, None).await;
        let both = join_all((0..50).map(|n| if n % 2 == 0 { desk.redeem("C1", "o1") } else { twin.redeem("C1", "o1") })).await;
        assert_eq!(both.iter().filter(|answer| answer.is_ok()).count(), 7);
        assert_eq!(desk.balance("C1").await, Some(50));
        desk.assert_proven().await;
    }

    async fn fifty_equal_requests_with_one_key_are_one(app, clock) {
        let other = guerdon::app::App::new(app.db.clone(), clock.clone(), guerdon::config::Settings::default());
        let desk = Desk::open(app, "acme").await;
        desk.add("C1", 5_000, YEAR).await.unwrap();
        desk.offer("o1", None, None).await;
        let request = || keyed(desk.request("C1", redemption("o1")), "k1", "f1");
        let answers = join_all((0..50).map(|n| {
            let ledger = if n % 2 == 0 { &app.ledger } else { &other.ledger };
            ledger.submit(request())
        })).await;
        let codes: HashSet<String> = answers.into_iter().map(|answer| match answer.unwrap() {
            Reply::Done(Done::Redeemed { code, .. }) => code,
            Reply::Replay { status: 200, body } => body,
            other => panic!("{other:?}"),
        }).collect();
        assert_eq!(codes.len(), 1);
        assert_eq!(desk.balance("C1").await, Some(4_900));
        let reused = app.ledger.submit(keyed(desk.request("C1", redemption("o1")), "k1", "f2")).await;
        assert_eq!(refusal(reused), Some(Refusal::KeyReused));
        desk.assert_proven().await;
    }

    async fn fifty_equal_requests_with_one_id_are_one(app, _clock) {
        let desk = Desk::open(app, "acme").await;
        let until = app.now().plus_secs(YEAR);
        let command = |customer, fingerprint| {
            let command = Command::Credit(EntryKind::Added, credit(100, until, Some(own("e1", fingerprint))));
            desk.submit(customer, command)
        };
        let answers = join_all((0..50).map(|_| command("C1", "same"))).await;
        assert!(answers.iter().all(Result::is_ok));
        assert_eq!(desk.balance("C1").await, Some(100));
        assert!(matches!(refusal(command("C1", "other").await), Some(Refusal::EntryIdTaken(_))));
        // The id is the tenant's: another customer cannot have it either, also when both come at once.
        let crossing = join_all((0..20).map(|n| {
            let id = Some(own("e2", if n % 2 == 0 { "C2" } else { "C3" }));
            let command = Command::Credit(EntryKind::Added, credit(100, until, id));
            desk.submit(if n % 2 == 0 { "C2" } else { "C3" }, command)
        })).await;
        assert_eq!(crossing.iter().filter(|answer| answer.is_ok()).count(), 10);
        assert_eq!(desk.balance("C2").await.unwrap_or(0) + desk.balance("C3").await.unwrap_or(0), 100);
        desk.assert_proven().await;
    }

    async fn crossing_adds_and_takes_lose_nothing(app, clock) {
        let other = guerdon::app::App::new(app.db.clone(), clock.clone(), guerdon::config::Settings::default());
        let desk = Desk::open(app, "acme").await;
        let twin = Desk { app: &other, tenant: desk.tenant.clone() };
        let customers = ["C1", "C2", "C3", "C4", "C5"];
        for id in customers {
            desk.add(id, 100, YEAR).await.unwrap();
        }
        let work = (0..200).map(|n: usize| {
            let (desk, id) = (if n.is_multiple_of(3) { &desk } else { &twin }, customers[n % 5]);
            async move {
                if n.is_multiple_of(2) {
                    desk.add(id, 30, YEAR).await.map(|_| 30)
                } else {
                    match desk.take(id, 40).await {
                        Ok(_) => Ok(-40),
                        answer => refusal(answer).map_or(Ok(0), |_| Ok(0)),
                    }
                }
            }
        });
        let moved: i64 = join_all(work).await.into_iter().map(Result::unwrap).sum();
        let mut sum = 0;
        for id in customers {
            let balance = desk.balance(id).await.unwrap();
            assert!(balance >= 0);
            sum += balance;
        }
        assert_eq!(sum, 500 + moved);
        desk.assert_proven().await;
    }

    async fn the_last_of_a_stock_goes_to_one_customer(app, clock) {
        let other = guerdon::app::App::new(app.db.clone(), clock.clone(), guerdon::config::Settings::default());
        let desk = Desk::open(app, "acme").await;
        let twin = Desk { app: &other, tenant: desk.tenant.clone() };
        desk.offer("o1", Some(3), None).await;
        for n in 0..20 {
            desk.add(&format!("C{n}"), 100, YEAR).await.unwrap();
        }
        let ids: Vec<String> = (0..20).map(|n| format!("C{n}")).collect();
        let answers = join_all(ids.iter().enumerate().map(|(n, id)| {
            if n % 2 == 0 { desk.redeem(id, "o1") } else { twin.redeem(id, "o1") }
        })).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 3);
        for answer in answers.into_iter().filter(Result::is_err) {
            assert_eq!(refusal(answer), Some(Refusal::SoldOut));
        }
        desk.assert_proven().await;
    }

    async fn a_customer_gets_no_more_than_allowed(app, _clock) {
        let desk = Desk::open(app, "acme").await;
        desk.offer("o1", None, Some(2)).await;
        desk.add("C1", 1_000, YEAR).await.unwrap();
        let answers = join_all((0..10).map(|_| desk.redeem("C1", "o1"))).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 2);
        assert_eq!(refusal(desk.redeem("C1", "o1").await), Some(Refusal::PerCustomerReached(2)));
        desk.assert_proven().await;
    }

    async fn a_refused_request_fails_no_other_and_leaves_no_trace(app, _clock) {
        let desk = Desk::open(app, "acme").await;
        desk.add("C1", 100, YEAR).await.unwrap();
        let refused = || keyed(desk.request("C1", Command::Debit(EntryKind::Removed, debit(1_000, None))), "k1", "f1");
        let (one, two, three) =
            tokio::join!(desk.add("C1", 10, YEAR), app.ledger.submit(refused()), desk.add("C2", 20, YEAR));
        assert!(one.is_ok() && three.is_ok());
        assert!(matches!(refusal(two), Some(Refusal::NotEnough { .. })));
        // The key of a refused request is free: the retry is judged anew.
        desk.add("C1", 1_000, YEAR).await.unwrap();
        app.ledger.submit(refused()).await.unwrap();
        assert_eq!(desk.balance("C1").await, Some(110));
        desk.assert_proven().await;
    }
}

on_both! {
    async fn a_crowd_of_one_tenant_keeps_no_other_waiting(app, _clock) {
        let (busy, other) = (Desk::open(app, "busy").await, Desk::open(app, "other").await);
        let done = AtomicUsize::new(0);
        let crowd = join_all((0..3_000).map(async |n| {
            busy.add(&format!("C{}", n % 300), 1, YEAR).await.unwrap();
            done.fetch_add(1, Ordering::Relaxed);
        }));
        // Begins when all of the crowd has asked already.
        let late = async {
            other.add("C1", 1, YEAR).await.unwrap();
            done.load(Ordering::Relaxed)
        };
        let (_, before) = tokio::join!(crowd, late);
        assert!(before <= 600, "{before} of the crowd went before the other tenant");
        assert_eq!(other.balance("C1").await, Some(1));
    }

    async fn a_balance_has_seen_whatever_was_answered_before_it_was_asked(app, _clock) {
        let desk = Desk::open(app, "acme").await;
        let rounds = (0..16).map(async |n| {
            let id = format!("C{n}");
            for round in 1..=5 {
                desk.add(&id, 10, YEAR).await.unwrap();
                assert_eq!(desk.balance(&id).await, Some(round * 10));
            }
        });
        join_all(rounds).await;
        assert_eq!(desk.balance("nobody").await, None);
    }

    async fn accounts_that_draw_the_same_number_are_made_all_the_same(app, _clock) {
        // All in the same millisecond, which has two million numbers: with so many, some draw one that is taken.
        let desk = Desk::open(app, "acme").await;
        for some in 0..50 {
            let adding = (0..100).map(async |n| desk.add(&format!("C{some}-{n}"), 10, YEAR).await.unwrap());
            join_all(adding).await;
        }
    }

    async fn more_lots_than_are_read_at_once_are_spent_in_order(app, clock) {
        let desk = Desk::open(app, "acme").await;
        for n in 0..150 {
            desk.add("C1", 10, YEAR + n).await.unwrap();
        }
        let mut left = 1_500;
        for points in [1, 79, 80, 300, 640, 400] {
            desk.take("C1", points).await.unwrap();
            left -= points;
            assert_eq!(desk.balance("C1").await, Some(left));
        }
        assert!(desk.take("C1", 1).await.is_err());
        clock.set(app.now().plus_secs(2 * YEAR));
        assert_eq!(desk.balance("C1").await, Some(0));
        desk.assert_proven().await;
    }

    async fn coupons_bought_at_once_are_kept_with_what_was_given_for_each(app, _clock) {
        let desk = Desk::open(app, "acme").await;
        desk.offer("o1", None, None).await;
        let buying = (0..40).map(async |n| {
            let id = format!("C{n}");
            desk.add(&id, 100, YEAR).await.unwrap();
            let Ok(Reply::Done(Done::Redeemed { code, redemption_id, .. })) = desk.redeem(&id, "o1").await else {
                panic!("{id} has no coupon")
            };
            let coupon = coupons::find(&app.db, &desk.tenant, &code).await.unwrap().unwrap();
            assert_eq!(coupon.issued_to.as_deref(), Some(id.as_str()));
            assert_eq!(coupon.redemption_id, Some(redemption_id));
            assert_eq!((coupon.template.max_redemptions, coupon.redemption_count), (1, 0));
        });
        join_all(buying).await;
        desk.assert_proven().await;
    }
}
