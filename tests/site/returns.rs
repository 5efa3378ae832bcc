//! The work list of returned orders: given back after a question, left spent, and asked again.

use guerdon::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        code::CouponCode,
        coupon::NewCouponRedemption,
        ledger::entry::Source,
        money::{Currency, Money},
        role::Role,
    },
    service::{
        coupons,
        ledger::command::{Done, Remarks, Reply},
        points::{self, Asked},
    },
};

use super::{
    common::on_both,
    desk::{add, balance, customer, employee, offer, order},
    visitor::{acme, tenant},
};

const RETURNS: &str = "/admin/acme/returns";

/// A customer pays an order with a coupon that cost 300 of 1,000 points, and half of the order comes back.
async fn returned(app: &App, id: &str, number: &str) -> String {
    let caller = Caller { tenant: tenant("acme"), actor: Actor::system("test") };
    add(app, id, 1_000, None).await;
    let option = offer(app, &format!("Voucher {number}"), 300).await;
    let asked = Asked { caller: caller.clone(), source: Source::Api, key: None };
    let reply = points::redeem_option(app, asked, customer(id), None, &option, Remarks::default()).await.unwrap();
    let Reply::Done(Done::Redeemed { code, .. }) = reply else { panic!("{reply:?}") };
    let euros = |amount: i64| Money { amount: amount.into(), currency: Currency::parse("EUR").unwrap() };
    let used = NewCouponRedemption {
        order_total: euros(119),
        discount: euros(5),
        customer: Some(customer(id)),
        legal_entity_id: None,
        order_code: Some(number.to_owned()),
    };
    let code = CouponCode::parse(&code).unwrap();
    coupons::redeem(app, &caller, &code, &used, None, |_| (201, String::new())).await.unwrap();
    order(app, id, number).await;
    code.to_string()
}

on_both! {
    async fn an_employee_gives_the_points_back_after_a_question(app, _clock) {
        let (site, _ann) = acme(app).await;
        let agent = employee(app, &site, "Agnes", Role::Agent).await;
        assert!(agent.page(RETURNS).await.one(".empty").contains("Nothing to decide"));
        let code = returned(app, "C1", "<b>O-1</b>").await;
        let before = balance(app, "C1").await.unwrap();
        let list = agent.page(RETURNS).await;
        let told = list.one("tbody th");
        assert!(told.contains("<b>O-1</b>") && told.contains("A part of it came back"), "{told}");
        assert!(list.has(&format!("tbody a[href='/admin/acme/coupons/{code}']")));
        let give = list.attribute("tbody .row-actions a", "href");
        let asked = agent.page(&give).await;
        assert!(asked.one("h1").contains("300 points back?"), "{}", asked.text);
        let dialog = agent.with_htmx("dialog").page(&give).await;
        assert!(dialog.text.contains("<dialog") || dialog.has("form"), "{}", dialog.text);
        assert_eq!(agent.submit(&asked, &give, &[]).await.location(), RETURNS);
        assert_eq!(balance(app, "C1").await.unwrap(), before + 300);
        let list = agent.page(RETURNS).await;
        assert_eq!(list.one(".toast"), "Points given back");
        let again = agent.post(&give, &[("csrf", &agent.token().await)]).await;
        assert_eq!(again.status, 409);
        let done = agent.page(&format!("{RETURNS}?decision=given_back")).await;
        assert!(done.one("tbody td:last-child").contains("by Agnes"), "{}", done.text);
        assert_eq!(balance(app, "C1").await.unwrap(), before + 300);
    }

    async fn points_are_left_spent_and_asked_about_again(app, _clock) {
        let (site, _ann) = acme(app).await;
        let agent = employee(app, &site, "Agnes", Role::Agent).await;
        let viewer = employee(app, &site, "Vic", Role::Viewer).await;
        returned(app, "C1", "O-1").await;
        assert!(!viewer.page(RETURNS).await.has("tbody form"));
        let list = agent.page(RETURNS).await;
        let keep = list.attribute("tbody form", "action");
        assert_eq!(agent.submit(&list, &keep, &[]).await.location(), RETURNS);
        let list = agent.page(RETURNS).await;
        assert!(list.one(".toast").starts_with("Points left spent") && list.has(".empty"));
        let kept = agent.page(&format!("{RETURNS}?decision=kept")).await;
        assert_eq!(kept.one("tbody .badge"), "Left spent");
        assert_eq!(agent.post(&keep.replace("/keep", "/reopen"), &[("csrf", &agent.token().await)]).await.status, 303);
        assert_eq!(agent.page(RETURNS).await.all("tbody tr").len(), 1);
        assert_eq!(agent.page(&format!("{RETURNS}?decision=all&older=0")).await.all("tbody tr").len(), 0);
    }
}
