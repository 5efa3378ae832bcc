//! The list of birthdays: points with one click, once.

use guerdon::{
    app::App,
    domain::role::Role,
    service::customers::person::{self, Birthday, PersonalData},
};

use super::{
    common::on_both,
    desk::{C1, add, balance, customer, employee},
    visitor::{acme, tenant},
};

const BIRTHDAYS: &str = "/admin/acme/birthdays";

async fn born(app: &App, id: &str, name: &str, birthday: &str) {
    let caller =
        guerdon::domain::actor::Caller { tenant: tenant("acme"), actor: guerdon::domain::actor::Actor::system("test") };
    let person = PersonalData {
        name: Some(name.to_owned()),
        birthday: Some(Birthday::parse(birthday).unwrap()),
        ..PersonalData::default()
    };
    person::set(app, &caller, &customer(id), &person).await.unwrap();
    add(app, id, 10, None).await;
}

on_both! {
    async fn points_are_given_with_one_click_and_once(app, _clock) {
        let (site, ann) = acme(app).await;
        let tim = employee(app, &site, "Tim", Role::Agent).await;
        let vic = employee(app, &site, "Vic", Role::Viewer).await;
        assert!(tim.page(BIRTHDAYS).await.one(".empty").contains("Nobody has a birthday"));
        born(app, "C1", "<b>Mara</b>", "1990-01-15").await;
        born(app, "C2", "Ben", "01-16").await;
        born(app, "C3", "Cem", "01-14").await;
        let page = tim.page(BIRTHDAYS).await;
        assert_eq!(page.all("tbody .main"), ["<b>Mara</b>"]);
        assert!(page.one("tbody tr:nth-child(2)").contains("37"));
        assert!(!vic.page(BIRTHDAYS).await.has("tbody form"));
        let give = page.attribute("tbody form", "action");
        assert_eq!(tim.submit(&page, &give, &[]).await.location(), BIRTHDAYS);
        assert_eq!(balance(app, "C1").await, Some(110));
        let shown = tim.page(BIRTHDAYS).await;
        assert!(shown.one(".toast").starts_with("Points given") && shown.one("tbody tr:nth-child(2)").contains("Given 15 Jan 2027"));
        // A second click, and another employee who still sees the button.
        tim.submit(&page, &give, &[]).await.location();
        let token = ann.token().await;
        ann.post(&give, &[("csrf", &token), ("day", "2027-01-15")]).await.location();
        assert!(ann.page(BIRTHDAYS).await.one(".toast").contains("Given already"));
        assert_eq!(balance(app, "C1").await, Some(110));
        let undo = shown.attribute(".toast form", "action");
        tim.submit(&shown, &undo, &[]).await.location();
        assert_eq!(balance(app, "C1").await, Some(10));
        assert_eq!(tim.page(C1).await.all(".ledger .main")[..2], ["Addition undone", "Birthday"]);

        let tomorrow = tim.page(&format!("{BIRTHDAYS}?view=tomorrow")).await;
        assert!(tomorrow.one("table").contains("Ben") && !tomorrow.has("tbody form"));
        let week = tim.page(&format!("{BIRTHDAYS}?view=week")).await;
        assert_eq!(week.all("tbody .main"), ["Ben"]);
        let late = tim.page(&format!("{BIRTHDAYS}?view=late")).await;
        assert_eq!(late.all("tbody .main"), ["Cem"]);
        let give = late.attribute("tbody form", "action");
        assert_eq!(tim.submit(&late, &give, &[]).await.location(), format!("{BIRTHDAYS}?view=late"));
        assert_eq!(balance(app, "C3").await, Some(110));
        for (who, day) in [("C2", "2027-01-16"), ("C1", "2027-01-14"), ("C9", "2027-01-15"), ("C1", "2026-01-15")] {
            let path = format!("{BIRTHDAYS}/{who}/give");
            assert_eq!(tim.post(&path, &[("csrf", &tim.token().await), ("day", day)]).await.status, 409, "{who} {day}");
        }
        let elsewhere = [("csrf", &*token), ("day", "2027-01-15"), ("next", "https://evil.example/")];
        assert_eq!(ann.post(&format!("{BIRTHDAYS}/C1/give"), &elsewhere).await.location(), BIRTHDAYS);
    }

    async fn above_the_limit_the_form_is_filled_in_instead(app, _clock) {
        let (site, ann) = acme(app).await;
        let tim = employee(app, &site, "Tim", Role::Agent).await;
        born(app, "C1", "Mara", "01-15").await;
        let form = ann.page("/admin/acme/reasons/birthday").await;
        ann.submit(&form, "/admin/acme/reasons/birthday", &[("points", "1500")]).await.location();
        let page = tim.page(BIRTHDAYS).await;
        assert_eq!(page.attribute("tbody td.end a", "href"), format!("{C1}?reason=birthday#adjust"));
        let path = format!("{BIRTHDAYS}/C1/give");
        assert_eq!(tim.post(&path, &[("csrf", &tim.token().await), ("day", "2027-01-15")]).await.status, 409);
        assert_eq!(balance(app, "C1").await, Some(10));
        ann.submit(&ann.page("/admin/acme/reasons").await, "/admin/acme/reasons/birthday/archive", &[]).await.location();
        let page = ann.page(BIRTHDAYS).await;
        assert!(page.all(".banner").iter().any(|banner| banner.contains("no points")) && !page.has("tbody form"));
    }
}
