//! Redemption options, as employees and API clients change them.

use std::sync::LazyLock;

use futures_util::future::join_all;
use guerdon::{
    app::App,
    domain::{
        actor::Caller,
        ids::{CustomerId, SiteCode},
        ledger::entry::{EntryKind, Source},
        option::{OptionDraft, RedeemOption},
        points::Points,
    },
    service::{
        idempotency::KeyedRequest,
        ledger::command::{Command, NewCredit, NewRedemption, Remarks, Request},
        options::{self, Created, Move, OptionError, Uses},
    },
};
use serde_json::{Value, json};

use crate::{
    common::on_both,
    desk::{caller, log, tenant},
};

/// An option of 100 points, with these fields beside the usual ones.
fn draft(name: &str, more: &Value) -> OptionDraft {
    let mut option = json!({
        "type": "coupon", "name": name, "points": 100,
        "coupon": {"name": name, "discountType": "PERCENT", "discountPercentage": 10, "maxRedemptions": 1}
    });
    for (name, value) in more.as_object().unwrap() {
        option[name] = value.clone();
    }
    OptionDraft::from_json(option.as_object().unwrap()).unwrap()
}

static TEN: LazyLock<OptionDraft> = LazyLock::new(|| draft("Ten", &json!({})));
static CALLER: LazyLock<Caller> = LazyLock::new(|| caller("acme"));

/// Makes an option and gives its id.
async fn make(app: &App, name: &str, more: &Value) -> String {
    match options::create(app, &caller("acme"), &draft(name, more), None).await.unwrap() {
        Created::Now { id, .. } => id,
        Created::Before { .. } => panic!("nobody asked before"),
    }
}

async fn get(app: &App, id: &str) -> RedeemOption {
    options::find(&app.db, &caller("acme").tenant, id).await.unwrap().unwrap()
}

/// The names of options in their order.
fn names(options: &[RedeemOption]) -> Vec<&str> {
    options.iter().map(|option| option.draft.name.as_str()).collect()
}

async fn submit(app: &App, customer: &str, command: Command) -> bool {
    let customer = CustomerId::parse(customer).unwrap();
    let request = Request { caller: caller("acme"), source: Source::Api, customer, command, key: None };
    app.ledger.submit(request).await.is_ok()
}

/// Redeems the option for a customer who has the points for it; says whether it could be had.
async fn redeem(app: &App, customer: &str, option_id: &str) -> bool {
    let credit = NewCredit {
        id: None,
        points: Points::new(100).unwrap(),
        available_from: None,
        valid_until: app.now().plus_secs(86_400),
        remarks: Remarks::default(),
    };
    assert!(submit(app, customer, Command::Credit(EntryKind::Added, credit)).await);
    let wanted = NewRedemption {
        option_id: option_id.to_owned(),
        site: SiteCode::main(),
        prefix: String::new(),
        remarks: Remarks::default(),
    };
    submit(app, customer, Command::Redeem(wanted)).await
}

