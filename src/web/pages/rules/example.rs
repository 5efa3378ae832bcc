//! What a rule does, shown by an order: worked out by the rule itself.

use rust_decimal::Decimal;

use crate::{
    domain::{
        calendar::ValidityEnd,
        site::{Basis, OrderTotal, Rounding, Site},
        time::Timestamp,
    },
    texts::t,
    web::format,
};

/// The order of the example, in hundredths of the currency's unit.
const PAID: i64 = 11_900;
const PAID_WITHOUT_TAX: i64 = 10_000;
const SHIPPING: i64 = 490;
const DISCOUNT: i64 = 1_000;

/// An amount that looks usual in the site's currency: yen have no hundredths, but more of them make a price.
fn amount(hundredths: i64, site: &Site) -> Decimal {
    if site.currency.decimals() == 0 { Decimal::from(hundredths) } else { Decimal::new(hundredths, 2) }
}

fn order(site: &Site) -> OrderTotal {
    let paid = if site.rule.basis == Basis::Gross { PAID } else { PAID_WITHOUT_TAX };
    let discount = if site.rule.after_discounts { 0 } else { DISCOUNT };
    OrderTotal { paid: amount(paid, site), shipping: amount(SHIPPING, site), discount: amount(discount, site) }
}

/// A rule in a few sentences, with an order that is completed at `now`.
pub(super) fn of(site: &Site, now: Timestamp) -> Vec<String> {
    if !site.rule.enabled {
        return vec![t!("rules-example-off", site = &site.name)];
    }
    let order = order(site);
    let counted = site.rule.counted(&order);
    let points = site.rule.points_for(counted);
    let money = |amount: Decimal| format::money(amount, &site.currency);
    let mut sentences = vec![
        t!(
            "rules-example-order",
            paid = money(order.paid),
            basis = site.rule.basis.as_str(),
            shipping = money(order.shipping),
            discounted = yes(!order.discount.is_zero()),
            discount = money(order.discount),
            points = points,
            until = until(site, now),
        ),
        working(site, counted, points),
    ];
    if let Some(from) = site.available_from(now).filter(|_| points > 0) {
        sentences.push(t!("rules-example-from", day = format::date(from, site.zone)));
    }
    sentences
}

/// By which a text chooses its words.
const fn yes(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

/// How the number of points comes about.
fn working(site: &Site, counted: Decimal, points: i64) -> String {
    let rule = &site.rule;
    let exact = counted.checked_mul(rule.factor).unwrap_or(Decimal::MAX).normalize();
    let rounded = match rule.rounding {
        _ if exact.is_integer() => "none",
        Rounding::Floor => "down",
        Rounding::HalfUp => "nearest",
        Rounding::Ceiling => "up",
    };
    t!(
        "rules-example-working",
        counted = format::money(counted, &site.currency),
        factor = format::decimal(rule.factor.normalize()),
        exact = format::decimal(exact),
        rounding = rounded,
        capped = yes(Decimal::from(points) < exact.floor()),
    )
}

/// When points awarded at `now` end, in the site's time zone.
fn until(site: &Site, now: Timestamp) -> String {
    let end = site.valid_until(now);
    // The instant itself is the first at which they no longer count.
    let last = Timestamp::from_micros(end.micros() - 1);
    match site.rule.validity_end {
        ValidityEnd::StartOfDay => t!("rules-until-start", day = format::date(end, site.zone)),
        ValidityEnd::EndOfDay | ValidityEnd::EndOfMonth => {
            t!("rules-until-end", day = format::date(last, site.zone))
        }
        ValidityEnd::Exact => format::date_time(end, site.zone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::SiteCode, money::Currency, points::Points, site::Shortfall};

    fn site(currency: &str) -> Site {
        let now = Timestamp::parse("2026-11-22T20:00:00Z").unwrap();
        let currency = Currency::parse(currency).unwrap();
        Site::initial(SiteCode::main(), "Shop", chrono_tz::Europe::Berlin, currency, now)
    }

    fn told(site: &Site) -> String {
        of(site, Timestamp::parse("2026-11-22T20:00:00Z").unwrap()).join(" ")
    }

    #[test]
    fn the_first_rule_is_told_as_it_works() {
        assert_eq!(
            told(&site("EUR")),
            "An order of €119.00 with €4.90 shipping earns 114 points, valid until the start of 22 Nov 2027. \
             €114.10 count, times 1 makes 114.1, rounded down."
        );
    }

    #[test]
    fn every_setting_shows() {
        let mut site = site("EUR");
        site.rule.factor = "0.95".parse().unwrap();
        site.rule.rounding = Rounding::Ceiling;
        site.rule.basis = Basis::Net;
        site.rule.with_shipping = true;
        site.rule.after_discounts = false;
        site.rule.pending_days = 14;
        site.rule.cap_per_order = Points::new(50).ok();
        site.rule.validity_months = 1;
        site.rule.validity_end = ValidityEnd::EndOfMonth;
        site.rule.shortfall = Shortfall::Owe;
        assert_eq!(
            told(&site),
            "An order of €100.00 without tax with €4.90 shipping and a discount of €10.00 earns 50 points, valid until \
             the end of 31 Dec 2026. €110.00 count, times 0.95 makes 104.5, rounded up, limited by the most for one \
             order. They can be spent from 6 Dec 2026."
        );
        site.rule.factor = Decimal::ZERO;
        assert!(told(&site).contains("earns no points. €110.00 count, times 0 makes 0."), "{}", told(&site));
        site.rule.enabled = false;
        assert_eq!(told(&site), "Orders on Shop earn no points.");
    }

    #[test]
    fn amounts_look_usual_in_the_currency() {
        assert!(told(&site("JPY")).starts_with("An order of ¥11,900 with ¥490 shipping earns 11,410 points"));
        assert!(told(&site("CHF")).starts_with("An order of CHF\u{a0}119.00"));
    }
}
