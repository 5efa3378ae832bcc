//! Changes of redemption options that wait to be published.

use guerdon::{
    app::App,
    domain::{
        ids::SiteCode,
        invalid::FieldErrors,
        option::{OptionDraft, RedeemOption},
    },
    service::{
        option_drafts,
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
