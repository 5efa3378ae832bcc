//! Sites and earning rules, as employees and the command line change them.

use guerdon::{
    app::App,
    config::Settings,
    domain::{ids::SiteCode, site::Site, site_change::SiteChange, time::Timestamp},
    service::{
        rule_drafts,
        sites::{self, Seen, SiteError},
    },
};

use crate::{
    common::on_both,
    desk::{caller, log, tenant},
};

fn change(fields: &[(&str, &str)]) -> SiteChange {
    SiteChange::parse(|name| fields.iter().find(|(field, _)| *field == name).map(|(_, value)| *value)).unwrap()
}

/// What a replica goes by when points move.
async fn gone_by(app: &App, code: &SiteCode) -> Option<Site> {
    app.reads.sites.find(&caller("acme").tenant, code).await.unwrap()
}

on_both! {
    async fn whoever_changes_a_site_is_told_when_every_replica_goes_by_it(app, clock) {
        let (first, main) = (tenant(app, "acme").await, SiteCode::main());
        let other = App::new(app.db.clone(), clock.clone(), Settings::default());
        // The other one is busy: it has always read the site a moment ago.
        let (busy, code) = (other.clone(), main.clone());
        let reading = other.tasks.spawn(async move {
            loop {
                gone_by(&busy, &code).await.unwrap();
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        });
        let mut now = first;
        for n in 2..6 {
            let rule = change(&[("factor", &n.to_string())]);
            now = if n % 2 == 0 {
                sites::change(app, &caller("acme"), &main, Some(Seen::of(&now)), &rule).await.unwrap()
            } else {
                rule_drafts::keep(app, &caller("acme"), &main, None, &rule).await.unwrap();
                let draft = rule_drafts::find(&app.db, &caller("acme").tenant, &main).await.unwrap().unwrap();
                rule_drafts::publish(app, &caller("acme"), &main, Seen::of(&now), draft.kept_at).await.unwrap()
            };
            assert_eq!((now.rule.version, gone_by(&other, &main).await.as_ref()), (n, Some(&now)));
            assert_eq!(gone_by(app, &main).await.as_ref(), Some(&now));
        }
        reading.abort();
        // That a site is missing is believed by nobody.
        let new = SiteCode::parse("outlet").unwrap();
        assert_eq!(gone_by(&other, &new).await, None);
        let made = sites::create(app, &caller("acme"), &new, &change(&[])).await.unwrap();
        assert_eq!(gone_by(&other, &new).await, Some(made));
    }

    async fn a_tenant_begins_with_a_site_that_earns(app, _clock) {
        let site = tenant(app, "acme").await;
        assert_eq!((site.code.as_str(), site.zone.name(), site.currency.as_str()), ("main", "Europe/Berlin", "EUR"));
        assert_eq!((site.version, site.rule.version, site.rule.enabled), (1, 1, true));
        assert_eq!(site.rule.holds_from, app.now());
        let rules = sites::rules(&app.db, &caller("acme").tenant, &site.code, 10).await.unwrap();
        assert_eq!(rules, [(site.rule, "employee:u1".to_owned())]);
        assert_eq!(log(app, "acme").await[0].0, "site.created");
    }

    async fn a_changed_rule_is_a_new_version_and_the_old_one_stays(app, clock) {
        let first = tenant(app, "acme").await;
        let later = app.now().plus_secs(60);
        clock.set(later);
        let new = change(&[("factor", "0.95"), ("validity_months", "24")]);
        let site = sites::change(app, &caller("acme"), &first.code, Some(Seen::of(&first)), &new).await.unwrap();
        assert_eq!((site.version, site.rule.version, site.rule.holds_from), (1, 2, later));
        assert_eq!(sites::find(&app.db, &caller("acme").tenant, &site.code).await.unwrap().unwrap(), site);
        let rules = sites::rules(&app.db, &caller("acme").tenant, &site.code, 10).await.unwrap();
        assert_eq!(rules.into_iter().map(|(rule, _)| rule).collect::<Vec<_>>(), [site.rule, first.rule]);
        let expected = ("rule.changed".to_owned(), r#"{"factor":1,"validityMonths":12}"#.to_owned(),
            r#"{"factor":0.95,"validityMonths":24}"#.to_owned());
        assert_eq!(log(app, "acme").await[0], expected);
    }

    async fn settings_and_rule_have_versions_of_their_own(app, _clock) {
        let seen = tenant(app, "acme").await;
        let main = SiteCode::main();
        let renamed = change(&[("name", "Shop"), ("coupon_prefix", "acm"), ("allowed_origins", "https://a.example")]);
        let site = sites::change(app, &caller("acme"), &main, Some(Seen::of(&seen)), &renamed).await.unwrap();
        assert_eq!((site.version, site.rule.version), (2, 1));
        assert_eq!((site.coupon_prefix.as_str(), site.allowed_origins.len()), ("ACM", 1));
        // Nobody touched the rule since it was looked at.
        let rule = change(&[("factor", "2")]);
        let site = sites::change(app, &caller("acme"), &main, Some(Seen::of(&seen)), &rule).await.unwrap();
        assert_eq!((site.version, site.rule.version), (2, 2));
        // But both were changed since then.
        for stale in [change(&[("factor", "3")]), change(&[("name", "Other")])] {
            match sites::change(app, &caller("acme"), &main, Some(Seen::of(&seen)), &stale).await {
                Err(SiteError::Stale(now)) => assert_eq!(*now, site),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(sites::find(&app.db, &caller("acme").tenant, &main).await.unwrap().unwrap(), site);
        // Without a version the change is taken as it is.
        let site = sites::change(app, &caller("acme"), &main, None, &change(&[("factor", "3")])).await.unwrap();
        assert_eq!(site.rule.version, 3);
    }

    async fn a_change_to_what_is_there_already_leaves_no_trace(app, clock) {
        let first = tenant(app, "acme").await;
        let logged = log(app, "acme").await;
        clock.set(app.now().plus_secs(60));
        let same = change(&[("factor", "1.00"), ("name", " Acme "), ("enabled", "true"), ("cap_per_order", "")]);
        let site = sites::change(app, &caller("acme"), &first.code, None, &same).await.unwrap();
        assert_eq!(site, first);
        assert_eq!(log(app, "acme").await, logged);
    }

    async fn of_two_who_change_a_rule_at_once_one_is_told(app, _clock) {
        let seen = Seen::of(&tenant(app, "acme").await);
        let attempts = (2..10).map(|factor| async move {
            let new = change(&[("factor", &factor.to_string())]);
            sites::change(app, &caller("acme"), &SiteCode::main(), Some(seen), &new).await
        });
        let mut done = 0;
        for attempt in futures_util::future::join_all(attempts).await {
            match attempt {
                Ok(_) => done += 1,
                Err(error) => assert!(matches!(error, SiteError::Stale(_)), "{error:?}"),
            }
        }
        assert_eq!(done, 1);
        assert_eq!(sites::rules(&app.db, &caller("acme").tenant, &SiteCode::main(), 10).await.unwrap().len(), 2);
    }

    async fn a_new_site_begins_as_its_tenant_does(app, _clock) {
        tenant(app, "acme").await;
        let code = SiteCode::parse("at").unwrap();
        let new = change(&[("name", "Acme AT"), ("time_zone", "Europe/Vienna"), ("factor", "0.5")]);
        let site = sites::create(app, &caller("acme"), &code, &new).await.unwrap();
        assert_eq!((site.name.as_str(), site.zone.name(), site.currency.as_str()), ("Acme AT", "Europe/Vienna", "EUR"));
        assert_eq!((site.rule.version, site.rule.validity_months), (1, 12));
        let all = sites::list(&app.db, &caller("acme").tenant).await.unwrap();
        assert_eq!(all.iter().map(|site| site.code.as_str()).collect::<Vec<_>>(), ["at", "main"]);
        let again = sites::create(app, &caller("acme"), &code, &SiteChange::default()).await;
        assert!(matches!(again, Err(SiteError::Taken(_))), "{again:?}");
        assert_eq!(sites::find(&app.db, &caller("acme").tenant, &code).await.unwrap().unwrap(), site);
    }

    async fn sites_of_other_tenants_are_out_of_reach(app, _clock) {
        tenant(app, "acme").await;
        tenant(app, "beta").await;
        let at = SiteCode::parse("at").unwrap();
        sites::create(app, &caller("acme"), &at, &SiteChange::default()).await.unwrap();
        assert_eq!(sites::find(&app.db, &caller("beta").tenant, &at).await.unwrap(), None);
        let refused = sites::change(app, &caller("beta"), &at, None, &change(&[("factor", "9")])).await;
        assert!(matches!(refused, Err(SiteError::Unknown(_))), "{refused:?}");
        let refused = sites::change(app, &caller("none"), &at, None, &change(&[("factor", "9")])).await;
        assert!(matches!(refused, Err(SiteError::TenantUnknown(_))), "{refused:?}");
        let refused = sites::create(app, &caller("none"), &at, &SiteChange::default()).await;
        assert!(matches!(refused, Err(SiteError::TenantUnknown(_))), "{refused:?}");
        sites::change(app, &caller("beta"), &SiteCode::main(), None, &change(&[("factor", "9")])).await.unwrap();
        let main = sites::find(&app.db, &caller("acme").tenant, &SiteCode::main()).await.unwrap().unwrap();
        assert_eq!((main.rule.version, main.rule.holds_from > Timestamp::from_micros(0)), (1, true));
    }
}
