//! Users: made once, given passwords, disabled.

use guerdon::{
    app::App,
    domain::{access::AccessRefusal, actor::Actor, ids::UserId, password::Password, role::Role, sign_in::Device},
    service::{
        access::AccessError,
        audit,
        sign_in::{self, SignInError, SignedIn},
        users::{self, NewUser},
    },
    store::Db,
};

use crate::{
    PASSWORD,
    common::{database::raw, on_both},
    email, make_tenant, make_user, operator, password, tenant_id,
};

const OTHER: &str = "another fine long password";

fn refusal<T: std::fmt::Debug>(result: Result<T, AccessError>) -> AccessRefusal {
    match result {
        Err(AccessError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

async fn can_sign_in(app: &App, address: &str, password: &str) -> bool {
    match sign_in::sign_in(app, address, password, &Device::default()).await {
        Ok(_) => true,
        Err(SignInError::Wrong) => false,
        Err(other) => panic!("{other}"),
    }
}

/// A session of the user, as the back office keeps it.
async fn give_session(db: &Db, user_id: &UserId) {
    let mut tx = db.begin().await.unwrap();
    let sql =
        raw("INSERT INTO sessions (session_hash, user_id, state, created_at, expires_at) VALUES ($1, $2, '{}', 0, 0)");
    tx.query(sql).bind(user_id.as_str()).bind(user_id).run().await.unwrap();
    tx.commit().await.unwrap();
}

async fn sessions(db: &Db) -> i64 {
    db.query(raw("SELECT CAST(COUNT(*) AS BIGINT) FROM sessions")).one::<(i64,)>().await.unwrap().0
}

on_both! {
    async fn a_user_is_made_with_a_membership_and_signs_in(app, _clock) {
        make_tenant(app, "acme").await;
        assert!(!users::any(&app.db).await.unwrap());
        let user_id = make_user(app, "Ann@Example.com", Some(("acme", Role::Agent))).await;
        assert!(users::any(&app.db).await.unwrap());
        let signed_in = sign_in::sign_in(app, " ann@example.COM", PASSWORD, &Device::default()).await.unwrap();
        assert!(matches!(signed_in, SignedIn::Done(user) if user.user_id == user_id));
        assert_eq!(users::role_in(&app.db, &tenant_id("acme"), &user_id).await.unwrap(), Some(Role::Agent));
        assert_eq!(users::role_in(&app.db, &tenant_id("other"), &user_id).await.unwrap(), None);
        let memberships = users::memberships(&app.db, &user_id).await.unwrap();
        assert_eq!(memberships.len(), 1);
        assert_eq!(memberships[0].role, Role::Agent);
    }

    async fn an_address_has_one_user_even_when_many_are_made_at_once(app, _clock) {
        let made: Vec<_> = (0..8)
            .map(|_| {
                let app = app.clone();
                app.tasks.clone().spawn(async move {
                    let new = NewUser {
                        email: email("ann@example.com"), name: "Ann".to_owned(), operator: false, membership: None,
                    };
                    users::create(&app, &operator(), &new, &password()).await
                })
            })
            .collect();
        let mut good = 0;
        for task in made {
            match task.await.unwrap() {
                Ok(_) => good += 1,
                refused => assert_eq!(refusal(refused), AccessRefusal::EmailTaken(email("ann@example.com"))),
            }
        }
        assert_eq!(good, 1);
        assert_eq!(users::list(&app.db).await.unwrap().len(), 1);
    }

    async fn a_refused_user_leaves_no_trace(app, _clock) {
        let new = NewUser {
            email: email("ann@example.com"),
            name: "Ann".to_owned(),
            operator: false,
            membership: Some((tenant_id("nowhere"), Role::Admin)),
        };
        let refused = users::create(app, &operator(), &new, &password()).await;
        assert_eq!(refusal(refused), AccessRefusal::TenantUnknown("nowhere".to_owned()));
        assert!(users::list(&app.db).await.unwrap().is_empty());
        assert_eq!(audit::verify(&app.db).await.unwrap().rows, 0);
    }

    async fn a_new_password_replaces_the_old_one_and_ends_the_sessions(app, _clock) {
        let user_id = make_user(app, "ann@example.com", None).await;
        give_session(&app.db, &user_id).await;
        users::set_password(app, &operator(), &user_id, &Password::parse(OTHER).unwrap()).await.unwrap();
        assert_eq!(sessions(&app.db).await, 0);
        assert!(!can_sign_in(app, "ann@example.com", PASSWORD).await);
        assert!(can_sign_in(app, "ann@example.com", OTHER).await);
    }

    async fn ones_own_password_takes_the_present_one(app, clock) {
        let user_id = make_user(app, "ann@example.com", None).await;
        give_session(&app.db, &user_id).await;
        let other = Password::parse(OTHER).unwrap();
        let refused = users::change_own_password(app, &user_id, OTHER, &other).await;
        assert_eq!(refusal(refused), AccessRefusal::WrongPassword);
        assert_eq!(sessions(&app.db).await, 1);
        for _ in 0..5 {
            refusal(users::change_own_password(app, &user_id, "guess", &other).await);
        }
        let refused = users::change_own_password(app, &user_id, PASSWORD, &other).await;
        assert_eq!(refusal(refused), AccessRefusal::TooManyTries(5));
        clock.set(app.now().plus_secs(5));
        users::change_own_password(app, &user_id, PASSWORD, &other).await.unwrap();
        assert!(can_sign_in(app, "ann@example.com", OTHER).await);
        assert_eq!(sessions(&app.db).await, 0);
    }

    async fn a_disabled_user_is_out_at_once_until_enabled(app, _clock) {
        let user_id = make_user(app, "ann@example.com", None).await;
        give_session(&app.db, &user_id).await;
        users::disable(app, &operator(), &user_id).await.unwrap();
        assert!(users::find_active(&app.db, &user_id).await.unwrap().is_none());
        assert_eq!(sessions(&app.db).await, 0);
        assert!(!can_sign_in(app, "ann@example.com", PASSWORD).await);
        let own = users::change_own_password(app, &user_id, PASSWORD, &Password::parse(OTHER).unwrap()).await;
        assert_eq!(refusal(own), AccessRefusal::WrongPassword);
        users::enable(app, &operator(), &user_id).await.unwrap();
        assert!(can_sign_in(app, "ann@example.com", PASSWORD).await);
    }

    async fn somebody_stays_who_can_manage(app, _clock) {
        make_tenant(app, "acme").await;
        let ann = make_user(app, "ann@example.com", Some(("acme", Role::Admin))).await;
        let bob = make_user(app, "bob@example.com", Some(("acme", Role::Admin))).await;
        users::disable(app, &operator(), &bob).await.unwrap();
        assert_eq!(refusal(users::disable(app, &operator(), &ann).await), AccessRefusal::LastAdmin(tenant_id("acme")));
        users::set_operator(app, &operator(), &ann, true).await.unwrap();
        let lowered = users::set_operator(app, &operator(), &ann, false).await;
        assert_eq!(refusal(lowered), AccessRefusal::LastOperator);
        users::enable(app, &operator(), &bob).await.unwrap();
        assert_eq!(refusal(users::disable(app, &operator(), &ann).await), AccessRefusal::LastOperator);
        assert!(can_sign_in(app, "ann@example.com", PASSWORD).await);
    }

    async fn unknown_users_are_named(app, _clock) {
        let nobody = UserId::parse("0190-none").unwrap();
        let expected = AccessRefusal::UserUnknown("0190-none".to_owned());
        assert_eq!(refusal(users::disable(app, &operator(), &nobody).await), expected);
        assert_eq!(refusal(users::enable(app, &operator(), &nobody).await), expected);
        assert_eq!(refusal(users::set_password(app, &operator(), &nobody, &password()).await), expected);
        assert_eq!(refusal(users::rename(app, &operator(), &nobody, "Ann").await), expected);
    }

    async fn changes_are_recorded_without_secrets(app, _clock) {
        let user_id = make_user(app, "ann@example.com", None).await;
        let actor = Actor::employee(user_id.as_str());
        users::rename(app, &actor, &user_id, "Ann Miller").await.unwrap();
        users::rename(app, &actor, &user_id, "Ann Miller").await.unwrap();
        users::set_password(app, &actor, &user_id, &Password::parse(OTHER).unwrap()).await.unwrap();
        let page = audit::list_global(&app.db, &audit::AuditFilter::default(), None, 50).await.unwrap();
        let actions: Vec<&str> = page.rows.iter().map(|kept| kept.row.action.as_str()).collect();
        assert_eq!(actions, ["user.password_set", "user.renamed", "user.created"]);
        assert_eq!(page.rows[0].actor_name.as_deref(), Some("Ann Miller"));
        assert_eq!(page.rows[0].subject_name.as_deref(), Some("Ann Miller"));
        let all = format!("{page:?}");
        assert!(!all.contains(OTHER) && !all.contains("argon2"), "{all}");
    }
}
