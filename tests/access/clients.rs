//! API clients and the tokens that they get and make.

use guerdon::{
    app::App,
    config::Settings,
    domain::{
        access::AccessRefusal,
        ids::CustomerId,
        scope::{Scope, Scopes},
        token::{AccessToken, Bearer},
    },
    service::{
        access::AccessError,
        api_clients::{self, NewApiClient, OldSecret},
        audit::{self, AuditFilter},
        idempotency::KeyedRequest,
        tokens::{self, CustomerToken, IssuedToken, TokenError},
    },
};

use crate::{
    caller,
    common::{database::raw, on_both},
    make_tenant, tenant_id,
};

const VIEW: &str = "rewardspoints.rewardpoints_view";
const BOTH: &str = "rewardspoints.rewardpoints_view rewardspoints.rewardpoints_manage";

async fn make_client(app: &App, tenant: &str, scopes: &str) -> NewApiClient {
    make_tenant(app, tenant).await;
    api_clients::create(app, &caller(tenant), "shop", &Scopes::parse(scopes).unwrap()).await.unwrap()
}

async fn issue(app: &App, client: &NewApiClient, wanted: Option<&str>) -> Result<IssuedToken, TokenError> {
    tokens::issue(app, client.client_id.as_str(), &client.client_secret, wanted).await
}

async fn recognise(app: &App, token: &str) -> Option<AccessToken> {
    tokens::recognise(app, token, None).await.unwrap()
}

fn customer_token(customer: &str, secs: i64) -> CustomerToken {
    CustomerToken { customer: CustomerId::parse(customer).unwrap(), secs, client: None }
}

