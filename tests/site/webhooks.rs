//! Webhook endpoints: made, changed, paused, deleted; what is sent to them, and sending it again.

use std::{sync::Arc, time::Duration};

use guerdon::{app::App, config::Settings};

use super::{
    common::{
        on_both,
        receiver::{Manner, Receiver},
        wait,
    },
    visitor::{Answer, Visitor, acme},
};

const HOME: &str = "/admin/acme/webhooks";

/// The same Guerdon, which sends anywhere.
fn open(app: &App) -> App {
    let settings = Settings { webhooks_allow_private: Some(true), ..app.settings.as_ref().clone() };
    App { settings: Arc::new(settings), ..app.clone() }
}

/// Makes an endpoint; its page, and its secret.
async fn make(ann: &Visitor, url: &str) -> (String, String) {
    let page = ann.page(&format!("{HOME}/new")).await;
    let fields = [("url", url), ("description", "Newsletter <b>"), ("event_types", "points.added")];
    let made = ann.submit(&page, HOME, &fields).await;
    assert_eq!(made.status, 201, "{}", made.text);
    (made.attribute(".form-actions a", "href"), made.one(".secret .code"))
}

/// Waits until the newest delivery is told of like this.
async fn wait_for(ann: &Visitor, state: &str) -> Answer {
    wait::until(&format!("a delivery is {state}"), Duration::from_secs(30), async || {
        let page = ann.page(&format!("{HOME}/deliveries")).await;
        page.all("tbody .badge").first().is_some_and(|found| found == state).then_some(page)
    })
    .await
}

