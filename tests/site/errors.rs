//! What goes wrong is told in the shell, with a next step; htmx gets a banner and the page stays.

use reqwest::Method;

use super::{
    common::on_both,
    visitor::{acme, encoded},
};

on_both! {
    async fn an_error_page_stands_in_the_shell_and_leads_on(app, _clock) {
        let (_site, ann) = acme(app).await;
        let page = ann.get("/admin/acme/nothing/at/all").await;
        assert_eq!(page.status, 404);
        assert_eq!(page.one("title"), "There is no such page · Guerdon");
        assert_eq!(page.attribute("main a.btn", "href"), "/admin/acme");
        assert_eq!(page.one("main .code"), page.header("x-request-id"));
        assert!(page.has("#nav") && page.has("#account-menu"));
    }

    async fn htmx_gets_parts_banners_and_redirects(app, _clock) {
        let (site, ann) = acme(app).await;
        let ann = ann.with_htmx("main");
        let part = ann.page("/admin/acme/team/new").await;
        assert!(!part.has("#nav") && part.has("h1"));
        assert_eq!((part.header("vary"), part.header("hx-push-url")), ("HX-Request, HX-Target", "/admin/acme/team/new"));

        let refused = ann.submit(&part, "/admin/acme/team", &[("email", "x")]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.one("title").starts_with("Error: Add member") && refused.has(".error-summary[data-autofocus]"));
        assert_eq!(refused.header("hx-push-url"), "");

        let added = ann.submit(&part, "/admin/acme/team", &[("email", "ben@example.com"), ("name", "Ben")]).await;
        assert_eq!(added.status, 201);

        // A change that leads on: the list comes at once, with its toast and its address.
        let list = ann.page("/admin/acme/team").await;
        let ben = list.attribute("tbody tr:nth-child(2) th a", "href");
        let part = ann.page(&ben).await;
        let saved = ann.submit(&part, &ben, &[("role", "viewer")]).await;
        assert_eq!(saved.one("[data-hx-swap-oob='beforeend:#toasts'] .toast"), "Role changed");
        assert_eq!((saved.one("h1"), saved.header("hx-push-url")), ("Team and roles".into(), "/admin/acme/team"));

        let banner = ann.get("/admin/acme/nothing").await;
        assert_eq!((banner.status.as_u16(), banner.header("hx-retarget"), banner.header("hx-reswap")), (404, "#problems", "innerHTML"));
        assert!(banner.has(".banner[role=alert]") && !banner.has("#nav"));

        let stranger = site.visitor().with_htmx("main");
        let out = stranger.get("/admin/acme/team").await;
        assert_eq!(out.status, 401);
        assert_eq!(out.header("hx-redirect"), "/admin/login?next=%2Fadmin%2Facme%3Fx%3D1");
    }

    async fn a_restored_page_is_whole(app, _clock) {
        let (_site, ann) = acme(app).await;
        for header in ["hx-history-restore-request", "hx-boosted"] {
            let headers = [("hx-request", "true"), (header, "true")];
            let page = ann.send(Method::GET, "/admin/acme/team", &headers, String::new()).await;
            assert!(page.has("#nav"), "{header}");
        }
    }

    async fn a_database_that_is_away_is_told_as_such(app, _clock) {
        let (site, ann) = acme(app).await;
        let token = ann.token().await;
        app.db.close().await;
        let page = ann.get("/admin/acme").await;
        assert_eq!(page.status, 503);
        assert!(page.one("h1").contains("busy") && !page.header("retry-after").is_empty());
        let post = ann.send(Method::POST, "/admin/acme/team", &[], encoded(&[("csrf", &token)])).await;
        assert_eq!(post.status, 503);
        let banner = ann.with_htmx("main").get("/admin/acme").await;
        assert_eq!((banner.status.as_u16(), banner.header("hx-retarget")), (503, "#problems"));
        assert_eq!(site.visitor().get("/admin/login").await.status, 503);
    }
}