on_both! {
    async fn a_client_gets_a_token_that_lasts_an_hour(app, clock) {
        let client = make_client(app, "acme", BOTH).await;
        let issued = issue(app, &client, None).await.unwrap();
        assert_eq!((issued.expires_in, issued.scope.as_str()), (3600, BOTH));
        let token = recognise(app, &issued.access_token).await.unwrap();
        assert_eq!(token.tenant, tenant_id("acme"));
        assert!(token.may(Scope::RewardPointsManage) && !token.may(Scope::SiteManage));
        clock.set(app.now().plus_secs(3599));
        assert!(recognise(app, &issued.access_token).await.is_some());
        clock.set(app.now().plus_secs(1));
        assert!(recognise(app, &issued.access_token).await.is_none());
        assert_eq!(tokens::purge(&app.db, app.now()).await.unwrap(), 1);
        let clients = api_clients::list(&app.db, &tenant_id("acme")).await.unwrap();
        assert!(clients[0].last_used_at.is_some());
    }

    async fn a_scope_narrows_and_never_widens(app, _clock) {
        let client = make_client(app, "acme", VIEW).await;
        let cases = [
            (VIEW, Some(VIEW)),
            (BOTH, Some(VIEW)),
            ("order.order_read+rewardspoints.rewardpoints_view", Some(VIEW)),
            ("tenant=acme", Some("tenant=acme rewardspoints.rewardpoints_view")),
            ("", Some(VIEW)),
            ("rewardspoints.rewardpoints_manage", None),
            ("nonsense", None),
            ("tenant=beta", None),
            ("tenant=beta rewardspoints.rewardpoints_view", None),
        ];
        for (wanted, expected) in cases {
            let issued = issue(app, &client, Some(wanted)).await;
            match (issued, expected) {
                (Ok(issued), Some(scope)) => {
                    assert_eq!(issued.scope, scope, "{wanted}");
                    assert!(!recognise(app, &issued.access_token).await.unwrap().may(Scope::RewardPointsManage));
                }
                (Err(TokenError::InvalidScope(_)), None) => {}
                (other, _) => panic!("{wanted}: {other:?}"),
            }
        }
    }

    async fn wrong_secrets_get_nothing(app, _clock) {
        let client = make_client(app, "acme", VIEW).await;
        let other = make_client(app, "beta", VIEW).await;
        let id = client.client_id.as_str();
        let cases = [
            (id, ""), (id, "gds_wrong"), (id, other.client_secret.as_str()), ("", client.client_secret.as_str()),
            ("acme.unknown", client.client_secret.as_str()), ("beta", client.client_secret.as_str()),
            (other.client_id.as_str(), client.client_secret.as_str()),
        ];
        for (id, secret) in cases {
            let refused = tokens::issue(app, id, secret, None).await;
            assert!(matches!(refused, Err(TokenError::InvalidClient)), "{id} {secret}");
        }
    }

    async fn a_revoked_client_loses_its_tokens_and_its_customers_theirs(app, _clock) {
        let client = make_client(app, "acme", VIEW).await;
        let issued = issue(app, &client, None).await.unwrap();
        let token = recognise(app, &issued.access_token).await.unwrap();
        let wanted = CustomerToken { client: Some(client.client_id.clone()), ..customer_token("C1", 60) };
        let customers = tokens::issue_to_customer(app, &token.caller(), &wanted, None).await.unwrap();
        assert!(recognise(app, &customers.access_token).await.is_some());
        api_clients::revoke(app, &caller("acme"), &client.client_id).await.unwrap();
        assert!(recognise(app, &issued.access_token).await.is_none());
        assert!(recognise(app, &customers.access_token).await.is_none());
        assert!(matches!(issue(app, &client, None).await, Err(TokenError::InvalidClient)));
        // Again is no error; another tenant's is unknown.
        api_clients::revoke(app, &caller("acme"), &client.client_id).await.unwrap();
        make_tenant(app, "beta").await;
        let foreign = api_clients::revoke(app, &caller("beta"), &client.client_id).await;
        assert!(matches!(foreign, Err(AccessError::Refused(AccessRefusal::ClientUnknown(_)))));
    }

    async fn another_replica_believes_a_revoked_token_for_a_second_at_most(app, clock) {
        let client = make_client(app, "acme", VIEW).await;
        let issued = issue(app, &client, None).await.unwrap();
        let other = App::new(app.db.clone(), clock.clone(), Settings::default());
        assert!(recognise(&other, &issued.access_token).await.is_some());
        api_clients::revoke(app, &caller("acme"), &client.client_id).await.unwrap();
        assert!(recognise(app, &issued.access_token).await.is_none());
        clock.set(app.now().plus_secs(1));
        assert!(recognise(&other, &issued.access_token).await.is_none());
    }

    async fn a_client_needs_a_tenant_and_a_scope(app, _clock) {
        let none = api_clients::create(app, &caller("acme"), "shop", &Scopes::default()).await;
        assert!(matches!(none, Err(AccessError::Refused(AccessRefusal::NoScope))));
        let nowhere = api_clients::create(app, &caller("acme"), "shop", &Scopes::parse(VIEW).unwrap()).await;
        assert!(matches!(nowhere, Err(AccessError::Refused(AccessRefusal::TenantUnknown(_)))));
    }

    async fn secrets_and_tokens_are_kept_only_as_hashes(app, _clock) {
        let client = make_client(app, "acme", VIEW).await;
        assert!(client.client_secret.starts_with("gds_") && client.client_secret.len() == 47);
        let issued = issue(app, &client, None).await.unwrap();
        assert!(issued.access_token.starts_with("gdt_acme.") && issued.access_token.len() == 52);
        let kept = app
            .db
            .query(raw(
                "SELECT c.secret_hash, t.token_hash, a.after FROM api_clients c, access_tokens t, audit_log a
                 WHERE a.action = 'api_client.created'",
            ))
            .one::<(String, String, String)>()
            .await
            .unwrap();
        let kept = format!("{kept:?}");
        assert!(!kept.contains(&client.client_secret) && !kept.contains(&issued.access_token), "{kept}");
        assert!(kept.contains(VIEW), "{kept}");
    }

    async fn a_token_is_good_in_its_tenant_alone(app, _clock) {
        let client = make_client(app, "acme", VIEW).await;
        make_tenant(app, "beta").await;
        let issued = issue(app, &client, None).await.unwrap();
        let secret = issued.access_token.strip_prefix("gdt_acme.").unwrap();
        for forged in [format!("gdt_beta.{secret}"), format!("gdt_acme.{secret}x"), secret.to_owned(), String::new()] {
            assert!(recognise(app, &forged).await.is_none(), "{forged}");
        }
    }

    async fn a_customers_token_is_for_them_alone(app, clock) {
        make_tenant(app, "acme").await;
        let issued = tokens::issue_to_customer(app, &caller("acme"), &customer_token("Zoë/ü", 60), None).await.unwrap();
        let token = recognise(app, &issued.access_token).await.unwrap();
        assert_eq!(token.bearer, Bearer::Customer(CustomerId::parse("Zoë/ü").unwrap()));
        assert!(Scope::ALL.iter().all(|scope| !token.may(*scope)));
        clock.set(app.now().plus_secs(60));
        assert!(recognise(app, &issued.access_token).await.is_none());
    }

    async fn a_repeated_request_gets_the_same_customers_token(app, clock) {
        make_tenant(app, "acme").await;
        make_tenant(app, "beta").await;
        let keyed = |fingerprint: &str| {
            Some(KeyedRequest { key: "k1".to_owned(), fingerprint: fingerprint.to_owned() })
        };
        let wanted = customer_token("C1", 60);
        let first = tokens::issue_to_customer(app, &caller("acme"), &wanted, keyed("a").as_ref()).await.unwrap();
        let again = tokens::issue_to_customer(app, &caller("acme"), &wanted, keyed("a").as_ref()).await.unwrap();
        assert_eq!(IssuedToken { replayed: true, ..first.clone() }, again);
        assert!(!first.replayed);
        let reused = tokens::issue_to_customer(app, &caller("acme"), &wanted, keyed("b").as_ref()).await;
        assert!(matches!(reused, Err(TokenError::KeyReused)));
        let other = tokens::issue_to_customer(app, &caller("beta"), &wanted, keyed("a").as_ref()).await.unwrap();
        assert_ne!(other.access_token, first.access_token);
        // A repetition does not make it last longer, not even after it was deleted.
        clock.set(app.now().plus_secs(60));
        tokens::purge(&app.db, app.now()).await.unwrap();
        tokens::issue_to_customer(app, &caller("acme"), &wanted, keyed("a").as_ref()).await.unwrap();
        assert!(recognise(app, &first.access_token).await.is_none());
    }

    async fn a_new_secret_and_the_one_before_work_together_for_a_day(app, clock) {
        let client = make_client(app, "acme", VIEW).await;
        let with = async |secret: &str| tokens::issue(app, client.client_id.as_str(), secret, None).await.is_ok();
        let second = api_clients::rotate(app, &caller("acme"), &client.client_id, OldSecret::Overlaps).await.unwrap();
        assert!(second.starts_with("gds_") && second != client.client_secret);
        assert!(with(&second).await && with(&client.client_secret).await);
        clock.set(app.now().plus_secs(api_clients::OVERLAP_SECS - 1));
        assert!(with(&client.client_secret).await);
        clock.set(app.now().plus_secs(1));
        assert!(with(&second).await && !with(&client.client_secret).await);
        // Of three only the last two; and the old one can be ended before its time.
        let third = api_clients::rotate(app, &caller("acme"), &client.client_id, OldSecret::Overlaps).await.unwrap();
        let fourth = api_clients::rotate(app, &caller("acme"), &client.client_id, OldSecret::Overlaps).await.unwrap();
        assert!(!with(&second).await && with(&third).await && with(&fourth).await);
        api_clients::drop_old_secret(app, &caller("acme"), &client.client_id).await.unwrap();
        api_clients::drop_old_secret(app, &caller("acme"), &client.client_id).await.unwrap();
        assert!(!with(&third).await && with(&fourth).await);
    }

    async fn a_secret_that_leaked_ends_at_once_with_every_token(app, _clock) {
        let client = make_client(app, "acme", VIEW).await;
        let issued = issue(app, &client, None).await.unwrap();
        let token = recognise(app, &issued.access_token).await.unwrap();
        let wanted = CustomerToken { client: Some(client.client_id.clone()), ..customer_token("C1", 60) };
        let customers = tokens::issue_to_customer(app, &token.caller(), &wanted, None).await.unwrap();
        let secret = api_clients::rotate(app, &caller("acme"), &client.client_id, OldSecret::EndsAtOnce).await.unwrap();
        assert!(recognise(app, &issued.access_token).await.is_none());
        assert!(recognise(app, &customers.access_token).await.is_none());
        assert!(matches!(issue(app, &client, None).await, Err(TokenError::InvalidClient)));
        assert!(tokens::issue(app, client.client_id.as_str(), &secret, None).await.is_ok());
        // Neither of another tenant nor of a revoked client.
        make_tenant(app, "beta").await;
        let foreign = api_clients::rotate(app, &caller("beta"), &client.client_id, OldSecret::Overlaps).await;
        assert!(matches!(foreign, Err(AccessError::Refused(AccessRefusal::ClientUnknown(_)))));
        api_clients::revoke(app, &caller("acme"), &client.client_id).await.unwrap();
        let revoked = api_clients::rotate(app, &caller("acme"), &client.client_id, OldSecret::Overlaps).await;
        assert!(matches!(revoked, Err(AccessError::Refused(AccessRefusal::ClientUnknown(_)))));
        let log = audit::list(&app.db, &caller("acme"), &AuditFilter::default(), None, 50).await.unwrap();
        assert!(log.rows.iter().all(|kept| !format!("{kept:?}").contains(&secret)));
        assert_eq!(log.rows[1].row.action, "api_client.secret_rotated");
    }

    async fn the_use_of_a_token_is_noted_once_a_minute(app, clock) {
        let client = make_client(app, "acme", VIEW).await;
        let issued = issue(app, &client, None).await.unwrap();
        let noted = async || {
            app.tasks.close();
            app.tasks.wait().await;
            app.tasks.reopen();
            api_clients::find(&app.db, &tenant_id("acme"), &client.client_id).await.unwrap().unwrap().last_used_at
        };
        let begun = app.now();
        assert_eq!(noted().await, Some(begun));
        for (secs, expected) in [(30, 0), (61, 61), (100, 61), (180, 180)] {
            clock.set(begun.plus_secs(secs));
            assert!(recognise(app, &issued.access_token).await.is_some());
            assert_eq!(noted().await, Some(begun.plus_secs(expected)), "after {secs} seconds");
        }
    }
}
