//! The order feed: its secrets, what arrived, why it failed, and another try.

use guerdon::{
    app::App,
    domain::{actor::Actor, actor::Caller, feed::Feed, webhook::Message, webhook::WebhookSecret},
    service::feeds::{self, Arrival, inbox, secrets, work},
};
use serde_json::{Value, json};

use super::{
    common::on_both,
    visitor::{acme, make_tenant, tenant},
};

const INBOX: &str = "/admin/acme/inbox";

/// Delivers an event of the shop, and waits until the work on it has ended.
async fn deliver(app: &App, secret: &WebhookSecret, id: &str, event: &Value) -> String {
    let (body, at_secs) = (event.to_string(), app.now().micros() / 1_000_000);
    let signature = secret.sign(Message { id, at_secs, body: body.as_bytes() });
    let standard = Some((id, at_secs, signature.as_str()));
    let arrival = Arrival { feed: Feed::Orders, standard, platform: None, named: None, bytes: body.as_bytes() };
    let kept = feeds::receive(app, &tenant("acme"), arrival, event.as_object().unwrap()).await.unwrap();
    // The server's own job may be at it, too.
    while inbox::counts(&app.db, &tenant("acme")).await.unwrap().waiting > 0 {
        work::work_off(app, &mut work::Turn::default()).await.unwrap();
    }
    kept.event_id
}

async fn secret(app: &App) -> WebhookSecret {
    let caller = Caller { tenant: tenant("acme"), actor: Actor::system("test") };
    WebhookSecret::parse(&secrets::add(app, &caller, Feed::Orders, None).await.unwrap()).unwrap()
}

fn order(id: &str, site: &str) -> Value {
    json!({ "type": "order.completed", "data": { "id": id, "customerId": "C1", "siteCode": site,
        "status": "COMPLETED", "currency": "EUR", "totals": { "gross": 20 } } })
}

