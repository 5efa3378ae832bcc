//! Who may go where: every page and every change, for every role, for nobody and for strangers.

use guerdon::domain::role::Role;
use reqwest::Method;

use super::{
    common::on_both,
    visitor::{acme, make_tenant, make_user},
};

/// Every page and change of a tenant, with the least role. `{user}` is the agent's id.
const ROUTES: &[(&str, &str, Role)] = &[
    ("GET", "", Role::Viewer),
    ("GET", "/overview.csv", Role::Viewer),
    ("GET", "/search", Role::Viewer),
    ("GET", "/customers", Role::Viewer),
    ("GET", "/customers.csv", Role::Viewer),
    ("GET", "/customers/C1", Role::Viewer),
    ("GET", "/customers/C1/history.csv", Role::Viewer),
    ("GET", "/customers/C1/statement", Role::Viewer),
    ("GET", "/customers/C1/export.json", Role::Manager),
    ("GET", "/customers/C1/entries/none", Role::Viewer),
    ("GET", "/customers/C1/preview", Role::Agent),
    ("POST", "/customers/C1/adjust", Role::Agent),
    ("POST", "/customers/C1/person", Role::Agent),
    ("POST", "/customers/C1/open", Role::Agent),
    ("GET", "/customers/C1/redeem", Role::Agent),
    ("GET", "/customers/C1/redeem/none", Role::Agent),
    ("POST", "/customers/C1/redeem/none", Role::Agent),
    ("GET", "/customers/C1/entries/none/undo", Role::Agent),
    ("POST", "/customers/C1/entries/none/undo", Role::Agent),
    ("GET", "/customers/C1/entries/none/cancel", Role::Agent),
    ("POST", "/customers/C1/entries/none/cancel", Role::Agent),
    ("GET", "/customers/C1/erase", Role::Manager),
    ("POST", "/customers/C1/erase", Role::Manager),
    ("GET", "/customers/C1/close", Role::Manager),
    ("POST", "/customers/C1/close", Role::Manager),
    ("GET", "/open-account", Role::Agent),
    ("POST", "/open-account", Role::Agent),
    ("GET", "/ledger", Role::Viewer),
    ("GET", "/ledger.csv", Role::Viewer),
    ("GET", "/coupons", Role::Viewer),
    ("POST", "/coupons", Role::Manager),
    ("GET", "/coupons/new", Role::Manager),
    ("GET", "/coupons/NONE", Role::Viewer),
    ("GET", "/coupons/NONE/cancel", Role::Agent),
    ("POST", "/coupons/NONE/cancel", Role::Agent),
    ("GET", "/coupons/NONE/delete", Role::Manager),
    ("POST", "/coupons/NONE/delete", Role::Manager),
    ("GET", "/coupons/NONE/uses/none/give-back", Role::Manager),
    ("POST", "/coupons/NONE/uses/none/give-back", Role::Manager),
    ("GET", "/team", Role::Admin),
    ("POST", "/team", Role::Admin),
    ("GET", "/team/new", Role::Admin),
    ("GET", "/team/{user}", Role::Admin),
    ("POST", "/team/{user}", Role::Admin),
    ("POST", "/team/{user}/link", Role::Admin),
    ("GET", "/team/{user}/remove", Role::Admin),
    ("GET", "/team/{user}/deactivate", Role::Admin),
    ("POST", "/team/{user}/reactivate", Role::Admin),
    ("GET", "/team/{user}/reset-second-factor", Role::Admin),
    ("POST", "/team/{user}/reset-second-factor", Role::Admin),
    ("GET", "/api-clients", Role::Admin),
    ("POST", "/api-clients", Role::Admin),
    ("GET", "/api-clients/new", Role::Admin),
    ("GET", "/api-clients/acme.none/revoke", Role::Admin),
    ("GET", "/bulk", Role::Manager),
    ("POST", "/bulk", Role::Manager),
    ("GET", "/bulk/new", Role::Manager),
    ("GET", "/bulk/template.csv", Role::Manager),
    ("GET", "/bulk/none", Role::Manager),
    ("GET", "/bulk/none/progress", Role::Manager),
    ("GET", "/bulk/none/rows.csv", Role::Manager),
    ("POST", "/bulk/none/check", Role::Manager),
    ("POST", "/bulk/none/run", Role::Manager),
    ("POST", "/bulk/none/ask", Role::Manager),
    ("POST", "/bulk/none/decide", Role::Manager),
    ("POST", "/bulk/none/withdraw", Role::Manager),
    ("POST", "/bulk/none/stop", Role::Manager),
    ("POST", "/bulk/none/continue", Role::Manager),
    ("GET", "/bulk/none/reverse", Role::Manager),
    ("POST", "/bulk/none/reverse", Role::Manager),
    ("GET", "/bulk/none/discard", Role::Manager),
    ("POST", "/bulk/none/discard", Role::Manager),
    ("GET", "/api-clients/acme.none/limit", Role::Admin),
    ("POST", "/api-clients/acme.none/limit", Role::Admin),
    ("GET", "/api-clients/acme.none/rotate", Role::Admin),
    ("POST", "/api-clients/acme.none/rotate", Role::Admin),
    ("POST", "/api-clients/acme.none/drop-old-secret", Role::Admin),
    ("GET", "/approvals", Role::Viewer),
    ("GET", "/approvals/none", Role::Viewer),
    ("POST", "/approvals/none", Role::Manager),
    ("POST", "/approvals/none/withdraw", Role::Agent),
    ("GET", "/birthdays", Role::Viewer),
    ("POST", "/birthdays/none/give", Role::Agent),
    ("GET", "/reasons", Role::Manager),
    ("POST", "/reasons", Role::Manager),
    ("GET", "/reasons/new", Role::Manager),
    ("GET", "/reasons/none", Role::Manager),
    ("POST", "/reasons/none", Role::Manager),
    ("POST", "/reasons/none/archive", Role::Manager),
    ("POST", "/reasons/none/restore", Role::Manager),
    ("POST", "/reasons/none/up", Role::Manager),
    ("POST", "/reasons/none/down", Role::Manager),
    ("GET", "/returns", Role::Viewer),
    ("GET", "/returns/none/give-back", Role::Agent),
    ("POST", "/returns/none/give-back", Role::Agent),
    ("POST", "/returns/none/keep", Role::Agent),
    ("POST", "/returns/none/reopen", Role::Agent),
    ("GET", "/inbox", Role::Admin),
    ("GET", "/inbox.csv", Role::Admin),
    ("POST", "/inbox/retry", Role::Admin),
    ("GET", "/inbox/set-up", Role::Admin),
    ("POST", "/inbox/set-up/orders", Role::Admin),
    ("GET", "/inbox/set-up/none/remove", Role::Admin),
    ("GET", "/inbox/none", Role::Admin),
    ("POST", "/inbox/none/retry", Role::Admin),
    ("GET", "/settings", Role::Viewer),
    ("POST", "/settings", Role::Admin),
    ("GET", "/customer-sign-in", Role::Admin),
    ("POST", "/customer-sign-in", Role::Admin),
    ("GET", "/customer-sign-in/new", Role::Admin),
    ("GET", "/customer-sign-in/try", Role::Admin),
    ("POST", "/customer-sign-in/try", Role::Admin),
    ("GET", "/customer-sign-in/none", Role::Admin),
    ("POST", "/customer-sign-in/none", Role::Admin),
    ("POST", "/customer-sign-in/none/enable", Role::Admin),
    ("POST", "/customer-sign-in/none/disable", Role::Admin),
    ("POST", "/customer-sign-in/none/refresh", Role::Admin),
    ("GET", "/customer-sign-in/none/remove", Role::Admin),
    ("POST", "/customer-sign-in/none/remove", Role::Admin),
    ("GET", "/webhooks", Role::Admin),
    ("POST", "/webhooks", Role::Admin),
    ("GET", "/webhooks/new", Role::Admin),
    ("GET", "/webhooks/deliveries", Role::Admin),
    ("GET", "/webhooks/none", Role::Admin),
    ("POST", "/webhooks/none", Role::Admin),
    ("POST", "/webhooks/none/pause", Role::Admin),
    ("POST", "/webhooks/none/resume", Role::Admin),
    ("POST", "/webhooks/none/test", Role::Admin),
    ("GET", "/webhooks/none/rotate", Role::Admin),
    ("POST", "/webhooks/none/rotate", Role::Admin),
    ("POST", "/webhooks/none/drop-old-secret", Role::Admin),
    ("GET", "/webhooks/none/delete", Role::Admin),
    ("POST", "/webhooks/none/delete", Role::Admin),
    ("GET", "/webhooks/none/send-parked", Role::Admin),
    ("POST", "/webhooks/none/send-parked", Role::Admin),
    ("GET", "/webhooks/none/events/none", Role::Admin),
    ("POST", "/webhooks/none/events/none/again", Role::Admin),
    ("GET", "/audit-log", Role::Admin),
    ("GET", "/audit-log.csv", Role::Admin),
    ("GET", "/team.csv", Role::Admin),
    ("GET", "/api-clients.csv", Role::Admin),
    ("GET", "/webhooks/deliveries.csv", Role::Admin),
    ("GET", "/coupons.csv", Role::Viewer),
    ("POST", "/audit-log/prove", Role::Admin),
    ("GET", "/options", Role::Viewer),
    ("GET", "/options.csv", Role::Viewer),
    ("POST", "/options", Role::Manager),
    ("GET", "/options/new", Role::Manager),
    ("GET", "/options/preview", Role::Viewer),
    ("GET", "/options/none", Role::Viewer),
    ("POST", "/options/none", Role::Manager),
    ("POST", "/options/none/activate", Role::Manager),
    ("POST", "/options/none/deactivate", Role::Manager),
    ("POST", "/options/none/up", Role::Manager),
    ("POST", "/options/none/down", Role::Manager),
    ("POST", "/options/none/place", Role::Manager),
    ("POST", "/options/none/publish", Role::Manager),
    ("POST", "/options/none/discard", Role::Manager),
    ("GET", "/options/none/delete", Role::Manager),
    ("POST", "/options/none/delete", Role::Manager),
    ("POST", "/options/none/restore", Role::Manager),
    ("GET", "/rules", Role::Viewer),
    ("GET", "/rules/main", Role::Viewer),
    ("POST", "/rules/main", Role::Manager),
    ("POST", "/rules/main/publish", Role::Manager),
    ("POST", "/rules/main/discard", Role::Manager),
    ("POST", "/sites", Role::Admin),
    ("POST", "/sites/main", Role::Admin),
];

