//! The form of an option: read as text, parsed into what the option shall be.

use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::typed::{day, first_day, last_day, money, one_line, optional, typed};
use crate::{
    domain::{
        coupon::{self, CouponTemplate, DESCRIPTION_CHARS_MAX, Discount, NAME_CHARS_MAX},
        ids::SiteCode,
        invalid::FieldErrors,
        money::{Currency, Money, decimal_typed},
        option::{LocalName, OptionDraft, RedeemOption},
        points::Points,
        returned_coupon::WhenReturned,
        site::Site,
    },
    texts::{Message, message, t},
    web::{
        form::{self, Errors},
        format,
    },
};

/// The language that the form has fields for; what an option is called in others is kept.
const OTHER_LANGUAGE: &str = "de";

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OptionForm {
    /// Of a new option: makes sending it twice harmless.
    pub(super) key: String,
    /// Of an option that is changed: what it was when the form was opened.
    pub(super) version: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) name_de: String,
    pub(super) description_de: String,
    pub(super) points: String,
    pub(super) kind: String,
    pub(super) worth: String,
    pub(super) currency: String,
    pub(super) min_order: String,
    pub(super) coupon_days: String,
    pub(super) uses: String,
    pub(super) stock: String,
    pub(super) per_customer: String,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) every_site: String,
    #[serde(deserialize_with = "form::several")]
    pub(super) site: Vec<String>,
    pub(super) holder: String,
    pub(super) when_returned: String,
    pub(super) active: String,
    /// When the draft was kept that was there when the form was opened.
    pub(super) draft_seen: String,
    /// `yes`: the form was filled with the draft.
    pub(super) of_draft: String,
    /// The button: `draft` publishes nothing.
    pub(super) act: String,
}

pub(super) const AMOUNT: &str = "amount";
pub(super) const PERCENT: &str = "percent";
pub(super) const ANYONE: &str = "anyone";
pub(super) const SIGNED_IN: &str = "signed_in";
pub(super) const BOUND: &str = "bound";
const YES: &str = "yes";

/// Where an option is made or changed.
pub(super) struct Place<'a> {
    /// Days begin and end by it.
    pub(super) zone: Tz,
    /// The tenant's sites.
    pub(super) sites: &'a [Site],
    /// The option as it is; none for a new one.
    pub(super) present: Option<&'a RedeemOption>,
}

impl Place<'_> {
    /// The currencies that amounts can be in: those of the sites, and that of the option as it is.
    pub(super) fn currencies(&self) -> Vec<String> {
        let mut codes: Vec<String> = Vec::new();
        let present = self.present.and_then(|option| currency(&option.draft.coupon));
        let sites = self.sites.iter().map(|site| site.currency.as_str().to_owned());
        for code in sites.chain(present) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        codes
    }
}

/// The currency of a coupon's amounts.
fn currency(coupon: &CouponTemplate) -> Option<String> {
    match &coupon.discount {
        Discount::Absolute { currency, .. } => Some(currency.as_str().to_owned()),
        Discount::Percent(_) | Discount::FreeShipping => min_order(coupon).map(|(_, currency)| currency),
    }
}

/// From what order value on a coupon can be used: amount and currency.
pub(super) fn min_order(coupon: &CouponTemplate) -> Option<(Decimal, String)> {
    let value = coupon.restrictions.min_order_value.as_ref()?;
    Some((value.amount, value.currency.as_str().to_owned()))
}

fn ticked(yes: bool) -> String {
    if yes { YES.to_owned() } else { String::new() }
}

impl OptionForm {
    /// An empty form.
    pub(super) fn new(place: &Place<'_>) -> Self {
        Self {
            key: uuid::Uuid::now_v7().to_string(),
            kind: AMOUNT.to_owned(),
            currency: place.currencies().into_iter().next().unwrap_or_default(),
            uses: "1".to_owned(),
            every_site: ticked(true),
            holder: ANYONE.to_owned(),
            when_returned: WhenReturned::default().as_str().to_owned(),
            active: ticked(true),
            ..Self::default()
        }
    }

