//! Changes of redemption options that wait to be published.

use futures_util::future::join_all;
use guerdon::{
    app::App,
    domain::{
        ids::SiteCode,
        invalid::FieldErrors,
        option::{OptionDraft, RedeemOption},
    },
    service::{
        daily_proof, option_drafts,
        options::{self, Created, OptionError},
    },
};
use serde_json::json;

use crate::{
    common::on_both,
    desk::{caller, log, tenant},
};

fn option(name: &str, points: i64) -> OptionDraft {
    let json = json!({
        "type": "coupon", "name": name, "points": points, "stock": 7, "active": points != 3,
        "names": {"de": {"name": "Zehn", "description": ""}},
        "coupon": {"name": name, "discountType": "PERCENT", "discountPercentage": 12.5, "maxRedemptions": 1}
    });
    OptionDraft::from_json(json.as_object().unwrap()).unwrap()
}

async fn make(app: &App) -> String {
    match options::create(app, &caller("acme"), &option("Ten", 100), None).await.unwrap() {
        Created::Now { id, .. } => id,
        Created::Before { .. } => panic!("nobody asked before"),
    }
}

async fn get(app: &App, id: &str) -> RedeemOption {
    options::find(&app.db, &caller("acme").tenant, id).await.unwrap().unwrap()
}

async fn kept(app: &App, id: &str) -> Option<option_drafts::KeptDraft> {
    option_drafts::find(&app.db, &caller("acme").tenant, id).await.unwrap()
}

fn becomes(name: &'static str, points: i64) -> impl Fn(&RedeemOption) -> Result<OptionDraft, FieldErrors> {
    move |_present| Ok(option(name, points))
}

