//! Orders as they are sent and answered.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    domain::{
        coupon::number,
        fields::Fields,
        ids::{CustomerId, OrderId},
        invalid::{FieldErrors, Invalid},
        order::{
            self, Received,
            returned::{self, Content},
            snapshot,
        },
        time::Timestamp,
    },
    service::orders,
};

/// What the shop says of an order. Amounts are zero or more, exact decimals, as numbers or as texts.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the document; the domain reads it")]
#[schema(rename_all = "camelCase")]
pub(super) struct NewOrder {
    /// Who ordered; left out for a guest.
    #[schema(max_length = 255, example = "C4289081720")]
    customer_id: Option<String>,
    /// In which shop.
    #[schema(default = "main", example = "main")]
    site_code: Option<String>,
    /// Where it stands: `IN_CHECKOUT`, `CREATED`, `CONFIRMED`, `SHIPPED`, `COMPLETED` or `DECLINED`.
    #[schema(example = "COMPLETED")]
    status: String,
    /// The currency of the site.
    #[schema(example = "EUR")]
    currency: String,
    /// What it comes to.
    totals: NewTotals,
    /// What was ordered: needed where items are to come back.
    items: Option<Vec<NewItem>>,
    /// When it was completed; without it, when the snapshot arrives.
    #[schema(format = DateTime, example = "2026-11-20T09:30:00Z")]
    completed_at: Option<String>,
}

/// What an order comes to.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the document; the domain reads it")]
pub(super) struct NewTotals {
    /// With tax and shipping, before the discount.
    #[schema(value_type = f64, minimum = 0, example = 119.00)]
    gross: Value,
    /// The same without tax; without it, `gross` less `tax`. A site that counts without tax sends shipping and discount
    /// without tax, too.
    #[schema(value_type = Option<f64>, minimum = 0, example = 100.00)]
    net: Option<Value>,
    /// The tax in it.
    #[schema(value_type = Option<f64>, minimum = 0, example = 19.00)]
    tax: Option<Value>,
    /// The shipping in it.
    #[schema(value_type = Option<f64>, minimum = 0, example = 4.90)]
    shipping: Option<Value>,
    /// What is taken off it.
    #[schema(value_type = Option<f64>, minimum = 0, example = 10.00)]
    discount: Option<Value>,
}

/// One line of an order.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the document; the domain reads it")]
#[schema(rename_all = "camelCase")]
pub(super) struct NewItem {
    /// The line, unique within the order.
    #[schema(max_length = 255, example = "1")]
    id: String,
    /// The article.
    #[schema(max_length = 255, example = "TENT-2P")]
    sku: Option<String>,
    /// How many pieces.
    #[schema(minimum = 1, maximum = 1_000_000, example = 2)]
    quantity: i64,
    /// What one costs; needed when `total` is left out.
    #[schema(value_type = Option<f64>, minimum = 0, example = 49.90)]
    unit_price: Option<Value>,
    /// What all of them cost.
    #[schema(value_type = Option<f64>, minimum = 0, example = 99.80)]
    total: Option<Value>,
}

/// What came back: either items, or an amount with its currency.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the document; the domain reads it")]
pub(super) struct NewReturn {
    /// Items of the order, each once.
    items: Option<Vec<Piece>>,
    /// How much money was paid back, with tax.
    #[schema(value_type = Option<f64>, minimum = 0, example = 49.90)]
    amount: Option<Value>,
    /// The currency of the order.
    #[schema(example = "EUR")]
    currency: Option<String>,
}

/// Guests' orders that are a customer's.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the document")]
#[schema(rename_all = "camelCase")]
pub(super) struct NewClaim {
    /// Whose they are.
    #[schema(max_length = 255, example = "C4289081720")]
    customer_id: String,
    /// Which; one alone may stand in `orderId`.
    #[schema(max_items = 100, example = json!(["B7012044"]))]
    order_ids: Option<Vec<String>>,
    /// Which.
    #[schema(max_length = 255)]
    order_id: Option<String>,
}

