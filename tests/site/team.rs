//! The team: members come by a link, change roles, leave.

use guerdon::{domain::role::Role, service::links};

use super::{
    common::on_both,
    second_factor,
    visitor::{Answer, PASSWORD, Visitor, acme, make_tenant, make_user},
};

/// The path of the link that is shown once.
fn link(answer: &Answer) -> String {
    let link = answer.one(".secret .code");
    format!("/admin{}", link.split_once("/admin").unwrap().1)
}

/// The address of a member's page.
async fn member(ann: &Visitor, name: &str) -> String {
    let page = ann.page("/admin/acme/team").await;
    let at = page.all("tbody th a").iter().position(|found| found == name).unwrap();
    page.attribute(&format!("tbody tr:nth-child({}) th a", at + 1), "href")
}

on_both! {
    async fn a_new_member_chooses_a_password_by_a_link_that_is_good_once(app, _clock) {
        let (site, ann) = acme(app).await;
        let page = ann.page("/admin/acme/team/new").await;
        let refused = ann.submit(&page, "/admin/acme/team", &[("email", "nobody"), ("name", "Ben")]).await;
        assert_eq!((refused.status.as_u16(), refused.all(".error").len()), (422, 1));
        assert_eq!((refused.attribute("#email", "value"), refused.attribute("#name", "value")), ("nobody".into(), "Ben".into()));

        let fields = [("email", "Ben@Example.com "), ("role", "manager")];
        let added = ann.submit(&refused, "/admin/acme/team", &fields).await;
        assert_eq!(added.status, 201);
        let link = link(&added);
        assert!(added.header("cache-control") == "no-store");
        let again = ann.submit(&refused, "/admin/acme/team", &fields).await;
        assert_eq!(again.one("#email-error"), "Error: This user is a member of this tenant already.");

        let ben = site.visitor();
        assert_eq!(ben.sign_in("ben@example.com").await.status, 422, "nobody knows the first password");
        let page = ben.page(&link).await;
        let refused = ben.submit(&page, "/admin/login/password", &[("password", "ben@example.com")]).await;
        assert_eq!(refused.status, 422);
        let done = ben.submit(&refused, "/admin/login/password", &[("password", PASSWORD)]).await;
        assert_eq!(done.location(), "/admin/acme");
        assert_eq!(ben.page("/admin/acme").await.one(".menu-head strong"), "Ben");
        assert_eq!(site.visitor().get(&link).await.status, 410);
        let other = site.visitor();
        assert_eq!(other.sign_in("ben@example.com").await.location(), "/admin/acme");
    }

    async fn the_team_is_searched_sorted_and_taken_along(app, _clock) {
        let (_site, ann) = acme(app).await;
        make_user(app, "zoe@example.com", "Zoë Brandt", Some(Role::Viewer)).await;
        make_user(app, "ben@example.com", "=Ben", Some(Role::Agent)).await;
        let page = ann.page("/admin/acme/team/new").await;
        ann.submit(&page, "/admin/acme/team", &[("email", "new@example.com"), ("name", "New"), ("role", "agent")]).await;
        let names = async |query: &str| ann.page(&format!("/admin/acme/team{query}")).await.all("tbody th a");
        assert_eq!(names("?sort=name").await, ["=Ben", "Ann Archer", "New", "Zoë Brandt"]);
        assert_eq!(names("?sort=-role").await[0], "Ann Archer");
        assert_eq!(names("?q=zoe").await, ["Zoë Brandt"]);
        assert_eq!(names("?view=invited").await, ["New"]);
        let page = ann.page("/admin/acme/team?view=active&q=example").await;
        assert_eq!(page.all(".chip"), ["“example”"]);
        let tabs = page.all(".tabs a");
        assert_eq!(tabs, ["All 4", "Active 3", "Invited 1", "Deactivated 0"]);
        let file = ann.page(&page.attribute("a[href*='.csv']", "href")).await;
        assert_eq!(file.text.lines().count(), 4);
        assert!(file.text.contains(",'=Ben,ben@example.com,agent,"), "{}", file.text);
        assert!(ann.page("/admin/acme/team?q=nobody").await.one(".empty").contains("Nobody found"));
    }

    async fn a_link_ends_after_three_days_or_with_another_password(app, clock) {
        let (site, ann) = acme(app).await;
        make_user(app, "ben@example.com", "Ben", Some(Role::Agent)).await;
        let ben = member(&ann, "Ben").await;
        let page = ann.page(&ben).await;
        let first = link(&ann.submit(&page, &format!("{ben}/link"), &[]).await);
        let second = link(&ann.submit(&page, &format!("{ben}/link"), &[]).await);
        assert_eq!(site.visitor().get(&first).await.status, 410, "only the newest is good");
        assert_eq!(site.visitor().sign_in("ben@example.com").await.status, 303, "the present password still works");
        // Neither a changed end nor a changed person is signed.
        let (start, signature) = second.rsplit_once('.').unwrap();
        let (user, until) = start.rsplit_once('.').unwrap();
        let later: i64 = until.parse::<i64>().unwrap() + 1;
        for forged in [format!("{user}.{later}.{signature}"), format!("{start}."), format!("{start}.{signature}x")] {
            assert_eq!(site.visitor().get(&forged).await.status, 410, "{forged}");
        }
        let visitor = site.visitor();
        let page = visitor.page(&second).await;
        visitor.submit(&page, "/admin/login/password", &[("password", "another long sentence")]).await.location();
        assert_eq!(site.visitor().get(&second).await.status, 410);

        clock.set(app.now().plus_secs(60));
        let page = ann.page(&ben).await;
        let third = link(&ann.submit(&page, &format!("{ben}/link"), &[]).await);
        clock.set(app.now().plus_secs(links::LINK_SECS));
        assert_eq!(site.visitor().get(&third).await.status, 410);
    }

    async fn another_role_holds_from_the_next_click(app, _clock) {
        let (site, ann) = acme(app).await;
        make_user(app, "ben@example.com", "Ben", Some(Role::Viewer)).await;
        let visitor = site.visitor();
        visitor.sign_in("ben@example.com").await;
        assert_eq!(visitor.get("/admin/acme/team").await.status, 403);
        let ben = member(&ann, "Ben").await;
        let page = ann.page(&ben).await;
        assert!(page.has("#role[value=viewer][checked]"));
        let saved = ann.submit(&page, &ben, &[("role", "admin")]).await;
        assert_eq!(saved.location(), "/admin/acme/team");
        assert_eq!(ann.page("/admin/acme/team").await.one(".toast"), "Role changed");
        assert!(!ann.page("/admin/acme/team").await.has(".toast"), "told once");
        assert_eq!(visitor.get("/admin/acme/team").await.status, 200);
        assert_eq!(ann.submit(&page, &ben, &[("role", "owner")]).await.status, 422);
    }

    async fn a_member_is_removed_after_a_question(app, _clock) {
        let (site, ann) = acme(app).await;
        make_user(app, "ben@example.com", "Ben", Some(Role::Agent)).await;
        let visitor = site.visitor();
        visitor.sign_in("ben@example.com").await;
        let ben = member(&ann, "Ben").await;
        let asked = ann.page(&format!("{ben}/remove")).await;
        assert_eq!(asked.one("h1"), "Remove Ben from the team?");
        assert_eq!(asked.attribute(".dialog-page a.btn", "href"), ben);
        let dialog = ann.with_htmx("dialog").page(&format!("{ben}/remove")).await;
        assert!(!dialog.has("nav") && dialog.has("form[method=post]"));
        assert_eq!(ann.submit(&asked, &format!("{ben}/remove"), &[]).await.location(), "/admin/acme/team");
        assert_eq!(visitor.get("/admin/acme").await.location(), "/admin/login?next=%2Fadmin%2Facme", "signed out at once");
        assert_eq!(ann.get(&ben).await.status, 404);
    }

    async fn the_last_admin_stays(app, _clock) {
        let (_site, ann) = acme(app).await;
        let own = member(&ann, "Ann Archer").await;
        let page = ann.page(&own).await;
        let refused = ann.submit(&page, &own, &[("role", "viewer")]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.one("#role-error").contains("last admin"));
        let asked = ann.page(&format!("{own}/remove")).await;
        let refused = ann.submit(&asked, &format!("{own}/remove"), &[]).await;
        assert_eq!(refused.status, 409);
        assert!(refused.one("main").contains("last admin"));
        ann.page("/admin/acme/team").await;
    }

    async fn the_password_of_who_works_elsewhere_is_not_theirs_to_reset(app, _clock) {
        let (_site, ann) = acme(app).await;
        make_tenant(app, "other", "Other").await;
        let ben = make_user(app, "ben@example.com", "Ben", Some(Role::Agent)).await;
        let caller = guerdon::domain::actor::Caller {
            tenant: crate::visitor::tenant("other"),
            actor: guerdon::domain::actor::Actor::system("test"),
        };
        guerdon::service::team::take_in(app, &caller, &ben, Role::Admin).await.unwrap();
        let ben = member(&ann, "Ben").await;
        let page = ann.page(&ben).await;
        assert!(!page.has("form[action$='/link']") && page.one("main").contains("Ben works elsewhere, too."));
        let token = ann.token().await;
        for path in ["link", "deactivate", "reset-second-factor"] {
            let refused = ann.post(&format!("{ben}/{path}"), &[("csrf", &token)]).await;
            assert_eq!(refused.status, 409, "{path}");
            assert!(refused.one("main").contains("operator"), "{}", refused.text);
        }
    }

    async fn who_is_invited_is_told_so_until_they_arrive(app, clock) {
        let (site, ann) = acme(app).await;
        let page = ann.page("/admin/acme/team/new").await;
        let fields = [("email", "ben@example.com"), ("name", "Ben"), ("role", "agent")];
        let first = link(&ann.submit(&page, "/admin/acme/team", &fields).await);
        let badges = async || ann.page("/admin/acme/team").await.all("tbody .badge");
        assert!(badges().await.contains(&"Invited".to_owned()));
        clock.set(app.now().plus_secs(links::LINK_SECS));
        let ann = site.visitor();
        ann.sign_in("ann@example.com").await;
        let badges = async || ann.page("/admin/acme/team").await.all("tbody .badge");
        assert!(badges().await.contains(&"Invitation expired".to_owned()));
        assert_eq!(site.visitor().get(&first).await.status, 410);

        let ben = member(&ann, "Ben").await;
        let page = ann.page(&ben).await;
        assert!(page.one("main").contains("The link expired on"));
        let second = link(&ann.submit(&page, &format!("{ben}/link"), &[]).await);
        assert!(badges().await.contains(&"Invited".to_owned()));
        let asked = ann.page(&format!("{ben}/remove")).await;
        assert_eq!(asked.one("h1"), "Revoke the invitation of Ben?");
        ann.submit(&asked, &format!("{ben}/remove"), &[]).await.location();
        assert_eq!(ann.page("/admin/acme/team").await.one(".toast"), "Invitation revoked");
        assert_eq!(site.visitor().get(&second).await.status, 410);

        let page = ann.page("/admin/acme/team/new").await;
        let third = link(&ann.submit(&page, "/admin/acme/team", &fields).await);
        let visitor = site.visitor();
        let page = visitor.page(&third).await;
        let done = visitor.submit(&page, "/admin/login/password", &[("password", PASSWORD)]).await;
        assert_eq!(done.location(), "/admin/acme");
        assert!(badges().await.iter().all(|badge| !badge.starts_with("Invit")));
        assert!(visitor.page("/admin/account/sign-ins").await.one("#sign-ins tbody").contains("With a link"));
    }

    async fn who_is_deactivated_is_signed_out_and_comes_back(app, _clock) {
        let (site, ann) = acme(app).await;
        make_user(app, "ben@example.com", "Ben", Some(Role::Agent)).await;
        let visitor = site.visitor();
        visitor.sign_in("ben@example.com").await;
        let ben = member(&ann, "Ben").await;
        let asked = ann.page(&format!("{ben}/deactivate")).await;
        assert_eq!(asked.one("h1"), "Deactivate Ben?");
        assert_eq!(ann.submit(&asked, &format!("{ben}/deactivate"), &[]).await.location(), ben);
        assert_eq!(visitor.get("/admin/acme").await.status, 303, "signed out at once");
        assert_eq!(visitor.sign_in("ben@example.com").await.status, 422);
        let page = ann.page(&ben).await;
        assert_eq!((page.one(".toast"), page.one(".meta .badge")), ("Member deactivated".into(), "Deactivated".into()));
        assert!(!page.has(&format!("form[action='{ben}/link']")), "no link leads in");
        ann.submit(&page, &format!("{ben}/reactivate"), &[]).await.location();
        assert_eq!(visitor.sign_in("ben@example.com").await.location(), "/admin/acme");
        let own = member(&ann, "Ann Archer").await;
        assert!(!ann.page(&own).await.has("a[href$='/deactivate']"));
        let token = ann.token().await;
        assert_eq!(ann.post(&format!("{own}/deactivate"), &[("csrf", &token)]).await.status, 409);
    }

    async fn an_admin_resets_the_second_factor_of_who_lost_theirs(app, clock) {
        let (site, ann) = acme(app).await;
        make_user(app, "ben@example.com", "Ben", Some(Role::Agent)).await;
        let visitor = site.visitor();
        visitor.sign_in("ben@example.com").await;
        second_factor::enrol(app, clock, &visitor).await;
        let ben = member(&ann, "Ben").await;
        assert!(ann.page("/admin/acme/team").await.all("tbody .badge").contains(&"Second factor".to_owned()));
        let asked = ann.page(&format!("{ben}/reset-second-factor")).await;
        assert!(asked.one("main").contains("call them back"));
        assert_eq!(ann.submit(&asked, &format!("{ben}/reset-second-factor"), &[]).await.location(), ben);
        assert_eq!(visitor.get("/admin/acme").await.status, 303);
        assert_eq!(visitor.sign_in("ben@example.com").await.location(), "/admin/acme", "the password alone");
        assert!(!ann.page(&ben).await.has("a[href$='/reset-second-factor']"));
    }
}
