//! Expiry: right at the instant, recorded later, once.

use futures_util::future::join_all;
use guerdon::{
    domain::ledger::entry::EntryKind,
    service::{
        expiry::{self, ExpiryError},
        ledger::command::Command,
    },
    store::ledger::read,
};

use crate::{
    common::on_both,
    desk::{Desk, credit, customer},
};

on_both! {
    async fn points_count_until_the_instant_and_not_at_it(app, clock) {
        let desk = Desk::open(app, "acme").await;
        let start = app.now();
        desk.add("C1", 100, 60).await.unwrap();
        desk.add("C1", 50, 120).await.unwrap();
        clock.set(start.plus_secs(60).plus_secs(-1));
        assert_eq!(desk.balance("C1").await, Some(150));
        clock.set(start.plus_secs(60));
        assert_eq!(desk.balance("C1").await, Some(50));
        assert!(desk.take("C1", 51).await.is_err());
        desk.take("C1", 50).await.unwrap();
        clock.set(start.plus_secs(120));
        assert_eq!(desk.balance("C1").await, Some(0));
        desk.assert_proven().await;
    }

    async fn pending_points_count_from_their_instant(app, clock) {
        let desk = Desk::open(app, "acme").await;
        let start = app.now();
        let mut pending = credit(100, start.plus_secs(1_000), None);
        pending.available_from = Some(start.plus_secs(500));
        desk.submit("C1", Command::Credit(EntryKind::Earned, pending)).await.unwrap();
        assert_eq!(desk.balance("C1").await, Some(0));
        assert!(desk.take("C1", 1).await.is_err());
        clock.set(start.plus_secs(500));
        assert_eq!(desk.balance("C1").await, Some(100));
        desk.take("C1", 30).await.unwrap();
        // A clock that goes back takes nothing away.
        clock.set(start.plus_secs(400));
        assert_eq!(desk.balance("C1").await, Some(70));
        clock.set(start.plus_secs(1_000));
        assert_eq!(desk.balance("C1").await, Some(0));
        desk.assert_proven().await;
    }

    async fn expiry_is_recorded_once_by_any_number_of_replicas(app, clock) {
        let other = guerdon::app::App::new(app.db.clone(), clock.clone(), guerdon::config::Settings::default());
        let desk = Desk::open(app, "acme").await;
        let start = app.now();
        for n in 0..40 {
            desk.add(&format!("C{n}"), 10, 60 + n % 7).await.unwrap();
        }
        clock.set(start.plus_secs(60 + 7 + 300));
        let runs = join_all((0..6).map(|n| expiry::record_due(if n % 2 == 0 { app } else { &other }))).await;
        let entries: usize = runs.into_iter().map(|run| run.unwrap().entries).sum();
        assert_eq!(entries, 40);
        assert_eq!(expiry::record_due(app).await.unwrap().entries, 0);
        let mut snapshot = app.db.snapshot().await.unwrap();
        let account = read::account(&mut snapshot, &desk.tenant, &customer("C3")).await.unwrap().unwrap();
        let entries = read::entries(&mut snapshot, &desk.tenant, account.account_id, 0, 10).await.unwrap();
        assert_eq!(entries[1].kind, EntryKind::Expired);
        assert_eq!(entries[1].recorded_at, start.plus_secs(63));
        assert_eq!((entries[1].points, entries[1].balance_after), (-10, 0));
        drop(snapshot);
        desk.assert_proven().await;
    }

    async fn expiry_waits_five_minutes_and_stops_when_the_clock_went_back(app, clock) {
        let desk = Desk::open(app, "acme").await;
        let start = app.now();
        desk.add("C1", 10, 60).await.unwrap();
        clock.set(start.plus_secs(60 + 299));
        assert_eq!(expiry::record_due(app).await.unwrap().entries, 0);
        clock.set(start.plus_secs(60 + 300));
        assert_eq!(expiry::record_due(app).await.unwrap().entries, 1);
        clock.set(start.plus_secs(30));
        assert!(matches!(expiry::record_due(app).await, Err(ExpiryError::ClockWentBack { .. })));
    }
}