impl NewClaim {
    /// Reads what a shop sends.
    pub(super) fn parse(map: &Map<String, Value>) -> Result<(CustomerId, Vec<OrderId>), FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut fields = Fields { map, prefix: "", errors: &mut errors };
        let customer = fields.given("customerId", CustomerId::parse);
        if fields.get("customerId").is_none() {
            fields.error("customerId", "Give the customer whose orders they are.");
        }
        let one = fields.given("orderId", OrderId::parse);
        let list = fields.get("orderIds").cloned();
        let mut ids: Vec<OrderId> = one.into_iter().collect();
        match list {
            None if map.get("orderId").is_none_or(Value::is_null) => {
                errors.add("orderIds", "Give the numbers of the orders.");
            }
            None => {}
            Some(Value::Array(list)) if (1..=orders::CLAIMED_MAX).contains(&list.len()) => {
                for (place, value) in list.iter().enumerate() {
                    let id = value.as_str().ok_or_else(|| Invalid::new("Give a text.")).and_then(OrderId::parse);
                    ids.extend(errors.check(&format!("orderIds[{place}]"), id));
                }
            }
            Some(_) => errors.add("orderIds", format!("Give an array of 1 to {} numbers.", orders::CLAIMED_MAX)),
        }
        match customer {
            Some(customer) if errors.is_empty() => Ok((customer, ids)),
            _ => Err(errors),
        }
    }
}

/// Orders that were claimed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClaimedOrders)]
pub(super) struct Claimed {
    /// The orders, each once.
    orders: Vec<Order>,
}

impl From<&[orders::Order]> for Claimed {
    fn from(orders: &[orders::Order]) -> Self {
        Self { orders: orders.iter().map(Order::from).collect() }
    }
}

/// An order as far as it is known.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Order {
    /// The shop's number of it.
    #[serde(rename = "orderId")]
    #[schema(example = "B7012044")]
    id: String,
    /// Who ordered; absent for a guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "C4289081720")]
    customer_id: Option<String>,
    /// In which shop; this and the following are absent while only returns of the order have arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "main")]
    site_code: Option<String>,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "COMPLETED")]
    status: Option<&'static str>,
    /// In which currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// What it comes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    totals: Option<Totals>,
    /// What was ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Vec<Item>>,
    /// When it was completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, example = "2026-11-20T09:30:00.000+00:00")]
    completed_at: Option<String>,
    /// What it earned; absent until it is completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<Award>,
    /// What came back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    returns: Vec<Return>,
    /// What the shop should know about the request that was just made.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'static str>,
}

/// What an order comes to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderTotals)]
pub(super) struct Totals {
    /// With tax and shipping, before the discount.
    #[schema(value_type = f64, example = 119.00)]
    gross: Value,
    /// The same without tax.
    #[schema(value_type = f64, example = 100.00)]
    net: Value,
    /// The tax in it.
    #[schema(value_type = f64, example = 19.00)]
    tax: Value,
    /// The shipping in it.
    #[schema(value_type = f64, example = 4.90)]
    shipping: Value,
    /// What is taken off it.
    #[schema(value_type = f64, example = 10.00)]
    discount: Value,
}

/// One line of an order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrderItem)]
pub(super) struct Item {
    /// The line.
    #[schema(example = "1")]
    id: String,
    /// The article.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "TENT-2P")]
    sku: Option<String>,
    /// How many pieces.
    #[schema(example = 2)]
    quantity: i64,
    /// What one costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, example = 49.90)]
    unit_price: Option<Value>,
    /// What all of them cost.
    #[schema(value_type = f64, example = 99.80)]
    total: Value,
}

/// What an order earned.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrderPoints)]
pub(super) struct Award {
    /// How many points.
    #[schema(example = 104)]
    earned: i64,
    /// How many of them its returns took back.
    #[schema(example = 0)]
    taken_back: i64,
    /// `given` to the customer, `waiting` for a customer who claims the order, or `none`.
    #[schema(example = "given")]
    state: &'static str,
    /// How they were worked out.
    #[schema(example = "119.00 gross - 4.90 shipping - 10.00 discount = 104.10 x 1 = 104.1, rounded down: 104")]
    explanation: String,
    /// The version of the site's rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 3)]
    rule_version: Option<i64>,
    /// The entry in the customer's ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "1c32ce73-8765-42a7-92af-ff370a0a59d6")]
    entry_id: Option<String>,
    /// From when they can be spent; absent when at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    available_from: Option<String>,
    /// Up to when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    valid_until: Option<String>,
}

