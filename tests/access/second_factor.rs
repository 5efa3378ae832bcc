//! Second factors: set up, asked for, used once, lost and taken away.

use guerdon::{
    app::App,
    config::Settings,
    domain::{
        access::AccessRefusal,
        actor::{Actor, Caller},
        ids::UserId,
        role::Role,
        second_factor::RecoveryCode,
        sign_in::Device,
        totp::{STEP_SECS, TotpSecret, step_at},
    },
    service::{
        access::AccessError,
        audit::{self, AuditFilter},
        second_factor,
        sign_in::{self, PendingSignIn, SignInError, SignedIn},
        team, users,
    },
};

use crate::{
    PASSWORD, caller,
    common::{database::raw, on_both},
    email, make_tenant, make_user, operator,
};

/// The code that the app shows now.
fn code(app: &App, secret: &TotpSecret) -> String {
    secret.code(step_at(app.now()))
}

/// Sets one up; answers what the app knows and the codes on paper.
async fn enrol(app: &App, user_id: &UserId) -> (TotpSecret, Vec<RecoveryCode>) {
    let sealed = second_factor::draft(app, user_id);
    let secret = second_factor::open(app, user_id, &sealed).unwrap();
    let codes = second_factor::enrol(app, user_id, &sealed, &code(app, &secret), "").await.unwrap();
    (secret, codes)
}

/// The password is right; what comes next.
async fn pending(app: &App) -> PendingSignIn {
    match sign_in::sign_in(app, "ann@example.com", PASSWORD, &Device::default()).await.unwrap() {
        SignedIn::Pending(pending) => pending,
        SignedIn::Done(user) => panic!("{} needs no code", user.email),
    }
}

/// `ok`, `wrong`, `over`, or for how many seconds to wait.
async fn give(app: &App, pending: &PendingSignIn, typed: &str) -> String {
    match sign_in::give_code(app, pending, typed, &Device::default()).await {
        Ok(_) => "ok".to_owned(),
        Err(SignInError::WrongCode) => "wrong".to_owned(),
        Err(SignInError::Over) => "over".to_owned(),
        Err(SignInError::TooMany { retry_after_secs }) => retry_after_secs.to_string(),
        Err(other) => panic!("{other}"),
    }
}

fn refusal<T>(result: Result<T, AccessError>) -> AccessRefusal {
    match result {
        Err(AccessError::Refused(refusal)) => refusal,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("not refused"),
    }
}

