//! The tenant's ledger and its overview.

use guerdon::domain::role::Role;

use super::{
    common::on_both,
    desk::{C1, add, adjust, employee, offer, take},
    visitor::acme,
};

on_both! {
    async fn the_ledger_lists_every_entry_and_is_narrowed(app, clock) {
        let (site, ann) = acme(app).await;
        let vera = employee(app, &site, "Vera", Role::Viewer).await;
        assert_eq!(vera.page("/admin/acme/ledger").await.one(".empty h2"), "No entries yet");
        for at in 0..30 {
            add(app, &format!("C{}", at % 3), 10, None).await;
        }
        clock.set(app.now().plus_secs(86_400));
        // Nobody stays signed in for a day.
        ann.sign_in("ann@example.com").await;
        vera.sign_in("vera@example.com").await;
        take(app, "C1", 30).await;
        let page = ann.page(C1).await;
        adjust(&ann, &page, C1, &[("points", "5"), ("reason", "goodwill")]).await.location();
        let page = vera.page("/admin/acme/ledger").await;
        assert_eq!(page.all("tbody tr").len(), 25);
        assert_eq!(page.all("tbody .amount")[..2], ["+5", "−30"]);
        let older = vera.page(&page.attribute("a[rel=next]", "href")).await;
        assert_eq!(older.all("tbody tr").len(), 7);
        let newer = vera.page(&older.attribute("a[rel=prev]", "href")).await;
        assert_eq!(newer.all("tbody .amount"), page.all("tbody .amount"));
        for (query, rows) in [
            ("kind=redeemed", 1),
            ("kind=expired", 0),
            ("actor=employee", 1),
            ("actor=system", 25),
            ("actor=client", 0),
            ("from=2027-01-16", 2),
            ("until=2027-01-15", 25),
            ("from=2027-01-16&until=2027-01-16&kind=added", 1),
            ("kind=nonsense&actor=x:y&from=z&older=1.2&newer=a", 25),
        ] {
            let page = vera.page(&format!("/admin/acme/ledger?{query}")).await;
            assert_eq!(page.all("tbody tr").len(), rows, "{query}");
        }
        let choices = page.all("#actor option");
        assert!(choices.contains(&"Ann Archer".to_owned()), "{choices:?}");
        let page = vera.page("/admin/acme/ledger?kind=redeemed&from=2027-01-16").await;
        assert_eq!(page.all(".chip"), ["Redeemed", "From 16 Jan 2027"]);
        assert_eq!(page.attribute(".chip a", "href"), "/admin/acme/ledger?from=2027-01-16");
        let part = vera.with_htmx("ledger-list").page("/admin/acme/ledger?kind=redeemed").await;
        assert!(part.has("#ledger-list") && !part.text.contains("<html"));
        assert_eq!(part.header("hx-push-url"), "/admin/acme/ledger?kind=redeemed");
    }

    async fn the_ledger_and_a_history_are_exported_whole(app, _clock) {
        let (_site, ann) = acme(app).await;
        for at in 0..1_203 {
            if at % 2 == 0 { add(app, "C1", 1, Some("=cmd|' /C calc'!A0")).await } else { add(app, "C2", 1, None).await }
        }
        let file = ann.page("/admin/acme/ledger.csv").await;
        assert_eq!(file.text.lines().count(), 1_204);
        assert!(file.header("content-disposition").contains("ledger.csv"));
        assert!(!file.text.contains(",=cmd") && file.text.contains(",'=cmd|' /C calc'!A0,"));
        assert!(file.text.lines().nth(1).unwrap().contains(",added,1,"));
        assert_eq!(ann.page("/admin/acme/ledger.csv?kind=redeemed").await.text.lines().count(), 1);
        let history = ann.page(&format!("{C1}/history.csv")).await;
        assert_eq!(history.text.lines().count(), 603);
        let mut ids: Vec<&str> = history.text.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 602);
    }

    async fn the_overview_tells_what_moved_and_what_to_look_at(app, clock) {
        let (_site, ann) = acme(app).await;
        let empty = ann.page("/admin/acme").await;
        assert!(empty.has(".empty") && empty.one(".todo").contains("There is nothing to redeem"));
        add(app, "C1", 400, None).await;
        clock.set(app.now().plus_secs(30 * 86_400));
        ann.sign_in("ann@example.com").await;
        offer(app, "5 euro voucher", 100).await;
        add(app, "C1", 600, None).await;
        let page = ann.page(&format!("{C1}/redeem")).await;
        let option = page.attribute(".choices a", "href");
        let asked = ann.page(&option).await;
        ann.submit(&asked, &option, &[]).await.location();
        let page = ann.page("/admin/acme").await;
        let figures = page.all(".tile .figure");
        assert_eq!(figures, ["900 points", "600 points", "100 points", "0 points", "0 points"]);
        assert_eq!(page.all(".tile .delta")[0], "up 50.0%");
        assert!(page.all(".tile")[0].contains("worth up to €45.00"));
        assert!(page.one(".rank").contains("5 euro voucher"));
        assert_eq!(page.all("figure tbody tr").len(), 28);
        assert!(page.all("figure tbody tr")[27].ends_with("600 100 0 900"), "{:?}", page.all("figure tbody tr"));
        assert_eq!(page.all("figure svg g").len(), 28);
        assert!(page.one("[aria-labelledby=latest-title]").contains("Redeemed: 5 euro voucher"));
        assert!(page.one(".todo").contains("has no coupon prefix"));
        let parts = ["period=7d", "period=12m", "period=custom&from=2027-01-10&until=2027-01-12", "period=custom", "period=x",
            "period=custom&from=0001-01-01&until=9999-12-31", "period=custom&from=2027-02-01&until=2027-01-01"];
        for (query, rows) in parts.into_iter().zip([7, 12, 3, 28, 28, 28, 32]) {
            let page = ann.page(&format!("/admin/acme?{query}")).await;
            assert_eq!(page.all("figure tbody tr").len(), rows, "{query}");
            let export = page.attribute("a[href*='overview.csv']", "href");
            assert_eq!(ann.page(&export).await.text.lines().count(), rows + 1, "{query}");
        }
        for link in page.all(".tile a").iter().enumerate().map(|(at, _)| at + 1) {
            let href = page.attribute(&format!(".tile:nth-child({link}) a"), "href");
            ann.page(&href).await;
        }
    }
}
