//! The form for a coupon that is made by hand.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use askama::Template;
use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::{
    app::App,
    domain::{
        calendar,
        code::CouponCode,
        coupon::{
            CouponDraft, CouponTemplate, DESCRIPTION_CHARS_MAX, Discount, MixinLinks, NAME_CHARS_MAX, REDEMPTIONS_MAX,
            Restrictions, required_text, text,
        },
        ids::CustomerId,
        invalid::Invalid,
        money::{Currency, Money, decimal_typed},
        points::Points,
        role::Role,
        time::Timestamp,
    },
    secrets,
    service::{
        coupons::{self, Answered, CouponError, NewCoupon},
        idempotency::KeyedRequest,
        sites,
    },
    texts::t,
    web::{
        access::Member,
        error::WebError,
        filters,
        form::{Choice, Errors, Protected},
        html::{self, Want},
        query::coupon_page,
        shell::{Section, Shell, Toast},
    },
};

const PERCENT: &str = "percent";
const AMOUNT: &str = "amount";
const SHIPPING: &str = "shipping";
const ANYONE: &str = "anyone";
const SIGNED_IN: &str = "signed_in";
const ONE: &str = "one";

/// The form, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct CouponForm {
    /// What tells this form from another one that says the same.
    key: String,
    code: String,
    name: String,
    description: String,
    kind: String,
    worth: String,
    currency: String,
    min_order: String,
    uses: String,
    per_customer: String,
    from: String,
    until: String,
    holder: String,
    customer: String,
}

#[derive(Template)]
#[template(path = "coupons/new.html", blocks = ["main"])]
struct NewPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    form: &'a CouponForm,
    kinds: &'a [Choice],
    holders: &'a [Choice],
    currencies: &'a [Choice],
}

/// Whole days of a form, both included, in the tenant's zone.
fn day(typed: &str, days: u64, zone: Tz) -> Result<Option<Timestamp>, Invalid> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let day = typed.parse::<NaiveDate>().ok().filter(|day| (2000..=9998).contains(&day.year()));
    let day = day.and_then(|day| day.checked_add_days(chrono::Days::new(days)));
    let day = day.ok_or_else(|| Invalid::new(t!("coupons-wrong-day")))?;
    Ok(Some(calendar::start_of(day, zone)))
}

/// How often; nothing for without limit.
fn times(typed: &str) -> Result<i64, Invalid> {
    if typed.trim().is_empty() {
        return Ok(-1);
    }
    let number = Points::parse(typed).map(Points::get).ok().filter(|number| *number <= REDEMPTIONS_MAX);
    number.ok_or_else(|| Invalid::new(t!("coupons-wrong-times")))
}

/// An amount above zero with no more decimals than its currency has.
fn money(typed: &str, currency: &Currency) -> Result<Decimal, Invalid> {
    let example = if currency.decimals() == 0 { "500" } else { "5.00" };
    decimal_typed(typed)
        .ok()
        .map(|amount| amount.normalize())
        .filter(|amount| *amount > Decimal::ZERO && amount.scale() <= currency.decimals())
        .ok_or_else(|| Invalid::new(t!("coupons-wrong-amount", example = example)))
}

impl CouponForm {
    /// What is filled in already, and what a coupon made by hand mostly is: one use, an amount.
    fn begun(mut self, currencies: &[Currency]) -> Self {
        self.key = uuid::Uuid::new_v4().simple().to_string();
        let fill = |field: &mut String, value: &str| {
            if field.is_empty() {
                value.clone_into(field);
            }
        };
        fill(&mut self.kind, AMOUNT);
        fill(&mut self.uses, "1");
        let holder = if self.customer.is_empty() { SIGNED_IN } else { ONE };
        fill(&mut self.holder, holder);
        fill(&mut self.currency, currencies.first().map_or("EUR", Currency::as_str));
        self
    }

    fn discount(&self, currency: &Currency, errors: &mut Errors) -> Option<Discount> {
        match self.kind.as_str() {
            PERCENT => {
                let typed = self.worth.trim().trim_end_matches('%');
                let percent = decimal_typed(typed).ok().filter(|p| *p > Decimal::ZERO && *p <= Decimal::ONE_HUNDRED);
                let percent = percent.ok_or_else(|| t!("coupons-wrong-percent"));
                errors.check("worth", percent).map(Discount::Percent)
            }
            AMOUNT => {
                let amount = errors.check("worth", money(&self.worth, currency))?;
                Some(Discount::Absolute { amount, currency: currency.clone() })
            }
            SHIPPING => Some(Discount::FreeShipping),
            _ => {
                errors.add("kind", t!("coupons-wrong-kind"));
                None
            }
        }
    }

    fn restrictions(&self, currency: &Currency, errors: &mut Errors) -> Restrictions {
        let mut restrictions = Restrictions::default();
        if !self.min_order.trim().is_empty() {
            let amount = errors.check("min_order", money(&self.min_order, currency));
            restrictions.min_order_value = amount.map(|amount| Money { amount, currency: currency.clone() });
        }
        if self.holder == ONE {
            let customer = CustomerId::parse(self.customer.trim());
            let customer = customer.map_err(|_invalid| t!("coupons-wrong-customer"));
            restrictions.valid_for.extend(errors.check("customer", customer).map(|id| id.to_string()));
        }
        restrictions
    }

