//! What an option is, in words: for lists, for the preview, and for those who may only look.

use chrono_tz::Tz;
use rust_decimal::{Decimal, RoundingStrategy};

use super::form::{ANYONE, BOUND, OptionForm, PERCENT, Place, holder, min_order};
use crate::{
    domain::{
        coupon::Discount,
        money::{Currency, decimal_typed},
        option::{OptionDraft, RedeemOption},
        points::Points,
        returned_coupon::WhenReturned,
        site::Site,
        time::Timestamp,
    },
    texts::t,
    web::{facts::Fact, format},
};

/// What the coupon takes off: `€5.00` or `10%`.
pub(super) fn gets(discount: &Discount) -> String {
    match discount {
        Discount::Percent(percent) => format::percent(*percent),
        Discount::Absolute { amount, currency } => format::money(*amount, currency),
        Discount::FreeShipping => t!("discount-free-shipping"),
    }
}

/// `From an order of €50.00`, if there is such a condition.
pub(in crate::web::pages) fn order_from(draft: &OptionDraft) -> Option<String> {
    let (amount, currency) = min_order(&draft.coupon)?;
    Some(Currency::parse(&currency).map_or_else(|_| amount.to_string(), |currency| format::money(amount, &currency)))
}

/// How an option stands: the key of a word, and the badge that it has.
pub(super) fn state(option: &RedeemOption, now: Timestamp) -> (&'static str, &'static str) {
    let draft = &option.draft;
    if option.archived_at.is_some() {
        ("options-state-archived", "")
    } else if !draft.active {
        ("options-state-draft", "")
    } else if draft.active_until.is_some_and(|until| until <= now) {
        ("options-state-ended", "badge-caut")
    } else if draft.active_from.is_some_and(|from| from > now) {
        ("options-state-scheduled", "badge-azure")
    } else if option.left() == Some(0) {
        ("options-state-sold-out", "badge-caut")
    } else {
        ("options-state-active", "badge-pos")
    }
}

/// The same in one word that does not depend on the language, for programs.
pub(super) fn state_name(option: &RedeemOption, now: Timestamp) -> &'static str {
    let (key, _) = state(option, now);
    key.trim_start_matches("options-state-")
}

/// Everything that is set of an option.
pub(super) fn facts(draft: &OptionDraft, sites: &[Site], zone: Tz) -> Vec<Fact> {
    let local = draft.names.get("de");
    let limit = |number: Option<i64>| number.map_or_else(|| t!("options-no-limit"), format::number);
    let text = |text: &str| if text.is_empty() { t!("options-none") } else { text.to_owned() };
    let names = |code: &str| {
        let site = sites.iter().find(|site| site.code.as_str() == code);
        site.map_or_else(|| code.to_owned(), |site| site.name.clone())
    };
    let on = match draft.sites.as_slice() {
        [] => t!("options-all-sites"),
        codes => codes.iter().map(|code| names(code.as_str())).collect::<Vec<_>>().join(", "),
    };
    let uses = draft.coupon.max_redemptions;
    vec![
        Fact::new(t!("options-name"), draft.name.as_str()),
        Fact::new(t!("options-description"), text(&draft.description)),
        Fact::new(t!("options-name-de"), text(local.map(|local| local.name.as_str()).unwrap_or_default())),
        Fact::new(
            t!("options-description-de"),
            text(local.map(|local| local.description.as_str()).unwrap_or_default()),
        ),
        Fact::new(t!("options-cost"), t!("ui-points", points = draft.points.get())),
        Fact::new(t!("options-gets"), gets(&draft.coupon.discount)),
        Fact::new(t!("options-order-from"), order_from(draft).unwrap_or_else(|| t!("options-any-value"))),
        Fact::new(
            t!("options-coupon-days"),
            draft.coupon_lifetime_days.map_or_else(|| t!("options-ever"), |days| t!("format-days", count = days)),
        ),
        Fact::new(t!("options-uses"), limit((uses != -1).then_some(uses))),
        Fact::new(t!("options-stock"), limit(draft.stock)),
        Fact::new(t!("options-per-customer"), limit(draft.per_customer)),
        Fact::new(
            t!("options-from"),
            draft.active_from.map_or_else(|| t!("options-from-now"), |at| format::date_time(at, zone)),
        ),
        Fact::new(
            t!("options-until"),
            draft.active_until.map_or_else(|| t!("options-no-end"), |at| format::date_time(at, zone)),
        ),
        Fact::new(t!("options-sites"), on),
        Fact::new(
            t!("options-holder"),
            match holder(draft) {
                ANYONE => t!("options-holder-anyone"),
                BOUND => t!("options-holder-bound-short"),
                _ => t!("options-holder-signed-in"),
            },
        ),
        Fact::new(
            t!("options-order-back"),
            match draft.when_returned {
                WhenReturned::Ask => t!("options-order-back-ask"),
                WhenReturned::GiveBack => t!("options-order-back-give"),
                WhenReturned::Keep => t!("options-order-back-keep"),
            },
        ),
        Fact::new(t!("options-offered"), if draft.active { t!("ui-yes") } else { t!("options-is-draft") }),
    ]
}