    /// The form of an option as it is.
    pub(super) fn of(option: &RedeemOption, zone: Tz) -> Self {
        let (draft, coupon) = (&option.draft, &option.draft.coupon);
        let optional = |number: Option<i64>| number.map(format::number).unwrap_or_default();
        let local = draft.names.get(OTHER_LANGUAGE);
        let currency = currency(coupon).unwrap_or_default();
        let (kind, worth) = match &coupon.discount {
            Discount::Percent(percent) => (PERCENT, format::decimal(percent.normalize())),
            Discount::Absolute { amount, .. } => (AMOUNT, typed(*amount, &currency)),
            // No option has one; a form for it would ask for an amount.
            Discount::FreeShipping => (AMOUNT, String::new()),
        };
        Self {
            version: option.version.to_string(),
            name: draft.name.clone(),
            description: draft.description.clone(),
            name_de: local.map(|local| local.name.clone()).unwrap_or_default(),
            description_de: local.map(|local| local.description.clone()).unwrap_or_default(),
            points: format::number(draft.points.get()),
            kind: kind.to_owned(),
            worth,
            min_order: min_order(coupon).map(|(amount, currency)| typed(amount, &currency)).unwrap_or_default(),
            currency,
            coupon_days: optional(draft.coupon_lifetime_days),
            uses: optional((coupon.max_redemptions != -1).then_some(coupon.max_redemptions)),
            stock: optional(draft.stock),
            per_customer: optional(draft.per_customer),
            from: draft.active_from.map(|at| first_day(at, zone)).unwrap_or_default(),
            until: draft.active_until.map(|at| last_day(at, zone)).unwrap_or_default(),
            every_site: ticked(draft.sites.is_empty()),
            site: draft.sites.iter().map(|code| code.as_str().to_owned()).collect(),
            holder: holder(draft).to_owned(),
            when_returned: draft.when_returned.as_str().to_owned(),
            active: ticked(draft.active),
            ..Self::default()
        }
    }

    pub(super) fn is_for_every_site(&self) -> bool {
        self.every_site == YES
    }

    pub(super) fn is_active(&self) -> bool {
        self.active == YES
    }

    /// Whether the fields of the other language are to be shown at once.
    pub(super) fn has_other_language(&self, errors: &Errors) -> bool {
        let typed = !self.name_de.is_empty() || !self.description_de.is_empty();
        typed || errors.has("name_de") || errors.has("description_de")
    }

