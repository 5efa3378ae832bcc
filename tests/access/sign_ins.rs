//! The history of sign-ins.

use guerdon::{
    app::App,
    domain::{
        ids::UserId,
        sign_in::{Device, Outcome},
        totp::{STEP_SECS, step_at},
    },
    service::{second_factor, sign_in, sign_in::SignedIn, sign_ins},
};

use crate::{
    PASSWORD,
    common::{database::raw, on_both},
    make_user,
};

fn from(address: &str) -> Device {
    Device::new(Some(address.parse().unwrap()), "Mozilla/5.0 Firefox/150.0")
}

async fn outcomes(app: &App, user_id: &UserId) -> Vec<Outcome> {
    sign_ins::list(app, user_id, None, 50).await.unwrap().0.into_iter().map(|one| one.outcome).collect()
}

on_both! {
    async fn everybody_sees_who_got_in_and_who_tried(app, clock) {
        let ann = make_user(app, "ann@example.com", None).await;
        let bob = make_user(app, "bob@example.com", None).await;
        sign_in::sign_in(app, "ann@example.com", "wrong", &from("::ffff:192.0.2.7")).await.unwrap_err();
        sign_in::sign_in(app, "ann@example.com", PASSWORD, &from("2001:db8::1")).await.unwrap();
        let sealed = second_factor::draft(app, &ann);
        let secret = second_factor::open(app, &ann, &sealed).unwrap();
        let code = secret.code(step_at(app.now()));
        second_factor::enrol(app, &ann, &sealed, &code, "").await.unwrap();
        clock.set(app.now().plus_secs(STEP_SECS));
        let SignedIn::Pending(pending) = sign_in::sign_in(app, "ann@example.com", PASSWORD, &from("192.0.2.8")).await.unwrap()
        else { panic!("no code asked for") };
        sign_in::give_code(app, &pending, "000000", &from("192.0.2.9")).await.unwrap_err();
        let code = secret.code(step_at(app.now()));
        sign_in::give_code(app, &pending, &code, &from("192.0.2.8")).await.unwrap();
        // A password that waits for its code is no sign-in.
        assert_eq!(
            outcomes(app, &ann).await,
            [Outcome::App, Outcome::WrongCode, Outcome::Password, Outcome::WrongPassword]
        );
        assert!(outcomes(app, &bob).await.is_empty());
        let (rows, _) = sign_ins::list(app, &ann, None, 50).await.unwrap();
        let addresses: Vec<_> = rows.iter().map(|one| one.address.as_str()).collect();
        assert_eq!(addresses, ["192.0.2.8", "192.0.2.9", "2001:db8::1", "192.0.2.7"]);
        assert!(rows.iter().all(|one| one.agent.contains("Firefox")));
    }

    async fn of_those_who_do_not_exist_nothing_is_kept(app, _clock) {
        sign_in::sign_in(app, "nobody@example.com", PASSWORD, &from("192.0.2.7")).await.unwrap_err();
        sign_in::sign_in(app, "no address", PASSWORD, &from("192.0.2.7")).await.unwrap_err();
        let rows = app.db.query(raw("SELECT user_id FROM sign_ins")).all::<(String,)>().await.unwrap();
        assert!(rows.is_empty(), "{rows:?}");
    }

    async fn the_history_is_read_page_by_page_and_forgotten_after_90_days(app, clock) {
        let ann = make_user(app, "ann@example.com", None).await;
        for n in 0..5 {
            sign_in::sign_in(app, "ann@example.com", PASSWORD, &from(&format!("192.0.2.{n}"))).await.unwrap();
            clock.set(app.now().plus_secs(3600));
        }
        let (mut seen, mut before) = (Vec::new(), None::<String>);
        loop {
            let (rows, next) = sign_ins::list(app, &ann, before.as_deref(), 2).await.unwrap();
            seen.extend(rows.into_iter().map(|one| one.address));
            before = next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["192.0.2.4", "192.0.2.3", "192.0.2.2", "192.0.2.1", "192.0.2.0"]);
        assert_eq!(sign_ins::purge(app).await.unwrap(), 0);
        clock.set(app.now().plus_secs(sign_ins::KEPT_DAYS * 24 * 3600 - 2 * 3600));
        assert_eq!(sign_ins::purge(app).await.unwrap(), 3);
        assert_eq!(outcomes(app, &ann).await.len(), 2);
    }
}
