//! API clients: made with a secret that is shown once, revoked after a question.

use super::{common::on_both, visitor::acme};

on_both! {
    async fn a_client_is_made_and_its_secret_shown_once(app, _clock) {
        let (_site, ann) = acme(app).await;
        assert!(ann.page("/admin/acme/api-clients").await.has(".empty"));
        let page = ann.page("/admin/acme/api-clients/new").await;
        let refused = ann.submit(&page, "/admin/acme/api-clients", &[("name", "Shop")]).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.one("#scope-error"), "Error: Choose at least one thing that the client may do.");
        assert_eq!(refused.attribute("#name", "value"), "Shop");
        let scopes = ["rewardspoints.rewardpoints_view", "coupon.coupon_read"];
        let fields = [("name", "Shop"), ("scope", scopes[0]), ("scope", scopes[1])];
        let bad = ann.submit(&page, "/admin/acme/api-clients", &[("name", ""), ("scope", scopes[0]), ("scope", scopes[1])]).await;
        assert_eq!((bad.status.as_u16(), bad.all("input[name=scope][checked]").len()), (422, 2));

        let made = ann.submit(&refused, "/admin/acme/api-clients", &fields).await;
        assert_eq!(made.status, 201);
        let [id, secret] = made.all(".secret .code").try_into().unwrap();
        assert!(id.starts_with("acme."), "{id}");
        let list = ann.page("/admin/acme/api-clients").await;
        assert!(list.text.contains(&id) && !list.text.contains(&secret));
        assert_eq!(list.all("tbody li"), scopes);
        assert!(list.one("tbody th").contains("by Ann Archer"));
        assert!(!ann.page("/admin/acme/audit-log").await.text.contains(&secret));
    }

    async fn a_client_is_revoked_after_a_question(app, _clock) {
        let (_site, ann) = acme(app).await;
        let page = ann.page("/admin/acme/api-clients/new").await;
        let fields = [("name", "Shop"), ("scope", "coupon.coupon_read")];
        ann.submit(&page, "/admin/acme/api-clients", &fields).await;
        let revoke = ann.page("/admin/acme/api-clients").await.attribute("tbody .btn-danger", "href");
        let asked = ann.page(&revoke).await;
        assert_eq!(asked.one("h1"), "Revoke the client Shop?");
        assert_eq!(ann.submit(&asked, &revoke, &[]).await.location(), "/admin/acme/api-clients");
        let list = ann.page("/admin/acme/api-clients").await;
        assert_eq!((list.one(".toast"), list.one("tbody .badge")), ("Client revoked".into(), "Revoked".into()));
        assert!(!list.has("tbody .btn-danger"));
        assert_eq!(ann.get("/admin/acme/api-clients/acme.none/revoke").await.status, 404);
        assert_eq!(ann.get("/admin/acme/api-clients/other.none/revoke").await.status, 404);
    }
}
