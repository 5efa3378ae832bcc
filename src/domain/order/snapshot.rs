//! What the shop says of an order, at one moment.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::domain::{
    fields::Fields,
    ids::{self, CustomerId, SiteCode},
    invalid::{FieldErrors, Invalid},
    money::{self, Currency},
    text::{self, Lines},
    time::Timestamp,
};
use crate::texts::{Message, message, t};

/// Items of one order, at most.
const ITEMS_MAX: usize = 1_000;
/// Pieces of one item, at most.
pub const QUANTITY_MAX: i64 = 1_000_000;
/// Longest article number, in characters.
const SKU_CHARS_MAX: usize = 255;
/// What no item costs: the first amount that [`money::decimal`] does not read.
const TOTAL_END: i64 = 1_000_000_000_000;
/// How far a shop's clock may be ahead, in seconds.
const AHEAD_SECS_MAX: i64 = 300;

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderStatus {
    /// The customer is still paying.
    InCheckout,
    /// It was placed.
    Created,
    /// The shop took it on.
    Confirmed,
    /// It is on its way.
    Shipped,
    /// It is done: final, and what earns the points.
    Completed,
    /// The shop did not take it on, or it was cancelled.
    Declined,
}

impl OrderStatus {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::InCheckout, Self::Created, Self::Confirmed, Self::Shipped, Self::Completed, Self::Declined];

    /// The name, as it is stored and answered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InCheckout => "IN_CHECKOUT",
            Self::Created => "CREATED",
            Self::Confirmed => "CONFIRMED",
            Self::Shipped => "SHIPPED",
            Self::Completed => "COMPLETED",
            Self::Declined => "DECLINED",
        }
    }

    /// Takes a name.
    ///
    /// # Errors
    /// When there is no such status.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|status| status.as_str() == text);
        known.ok_or_else(|| Invalid::new(t!("order-status-unknown")))
    }
}

/// What an order comes to. Every amount is zero or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// With tax and shipping, before the discount.
    pub gross: Decimal,
    /// The same without tax.
    pub net: Decimal,
    /// The tax in it.
    pub tax: Decimal,
    /// The shipping in it.
    pub shipping: Decimal,
    /// What is taken off it.
    pub discount: Decimal,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The shop's id of the line, unique within the order.
    pub id: String,
    /// The article.
    pub sku: Option<String>,
    /// How many pieces.
    pub quantity: i64,
    /// What one costs.
    pub unit_price: Option<Decimal>,
    /// What all of them cost.
    pub total: Decimal,
}

/// What the shop says of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Who ordered; `None` for a guest.
    pub customer: Option<CustomerId>,
    /// In which shop.
    pub site: SiteCode,
    /// Where it stands.
    pub status: OrderStatus,
    /// In which currency.
    pub currency: Currency,
    /// What it comes to.
    pub totals: Totals,
    /// What was ordered.
    pub items: Vec<Item>,
    /// When it was completed.
    pub completed_at: Option<Timestamp>,
}

impl Snapshot {
    /// Reads what a shop sends. A completed order without an instant is completed now.
    ///
    /// # Errors
    /// When something does not fit; every field that does not is named.
    pub fn from_json(map: &Map<String, Value>, now: Timestamp) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut fields = Fields { map, prefix: "", errors: &mut errors };
        let customer = fields.given("customerId", CustomerId::parse);
        let site = fields.given("siteCode", SiteCode::parse).unwrap_or_else(SiteCode::main);
        let status = required(&mut fields, "status", message!("order-status"), OrderStatus::parse);
        let currency = currency(&mut fields, message!("order-currency"));
        let completed_at = completed_at(&mut fields, status, now);
        let decimals = currency.as_ref().map_or(0, Currency::decimals);
        let totals = Totals::read(map, decimals, &mut errors);
        let items = items(map, decimals, &mut errors);
        match (status, currency, totals) {
            (Some(status), Some(currency), Some(totals)) if errors.is_empty() => {
                Ok(Self { customer, site, status, currency, totals, items, completed_at })
            }
            _ => Err(errors),
        }
    }

    /// Whether a later snapshot of a completed order repeats this one.
    pub(super) fn says_the_same_as(&self, later: &Self) -> bool {
        let same = |mut one: Self| {
            // Both may be left out of what was said before.
            one.completed_at = None;
            one.customer = None;
            one
        };
        same(self.clone()) == same(later.clone())
    }

    /// The item with this id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }
}