    /// What the option shall be.
    pub(super) fn parse(&self, place: &Place<'_>) -> Result<OptionDraft, Errors> {
        let mut errors = Errors::default();
        let name = errors.check("name", coupon::required_text(&one_line(&self.name), NAME_CHARS_MAX));
        let description = errors.check("description", coupon::text(&self.description, DESCRIPTION_CHARS_MAX));
        let points = errors.check("points", Points::parse(&self.points));
        let coupon = self.coupon(place, &mut errors, name.as_deref(), description.as_deref());
        let names = self.names(place, &mut errors);
        let limit = |errors: &mut Errors, field: &'static str, text: &str, from, to| {
            errors.check(field, optional(text, from, to)).flatten()
        };
        let stock = limit(&mut errors, "stock", &self.stock, 0, Points::MAX);
        let per_customer = limit(&mut errors, "per_customer", &self.per_customer, 1, 1_000_000);
        let days = limit(&mut errors, "coupon_days", &self.coupon_days, 1, 36_500);
        let present = place.present.map(|option| &option.draft);
        let from = day(&mut errors, "from", &self.from, 0, present.and_then(|draft| draft.active_from), place.zone);
        let until = day(&mut errors, "until", &self.until, 1, present.and_then(|draft| draft.active_until), place.zone);
        let sites = self.sites(&mut errors);
        let when_returned = errors.check("when_returned", self.when_returned());
        let (Some(name), Some(description), Some(points), Some(coupon), Some(names), Some(when_returned), true) =
            (name, description, points, coupon, names, when_returned, errors.is_empty())
        else {
            return Err(errors);
        };
        let draft = OptionDraft {
            name,
            description,
            points,
            points_after_coupon: present.and_then(|draft| draft.points_after_coupon),
            coupon,
            active: self.is_active(),
            active_from: from,
            active_until: until,
            stock,
            per_customer,
            sites,
            coupon_lifetime_days: days,
            bound_to_customer: self.holder == BOUND,
            when_returned,
            names,
        };
        draft.checked(FieldErrors::default()).map_err(|found| found_at_fields(&found))
    }

    fn when_returned(&self) -> Result<WhenReturned, Message> {
        WhenReturned::parse(&self.when_returned).map_err(|_unknown| message!("options-choose-when-returned"))
    }

    fn coupon(
        &self,
        place: &Place<'_>,
        errors: &mut Errors,
        name: Option<&str>,
        description: Option<&str>,
    ) -> Option<CouponTemplate> {
        let currency = Currency::parse(&self.currency);
        let discount = self.discount(errors, currency.as_ref().ok());
        let min_order = match self.min_order.trim() {
            "" => Some(None),
            text => errors.check("min_order", money(text, currency.as_ref().ok())).map(Some),
        };
        if currency.is_err() && (self.kind == AMOUNT || !self.min_order.trim().is_empty()) {
            errors.add("currency", t!("options-choose-currency"));
        }
        let uses = errors.check("uses", optional(&self.uses, 1, Points::MAX));
        if ![ANYONE, SIGNED_IN, BOUND].contains(&self.holder.as_str()) {
            errors.add("holder", t!("options-choose-holder"));
        }
        let present = place.present.map(|option| &option.draft);
        let mut restrictions = present.map(|draft| draft.coupon.restrictions.clone()).unwrap_or_default();
        restrictions.min_order_value = match (min_order?, &currency) {
            (Some(amount), Ok(currency)) => Some(Money { amount, currency: currency.clone() }),
            _ => None,
        };
        // A coupon that was given a name of its own keeps it.
        let kept = |own: Option<&str>, of_option: Option<&str>, new: Option<&str>| {
            if own == of_option { new.map(str::to_owned) } else { own.map(str::to_owned) }
        };
        let own = present.map(|draft| &draft.coupon);
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Some(CouponTemplate {
            name: kept(own.map(|own| own.name.as_str()), present.map(|draft| draft.name.as_str()), name)?,
            description: kept(
                own.map(|own| own.description.as_deref().unwrap_or_default()),
                present.map(|draft| draft.description.as_str()),
                description,
            )
            .and_then(|text| some(&text)),
            discount: discount?,
            allow_anonymous: self.holder == ANYONE,
            max_redemptions: uses?.unwrap_or(-1),
            max_redemptions_per_customer: own.map_or(-1, |own| own.max_redemptions_per_customer),
            calculation: own.map(|own| own.calculation).unwrap_or_default(),
            category_restricted: own.is_some_and(|own| own.category_restricted),
            segment_restricted: own.is_some_and(|own| own.segment_restricted),
            valid_from: own.and_then(|own| own.valid_from),
            valid_until: own.and_then(|own| own.valid_until),
            restrictions,
        })
    }

    fn discount(&self, errors: &mut Errors, currency: Option<&Currency>) -> Option<Discount> {
        match self.kind.as_str() {
            PERCENT => {
                let percent = decimal_typed(self.worth.trim().trim_end_matches('%'))
                    .ok()
                    .filter(|percent| *percent > Decimal::ZERO && *percent <= Decimal::ONE_HUNDRED)
                    .ok_or_else(|| message!("options-wrong-percentage"));
                errors.check("worth", percent).map(Discount::Percent)
            }
            AMOUNT => {
                let amount = errors.check("worth", money(&self.worth, currency))?;
                Some(Discount::Absolute { amount, currency: currency?.clone() })
            }
            _ => {
                errors.add("kind", t!("options-choose-kind"));
                None
            }
        }
    }

    fn names(&self, place: &Place<'_>, errors: &mut Errors) -> Option<std::collections::BTreeMap<String, LocalName>> {
        let mut names = place.present.map(|option| option.draft.names.clone()).unwrap_or_default();
        let name = errors.check("name_de", coupon::text(&one_line(&self.name_de), NAME_CHARS_MAX))?;
        let description = errors.check("description_de", coupon::text(&self.description_de, DESCRIPTION_CHARS_MAX))?;
        if name.is_empty() && description.is_empty() {
            names.remove(OTHER_LANGUAGE);
        } else if name.is_empty() {
            errors.add("name_de", t!("options-lacks-name-de"));
        } else {
            names.insert(OTHER_LANGUAGE.to_owned(), LocalName { name, description });
        }
        Some(names)
    }

    fn sites(&self, errors: &mut Errors) -> Vec<SiteCode> {
        if self.is_for_every_site() {
            return Vec::new();
        }
        if self.site.is_empty() {
            errors.add("site", t!("options-choose-site"));
        }
        let codes = self.site.iter().map(|code| SiteCode::parse(code)).collect::<Result<_, _>>();
        errors.check("site", codes).unwrap_or_default()
    }
}