on_both! {
    async fn a_password_alone_opens_nothing_any_more(app, clock) {
        let ann = make_user(app, "ann@example.com", None).await;
        let before = sign_in::sign_in(app, "ann@example.com", PASSWORD, &Device::default()).await.unwrap();
        assert!(matches!(before, SignedIn::Done(_)));
        let (secret, codes) = enrol(app, &ann).await;
        assert_eq!(codes.len(), 10);
        // The code that set it up is used up.
        let waiting = pending(app).await;
        assert_eq!(give(app, &waiting, &code(app, &secret)).await, "wrong");
        for nonsense in ["", "12345", "abcdef", "123 456 789 012 345"] {
            assert_eq!(give(app, &waiting, nonsense).await, "wrong", "{nonsense}");
        }
        clock.set(app.now().plus_secs(STEP_SECS));
        assert_eq!(give(app, &waiting, &code(app, &secret)).await, "ok");
        // So is the one that signed in, and every older one.
        let again = pending(app).await;
        assert_eq!(give(app, &again, &code(app, &secret)).await, "wrong");
        assert_eq!(give(app, &again, &secret.code(step_at(app.now()) - 1)).await, "wrong");
        assert_eq!(give(app, &again, &secret.code(step_at(app.now()) + 1)).await, "ok", "a clock that is ahead");
    }

    async fn one_code_sent_to_two_replicas_is_taken_once(app, clock) {
        let ann = make_user(app, "ann@example.com", None).await;
        let (secret, codes) = enrol(app, &ann).await;
        let other = App { secret: app.secret.clone(), ..App::new(app.db.clone(), clock.clone(), Settings::default()) };
        clock.set(app.now().plus_secs(STEP_SECS));
        for typed in [code(app, &secret), codes[0].reveal()] {
            let waiting = pending(app).await;
            let tries: Vec<_> = (0..4)
                .map(|n| {
                    let app = if n % 2 == 0 { app.clone() } else { other.clone() };
                    let (waiting, typed) = (waiting.clone(), typed.clone());
                    app.tasks.clone().spawn(async move { give(&app, &waiting, &typed).await })
                })
                .collect();
            let mut taken = 0;
            for one in tries {
                taken += usize::from(one.await.unwrap() == "ok");
            }
            assert_eq!(taken, 1, "{typed}");
        }
    }

    async fn a_recovery_code_works_once_and_new_ones_end_the_old(app, clock) {
        let ann = make_user(app, "ann@example.com", None).await;
        let (secret, codes) = enrol(app, &ann).await;
        let left = async || second_factor::find(&app.db, &ann).await.unwrap().unwrap().recovery_codes;
        let waiting = pending(app).await;
        assert_eq!(give(app, &waiting, &codes[3].reveal().to_uppercase()).await, "ok");
        assert_eq!((give(app, &waiting, &codes[3].reveal()).await.as_str(), left().await), ("wrong", 9));

        clock.set(app.now().plus_secs(STEP_SECS));
        assert_eq!(refusal(second_factor::renew_recovery_codes(app, &ann, "000000").await), AccessRefusal::WrongCode);
        let renewed = second_factor::renew_recovery_codes(app, &ann, &code(app, &secret)).await.unwrap();
        assert_eq!(left().await, 10);
        assert_eq!(give(app, &waiting, &codes[4].reveal()).await, "wrong", "an old one");
        assert_eq!(give(app, &waiting, &renewed[0].reveal()).await, "ok");
    }

    async fn wrong_codes_slow_down_and_a_right_one_forgives(app, clock) {
        let ann = make_user(app, "ann@example.com", None).await;
        let (secret, _) = enrol(app, &ann).await;
        let waiting = pending(app).await;
        clock.set(app.now().plus_secs(STEP_SECS));
        for _ in 0..6 {
            assert_eq!(give(app, &waiting, "000000").await, "wrong");
        }
        // Not even the right one, and a new sign-in with the password does not help.
        assert_eq!(give(app, &waiting, &code(app, &secret)).await, "10");
        assert_eq!(give(app, &pending(app).await, &code(app, &secret)).await, "10");
        clock.set(app.now().plus_secs(10));
        assert_eq!(give(app, &waiting, &code(app, &secret)).await, "ok");
        for _ in 0..6 {
            assert_eq!(give(app, &waiting, "000000").await, "wrong");
        }
    }

    async fn the_second_step_ends_with_time_another_password_or_a_disabled_user(app, clock) {
        let ann = make_user(app, "ann@example.com", None).await;
        let (_, codes) = enrol(app, &ann).await;
        let late = pending(app).await;
        clock.set(app.now().plus_secs(sign_in::CODE_SECS));
        assert_eq!(give(app, &late, &codes[0].reveal()).await, "over");

        let changed = pending(app).await;
        let other = guerdon::domain::password::Password::parse("quite another sentence").unwrap();
        users::set_password(app, &operator(), &ann, &other).await.unwrap();
        assert_eq!(give(app, &changed, &codes[0].reveal()).await, "over");

        users::set_password(app, &operator(), &ann, &crate::password()).await.unwrap();
        let disabled = pending(app).await;
        users::disable(app, &operator(), &ann).await.unwrap();
        assert_eq!(give(app, &disabled, &codes[0].reveal()).await, "over");
        users::enable(app, &operator(), &ann).await.unwrap();
        assert_eq!(give(app, &disabled, &codes[0].reveal()).await, "ok", "nothing was used up");
    }

    async fn turning_it_off_takes_the_password_and_a_code(app, clock) {
        let ann = make_user(app, "ann@example.com", None).await;
        let (secret, codes) = enrol(app, &ann).await;
        clock.set(app.now().plus_secs(STEP_SECS));
        let off = async |password: &str, typed: &str| second_factor::turn_off(app, &ann, password, typed).await;
        assert_eq!(refusal(off("wrong", &code(app, &secret)).await), AccessRefusal::WrongPassword);
        assert_eq!(refusal(off(PASSWORD, "000000").await), AccessRefusal::WrongCode);
        assert_eq!(refusal(off(PASSWORD, "").await), AccessRefusal::WrongCode);
        off(PASSWORD, &code(app, &secret)).await.unwrap();
        assert_eq!(second_factor::find(&app.db, &ann).await.unwrap(), None);
        let free = sign_in::sign_in(app, "ann@example.com", PASSWORD, &Device::default()).await.unwrap();
        assert!(matches!(free, SignedIn::Done(_)));
        let (_, fresh) = enrol(app, &ann).await;
        let waiting = pending(app).await;
        assert_eq!(give(app, &waiting, &codes[0].reveal()).await, "wrong", "of the time before");
        assert_eq!(give(app, &waiting, &fresh[0].reveal()).await, "ok");
    }

    async fn there_is_one_at_a_time_and_only_ones_own(app, _clock) {
        let ann = make_user(app, "ann@example.com", None).await;
        let bob = make_user(app, "bob@example.com", None).await;
        let sealed = second_factor::draft(app, &ann);
        let secret = second_factor::open(app, &ann, &sealed).unwrap();
        assert_eq!(second_factor::open(app, &bob, &sealed), None, "sealed for its owner");
        let stolen = second_factor::enrol(app, &bob, &sealed, &code(app, &secret), "").await;
        assert_eq!(refusal(stolen), AccessRefusal::WrongCode);
        let unseen = second_factor::enrol(app, &ann, &sealed, "000000", "").await;
        assert_eq!(refusal(unseen), AccessRefusal::WrongCode);
        let typed = code(app, &secret);
        let (one, two) = tokio::join!(
            second_factor::enrol(app, &ann, &sealed, &typed, ""),
            second_factor::enrol(app, &ann, &sealed, &typed, ""),
        );
        assert_ne!(one.is_ok(), two.is_ok());
        assert_eq!(refusal(if one.is_ok() { two } else { one }), AccessRefusal::SecondFactorAlready);
    }

    async fn an_admin_resets_the_one_of_their_own_people_alone(app, _clock) {
        make_tenant(app, "acme").await;
        make_tenant(app, "beta").await;
        let ann = make_user(app, "ann@example.com", Some(("acme", Role::Admin))).await;
        let bob = make_user(app, "bob@example.com", Some(("acme", Role::Agent))).await;
        let acme = Caller { actor: Actor::employee(ann.as_str()), ..caller("acme") };
        let reset = async |caller: &Caller, user: &UserId| team::reset_second_factor(app, caller, user).await;
        assert_eq!(refusal(reset(&acme, &bob).await), AccessRefusal::NoSecondFactor);
        enrol(app, &ann).await;
        enrol(app, &bob).await;
        assert_eq!(refusal(reset(&acme, &ann).await), AccessRefusal::Oneself);
        assert_eq!(refusal(reset(&caller("beta"), &bob).await), AccessRefusal::NotAMember);
        reset(&acme, &bob).await.unwrap();
        assert_eq!(second_factor::find(&app.db, &bob).await.unwrap(), None);
        enrol(app, &bob).await;
        team::take_in(app, &caller("beta"), &bob, Role::Viewer).await.unwrap();
        assert_eq!(refusal(reset(&acme, &bob).await), AccessRefusal::SharedUser);
        assert_eq!(refusal(reset(&caller("beta"), &bob).await), AccessRefusal::SharedUser);
        // Not even the operator passes in silence.
        second_factor::reset(app, &operator(), &bob).await.unwrap();
        let log = audit::list_global(&app.db, &AuditFilter::default(), None, 50).await.unwrap();
        let resets: Vec<_> =
            log.rows.iter().filter(|kept| kept.row.action == "user.second_factor_reset").map(|kept| kept.row.actor.id.clone()).collect();
        assert_eq!(resets, ["command line".to_owned(), ann.to_string()]);
        let here = audit::list(&app.db, &acme, &AuditFilter::default(), None, 50).await.unwrap();
        assert_eq!(here.rows[0].row.action, "member.second_factor_reset");
        assert!(audit::verify(&app.db).await.unwrap().problems.is_empty());
    }

    async fn the_database_holds_neither_secret_nor_code(app, clock) {
        let ann = make_user(app, "ann@example.com", None).await;
        let (secret, codes) = enrol(app, &ann).await;
        let kept = app.db.query(raw("SELECT secret FROM second_factors")).one::<(String,)>().await.unwrap().0;
        let hashes = app.db.query(raw("SELECT code_hash FROM recovery_codes")).all::<(String,)>().await.unwrap();
        let log = app.db.query(raw("SELECT COALESCE(after, '') FROM audit_log")).all::<(String,)>().await.unwrap();
        let all = hashes.iter().chain(&log).map(|(text,)| text.as_str()).collect::<String>() + &kept;
        assert!(!all.contains(&secret.reveal()));
        assert!(codes.iter().all(|code| !all.contains(code.as_str()) && !all.contains(&code.reveal())));
        // With another key it opens for nobody: a fault to be told, not a code to be passed by.
        let moved = App::new(app.db.clone(), clock.clone(), Settings::default());
        let waiting = pending(app).await;
        let failed = sign_in::give_code(&moved, &waiting, &code(app, &secret), &Device::default()).await;
        assert!(matches!(failed, Err(SignInError::Store(_))), "{failed:?}");
    }

    async fn somebody_who_forgot_the_password_still_needs_the_code(app, _clock) {
        make_tenant(app, "acme").await;
        let ann = make_user(app, "ann@example.com", Some(("acme", Role::Agent))).await;
        enrol(app, &ann).await;
        let signed_in = sign_in::sign_in_by_link(app, &ann, &Device::default()).await.unwrap();
        assert!(matches!(signed_in, SignedIn::Pending(_)));
        assert_eq!(users::find_by_email(&app.db, &email("ann@example.com")).await.unwrap().unwrap().user_id, ann);
    }
}