on_both! {
    async fn an_option_begins_at_version_one_and_every_change_adds_one(app, clock) {
        tenant(app, "acme").await;
        let id = make(app, "Ten", &json!({})).await;
        let first = get(app, &id).await;
        assert_eq!((first.version, first.created_at, first.modified_at), (1, app.now(), app.now()));
        clock.set(app.now().plus_secs(60));
        let second = options::update(app, &caller("acme"), &id, Some(1), |_| Ok(draft("Eleven", &json!({})))).await;
        let second = second.unwrap();
        assert_eq!(second, get(app, &id).await);
        assert_eq!((second.version, second.draft.name.as_str()), (2, "Eleven"));
        assert_eq!((second.created_at, second.modified_at), (first.created_at, app.now()));
        match options::update(app, &caller("acme"), &id, Some(1), |_| Ok(draft("Twelve", &json!({})))).await {
            Err(OptionError::Stale(now)) => assert_eq!(*now, second),
            other => panic!("{other:?}"),
        }
        assert_eq!(get(app, &id).await, second);
        // Without a version it is taken as it is.
        let third = options::update(app, &caller("acme"), &id, None, |_| Ok(draft("Twelve", &json!({})))).await;
        assert_eq!(third.unwrap().version, 3);
        let actions: Vec<_> = log(app, "acme").await.into_iter().map(|(action, ..)| action).collect();
        assert_eq!(actions[..3], ["option.changed", "option.changed", "option.created"]);
    }

    async fn the_audit_log_names_what_differs(app, _clock) {
        tenant(app, "acme").await;
        let id = make(app, "Ten", &json!({"stock": 5})).await;
        let other = || draft("Ten", &json!({"points": 90, "names": {"de": {"name": "Zehn"}}}));
        options::update(app, &caller("acme"), &id, None, |_| Ok(other())).await.unwrap();
        let (_, before, after) = log(app, "acme").await.remove(0);
        assert_eq!(before, r#"{"points":100,"stock":5}"#);
        assert_eq!(after, r#"{"points":90,"names":{"de":{"name":"Zehn","description":""}}}"#);
    }

    async fn of_many_changes_to_one_version_one_is_made(app, _clock) {
        tenant(app, "acme").await;
        let id = &make(app, "Ten", &json!({})).await;
        let attempts = (0..8).map(|n| async move {
            options::update(app, &caller("acme"), id, Some(1), |_| Ok(draft(&format!("N{n}"), &json!({})))).await
        });
        let results = join_all(attempts).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert!(results.iter().all(|result| matches!(result, Ok(_) | Err(OptionError::Stale(_)))), "{results:?}");
        assert_eq!(get(app, id).await.version, 2);
    }

    async fn one_key_makes_one_option(app, _clock) {
        tenant(app, "acme").await;
        let key = KeyedRequest { key: "k".to_owned(), fingerprint: "f".to_owned() };
        let attempts = (0..8).map(|_| options::create(app, &CALLER, &TEN, Some(&key)));
        let mut bodies = Vec::new();
        let mut made = 0;
        for result in join_all(attempts).await {
            match result.unwrap() {
                Created::Now { body, .. } => {
                    made += 1;
                    bodies.push(body);
                }
                Created::Before { status, body } => {
                    assert_eq!(status, 200);
                    bodies.push(body);
                }
            }
        }
        bodies.dedup();
        assert_eq!((made, bodies.len()), (1, 1));
        assert_eq!(options::list(&app.db, &caller("acme").tenant).await.unwrap().len(), 1);
        let other = KeyedRequest { fingerprint: "g".to_owned(), ..key };
        let refused = options::create(app, &caller("acme"), &TEN, Some(&other)).await;
        assert!(matches!(refused, Err(OptionError::KeyReused)), "{refused:?}");
    }

    async fn only_sites_that_exist_can_be_named(app, _clock) {
        tenant(app, "acme").await;
        let nowhere = draft("Ten", &json!({"sites": ["main", "at"]}));
        let refused = options::create(app, &caller("acme"), &nowhere, None).await.unwrap_err();
        assert!(refused.to_string().starts_with("sites: There is no site `at`."), "{refused}");
        let id = make(app, "Ten", &json!({"sites": ["main"]})).await;
        let refused = options::update(app, &caller("acme"), &id, None, |_| Ok(nowhere.clone())).await;
        assert!(matches!(refused, Err(OptionError::Invalid(_))), "{refused:?}");
        assert_eq!(get(app, &id).await.version, 1);
    }

    async fn customers_see_what_they_can_have_now(app, clock) {
        tenant(app, "acme").await;
        let at = |secs: i64| app.now().plus_secs(secs).to_contract_z();
        make(app, "always", &json!({})).await;
        make(app, "inactive", &json!({"active": false})).await;
        make(app, "later", &json!({"activeFrom": at(60)})).await;
        make(app, "ending", &json!({"activeUntil": at(60)})).await;
        make(app, "none left", &json!({"stock": 0})).await;
        let archived = make(app, "archived", &json!({})).await;
        options::archive(app, &caller("acme"), &archived).await.unwrap();
        let tenant = caller("acme").tenant;
        let offered = options::list_offered(&app.db, &tenant, app.now()).await.unwrap();
        assert_eq!(names(&offered), ["always", "ending"]);
        let present = options::list_present(&app.db, &tenant).await.unwrap();
        assert_eq!(names(&present), ["always", "inactive", "later", "ending", "none left"]);
        let all = options::list(&app.db, &tenant).await.unwrap();
        assert_eq!(names(&all), ["always", "inactive", "later", "ending", "none left", "archived"]);
        clock.set(app.now().plus_secs(60));
        let offered = options::list_offered(&app.db, &tenant, app.now()).await.unwrap();
        assert_eq!(names(&offered), ["always", "later"]);
    }

    async fn an_archived_option_keeps_its_history_and_can_be_restored(app, _clock) {
        tenant(app, "acme").await;
        let id = make(app, "Ten", &json!({})).await;
        assert!(redeem(app, "C1", &id).await);
        options::archive(app, &caller("acme"), &id).await.unwrap();
        assert!(!redeem(app, "C1", &id).await);
        for refused in [
            options::archive(app, &caller("acme"), &id).await,
            options::update(app, &caller("acme"), &id, None, |_| Ok(TEN.clone())).await.map(drop),
            options::move_to(app, &caller("acme"), &id, Move::Up).await,
            options::restore(app, &caller("acme"), "none").await,
        ] {
            assert!(matches!(refused, Err(OptionError::Unknown(_))), "{refused:?}");
        }
        let uses = options::uses(&app.db, &caller("acme").tenant, &id, app.now()).await.unwrap();
        assert_eq!(uses, Uses { redeemed: 1, open_coupons: 1 });
        options::restore(app, &caller("acme"), &id).await.unwrap();
        assert_eq!((get(app, &id).await.archived_at, get(app, &id).await.version), (None, 3));
        assert!(redeem(app, "C1", &id).await);
        let again = options::restore(app, &caller("acme"), &id).await;
        assert!(matches!(again, Err(OptionError::Unknown(_))), "{again:?}");
    }

    async fn a_stock_given_later_counts_what_was_redeemed_before(app, _clock) {
        tenant(app, "acme").await;
        let id = make(app, "Ten", &json!({})).await;
        for customer in ["C1", "C2", "C3"] {
            assert!(redeem(app, customer, &id).await);
        }
        let with = |stock: i64| draft("Ten", &json!({ "stock": stock }));
        let refused = options::update(app, &caller("acme"), &id, None, |_| Ok(with(2))).await.unwrap_err();
        assert!(refused.to_string().starts_with("stock: It was redeemed 3 times already"), "{refused}");
        let option = options::update(app, &caller("acme"), &id, None, |_| Ok(with(4))).await.unwrap();
        assert_eq!((option.left(), option.redeemed), (Some(1), 3));
        assert!(redeem(app, "C1", &id).await);
        assert!(!redeem(app, "C1", &id).await, "none is left");
        let since = options::redeemed_since(&app.db, &caller("acme").tenant, app.now()).await.unwrap();
        assert_eq!(since.get(&id), Some(&4));
        let since = options::redeemed_since(&app.db, &caller("acme").tenant, app.now().plus_secs(1)).await.unwrap();
        assert_eq!(since.get(&id), None);
    }

    async fn a_stock_given_while_others_redeem_is_never_oversold(app, _clock) {
        tenant(app, "acme").await;
        let id = &make(app, "Ten", &json!({})).await;
        let buyers = join_all((0..12).map(|n| async move { redeem(app, &format!("C{n}"), id).await }));
        let give = options::update(app, &CALLER, id, None, |_| Ok(draft("Ten", &json!({"stock": 12}))));
        let (bought, given) = tokio::join!(buyers, give);
        given.unwrap();
        assert!(bought.into_iter().all(|had| had));
        assert_eq!(get(app, id).await.left(), Some(0));
        assert!(!redeem(app, "C1", id).await);
    }

    async fn options_move_by_one_place(app, _clock) {
        tenant(app, "acme").await;
        let mut ids = Vec::new();
        for name in ["a", "b", "c", "gone", "d"] {
            ids.push(make(app, name, &json!({})).await);
        }
        options::archive(app, &caller("acme"), &ids[3]).await.unwrap();
        let order = async || {
            let all = options::list(&app.db, &caller("acme").tenant).await.unwrap();
            names(&all).join(" ")
        };
        for (id, step, expected) in [
            (2, Move::Up, "a c b d gone"),
            (2, Move::Up, "c a b d gone"),
            (2, Move::Up, "c a b d gone"),
            (1, Move::Down, "c a d b gone"),
            (1, Move::Down, "c a d b gone"),
            (2, Move::Down, "a c d b gone"),
            (0, Move::To(3), "c d a b gone"),
            (0, Move::To(99), "c d b a gone"),
            (0, Move::To(0), "a c d b gone"),
            (0, Move::To(1), "a c d b gone"),
        ] {
            options::move_to(app, &caller("acme"), &ids[id], step).await.unwrap();
            assert_eq!(order().await, expected);
        }
        assert_eq!(get(app, &ids[2]).await.version, 1, "a place is nothing that a form shows");
        let all = ["a", "b", "c", "d"].len();
        join_all(ids.iter().cycle().take(20).map(|id| options::move_to(app, &CALLER, id, Move::Up))).await;
        let present = options::list_present(&app.db, &caller("acme").tenant).await.unwrap();
        let mut places: Vec<i64> = present.iter().map(|option| option.position).collect();
        places.dedup();
        assert_eq!(places.len(), all, "no two at one place");
    }

    async fn options_of_other_tenants_are_out_of_reach(app, _clock) {
        tenant(app, "acme").await;
        tenant(app, "beta").await;
        let id = make(app, "Ten", &json!({})).await;
        let beta = caller("beta");
        for refused in [
            options::update(app, &beta, &id, None, |_| Ok(TEN.clone())).await.map(drop),
            options::set_active(app, &beta, &id, false).await.map(drop),
            options::archive(app, &beta, &id).await,
            options::move_to(app, &beta, &id, Move::Down).await,
        ] {
            assert!(matches!(refused, Err(OptionError::Unknown(_))), "{refused:?}");
        }
        assert_eq!(options::find(&app.db, &beta.tenant, &id).await.unwrap(), None);
        assert_eq!(options::list(&app.db, &beta.tenant).await.unwrap(), []);
        assert_eq!(get(app, &id).await.version, 1);
    }
}
