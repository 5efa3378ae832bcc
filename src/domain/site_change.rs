//! What somebody wants changed of a site and its earning rule.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{
    calendar::ValidityEnd,
    coupon::number,
    invalid::{FieldErrors, Invalid},
    money::Currency,
    name,
    points::Points,
    site::{Basis, EarningRule, Rounding, Shortfall, Site},
};
use crate::texts::t;

/// A shop has a few addresses, not hundreds: every preflight compares with all of them.
const ORIGINS_MAX: usize = 50;

/// A change of a site. What is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteChange {
    /// What people call it.
    pub name: Option<String>,
    /// Its time zone.
    pub zone: Option<Tz>,
    /// The currency of its orders.
    pub currency: Option<Currency>,
    /// What its coupon codes begin with.
    pub coupon_prefix: Option<String>,
    /// Origins whose pages may call the storefront API.
    pub allowed_origins: Option<Vec<String>>,
    /// Whether orders earn points at all.
    pub enabled: Option<bool>,
    /// Points per unit of currency.
    pub factor: Option<Decimal>,
    /// What happens to fractions of a point.
    pub rounding: Option<Rounding>,
    /// Which total counts.
    pub basis: Option<Basis>,
    /// Whether shipping counts.
    pub with_shipping: Option<bool>,
    /// Whether discounts are taken off first.
    pub after_discounts: Option<bool>,
    /// Days until the points can be spent.
    pub pending_days: Option<u32>,
    /// The most that one order earns; `Some(None)` takes the cap away.
    pub cap_per_order: Option<Option<Points>>,
    /// Calendar months that points are valid.
    pub validity_months: Option<u32>,
    /// To what their end is rounded.
    pub validity_end: Option<ValidityEnd>,
    /// What a return does when its points are spent.
    pub shortfall: Option<Shortfall>,
}

/// Takes what people write for yes and no.
fn yes_or_no(text: &str) -> Result<bool, Invalid> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "1" => Ok(true),
        "false" | "off" | "no" | "0" => Ok(false),
        _ => Err(Invalid::new(t!("invalid-boolean"))),
    }
}

/// Takes origins with spaces, commas or line breaks between; each counts once.
fn origins(text: &str) -> Result<Vec<String>, Invalid> {
    let mut origins = Vec::new();
    for part in text.split(|c: char| c.is_whitespace() || c == ',').filter(|part| !part.is_empty()) {
        let origin = Site::origin(part).map_err(|error| Invalid::new(format!("`{part}`: {error}")))?;
        if !origins.contains(&origin) {
            origins.push(origin);
        }
        if origins.len() > ORIGINS_MAX {
            return Err(Invalid::new(t!("invalid-too-many-origins", most = ORIGINS_MAX)));
        }
    }
    Ok(origins)
}

fn cap(text: &str) -> Result<Option<Points>, Invalid> {
    match text.trim() {
        "" | "none" => Ok(None),
        number => Points::parse(number).map(Some),
    }
}

