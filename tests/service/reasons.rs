//! Why employees add and remove points: five to begin with, then as the tenant words them.

use std::borrow::Cow;

use futures_util::future::join_all;
use guerdon::{
    app::App,
    domain::{
        points::Points,
        reason::{Direction, Reason, ReasonDraft, Validity},
    },
    service::reasons::{self, ReasonError, Step},
    store::{Backend, Db, db::migrations},
};
use sqlx::migrate::Migrator;

use crate::{
    common::{
        database::{TestDb, raw},
        on_both,
    },
    desk::{caller, log, tenant},
};

fn draft(label: &str) -> ReasonDraft {
    ReasonDraft {
        label: Some(label.to_owned()),
        direction: Direction::Add,
        points: Points::new(250).ok(),
        validity: Some(Validity::Days(90)),
        note: Some("We are sorry".to_owned()),
    }
}

async fn all(app: &App) -> Vec<Reason> {
    reasons::list(&app.db, &caller("acme").tenant).await.unwrap()
}

fn codes(reasons: &[Reason]) -> Vec<&str> {
    reasons.iter().map(|reason| reason.code.as_str()).collect()
}

on_both! {
    async fn every_tenant_begins_with_five(app, _clock) {
        tenant(app, "acme").await;
        let begun = all(app).await;
        assert_eq!(codes(&begun), ["birthday", "goodwill", "order_correction", "promotion", "other"]);
        assert!(begun.iter().all(|reason| reason.draft == ReasonDraft::starting(&reason.code)));
    }

    async fn reasons_are_made_changed_moved_and_archived(app, _clock) {
        tenant(app, "acme").await;
        let by = caller("acme");
        let made = reasons::create(app, &by, &draft("Lost parcel")).await.unwrap();
        assert_eq!(reasons::find(&app.db, &by.tenant, "lost_parcel").await.unwrap(), Some(made));
        let again = reasons::create(app, &by, &draft("Lost parcel")).await;
        assert!(matches!(again, Err(ReasonError::Invalid(_))), "two of one name");
        reasons::update(app, &by, "lost_parcel", 1, &draft("Parcel lost")).await.unwrap();
        let stale = reasons::update(app, &by, "lost_parcel", 1, &draft("Parcel gone")).await;
        assert!(matches!(stale, Err(ReasonError::Stale(now)) if now.draft.label.as_deref() == Some("Parcel lost")));
        reasons::update(app, &by, "birthday", 1, &draft("Best wishes")).await.unwrap();
        let nameless = ReasonDraft { label: None, ..draft("x") };
        assert!(matches!(reasons::update(app, &by, "lost_parcel", 2, &nameless).await, Err(ReasonError::Invalid(_))));
        reasons::update(app, &by, "birthday", 2, &nameless).await.unwrap();
        assert!(matches!(reasons::update(app, &by, "none", 1, &draft("y")).await, Err(ReasonError::Unknown)));

        reasons::step(app, &by, "lost_parcel", Step::Up).await.unwrap();
        reasons::step(app, &by, "birthday", Step::Up).await.unwrap();
        reasons::archive(app, &by, "promotion").await.unwrap();
        reasons::archive(app, &by, "promotion").await.unwrap();
        reasons::step(app, &by, "other", Step::Down).await.unwrap();
        assert_eq!(codes(&all(app).await), ["birthday", "goodwill", "order_correction", "lost_parcel", "other", "promotion"]);
        // A name is free when its reason is archived, and must be free when it is restored.
        reasons::archive(app, &by, "lost_parcel").await.unwrap();
        let second = reasons::create(app, &by, &draft("Parcel lost")).await.unwrap();
        assert_eq!(second.code, "parcel_lost");
        assert!(matches!(reasons::restore(app, &by, "lost_parcel").await, Err(ReasonError::Invalid(_))));
        reasons::restore(app, &by, "promotion").await.unwrap();
        let actions: Vec<String> = log(app, "acme").await.into_iter().map(|row| row.0).take(3).collect();
        assert_eq!(actions, ["reason.restored", "reason.created", "reason.archived"]);
    }

    async fn those_that_are_made_at_once_have_codes_of_their_own(app, _clock) {
        tenant(app, "acme").await;
        let labels: Vec<String> = (0..8).map(|n| format!("Reason {}", "!".repeat(n))).collect();
        let made = join_all(labels.iter().map(|label| {
            let draft = draft(label);
            async move { reasons::create(app, &caller("acme"), &draft).await.unwrap().code }
        })).await;
        let reasons = all(app).await;
        assert_eq!(reasons.len(), 5 + made.len());
        let mut places: Vec<i64> = reasons.iter().map(|reason| reason.position).collect();
        places.dedup();
        assert_eq!(places.len(), reasons.len(), "{reasons:?}");
    }
}

/// The steps before reasons were the tenants' own.
async fn migrate_before(db: &Db) {
    let steps = migrations(db.backend()).iter().filter(|step| step.version < 93).cloned().collect();
    let before = Migrator { migrations: Cow::Owned(steps), ..Migrator::DEFAULT };
    match db {
        Db::Sqlite { write, .. } => before.run(write).await.unwrap(),
        Db::Postgres(pool) => before.run(pool).await.unwrap(),
    }
}

async fn tenants_of_before_get_the_five(backend: Backend) {
    let db = TestDb::empty(backend).await;
    migrate_before(&db).await;
    let sql = "INSERT INTO tenants (tenant_id, name, time_zone, currency, grace_days, agent_limit, created_at)
               VALUES ('acme', 'Acme', 'Europe/Berlin', 'EUR', 14, 500, 7), ('other', 'Other', 'UTC', 'EUR', 14, 500, 7)";
    let mut tx = db.begin().await.unwrap();
    tx.query(raw(sql)).run().await.unwrap();
    tx.commit().await.unwrap();
    db.migrate().await.unwrap();
    for tenant in ["acme", "other"] {
        let got = reasons::list(&db, &caller(tenant).tenant).await.unwrap();
        assert_eq!(codes(&got), guerdon::domain::reason::STARTING);
        assert!(got.iter().all(|reason| reason.draft == ReasonDraft::starting(&reason.code)), "{got:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_of_before_get_the_five_on_sqlite() {
    tenants_of_before_get_the_five(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_of_before_get_the_five_on_postgres() {
    tenants_of_before_get_the_five(Backend::Postgres).await;
}
