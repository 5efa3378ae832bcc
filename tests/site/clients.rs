//! API clients: made with a secret that is shown once, revoked after a question.

use super::{
    common::on_both,
    visitor::{acme, tenant},
};

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
        assert_eq!(list.all("tbody td li"), scopes);
        assert!(list.one("tbody th").contains("Created by Ann Archer"));
        assert!(!ann.page("/admin/acme/audit-log").await.text.contains(&secret));
    }

    async fn clients_are_searched_narrowed_sorted_and_taken_along(app, clock) {
        let (_site, ann) = acme(app).await;
        let page = ann.page("/admin/acme/api-clients/new").await;
        for (name, scope) in [("=Till", "coupon.coupon_redeem"), ("Zoë’s shop", "coupon.coupon_read"), ("Desk", "coupon.coupon_read")] {
            ann.submit(&page, "/admin/acme/api-clients", &[("name", name), ("scope", scope)]).await;
            clock.set(app.now().plus_secs(1));
        }
        let list = ann.page("/admin/acme/api-clients?q=desk").await;
        let desk = list.one("tbody th > .code");
        let revoke = list.attribute("tbody .btn-danger", "href");
        ann.submit(&ann.page(&revoke).await, &revoke, &[]).await;
        let till = ann.page("/admin/acme/api-clients?q=till").await.one("tbody th > .code");
        let used = guerdon::domain::ids::ClientId::parse(&till).unwrap();
        let mut tx = app.db.begin().await.unwrap();
        guerdon::store::api_clients::touch(&mut tx, &tenant("acme"), &used, app.now()).await.unwrap();
        tx.commit().await.unwrap();

        let names = async |query: &str| {
            let page = ann.page(&format!("/admin/acme/api-clients{query}")).await;
            let first = |text: String| text.split_whitespace().next().unwrap().to_owned();
            page.all("tbody th").into_iter().map(first).collect::<Vec<_>>()
        };
        assert_eq!(names("").await, ["=Till", "Zoë’s", "Desk"], "what is revoked comes last");
        assert_eq!(names("?sort=name").await, ["=Till", "Desk", "Zoë’s"]);
        assert_eq!(names("?sort=-used").await[0], "=Till");
        assert_eq!(names("?view=unused").await, ["Zoë’s"]);
        assert_eq!(names("?view=revoked").await, ["Desk"]);
        assert_eq!(names("?q=zoe").await, ["Zoë’s"]);
        assert_eq!(names(&format!("?q={desk}")).await, ["Desk"]);
        assert_eq!(names("?only=coupon.coupon_redeem").await, ["=Till"]);
        let page = ann.page("/admin/acme/api-clients?only=coupon.coupon_read&q=shop").await;
        assert_eq!(page.all(".chip"), ["“shop”", "coupon.coupon_read"]);
        assert_eq!(page.attribute(".chip:last-of-type a", "href"), "/admin/acme/api-clients?q=shop");
        assert_eq!(page.all(".tabs a"), ["All 2", "Active 1", "Never used 1", "Revoked 1"]);
        assert_eq!(page.attribute("#filter-only option[selected]", "value"), "coupon.coupon_read");
        let file = ann.page(&page.attribute("a[href*='.csv']", "href")).await;
        assert_eq!(file.text.lines().count(), 2, "{}", file.text);
        assert!(ann.page("/admin/acme/api-clients.csv?q=till").await.text.contains(",'=Till,coupon.coupon_redeem,"));
        assert!(ann.page("/admin/acme/api-clients?only=site.site_manage").await.one(".empty").contains("No client found"));
    }

    async fn a_client_gets_a_limit_and_loses_it_again(app, _clock) {
        let (_site, ann) = acme(app).await;
        let page = ann.page("/admin/acme/api-clients/new").await;
        let fields = |rate: &'static str| [("name", "Shop"), ("scope", "coupon.coupon_read"), ("rate", rate)];
        let refused = ann.submit(&page, "/admin/acme/api-clients", &fields("fast")).await;
        assert!(refused.one("#rate-error").contains("whole number of requests per second"));
        assert_eq!(refused.attribute("#rate", "value"), "fast");
        ann.submit(&page, "/admin/acme/api-clients", &fields("25")).await;
        let list = ann.page("/admin/acme/api-clients").await;
        assert!(list.one("tbody th").contains("Up to 25 requests per second"));
        let link = list.attribute("tbody a[href$='/limit']", "href");
        let asked = ann.page(&link).await;
        assert_eq!(asked.attribute("#rate", "value"), "25");
        assert_eq!(ann.submit(&asked, &link, &[("rate", "0")]).await.status, 422);
        assert_eq!(ann.submit(&asked, &link, &[("rate", "")]).await.location(), "/admin/acme/api-clients");
        assert!(!ann.page("/admin/acme/api-clients").await.text.contains("requests per second"));
        assert!(ann.page("/admin/acme/audit-log").await.text.contains("Limit of API client changed"));
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
        assert_eq!((list.one(".toast"), list.one("tbody td .badge")), ("Client revoked".into(), "Revoked".into()));
        assert!(!list.has("tbody .btn-danger"));
        assert_eq!(ann.get("/admin/acme/api-clients/acme.none/revoke").await.status, 404);
        assert_eq!(ann.get("/admin/acme/api-clients/other.none/revoke").await.status, 404);
    }

    async fn a_secret_is_changed_with_a_day_of_overlap_or_at_once(app, clock) {
        let (_site, ann) = acme(app).await;
        let page = ann.page("/admin/acme/api-clients/new").await;
        ann.submit(&page, "/admin/acme/api-clients", &[("name", "Shop"), ("scope", "coupon.coupon_read")]).await;
        let rotate = ann.page("/admin/acme/api-clients").await.attribute("tbody a[href$='/rotate']", "href");
        let asked = ann.page(&rotate).await;
        assert!(asked.has("#old[value=overlaps][checked]"));
        assert_eq!(ann.submit(&asked, &rotate, &[("old", "sometime")]).await.status, 422);
        let made = ann.submit(&asked, &rotate, &[]).await;
        assert_eq!((made.status.as_u16(), made.header("cache-control")), (201, "no-store"));
        let secret = made.one(".secret .code");
        assert!(secret.starts_with("gds_") && made.one("main").contains("within a day"));

        let list = ann.page("/admin/acme/api-clients").await;
        assert!(list.one("tbody").contains("The one before is good until 16 Jan 2027") && !list.text.contains(&secret));
        assert!(ann.page(&rotate).await.one("main .banner").contains("ends now"));
        let drop = rotate.replace("/rotate", "/drop-old-secret");
        assert_eq!(ann.submit(&list, &drop, &[]).await.location(), "/admin/acme/api-clients");
        assert!(!ann.page("/admin/acme/api-clients").await.text.contains("The one before"));

        let asked = ann.page(&rotate).await;
        let made = ann.submit(&asked, &rotate, &[("old", "at-once")]).await;
        assert!(made.one("main").contains("works no more"));
        clock.set(app.now().plus_secs(3600));
        let log = ann.page("/admin/acme/audit-log?action=api_client.secret_rotated").await;
        assert_eq!(log.all("tbody tr").len(), 2);
        assert!(!log.text.contains(&secret));
        assert_eq!(ann.get("/admin/acme/api-clients/acme.none/rotate").await.status, 404);
    }
}
