//! A customer's statement: the balance on a past day, to be printed, and everything as a file.

use guerdon::{
    domain::{
        actor::{Actor, Caller},
        customer::PersonalData,
        ids::CustomerId,
        role::Role,
    },
    service::customers::person,
};

use super::{
    common::on_both,
    desk::{C1, add, employee, order},
    visitor::{acme, tenant},
};

const DAY: i64 = 86_400;

on_both! {
    async fn a_statement_tells_the_balance_at_the_end_of_any_day(app, clock) {
        let (site, ann) = acme(app).await;
        let begun = app.now();
        add(app, "C1", 50, Some("B7016240")).await;
        clock.set(begun.plus_secs(3 * DAY));
        add(app, "C1", 70, None).await;
        // A session does not last as long.
        ann.sign_in("ann@example.com").await;
        let here = format!("{C1}/statement");
        let page = ann.page(&here).await;
        assert_eq!((page.one("#balance"), page.all("tbody .main").len()), ("120 points".into(), 2));
        let day = |days: i64| begun.plus_secs(days * DAY).to_contract().split('T').next().unwrap().to_owned();
        let page = ann.page(&format!("{here}?on={}", day(1))).await;
        assert_eq!((page.one("#balance"), page.all("tbody .main").len()), ("50 points".into(), 1));
        let page = ann.page(&format!("{here}?on={}", day(-2))).await;
        assert_eq!((page.one("#balance"), page.has("tbody")), ("0 points".into(), false));
        for wrong in [&day(9), "yesterday"] {
            let page = ann.get(&format!("{here}?on={wrong}")).await;
            assert_eq!((page.status.as_u16(), page.has("#on-error")), (422, true), "{wrong}");
        }
        let link = ann.page(C1).await;
        assert!(link.has(&format!("a[href='{here}']")));
        let vera = employee(app, &site, "Vera", Role::Viewer).await;
        assert_eq!(vera.page(&here).await.one("#balance"), "120 points");
    }

    async fn everything_of_a_customer_comes_as_a_file(app, _clock) {
        let (site, ann) = acme(app).await;
        add(app, "C1", 50, None).await;
        order(app, "C1", "B1").await;
        let person = PersonalData { name: Some("<script>alert(1)</script>".to_owned()), ..PersonalData::default() };
        let caller = Caller { tenant: tenant("acme"), actor: Actor::system("test") };
        person::set(app, &caller, &CustomerId::parse("C1").unwrap(), &person).await.unwrap();
        let file = ann.page(&format!("{C1}/export.json")).await;
        assert!(file.header("content-disposition").contains("attachment"));
        let file: serde_json::Value = serde_json::from_str(&file.text).unwrap();
        assert_eq!(file["person"]["name"], "<script>alert(1)</script>");
        assert_eq!(file["orders"][0]["orderId"], "B1");
        let page = ann.page(&format!("{C1}/statement")).await;
        assert!(!page.text.contains("<script>alert") && page.one("h1").contains("<script>alert(1)"));
        assert!(page.all("tbody .main").iter().any(|line| line.contains("B1")));
        // It holds what employees wrote for each other.
        let tim = employee(app, &site, "Tim", Role::Agent).await;
        assert_eq!(tim.get(&format!("{C1}/export.json")).await.status, 403);
        assert_eq!(tim.get("/admin/acme/customers/nobody/statement").await.status, 404);
    }
}
