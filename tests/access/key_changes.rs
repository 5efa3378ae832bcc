//! The installation's secret key takes the place of another one while replicas run, and what the old one sealed and signed
//! stays good as long as it was promised.

use std::sync::atomic::{AtomicUsize, Ordering};

use guerdon::{
    app::App,
    clock::MockClock,
    config::Settings,
    domain::{
        endpoint::{EndpointDraft, Reach},
        event::EventType,
        feed::Feed,
        ids::{CustomerId, UserId},
        role::Role,
        second_factor::RecoveryCode,
        sign_in::Device,
        time::Timestamp,
        totp::{STEP_SECS, TotpSecret, step_at},
        webhook::{Message, WebhookSecret},
    },
    secrets::{KeyRing, SecretKey},
    service::{
        audit::{self, AuditFilter},
        feeds::{self, Arrival},
        idempotency::KeyedRequest,
        links::{self, LinkToken},
        second_factor,
        secret_keys::{self, RotateError, SIGNED_SECS, Status},
        sign_in::{self, SignedIn},
        tokens::{self, CustomerToken},
        webhooks,
    },
    store::Db,
};
use serde_json::{Map, Value};

use crate::{
    PASSWORD, caller,
    common::{database::raw, on_both},
    make_tenant, make_user, operator, tenant_id,
};

/// A replica with these keys.
fn replica(db: &Db, clock: &MockClock, ring: &KeyRing) -> App {
    let settings = Settings { webhooks_allow_private: Some(true), ..Settings::default() };
    App::new(db.clone(), clock.clone(), settings).with_secret(ring.clone())
}

async fn make_endpoint(app: &App) -> (String, String) {
    let types = [EventType::ALL[0].to_string()];
    let draft = EndpointDraft::parse("http://127.0.0.1:9/points", "", &types, Reach::Anywhere).unwrap();
    let made = webhooks::create(app, &caller("acme"), &draft).await.unwrap();
    (made.id, made.secret)
}

/// Whether `app` signs for the endpoint with this secret.
async fn signs_with(app: &App, id: &str, secret: &str) -> bool {
    let endpoint = webhooks::find(&app.db, &tenant_id("acme"), id).await.unwrap().unwrap();
    let message = Message { id: "m", at_secs: 1, body: b"{}" };
    let expected = WebhookSecret::parse(secret).unwrap().sign(message);
    webhooks::sending::sign(app, &endpoint, message, app.now())
        .is_ok_and(|all| all.split(' ').any(|one| one == expected))
}

/// What was made before and has to stay good.
struct Kept {
    ann: UserId,
    app_of_ann: TotpSecret,
    codes: Vec<RecoveryCode>,
    codes_used: AtomicUsize,
    endpoint: String,
    feed: WebhookSecret,
    link: LinkToken,
    guest: String,
    keyed: KeyedRequest,
    customer_token: String,
}

fn wanted() -> CustomerToken {
    CustomerToken { customer: CustomerId::parse("C1").unwrap(), secs: 900, client: None }
}

impl Kept {
    async fn make(app: &App) -> Self {
        make_tenant(app, "acme").await;
        let ann = make_user(app, "ann@example.com", Some(("acme", Role::Viewer))).await;
        let bob = make_user(app, "bob@example.com", Some(("acme", Role::Viewer))).await;
        let draft = second_factor::draft(app, &ann);
        let app_of_ann = second_factor::open(app, &ann, &draft).unwrap();
        let code = app_of_ann.code(step_at(app.now()));
        let codes = second_factor::enrol(app, &ann, &draft, &code, "").await.unwrap();
        let feed = feeds::secrets::add(app, &caller("acme"), Feed::Orders, None).await.unwrap();
        let keyed = KeyedRequest { key: "k".to_owned(), fingerprint: "f".to_owned() };
        let token = tokens::issue_to_customer(app, &caller("acme"), &wanted(), Some(&keyed)).await.unwrap();
        Self {
            ann,
            app_of_ann,
            codes,
            codes_used: AtomicUsize::new(0),
            endpoint: make_endpoint(app).await.0,
            feed: WebhookSecret::parse(&feed).unwrap(),
            link: links::make_for_member(app, &caller("acme"), &bob).await.unwrap(),
            guest: tokens::issue_to_guest(app, &tenant_id("acme")).await.unwrap().unwrap().refresh_token,
            keyed,
            customer_token: token.access_token,
        }
    }

