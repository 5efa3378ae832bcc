//! A customer's page: points added and taken back, redeemed, explained; with and without htmx.

use guerdon::domain::role::Role;
use reqwest::Method;

use super::{
    common::on_both,
    desk::{C1, add, adjust, balance, employee, offer, order},
    visitor::{Answer, Visitor, acme},
};

const BIRTHDAY: [(&str, &str); 3] = [("points", "100"), ("reason", "birthday"), ("note", "Happy birthday!")];

/// What the page says can be spent.
fn shown_balance(page: &Answer) -> String {
    page.one(".strip .lead .pts")
}

/// What each entry of the history is called, the newest first.
fn titles(page: &Answer) -> Vec<String> {
    page.all(".ledger .main")
}

/// How an entry of the history explains itself, on a page of its own and in its place.
async fn details(visitor: &Visitor, page: &Answer, entry: &str) -> String {
    let link = page.attribute(&format!("{entry} .main a"), "href");
    assert_eq!(page.attribute(&format!("{entry} details"), "data-hx-get"), link);
    assert_eq!(page.attribute(&format!("{entry} details a"), "href"), link, "without scripts it is a link");
    let part = visitor
        .send(
            Method::GET,
            &link,
            &[("hx-request", "true"), ("hx-target", &entry.replace("#entry", "about"))],
            String::new(),
        )
        .await;
    let told = part.one(".facts");
    assert!(!part.text.contains("<main"), "{}", part.text);
    assert_eq!(visitor.page(&link).await.one(".facts"), told);
    told
}

async fn birthday(visitor: &Visitor) -> Answer {
    let page = visitor.page(C1).await;
    let sent = adjust(visitor, &page, C1, &BIRTHDAY).await;
    assert_eq!(sent.location(), C1);
    visitor.page(C1).await
}

