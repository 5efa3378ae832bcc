//! Set-up, signing in and out, and how long a session lives.

use guerdon::{
    domain::role::Role,
    service::{sessions, setup},
};

use super::{
    common::on_both,
    visitor::{PASSWORD, acme, make_tenant, make_user, serve},
};

on_both! {
    async fn whoever_has_the_link_makes_the_first_user_and_tenant(app, _clock) {
        let site = serve(app);
        let visitor = site.visitor();
        assert!(visitor.page("/admin/login").await.one(".banner").contains("not set up"));
        let token = setup::offer(app).await.unwrap().unwrap();
        let link = format!("/admin/setup?token={token}");
        let page = visitor.page(&link).await;

        let fields = [("name", "Ann"), ("email", "ann@example.com"), ("password", "short"),
            ("tenant_name", "Acme"), ("tenant_id", "A!"), ("time_zone", "Mars/Base"), ("currency", "EUR")];
        let refused = visitor.submit(&page, "/admin/setup", &fields).await;
        assert_eq!(refused.status, 422);
        assert!(refused.one("title").starts_with("Error: "));
        let fields = ["password", "tenant_id", "time_zone"];
        assert_eq!(refused.all(".error-summary a").len(), fields.len());
        for field in fields {
            assert_eq!(refused.attribute(&format!("#{field}"), "aria-invalid"), "true");
        }
        assert_eq!(refused.attribute("#tenant_id", "value"), "A!");
        assert!(!refused.text.contains("short"));

        let done = visitor.submit(&refused, "/admin/setup", &[("password", PASSWORD), ("tenant_id", "acme"),
            ("time_zone", "Europe/Vienna")]).await;
        assert_eq!(done.location(), "/admin/acme");
        assert!(visitor.page("/admin/acme").await.one(".nav-foot").contains("Europe/Vienna"));
        assert!(visitor.page("/admin").await.has("a[href=\"/admin/tenants/new\"]"), "is an operator");

        assert_eq!(visitor.get(&link).await.status, 410);
        assert!(setup::offer(app).await.unwrap().is_none());
    }

    async fn the_link_is_good_for_an_hour_and_only_the_newest(app, clock) {
        let site = serve(app);
        let old = setup::offer(app).await.unwrap().unwrap();
        let new = setup::offer(app).await.unwrap().unwrap();
        let status = async |token: &str| site.visitor().get(&format!("/admin/setup?token={token}")).await.status;
        assert_eq!((status(&old).await.as_u16(), status(&new).await.as_u16()), (410, 200));
        clock.set(app.now().plus_secs(setup::LINK_SECS));
        assert_eq!(status(&new).await, 410);
        assert_eq!(status("").await, 410);
    }

    async fn a_wrong_password_says_so_and_keeps_the_address(app, _clock) {
        let (site, _) = acme(app).await;
        let visitor = site.visitor();
        for (email, password) in [("ann@example.com", "wrong"), ("nobody@example.com", PASSWORD)] {
            let answer = visitor.sign_in_with(email, password).await;
            assert_eq!(answer.status, 422);
            assert_eq!(answer.one("#email-error"), "Error: The email address or the password is wrong.");
            assert_eq!(answer.attribute("#email", "value"), email);
            assert!(!answer.has("#password[value]"));
        }
        let empty = visitor.sign_in_with(" ", "").await;
        assert_eq!((empty.status.as_u16(), empty.all(".error").len()), (422, 2));
        assert_eq!(visitor.get("/admin/acme").await.location(), "/admin/login?next=%2Fadmin%2Facme");
    }

    async fn too_many_failures_are_told_to_wait(app, clock) {
        let (site, _) = acme(app).await;
        let visitor = site.visitor();
        let mut last = visitor.sign_in_with("ann@example.com", "wrong 0").await;
        for turn in 1..20 {
            if last.status == 429 {
                break;
            }
            last = visitor.sign_in_with("ann@example.com", &format!("wrong {turn}")).await;
        }
        assert_eq!(last.status, 429);
        let secs: i64 = last.header("retry-after").parse().unwrap();
        assert!(secs > 0 && last.one("#email-error").contains("Wait"), "{}", last.text);
        clock.set(app.now().plus_secs(secs));
        assert_eq!(visitor.sign_in("ann@example.com").await.location(), "/admin/acme");
    }

    async fn signing_in_makes_a_new_session_and_ends_the_old_one(app, _clock) {
        let (site, ann) = acme(app).await;
        let cookie = |answer: &crate::visitor::Answer| {
            let all = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned());
            all.into_iter().find(|cookie| cookie.starts_with("guerdon=")).unwrap()
        };
        let first = site.visitor();
        let one = cookie(&first.sign_in("ann@example.com").await);
        assert!(one.contains("HttpOnly") && one.contains("SameSite=Lax") && one.contains("Path=/"), "{one}");
        // Once more with the session of before.
        let login = site.visitor();
        let page = login.page("/admin/login").await;
        let token = page.attribute("input[name=csrf]", "value");
        let body = crate::visitor::encoded(&[("csrf", token.as_str()), ("email", "ann@example.com"), ("password", PASSWORD)]);
        let answer = login.send(reqwest::Method::POST, "/admin/login", &[], body).await;
        let two = cookie(&answer);
        assert_ne!(one.split(';').next(), two.split(';').next());
        assert_eq!(ann.page("/admin/account").await.all("#sessions tbody tr").len(), 3);
    }

    async fn who_wanted_to_go_somewhere_gets_there(app, _clock) {
        let (site, _) = acme(app).await;
        for (asked, reached) in [
            ("/admin/acme/team?x=%C3%A9&y=1", "/admin/acme/team?x=%C3%A9&y=1"),
            ("//evil.example/admin", "/admin/acme"),
            ("https://evil.example", "/admin/acme"),
            ("/admin/../evil", "/admin/../evil"),
        ] {
            let visitor = site.visitor();
            let query = crate::visitor::encoded(&[("next", asked)]);
            let page = visitor.page(&format!("/admin/login?{query}")).await;
            let fields = [("email", "ann@example.com"), ("password", PASSWORD)];
            assert_eq!(visitor.submit(&page, "/admin/login", &fields).await.location(), reached);
        }
        let visitor = site.visitor();
        assert_eq!(visitor.get("/admin/acme/team/new?a=b").await.location(),
            "/admin/login?next=%2Fadmin%2Facme%2Fteam%2Fnew%3Fa%3Db");
    }

    async fn who_is_signed_in_needs_no_form(app, _clock) {
        let (_site, ann) = acme(app).await;
        assert_eq!(ann.get("/admin/login").await.location(), "/admin");
        assert_eq!(ann.get("/admin/login?next=/admin/acme/team").await.location(), "/admin/acme/team");
        assert_eq!(ann.get("/").await.location(), "/admin");
    }

    async fn signing_out_ends_the_session_for_every_copy_of_its_cookie(app, _clock) {
        let (site, ann) = acme(app).await;
        let page = ann.page("/admin/acme").await;
        assert_eq!(ann.get("/admin/logout").await.status, 405, "no change by GET");
        let answer = site.visitor().sign_in("ann@example.com").await;
        let copy = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap())
            .find_map(|cookie| cookie.split(';').next().filter(|pair| pair.starts_with("guerdon="))).unwrap().to_owned();
        let thief = site.visitor();
        let with_copy = [("cookie", copy.as_str())];
        let peek = thief.send(reqwest::Method::GET, "/admin/acme", &with_copy, String::new()).await;
        assert_eq!(peek.status, 200);
        let token = peek.attribute("input[name=csrf]", "value");
        let body = crate::visitor::encoded(&[("csrf", &token)]);
        let out = thief.send(reqwest::Method::POST, "/admin/logout", &with_copy, body).await;
        assert_eq!(out.location(), "/admin/login?signed_out=yes");
        assert_eq!(thief.send(reqwest::Method::GET, "/admin/acme", &with_copy, String::new()).await.status, 303);

        assert_eq!(ann.submit(&page, "/admin/logout", &[]).await.location(), "/admin/login?signed_out=yes");
        assert!(ann.page("/admin/login?signed_out=yes").await.text.contains("You are signed out."));
        assert_eq!(ann.get("/admin/acme").await.status, 303);
    }

    async fn a_session_ends_unused_or_after_a_day(app, clock) {
        let (site, ann) = acme(app).await;
        clock.set(app.now().plus_secs(sessions::IDLE_SECS));
        assert_eq!(ann.get("/admin/acme").await.status, 303, "unused");

        let busy = site.visitor();
        busy.sign_in("ann@example.com").await;
        let mut hours = 0;
        while busy.get("/admin/acme").await.status == 200 {
            clock.set(app.now().plus_secs(3600));
            hours += 1;
            assert!(hours <= 24);
        }
        assert_eq!(hours, sessions::LIFE_SECS / 3600);
        assert!(sessions::purge(app).await.unwrap() >= 2, "both are forgotten");
    }

    async fn several_tenants_are_to_choose_from(app, _clock) {
        let site = serve(app);
        make_tenant(app, "acme", "Acme").await;
        make_tenant(app, "other", "Other <b>shop</b>").await;
        make_user(app, "op@example.com", "Olga", None).await;
        let olga = site.visitor();
        assert_eq!(olga.sign_in("op@example.com").await.location(), "/admin");
        let page = olga.page("/admin").await;
        assert_eq!(page.all(".choices strong"), ["Acme", "Other <b>shop</b>"]);
        assert_eq!(olga.get("/admin/acme").await.status, 404, "an operator is a member of none");
        let joined = olga.submit(&page, "/admin/tenants/acme/join", &[]).await;
        assert_eq!(joined.location(), "/admin/acme");
        let page = olga.page("/admin/acme/audit-log").await;
        assert!(page.one("tbody tr:first-child th").starts_with("Member added"), "{}", page.text);

        make_user(app, "vic@example.com", "Vic", Some(Role::Viewer)).await;
        let vic = site.visitor();
        assert_eq!(vic.sign_in("vic@example.com").await.location(), "/admin/acme");
        assert_eq!(vic.page("/admin").await.all(".choices strong"), ["Acme"]);
        assert_eq!(vic.get("/admin/tenants/new").await.status, 403);
    }
}