on_both! {
    async fn a_draft_changes_nothing_until_it_is_published(app, clock) {
        tenant(app, "acme").await;
        let id = &make(app).await;
        let before = get(app, id).await;
        assert_eq!(kept(app, id).await, None);
        clock.set(app.now().plus_secs(60));
        option_drafts::keep(app, &caller("acme"), id, None, becomes("Twenty", 3)).await.unwrap();
        let draft = kept(app, id).await.unwrap();
        assert_eq!((&draft.draft, draft.kept_at), (&option("Twenty", 3), app.now()));
        assert_eq!(get(app, id).await, before);
        let with = option_drafts::options_with(&app.db, &caller("acme").tenant).await.unwrap();
        assert!(with.len() == 1 && with.contains(id), "{with:?}");
        let published = option_drafts::publish(app, &caller("acme"), id, 1, draft.kept_at).await.unwrap();
        assert_eq!((&published.draft, published.version), (&draft.draft, 2));
        assert_eq!((get(app, id).await, kept(app, id).await), (published, None));
        let actions: Vec<String> = log(app, "acme").await.into_iter().map(|(action, ..)| action).collect();
        assert_eq!(actions[..3], ["option.changed", "option.draft_kept", "option.created"]);
    }

    async fn of_two_who_keep_a_draft_the_second_is_told(app, clock) {
        tenant(app, "acme").await;
        let id = &make(app).await;
        option_drafts::keep(app, &caller("acme"), id, None, becomes("First", 1)).await.unwrap();
        let first = kept(app, id).await.unwrap();
        clock.set(app.now().plus_secs(1));
        let blind = option_drafts::keep(app, &caller("acme"), id, None, becomes("Second", 2)).await;
        assert!(matches!(blind, Err(OptionError::DraftChanged)), "{blind:?}");
        option_drafts::keep(app, &caller("acme"), id, Some(first.kept_at), becomes("Second", 2)).await.unwrap();
        let second = kept(app, id).await.unwrap();
        assert_eq!(second.draft.name, "Second");
        for refused in [
            option_drafts::publish(app, &caller("acme"), id, 1, first.kept_at).await.map(drop),
            option_drafts::discard(app, &caller("acme"), id, Some(first.kept_at)).await,
        ] {
            assert!(matches!(refused, Err(OptionError::DraftChanged)), "{refused:?}");
        }
        assert_eq!(kept(app, id).await.unwrap(), second);
        option_drafts::discard(app, &caller("acme"), id, Some(second.kept_at)).await.unwrap();
        // A second click finds nothing to do.
        option_drafts::discard(app, &caller("acme"), id, Some(second.kept_at)).await.unwrap();
        assert_eq!((kept(app, id).await, get(app, id).await.version), (None, 1));
    }

    async fn of_many_who_keep_and_publish_at_once_one_does(app, clock) {
        tenant(app, "acme").await;
        let id = &make(app).await;
        let caller = &caller("acme");
        let kept_at_once = join_all((1..6).map(|n| option_drafts::keep(app, caller, id, None, becomes("Draft", n)))).await;
        assert_eq!(kept_at_once.iter().filter(|kept| kept.is_ok()).count(), 1, "{kept_at_once:?}");
        let first = kept(app, id).await.unwrap().kept_at;
        clock.set(app.now().plus_secs(1));
        option_drafts::keep(app, caller, id, Some(first), becomes("Newer", 9)).await.unwrap();
        // Whoever still edits the first one does not take the newer one away.
        let late = option_drafts::publish_as(app, caller, id, 1, first, becomes("Late", 8)).await;
        assert!(matches!(late, Err(OptionError::DraftChanged)), "{late:?}");
        let newer = kept(app, id).await.unwrap();
        assert_eq!((newer.draft.name.as_str(), get(app, id).await.version), ("Newer", 1));
        let published = join_all((0..5).map(|_| option_drafts::publish(app, caller, id, 1, newer.kept_at))).await;
        assert_eq!(published.iter().filter(|done| done.is_ok()).count(), 1, "{published:?}");
        assert_eq!((get(app, id).await.version, kept(app, id).await), (2, None));
    }

    async fn the_daily_proof_is_made_by_one_of_many(app, clock) {
        tenant(app, "acme").await;
        for _day in 0..2 {
            let made = join_all((0..5).map(|_| daily_proof::prove_if_due(app))).await;
            let reports = made.into_iter().filter_map(Result::unwrap);
            assert_eq!(reports.map(|report| report.ok).collect::<Vec<_>>(), [true]);
            let proof = daily_proof::last(&app.db).await.unwrap();
            assert_eq!((proof.problems, proof.ended_at_secs), (0, app.now().micros() / 1_000_000));
            clock.set(app.now().plus_secs(86_400));
        }
        // It was made while the clock was a year ahead.
        let now = app.now();
        clock.set(now.plus_secs(365 * 86_400));
        assert!(daily_proof::prove_if_due(app).await.unwrap().is_some());
        clock.set(now.plus_secs(3_600));
        assert!(daily_proof::prove_if_due(app).await.unwrap().is_some(), "the next was a year away");
        assert!(daily_proof::prove_if_due(app).await.unwrap().is_none());
    }

    async fn a_draft_is_not_published_over_a_change_that_nobody_looked_at(app, _clock) {
        tenant(app, "acme").await;
        let id = &make(app).await;
        option_drafts::keep(app, &caller("acme"), id, None, becomes("Draft", 1)).await.unwrap();
        let draft = kept(app, id).await.unwrap();
        options::update(app, &caller("acme"), id, None, becomes("Changed", 50)).await.unwrap();
        let stale = option_drafts::publish(app, &caller("acme"), id, 1, draft.kept_at).await;
        assert!(matches!(stale, Err(OptionError::Stale(_))), "{stale:?}");
        assert_eq!((get(app, id).await.draft.name.as_str(), kept(app, id).await), ("Changed", Some(draft.clone())));
        option_drafts::publish(app, &caller("acme"), id, 2, draft.kept_at).await.unwrap();
        assert_eq!(get(app, id).await.draft.name, "Draft");
        options::archive(app, &caller("acme"), id).await.unwrap();
        let gone = option_drafts::keep(app, &caller("acme"), id, None, becomes("Late", 1)).await;
        assert!(matches!(gone, Err(OptionError::Unknown(_))), "{gone:?}");
    }

    async fn what_does_not_fit_is_not_kept(app, _clock) {
        tenant(app, "acme").await;
        let id = &make(app).await;
        let elsewhere = |_present: &RedeemOption| {
            Ok(OptionDraft { sites: vec![SiteCode::parse("nowhere").unwrap()], ..option("Ten", 100) })
        };
        let refused = option_drafts::keep(app, &caller("acme"), id, None, elsewhere).await;
        assert!(matches!(refused, Err(OptionError::Invalid(_))), "{refused:?}");
        assert_eq!(kept(app, id).await, None);
        let other = option_drafts::keep(app, &caller("other"), id, None, becomes("Ten", 1)).await;
        assert!(matches!(other, Err(OptionError::Unknown(_))), "{other:?}");
    }
}
