//! One's own password, sessions and comfort.

use guerdon::{domain::role::Role, service::users};

use reqwest::Method;

use super::{
    common::on_both,
    visitor::{PASSWORD, acme, make_user},
};

const NEW: &str = "quite another sentence";

on_both! {
    async fn another_password_ends_every_other_session(app, _clock) {
        let (site, ann) = acme(app).await;
        let other = site.visitor();
        other.sign_in("ann@example.com").await;
        let page = ann.page("/admin/account").await;
        let action = "/admin/account/password";
        let refused = ann.submit(&page, action, &[("present", "wrong"), ("password", NEW)]).await;
        assert_eq!(refused.one("#present-error"), "Error: This is not your present password.");
        let refused = ann.submit(&page, action, &[("present", PASSWORD), ("password", "short")]).await;
        assert_eq!((refused.status.as_u16(), refused.has("#password-error")), (422, true));
        assert!(!refused.text.contains(PASSWORD) && !refused.text.contains("\"short\""));
        assert_eq!(other.get("/admin/account").await.status, 200);

        let done = ann.submit(&page, action, &[("present", PASSWORD), ("password", NEW)]).await;
        assert_eq!(done.location(), "/admin/account");
        let page = ann.page("/admin/account").await;
        assert_eq!((page.one(".toast"), page.all("#sessions tbody tr").len()), ("Password changed".into(), 1));
        assert_eq!(other.get("/admin/account").await.status, 303);
        assert_eq!(site.visitor().sign_in(PASSWORD).await.status, 422);
        assert_eq!(site.visitor().sign_in_with("ann@example.com", NEW).await.status, 303);
    }

    async fn everybody_reads_in_the_language_that_they_chose(app, _clock) {
        let (site, ann) = acme(app).await;
        let page = ann.page("/admin/account").await;
        assert_eq!(page.attribute("html", "lang"), "en");
        ann.submit(&page, "/admin/account/comfort", &[("language", "de"), ("theme", "system")]).await.location();
        // Also on another device, and on the page of a tenant.
        let elsewhere = site.visitor();
        elsewhere.sign_in("ann@example.com").await;
        let page = elsewhere.page("/admin/acme/customers").await;
        assert_eq!((page.attribute("html", "lang"), page.one("#nav [aria-current]")), ("de".into(), "Kunden".into()));
        let page = elsewhere.page("/admin/account").await;
        assert!(page.all("label").iter().any(|label| label == "Wie der Browser"));
        elsewhere.submit(&page, "/admin/account/comfort", &[("language", "browser")]).await.location();
        assert_eq!(ann.page("/admin/acme").await.attribute("html", "lang"), "en");
    }

    async fn who_is_not_signed_in_is_spoken_to_in_the_language_of_the_browser(app, _clock) {
        let (site, _) = acme(app).await;
        for (wanted, lang, title) in [
            ("de-CH,de;q=0.9,en;q=0.5", "de", "Anmelden"),
            ("en-GB,de;q=0.5", "en", "Sign in"),
            ("fr, de;q=0.1, en;q=0.9", "en", "Sign in"),
            ("*", "en", "Sign in"),
            ("not a; tag, at=all", "en", "Sign in"),
        ] {
            let asked = [("accept-language", wanted)];
            let page = site.visitor().send(Method::GET, "/admin/login", &asked, String::new()).await;
            assert_eq!((page.attribute("html", "lang"), page.one("h1")), (lang.into(), title.into()), "{wanted}");
        }
    }

    async fn other_sessions_can_be_ended(app, _clock) {
        let (site, ann) = acme(app).await;
        let (one, two) = (site.visitor(), site.visitor());
        one.sign_in("ann@example.com").await;
        two.sign_in("ann@example.com").await;
        let page = ann.page("/admin/account").await;
        assert_eq!(page.all("#sessions tbody tr").len(), 3);
        assert_eq!(page.all("tbody .badge"), ["This one"]);
        let end = page.attribute("tbody form", "action");
        ann.submit(&page, &end, &[]).await.location();
        let alive = async |visitor: &crate::visitor::Visitor| visitor.get("/admin/account").await.status == 200;
        assert_eq!([alive(&one).await, alive(&two).await].iter().filter(|alive| **alive).count(), 1);
        let page = ann.page("/admin/account").await;
        ann.submit(&page, "/admin/account/sessions/end-others", &[]).await.location();
        assert!(!alive(&one).await && !alive(&two).await && alive(&ann).await);
        // Nobody ends somebody else's.
        make_user(app, "ben@example.com", "Ben", Some(Role::Agent)).await;
        let ben = site.visitor();
        ben.sign_in("ben@example.com").await;
        ben.post(&end, &[("csrf", &ben.token().await)]).await.location();
        assert!(alive(&ann).await);
    }

    async fn who_is_disabled_is_out_at_once(app, _clock) {
        let (site, _ann) = acme(app).await;
        let ben = make_user(app, "ben@example.com", "Ben", Some(Role::Agent)).await;
        let visitor = site.visitor();
        visitor.sign_in("ben@example.com").await;
        assert_eq!(visitor.get("/admin/acme").await.status, 200);
        users::disable(app, &guerdon::domain::actor::Actor::system("test"), &ben).await.unwrap();
        assert_eq!(visitor.get("/admin/acme").await.status, 303);
        assert_eq!(visitor.get("/admin/account").await.status, 303);
        assert_eq!(visitor.sign_in("ben@example.com").await.status, 422);
    }

    async fn the_theme_is_rendered_by_the_server(app, _clock) {
        let (_site, ann) = acme(app).await;
        let page = ann.page("/admin/acme").await;
        assert!(!page.has("html[data-theme]"));
        let switch = ann.submit(&page, "/admin/account/theme", &[]).await;
        assert_eq!(switch.location(), "/admin/acme");
        assert!(ann.page("/admin/acme").await.has("html[data-theme=dark]"));
        ann.submit(&page, "/admin/account/theme", &[]).await.location();
        assert!(ann.page("/admin/acme").await.has("html[data-theme=light]"));
        let page = ann.page("/admin/account").await;
        ann.submit(&page, "/admin/account/comfort", &[("theme", "system"), ("keys", "no")]).await.location();
        let page = ann.page("/admin/account").await;
        assert!(!page.has("html[data-theme]") && !page.has("body[data-keys]"));
    }
}