/// One return of an order.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrderReturn)]
pub(super) struct Return {
    /// The shop's number of it.
    #[serde(rename = "returnId")]
    #[schema(example = "R1")]
    id: String,
    /// The items that came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Vec<Piece>>,
    /// The money that was paid back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, example = 49.90)]
    amount: Option<Value>,
    /// Its currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// `applied`, or `waiting` for the order's points.
    #[schema(example = "applied")]
    state: &'static str,
    /// The share of the order's points that goes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 52)]
    points: Option<i64>,
    /// How many of these were there to be taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 52)]
    taken: Option<i64>,
    /// How many of these later points pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 0)]
    owed: Option<i64>,
    /// How many of these were let go.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 0)]
    let_go: Option<i64>,
    /// The entry in the customer's ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry_id: Option<String>,
}

/// Pieces of an item that came back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderReturnItem)]
pub(super) struct Piece {
    /// The item.
    #[schema(example = "1")]
    id: String,
    /// How many pieces.
    #[schema(example = 1)]
    quantity: i64,
}

const LATE: &str = "The order was completed before and stays as it was then; this snapshot changes nothing. Report what \
    comes back as a return.";

impl Order {
    /// An order as it is answered to a snapshot of it.
    pub(super) fn after(order: &orders::Order, received: Received) -> Self {
        Self { notice: (received == Received::Late).then_some(LATE), ..Self::from(order) }
    }
}

impl From<&orders::Order> for Order {
    fn from(order: &orders::Order) -> Self {
        let snapshot = order.snapshot.as_ref();
        Self {
            id: order.id.to_string(),
            customer_id: order.customer().map(ToString::to_string),
            site_code: snapshot.map(|snapshot| snapshot.site.to_string()),
            status: snapshot.map(|snapshot| snapshot.status.as_str()),
            currency: snapshot.map(|snapshot| snapshot.currency.as_str().to_owned()),
            totals: snapshot.map(|snapshot| Totals::from(&snapshot.totals)),
            items: snapshot.map(|snapshot| snapshot.items.iter().map(Item::from).collect()),
            completed_at: snapshot.and_then(|snapshot| snapshot.completed_at).map(Timestamp::to_contract),
            points: order.award.as_ref().map(|award| Award::of(order, award)),
            returns: order.returns.iter().map(Return::from).collect(),
            notice: None,
        }
    }
}

impl From<&snapshot::Totals> for Totals {
    fn from(totals: &snapshot::Totals) -> Self {
        Self {
            gross: number(totals.gross),
            net: number(totals.net),
            tax: number(totals.tax),
            shipping: number(totals.shipping),
            discount: number(totals.discount),
        }
    }
}

impl From<&snapshot::Item> for Item {
    fn from(item: &snapshot::Item) -> Self {
        Self {
            id: item.id.clone(),
            sku: item.sku.clone(),
            quantity: item.quantity,
            unit_price: item.unit_price.map(number),
            total: number(item.total),
        }
    }
}

impl Award {
    fn of(order: &orders::Order, award: &order::earning::Award) -> Self {
        let earns = award.points > 0;
        Self {
            earned: award.points,
            taken_back: order.taken_back(),
            state: match &order.entry {
                Some(_) => "given",
                None if earns => "waiting",
                None => "none",
            },
            explanation: award.explanation(),
            rule_version: award.rule_version,
            entry_id: order.entry.as_ref().map(|entry| entry.entry_id.to_string()),
            available_from: award.available_from.filter(|_| earns).map(Timestamp::to_contract),
            valid_until: earns.then(|| award.valid_until.to_contract()),
        }
    }
}

impl From<&returned::Return> for Return {
    fn from(one: &returned::Return) -> Self {
        let (items, amount, currency) = match &one.content {
            Content::Items(items) => {
                let piece = |(id, quantity): (&String, &i64)| Piece { id: id.clone(), quantity: *quantity };
                (Some(items.iter().map(piece).collect()), None, None)
            }
            Content::Amount(amount, currency) => (None, Some(number(*amount)), Some(currency.as_str().to_owned())),
        };
        let applied = one.applied.as_ref();
        Self {
            id: one.id.to_string(),
            items,
            amount,
            currency,
            state: if applied.is_some() { "applied" } else { "waiting" },
            points: applied.map(|applied| applied.due),
            taken: applied.map(|applied| applied.taken),
            owed: applied.map(|applied| applied.owed),
            let_go: applied.map(|applied| applied.due - applied.taken - applied.owed),
            entry_id: applied.and_then(|applied| applied.entry.as_ref()).map(|entry| entry.entry_id.to_string()),
        }
    }
}
