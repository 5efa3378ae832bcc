//! The team of a tenant: its admins rule it, and nothing beyond it.

use guerdon::{
    domain::{
        access::AccessRefusal,
        actor::{Actor, Caller},
        password::Password,
        role::Role,
        sign_in::Device,
    },
    service::{
        access::AccessError,
        audit::{self, AuditFilter},
        links,
        sign_in::{self, SignInError},
        team, users,
    },
};

use crate::{
    PASSWORD, caller,
    common::{database::raw, on_both},
    email, make_tenant, make_user, operator, password, tenant_id,
};

fn refusal<T: std::fmt::Debug>(result: Result<T, AccessError>) -> AccessRefusal {
    match result {
        Err(AccessError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

on_both! {
    async fn members_are_added_promoted_and_removed(app, _clock) {
        make_tenant(app, "acme").await;
        make_user(app, "ann@example.com", Some(("acme", Role::Admin))).await;
        let acme = caller("acme");
        let bob = team::add(app, &acme, &email("bob@example.com"), "Bob", Role::Viewer, &password()).await.unwrap();
        team::set_role(app, &acme, &bob, Role::Manager).await.unwrap();
        let members = team::list(&app.db, &acme.tenant).await.unwrap();
        let roles: Vec<_> = members.iter().map(|m| (m.user.email.as_str(), m.role)).collect();
        assert_eq!(roles, [("ann@example.com", Role::Admin), ("bob@example.com", Role::Manager)]);
        team::remove(app, &acme, &bob).await.unwrap();
        assert_eq!(users::role_in(&app.db, &acme.tenant, &bob).await.unwrap(), None);
        assert_eq!(refusal(team::remove(app, &acme, &bob).await), AccessRefusal::NotAMember);
        assert_eq!(refusal(team::set_role(app, &acme, &bob, Role::Admin).await), AccessRefusal::NotAMember);
    }

    async fn the_last_admin_can_neither_leave_nor_be_lowered(app, _clock) {
        make_tenant(app, "acme").await;
        let acme = caller("acme");
        let ann = make_user(app, "ann@example.com", Some(("acme", Role::Admin))).await;
        let bob = make_user(app, "bob@example.com", Some(("acme", Role::Manager))).await;
        let last = AccessRefusal::LastAdmin(tenant_id("acme"));
        assert_eq!(refusal(team::remove(app, &acme, &ann).await), last);
        assert_eq!(refusal(team::set_role(app, &acme, &ann, Role::Manager).await), last);
        team::set_role(app, &acme, &ann, Role::Admin).await.unwrap();
        team::remove(app, &acme, &bob).await.unwrap();
    }

    async fn two_admins_who_lower_each_other_leave_one(app, _clock) {
        make_tenant(app, "acme").await;
        let ann = make_user(app, "ann@example.com", Some(("acme", Role::Admin))).await;
        let bob = make_user(app, "bob@example.com", Some(("acme", Role::Admin))).await;
        let acme = caller("acme");
        let (one, two) = tokio::join!(
            team::set_role(app, &acme, &ann, Role::Viewer),
            team::remove(app, &acme, &bob),
        );
        assert_ne!(one.is_ok(), two.is_ok());
        let admins = team::list(&app.db, &acme.tenant).await.unwrap();
        assert_eq!(admins.iter().filter(|member| member.role == Role::Admin).count(), 1);
    }

    async fn a_tenants_admin_has_no_power_over_other_tenants_people(app, _clock) {
        make_tenant(app, "acme").await;
        make_tenant(app, "beta").await;
        let (acme, beta) = (caller("acme"), caller("beta"));
        let ann = make_user(app, "ann@example.com", Some(("acme", Role::Admin))).await;
        make_user(app, "eve@example.com", Some(("beta", Role::Admin))).await;
        let stolen = Password::parse("chosen by somebody else").unwrap();
        // Neither by adding the address again, nor by naming the id.
        let added = team::add(app, &beta, &email("ann@example.com"), "Ann", Role::Viewer, &stolen).await;
        assert_eq!(refusal(added), AccessRefusal::EmailElsewhere(email("ann@example.com")));
        assert_eq!(refusal(team::reset_password(app, &beta, &ann, &stolen).await), AccessRefusal::NotAMember);
        assert_eq!(refusal(team::set_role(app, &beta, &ann, Role::Viewer).await), AccessRefusal::NotAMember);
        assert_eq!(refusal(team::remove(app, &beta, &ann).await), AccessRefusal::NotAMember);
        // Nor once the operator made them a member of both.
        team::take_in(app, &beta, &ann, Role::Viewer).await.unwrap();
        assert_eq!(refusal(team::reset_password(app, &beta, &ann, &stolen).await), AccessRefusal::SharedUser);
        assert_eq!(refusal(team::reset_password(app, &acme, &ann, &stolen).await), AccessRefusal::SharedUser);
        sign_in::sign_in(app, "ann@example.com", PASSWORD, &Device::default()).await.unwrap();
    }

    async fn an_admin_resets_the_password_of_their_own_people_but_not_of_operators(app, _clock) {
        make_tenant(app, "acme").await;
        let acme = caller("acme");
        let bob = make_user(app, "bob@example.com", Some(("acme", Role::Agent))).await;
        let other = Password::parse("another fine long password").unwrap();
        team::reset_password(app, &acme, &bob, &other).await.unwrap();
        let old = sign_in::sign_in(app, "bob@example.com", PASSWORD, &Device::default()).await;
        assert!(matches!(old, Err(SignInError::Wrong)));
        sign_in::sign_in(app, "bob@example.com", other.expose(), &Device::default()).await.unwrap();
        users::set_operator(app, &operator(), &bob, true).await.unwrap();
        assert_eq!(refusal(team::reset_password(app, &acme, &bob, &other).await), AccessRefusal::SharedUser);
    }

    async fn nobody_is_a_member_twice(app, _clock) {
        make_tenant(app, "acme").await;
        let acme = caller("acme");
        let ann = make_user(app, "ann@example.com", Some(("acme", Role::Admin))).await;
        assert_eq!(refusal(team::take_in(app, &acme, &ann, Role::Viewer).await), AccessRefusal::MemberAlready);
        let again = team::add(app, &acme, &email("ann@example.com"), "Ann", Role::Viewer, &password()).await;
        assert_eq!(refusal(again), AccessRefusal::MemberAlready);
        assert_eq!(users::role_in(&app.db, &acme.tenant, &ann).await.unwrap(), Some(Role::Admin));
        let nowhere = team::take_in(app, &caller("nowhere"), &ann, Role::Viewer).await;
        assert_eq!(refusal(nowhere), AccessRefusal::TenantUnknown("nowhere".to_owned()));
    }

    async fn an_invitation_is_told_sent_again_and_revoked(app, clock) {
        make_tenant(app, "acme").await;
        make_user(app, "ann@example.com", Some(("acme", Role::Admin))).await;
        let acme = caller("acme");
        let bob_address = email("bob@example.com");
        let (bob, first) = links::invite(app, &acme, &bob_address, "Bob", Role::Admin).await.unwrap();
        let invited = async || {
            let team = team::list(&app.db, &acme.tenant).await.unwrap();
            team.into_iter().find(|member| member.user.user_id == bob).and_then(|member| member.invited_until)
        };
        assert_eq!(invited().await, Some(app.now().plus_secs(links::LINK_SECS)));
        // Who has not arrived does not count as somebody who can manage the tenant.
        let ann = users::find_by_email(&app.db, &email("ann@example.com")).await.unwrap().unwrap().user_id;
        assert_eq!(refusal(team::remove(app, &acme, &ann).await), AccessRefusal::LastAdmin(tenant_id("acme")));

        clock.set(app.now().plus_secs(links::LINK_SECS));
        assert_eq!(links::find(app, &first).await.unwrap(), None, "expired");
        let second = links::make_for_member(app, &acme, &bob).await.unwrap();
        assert_eq!(invited().await, Some(app.now().plus_secs(links::LINK_SECS)));
        team::remove(app, &acme, &bob).await.unwrap();
        assert_eq!(links::find(app, &second).await.unwrap(), None, "revoked");
        assert_eq!(links::redeem(app, &second, &password()).await.unwrap(), None);

        // Invited again, under the same address, it is the same person.
        let (again, third) = links::invite(app, &acme, &bob_address, "Bobby", Role::Viewer).await.unwrap();
        assert_eq!(again, bob);
        assert_eq!(links::redeem(app, &third, &password()).await.unwrap(), Some(bob.clone()));
        assert_eq!(invited().await, None, "arrived");
        assert_eq!(links::redeem(app, &third, &password()).await.unwrap(), None, "good once");
        let log = audit::list(&app.db, &acme, &AuditFilter::default(), None, 50).await.unwrap();
        let told: Vec<_> = log.rows.iter().rev().skip(3).map(|kept| kept.row.action.as_str()).collect();
        assert_eq!(told, ["member.added", "member.link_made", "member.invitation_revoked", "member.added"]);
    }

    async fn an_invitation_that_is_redeemed_twice_at_once_works_once(app, _clock) {
        make_tenant(app, "acme").await;
        let (_, link) = links::invite(app, &caller("acme"), &email("bob@example.com"), "Bob", Role::Viewer).await.unwrap();
        let (ours, theirs) = (password(), Password::parse("chosen by somebody else").unwrap());
        let (one, two) = tokio::join!(links::redeem(app, &link, &ours), links::redeem(app, &link, &theirs));
        assert_ne!(one.unwrap().is_some(), two.unwrap().is_some());
    }

    async fn who_is_deactivated_is_out_at_once_and_comes_back_as_before(app, _clock) {
        make_tenant(app, "acme").await;
        make_tenant(app, "beta").await;
        let ann = make_user(app, "ann@example.com", Some(("acme", Role::Admin))).await;
        let bob = make_user(app, "bob@example.com", Some(("acme", Role::Manager))).await;
        let acme = Caller { actor: Actor::employee(ann.as_str()), ..caller("acme") };
        let mut tx = app.db.begin().await.unwrap();
        let session = raw("INSERT INTO sessions (session_hash, user_id, state, created_at, expires_at) VALUES ('h', $1, '{}', 0, 0)");
        tx.query(session).bind(&bob).run().await.unwrap();
        tx.commit().await.unwrap();
        team::deactivate(app, &acme, &bob).await.unwrap();
        team::deactivate(app, &acme, &bob).await.unwrap();
        let left = app.db.query(raw("SELECT CAST(COUNT(*) AS BIGINT) FROM sessions")).one::<(i64,)>().await.unwrap().0;
        assert_eq!(left, 0);
        let out = sign_in::sign_in(app, "bob@example.com", PASSWORD, &Device::default()).await;
        assert!(matches!(out, Err(SignInError::Wrong)));
        team::reactivate(app, &acme, &bob).await.unwrap();
        sign_in::sign_in(app, "bob@example.com", PASSWORD, &Device::default()).await.unwrap();
        assert_eq!(users::role_in(&app.db, &acme.tenant, &bob).await.unwrap(), Some(Role::Manager));

        assert_eq!(refusal(team::deactivate(app, &acme, &ann).await), AccessRefusal::Oneself);
        let last = team::deactivate(app, &caller("acme"), &ann).await;
        assert_eq!(refusal(last), AccessRefusal::LastAdmin(tenant_id("acme")));
        // What the operator took no admin gives back, not even where an admin took it first.
        team::deactivate(app, &acme, &bob).await.unwrap();
        users::disable(app, &operator(), &bob).await.unwrap();
        assert_eq!(refusal(team::reactivate(app, &acme, &bob).await), AccessRefusal::DisabledByOperator);
        users::enable(app, &operator(), &bob).await.unwrap();
        team::take_in(app, &caller("beta"), &bob, Role::Viewer).await.unwrap();
        assert_eq!(refusal(team::deactivate(app, &acme, &bob).await), AccessRefusal::SharedUser);
    }
}
