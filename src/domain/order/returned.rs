//! What comes back of an order, and how many of its points that takes back.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde_json::{Map, Value, json};

use super::{
    EntryRef, Order,
    snapshot::{Snapshot, item_id, quantity, within},
};
use crate::domain::{
    actor::Actor, fields::Fields, ids::ReturnId, invalid::FieldErrors, money, money::Currency, points::Points,
    refusal::Refusal, time::Timestamp,
};
use crate::texts::t;

/// Items of one return, at most.
const ITEMS_MAX: usize = 1_000;
/// Shares of points are worked out to so many decimals, and then rounded down.
const SHARE_DECIMALS: u32 = 9;

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// So many pieces of these items, by the items' ids.
    Items(BTreeMap<String, i64>),
    /// So much money, with tax.
    Amount(Decimal, Currency),
}

/// One return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    /// The shop's number of it.
    pub id: ReturnId,
    /// What came back.
    pub content: Content,
    /// What it took back; `None` while it waits for the order's points.
    pub applied: Option<Applied>,
    /// Who reported it.
    pub actor: Actor,
    /// When it was reported.
    pub created_at: Timestamp,
}

/// What a return took back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Its share of what the order earned.
    pub due: i64,
    /// How many of these were there to be taken.
    pub taken: i64,
    /// How many of these later points pay. What is neither taken nor owed was let go.
    pub owed: i64,
    /// The entry that took them; `None` when nothing was there.
    pub entry: Option<EntryRef>,
    /// When.
    pub at: Timestamp,
}

impl Content {
    /// Reads what a shop sends.
    ///
    /// # Errors
    /// When something does not fit; every field that does not is named.
    pub fn from_json(map: &Map<String, Value>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let given = |name: &str| map.get(name).filter(|value| !value.is_null());
        match (given("items"), given("amount")) {
            (Some(items), None) => {
                let items = read_items(items, &mut errors);
                if errors.is_empty() { Ok(Self::Items(items)) } else { Err(errors) }
            }
            (None, Some(_)) => {
                let mut fields = Fields { map, prefix: "", errors: &mut errors };
                let amount = fields.parsed("amount", |value| match value {
                    Value::String(text) => money::decimal(text),
                    other => money::exact(other),
                });
                if amount.is_some_and(|amount| amount.is_zero()) {
                    fields.error("amount", t!("order-returned-zero"));
                }
                if fields.get("currency").is_none() {
                    fields.error("currency", t!("order-returned-currency"));
                }
                let currency = fields.given("currency", Currency::parse);
                match (amount, currency) {
                    (Some(amount), Some(currency)) if errors.is_empty() => Ok(Self::Amount(amount, currency)),
                    _ => Err(errors),
                }
            }
            (Some(_), Some(_)) => Err(FieldErrors::one("amount", t!("order-returned-both"))),
            (None, None) => Err(FieldErrors::one("items", t!("order-returned-nothing"))),
        }
    }

    /// As it is stored: the same content is the same text.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Items(items) => {
                let items: Vec<Value> =
                    items.iter().map(|(id, quantity)| json!({ "id": id, "quantity": quantity })).collect();
                json!({ "items": items })
            }
            Self::Amount(amount, currency) => {
                json!({ "amount": amount.normalize().to_string(), "currency": currency.as_str() })
            }
        }
    }
}

fn read_items(value: &Value, errors: &mut FieldErrors) -> BTreeMap<String, i64> {
    let list = value.as_array().filter(|list| (1..=ITEMS_MAX).contains(&list.len()));
    let Some(list) = list else {
        errors.add("items", t!("order-returned-items", most = ITEMS_MAX.to_string()));
        return BTreeMap::new();
    };
    let mut items = BTreeMap::new();
    for (place, value) in list.iter().enumerate() {
        let part = format!("items[{place}]");
        let Some(map) = value.as_object() else {
            errors.add(&part, t!("order-returned-item"));
            continue;
        };
        let mut wrong = FieldErrors::default();
        let mut fields = Fields { map, prefix: "", errors: &mut wrong };
        let (id, quantity) = (item_id(&mut fields), quantity(&mut fields));
        if let (Some(id), Some(quantity)) = (id, quantity)
            && items.insert(id, quantity).is_some()
        {
            wrong.add("id", t!("order-returned-twice"));
        }
        within(errors, &part, &wrong);
    }
    items
}