on_both! {
    async fn an_endpoint_is_made_changed_paused_and_deleted(app, _clock) {
        let (_site, ann) = acme(&open(app)).await;
        let receiver = Receiver::start();
        assert!(ann.page(HOME).await.one(".empty").contains("Let your programs know"));
        let (link, secret) = make(&ann, &receiver.url()).await;
        assert!(secret.starts_with("whsec_"), "{secret}");
        let page = ann.page(HOME).await;
        assert_eq!(page.one("tbody th a"), "Newsletter <b>");
        assert_eq!(page.one("tbody .badge"), "Active");
        let page = ann.page(&link).await;
        assert!(!page.text.contains(&secret) && page.text.contains("by Ann Archer") && !page.text.contains("<b>\""));
        let fields = [("version", "1"), ("url", &receiver.url()), ("description", "Shop"), ("event_types", "points.redeemed")];
        assert_eq!(ann.submit(&page, &link, &fields).await.location(), link);
        let page = ann.page(&link).await;
        assert_eq!(page.one("h1"), "Shop");
        // The same form again is one of an old version.
        let stale = ann.submit(&page, &link, &[("version", "1"), ("url", &receiver.url()), ("description", "Other"), ("event_types", "points.added")]).await;
        assert_eq!(stale.status, 409);
        assert!(stale.one("#conflict").contains("Somebody changed this endpoint"));
        ann.submit(&page, &format!("{link}/pause"), &[]).await;
        let page = ann.page(&link).await;
        assert_eq!(page.one(".page-head .badge"), "Paused");
        ann.submit(&page, &format!("{link}/resume"), &[]).await;
        assert_eq!(ann.page(&link).await.one(".page-head .badge"), "Active");
        let asked = ann.page(&format!("{link}/rotate")).await;
        let made = ann.submit(&asked, &format!("{link}/rotate"), &[]).await;
        assert_eq!(made.status, 201);
        assert_ne!(made.one(".secret .code"), secret);
        let page = ann.page(&link).await;
        assert!(page.text.contains("Two secrets sign until"));
        ann.submit(&page, &format!("{link}/drop-old-secret"), &[]).await;
        assert!(!ann.page(&link).await.text.contains("Two secrets sign until"));
        let asked = ann.page(&format!("{link}/delete")).await;
        assert_eq!(asked.one("#dialog-title"), "Delete the endpoint Shop?");
        assert_eq!(ann.submit(&asked, &format!("{link}/delete"), &[]).await.location(), HOME);
        assert_eq!(ann.get(&link).await.status, 404);
        let log = ann.page("/admin/acme/audit-log").await;
        for action in ["Webhook created", "Webhook changed", "Webhook paused", "Webhook resumed", "Secret of webhook changed",
            "Old secret of webhook ended", "Webhook deleted"] {
            assert!(log.text.contains(action), "{action}");
        }
        assert!(!log.text.contains("whsec_"));
    }

    async fn an_address_that_does_not_fit_is_told_beside_its_field(app, _clock) {
        let (_site, ann) = acme(app).await;
        let page = ann.page(&format!("{HOME}/new")).await;
        for (url, tells) in [
            ("", "Give an address"),
            ("http://shop.example.com/", "https://"),
            ("https://169.254.169.254/latest", "public internet"),
            ("https://2130706433/", "public internet"),
            ("https://user@shop.example.com/", "Leave out the user"),
        ] {
            let refused = ann.submit(&page, HOME, &[("url", url), ("description", "Kept"), ("event_types", "points.added")]).await;
            assert_eq!(refused.status, 422, "{url}");
            assert!(refused.one("#url-error").contains(tells), "{url}: {}", refused.one("#url-error"));
            assert_eq!(refused.attribute("#url", "value"), url);
            assert_eq!(refused.attribute("#description", "value"), "Kept");
        }
        let page = ann.page(&format!("{HOME}/new")).await;
        let none = ann.post(HOME, &[("csrf", &page.attribute("main [name=csrf]", "value")), ("url", "https://8.8.8.8/")]).await;
        assert!(none.one("#event_types-error, .error").contains("Choose at least one event"), "{}", none.text);
    }

    async fn what_is_sent_can_be_looked_at_and_sent_again(app, _clock) {
        let (_site, ann) = acme(&open(app)).await;
        let receiver = Receiver::start();
        receiver.usually(Manner::AnswerWith(500, "x-why: it is night\r\n"));
        let (link, _) = make(&ann, &receiver.url()).await;
        let page = ann.page(&link).await;
        let sent = ann.submit(&page, &format!("{link}/test"), &[]).await;
        assert!(sent.location().starts_with(&format!("{HOME}/deliveries?endpoint=")));
        let page = wait_for(&ann, "Trying again").await;
        assert_eq!(ann.page(&link).await.one(".page-head .badge"), "Failing");
        let delivery = page.attribute("tbody th a", "href");
        let page = ann.page(&delivery).await;
        assert_eq!(page.one("h1"), "webhook.test");
        assert!(page.all("tbody td")[0].contains("Answered 500") && page.all("tbody td")[0].contains("told"));
        assert!(page.all("pre").iter().any(|text| text.contains("webhook-signature: v1,")));
        receiver.usually(Manner::Answer(200));
        ann.submit(&page, &format!("{delivery}/again"), &[]).await;
        wait_for(&ann, "Delivered").await;
        let page = ann.page(&delivery).await;
        assert_eq!(page.all("tbody tr").len(), 2);
        assert_eq!(ann.page(&link).await.one(".page-head .badge"), "Active");
        for (query, rows) in [("state=delivered", 1), ("state=parked", 0), ("event=points.added", 0), ("endpoint=none", 0)] {
            let page = ann.page(&format!("{HOME}/deliveries?{query}")).await;
            assert_eq!(page.all("tbody tr").len(), rows, "{query}");
            assert!(page.has(".chip"), "{query}");
        }
        let asked = ann.page(&format!("{link}/send-parked")).await;
        assert!(asked.one("#dialog-title").starts_with("Send 0 parked events"));
        assert_eq!(ann.submit(&asked, &format!("{link}/send-parked"), &[]).await.location(), link);
    }
}
