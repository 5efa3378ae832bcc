//! Adjustments above a limit: asked for on the customer's page, decided by somebody else, without and with htmx.

use guerdon::domain::role::Role;

use super::{
    common::on_both,
    desk::{C1, add, adjust, balance, employee, take},
    visitor::{Answer, Visitor, acme},
};

const APPROVALS: &str = "/admin/acme/approvals";

/// The request that waits for the customer, as its page links to it.
async fn waiting(visitor: &Visitor) -> String {
    visitor.page(C1).await.attribute("#main .banner a", "href")
}

async fn ask(visitor: &Visitor, fields: &[(&str, &str)]) -> Answer {
    // Also of a customer without an account, whose page says that there is none.
    let page = visitor.get(C1).await;
    let usual = [("reason", "goodwill"), ("points", "1500")];
    let usual = usual.into_iter().filter(|(name, _)| fields.iter().all(|(own, _)| own != name));
    adjust(visitor, &page, C1, &usual.chain(fields.iter().copied()).collect::<Vec<_>>()).await
}

on_both! {
    async fn an_adjustment_above_the_limit_is_asked_for_and_approved(app, _clock) {
        let (site, ann) = acme(app).await;
        let tim = employee(app, &site, "Tim", Role::Agent).await;
        let lena = employee(app, &site, "Lena", Role::Manager).await;
        add(app, "C1", 10, None).await;
        assert!(lena.page(APPROVALS).await.one(".empty").contains("Nothing to decide"));
        let fields = [("points", "1500"), ("note", "Sorry"), ("private_note", "<b>twice</b>"), ("act", "preview")];
        let preview = ask(&tim, &fields).await;
        let told = preview.one("#preview");
        assert!(told.contains("1,510") && told.contains("Ann Archer or Lena"), "{told}");
        let notes = [("note", "Sorry"), ("private_note", "<b>twice</b>")];
        assert_eq!(adjust(&tim, &preview, C1, &notes).await.location(), C1);
        assert_eq!(adjust(&tim, &preview, C1, &notes).await.location(), C1, "sent twice, asked once");
        assert_eq!(balance(app, "C1").await, Some(10));
        let page = tim.page(C1).await;
        assert!(page.all(".toast").iter().all(|toast| toast.starts_with("Approval asked for")));
        assert!(page.one("#main .banner").contains("Tim asked to add 1,500 points"), "{}", page.one("#main .banner"));
        let request = waiting(&tim).await;

        for (visitor, count) in [(&tim, None), (&lena, Some("1")), (&ann, Some("1"))] {
            let nav = visitor.page(APPROVALS).await.all("#nav .count [aria-hidden]");
            assert_eq!(nav.first().map(String::as_str), count);
        }
        let own = tim.page(&request).await;
        assert!(own.one("main").contains("Ann Archer or Lena can decide") && !own.has("button[value=approve]"));
        let token = tim.token().await;
        assert_eq!(tim.post(&request, &[("csrf", &token), ("act", "approve")]).await.status, 403);
        // An employee's session is nothing to the API.
        let json = [("content-type", "application/json")];
        let path = "/reward-points/customer/C1/addPoints";
        let answer = tim.send(reqwest::Method::POST, path, &json, "{\"points\": 5000}".to_owned()).await;
        assert_eq!((answer.status.as_u16(), balance(app, "C1").await), (401, Some(10)));

        let list = lena.page(APPROVALS).await;
        let row = list.one("tbody tr");
        for part in ["Add 1,500 points", "C1", "Tim", "Goodwill", "today"] {
            assert!(row.contains(part), "{part}: {row}");
        }
        assert_eq!(list.attribute("tbody th a", "href"), request);
        let page = lena.page(&request).await;
        let told = page.one("main");
        assert!(told.contains("Sorry") && told.contains("<b>twice</b>") && !page.text.contains("<b>twice"), "{told}");
        assert_eq!(page.all(".preview dd"), ["10", "1,510"]);
        assert_eq!(lena.submit(&page, &request, &[("act", "approve"), ("note", "Fine")]).await.location(), request);
        assert_eq!(balance(app, "C1").await, Some(1_510));
        let page = lena.page(&request).await;
        assert!(page.one(".toast").contains("Request approved") && page.one("main").contains("Fine"));
        assert!(!page.has("button[value=approve]"));
        assert_eq!(ann.post(&request, &[("csrf", &ann.token().await), ("act", "approve")]).await.status, 409);
        assert_eq!(balance(app, "C1").await, Some(1_510));

        let entry = tim.page(C1).await.attribute("#entry-2 .main a", "href");
        let told = tim.page(&entry).await.one(".facts");
        assert!(told.contains("by Tim") && told.contains("Approved by Lena"), "{told}");
        assert!(!told.contains("approval") && !tim.page(C1).await.has("#main .banner"), "{told}");
        assert_eq!(lena.page(&format!("{APPROVALS}?state=approved")).await.all("tbody tr").len(), 1);
        assert!(ann.page("/admin/acme/audit-log?kind=approval").await.all("tbody tr").len() >= 2);
    }

    async fn undoing_above_the_limit_is_asked_for_too(app, _clock) {
        let (site, ann) = acme(app).await;
        let tim = employee(app, &site, "Tim", Role::Agent).await;
        ask(&tim, &[]).await.location();
        let request = waiting(&ann).await;
        ann.submit(&ann.page(&request).await, &request, &[("act", "approve")]).await.location();
        let page = tim.page(C1).await;
        let undo = page.attribute("#entry-1 a.btn", "href");
        let asked = tim.page(&undo).await;
        assert!(asked.one("main").contains("above your limit of 1,000 points"), "{}", asked.one("main"));
        assert_eq!(tim.submit(&asked, &undo, &[]).await.location(), C1);
        assert_eq!(balance(app, "C1").await, Some(1_500), "not undone yet");
        assert!(tim.page(C1).await.one(".toast").starts_with("Approval asked for"));
        let request = waiting(&ann).await;
        let page = ann.page(&request).await;
        assert_eq!(page.all(".preview dd"), ["1,500", "0"]);
        ann.submit(&page, &request, &[("act", "approve")]).await.location();
        assert_eq!(balance(app, "C1").await, Some(0));
    }

    async fn declining_needs_a_reason_and_withdrawing_the_asker(app, _clock) {
        let (site, ann) = acme(app).await;
        let tim = employee(app, &site, "Tim", Role::Agent).await;
        let toni = employee(app, &site, "Toni", Role::Agent).await;
        ask(&tim, &[]).await.location();
        let request = waiting(&tim).await;
        let page = ann.page(&request).await;
        let refused = ann.submit(&page, &request, &[("act", "decline"), ("note", "  ")]).await;
        assert_eq!((refused.status.as_u16(), refused.attribute(".error-summary a", "href")), (422, "#note".to_owned()));
        let refused = ann.with_htmx("main").submit(&page, &request, &[("act", "decline"), ("note", &"x".repeat(501))]).await;
        assert!(refused.status == 422 && !refused.text.contains("<html"));
        assert_eq!(ann.submit(&page, &request, &[("act", "decline"), ("note", "Ask the shop")]).await.location(), request);
        let told = tim.page(&request).await;
        assert!(told.one("main").contains("Ask the shop") && told.one("main").contains("Declined"));

        ask(&tim, &[]).await.location();
        let request = waiting(&tim).await;
        let withdraw = format!("{request}/withdraw");
        assert_eq!(toni.post(&withdraw, &[("csrf", &toni.token().await)]).await.status, 409);
        let page = tim.page(&request).await;
        assert_eq!(tim.submit(&page, &withdraw, &[]).await.status, 303);
        assert_eq!(ann.post(&request, &[("csrf", &ann.token().await), ("act", "approve")]).await.status, 409);
        assert_eq!(balance(app, "C1").await, None);
    }

    async fn what_cannot_be_booked_any_more_stays_open_with_the_reason(app, _clock) {
        let (site, ann) = acme(app).await;
        let tim = employee(app, &site, "Tim", Role::Agent).await;
        add(app, "C1", 1_600, None).await;
        ask(&tim, &[("direction", "remove")]).await.location();
        let request = waiting(&ann).await;
        let page = ann.page(&request).await;
        assert!(page.one("main").contains("Taken from"), "{}", page.one("main"));
        take(app, "C1", 200).await;
        let refused = ann.submit(&page, &request, &[("act", "approve"), ("note", "Yes")]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.one(".error-summary").contains("The customer has 1,400 points"), "{}", refused.text);
        assert_eq!(refused.one("#note").trim(), "Yes");
        assert_eq!(balance(app, "C1").await, Some(1_400));
        assert_eq!(ann.page(APPROVALS).await.all("tbody tr").len(), 1);
    }

    async fn without_anybody_to_decide_it_is_refused(app, _clock) {
        let (site, ann) = acme(app).await;
        let tim = employee(app, &site, "Tim", Role::Agent).await;
        let settings = "/admin/acme/settings";
        let form = ann.page(settings).await;
        ann.submit(&form, settings, &[("manager_limit", "1000"), ("admin_limit", "1200")]).await.location();
        let refused = ask(&tim, &[]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.one("#points-error").contains("nobody else in the team"), "{}", refused.text);
        assert!(!refused.has("#main .banner"));
    }
}