/// The option as a customer sees it, from what is typed, and what its points are worth.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Preview {
    pub(super) name: String,
    pub(super) description: String,
    /// The same in German, if it is given.
    pub(super) german: Option<(String, String)>,
    pub(super) points: Option<i64>,
    pub(super) worth: Vec<String>,
}

impl Preview {
    pub(super) fn of(form: &OptionForm, place: &Place<'_>) -> Self {
        let text = |text: &str, or: &str| if text.trim().is_empty() { or.to_owned() } else { text.trim().to_owned() };
        let points = Points::parse(&form.points).ok();
        let german = (!form.name_de.trim().is_empty())
            .then(|| (form.name_de.trim().to_owned(), form.description_de.trim().to_owned()));
        Self {
            name: text(&form.name, &t!("options-name-of-new")),
            description: text(&form.description, ""),
            german,
            points: points.map(Points::get),
            worth: points.map(|points| worth(form, place, points)).unwrap_or_default(),
        }
    }
}

/// What so many points are worth, and what a customer spends to earn them.
fn worth(form: &OptionForm, place: &Place<'_>, points: Points) -> Vec<String> {
    let mut sentences = Vec::new();
    let points = Decimal::from(points.get());
    if form.kind != PERCENT
        && let (Ok(amount), Ok(currency)) = (decimal_typed(&form.worth), Currency::parse(&form.currency))
        && let Some(hundred) = amount.checked_mul(Decimal::ONE_HUNDRED).and_then(|all| all.checked_div(points))
    {
        sentences.push(t!("options-worth", amount = format::money(hundred, &currency)));
    }
    let earning = place.sites.iter().find(|site| site.rule.enabled && !site.rule.factor.is_zero());
    if let Some((site, spent)) = earning.and_then(|site| Some((site, points.checked_div(site.rule.factor)?))) {
        let whole = spent.round_dp_with_strategy(site.currency.decimals(), RoundingStrategy::AwayFromZero);
        let amount = format::money(whole, &site.currency);
        sentences.push(if place.sites.len() > 1 {
            t!("options-earned-by-on", amount = amount, site = &site.name)
        } else {
            t!("options-earned-by", amount = amount)
        });
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::SiteCode;

    #[test]
    fn the_preview_tells_what_points_are_worth() {
        let currency = Currency::parse("EUR").unwrap();
        let now = Timestamp::from_micros(0);
        let mut site = Site::initial(SiteCode::main(), "Shop", Tz::UTC, currency, now);
        site.rule.factor = "0.3".parse().unwrap();
        let sites = [site];
        let place = Place { zone: Tz::UTC, sites: &sites, present: None };
        let mut form = OptionForm { points: "500".to_owned(), worth: "5".to_owned(), ..OptionForm::new(&place) };
        let preview = Preview::of(&form, &place);
        assert_eq!((preview.name.as_str(), preview.points), ("Name of the option", Some(500)));
        assert_eq!(preview.worth, ["100 points are worth €1.00 to the customer.", "Orders of €1,666.67 earn as many."]);
        form.kind = PERCENT.to_owned();
        assert_eq!(Preview::of(&form, &place).worth.len(), 1);
        form.points = "many".to_owned();
        assert_eq!(Preview::of(&form, &place).worth, Vec::<String>::new());
    }
}