impl SiteChange {
    /// Reads the texts of a form or a command line: `text` gives what was said for a field, if anything.
    ///
    /// # Errors
    /// Every field that does not fit.
    pub fn parse<'a>(text: impl Fn(&str) -> Option<&'a str>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut reader = Reader { text, errors: &mut errors };
        let change = Self {
            name: reader.read("name", name::parse),
            zone: reader.read("time_zone", Site::time_zone),
            currency: reader.read("currency", Currency::parse),
            coupon_prefix: reader.read("coupon_prefix", Site::prefix),
            allowed_origins: reader.read("allowed_origins", origins),
            enabled: reader.read("enabled", yes_or_no),
            factor: reader.read("factor", EarningRule::factor),
            rounding: reader.read("rounding", Rounding::parse),
            basis: reader.read("basis", Basis::parse),
            with_shipping: reader.read("with_shipping", yes_or_no),
            after_discounts: reader.read("after_discounts", yes_or_no),
            pending_days: reader.read("pending_days", EarningRule::days),
            cap_per_order: reader.read("cap_per_order", cap),
            validity_months: reader.read("validity_months", EarningRule::months),
            validity_end: reader.read("validity_end", ValidityEnd::parse),
            shortfall: reader.read("shortfall", Shortfall::parse),
        };
        if errors.is_empty() { Ok(change) } else { Err(errors) }
    }

    /// Reads what [`draft_json`] made.
    ///
    /// # Errors
    /// Every field that does not fit.
    pub fn from_rule_json(json: &Map<String, Value>) -> Result<Self, FieldErrors> {
        let text = |value: &Value| match value {
            Value::Null => String::new(),
            Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let texts: BTreeMap<&str, String> =
            DRAFTED.iter().filter_map(|(field, name)| json.get(*name).map(|value| (*field, text(value)))).collect();
        Self::parse(|field| texts.get(field).map(String::as_str))
    }

    /// The site as it would be. Version and instant of the rule stay: who keeps it sets them.
    pub fn apply(&self, site: &Site) -> Site {
        fn or<T: Clone>(change: Option<&T>, present: &T) -> T {
            change.unwrap_or(present).clone()
        }
        let rule = &site.rule;
        Site {
            code: site.code.clone(),
            version: site.version,
            name: or(self.name.as_ref(), &site.name),
            zone: or(self.zone.as_ref(), &site.zone),
            currency: or(self.currency.as_ref(), &site.currency),
            coupon_prefix: or(self.coupon_prefix.as_ref(), &site.coupon_prefix),
            allowed_origins: or(self.allowed_origins.as_ref(), &site.allowed_origins),
            rule: EarningRule {
                version: rule.version,
                holds_from: rule.holds_from,
                enabled: or(self.enabled.as_ref(), &rule.enabled),
                factor: or(self.factor.as_ref(), &rule.factor),
                rounding: or(self.rounding.as_ref(), &rule.rounding),
                basis: or(self.basis.as_ref(), &rule.basis),
                with_shipping: or(self.with_shipping.as_ref(), &rule.with_shipping),
                after_discounts: or(self.after_discounts.as_ref(), &rule.after_discounts),
                pending_days: or(self.pending_days.as_ref(), &rule.pending_days),
                cap_per_order: or(self.cap_per_order.as_ref(), &rule.cap_per_order),
                validity_months: or(self.validity_months.as_ref(), &rule.validity_months),
                validity_end: or(self.validity_end.as_ref(), &rule.validity_end),
                shortfall: or(self.shortfall.as_ref(), &rule.shortfall),
            },
        }
    }
}

struct Reader<'e, F> {
    text: F,
    errors: &'e mut FieldErrors,
}

impl<'a, F: Fn(&str) -> Option<&'a str>> Reader<'_, F> {
    fn read<T>(&mut self, field: &str, parse: impl Fn(&str) -> Result<T, Invalid>) -> Option<T> {
        let text = (self.text)(field)?;
        self.errors.check(field, parse(text))
    }
}