    /// What is sealed opens, and takes part in what it is for.
    async fn opens(&self, app: &App, clock: &MockClock, event: &str) {
        clock.set(app.now().plus_secs(STEP_SECS));
        let code = self.app_of_ann.code(step_at(app.now()));
        assert!(self.sign_in(app, &code).await, "{event}: the app's code");
        let code = &self.codes[self.codes_used.fetch_add(1, Ordering::Relaxed)];
        assert!(self.sign_in(app, &code.reveal()).await, "{event}: a recovery code");
        assert!(!self.sign_in(app, &code.reveal()).await, "{event}: the same again");
        let at_secs = app.now().micros() / 1_000_000;
        let signature = self.feed.sign(Message { id: event, at_secs, body: b"{}" });
        let standard = Some((event, at_secs, signature.as_str()));
        let arrival = Arrival { feed: Feed::Orders, standard, platform: None, named: None, bytes: b"{}" };
        let kept = feeds::receive(app, &tenant_id("acme"), arrival, &Map::<String, Value>::new()).await;
        assert!(kept.is_ok(), "{event}: {kept:?}");
    }

    async fn sign_in(&self, app: &App, code: &str) -> bool {
        let signed_in = sign_in::sign_in(app, "ann@example.com", PASSWORD, &Device::default()).await.unwrap();
        let SignedIn::Pending(pending) = signed_in else { panic!("{} has a second factor", self.ann) };
        sign_in::give_code(app, &pending, code, &Device::default()).await.is_ok()
    }

    /// What is signed is recognised.
    async fn is_recognised(&self, app: &App, state: &str) {
        assert!(links::find(app, &self.link).await.unwrap().is_some(), "{state}: the link");
        assert!(tokens::renew_for_guest(app, &tenant_id("acme"), &self.guest).is_some(), "{state}: the guest");
        let again = tokens::issue_to_customer(app, &caller("acme"), &wanted(), Some(&self.keyed)).await.unwrap();
        assert_eq!((again.access_token, again.replayed), (self.customer_token.clone(), true), "{state}");
        assert!(secret_keys::has_the_same_secret(app).await.unwrap(), "{state}: belongs to the database");
    }
}

/// What one replica seals and signs is good on the other.
async fn agree(kept: &Kept, one: &App, other: &App, state: &str) {
    for (makes, takes) in [(one, other), (other, one)] {
        let secret = webhooks::rotate(makes, &caller("acme"), &kept.endpoint).await.unwrap();
        assert!(signs_with(takes, &kept.endpoint, &secret).await, "{state}: a webhook");
        let guest = tokens::issue_to_guest(makes, &tenant_id("acme")).await.unwrap().unwrap();
        assert!(tokens::renew_for_guest(takes, &tenant_id("acme"), &guest.refresh_token).is_some(), "{state}: a guest");
        assert!(tokens::recognise(takes, &guest.access_token, None).await.unwrap().is_some(), "{state}: a guest");
        let keyed = KeyedRequest { key: secret, fingerprint: "f".to_owned() };
        let caller = caller("acme");
        let token = tokens::issue_to_customer(makes, &caller, &wanted(), Some(&keyed)).await.unwrap();
        let again = tokens::issue_to_customer(takes, &caller, &wanted(), Some(&keyed)).await.unwrap();
        assert_eq!(token.access_token, again.access_token, "{state}: a token by its key");
    }
}

fn sealed_by(status: &Status) -> Vec<u64> {
    status.keys.iter().map(|(_, sealed)| *sealed).collect()
}

/// Fills the feeds of `tenants` tenants: four secrets each.
async fn many_secrets(app: &App, tenants: u64) -> u64 {
    for number in 0..tenants {
        let id = format!("shop{number}");
        make_tenant(app, &id).await;
        for feed in [Feed::Orders, Feed::Emporix] {
            for _ in 0..2 {
                feeds::secrets::add(app, &caller(&id), feed, None).await.unwrap();
            }
        }
    }
    tenants * 4
}