on_both! {
    async fn a_secret_is_shown_once_and_removed_after_a_question(app, _clock) {
        let (_site, ann) = acme(app).await;
        assert!(ann.page(INBOX).await.one(".empty").contains("Let your shop tell about its orders"));
        let set_up = format!("{INBOX}/set-up");
        let page = ann.page(&set_up).await;
        assert!(page.text.contains("/webhooks/acme/orders") && page.text.contains("/webhooks/acme/emporix"));
        let made = ann.submit(&page, &format!("{set_up}/orders"), &[]).await;
        assert_eq!(made.status, 201);
        let secret = made.one(".secret .code");
        assert!(secret.starts_with("whsec_"), "{secret}");
        let bad = ann.submit(&page, &format!("{set_up}/emporix"), &[("secret-emporix", "short")]).await;
        assert_eq!(bad.status, 422);
        assert!(bad.one("#secret-emporix-error").contains("16 to 128"), "{}", bad.text);
        assert!(!bad.text.contains("value=\"short\""), "a secret is not shown again");
        let given = ann.submit(&page, &format!("{set_up}/emporix"), &[("secret-emporix", "the-platforms-own-key")]).await;
        assert_eq!(given.location(), set_up);
        ann.submit(&page, &format!("{set_up}/orders"), &[]).await;
        let third = ann.post(&format!("{set_up}/orders"), &[("csrf", &ann.token().await)]).await;
        assert!(third.one("#problem + ul").contains("Two secrets are good already"));
        let page = ann.page(&set_up).await;
        assert_eq!(page.all("tbody tr").len(), 3);
        assert!(!page.text.contains(&secret) && page.text.contains("by Ann Archer"));
        assert!(!ann.page("/admin/acme/audit-log").await.text.contains(&secret));
        let remove = page.attribute("tbody .btn-danger", "href");
        let asked = ann.page(&remove).await;
        assert!(asked.one("h1").starts_with("Remove the secret that ends with"), "{}", asked.text);
        assert_eq!(ann.submit(&asked, &remove, &[]).await.location(), set_up);
        assert_eq!(ann.page(&set_up).await.all("tbody tr").len(), 2);
        assert_eq!(ann.get(&remove).await.status, 404);
    }

    async fn the_list_is_taken_along_as_it_is_narrowed(app, _clock) {
        let (_site, ann) = acme(app).await;
        let secret = secret(app).await;
        deliver(app, &secret, "m1", &order("=O-1", "main")).await;
        deliver(app, &secret, "m2", &order("O-2", "outlet")).await;
        let all = ann.page(&ann.page(INBOX).await.attribute("a[href*='.csv']", "href")).await;
        assert_eq!(all.text.lines().count(), 3, "{}", all.text);
        assert!(all.text.contains(",orders,order.completed,'=O-1,done,") && !all.text.contains("totals"), "{}", all.text);
        let failed = ann.page(&ann.page(&format!("{INBOX}?state=failed")).await.attribute("a[href*='.csv']", "href")).await;
        assert!(failed.text.lines().count() == 2 && failed.text.contains(",m2,orders,"), "{}", failed.text);
    }

    async fn what_became_of_an_event_is_told_in_the_readers_language(app, _clock) {
        let (_site, ann) = acme(app).await;
        let secret = secret(app).await;
        deliver(app, &secret, "m1", &order("O-1", "main")).await;
        let failed = deliver(app, &secret, "m2", &json!({ "type": "order.completed", "data": { "id": "O-2",
            "customerId": "C1", "status": "COMPLETED", "currency": "EURO", "totals": { "gross": 20 } } })).await;
        deliver(app, &secret, "m3", &json!({ "type": "product.updated" })).await;
        let elsewhere = deliver(app, &secret, "m4", &order("O-3", "outlet")).await;
        let english = ann.page(INBOX).await;
        assert!(english.text.contains("There is no site `outlet`."), "{}", english.text);
        assert!(english.text.contains("The order earned 20 points."));
        let page = ann.page("/admin/account").await;
        ann.submit(&page, "/admin/account/comfort", &[("language", "de"), ("theme", "system")]).await.location();
        let german = ann.page(INBOX).await;
        assert!(german.text.contains("Die Bestellung hat 20 Punkte gebracht."), "{}", german.text);
        assert!(german.text.contains("Guerdon kann mit product.updated nichts anfangen."));
        let of_failed = ann.page(&format!("{INBOX}/{failed}")).await;
        assert!(of_failed.text.contains("currency: "), "{}", of_failed.text);
        let elsewhere = ann.page(&format!("{INBOX}/{elsewhere}")).await;
        assert!(elsewhere.text.contains("Es gibt keine Site `outlet`."), "{}", elsewhere.text);
        assert!(!elsewhere.text.contains("There is no site"), "{}", elsewhere.text);
        assert!(ann.page("/admin/acme/inbox.csv").await.text.contains("Die Bestellung hat 20 Punkte gebracht."));
    }

    async fn what_failed_says_why_and_is_tried_again(app, _clock) {
        let (_site, ann) = acme(app).await;
        let secret = secret(app).await;
        assert!(ann.page(INBOX).await.one(".empty").contains("Nothing has arrived yet"));
        deliver(app, &secret, "m1", &order("O-1", "main")).await;
        let failed = deliver(app, &secret, "m2", &order("<script>alert(1)</script>", "outlet")).await;
        let page = ann.page(INBOX).await;
        assert_eq!(page.all("tbody .badge"), ["Failed", "Done"]);
        assert!(page.one("#inbox-list .banner").contains("1 event could not be worked off"));
        assert!(page.all("tbody td.col-2")[0].contains("outlet"));
        let one = ann.page(&format!("{INBOX}/{failed}")).await;
        assert_eq!(one.one("h1"), "order.completed");
        assert!(one.one("pre").contains("\"id\": \"<script>alert(1)</script>\""));
        assert!(!one.text.contains("<script>alert"));
        let again = ann.submit(&one, &format!("{INBOX}/{failed}/retry"), &[]).await;
        assert_eq!(again.location(), format!("{INBOX}/{failed}"));
        assert_eq!(ann.page(again.location()).await.one(".toast"), "Event is tried again");
        work::work_off(app, &mut work::Turn::default()).await.unwrap();
        let all = ann.post(&format!("{INBOX}/retry"), &[("csrf", &ann.token().await)]).await;
        assert_eq!(all.location(), INBOX);
        assert!(ann.page("/admin/acme/audit-log?action=inbox_event.retried").await.has("tbody tr"));
    }

    async fn filters_and_pages_stand_in_the_address(app, _clock) {
        let (_site, ann) = acme(app).await;
        let secret = secret(app).await;
        for number in 0..30 {
            deliver(app, &secret, &format!("m{number}"), &order(&format!("O-{number}"), "main")).await;
        }
        let page = ann.page(INBOX).await;
        assert_eq!((page.all("tbody tr").len(), page.all("tbody tr .sub.code")[0].as_str()), (25, "O-29"));
        let older = ann.page(&page.attribute("a[rel=next]", "href")).await;
        assert_eq!((older.all("tbody tr").len(), older.has("a[rel=next]")), (5, false));
        let newer = ann.page(&older.attribute("a[rel=prev]", "href")).await;
        assert_eq!((newer.all("tbody tr").len(), newer.has("a[rel=prev]")), (25, false));
        let found = ann.page(&format!("{INBOX}?subject=O-7&state=done&feed=orders")).await;
        assert_eq!(found.all("tbody tr").len(), 1);
        assert_eq!(found.all(".chip"), ["Done", "Shop backend", "About O-7"]);
        for nothing in ["state=failed", "feed=emporix", "subject=O-99", "older=0", "newer=z"] {
            assert!(ann.page(&format!("{INBOX}?{nothing}")).await.all("tbody tr").is_empty(), "{nothing}");
        }
        let part = ann.with_htmx("inbox-list").page(&format!("{INBOX}?subject=O-7&state=")).await;
        assert_eq!(part.header("hx-push-url"), format!("{INBOX}?subject=O-7"));
    }

    async fn events_of_another_tenant_are_nowhere(app, _clock) {
        let (_site, ann) = acme(app).await;
        make_tenant(app, "other", "Other").await;
        let caller = Caller { tenant: tenant("other"), actor: Actor::system("test") };
        let secret = WebhookSecret::parse(&secrets::add(app, &caller, Feed::Orders, None).await.unwrap()).unwrap();
        let (event, at_secs) = (order("O-1", "main"), app.now().micros() / 1_000_000);
        let body = event.to_string();
        let signature = secret.sign(Message { id: "m1", at_secs, body: body.as_bytes() });
        let standard = Some(("m1", at_secs, signature.as_str()));
        let arrival = Arrival { feed: Feed::Orders, standard, platform: None, named: None, bytes: body.as_bytes() };
        let kept = feeds::receive(app, &tenant("other"), arrival, event.as_object().unwrap()).await.unwrap();
        assert_eq!(ann.get(&format!("{INBOX}/{}", kept.event_id)).await.status, 404);
        let retry = format!("{INBOX}/{}/retry", kept.event_id);
        assert_eq!(ann.post(&retry, &[("csrf", &ann.token().await)]).await.status, 404);
        assert!(ann.page(INBOX).await.has(".empty"));
    }
}
