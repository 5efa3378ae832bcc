//! The team of a tenant: its admins rule it, and nothing beyond it.

use guerdon::{
    domain::{access::AccessRefusal, password::Password, role::Role},
    service::{
        access::AccessError,
        sign_in::{self, SignInError},
        team, users,
    },
};

use crate::{PASSWORD, caller, common::on_both, email, make_tenant, make_user, operator, password, tenant_id};

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
        sign_in::sign_in(app, "ann@example.com", PASSWORD, None).await.unwrap();
    }

    async fn an_admin_resets_the_password_of_their_own_people_but_not_of_operators(app, _clock) {
        make_tenant(app, "acme").await;
        let acme = caller("acme");
        let bob = make_user(app, "bob@example.com", Some(("acme", Role::Agent))).await;
        let other = Password::parse("another fine long password").unwrap();
        team::reset_password(app, &acme, &bob, &other).await.unwrap();
        let old = sign_in::sign_in(app, "bob@example.com", PASSWORD, None).await;
        assert!(matches!(old, Err(SignInError::Wrong)));
        sign_in::sign_in(app, "bob@example.com", other.expose(), None).await.unwrap();
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
}