/// What fits an order and what does not.
///
/// # Errors
/// When it names an item that the order does not have, or another currency.
pub fn check(content: &Content, order: &Snapshot) -> Result<(), Refusal> {
    match content {
        Content::Items(items) => match items.keys().find(|id| order.item(id).is_none()) {
            Some(id) => Err(Refusal::ItemUnknown(id.clone())),
            None => Ok(()),
        },
        Content::Amount(_, currency) if *currency != order.currency => {
            Err(Refusal::OtherCurrency(order.currency.as_str().to_owned()))
        }
        Content::Amount(..) => Ok(()),
    }
}

/// How many of the `points` that an order earned come back with all of `returned`, in whatever order they came: the
/// part of the order's value, never more than all. `counts_shipping` says whether shipping earned points, too.
///
/// What names no item of the order, or another currency, counts nothing: it came before the order was known.
pub fn share<'a>(
    order: &Snapshot,
    points: i64,
    counts_shipping: bool,
    returned: impl IntoIterator<Item = &'a Content>,
) -> i64 {
    let mut pieces: BTreeMap<&str, i64> = BTreeMap::new();
    let mut amount = Decimal::ZERO;
    for content in returned {
        match content {
            Content::Items(items) => {
                for (id, quantity) in items {
                    let sum = pieces.entry(id).or_default();
                    *sum = sum.saturating_add(*quantity);
                }
            }
            Content::Amount(of, currency) if *currency == order.currency => {
                amount = amount.checked_add(*of).unwrap_or(Decimal::MAX);
            }
            Content::Amount(..) => {}
        }
    }
    let part = part_of_items(order, &pieces) + part_of_amount(order, counts_shipping, amount);
    if part >= Decimal::ONE {
        return points;
    }
    let exact = (Decimal::from(points) * part).round_dp(SHARE_DECIMALS);
    exact.floor().to_i64().unwrap_or_default().clamp(0, points)
}

/// Which part of the items' value came back: 1 for all of it.
fn part_of_items(order: &Snapshot, pieces: &BTreeMap<&str, i64>) -> Decimal {
    let all: BTreeSet<&str> = order.items.iter().map(|item| item.id.as_str()).collect();
    if !pieces.keys().any(|id| all.contains(id)) {
        return Decimal::ZERO;
    }
    let back =
        |item: &super::snapshot::Item| pieces.get(item.id.as_str()).copied().unwrap_or_default().min(item.quantity);
    if order.items.iter().all(|item| back(item) == item.quantity) {
        return Decimal::ONE;
    }
    let is_free = order.items.iter().all(|item| item.total.is_zero());
    // Where all of it was free, pieces count alike.
    let value = |item: &super::snapshot::Item| if is_free { Decimal::from(item.quantity) } else { item.total };
    let whole: Decimal = order.items.iter().map(value).sum();
    let came: Decimal = order
        .items
        .iter()
        .map(|item| value(item) * Decimal::from(back(item)) / Decimal::from(item.quantity.max(1)))
        .sum();
    came.checked_div(whole).unwrap_or_default()
}

/// Which part of what was paid came back: 1 for all of it, or more.
fn part_of_amount(order: &Snapshot, counts_shipping: bool, amount: Decimal) -> Decimal {
    if amount.is_zero() {
        return Decimal::ZERO;
    }
    let totals = &order.totals;
    let shipping = if counts_shipping { Decimal::ZERO } else { totals.shipping };
    let paid = totals.gross - totals.discount - shipping;
    if paid <= Decimal::ZERO || amount >= paid { Decimal::ONE } else { amount / paid }
}

