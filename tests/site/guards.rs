//! What keeps other sites, other sessions and old browsers out.

use std::num::NonZeroUsize;

use guerdon::{app::App, config::Settings, domain::role::Role};
use reqwest::Method;

use super::{
    common::on_both,
    visitor::{PASSWORD, acme, encoded, make_user, serve},
};

on_both! {
    async fn a_form_needs_the_token_of_its_own_session(app, _clock) {
        let (site, ann) = acme(app).await;
        make_user(app, "ben@example.com", "Ben", Some(Role::Admin)).await;
        let ben = site.visitor();
        ben.sign_in("ben@example.com").await;
        let (own, others) = (ann.token().await, ben.token().await);
        let fields = |token: &str| vec![("csrf".to_owned(), token.to_owned()), ("name".to_owned(), "x".to_owned())];
        for (token, status) in [("", 403), (others.as_str(), 403), ("x", 403), (own.as_str(), 422)] {
            let fields = fields(token);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let answer = ann.post("/admin/acme/api-clients", &fields).await;
            assert_eq!(answer.status, status, "{token}");
        }
        let without = ann.post("/admin/acme/api-clients", &[("name", "x")]).await;
        assert_eq!(without.status, 403);
        assert!(without.one("h1").contains("out of date") && without.has("#nav"), "in the shell, with a next step");
        // The sign-in form has one too.
        let anonymous = site.visitor();
        anonymous.page("/admin/login").await;
        let answer = anonymous.post("/admin/login", &[("csrf", &own), ("email", "ann@example.com")]).await;
        assert_eq!(answer.status, 403);
        assert_eq!(site.visitor().post("/admin/login", &[("csrf", "")]).await.status, 403, "nor an empty one");
    }

    async fn another_site_cannot_post(app, _clock) {
        let (_site, ann) = acme(app).await;
        let token = ann.token().await;
        let post = async |headers: &[(&str, &str)]| {
            let body = encoded(&[("csrf", token.as_str())]);
            ann.send(Method::POST, "/admin/acme/api-clients", headers, body).await.status.as_u16()
        };
        for (headers, status) in [
            ([("sec-fetch-site", "cross-site")], 403),
            ([("sec-fetch-site", "same-site")], 403),
            ([("origin", "https://evil.example")], 403),
            ([("origin", "null")], 403),
            ([("sec-fetch-site", "same-origin")], 422),
            ([("sec-fetch-site", "none")], 422),
        ] {
            assert_eq!(post(&headers).await, status, "{headers:?}");
        }
    }

    async fn nobody_is_signed_in_or_out_by_another_site(app, _clock) {
        let (site, ann) = acme(app).await;
        // Whoever lures somebody into an account of his own has its password, and perhaps a token of the form.
        let (lured, own) = (site.visitor(), site.visitor());
        let token = own.page("/admin/login").await.attribute("input[name=csrf]", "value");
        lured.page("/admin/login").await;
        let signs_in = |token: &str| encoded(&[("csrf", token), ("email", "ann@example.com"), ("password", PASSWORD)]);
        let kept = lured.page("/admin/login").await.attribute("input[name=csrf]", "value");
        for (headers, token) in [
            (&[("sec-fetch-site", "cross-site")][..], &kept), (&[("sec-fetch-site", "same-site")], &kept),
            (&[("origin", "https://evil.example")], &kept), (&[], &token), (&[], &String::new()),
        ] {
            let answer = lured.send(Method::POST, "/admin/login", headers, signs_in(token)).await;
            assert_eq!(answer.status, 403, "{headers:?}");
        }
        assert_eq!(lured.get("/admin/acme").await.location(), "/admin/login?next=%2Fadmin%2Facme");
        // Nor out, which would be a nuisance.
        assert_eq!(ann.get("/admin/logout").await.status, 405);
        assert_eq!(ann.post("/admin/logout", &[("csrf", &token)]).await.status, 403);
        ann.page("/admin/acme").await;
        let own = ann.send(Method::POST, "/admin/logout", &[("sec-fetch-site", "cross-site")],
            encoded(&[("csrf", &ann.token().await)])).await;
        assert_eq!(own.status, 403);
        ann.page("/admin/acme").await;
    }

    async fn links_lead_home_whatever_a_request_calls_it(app, _clock) {
        let (_site, ann) = acme(app).await;
        let fields = [("csrf", &*ann.token().await), ("email", "ben@example.com"), ("name", "Ben"), ("role", "agent")];
        for name in ["host", "x-forwarded-host", "x-original-host", "forwarded"] {
            let value = if name == "forwarded" { "host=evil.example" } else { "evil.example" };
            let body = encoded(&fields).replace("ben%40", &format!("{name}%40"));
            let added = ann.send(Method::POST, "/admin/acme/team", &[(name, value)], body).await;
            assert_eq!(added.status, 201, "{name}: {}", added.text);
            assert!(added.one(".secret .code").starts_with("http://127.0.0.1:"), "{name}");
            assert!(!added.text.contains("evil.example"), "{name}");
        }
    }

    async fn who_invents_addresses_is_slowed_down_all_the_same(app, _clock) {
        let (site, _ann) = acme(app).await;
        let guesser = site.visitor();
        let token = guesser.page("/admin/login").await.attribute("input[name=csrf]", "value");
        let mut slowed = 0;
        for n in 0..33 {
            let fields = [("csrf", token.as_str()), ("email", &format!("user{n}@example.com")), ("password", "wrong")];
            let from = format!("192.0.2.{n}");
            let headers = [("x-forwarded-for", from.as_str()), ("x-real-ip", &from), ("forwarded", &format!("for={from}"))];
            let answer = guesser.send(Method::POST, "/admin/login", &headers, encoded(&fields)).await;
            slowed += u32::from(answer.status == 429);
        }
        assert_eq!(slowed, 2, "30 tries are free, and each of them came from the same address");
    }

    async fn every_answer_tells_the_browser_what_a_page_may_do(app, _clock) {
        let (site, ann) = acme(app).await;
        for answer in [
            ann.get("/admin/acme").await,
            ann.get("/admin/acme/nothing").await,
            site.visitor().get("/admin/login").await,
            site.visitor().get("/admin/acme").await,
            ann.post("/admin/acme/team", &[]).await,
        ] {
            let policy = answer.header("content-security-policy");
            for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'",
                "frame-ancestors 'none'", "base-uri 'none'"] {
                assert!(policy.split("; ").any(|found| found == part), "{part} in {policy}");
            }
            assert!(!policy.contains("unsafe"));
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(answer.header("referrer-policy"), "same-origin");
        }
    }

    async fn pages_are_compressed_for_nobody_but_those_who_asked_themselves(app, _clock) {
        let (site, ann) = acme(app).await;
        let encoding = async |path: &str, site: &[(&str, &str)]| {
            let headers: Vec<_> = [("accept-encoding", "gzip, br")].into_iter().chain(site.iter().copied()).collect();
            let answer = ann.send(Method::GET, path, &headers, String::new()).await;
            assert_eq!(answer.status, 200);
            answer.header("content-encoding").to_owned()
        };
        for path in ["/admin/acme", "/admin/acme/customers?q=x", "/admin/acme/audit-log"] {
            for site in ["same-origin", "none"] {
                assert_eq!(encoding(path, &[("sec-fetch-site", site)]).await, "br", "{path} {site}");
            }
            for site in ["cross-site", "same-site", "", "same-origin, cross-site"] {
                assert_eq!(encoding(path, &[("sec-fetch-site", site)]).await, "", "{path} {site}");
            }
            assert_eq!(encoding(path, &[]).await, "", "{path}");
        }
        // The API's document holds no secret.
        let headers = [("accept-encoding", "gzip")];
        let docs = site.visitor().send(Method::GET, "/docs/api", &headers, String::new()).await;
        assert_eq!(docs.header("content-encoding"), "gzip");
    }

    async fn forms_that_no_browser_sends_are_refused(app, _clock) {
        let (_site, ann) = acme(app).await;
        let token = ann.token().await;
        let path = "/admin/acme/api-clients";
        let long = encoded(&[("csrf", &token), ("name", &"x".repeat(70_000))]);
        assert_eq!(ann.send(Method::POST, path, &[], long).await.status, 413);
        let twice = encoded(&[("csrf", &token), ("name", "a"), ("name", "b")]);
        assert_eq!(ann.send(Method::POST, path, &[], twice).await.status, 400);
        assert_eq!(ann.send(Method::POST, path, &[], String::new()).await.status, 400);
        let json = [("content-type", "application/json")];
        assert_eq!(ann.send(Method::POST, path, &json, String::new()).await.status, 400);
        for method in [Method::PUT, Method::DELETE, Method::PATCH] {
            let answer = ann.send(method, path, &[], String::new()).await;
            assert_eq!(answer.status, 405);
            assert!(answer.has("h1"), "a page");
        }
    }
}

