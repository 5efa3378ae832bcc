//! The demo shop's coupons: some are made by hand, and customers use what they have at checkout.

use std::collections::HashMap;

use chrono_tz::Tz;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{
    people::MARA,
    seed::{DAYS, World},
};
use crate::{
    domain::{
        actor::Caller,
        calendar,
        code::CouponCode,
        coupon::{Discount, NewCouponRedemption},
        ids::{CustomerId, OrderId},
        money::Money,
        order::{earning::Award, snapshot::Snapshot},
        time::Timestamp,
    },
    service::{
        coupons::{self, CouponError, NewCoupon},
        ledger::command::{Command, NewOrder, Request},
    },
};

/// What those who order for the first time may use.
const WELCOME: &str = "WELCOME10";
/// Days up to today in which coupons are used; before, nobody looks.
const USED_DAYS: u32 = 150;

/// What the shop makes by hand, and how many days before the demo's last one.
fn by_hand(last: Timestamp, zone: Tz) -> [(u32, Value); 6] {
    let euros = |amount: i64| json!({"amount": amount, "currency": "EUR"});
    let day = |days: i64| {
        let day = calendar::day_of(last.plus_secs(days * 86_400 + 43_200), zone);
        calendar::start_of(day, zone).utc().to_rfc3339()
    };
    [
        (
            DAYS,
            json!({
                "code": WELCOME, "name": "Welcome", "description": "10% off the first order.", "discountType": "PERCENT",
                "discountPercentage": 10, "maxRedemptionsPerCustomer": 1,
            }),
        ),
        (
            90,
            json!({
                "code": "AUTUMN15", "name": "Autumn sale", "discountType": "PERCENT", "discountPercentage": 15,
                "allowAnonymous": true, "maxRedemptions": 500,
                "restrictions": {"minOrderValue": euros(80), "validUntil": day(-45)},
            }),
        ),
        (
            21,
            json!({
                "code": "SORRY-B7016240", "name": "Sorry for the delay", "discountType": "ABSOLUTE",
                "discountAbsolute": euros(10), "maxRedemptions": 1, "issuedTo": MARA,
                "restrictions": {"validFor": [MARA], "validUntil": day(160)},
            }),
        ),
        (
            9,
            json!({
                "code": "SHIPIT", "name": "Free shipping week", "discountType": "FREE_SHIPPING", "allowAnonymous": true,
                "restrictions": {"validFrom": day(-9), "validUntil": day(5)},
            }),
        ),
        (
            6,
            json!({
                "name": "Thank you for the photos", "description": "For the pictures in our magazine.",
                "discountType": "ABSOLUTE", "discountAbsolute": euros(25), "maxRedemptions": 1,
            }),
        ),
        (
            3,
            json!({
                "code": "WINTER20", "name": "Winter sale", "discountType": "PERCENT", "discountPercentage": 20,
                "maxRedemptions": 1_000, "restrictions": {"minOrderValue": euros(60), "validFrom": day(12), "validUntil": day(40)},
            }),
        ),
    ]
}

/// Makes the coupons of a day.
pub(super) async fn make(world: &World<'_>, day: u32, midnight: Timestamp) -> anyhow::Result<()> {
    let caller = Caller { tenant: world.tenant.clone(), actor: world.manager.clone() };
    let last = midnight.plus_secs(i64::from(DAYS - day) * 86_400);
    let zone = world.sites.first().map_or(chrono_tz::UTC, |site| site.zone);
    for (ago, coupon) in by_hand(last, zone) {
        let Some(fields) = coupon.as_object().filter(|_| DAYS - ago == day) else { continue };
        world.clock.set(midnight.plus_secs(9 * 3_600));
        coupons::create(world.app, &caller, &NewCoupon::from_json(fields)?, None, |_| (201, String::new())).await?;
    }
    Ok(())
}

/// Who has which coupons, and whether they think of them.
pub(super) struct Till {
    held: HashMap<CustomerId, Vec<String>>,
    /// The orders that were paid with them, the oldest first.
    pub(super) paid: Vec<OrderId>,
    /// Its own, so that the rest of the year stays the same.
    rng: StdRng,
}

impl Till {
    pub(super) fn new() -> Self {
        Self { held: HashMap::new(), paid: Vec::new(), rng: StdRng::seed_from_u64(20_270_115) }
    }

    /// Remembers coupons that were had for points.
    pub(super) fn keep(&mut self, had: Vec<(CustomerId, String)>) {
        for (customer, code) in had {
            self.held.entry(customer).or_default().push(code);
        }
    }

    /// Uses a coupon for an order, if there is one and the customer thinks of it: the order costs less, and earns less.
    pub(super) async fn pay(&mut self, world: &World<'_>, request: &mut Request, day: u32) -> anyhow::Result<()> {
        let customer = request.customer.clone();
        let Command::Order(order) = &mut request.command else { return Ok(()) };
        let is_first = !self.held.contains_key(&customer);
        let held = self.held.entry(customer.clone()).or_default();
        if day + USED_DAYS < DAYS || self.rng.random_ratio(1, 4) {
            return Ok(());
        }
        let code = match held.pop() {
            Some(code) => code,
            None if is_first => WELCOME.to_owned(),
            None => return Ok(()),
        };
        let code = CouponCode::parse(&code)?;
        let Some(coupon) = coupons::find(&world.app.db, &world.tenant, code.as_str()).await? else { return Ok(()) };
        let Some(discount) = discount(&coupon.template.discount, &order.snapshot) else { return Ok(()) };
        let wanted = NewCouponRedemption {
            order_total: Money { amount: order.snapshot.totals.gross, currency: order.snapshot.currency.clone() },
            discount: Money { amount: discount, currency: order.snapshot.currency.clone() },
            customer: Some(customer),
            legal_entity_id: None,
            order_code: Some(order.id.to_string()),
        };
        let caller = Caller { tenant: world.tenant.clone(), actor: world.shop.clone() };
        match coupons::redeem(world.app, &caller, &code, &wanted, None, |_| (201, String::new())).await {
            Ok(_) => {
                cheaper(order, discount, world);
                if code.as_str() != WELCOME {
                    self.paid.push(order.id.clone());
                }
            }
            // The order is too small, or the coupon too old.
            Err(CouponError::Refused(_)) => {}
            Err(failed) => return Err(failed.into()),
        }
        Ok(())
    }
}

/// What a coupon takes off an order.
fn discount(discount: &Discount, order: &Snapshot) -> Option<Decimal> {
    let goods = order.totals.gross - order.totals.shipping;
    match discount {
        Discount::Percent(percent) => Some((goods * *percent / Decimal::ONE_HUNDRED).round_dp(2)),
        Discount::Absolute { amount, currency } => (*currency == order.currency).then(|| (*amount).min(goods)),
        Discount::FreeShipping => Some(order.totals.shipping),
    }
}

fn cheaper(order: &mut NewOrder, discount: Decimal, world: &World<'_>) {
    order.snapshot.totals.discount = discount;
    let site = world.sites.iter().find(|site| site.code == order.snapshot.site);
    let Some((site, at)) = site.zip(order.snapshot.completed_at) else { return };
    let award = Award::of(&order.id, &order.snapshot, Some(&site.rule), at, site.zone);
    order.with_account = award.points > 0;
    order.award = Some(award);
}
