//! Changes of earning rules that wait to be published.

use futures_util::future::join_all;
use guerdon::{
    app::App,
    domain::{
        ids::{SiteCode, TenantId},
        site::Site,
        site_change::SiteChange,
    },
    service::{
        rule_drafts::{self, KeptRule},
        sites::{self, Seen, SiteError},
    },
};

use crate::{
    common::on_both,
    desk::{caller, log, tenant},
};

fn acme() -> TenantId {
    caller("acme").tenant
}

fn factor(factor: &str) -> SiteChange {
    SiteChange::parse(|field| (field == "factor").then_some(factor)).unwrap()
}

async fn site(app: &App) -> Site {
    sites::find(&app.db, &acme(), &SiteCode::main()).await.unwrap().unwrap()
}

async fn kept(app: &App) -> Option<KeptRule> {
    rule_drafts::find(&app.db, &acme(), &SiteCode::main()).await.unwrap()
}

async fn actions(app: &App) -> Vec<String> {
    log(app, "acme").await.into_iter().map(|(action, ..)| action).collect()
}

on_both! {
    async fn a_draft_changes_nothing_until_it_is_published(app, clock) {
        let before = tenant(app, "acme").await;
        let (caller, main) = (&caller("acme"), &SiteCode::main());
        assert_eq!(kept(app).await, None);
        clock.set(app.now().plus_secs(60));
        rule_drafts::keep(app, caller, main, None, &factor("2.5")).await.unwrap();
        let draft = kept(app).await.unwrap();
        assert_eq!((draft.draft.apply(&before), draft.kept_at), (factor("2.5").apply(&before), app.now()));
        assert_eq!(site(app).await, before);
        assert!(rule_drafts::sites_with(&app.db, &acme()).await.unwrap().contains(main));
        let published = rule_drafts::publish(app, caller, main, Seen::of(&before), draft.kept_at).await.unwrap();
        assert_eq!((published.rule.factor.to_string(), published.rule.version), ("2.5".into(), 2));
        assert_eq!((site(app).await, kept(app).await), (published, None));
        assert_eq!(actions(app).await[..2], ["rule.changed", "rule.draft_kept"]);
        assert!(log(app, "acme").await[1].2.contains("2.5"));
    }

    async fn of_two_who_keep_a_draft_the_second_is_told(app, clock) {
        let before = tenant(app, "acme").await;
        let (caller, main) = (&caller("acme"), &SiteCode::main());
        rule_drafts::keep(app, caller, main, None, &factor("2")).await.unwrap();
        let first = kept(app).await.unwrap().kept_at;
        clock.set(app.now().plus_secs(1));
        let blind = rule_drafts::keep(app, caller, main, None, &factor("3")).await;
        assert!(matches!(blind, Err(SiteError::DraftChanged)), "{blind:?}");
        rule_drafts::keep(app, caller, main, Some(first), &factor("3")).await.unwrap();
        let second = kept(app).await.unwrap();
        for refused in [
            rule_drafts::publish(app, caller, main, Seen::of(&before), first).await.map(drop),
            rule_drafts::publish_as(app, caller, main, Seen::of(&before), first, &factor("4")).await.map(drop),
            rule_drafts::discard(app, caller, main, Some(first)).await,
        ] {
            assert!(matches!(refused, Err(SiteError::DraftChanged)), "{refused:?}");
        }
        assert_eq!((kept(app).await, site(app).await), (Some(second.clone()), before));
        rule_drafts::discard(app, caller, main, Some(second.kept_at)).await.unwrap();
        // A second click finds nothing to do.
        rule_drafts::discard(app, caller, main, Some(second.kept_at)).await.unwrap();
        assert_eq!((kept(app).await, site(app).await.rule.version), (None, 1));
        assert_eq!(actions(app).await[0], "rule.draft_discarded");
    }

    async fn of_many_who_keep_and_publish_at_once_one_does(app, _clock) {
        let before = tenant(app, "acme").await;
        let (caller, main) = (&caller("acme"), &SiteCode::main());
        let drafts: Vec<SiteChange> = (2..7).map(|n| factor(&n.to_string())).collect();
        let kept_at_once = join_all(drafts.iter().map(|draft| rule_drafts::keep(app, caller, main, None, draft))).await;
        assert_eq!(kept_at_once.iter().filter(|kept| kept.is_ok()).count(), 1, "{kept_at_once:?}");
        let seen = kept(app).await.unwrap().kept_at;
        let versions = Seen::of(&before);
        let published = join_all((0..5).map(|_| rule_drafts::publish(app, caller, main, versions, seen))).await;
        assert_eq!(published.iter().filter(|done| done.is_ok()).count(), 1, "{published:?}");
        assert_eq!((site(app).await.rule.version, kept(app).await), (2, None));
    }

    async fn a_draft_is_not_published_over_a_change_that_nobody_looked_at(app, _clock) {
        let before = tenant(app, "acme").await;
        let (caller, main) = (&caller("acme"), &SiteCode::main());
        rule_drafts::keep(app, caller, main, None, &factor("2")).await.unwrap();
        let draft = kept(app).await.unwrap();
        let changed = sites::change(app, caller, main, None, &factor("9")).await.unwrap();
        let stale = rule_drafts::publish(app, caller, main, Seen::of(&before), draft.kept_at).await;
        assert!(matches!(stale, Err(SiteError::Stale(_))), "{stale:?}");
        assert_eq!((site(app).await, kept(app).await), (changed.clone(), Some(draft.clone())));
        let done = rule_drafts::publish(app, caller, main, Seen::of(&changed), draft.kept_at).await.unwrap();
        assert_eq!((done.rule.factor.to_string(), done.rule.version), ("2".into(), 3));
        let nowhere = SiteCode::parse("nowhere").unwrap();
        let unknown = rule_drafts::keep(app, caller, &nowhere, None, &factor("2")).await;
        assert!(matches!(unknown, Err(SiteError::Unknown(_))), "{unknown:?}");
        let other = rule_drafts::keep(app, &crate::desk::caller("other"), main, None, &factor("2")).await;
        assert!(matches!(other, Err(SiteError::Unknown(_))), "{other:?}");
    }
}
