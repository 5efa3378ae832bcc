//! Why employees add and remove points: managed in the back office, and chosen when points are adjusted.

use guerdon::{domain::role::Role, service::reasons};

use super::{
    common::on_both,
    desk::{C1, add, adjust, balance, employee},
    visitor::{Answer, acme, tenant},
};

const REASONS: &str = "/admin/acme/reasons";

/// What the list calls the reasons that are offered.
fn names(page: &Answer) -> Vec<String> {
    page.all("section[aria-labelledby=reasons-title] tbody th a")
}

on_both! {
    async fn reasons_are_added_changed_moved_and_archived(app, _clock) {
        let (site, ann) = acme(app).await;
        let max = employee(app, &site, "Max", Role::Manager).await;
        let page = max.page(REASONS).await;
        assert_eq!(names(&page), ["Birthday", "Goodwill", "Order correction", "Promotion", "Other"]);
        let new = max.page(&format!("{REASONS}/new")).await;
        let fields = [
            ("label", " Lost parcel "), ("direction", "add"), ("points", "1 000"), ("validity", "90"),
            ("validity_unit", "days"), ("note", "We are sorry"),
        ];
        assert_eq!(max.submit(&new, REASONS, &fields).await.location(), REASONS);
        let page = max.page(REASONS).await;
        assert!(page.one(".toast").contains("Reason added"));
        let row = page.all("section[aria-labelledby=reasons-title] tbody tr")[5].clone();
        for part in ["Lost parcel", "Adding", "1,000 points", "90 days", "We are sorry"] {
            assert!(row.contains(part), "{part}: {row}");
        }
        let up = format!("{REASONS}/lost_parcel/up");
        max.submit(&page, &up, &[]).await.location();
        let page = max.page(REASONS).await;
        assert_eq!(names(&page)[4..], ["Lost parcel", "Other"]);
        assert_eq!(max.submit(&page, &format!("{REASONS}/other/archive"), &[]).await.location(), REASONS);
        let page = max.page(REASONS).await;
        assert_eq!(names(&page).last().unwrap(), "Lost parcel");
        let undo = page.attribute(".toast form", "action");
        max.submit(&page, &undo, &[]).await.location();
        assert_eq!(names(&max.page(REASONS).await).last().unwrap(), "Other");

        // Two at once: the later one reads what the first one wrote.
        let form = max.page(&format!("{REASONS}/lost_parcel")).await;
        assert!(form.text.contains("lost_parcel") && form.has("#direction[value=add], [value=add][checked]"));
        ann.submit(&form, &format!("{REASONS}/lost_parcel"), &[("csrf", &ann.token().await), ("points", "2000")]).await.location();
        let stale = max.submit(&form, &format!("{REASONS}/lost_parcel"), &[("points", "3000")]).await;
        assert_eq!(stale.status, 409);
        assert_eq!(stale.all("#conflict tbody tr"), ["Points 2,000 3,000"]);
        assert_eq!(max.submit(&stale, &format!("{REASONS}/lost_parcel"), &[]).await.location(), REASONS);
        let kept = reasons::find(&app.db, &tenant("acme"), "lost_parcel").await.unwrap().unwrap();
        assert_eq!((kept.draft.points.unwrap().get(), kept.version), (3_000, 3));
    }

    async fn what_does_not_fit_comes_back_beside_its_field(app, _clock) {
        let (_site, ann) = acme(app).await;
        let new = ann.page(&format!("{REASONS}/new")).await;
        let long = "x".repeat(141);
        for (field, value) in [
            ("label", ""), ("label", &long), ("label", "a\nb"), ("direction", "sideways"), ("points", "-1"),
            ("points", "many"), ("validity", "0"), ("validity", "3661"), ("validity", "soon"), ("note", &long),
        ] {
            let all = [("label", "Lost"), ("direction", "add"), ("validity_unit", "days")];
            let fields: Vec<_> = all.into_iter().filter(|(name, _)| *name != field).chain([(field, value)]).collect();
            let refused = ann.submit(&new, REASONS, &fields).await;
            assert_eq!(refused.status, 422, "{field}={value}");
            assert_eq!(refused.attribute(".error-summary a", "href"), format!("#{field}"), "{value}");
            assert!(refused.has(&format!("#{field}-error")));
        }
        assert_eq!(reasons::list(&app.db, &tenant("acme")).await.unwrap().len(), 5);
        // Saved under its own name it keeps the name of every language.
        let form = ann.page(&format!("{REASONS}/goodwill")).await;
        ann.submit(&form, &format!("{REASONS}/goodwill"), &[("points", "50")]).await.location();
        let kept = reasons::find(&app.db, &tenant("acme"), "goodwill").await.unwrap().unwrap();
        assert_eq!((kept.draft.label, kept.draft.points.map(guerdon::domain::points::Points::get)), (None, Some(50)));
    }

    async fn a_reason_fills_in_what_it_brings_by_link_and_by_button(app, _clock) {
        let (_site, ann) = acme(app).await;
        add(app, "C1", 10, None).await;
        let form = ann.page(&format!("{REASONS}/birthday")).await;
        let fields = [("points", "150"), ("validity", "2"), ("validity_unit", "months"), ("note", "All the best!")];
        ann.submit(&form, &format!("{REASONS}/birthday"), &fields).await.location();
        let filled = |page: &Answer| {
            [page.attribute("#points", "value"), page.attribute("#valid_until", "value"), page.one("#note")]
        };
        let page = ann.page(&format!("{C1}?reason=birthday")).await;
        assert_eq!(filled(&page), ["150", "2027-03-15", "All the best!"]);
        assert_eq!(page.one("[data-submit]"), "Add 150 points");
        let page = ann.page(&format!("{C1}?reason=birthday&points=70&note=Hi")).await;
        assert_eq!(filled(&page), ["70", "2027-03-15", "Hi"], "the address has the last word");
        let page = ann.page(C1).await;
        assert!(page.has("#reason option[value=goodwill][selected]") && filled(&page)[0].is_empty());
        let used = adjust(&ann, &page, C1, &[("reason", "birthday"), ("act", "use"), ("direction", "remove")]).await;
        assert_eq!(used.status, 200);
        assert_eq!(filled(&used), ["150", "2027-03-15", "All the best!"]);
        assert!(used.has("input[value=add][checked]"), "birthdays are for adding");
        assert_eq!(balance(app, "C1").await, Some(10), "filling in changes nothing");
        let preview = adjust(&ann, &used, C1, &[("act", "preview")]).await;
        assert!(preview.one("#preview").contains("New lot 150 valid until 15 Mar 2027"), "{}", preview.one("#preview"));
        assert_eq!(adjust(&ann, &used, C1, &[]).await.location(), C1);
        assert_eq!(balance(app, "C1").await, Some(160));

        let refused = adjust(&ann, &page, C1, &[("reason", "birthday"), ("direction", "remove"), ("points", "5")]).await;
        assert!(refused.one("#reason-error").contains("is for adding points"), "{}", refused.text);
        ann.submit(&ann.page(REASONS).await, &format!("{REASONS}/birthday/archive"), &[]).await.location();
        let page = ann.page(C1).await;
        assert!(!page.has("#reason option[value=birthday]"));
        assert_eq!(page.all(".ledger .main")[0], "Birthday", "entries keep their reason");
        let refused = adjust(&ann, &page, C1, &[("reason", "birthday"), ("points", "5")]).await;
        assert_eq!(refused.status, 422);
    }

    async fn the_tenants_own_words_stand_in_the_history(app, _clock) {
        let (_site, ann) = acme(app).await;
        add(app, "C1", 10, None).await;
        let page = ann.page(C1).await;
        adjust(&ann, &page, C1, &[("reason", "goodwill"), ("points", "5")]).await.location();
        assert_eq!(ann.page(C1).await.all(".ledger .main")[0], "Goodwill");
        let form = ann.page(&format!("{REASONS}/goodwill")).await;
        ann.submit(&form, &format!("{REASONS}/goodwill"), &[("label", "<b>Sorry</b>")]).await.location();
        let page = ann.page(C1).await;
        assert_eq!(page.all(".ledger .main")[0], "<b>Sorry</b>");
        assert_eq!(page.one("#reason option[value=goodwill]"), "<b>Sorry</b>");
        assert!(ann.page("/admin/acme/ledger").await.text.contains("&lt;b&gt;Sorry") || ann.page("/admin/acme/ledger").await.text.contains("&#60;b&#62;Sorry"));
    }
}