impl Order {
    /// Takes in a return. `Ok(false)`: it was reported before, with the same content.
    ///
    /// # Errors
    /// When the order does not have what it names, or its number belongs to another return.
    pub fn receive_return(
        &mut self,
        id: &ReturnId,
        content: &Content,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        if let Some(known) = self.returns.iter().find(|known| known.id == *id) {
            let same = known.content == *content;
            return if same { Ok(false) } else { Err(Refusal::ReturnTaken(id.to_string())) };
        }
        if let Some(snapshot) = self.snapshot.as_ref().filter(|_| self.award.is_some()) {
            check(content, snapshot)?;
        }
        let (id, content, actor) = (id.clone(), content.clone(), actor.clone());
        self.returns.push(Return { id, content, applied: None, actor, created_at: now });
        Ok(true)
    }

    /// The returns that can take something back now, each with its share: that of everything returned so far less what
    /// was taken back before.
    pub fn returns_due(&self) -> Vec<(usize, i64)> {
        let (Some(snapshot), Some(award)) = (&self.snapshot, &self.award) else { return Vec::new() };
        let given = self.entry.is_some();
        if !given && award.points > 0 {
            return Vec::new();
        }
        let counts_shipping = award
            .working
            .as_deref()
            .and_then(super::earning::Working::from_text)
            .is_some_and(|working| working.shipping.is_none());
        let mut so_far: Vec<&Content> =
            self.returns.iter().filter(|one| one.applied.is_some()).map(|one| &one.content).collect();
        let mut back: i64 = self.returns.iter().filter_map(|one| one.applied.as_ref()).map(|applied| applied.due).sum();
        let mut due = Vec::new();
        for (place, waiting) in self.returns.iter().enumerate().filter(|(_, one)| one.applied.is_none()) {
            so_far.push(&waiting.content);
            let whole = share(snapshot, award.points, counts_shipping, so_far.iter().copied());
            let points = (whole - back).max(0);
            back += points;
            due.push((place, points));
        }
        due
    }

    /// Whether all of it came back: every item, or all of what was paid.
    pub fn came_back_whole(&self) -> bool {
        let returned = self.returns.iter().map(|one| &one.content);
        let whole = |snapshot| share(snapshot, Points::MAX, false, returned) == Points::MAX;
        self.snapshot.as_ref().is_some_and(whole)
    }

    /// How many points its returns take back, of those that it earned.
    pub fn taken_back(&self) -> i64 {
        self.returns.iter().filter_map(|one| one.applied.as_ref()).map(|applied| applied.due).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        ids::SiteCode,
        order::snapshot::{Item, OrderStatus, Totals},
    };

    /// An order of items (cents of all pieces, pieces), with shipping in cents.
    fn order(items: &[(i64, i64)], shipping: i64) -> Snapshot {
        let gross = items.iter().map(|(cents, _)| cents).sum::<i64>() + shipping;
        let item = |(place, (cents, quantity)): (usize, &(i64, i64))| Item {
            id: place.to_string(),
            sku: None,
            quantity: *quantity,
            unit_price: None,
            total: Decimal::new(*cents, 2),
        };
        let zero = Decimal::ZERO;
        let (gross, shipping) = (Decimal::new(gross, 2), Decimal::new(shipping, 2));
        Snapshot {
            customer: None,
            site: SiteCode::main(),
            status: OrderStatus::Completed,
            currency: Currency::parse("EUR").unwrap(),
            totals: Totals { gross, net: gross, tax: zero, shipping, discount: zero },
            items: items.iter().enumerate().map(item).collect(),
            completed_at: None,
        }
    }

    fn pieces(items: &[(usize, i64)]) -> Content {
        Content::Items(items.iter().map(|(id, quantity)| (id.to_string(), *quantity)).collect())
    }

    fn euros(cents: i64) -> Content {
        Content::Amount(Decimal::new(cents, 2), Currency::parse("EUR").unwrap())
    }

    #[test]
    fn thirds_of_ten_points_add_up_to_ten() {
        let order = order(&[(3_000, 3)], 0);
        let mut so_far = Vec::new();
        let mut shares = Vec::new();
        for _ in 0..4 {
            so_far.push(pieces(&[(0, 1)]));
            shares.push(share(&order, 10, false, &so_far));
        }
        assert_eq!(shares, [3, 6, 10, 10]);
        // A third of three is one, though a third is no decimal.
        assert_eq!(share(&order, 3, false, &[pieces(&[(0, 1)])]), 1);
    }