on_both! {
    async fn points_are_added_for_a_birthday_and_taken_back(app, _clock) {
        let (_site, ann) = acme(app).await;
        add(app, "C1", 50, Some("B7016240")).await;
        let page = birthday(&ann).await;
        assert_eq!(shown_balance(&page), "150 points");
        assert_eq!(titles(&page), ["Birthday", "Points added"]);
        assert_eq!(page.all(".ledger .amount"), ["+100", "+50"]);
        let entry = details(&ann, &page, "#entry-2").await;
        for part in ["Happy birthday!", "Ann Archer", "in the back office", "100 of 100 points", "Valid until"] {
            assert!(entry.contains(part), "{part}: {entry}");
        }
        assert!(page.one(".toast").starts_with("Points added"));
        let undo = page.attribute(".toast form", "action");
        assert_eq!(page.attribute("#entry-2 a.btn", "href"), undo);

        let back = ann.submit(&page, &undo, &[]).await;
        assert_eq!(back.location(), C1);
        let page = ann.page(C1).await;
        assert_eq!(shown_balance(&page), "50 points");
        assert_eq!(titles(&page), ["Addition undone", "Birthday", "Points added"]);
        assert!(page.all("#entry-2")[0].contains("Undone") && details(&ann, &page, "#entry-2").await.contains("by Ann Archer"));
        assert!(details(&ann, &page, "#entry-3").await.contains("Added 100 points"));
        assert!(!page.has("#entry-2 a.btn") && !page.has("#entry-3 a.btn"));

        // The same button once more finds it done.
        let token = ann.token().await;
        assert_eq!(ann.post(&undo, &[("csrf", &token)]).await.location(), C1);
        let page = ann.page(C1).await;
        assert_eq!((shown_balance(&page).as_str(), page.one(".toast").as_str()), ("50 points", "Undone already"));
    }

    async fn the_points_of_an_order_explain_themselves(app, _clock) {
        let (_site, ann) = acme(app).await;
        order(app, "C1", "B7016240").await;
        let page = ann.page(C1).await;
        assert_eq!(titles(&page), ["Order B7016240 returned", "Order B7016240"]);
        assert_eq!(page.all(".ledger .amount"), ["\u{2212}52", "+104"]);
        let entry = details(&ann, &page, "#entry-1").await;
        let sum = "119.00 gross - 4.90 shipping - 10.00 discount = 104.10 x 1 = 104.1, rounded down: 104";
        for part in ["Worked out in EUR", sum, "Version 1", "52 of 104 points"] {
            assert!(entry.contains(part), "{part}: {entry}");
        }
        assert!(ann.get("/admin/acme/customers?q=B7016240").await.location().starts_with(C1));
    }

    async fn undoing_asks_first_and_says_what_it_does(app, _clock) {
        let (_site, ann) = acme(app).await;
        add(app, "C1", 50, None).await;
        let page = birthday(&ann).await;
        let undo = page.attribute("#entry-2 a.btn", "href");
        let asked = ann.page(&undo).await;
        assert_eq!(asked.one("h1"), "Take 100 points back from C1?");
        assert!(asked.one(".dialog-page").contains("from 150 to 50"), "{}", asked.text);
        assert_eq!(asked.attribute(".dialog-page a.btn", "href"), C1);
        let dialog = ann.with_htmx("dialog").page(&undo).await;
        assert!(!dialog.has("nav") && dialog.has("form[method=post]"));
        assert_eq!(balance(app, "C1").await, Some(150), "asking changes nothing");
        assert_eq!(ann.submit(&asked, &undo, &[]).await.location(), C1);
        assert_eq!(balance(app, "C1").await, Some(50));
        assert_eq!(ann.get(&undo).await.status, 409);
    }

    async fn with_htmx_the_same_form_gives_a_part_with_a_toast(app, _clock) {
        let (_site, ann) = acme(app).await;
        add(app, "C1", 50, None).await;
        let htmx = ann.with_htmx("main");
        let page = ann.page(C1).await;
        let part = adjust(&htmx, &page, C1, &BIRTHDAY).await;
        assert_eq!(part.status, 200);
        assert!(!part.text.contains("<html") && part.has("title") && part.has("#adjust-form"));
        assert_eq!(part.header("hx-push-url"), C1);
        assert!(part.one("[data-hx-swap-oob]").contains("Points added"));
        assert_eq!(shown_balance(&part), "150 points");
        let refused = adjust(&htmx, &part, C1, &[("points", "-5")]).await;
        assert_eq!(refused.status, 422);
        assert!(!refused.text.contains("<html") && refused.has(".error-summary"));
        let history = ann.with_htmx("history").page(&format!("{C1}?show=added")).await;
        assert!(history.has("#history") && !history.has("#adjust"), "{}", history.text);
    }

    async fn a_form_that_is_sent_twice_books_once(app, _clock) {
        let (_site, ann) = acme(app).await;
        add(app, "C1", 50, None).await;
        let page = ann.page(C1).await;
        for _ in 0..2 {
            assert_eq!(adjust(&ann, &page, C1, &BIRTHDAY).await.location(), C1);
        }
        let both = tokio::join!(adjust(&ann, &page, C1, &BIRTHDAY), adjust(&ann, &page, C1, &BIRTHDAY));
        assert_eq!((both.0.status.as_u16(), both.1.status.as_u16()), (303, 303));
        assert_eq!(balance(app, "C1").await, Some(150));
        let shown = ann.page(C1).await;
        assert_eq!(titles(&shown).len(), 2);
        assert!(shown.all(".toast").iter().all(|toast| toast.starts_with("Points added")));

        // The same form with other values is not the same.
        let refused = adjust(&ann, &page, C1, &[("points", "7"), ("reason", "goodwill")]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.one("#act").contains("sent before"), "{}", refused.text);
        assert_eq!(refused.attribute("#points", "value"), "7");
        assert_eq!(balance(app, "C1").await, Some(150));
        assert_eq!(adjust(&ann, &refused, C1, &[]).await.location(), C1);
        assert_eq!(balance(app, "C1").await, Some(157));
    }

    async fn removing_more_than_there_is_names_what_there_is(app, _clock) {
        let (_site, ann) = acme(app).await;
        add(app, "C1", 1_153, None).await;
        let page = ann.page(C1).await;
        let fields = [("direction", "remove"), ("points", "2,000"), ("reason", "other"), ("reference", "B1")];
        let refused = adjust(&ann, &page, C1, &fields).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("<title>Error: "));
        assert!(refused.one("#points-error").contains("The customer has 1,153 points."), "{}", refused.text);
        assert_eq!(refused.attribute(".error-summary a", "href"), "#points");
        assert_eq!(refused.attribute("#points", "aria-invalid"), "true");
        assert_eq!((refused.attribute("#points", "value"), refused.attribute("#reference", "value")), ("2,000".into(), "B1".into()));
        assert!(refused.has("input[value=remove][checked]") && refused.has("#reason option[value=other][selected]"));
        assert_eq!(balance(app, "C1").await, Some(1_153));
        let done = adjust(&ann, &refused, C1, &[("points", " 1 153 ")]).await;
        assert_eq!(done.location(), C1);
        let page = ann.page(C1).await;
        assert_eq!((shown_balance(&page).as_str(), page.all(".ledger .amount")[0].as_str()), ("0 points", "−1,153"));
        let told = details(&ann, &page, "#entry-2").await;
        assert!(told.contains("1,153 of Added"), "tells the lot: {told}");

        let undo = page.attribute(".toast form", "action");
        ann.submit(&page, &undo, &[]).await.location();
        assert_eq!(balance(app, "C1").await, Some(1_153));
    }

    async fn every_wrong_field_is_named_and_nothing_is_changed(app, _clock) {
        let (_site, ann) = acme(app).await;
        add(app, "C1", 10, None).await;
        let page = ann.page(C1).await;
        let long = "x".repeat(141);
        for (field, value) in [
            ("points", ""), ("points", "0"), ("points", "-5"), ("points", "1.5"), ("points", "ten"),
            ("points", "1000000001"), ("reason", "because"), ("direction", "sideways"), ("note", &long),
            ("note", "a\u{7}b"), ("reference", "a\nb"), ("valid_until", "yesterday"), ("valid_until", "2027-01-15"),
            ("valid_until", "2020-01-01"), ("valid_until", "99999-01-01"), ("site", "nowhere"),
        ] {
            let others = [("points", "5"), ("reason", "goodwill")];
            let fields: Vec<_> = others.into_iter().filter(|(name, _)| *name != field).chain([(field, value)]).collect();
            let refused = adjust(&ann, &page, C1, &fields).await;
            assert_eq!(refused.status, 422, "{field}={value}");
            assert!(refused.text.contains(&format!("id=\"{field}-error\"")) || field == "site", "{field}={value}");
            assert_eq!(refused.attribute(".error-summary a", "href"), format!("#{field}"));
        }
        assert_eq!(balance(app, "C1").await, Some(10));
        assert_eq!(ann.post(&format!("{C1}/adjust"), &[("points", "5")]).await.status, 403, "without the token");
    }

    async fn an_agent_has_a_limit(app, _clock) {
        let (site, ann) = acme(app).await;
        let tim = employee(app, &site, "Tim", Role::Agent).await;
        let lena = employee(app, &site, "Lena", Role::Manager).await;
        add(app, "C1", 10, None).await;
        let page = tim.page(C1).await;
        assert!(page.one("#points-hint").starts_with("Up to 1,000 points at once."));
        assert_eq!(adjust(&tim, &page, C1, &[("points", "1000"), ("reason", "goodwill")]).await.location(), C1);
        let page = lena.page(C1).await;
        assert_eq!(adjust(&lena, &page, C1, &[("points", "5000"), ("reason", "goodwill")]).await.location(), C1);
        assert_eq!(balance(app, "C1").await, Some(6_010));

        // An agent undoes what they did themselves; a manager undoes anything.
        let page = tim.page(C1).await;
        assert!(page.has("#entry-2 a.btn") && !page.has("#entry-3 a.btn") && !page.has("#entry-1 a.btn"));
        let undo = lena.page(C1).await.attribute("#entry-3 a.btn", "href");
        let refused = tim.get(&undo).await;
        assert_eq!(refused.status, 403);
        assert!(refused.one("main").contains("Lena"));
        let token = tim.token().await;
        assert_eq!(tim.post(&undo, &[("csrf", &token)]).await.status, 403);
        assert_eq!(balance(app, "C1").await, Some(6_010));
        for (visitor, entry) in [(&tim, "#entry-2"), (&ann, "#entry-3")] {
            let page = visitor.page(C1).await;
            let undo = page.attribute(&format!("{entry} a.btn"), "href");
            let asked = visitor.page(&undo).await;
            assert_eq!(visitor.submit(&asked, &undo, &[]).await.location(), C1);
        }
        assert_eq!(balance(app, "C1").await, Some(10));
    }

    async fn points_that_are_spent_cannot_be_taken_again(app, _clock) {
        let (_site, ann) = acme(app).await;
        let page = ann.get(C1).await;
        adjust(&ann, &page, C1, &BIRTHDAY).await.location();
        let undo = ann.page(C1).await.attribute("#entry-1 a.btn", "href");
        crate::desk::take(app, "C1", 80).await;
        let refused = ann.get(&undo).await;
        assert_eq!(refused.status, 409);
        assert!(refused.one("main").contains("C1 has 20 points left, so 100 points cannot be taken back."));
        let token = ann.token().await;
        let refused = ann.post(&undo, &[("csrf", &token)]).await;
        assert_eq!(refused.status, 409);
        assert_eq!(balance(app, "C1").await, Some(20));
    }

    async fn a_change_is_previewed_before_it_is_made(app, _clock) {
        let (_site, ann) = acme(app).await;
        add(app, "C1", 100, None).await;
        let htmx = ann.with_htmx("preview");
        let part = htmx.page(&format!("{C1}/preview?direction=remove&points=30")).await;
        assert_eq!(part.all(".preview dd"), ["100", "70"]);
        assert!(part.text.contains("Taken from") && !part.text.contains("<html"));
        let part = htmx.page(&format!("{C1}/preview?direction=add&points=1,000")).await;
        assert_eq!(part.all(".preview dd"), ["100", "1,100"]);
        let part = htmx.page(&format!("{C1}/preview?direction=remove&points=101")).await;
        assert!(part.one(".error").contains("The customer has 100 points."));
        let part = htmx.page(&format!("{C1}/preview?direction=remove&points=x")).await;
        assert_eq!(part.all(".preview dd"), ["100", "100"]);

        let page = ann.page(C1).await;
        let fields = [("direction", "remove"), ("points", "30"), ("reason", "goodwill"), ("act", "preview")];
        let shown = adjust(&ann, &page, C1, &fields).await;
        assert_eq!(shown.status, 200);
        assert_eq!(shown.all(".preview dd"), ["100", "70"]);
        assert_eq!(shown.attribute("#points", "value"), "30");
        assert_eq!(balance(app, "C1").await, Some(100));
        assert_eq!(adjust(&ann, &shown, C1, &[]).await.location(), C1);
        assert_eq!(balance(app, "C1").await, Some(70));
    }

    async fn a_link_fills_in_the_form_and_sends_nothing(app, _clock) {
        let (_site, ann) = acme(app).await;
        add(app, "C1", 10, None).await;
        let page = ann.page(&format!("{C1}?reason=birthday&points=100")).await;
        assert_eq!(page.attribute("#points", "value"), "100");
        assert!(page.has("#reason option[value=birthday][selected]"));
        assert_eq!(balance(app, "C1").await, Some(10));
        let page = ann.page(&format!("{C1}?reason=%3Cscript%3E&points=%22%3E%3Cimg")).await;
        assert_eq!(page.attribute("#points", "value"), "\"><img");
        assert!(!page.has("img"));
    }

    async fn points_are_redeemed_for_a_customer_and_the_code_is_shown(app, _clock) {
        let (_site, ann) = acme(app).await;
        let voucher = offer(app, "5 euro voucher", 500).await;
        offer(app, "Too dear", 9_000).await;
        add(app, "C1", 1_153, None).await;
        let page = ann.page(C1).await;
        assert!(page.one(".strip .lead").contains("worth up to €11.53"));
        let page = ann.page(&format!("{C1}/redeem")).await;
        assert!(page.one(".choices").contains("7,847 points to go"), "{}", page.text);
        let option = format!("{C1}/redeem/{voucher}");
        assert_eq!(page.attribute(".choices a", "href"), option);
        let asked = ann.page(&option).await;
        assert_eq!(asked.all(".preview dd"), ["1,153", "653"]);
        assert_eq!(balance(app, "C1").await, Some(1_153), "asking changes nothing");
        let done = ann.submit(&asked, &option, &[]).await;
        let entry = done.location().to_owned();
        let again = ann.submit(&asked, &option, &[]).await;
        assert_eq!(again.location(), entry, "sent twice, redeemed once");
        assert_eq!(balance(app, "C1").await, Some(653));
        let page = ann.page(&entry).await;
        let code = page.one("#coupon-code");
        assert_eq!(page.attribute("[data-copy]", "data-copy"), code);
        assert!(page.all(".toast").iter().all(|toast| toast == "Points redeemed"));
        assert!(page.one("main").contains("500 of Added"), "tells the lot: {}", page.text);
        let page = ann.page(C1).await;
        assert_eq!(titles(&page)[0], "Redeemed: 5 euro voucher");
        assert!(page.all("#entry-2")[0].contains(&code) && page.all("#entry-2")[0].contains("Not used yet"));
        assert_eq!(ann.get(&format!("/admin/acme/customers?q={code}")).await.location(), C1);

        // While the coupon is not used the exchange can be cancelled.
        let cancel = page.attribute("#entry-2 a.btn", "href");
        let asked = ann.page(&cancel).await;
        assert!(asked.one("h1").contains(&code) && asked.one("h1").contains("500 points"));
        assert_eq!(ann.submit(&asked, &cancel, &[]).await.location(), C1);
        let page = ann.page(C1).await;
        assert_eq!((shown_balance(&page).as_str(), titles(&page)[0].as_str()), ("1,153 points", "Redemption cancelled"));
        assert!(page.all("#entry-2")[0].contains("Cancelled") && !page.has("#entry-2 a.btn"));
        assert_eq!(ann.get(&cancel).await.status, 409);
        assert_eq!(ann.get(&format!("{C1}/redeem/none")).await.status, 404);
    }

    async fn a_customer_without_an_account_gets_one(app, _clock) {
        let (site, ann) = acme(app).await;
        let vera = employee(app, &site, "Vera", Role::Viewer).await;
        let page = ann.get(C1).await;
        assert_eq!(page.status, 404);
        assert!(page.one("#main .empty h2").contains("No points account"));
        assert!(!vera.get(C1).await.has("main form"));
        assert_eq!(ann.submit(&page, &format!("{C1}/open"), &[]).await.location(), C1);
        let page = ann.page(C1).await;
        assert_eq!((shown_balance(&page).as_str(), page.one(".toast").as_str()), ("0 points", "Account opened"));

        let form = ann.page("/admin/acme/open-account").await;
        let refused = ann.submit(&form, "/admin/acme/open-account", &[("customer", "C1"), ("name", "Mara")]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.one("#customer-error").contains("has an account already"));
        let refused = ann.submit(&form, "/admin/acme/open-account", &[("customer", ""), ("email", "x")]).await;
        assert_eq!(refused.all(".error").len(), 2);
        let fields = [("customer", " C2 "), ("name", "Mara Lindqvist"), ("email", "Mara@Example.com")];
        let done = ann.submit(&form, "/admin/acme/open-account", &fields).await;
        assert_eq!(done.location(), "/admin/acme/customers/C2");
        assert_eq!(ann.page("/admin/acme/customers/C2").await.one("h1"), "Mara Lindqvist");
    }

    async fn every_id_of_a_customer_has_a_page(app, _clock) {
        let (_site, ann) = acme(app).await;
        let form = ann.page("/admin/acme/open-account").await;
        for id in [
            "a/b", "100%2F", "%", "<script>alert(1)</script>", "مرحبا ١٢٣", "\u{202e}C1", "..", ".", "~..", "?q#x&y=1",
            "a b", "C+1", "new", "💡", "'\"", "open",
        ] {
            let opened = ann.submit(&form, "/admin/acme/open-account", &[("customer", id)]).await;
            let base = opened.location().to_owned();
            let page = ann.page(&base).await;
            assert_eq!(page.one("h1"), id.split_whitespace().collect::<Vec<_>>().join(" "), "{id}");
            assert!(!page.text.contains("<script>alert"), "{id}");
            assert_eq!(adjust(&ann, &page, &base, &BIRTHDAY).await.location(), base, "{id}");
            assert_eq!(balance(app, id).await, Some(100), "{id}");
            let page = ann.page(&base).await;
            let undo = page.attribute("#entry-1 a.btn", "href");
            assert_eq!(ann.page(&undo).await.status, 200, "{id}");
            let entry = page.attribute("#entry-1 .main a", "href");
            assert!(ann.page(&entry).await.has("dl.facts"), "{id}");
            assert_eq!(ann.page(&format!("{base}/history.csv")).await.text.lines().count(), 2, "{id}");
            let list = ann.page("/admin/acme/customers").await;
            assert!(list.has(&format!("tbody a[href=\"{base}\"]")), "{id}: {}", list.text);
            assert_eq!(ann.submit(&page, &undo, &[]).await.location(), base, "{id}");
        }
    }

    async fn personal_data_is_kept_beside_the_ledger(app, _clock) {
        let (site, ann) = acme(app).await;
        let tim = employee(app, &site, "Tim", Role::Agent).await;
        add(app, "C1", 10, None).await;
        let page = tim.page(C1).await;
        let person = format!("{C1}/person");
        let wrong = [("name", "Mara"), ("email", "mara"), ("birthday", "22.11."), ("language", "German")];
        let refused = tim.submit(&page, &person, &wrong).await;
        assert_eq!(refused.status, 422);
        assert!(refused.has("details[open] #email-error") && refused.has("#birthday-error") && refused.has("#language-error"));
        assert_eq!(refused.attribute("#birthday", "value"), "22.11.");
        let right = [("name", "Mara Lindqvist"), ("email", "mara@example.com"), ("birthday", "1990-01-15"), ("language", "de")];
        assert_eq!(tim.submit(&refused, &person, &right).await.location(), C1);
        let page = tim.page(C1).await;
        assert_eq!(page.one("h1"), "Mara Lindqvist");
        // Today is 15 January.
        assert_eq!(page.attribute("#main .banner a", "href"), format!("{C1}?reason=birthday#adjust"));
        assert!(!page.has("a[href$='/erase']"));
        assert_eq!(tim.get(&format!("{C1}/erase")).await.status, 403);
        let asked = ann.page(&format!("{C1}/erase")).await;
        assert_eq!(ann.submit(&asked, &format!("{C1}/erase"), &[]).await.location(), C1);
        let page = ann.page(C1).await;
        assert_eq!((page.one("h1").as_str(), shown_balance(&page).as_str()), ("C1", "10 points"));
        assert!(!page.text.contains("Lindqvist") && !page.has("#main .banner"));
    }

    async fn an_account_is_closed_only_when_its_number_is_typed(app, _clock) {
        let (site, ann) = acme(app).await;
        let tim = employee(app, &site, "Tim", Role::Agent).await;
        add(app, "C1", 10, None).await;
        let close = format!("{C1}/close");
        assert!(!tim.page(C1).await.has(&format!("a[href='{close}']")));
        let page = ann.page(&close).await;
        assert!(page.one("form.form").contains("10 points are lost for good"));
        assert_eq!(ann.submit(&page, &close, &[("customer", "C2")]).await.status, 422);
        assert_eq!(balance(app, "C1").await, Some(10));
        assert_eq!(ann.submit(&page, &close, &[("customer", "C1")]).await.location(), C1);
        let page = ann.page(C1).await;
        assert_eq!((page.one(".who .badge").as_str(), titles(&page)[0].as_str()), ("Closed", "Account closed"));
        assert_eq!(balance(app, "C1").await, None);
        assert_eq!(ann.submit(&page, &format!("{C1}/open"), &[]).await.location(), C1);
        assert_eq!(balance(app, "C1").await, Some(0));
    }

    async fn a_viewer_reads_and_changes_nothing(app, _clock) {
        let (site, ann) = acme(app).await;
        let vera = employee(app, &site, "Vera", Role::Viewer).await;
        offer(app, "Voucher", 10).await;
        add(app, "C1", 50, None).await;
        birthday(&ann).await;
        let page = vera.page(C1).await;
        assert!(!page.has("main form") && !page.has("#adjust") && !page.has("#entry-2 a.btn"));
        assert_eq!(titles(&page), ["Birthday", "Points added"]);
        let undo = ann.page(C1).await.attribute("#entry-2 a.btn", "href");
        let token = vera.token().await;
        for (path, fields) in [
            (format!("{C1}/adjust"), vec![("points", "5"), ("reason", "goodwill"), ("direction", "add")]),
            (format!("{C1}/person"), vec![("name", "X")]),
            (format!("{C1}/open"), vec![]),
            (undo, vec![]),
        ] {
            let fields: Vec<_> = fields.into_iter().chain([("csrf", token.as_str())]).collect();
            let refused = vera.post(&path, &fields).await;
            assert_eq!(refused.status, 403, "{path}");
            assert!(refused.one("main").contains("Ann Archer"), "{path}");
        }
        assert_eq!(vera.get(&format!("{C1}/redeem")).await.status, 403);
        assert_eq!(balance(app, "C1").await, Some(150));
    }

    async fn a_long_history_has_pages_and_filters(app, _clock) {
        let (_site, ann) = acme(app).await;
        for _ in 0..30 {
            add(app, "C1", 10, None).await;
        }
        crate::desk::take(app, "C1", 45).await;
        let page = ann.page(C1).await;
        assert_eq!(page.one("#history .card-foot span"), "25 of 31 entries");
        assert_eq!(page.all("#history .tabs a"), ["All 31", "Added 30", "Redeemed 1", "Removed 0", "Expired 0"]);
        let told = details(&ann, &page, "#entry-31").await;
        assert!(told.contains("10 of Added"), "tells the lots: {told}");
        let older = page.attribute("#history .pager a[rel=next]", "href");
        let rest = ann.page(&older).await;
        assert_eq!(rest.all(".ledger .amount").len(), 6);
        assert!(rest.has("#entry-1") && !rest.has("#history a[rel=next]"));
        let redeemed = ann.page(&format!("{C1}?show=redeemed")).await;
        assert_eq!(redeemed.all(".ledger .amount"), ["−45"]);
        assert!(ann.page(&format!("{C1}?show=expired")).await.has("#history p"));
        for query in ["show=nonsense", "before=x", "before=-1", "show=added&before=99999999999999999999"] {
            ann.page(&format!("{C1}?{query}")).await;
        }
    }
}
