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
    web::{facts::Fact, format},
};

/// What the coupon takes off: `€5.00` or `10%`.
pub(super) fn gets(discount: &Discount) -> String {
    match discount {
        Discount::Percent(percent) => format!("{}%", percent.normalize()),
        Discount::Absolute { amount, currency } => format::money(*amount, currency),
        Discount::FreeShipping => "Free shipping".to_owned(),
    }
}

/// `From an order of €50.00`, if there is such a condition.
pub(in crate::web::pages) fn order_from(draft: &OptionDraft) -> Option<String> {
    let (amount, currency) = min_order(&draft.coupon)?;
    Some(Currency::parse(&currency).map_or_else(|_| amount.to_string(), |currency| format::money(amount, &currency)))
}

/// How an option stands: a word, and the badge that it has.
pub(super) fn state(option: &RedeemOption, now: Timestamp) -> (&'static str, &'static str) {
    let draft = &option.draft;
    if option.archived_at.is_some() {
        ("Archived", "")
    } else if !draft.active {
        ("Draft", "")
    } else if draft.active_until.is_some_and(|until| until <= now) {
        ("Ended", "badge-caut")
    } else if draft.active_from.is_some_and(|from| from > now) {
        ("Scheduled", "badge-azure")
    } else if option.left() == Some(0) {
        ("Sold out", "badge-caut")
    } else {
        ("Active", "badge-pos")
    }
}

/// Everything that is set of an option.
pub(super) fn facts(draft: &OptionDraft, sites: &[Site], zone: Tz) -> Vec<Fact> {
    let local = draft.names.get("de");
    let limit = |number: Option<i64>, none: &str| number.map_or_else(|| none.to_owned(), format::number);
    let text = |text: &str| if text.is_empty() { "None".to_owned() } else { text.to_owned() };
    let names = |code: &str| {
        let site = sites.iter().find(|site| site.code.as_str() == code);
        site.map_or_else(|| code.to_owned(), |site| site.name.clone())
    };
    let on = match draft.sites.as_slice() {
        [] => "All sites".to_owned(),
        codes => codes.iter().map(|code| names(code.as_str())).collect::<Vec<_>>().join(", "),
    };
    let uses = draft.coupon.max_redemptions;
    vec![
        Fact::new("Name", draft.name.as_str()),
        Fact::new("Description", text(&draft.description)),
        Fact::new("German name", text(local.map(|local| local.name.as_str()).unwrap_or_default())),
        Fact::new("German description", text(local.map(|local| local.description.as_str()).unwrap_or_default())),
        Fact::new("Cost", format::count(draft.points.get(), "point", "points")),
        Fact::new("Customer gets", gets(&draft.coupon.discount)),
        Fact::new("Order from", order_from(draft).unwrap_or_else(|| "Any value".to_owned())),
        Fact::new(
            "Coupon valid for",
            draft.coupon_lifetime_days.map_or_else(|| "Ever".to_owned(), |days| format::count(days, "day", "days")),
        ),
        Fact::new("Uses per coupon", limit((uses != -1).then_some(uses), "No limit")),
        Fact::new("Stock", limit(draft.stock, "No limit")),
        Fact::new("Per customer", limit(draft.per_customer, "No limit")),
        Fact::new(
            "Offered from",
            draft.active_from.map_or_else(|| "Now on".to_owned(), |at| format::date_time(at, zone)),
        ),
        Fact::new(
            "Offered until",
            draft.active_until.map_or_else(|| "No end".to_owned(), |at| format::date_time(at, zone)),
        ),
        Fact::new("Sites", on),
        Fact::new(
            "Who can use the coupon",
            match holder(draft) {
                ANYONE => "Anyone with the code",
                BOUND => "Only the customer who paid",
                _ => "Any signed-in customer",
            },
        ),
        Fact::new(
            "When the order comes back",
            match draft.when_returned {
                WhenReturned::Ask => "An employee decides about the points",
                WhenReturned::GiveBack => "The points come back",
                WhenReturned::Keep => "The points stay spent",
            },
        ),
        Fact::new("Offered to customers", if draft.active { "Yes" } else { "No, it is a draft" }),
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
            name: text(&form.name, "Name of the option"),
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
        sentences.push(format!("100 points are worth {} to the customer.", format::money(hundred, &currency)));
    }
    let earning = place.sites.iter().find(|site| site.rule.enabled && !site.rule.factor.is_zero());
    if let Some((site, spent)) = earning.and_then(|site| Some((site, points.checked_div(site.rule.factor)?))) {
        let whole = spent.round_dp_with_strategy(site.currency.decimals(), RoundingStrategy::AwayFromZero);
        let on = if place.sites.len() > 1 { format!(" on {}", site.name) } else { String::new() };
        sentences.push(format!("Orders of {}{on} earn as many.", format::money(whole, &site.currency)));
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