/// Who can use the coupons of an option.
pub(super) fn holder(draft: &OptionDraft) -> &'static str {
    match (draft.bound_to_customer, draft.coupon.allow_anonymous) {
        (true, _) => BOUND,
        (false, true) => ANYONE,
        (false, false) => SIGNED_IN,
    }
}

/// What the domain or the service found, at the fields of the form.
pub(super) fn found_at_fields(found: &FieldErrors) -> Errors {
    Errors::found(found, |field| match field {
        "activeUntil" => "until",
        "boundToCustomer" => "holder",
        "stock" => "stock",
        "sites" => "site",
        _ => "name",
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::domain::time::Timestamp;

    fn sites() -> Vec<Site> {
        let site = |code: &str, currency: &str| {
            let currency = Currency::parse(currency).unwrap();
            let now = Timestamp::from_micros(0);
            Site::initial(SiteCode::parse(code).unwrap(), code, chrono_tz::Europe::Berlin, currency, now)
        };
        vec![site("main", "EUR"), site("ch", "CHF"), site("at", "EUR")]
    }

    fn option(json: &Value) -> RedeemOption {
        RedeemOption {
            id: "o1".to_owned(),
            position: 1,
            version: 7,
            redeemed: 0,
            draft: OptionDraft::from_json(json.as_object().unwrap()).unwrap(),
            created_at: Timestamp::from_micros(0),
            modified_at: Timestamp::from_micros(0),
            archived_at: None,
        }
    }

    fn new_form(change: impl Fn(&mut OptionForm)) -> Result<OptionDraft, Errors> {
        let sites = sites();
        let place = Place { zone: chrono_tz::Europe::Berlin, sites: &sites, present: None };
        let mut form = OptionForm::new(&place);
        (form.name, form.points, form.worth) = ("Voucher".to_owned(), "500".to_owned(), "5".to_owned());
        change(&mut form);
        form.parse(&place)
    }

    #[test]
    fn an_option_comes_back_from_its_form_as_it_was() {
        let json = serde_json::json!({
            "type": "coupon", "name": "Ten", "description": "Two\nlines", "points": 1000, "pointsAfterCoupon": 3,
            "active": false, "activeFrom": "2027-01-01T09:30:00Z", "activeUntil": "2027-02-01T15:00:00Z", "stock": 12,
            "maxPerCustomer": 2, "sites": ["at"], "couponLifetimeDays": 30, "boundToCustomer": true,
            "whenOrderReturned": "GIVE_BACK",
            "names": {"de": {"name": "Zehn", "description": "D"}, "fr": {"name": "Dix", "description": ""}},
            "coupon": {
                "name": "Own name", "discountType": "ABSOLUTE", "discountAbsolute": {"amount": 12.5, "currency": "USD"},
                "maxRedemptionsPerCustomer": 4,
                "restrictions": {"validUntil": "2028-01-01T00:00:00Z", "category": ["x"],
                    "minOrderValue": {"amount": 25, "currency": "USD"}},
            },
        });
        let mut percent = json.clone();
        percent["coupon"] = serde_json::json!({"name": "Ten", "discountType": "PERCENT", "discountPercentage": 12.5,
            "allowAnonymous": true, "maxRedemptions": 3});
        percent["boundToCustomer"] = Value::Bool(false);
        for json in [json, percent] {
            let present = option(&json);
            let sites = sites();
            let place = Place { zone: chrono_tz::Europe::Berlin, sites: &sites, present: Some(&present) };
            let form = OptionForm::of(&present, place.zone);
            assert_eq!(form.parse(&place).unwrap(), present.draft);
        }
    }

    #[test]
    fn the_coupon_is_called_as_the_option_until_it_has_a_name_of_its_own() {
        let draft = new_form(|form| form.description = "More".to_owned()).unwrap();
        assert_eq!((draft.coupon.name.as_str(), draft.coupon.description.as_deref()), ("Voucher", Some("More")));
        let mut present = option(&serde_json::json!({"type": "coupon", "name": "Voucher", "points": 1,
            "coupon": {"name": "Voucher", "discountType": "PERCENT", "discountPercentage": 5}}));
        for (own, renamed) in [("Voucher", "New"), ("Own", "Own")] {
            present.draft.coupon.name = own.to_owned();
            let place = Place { zone: Tz::UTC, sites: &[], present: Some(&present) };
            let form = OptionForm { name: "New".to_owned(), ..OptionForm::of(&present, Tz::UTC) };
            assert_eq!(form.parse(&place).unwrap().coupon.name, renamed);
        }
    }

    #[test]
    fn days_are_whole_days_of_the_tenant() {
        let draft = new_form(|form| {
            form.from = "2027-03-28".to_owned();
            form.until = "2027-03-28".to_owned();
        });
        let draft = draft.unwrap();
        assert_eq!(draft.active_from.unwrap().to_contract_z(), "2027-03-27T23:00:00.000Z");
        // The clocks are put forward on that day.
        assert_eq!(draft.active_until.unwrap().to_contract_z(), "2027-03-28T22:00:00.000Z");
    }

    #[test]
    fn numbers_are_taken_as_people_write_them() {
        let draft = new_form(|form| {
            form.points = " 1,000 ".to_owned();
            form.worth = "1.234,50".to_owned();
            form.stock = "0".to_owned();
            form.uses = String::new();
            form.name = " A\r\nB ".to_owned();
        });
        let draft = draft.unwrap();
        assert_eq!((draft.points.get(), draft.stock, draft.name.as_str()), (1000, Some(0), "A B"));
        assert_eq!(draft.coupon.max_redemptions, -1);
        let Discount::Absolute { amount, .. } = draft.coupon.discount else { panic!("an amount") };
        assert_eq!(amount.to_string(), "1234.5");
    }

    #[test]
    fn everything_that_does_not_fit_is_told_at_its_field() {
        type Change = fn(&mut OptionForm);
        let wrong: [(&str, Change); 21] = [
            ("name", |form| form.name = " ".to_owned()),
            ("name", |form| form.name = "x".repeat(201)),
            ("description", |form| form.description = "x".repeat(2001)),
            ("points", |form| form.points = "5oo".to_owned()),
            ("points", |form| form.points = "0".to_owned()),
            ("points", |form| form.points = "1.5".to_owned()),
            ("kind", |form| form.kind = "shipping".to_owned()),
            ("worth", |form| form.worth = "0".to_owned()),
            ("worth", |form| form.worth = "5.001".to_owned()),
            ("worth", |form| (form.kind, form.worth) = (PERCENT.to_owned(), "101".to_owned())),
            ("currency", |form| form.currency = "XXX".to_owned()),
            ("min_order", |form| form.min_order = "-1".to_owned()),
            ("coupon_days", |form| form.coupon_days = "0".to_owned()),
            ("uses", |form| form.uses = "many".to_owned()),
            ("stock", |form| form.stock = "-1".to_owned()),
            ("per_customer", |form| form.per_customer = "0".to_owned()),
            ("from", |form| form.from = "31.1.2027".to_owned()),
            ("until", |form| (form.from, form.until) = ("2027-02-02".to_owned(), "2027-02-01".to_owned())),
            ("site", |form| form.every_site = String::new()),
            ("holder", |form| form.holder = "me".to_owned()),
            ("name_de", |form| form.description_de = "nur".to_owned()),
        ];
        for (field, change) in wrong {
            let errors = new_form(change).unwrap_err();
            assert!(errors.has(field), "{field}: {errors:?}");
        }
        let several = new_form(|form| (form.points, form.worth, form.name) = Default::default()).unwrap_err();
        assert_eq!(several.all().len(), 3);
    }
}