on_both! {
    async fn every_page_asks_for_its_role(app, _clock) {
        let (site, _ann) = acme(app).await;
        let agent = make_user(app, "agent@example.com", "Agnes", Some(Role::Agent)).await;
        make_user(app, "viewer@example.com", "Vic", Some(Role::Viewer)).await;
        make_user(app, "manager@example.com", "Max", Some(Role::Manager)).await;
        for role in Role::ALL {
            let visitor = site.visitor();
            let email = if role == Role::Admin { "ann@example.com".to_owned() } else { format!("{}@example.com", role.as_str()) };
            visitor.sign_in(&email).await;
            let token = visitor.token().await;
            for (method, path, least) in ROUTES.iter().copied() {
                let path = format!("/admin/acme{}", path.replace("{user}", agent.as_str()));
                let answer = match method {
                    "GET" => visitor.get(&path).await,
                    _ => visitor.post(&path, &[("csrf", &token), ("role", "agent")]).await,
                };
                let allowed = answer.status != 403;
                assert_eq!(allowed, role >= least, "{method} {path} as {}: {}", role.as_str(), answer.status);
                if !allowed {
                    assert!(answer.one("main").contains("Ann Archer"), "names who can: {}", answer.text);
                    assert!(answer.one("main").contains(&format!("yours is {}", role.as_str())));
                }
            }
        }
    }

    async fn the_navigation_shows_only_what_the_role_reaches(app, _clock) {
        let (site, ann) = acme(app).await;
        make_user(app, "vic@example.com", "Vic", Some(Role::Viewer)).await;
        let vic = site.visitor();
        vic.sign_in("vic@example.com").await;
        for (visitor, sees) in [(&ann, true), (&vic, false)] {
            let page = visitor.page("/admin/acme").await;
            assert_eq!(page.has("#nav a[href='/admin/acme/team']"), sees);
            for href in page.all("#nav a").iter().enumerate().map(|(at, _)| at) {
                let selector = format!("#nav li:nth-child({}) a", href + 1);
                if page.has(&selector) {
                    visitor.page(&page.attribute(&selector, "href")).await;
                }
            }
        }
    }

    async fn strangers_learn_not_even_that_there_is_a_tenant(app, _clock) {
        let (site, ann) = acme(app).await;
        make_tenant(app, "other", "Other").await;
        for (_, path, _) in ROUTES.iter().copied().filter(|(method, ..)| *method == "GET") {
            let there = ann.get(&format!("/admin/other{path}")).await;
            let none = ann.get(&format!("/admin/none{path}")).await;
            assert_eq!((there.status.as_u16(), none.status.as_u16()), (404, 404), "{path}");
            assert_eq!(there.one("main h1"), none.one("main h1"));
            assert!(!there.text.contains("Other"), "{path}");
        }
        let token = ann.token().await;
        assert_eq!(ann.post("/admin/other/api-clients", &[("csrf", &token)]).await.status, 404);
        assert_eq!(site.visitor().get("/admin/other").await.status, 303);
    }

    async fn who_is_not_signed_in_is_sent_to_sign_in(app, _clock) {
        let (site, _ann) = acme(app).await;
        let visitor = site.visitor();
        for (method, path, _) in ROUTES.iter().copied() {
            let path = format!("/admin/acme{path}");
            let answer = visitor.send(method.parse::<Method>().unwrap(), &path, &[], String::new()).await;
            if method == "GET" && !path.ends_with("/link") {
                assert!(answer.location().starts_with("/admin/login?next=%2Fadmin%2Facme"), "{path}");
            } else {
                assert!(matches!(answer.status.as_u16(), 303 | 400 | 405), "{method} {path} {}", answer.status);
            }
        }
        assert_eq!(visitor.post("/admin/acme/team", &[("email", "x")]).await.location(), "/admin/login");
        assert_eq!(visitor.get("/admin/acme/nothing").await.status, 303);
    }
}