fn required<T>(
    fields: &mut Fields<'_>,
    name: &str,
    missing: Message,
    parse: impl Fn(&str) -> Result<T, Invalid>,
) -> Option<T> {
    if fields.get(name).is_none() {
        fields.error(name, missing);
        return None;
    }
    fields.given(name, parse)
}

/// Reads the currency, which must be there.
pub(super) fn currency(fields: &mut Fields<'_>, missing: Message) -> Option<Currency> {
    required(fields, "currency", missing, Currency::parse)
}

fn completed_at(fields: &mut Fields<'_>, status: Option<OrderStatus>, now: Timestamp) -> Option<Timestamp> {
    let at = fields.time("completedAt");
    if at.is_some_and(|at| at > now.plus_secs(AHEAD_SECS_MAX)) {
        fields.error("completedAt", t!("order-completed-ahead"));
    }
    let now = (status == Some(OrderStatus::Completed)).then_some(now);
    at.or(now)
}

/// An amount, with at least as many decimals as its currency has.
fn amount(fields: &mut Fields<'_>, name: &str, decimals: u32) -> Option<Decimal> {
    let mut amount = fields.parsed(name, |value| match value {
        Value::String(text) => money::decimal(text),
        other => money::exact(other),
    })?;
    if amount.scale() < decimals {
        amount.rescale(decimals);
    }
    Some(amount)
}

impl Totals {
    /// Totals of which nothing is said but what is to be paid, in the field `name`.
    pub(super) fn of_amount(fields: &mut Fields<'_>, name: &str, decimals: u32) -> Option<Self> {
        let gross = amount(fields, name, decimals)?;
        let zero = Decimal::new(0, decimals);
        Some(Self { gross, net: gross, tax: zero, shipping: zero, discount: zero })
    }

    /// The field `totals` of an order.
    pub(super) fn read(map: &Map<String, Value>, decimals: u32, errors: &mut FieldErrors) -> Option<Self> {
        let Some(totals) = map.get("totals").filter(|totals| !totals.is_null()) else {
            errors.add("totals", t!("order-totals"));
            return None;
        };
        let Some(totals) = totals.as_object() else {
            errors.add("totals", t!("order-totals"));
            return None;
        };
        let mut fields = Fields { map: totals, prefix: "totals.", errors };
        if fields.get("gross").is_none() {
            fields.error("gross", t!("order-gross"));
        }
        let gross = amount(&mut fields, "gross", decimals);
        let net = amount(&mut fields, "net", decimals);
        let mut other = |name: &str| amount(&mut fields, name, decimals);
        let (tax, shipping, discount) = (other("tax"), other("shipping"), other("discount"));
        let gross = gross?;
        let zero = Decimal::new(0, decimals);
        let tax = match (tax, net) {
            (Some(tax), _) => tax,
            (None, Some(net)) => (gross - net).max(zero),
            (None, None) => zero,
        };
        let net = net.unwrap_or_else(|| (gross - tax).max(zero));
        Some(Self { gross, net, tax, shipping: shipping.unwrap_or(zero), discount: discount.unwrap_or(zero) })
    }

    /// As it is stored: the decimals keep their digits.
    pub fn to_json(&self) -> Value {
        let text = |amount: Decimal| amount.to_string();
        json!({ "gross": text(self.gross), "net": text(self.net), "tax": text(self.tax),
            "shipping": text(self.shipping), "discount": text(self.discount) })
    }
}