on_both! {
    async fn over_tls_cookies_are_bound_to_the_host(db) {
        let settings = Settings {
            public_url: Some("https://points.example.com".to_owned()),
            workers: NonZeroUsize::new(1),
            ..Settings::default()
        };
        let clock = crate::common::clock::stopped();
        let app = App::new((**db).clone(), clock, settings);
        let site = serve(&app);
        crate::visitor::make_tenant(&app, "acme", "Acme").await;
        make_user(&app, "ann@example.com", "Ann", Some(Role::Admin)).await;
        let visitor = site.visitor();
        let page = visitor.page("/admin/login").await;
        let cookie = page.header("set-cookie").to_owned();
        assert!(cookie.starts_with("__Host-guerdon-form=") && cookie.contains("Secure"), "{cookie}");
        let pair = cookie.split(';').next().unwrap();
        let token = page.attribute("input[name=csrf]", "value");
        let fields = [("csrf", token.as_str()), ("email", "ann@example.com"), ("password", PASSWORD)];
        let headers = [("cookie", pair), ("origin", "https://points.example.com")];
        let done = visitor.send(Method::POST, "/admin/login", &headers, encoded(&fields)).await;
        assert_eq!(done.location(), "/admin/acme");
        let cookie = done.header("set-cookie");
        assert!(cookie.starts_with("__Host-guerdon=") && cookie.contains("Secure") && cookie.contains("Path=/"), "{cookie}");
        assert!(!cookie.contains("Domain"));
    }
}
