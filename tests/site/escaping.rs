//! Texts that people type stay texts, wherever they are shown.

use guerdon::domain::role::Role;

use super::{
    common::on_both,
    visitor::{acme, make_tenant, make_user, serve},
};

const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

on_both! {
    async fn markup_in_any_text_is_shown_as_typed(app, _clock) {
        let (site, _ann) = acme(app).await;
        make_user(app, "evil@example.com", EVIL, Some(Role::Admin)).await;
        let eve = site.visitor();
        eve.sign_in("evil@example.com").await;
        let form = eve.page("/admin/acme/api-clients/new").await;
        let fields = [("name", EVIL), ("scope", "coupon.coupon_read")];
        let made = eve.submit(&form, "/admin/acme/api-clients", &fields).await;
        let refused = eve.submit(&form, "/admin/acme/api-clients", &[("name", EVIL)]).await;
        assert_eq!(refused.attribute("#name", "value"), EVIL);
        let login = site.visitor().sign_in(EVIL).await;
        assert_eq!(login.attribute("#email", "value"), EVIL);
        let own = eve.page("/admin/acme/team").await.attribute("tbody tr:nth-child(2) th a", "href");
        let revoke = eve.page("/admin/acme/api-clients").await.attribute("tbody .btn-danger", "href");
        let mut pages = vec![made, refused, login];
        for path in ["/admin", "/admin/account", "/admin/acme", "/admin/acme/team", &own, &format!("{own}/remove"),
            "/admin/acme/api-clients", &revoke, "/admin/acme/audit-log", "/admin/acme/<script>",
            "/admin/acme/audit-log?action=%3Cscript%3Ealert(1)%3C/script%3E&subject=a:%22%3E%3Cimg%20src=x%3E&from=%22x"] {
            pages.push(eve.get(path).await);
        }
        for page in pages {
            assert!(!page.text.contains("<script>alert") && !page.text.contains("<img"), "{}", page.text);
            assert!(page.all("script").iter().all(String::is_empty));
            assert!(!page.has("[onerror], [onclick], [style]"));
        }
        assert_eq!(eve.page("/admin/acme/team").await.all("tbody tr:nth-child(2) th a"), [EVIL]);
    }

    async fn a_tenant_may_be_called_anything(app, _clock) {
        let site = serve(app);
        make_tenant(app, "acme", "</title><script>alert(1)</script>").await;
        make_user(app, "ann@example.com", "Ann", Some(Role::Admin)).await;
        let ann = site.visitor();
        ann.sign_in("ann@example.com").await;
        for path in ["/admin", "/admin/acme", "/admin/acme/team", "/admin/acme/audit-log"] {
            assert!(!ann.page(path).await.text.contains("<script>alert"), "{path}");
        }
    }
}