/// A site's settings as JSON; the rule is apart.
pub fn settings_json(site: &Site) -> Map<String, Value> {
    let fields = [
        ("name", json!(site.name)),
        ("timeZone", json!(site.zone.name())),
        ("currency", json!(site.currency.as_str())),
        ("couponPrefix", json!(site.coupon_prefix)),
        ("allowedOrigins", json!(site.allowed_origins)),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The fields of a draft of a rule, each with its name in JSON.
const DRAFTED: [(&str, &str); 12] = [
    ("enabled", "enabled"),
    ("factor", "factor"),
    ("rounding", "rounding"),
    ("basis", "basis"),
    ("with_shipping", "withShipping"),
    ("after_discounts", "afterDiscounts"),
    ("pending_days", "pendingDays"),
    ("cap_per_order", "capPerOrder"),
    ("validity_months", "validityMonths"),
    ("validity_end", "validityEnd"),
    ("shortfall", "shortfall"),
    ("coupon_prefix", "couponPrefix"),
];

/// A draft of a site's rule as JSON: the rule, and the prefix that is set beside it.
pub fn draft_json(site: &Site) -> Map<String, Value> {
    let mut json = rule_json(&site.rule);
    json.insert("couponPrefix".to_owned(), json!(site.coupon_prefix));
    json
}

/// What an earning rule says, as JSON.
pub fn rule_json(rule: &EarningRule) -> Map<String, Value> {
    let fields = [
        ("enabled", json!(rule.enabled)),
        ("factor", number(rule.factor)),
        ("rounding", json!(rule.rounding.as_str())),
        ("basis", json!(rule.basis.as_str())),
        ("withShipping", json!(rule.with_shipping)),
        ("afterDiscounts", json!(rule.after_discounts)),
        ("pendingDays", json!(rule.pending_days)),
        ("capPerOrder", json!(rule.cap_per_order.map(Points::get))),
        ("validityMonths", json!(rule.validity_months)),
        ("validityEnd", json!(rule.validity_end.as_str())),
        ("shortfall", json!(rule.shortfall.as_str())),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ids::SiteCode, time::Timestamp};

    fn site() -> Site {
        let currency = Currency::parse("EUR").unwrap();
        Site::initial(SiteCode::main(), "Shop", Tz::Europe__Berlin, currency, Timestamp::from_micros(0))
    }

    fn parse(fields: &[(&str, &str)]) -> Result<SiteChange, FieldErrors> {
        SiteChange::parse(|name| fields.iter().find(|(field, _)| *field == name).map(|(_, value)| *value))
    }

    #[test]
    fn what_is_not_named_stays() {
        assert_eq!(parse(&[]).unwrap().apply(&site()), site());
        let changed = parse(&[("factor", "0,95"), ("cap_per_order", "1 000"), ("coupon_prefix", " acm ")]).unwrap();
        let changed = changed.apply(&site());
        let json = rule_json(&changed.rule);
        assert_eq!((json["factor"].to_string().as_str(), &json["capPerOrder"]), ("0.95", &json!(1000)));
        assert_eq!((changed.coupon_prefix.as_str(), changed.name.as_str()), ("ACM", "Shop"));
        let uncapped = parse(&[("cap_per_order", "none")]).unwrap().apply(&changed);
        assert_eq!((uncapped.rule.cap_per_order, uncapped.rule.factor), (None, changed.rule.factor));
    }

    #[test]
    fn a_draft_says_all_that_a_rule_is() {
        let other = [
            ("enabled", "no"),
            ("factor", "1000000"),
            ("rounding", "ceiling"),
            ("basis", "net"),
            ("with_shipping", "yes"),
            ("after_discounts", "no"),
            ("pending_days", "14"),
            ("cap_per_order", "1000000000"),
            ("validity_months", "24"),
            ("validity_end", "end_of_month"),
            ("shortfall", "owe"),
            ("coupon_prefix", "ACM"),
        ];
        for change in [parse(&other).unwrap(), parse(&[("factor", "0.000000001")]).unwrap(), SiteChange::default()] {
            let draft = change.apply(&site());
            let read = SiteChange::from_rule_json(&draft_json(&draft)).unwrap();
            assert_eq!(read.apply(&site()), draft);
            assert_eq!(read.apply(&parse(&other).unwrap().apply(&site())), draft, "nothing is left as it was");
        }
        assert_eq!(DRAFTED.map(|(field, _)| field), other.map(|(field, _)| field));
        assert!(SiteChange::from_rule_json(json!({"factor": -1}).as_object().unwrap()).is_err());
    }

    #[test]
    fn every_field_that_does_not_fit_is_named() {
        let wrong = [
            ("name", " "),
            ("name", "a\nb"),
            ("time_zone", "Berlin"),
            ("currency", "EURO"),
            ("coupon_prefix", "A-B"),
            ("allowed_origins", "https://shop.example.com *"),
            ("enabled", "maybe"),
            ("factor", "-1"),
            ("factor", "1000001"),
            ("factor", "0.0000000001"),
            ("rounding", "up"),
            ("basis", "total"),
            ("with_shipping", ""),
            ("pending_days", "366"),
            ("cap_per_order", "0"),
            ("validity_months", "0"),
            ("validity_months", "1201"),
            ("validity_end", "noon"),
            ("shortfall", "forget"),
        ];
        for (field, text) in wrong {
            let errors = parse(&[(field, text)]).unwrap_err();
            assert_eq!(errors.iter().map(|(field, _)| field).collect::<Vec<_>>(), [field], "{text}");
        }
        let both = parse(&[("factor", "x"), ("name", "")]).unwrap_err();
        assert_eq!(both.iter().count(), 2);
    }

    #[test]
    fn origins_are_a_list() {
        let change = parse(&[("allowed_origins", "https://a.example,\r\nhttps://b.example:8443 https://A.example/")]);
        assert_eq!(change.unwrap().allowed_origins.unwrap(), ["https://a.example", "https://b.example:8443"]);
        let many: Vec<String> = (0..51).map(|n| format!("https://s{n}.example")).collect();
        assert!(parse(&[("allowed_origins", &many.join(" "))]).is_err());
    }
}
