//! Signing in: slower after failures, the same for users who do not exist.

use std::{net::IpAddr, time::Instant};

use guerdon::{
    app::App,
    domain::sign_in::Device,
    service::{
        audit,
        sign_in::{self, SignInError},
    },
};

use crate::{
    PASSWORD,
    common::{database::raw, on_both},
    make_user,
};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// `ok`, `wrong`, or for how many seconds to wait.
async fn attempt(app: &App, address: &str, password: &str, from: Option<IpAddr>) -> String {
    match sign_in::sign_in(app, address, password, &Device::new(from, "Firefox/150.0")).await {
        Ok(_) => "ok".to_owned(),
        Err(SignInError::Wrong) => "wrong".to_owned(),
        Err(SignInError::TooMany { retry_after_secs }) => retry_after_secs.to_string(),
        Err(other) => panic!("{other}"),
    }
}

on_both! {
    async fn an_account_slows_down_after_failures_and_opens_again(app, clock) {
        make_user(app, "ann@example.com", None).await;
        for _ in 0..6 {
            assert_eq!(attempt(app, "ann@example.com", "wrong", None).await, "wrong");
        }
        // Not even with the right password, and waiting makes no difference to the count.
        assert_eq!(attempt(app, "ann@example.com", PASSWORD, None).await, "5");
        clock.set(app.now().plus_secs(4));
        assert_eq!(attempt(app, "ANN@example.com ", PASSWORD, None).await, "1");
        clock.set(app.now().plus_secs(1));
        assert_eq!(attempt(app, "ann@example.com", "wrong", None).await, "wrong");
        assert_eq!(attempt(app, "ann@example.com", PASSWORD, None).await, "10");
        clock.set(app.now().plus_secs(10));
        assert_eq!(attempt(app, "ann@example.com", PASSWORD, None).await, "ok");
        // All is forgotten.
        for _ in 0..6 {
            assert_eq!(attempt(app, "ann@example.com", "wrong", None).await, "wrong");
        }
    }

    async fn users_who_do_not_exist_get_the_same_answers(app, _clock) {
        make_user(app, "ann@example.com", None).await;
        for _ in 0..7 {
            let known = attempt(app, "ann@example.com", "wrong", None).await;
            assert_eq!(attempt(app, "nobody@example.com", "wrong", None).await, known);
            assert_eq!(attempt(app, "no address at all", "wrong", None).await, known);
        }
    }

    async fn users_who_do_not_exist_take_as_long(app, _clock) {
        make_user(app, "ann@example.com", None).await;
        let mut took = [Vec::new(), Vec::new()];
        // Below the limit of failures, one after the other so that the machine's load meets both alike.
        for _ in 0..5 {
            for (address, took) in ["ann@example.com", "nobody@example.com"].into_iter().zip(&mut took) {
                let begun = Instant::now();
                attempt(app, address, "wrong", None).await;
                took.push(begun.elapsed());
            }
        }
        let [known, unknown] = took.map(|times| times.into_iter().min().unwrap());
        // Without the hash for nobody it would be a hundred times faster.
        assert!(unknown * 3 > known, "{known:?} for a user, {unknown:?} for nobody");
    }

    async fn parallel_guesses_do_not_pass_the_limit_together(app, _clock) {
        make_user(app, "ann@example.com", None).await;
        let tries: Vec<_> = (0..20)
            .map(|_| {
                let app = app.clone();
                app.tasks.clone().spawn(async move { attempt(&app, "ann@example.com", "wrong", None).await })
            })
            .collect();
        let mut judged = 0;
        for task in tries {
            if task.await.unwrap() == "wrong" {
                judged += 1;
            }
        }
        assert_eq!(judged, 6);
    }

    async fn an_address_slows_down_over_many_accounts(app, clock) {
        make_user(app, "ann@example.com", None).await;
        // 2001:db8:1:1::/64 is one subscriber.
        for n in 0..31 {
            let from = Some(ip(&format!("2001:db8:1:1::{n:x}")));
            assert_eq!(attempt(app, &format!("user{n}@example.com"), "wrong", from).await, "wrong");
        }
        let (same, other) = (Some(ip("2001:db8:1:1:ffff::1")), Some(ip("192.0.2.1")));
        assert_eq!(attempt(app, "ann@example.com", PASSWORD, same).await, "2");
        // The refused try did not count against the account, and others get in.
        assert_eq!(attempt(app, "ann@example.com", PASSWORD, other).await, "ok");
        clock.set(app.now().plus_secs(2));
        assert_eq!(attempt(app, "ann@example.com", PASSWORD, same).await, "ok");
        // Signing in with one's own account does not wipe out the failures with others'.
        assert_eq!(attempt(app, "user99@example.com", "wrong", same).await, "wrong");
        assert_eq!(attempt(app, "user99@example.com", "wrong", same).await, "4");
    }

    async fn old_failures_are_purged_and_hold_no_address(app, clock) {
        attempt(app, "ann@example.com", "wrong", Some(ip("192.0.2.77"))).await;
        let rows = app.db.query(raw("SELECT subject FROM sign_in_failures")).all::<(String,)>().await.unwrap();
        assert_eq!(rows.len(), 2);
        assert!(rows.iter().all(|(subject,)| !subject.contains("ann") && !subject.contains("192.0.2")), "{rows:?}");
        assert_eq!(sign_in::purge(&app.db, app.now()).await.unwrap(), 0);
        clock.set(app.now().plus_secs(3 * 24 * 3600));
        assert_eq!(sign_in::purge(&app.db, app.now()).await.unwrap(), 2);
    }

    async fn an_old_hash_is_renewed_by_signing_in(app, _clock) {
        let user_id = make_user(app, "ann@example.com", None).await;
        // `correct horse battery staple` with cheaper parameters.
        let cheap = argon2::Argon2::new(
            argon2::Algorithm::Argon2id, argon2::Version::V0x13, argon2::Params::new(1024, 1, 1, None).unwrap(),
        );
        let hash = argon2::PasswordHasher::hash_password(&cheap, PASSWORD.as_bytes()).unwrap().to_string();
        let mut tx = app.db.begin().await.unwrap();
        let set = raw("UPDATE users SET password_hash = $2 WHERE user_id = $1");
        tx.query(set).bind(&user_id).bind(&hash).run().await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(attempt(app, "ann@example.com", PASSWORD, None).await, "ok");
        let now = app.db.query(raw("SELECT password_hash FROM users")).one::<(String,)>().await.unwrap().0;
        assert!(now.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{now}");
        assert_eq!(attempt(app, "ann@example.com", PASSWORD, None).await, "ok");
        let page = audit::list_global(&app.db, &audit::AuditFilter::default(), None, 1).await.unwrap();
        assert_eq!(page.rows[0].row.action, "user.signed_in");
    }
}
