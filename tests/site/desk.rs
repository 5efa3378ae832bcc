//! What the tests of the support desk's pages share: customers with points, options to redeem, other employees.

use guerdon::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        ids::{CustomerId, OrderId, ReturnId},
        ledger::entry::Source,
        option::OptionDraft,
        order::{returned::Content, snapshot::Snapshot},
        points::Points,
        role::Role,
    },
    service::{
        accounts,
        ledger::command::Remarks,
        options::{self, Created},
        orders,
        points::{self, AddPoints, Asked, TakePoints},
    },
};
use serde_json::json;

use super::visitor::{Answer, Site, Visitor, make_user, tenant};

pub(crate) fn customer(id: &str) -> CustomerId {
    CustomerId::parse(id).unwrap()
}

fn asked() -> Asked {
    let caller = Caller { tenant: tenant("acme"), actor: Actor::system("test") };
    Asked { caller, source: Source::Api, key: None }
}

/// Adds points, as the shop does.
pub(crate) async fn add(app: &App, id: &str, amount: i64, reference: Option<&str>) {
    let remarks = Remarks { reference: reference.map(str::to_owned), ..Remarks::default() };
    let add = AddPoints { id: None, points: Points::new(amount).unwrap(), valid_until: None, remarks };
    points::add(app, asked(), customer(id), None, add).await.unwrap();
}

/// Takes points, as the shop does.
pub(crate) async fn take(app: &App, id: &str, amount: i64) {
    let take = TakePoints { id: None, points: Points::new(amount).unwrap(), remarks: Remarks::default() };
    points::redeem(app, asked(), customer(id), take).await.unwrap();
}

/// Reports a completed order of 119.00 with 4.90 shipping and 10.00 off, as the shop does, and that half of it came back.
pub(crate) async fn order(app: &App, id: &str, number: &str) {
    let order = json!({
        "customerId": id, "status": "COMPLETED", "currency": "EUR",
        "totals": {"gross": 119.00, "shipping": 4.90, "discount": 10.00},
        "items": [{"id": "1", "quantity": 2, "total": 114.10}],
    });
    let (number, back) = (OrderId::parse(number).unwrap(), json!({"items": [{"id": "1", "quantity": 1}]}));
    let order = Snapshot::from_json(order.as_object().unwrap(), app.now()).unwrap();
    orders::report(app, &asked(), &number, &order).await.unwrap();
    let back = Content::from_json(back.as_object().unwrap()).unwrap();
    orders::report_return(app, &asked(), &number, &ReturnId::parse("R1").unwrap(), &back).await.unwrap();
}

/// What a customer has now.
pub(crate) async fn balance(app: &App, id: &str) -> Option<i64> {
    accounts::balance(&app.db, &tenant("acme"), &customer(id), app.now()).await.unwrap()
}

/// Offers a voucher of five euros; gives the option's id.
pub(crate) async fn offer(app: &App, name: &str, amount: i64) -> String {
    let option = json!({
        "type": "coupon", "name": name, "points": amount,
        "coupon": {"name": "Voucher", "discountType": "ABSOLUTE",
            "discountAbsolute": {"amount": 5, "currency": "EUR"}, "maxRedemptions": 1}
    });
    let draft = OptionDraft::from_json(option.as_object().unwrap()).unwrap();
    match options::create(app, &asked().caller, &draft, None).await.unwrap() {
        Created::Now { id, .. } => id,
        Created::Before { .. } => unreachable!("it has no key"),
    }
}

/// An employee with this role, signed in.
pub(crate) async fn employee(app: &App, site: &Site, name: &str, role: Role) -> Visitor {
    let email = format!("{}@example.com", name.to_lowercase());
    make_user(app, &email, name, Some(role)).await;
    let visitor = site.visitor();
    visitor.sign_in(&email).await;
    visitor
}

/// The address of a customer's page, as its list writes it.
pub(crate) const C1: &str = "/admin/acme/customers/C1";

/// Sends the form that adjusts points on a customer's page.
pub(crate) async fn adjust(visitor: &Visitor, page: &Answer, base: &str, fields: &[(&str, &str)]) -> Answer {
    visitor.submit(page, &format!("{base}/adjust"), fields).await
}