    #[test]
    fn shipping_that_earned_nothing_takes_nothing_back() {
        let order = order(&[(10_000, 1)], 490);
        for (cents, counts_shipping, back) in
            [(5_000, false, 50), (10_000, false, 100), (10_490, false, 100), (10_000, true, 95), (10_490, true, 100)]
        {
            assert_eq!(share(&order, 100, counts_shipping, &[euros(cents)]), back, "{cents} {counts_shipping}");
        }
    }

    #[test]
    fn what_does_not_fit_the_order_counts_nothing() {
        let order = order(&[(10_000, 1)], 0);
        let francs = Content::Amount(Decimal::ONE_HUNDRED, Currency::parse("CHF").unwrap());
        assert_eq!(share(&order, 100, false, &[francs, pieces(&[(7, 1)])]), 0);
        assert!(check(&pieces(&[(7, 1)]), &order).is_err());
        assert!(check(&pieces(&[(0, 9)]), &order).is_ok());
    }

    #[test]
    fn free_items_count_by_their_pieces() {
        let order = order(&[(0, 1), (0, 3)], 0);
        assert_eq!(share(&order, 8, false, &[pieces(&[(1, 1)])]), 2);
        assert_eq!(share(&order, 8, false, &[pieces(&[(0, 1), (1, 3)])]), 8);
    }

    fn gcd(a: i128, b: i128) -> i128 {
        if b == 0 { a } else { gcd(b, a % b) }
    }

    /// The same in fractions of whole numbers.
    fn model(items: &[(i64, i64)], points: i64, returned: &[Content]) -> i64 {
        let whole: i128 = items.iter().map(|(cents, _)| i128::from(*cents)).sum();
        let (mut over, mut under) = (0_i128, 1_i128);
        let mut add = |a: i128, b: i128| {
            (over, under) = (over * b + a * under, under * b);
            let common = gcd(over, under).max(1);
            (over, under) = (over / common, under / common);
        };
        for (place, (cents, quantity)) in items.iter().enumerate() {
            let came: i64 = returned
                .iter()
                .filter_map(|content| match content {
                    Content::Items(map) => map.get(&place.to_string()).copied(),
                    Content::Amount(..) => None,
                })
                .sum();
            add(i128::from(*cents) * i128::from(came.min(*quantity)), i128::from(*quantity) * whole);
        }
        for content in returned {
            if let Content::Amount(amount, _) = content {
                add((*amount * Decimal::ONE_HUNDRED).to_i128().unwrap(), whole);
            }
        }
        i64::try_from((i128::from(points) * over / under).min(i128::from(points))).unwrap()
    }

    fn content() -> impl Strategy<Value = Content> {
        prop_oneof![
            3 => proptest::collection::btree_map(0_usize..4, 1_i64..5, 1..4)
                .prop_map(|map| Content::Items(map.into_iter().map(|(id, n)| (id.to_string(), n)).collect())),
            1 => (1_i64..5_000).prop_map(euros),
        ]
    }

    proptest! {
        #[test]
        fn partial_returns_add_up_whatever_their_order(
            items in proptest::collection::vec((1_i64..20_000, 1_i64..13), 4), points in 1_i64..100_000,
            returned in proptest::collection::vec(content(), 1..8), turn in 0_usize..8,
        ) {
            let order = order(&items, 0);
            let mut before = 0;
            for end in 1..=returned.len() {
                let now = share(&order, points, false, &returned[..end]);
                prop_assert_eq!(now, model(&items, points, &returned[..end]));
                prop_assert!((before..=points).contains(&now));
                before = now;
            }
            let mut turned = returned.clone();
            turned.rotate_left(turn % returned.len());
            prop_assert_eq!(share(&order, points, false, &turned), before);
            turned.extend((0..4).map(|id| pieces(&[(id, 12)])));
            prop_assert_eq!(share(&order, points, false, &turned), points);
        }
    }
}