on_both! {
    async fn every_step_of_a_change_keeps_what_was_sealed_and_signed(app, clock) {
        let (old, new) = (SecretKey::random(), SecretKey::random());
        let before = KeyRing::from(old.clone());
        let added = before.clone().with(new.clone());
        let used = added.led_by(&new.id()).unwrap();
        let removed = used.clone().without(&old.id());
        let (a, b) = (replica(&app.db, clock, &before), replica(&app.db, clock, &before));
        let kept = Kept::make(&a).await;

        for (state, (ring_a, ring_b)) in [
            ("before", (&before, &before)),
            ("added on one", (&added, &before)),
            ("added", (&added, &added)),
            ("used on one", (&used, &added)),
            ("used", (&used, &used)),
        ] {
            a.secret.replace(ring_a.clone());
            b.secret.replace(ring_b.clone());
            kept.opens(if state.contains("one") { &b } else { &a }, clock, state).await;
            kept.is_recognised(&a, state).await;
            kept.is_recognised(&b, state).await;
            agree(&kept, &a, &b, state).await;
        }
        // The secret of an app, of a feed, of a webhook and the one before it. The webhook's were made with the new key.
        assert_eq!(sealed_by(&secret_keys::status(&a).await.unwrap()), [2, 2]);
        let rotated = secret_keys::rotate(&b, &operator()).await.unwrap();
        assert_eq!((rotated.key, rotated.sealed_anew), (new.id(), 2));
        let status = secret_keys::status(&a).await.unwrap();
        assert_eq!((sealed_by(&status), status.since), (vec![5, 0], Some(app.now())), "with what signed recovery codes");
        kept.opens(&a, clock, "rotated").await;
        kept.is_recognised(&b, "rotated").await;
        // A replica that came up with the old key alone would be told.
        assert!(!secret_keys::has_the_same_secret(&replica(&app.db, clock, &before)).await.unwrap());

        clock.set(app.now().plus_secs(SIGNED_SECS));
        a.secret.replace(removed.clone());
        agree(&kept, &a, &b, "removed on one").await;
        kept.opens(&a, clock, "removed on one").await;
        b.secret.replace(removed);
        agree(&kept, &a, &b, "removed").await;
        kept.opens(&b, clock, "removed").await;
        assert!(secret_keys::has_the_same_secret(&b).await.unwrap());
        assert!(secret_keys::status(&a).await.unwrap().unopened.is_empty());
        let log = audit::list_global(&app.db, &AuditFilter::default(), None, 50).await.unwrap();
        let told = log.rows.iter().filter(|kept| kept.row.action == "secret_key.rotated").map(|kept| &kept.row.subject_id);
        assert_eq!(told.collect::<Vec<_>>(), [&new.id()]);
    }

    async fn a_change_that_was_killed_goes_on_where_it_was(app, clock) {
        let (old, new) = (SecretKey::random(), SecretKey::random());
        let count = many_secrets(&replica(&app.db, clock, &old.clone().into()), 8).await;
        let both = KeyRing::from(new).with(old);
        let app = replica(&app.db, clock, &both);
        let actor = operator();
        let some = async {
            while sealed_by(&secret_keys::status(&app).await.unwrap())[0] < 5 {}
        };
        tokio::select! {
            biased;
            () = some => {}
            done = secret_keys::rotate_by(&app, &actor, 1) => panic!("it should have been killed: {done:?}"),
        }
        let sealed = sealed_by(&secret_keys::status(&app).await.unwrap());
        assert!(sealed[0] >= 5 && sealed[1] > 0 && sealed[0] + sealed[1] >= count, "{sealed:?}");
        let rotated = secret_keys::rotate(&app, &operator()).await.unwrap();
        assert_eq!(rotated.sealed_anew, sealed[1]);
        assert_eq!(sealed_by(&secret_keys::status(&app).await.unwrap()), [count + 1, 0]);
        assert_eq!(secret_keys::rotate(&app, &operator()).await.unwrap().sealed_anew, 0);
    }

    async fn two_at_once_seal_each_value_once(app, clock) {
        let (old, new) = (SecretKey::random(), SecretKey::random());
        let count = many_secrets(&replica(&app.db, clock, &old.clone().into()), 6).await;
        let both = KeyRing::from(new).with(old);
        let (a, b) = (replica(&app.db, clock, &both), replica(&app.db, clock, &both));
        let actor = operator();
        let (one, two) = tokio::join!(secret_keys::rotate_by(&a, &actor, 3), secret_keys::rotate_by(&b, &actor, 5));
        assert_eq!(one.unwrap().sealed_anew + two.unwrap().sealed_anew, count);
        let status = secret_keys::status(&a).await.unwrap();
        assert_eq!((sealed_by(&status), status.unopened.len()), (vec![count + 1, 0], 0));
    }

    async fn what_a_server_changes_meanwhile_is_not_lost(app, clock) {
        let (old, new) = (SecretKey::random(), SecretKey::random());
        let server = replica(&app.db, clock, &KeyRing::from(old.clone()).with(new.clone()));
        make_tenant(&server, "acme").await;
        let (endpoint, _) = make_endpoint(&server).await;
        let rotating = replica(&app.db, clock, &KeyRing::from(new.clone()).with(old));
        let mut last = String::new();
        for _ in 0..20 {
            // A server that still seals with the old key makes new secrets; the newest one stays, whoever comes first.
            let actor = operator();
            let (by_server, rotated) = tokio::join!(
                async {
                    for _ in 0..3 {
                        last = webhooks::rotate(&server, &caller("acme"), &endpoint).await.unwrap();
                    }
                    last.clone()
                },
                secret_keys::rotate(&rotating, &actor),
            );
            assert!(matches!(rotated, Ok(_) | Err(RotateError::Raced)), "{rotated:?}");
            assert!(signs_with(&rotating, &endpoint, &by_server).await && signs_with(&server, &endpoint, &by_server).await);
        }
        secret_keys::rotate(&rotating, &operator()).await.unwrap();
        let alone = replica(&app.db, clock, &new.into());
        assert!(signs_with(&alone, &endpoint, &last).await);
        assert!(secret_keys::status(&alone).await.unwrap().unopened.is_empty());
    }

    async fn a_value_that_no_key_opens_is_named_and_nothing_is_touched(app, clock) {
        let (old, new, other) = (SecretKey::random(), SecretKey::random(), SecretKey::random());
        let first = replica(&app.db, clock, &old.clone().into());
        make_tenant(&first, "acme").await;
        make_endpoint(&first).await;
        assert!(secret_keys::has_the_same_secret(&first).await.unwrap());
        // A replica with a key of its own sealed something.
        let stranger = replica(&app.db, clock, &KeyRing::from(other.clone()).with(old.clone()));
        feeds::secrets::add(&stranger, &caller("acme"), Feed::Orders, None).await.unwrap();
        let both = replica(&app.db, clock, &KeyRing::from(new.clone()).with(old.clone()));
        let sealed = async || -> (String, String) {
            let sql = "SELECT f.sealed, e.secret FROM feed_secrets f JOIN webhook_endpoints e ON e.tenant_id = f.tenant_id";
            app.db.query(raw(sql)).one().await.unwrap()
        };
        let before = sealed().await;
        let refused = secret_keys::rotate(&both, &operator()).await.unwrap_err();
        let text = refused.to_string();
        assert!(matches!(&refused, RotateError::Unopened(places) if places.len() == 1), "{text}");
        assert!(text.contains("of the feed orders of acme") && !text.contains(&before.0), "{text}");
        assert_eq!(sealed().await, before);
        // Nor with a file that has nothing to do with this database.
        let wrong = replica(&app.db, clock, &KeyRing::from(new.clone()).with(other.clone()));
        assert!(matches!(secret_keys::rotate(&wrong, &operator()).await, Err(RotateError::OtherKeys)));
        assert_eq!(sealed().await, before);
        // With the missing key in the file it goes on.
        let all = replica(&app.db, clock, &KeyRing::from(new).with(old).with(other));
        assert_eq!(sealed_by(&secret_keys::status(&all).await.unwrap()), [0, 1, 1]);
        assert_eq!(secret_keys::rotate(&all, &operator()).await.unwrap().sealed_anew, 2);
    }

    async fn the_file_is_read_again_and_one_of_another_installation_is_not_taken(app, clock) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("guerdon.key");
        let first = KeyRing::load_or_make(&file).unwrap();
        let app = replica(&app.db, clock, &first);
        assert!(secret_keys::has_the_same_secret(&app).await.unwrap());
        assert!(secret_keys::read_again(&app, &file).await.unwrap().is_none());
        let two = first.clone().with(SecretKey::random());
        two.save(&file).unwrap();
        assert_eq!(secret_keys::read_again(&app, &file).await.unwrap().as_deref(), Some(&two));
        for (text, why) in [
            (KeyRing::from(SecretKey::random()).reveal(), "none of the keys that the database is served with"),
            ("half a key".to_owned(), "64 hexadecimal digits"),
        ] {
            std::fs::write(&file, text).unwrap();
            let error = secret_keys::read_again(&app, &file).await.unwrap_err();
            assert!(error.to_string().contains(why), "{error}");
            assert_eq!(*app.secret.ring(), two);
        }
        std::fs::remove_file(&file).unwrap();
        assert!(secret_keys::read_again(&app, &file).await.is_err() && *app.secret.ring() == two);
    }

    async fn who_sets_up_a_second_factor_while_the_key_changes_has_it_under_the_new_one(app, clock) {
        let (old, new) = (SecretKey::random(), SecretKey::random());
        let server = replica(&app.db, clock, &old.clone().into());
        let ann = make_user(&server, "ann@example.com", None).await;
        let draft = second_factor::draft(&server, &ann);
        let secret = second_factor::open(&server, &ann, &draft).unwrap();
        server.secret.replace(KeyRing::from(new).with(old));
        secret_keys::rotate(&server, &operator()).await.unwrap();
        let code = secret.code(step_at(server.now()));
        second_factor::enrol(&server, &ann, &draft, &code, "").await.unwrap();
        assert_eq!(sealed_by(&secret_keys::status(&server).await.unwrap()), [2, 0]);
    }
}

/// The instant at which nothing signed before is good any more comes after the longest life of what is signed for people.
#[test]
fn the_wait_covers_links_and_sessions() {
    let begin = Timestamp::from_micros(0);
    assert!(begin.plus_secs(SIGNED_SECS) >= begin.plus_secs(links::LINK_SECS));
    assert!(begin.plus_secs(SIGNED_SECS) >= begin.plus_secs(guerdon::service::sessions::LIFE_SECS));
}