fn items(map: &Map<String, Value>, decimals: u32, errors: &mut FieldErrors) -> Vec<Item> {
    let list = match map.get("items") {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(list)) if list.len() <= ITEMS_MAX => list,
        Some(Value::Array(_)) => {
            errors.add("items", t!("order-too-many-items", most = ITEMS_MAX.to_string()));
            return Vec::new();
        }
        Some(_) => {
            errors.add("items", t!("order-items"));
            return Vec::new();
        }
    };
    let mut items = Vec::with_capacity(list.len());
    let mut ids = BTreeSet::new();
    for (place, value) in list.iter().enumerate() {
        let mut wrong = FieldErrors::default();
        if let Some(item) = Item::read(value, decimals, &mut wrong) {
            if !ids.insert(item.id.clone()) {
                wrong.add("id", t!("order-item-twice"));
            }
            items.push(item);
        }
        within(errors, &format!("items[{place}]"), &wrong);
    }
    items
}

/// Adds what is wrong with a part, with the part's name before the fields'.
pub(super) fn within(errors: &mut FieldErrors, part: &str, wrong: &FieldErrors) {
    for (field, message) in wrong.iter() {
        let name = if field.is_empty() { part.to_owned() } else { format!("{part}.{field}") };
        errors.add(&name, message);
    }
}

/// Reads the id of an item.
pub(super) fn item_id(fields: &mut Fields<'_>) -> Option<String> {
    required(fields, "id", message!("order-item-id"), |text| ids::opaque(text, message!("order-item-id-what")))
}

/// Reads a number of pieces.
pub(super) fn quantity(fields: &mut Fields<'_>) -> Option<i64> {
    if fields.get("quantity").is_none() {
        fields.error("quantity", t!("order-quantity"));
    }
    fields.integer("quantity", 1, QUANTITY_MAX)
}

impl Item {
    fn read(value: &Value, decimals: u32, errors: &mut FieldErrors) -> Option<Self> {
        let Some(map) = value.as_object() else {
            errors.add("", t!("order-item"));
            return None;
        };
        let mut fields = Fields { map, prefix: "", errors };
        let id = item_id(&mut fields);
        let sku = fields.given("sku", |sku| {
            text::check(sku, SKU_CHARS_MAX, Lines::One)?;
            Ok(sku.to_owned())
        });
        let quantity = quantity(&mut fields);
        let unit_price = amount(&mut fields, "unitPrice", decimals);
        let given = amount(&mut fields, "total", decimals);
        let is_priced = fields.get("total").is_some() || fields.get("unitPrice").is_some();
        if !is_priced {
            fields.error("total", t!("order-item-total"));
        }
        let quantity = quantity?;
        let total = given.or_else(|| unit_price?.checked_mul(Decimal::from(quantity)))?;
        if total >= Decimal::from(TOTAL_END) {
            fields.error("total", t!("order-item-dear"));
        }
        Some(Self { id: id?, sku, quantity, unit_price, total })
    }

    fn to_json(&self) -> Value {
        json!({ "id": self.id, "sku": self.sku, "quantity": self.quantity,
            "unitPrice": self.unit_price.map(|price| price.to_string()), "total": self.total.to_string() })
    }

    /// Items as they are stored.
    pub fn list_to_json(items: &[Self]) -> Value {
        items.iter().map(Self::to_json).collect()
    }
}

/// Totals and items as they were stored.
///
/// # Errors
/// When they were not stored by this.
pub fn from_stored(totals: &str, lines: &str) -> Result<(Totals, Vec<Item>), Invalid> {
    let broken = || Invalid::new("the totals or items of an order");
    let totals: Value = serde_json::from_str(totals).map_err(|_json| broken())?;
    let lines: Value = serde_json::from_str(lines).map_err(|_json| broken())?;
    let mut errors = FieldErrors::default();
    let map: Map<String, Value> = [("totals".to_owned(), totals), ("items".to_owned(), lines)].into_iter().collect();
    let totals = Totals::read(&map, 0, &mut errors);
    let items = items(&map, 0, &mut errors);
    totals.filter(|_| errors.is_empty()).map(|totals| (totals, items)).ok_or_else(broken)
}
