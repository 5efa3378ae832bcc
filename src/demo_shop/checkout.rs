//! From the basket to an order, and back: what the shop tells Guerdon, and what it makes of the answers.

use super::{
    Shop,
    client::Failure,
    goods::{Person, Sum},
    sessions::{Order, Ordered, Returned, Session, Voucher, order_number},
};
use crate::texts::{Message, message};

/// What the visitor reads of a coupon that cannot be used.
fn refusal(failure: &Failure) -> Message {
    let Failure::Refused(status, told) = failure else { return message!("shop-away") };
    let reason = told.pointer("/details/0/type").and_then(|kind| kind.as_str()).unwrap_or_default();
    match (*status, reason) {
        (404, _) => message!("shop-coupon-unknown"),
        (_, "coupon_used" | "customer_limit_reached") => message!("shop-coupon-used"),
        (_, "coupon_expired") => message!("shop-coupon-expired"),
        (_, "customer_required" | "customer_not_eligible") => message!("shop-coupon-not-yours"),
        (_, "order_value_too_low") => message!("shop-coupon-too-little"),
        _ => message!("shop-coupon-unfit"),
    }
}

/// Puts a coupon into the basket, if it can be used for it.
pub(super) async fn take_coupon(shop: &Shop, id: &str, session: &Session, code: &str) {
    let answer = match (session.person, code.trim()) {
        (None, _) => Err(message!("shop-coupon-sign-in")),
        (Some(_), "") => Err(message!("shop-coupon-none")),
        (Some(_), _) if session.lines.is_empty() => Err(message!("shop-coupon-no-basket")),
        (Some(person), code) => fitting(shop, session, person, code).await.map_err(|failure| refusal(&failure)),
    };
    shop.sessions.change(id, |session| match answer {
        Ok(voucher) => {
            session.tell(message!("shop-coupon-taken", code = voucher.code.as_str()));
            session.voucher = Some(voucher);
        }
        Err(text) => session.fail(text),
    });
}

async fn fitting(shop: &Shop, session: &Session, person: &Person, code: &str) -> Result<Voucher, Failure> {
    let voucher = shop.guerdon.voucher(code).await?;
    let sum = Sum::of(&session.lines, Some(voucher.worth));
    shop.guerdon.validate(&voucher.code, person, &sum).await?;
    Ok(voucher)
}

/// Makes the basket an order: uses the coupon, keeps the order, and tells Guerdon of it.
/// Answers whether there is an order now.
pub(super) async fn buy(shop: &Shop, id: &str, person: &'static Person) -> bool {
    // The same number for the same basket, however often the button is pressed.
    shop.sessions.change(id, |session| {
        session.order.get_or_insert_with(order_number);
    });
    let Some(session) = shop.sessions.find(id).filter(|session| !session.lines.is_empty()) else { return false };
    let number = session.order.clone().unwrap_or_default();
    let sum = session.sum();
    if let Some(voucher) = &session.voucher
        && let Err(failure) = shop.guerdon.redeem(&voucher.code, person, &sum, &number).await
    {
        let text = refusal(&failure);
        shop.sessions.change(id, |session| {
            if matches!(failure, Failure::Refused(..)) {
                session.voucher = None;
            }
            session.fail(text);
        });
        return false;
    }
    let lines = session.lines.iter().map(|line| Ordered { line: line.clone(), returned: None }).collect();
    let code = session.voucher.as_ref().map(|voucher| voucher.code.clone());
    let mut order = Order { id: number, lines, sum, code, points: None };
    shop.sessions.keep(person, order.clone());
    order.points = shop.guerdon.put_order(person, &order).await.ok();
    let thanks = match order.points {
        Some(points) => message!("shop-thanks", points = points),
        None => message!("shop-thanks-later"),
    };
    shop.sessions.keep(person, order);
    shop.sessions.change(id, |session| {
        session.emptied();
        session.tell(thanks);
    });
    true
}

/// Takes a line of an order back.
pub(super) async fn take_back(shop: &Shop, id: &str, person: &'static Person, number: &str, product: &str) {
    let Some(mut order) = shop.sessions.orders(person).into_iter().find(|order| order.id == number) else { return };
    let Some(line) = order.lines.iter_mut().find(|line| line.line.product.id == product) else { return };
    let taken = shop.guerdon.put_return(number, product, line.line.pieces).await.ok();
    line.returned = Some(Returned::of(taken));
    let text = match taken {
        Some(points) => message!("shop-returned", name = line.line.product.name, points = points),
        None => message!("shop-returned-later", name = line.line.product.name),
    };
    shop.sessions.keep(person, order);
    shop.sessions.change(id, |session| session.tell(text));
}

/// Tells Guerdon what it could not be told when it happened. Both are safe to repeat.
pub(super) async fn catch_up(shop: &Shop, person: &'static Person) {
    for mut order in shop.sessions.orders(person) {
        let mut changed = false;
        if order.points.is_none() {
            order.points = shop.guerdon.put_order(person, &order).await.ok();
            changed = order.points.is_some();
        }
        for line in order.lines.iter_mut().filter(|line| line.returned == Some(Returned::Untold)) {
            let taken = shop.guerdon.put_return(&order.id, line.line.product.id, line.line.pieces).await.ok();
            changed |= taken.is_some();
            line.returned = Some(Returned::of(taken));
        }
        if changed {
            shop.sessions.keep(person, order);
        }
    }
}