    /// The coupon that the form asks for.
    fn parse(&self, currencies: &[Currency], zone: Tz) -> Result<NewCoupon, Errors> {
        let mut errors = Errors::default();
        let code = Some(&self.code).filter(|code| !code.trim().is_empty()).map(|code| CouponCode::parse(code));
        let code = errors.check("code", code.transpose());
        let name = errors.check("name", required_text(&self.name.replace(['\r', '\n'], " "), NAME_CHARS_MAX));
        let description = errors.check("description", text(&self.description, DESCRIPTION_CHARS_MAX));
        let currency = currencies.iter().find(|known| known.as_str() == self.currency).or(currencies.first());
        let currency = errors.check("currency", currency.cloned().ok_or_else(|| t!("coupons-wrong-currency")));
        let discount = currency.as_ref().and_then(|currency| self.discount(currency, &mut errors));
        let restrictions = currency.as_ref().map(|currency| self.restrictions(currency, &mut errors));
        let uses = errors.check("uses", times(&self.uses));
        let per_customer = errors.check("per_customer", times(&self.per_customer));
        let (from, until) = (day(&self.from, 0, zone), day(&self.until, 1, zone));
        let (from, until) = (errors.check("from", from), errors.check("until", until));
        if from.flatten().zip(until.flatten()).is_some_and(|(from, until)| from >= until) {
            errors.add("until", t!("coupons-wrong-order"));
        }
        if ![ANYONE, SIGNED_IN, ONE].contains(&self.holder.as_str()) {
            errors.add("holder", t!("coupons-wrong-holder"));
        }
        if self.holder == ANYONE && per_customer.is_some_and(|limit| limit != -1) {
            errors.add("per_customer", t!("coupons-wrong-guests"));
        }
        let parsed = (code, name, description, discount, restrictions, uses, per_customer, from, until);
        let (Some(code), Some(name), Some(description), Some(discount), Some(restrictions), ..) = parsed else {
            return Err(errors);
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        let customer = restrictions.valid_for.first().and_then(|id| CustomerId::parse(id).ok());
        let template = CouponTemplate {
            name,
            description: (!description.is_empty()).then_some(description),
            discount,
            calculation: crate::domain::coupon::Calculation::default(),
            allow_anonymous: self.holder == ANYONE,
            max_redemptions: uses.unwrap_or(-1),
            max_redemptions_per_customer: per_customer.unwrap_or(-1),
            valid_from: from.flatten(),
            valid_until: until.flatten(),
            category_restricted: false,
            segment_restricted: false,
            restrictions,
        };
        let draft = CouponDraft { template, issued_to: customer, mixins: None, mixin_links: MixinLinks::new() };
        Ok(NewCoupon { code, draft })
    }
}

/// The currencies of the tenant's sites, those of the first site first.
async fn currencies(app: &App, member: &Member) -> Result<Vec<Currency>, WebError> {
    let mut currencies: Vec<Currency> = Vec::new();
    for site in sites::list(&app.db, &member.place.tenant).await? {
        if !currencies.contains(&site.currency) {
            currencies.push(site.currency);
        }
    }
    Ok(currencies)
}

fn show(
    member: &Member,
    want: &Want,
    currencies: &[Currency],
    form: &CouponForm,
    errors: &Errors,
) -> Result<HttpResponse, WebError> {
    let (shell, status) = errors.mark(member.shell(Section::Coupons, t!("coupons-create")));
    let kinds = [
        (AMOUNT, t!("coupons-kind-amount")),
        (PERCENT, t!("coupons-kind-percent")),
        (SHIPPING, t!("coupons-kind-shipping")),
    ]
    .map(|(value, label)| Choice::new(value, label));
    let holders = [
        Choice::new(ANYONE, t!("coupons-holder-anyone")).hinted(t!("coupons-holder-anyone-hint")),
        Choice::new(SIGNED_IN, t!("coupons-holder-signed-in")),
        Choice::new(ONE, t!("coupons-holder-one")).hinted(t!("coupons-holder-one-hint")),
    ];
    let currencies: Vec<Choice> =
        currencies.iter().map(|currency| Choice::new(currency.as_str(), currency.as_str())).collect();
    let page = NewPage { shell: &shell, errors, form, kinds: &kinds, holders: &holders, currencies: &currencies };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// Shows the form, with what the address fills in.
pub(in crate::web) async fn new_form(
    member: Member,
    filled: Query<CouponForm>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let currencies = currencies(&app, &member).await?;
    let form = filled.into_inner().begun(&currencies);
    show(&member, &want, &currencies, &form, &Errors::default())
}

/// Makes a coupon.
pub(in crate::web) async fn create(
    member: Member,
    want: Want,
    app: Data<App>,
    form: Protected<CouponForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let mut form = form.0;
    let currencies = currencies(&app, &member).await?;
    let new = match form.parse(&currencies, member.place.zone) {
        Ok(new) => new,
        Err(errors) => return show(&member, &want, &currencies, &form, &errors),
    };
    // The same form sent twice makes one coupon.
    let key = KeyedRequest {
        key: format!("coupon form {}", form.key),
        fingerprint: secrets::sha256_hex(&format!("{new:?}")),
    };
    let made = coupons::create(&app, &member.caller(), &new, Some(&key), |code| (201, code.to_owned())).await;
    let mut errors = Errors::default();
    match made {
        Ok(Answered::Now(code) | Answered::Before { body: code, .. }) => {
            member.toast(Toast::new(t!("coupons-done")))?;
            return Ok(html::see_other(&coupon_page(&member.place.tenant, &code)));
        }
        Err(CouponError::Taken { code, .. }) => {
            errors.add("code", t!("coupons-taken", code = code));
        }
        Err(CouponError::KeyReused) => {
            form.key = uuid::Uuid::new_v4().simple().to_string();
            errors.add("name", t!("coupons-sent-before"));
        }
        Err(error) => return Err(error.into()),
    }
    show(&member, &want, &currencies, &form, &errors)
}
