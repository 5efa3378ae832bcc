//! Events of the Emporix platform, as its webhook service describes them
//! (<https://developer.emporix.io/api-references/api-guides-and-references/webhooks>).

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq as _};

use super::{Became, Heading, Task, id, text};
use crate::domain::{
    ids::{CustomerId, OrderId, ReturnId},
    invalid::FieldErrors,
    order::returned::Content,
    time::Timestamp,
};
use crate::texts::t;

/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "emporix-event-signature";
/// The header with the name of the event, where a sender adds it.
pub const KIND_HEADER: &str = "emporix-event-type";

/// Amounts are rounded to so many decimals: the platform reckons with binary floating point.
const AMOUNT_DECIMALS: u32 = 6;

/// The text that the platform signs: the fields of every object sorted, no blanks, whole numbers without decimals.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut fields: Vec<(&String, &Value)> = map.iter().collect();
            // As JavaScript sorts them, which the platform's own example does: by UTF-16.
            fields.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            let fields: Vec<String> = fields
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::String(name.clone()), canonical(value)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Number(number) => number_text(&number.to_string()),
        other => other.to_string(),
    }
}

fn number_text(digits: &str) -> String {
    if digits.contains(['e', 'E']) {
        return digits.parse::<f64>().map_or_else(|_| digits.to_owned(), |number| number.to_string());
    }
    match digits.split_once('.') {
        Some((whole, fraction)) => match fraction.trim_end_matches('0') {
            "" if whole == "-0" => "0".to_owned(),
            "" => whole.to_owned(),
            fraction => format!("{whole}.{fraction}"),
        },
        None => digits.to_owned(),
    }
}

/// Finds the secret that signed a body: its place among `secrets`. The bytes as they came count, too: a sender that
/// signs what it sends is right as well.
pub fn signer(secrets: &[String], bytes: &[u8], body: &Value, signature: &str) -> Option<usize> {
    let canonical = canonical(body);
    secrets.iter().position(|secret| {
        let signed = |message: &[u8]| {
            let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
            let mut mac = mac.unwrap_or_else(|_| unreachable!("any length will do"));
            mac.update(message);
            let own = BASE64_STANDARD.encode(mac.finalize().into_bytes());
            own.as_bytes().ct_eq(signature.trim().as_bytes())
        };
        let either: Choice = signed(canonical.as_bytes()) | signed(bytes);
        either.into()
    })
}

/// The name of the event and what it holds: some senders wrap it, and name it in the wrapping.
fn unwrapped<'a>(named: Option<&'a str>, body: &'a Map<String, Value>) -> (&'a str, &'a Map<String, Value>) {
    let own = ["type", "eventType", "event"].iter().find_map(|name| body.get(*name)?.as_str());
    let inner = ["payload", "data"].iter().find_map(|name| body.get(*name)?.as_object());
    match (own, inner) {
        (Some(kind), Some(inner)) => (kind, inner),
        _ => (named.unwrap_or_else(|| guessed(body)), body),
    }
}

/// What happened, by what the event holds, where nobody says it.
fn guessed(body: &Map<String, Value>) -> &'static str {
    let has = |name: &str| body.contains_key(name);
    if has("entries") && has("status") {
        "order.updated"
    } else if has("approvalStatus") {
        "return.updated"
    } else if has("id") && has("status") {
        "order.cancelled"
    } else {
        ""
    }
}

/// What a list tells of an event.
pub(super) fn heading(named: Option<&str>, body: &Map<String, Value>) -> Heading {
    let (kind, event) = unwrapped(named, body);
    let subject = match kind {
        _ if kind.starts_with("return.") => returned_orders(event).next().and_then(|order| text(order, "id")),
        _ if kind.starts_with("customer.") => text(event, "customerNumber"),
        _ => None,
    };
    Heading::new(kind, subject.or_else(|| text(event, "id")).as_deref())
}

/// What an event asks for.
pub(super) fn read(kind: &str, body: &Map<String, Value>, received_at: Timestamp) -> Result<Task, FieldErrors> {
    let (_, event) = unwrapped(None, body);
    let mut errors = FieldErrors::default();
    let task = match kind {
        "order.created" | "order.updated" => {
            let order = id(event, "id", OrderId::parse, &mut errors);
            order.map(|order| Task::Order(order, snapshot(event, received_at)))
        }
        "order.cancelled" => id(event, "id", OrderId::parse, &mut errors).map(Task::Cancelled),
        "return.created" | "return.updated" => read_return(event, &mut errors),
        "customer.deleted" => id(event, "customerNumber", CustomerId::parse, &mut errors).map(Task::CustomerGone),
        "order.status-changed" => Some(Task::Nothing(Became::StatusOfNoOrder)),
        "" => {
            errors.add("event", t!("order-event-unnamed"));
            None
        }
        other => Some(Task::Nothing(Became::NoUse { kind: other.to_owned() })),
    };
    task.filter(|_| errors.is_empty()).ok_or(errors)
}

/// A number somewhere below `value`.
fn amount(value: &Map<String, Value>, path: &[&str]) -> Option<Decimal> {
    let (first, rest) = path.split_first()?;
    let found = rest.iter().try_fold(value.get(*first)?, |value, name| value.get(*name))?;
    let digits = match found {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let read = digits.parse::<Decimal>().or_else(|_| Decimal::from_scientific(&digits));
    Some(read.ok()?.round_dp(AMOUNT_DECIMALS).normalize())
}

/// An order of the platform as a snapshot that the order's own path takes. What the platform calls the total is what
/// was paid: after the discounts, with tax and shipping.
fn snapshot(order: &Map<String, Value>, received_at: Timestamp) -> Map<String, Value> {
    let paid =
        amount(order, &["calculatedPrice", "finalPrice", "grossValue"]).or_else(|| amount(order, &["totalPrice"]));
    let tax = amount(order, &["calculatedPrice", "finalPrice", "taxValue"])
        .or_else(|| amount(order, &["tax", "total", "amount"]));
    let shipping = amount(order, &["calculatedPrice", "totalShipping", "grossValue"])
        .or_else(|| amount(order, &["shipping", "total", "amount"]));
    let discounts = order.get("discounts").and_then(Value::as_array);
    let discount: Decimal =
        discounts.into_iter().flatten().filter_map(Value::as_object).filter_map(|one| amount(one, &["amount"])).sum();
    let mut totals = Map::new();
    let mut put = |name: &str, amount: Option<Decimal>| {
        totals.extend(amount.map(|amount| (name.to_owned(), json!(amount.to_string()))));
    };
    put("gross", paid.and_then(|paid| paid.checked_add(discount)));
    put("tax", tax);
    put("shipping", shipping);
    put("discount", Some(discount));
    let mut snapshot = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        snapshot.extend(value.filter(|value| !value.is_null()).map(|value| (name.to_owned(), value)));
    };
    put("customerId", order.get("customer").and_then(|customer| customer.get("id")).cloned());
    for name in ["siteCode", "status", "currency"] {
        put(name, order.get(name).cloned());
    }
    put("totals", Some(Value::Object(totals)));
    put("items", order.get("entries").and_then(Value::as_array).map(|entries| items(entries)));
    if order.get("status").and_then(Value::as_str) == Some("COMPLETED") {
        put("completedAt", Some(json!(completed_at(order, received_at).to_contract())));
    }
    snapshot
}

/// When the order was completed, as far as it says so; otherwise when the event arrived, so that working it off again
/// later changes nothing.
fn completed_at(order: &Map<String, Value>, received_at: Timestamp) -> Timestamp {
    let said = ["completed", "lastStatusChange"].iter().find_map(|name| {
        let text = order.get(*name)?.as_str()?;
        Timestamp::parse(text).ok()
    });
    said.unwrap_or(received_at)
}

fn items(entries: &[Value]) -> Value {
    let entries = entries.iter().filter_map(Value::as_object);
    entries.enumerate().map(|(place, entry)| item(place, entry)).collect()
}

fn item(place: usize, entry: &Map<String, Value>) -> Value {
    let quantity = amount(entry, &["orderedAmount"]).or_else(|| amount(entry, &["amount"]));
    // What is sold by weight comes back as a whole.
    let quantity = quantity.filter(|quantity| quantity.is_integer() && *quantity > Decimal::ZERO);
    let quantity = quantity.map_or_else(|| "1".to_owned(), |quantity| quantity.normalize().to_string());
    let total = amount(entry, &["calculatedPrice", "finalPrice", "grossValue"])
        .or_else(|| amount(entry, &["totalPrice"]))
        .unwrap_or_default();
    let sku = entry.get("product").and_then(|product| product.get("sku").or_else(|| product.get("id")));
    let mut item = Map::new();
    item.insert("id".to_owned(), json!(text(entry, "id").unwrap_or_else(|| place.to_string())));
    item.insert("sku".to_owned(), sku.filter(|sku| sku.is_string()).cloned().unwrap_or_default());
    item.insert("quantity".to_owned(), serde_json::from_str(&quantity).unwrap_or_default());
    item.insert("total".to_owned(), json!(total.to_string()));
    Value::Object(item)
}

fn returned_orders(event: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    event.get("orders").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// A return counts once the shop has agreed to it and has the goods.
fn read_return(event: &Map<String, Value>, errors: &mut FieldErrors) -> Option<Task> {
    let approval = event.get("approvalStatus").and_then(Value::as_str).unwrap_or_default();
    if approval != "APPROVED" {
        return Some(Task::Nothing(match approval {
            "REJECTED" => Became::ReturnRejected,
            _ => Became::ReturnNotAgreed,
        }));
    }
    if event.get("received").and_then(Value::as_bool) == Some(false) {
        return Some(Task::Nothing(Became::ReturnNotArrived));
    }
    let return_id = id(event, "id", ReturnId::parse, errors);
    let mut returned = Vec::new();
    for (place, order) in returned_orders(event).enumerate() {
        let mut wrong = FieldErrors::default();
        let order_id = id(order, "id", OrderId::parse, &mut wrong);
        // The platform's own description writes `item`, its answers `items`.
        let items = order.get("items").or_else(|| order.get("item")).cloned().unwrap_or_default();
        let content = Content::from_json(&Map::from_iter([("items".to_owned(), whole_quantities(items))]));
        match (order_id, content.map_err(|invalid| wrong.extend(invalid))) {
            (Some(order_id), Ok(content)) => returned.push((order_id, content)),
            _ => wrong.iter().for_each(|(field, message)| errors.add(&format!("orders[{place}].{field}"), message)),
        }
    }
    if returned.is_empty() && errors.is_empty() {
        errors.add("orders", t!("order-event-of-none"));
    }
    Some(Task::Return(return_id?, returned))
}

/// The platform writes numbers of pieces as 2.0, too.
fn whole_quantities(mut items: Value) -> Value {
    for item in items.as_array_mut().into_iter().flatten() {
        let Some(quantity) = item.get_mut("quantity") else { continue };
        if let Ok(whole) = serde_json::from_str(&canonical(quantity)) {
            *quantity = whole;
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::order::snapshot::Snapshot;

    fn now() -> Timestamp {
        Timestamp::parse("2026-05-03T12:00:00Z").unwrap()
    }

    fn read_value(kind: &str, value: &Value) -> Result<Task, FieldErrors> {
        read(kind, value.as_object().unwrap(), now())
    }

    #[test]
    fn what_is_signed_has_sorted_fields_and_plain_numbers() {
        let value: Value = serde_json::from_str(
            r#"{ "b": [1.0, 2.50, -0.0, 1e2, 12345678901234567890], "a": { "ä": null, "Z": "é\n" } }"#,
        )
        .unwrap();
        assert_eq!(canonical(&value), r#"{"a":{"Z":"é\n","ä":null},"b":[1,2.5,0,100,12345678901234567890]}"#);
    }

    #[test]
    fn a_signature_over_the_sorted_text_or_the_bytes_is_good() {
        let bytes = br#"{ "b": 1.0, "a": 2 }"#;
        let body: Value = serde_json::from_slice(bytes).unwrap();
        // printf '{"a":2,"b":1}' | openssl dgst -sha256 -hmac password123 -binary | base64
        let sorted = "h6KHRMAaV4x6byjDg6G/j0du6IKhfn3EjY08xWb4ip8=";
        let secrets = ["other".to_owned(), "password123".to_owned()];
        assert_eq!(signer(&secrets, bytes, &body, sorted), Some(1));
        let mut mac = Hmac::<Sha256>::new_from_slice(b"other").unwrap();
        mac.update(bytes);
        let raw = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        assert_eq!(signer(&secrets, bytes, &body, &raw), Some(0));
        assert_eq!(signer(&secrets[..1], bytes, &body, sorted), None);
        assert_eq!(signer(&secrets, bytes, &body, ""), None);
        assert_eq!(signer(&[], bytes, &body, sorted), None);
    }

    #[test]
    fn an_order_is_read_as_what_was_paid() {
        let order = json!({
            "id": "EON1049", "status": "COMPLETED", "siteCode": "main", "currency": "EUR",
            "customer": { "id": "61443563", "email": "john@example.com" },
            "entries": [
                { "id": "1", "orderedAmount": 2.0, "totalPrice": 80.5, "product": { "sku": "BOOT" } },
                { "id": "2", "amount": 0.25, "totalPrice": 12.1, "product": { "id": "p2" } },
            ],
            "discounts": [{ "amount": 10.0, "currency": "EUR" }],
            "shipping": { "total": { "amount": 4.9, "currency": "EUR" } },
            "tax": { "total": { "amount": 17.4, "currency": "EUR" } },
            "totalPrice": 109.000_000_000_000_01, "completed": "2026-05-02T10:00:00.000Z",
        });
        let Ok(Task::Order(id, map)) = read_value("order.updated", &order) else { panic!("no order") };
        let snapshot = Snapshot::from_json(&map, now()).unwrap();
        assert_eq!((id.as_str(), snapshot.customer.unwrap().as_str()), ("EON1049", "61443563"));
        let totals = snapshot.totals;
        assert_eq!(
            [totals.gross, totals.tax, totals.shipping, totals.discount].map(|amount| amount.to_string()),
            ["119.00", "17.40", "4.90", "10.00"]
        );
        assert_eq!(snapshot.items.iter().map(|item| item.quantity).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(snapshot.items[0].sku.as_deref(), Some("BOOT"));
        assert_eq!(snapshot.completed_at, Timestamp::parse("2026-05-02T10:00:00Z").ok());
    }

    #[test]
    fn the_newer_fields_of_an_order_count_before_the_older_ones() {
        let order = json!({
            "id": "1", "status": "CREATED", "siteCode": "main", "currency": "EUR", "entries": [], "totalPrice": 1,
            "calculatedPrice": { "finalPrice": { "grossValue": 357, "taxValue": 57 }, "totalShipping": { "grossValue": 5.95 } },
        });
        let Ok(Task::Order(_, map)) = read_value("order.created", &order) else { panic!("no order") };
        let totals = Snapshot::from_json(&map, now()).unwrap().totals;
        assert_eq!((totals.gross.to_string(), totals.shipping.to_string()), ("357.00".to_owned(), "5.95".to_owned()));
        assert!(!map.contains_key("completedAt"));
    }

    #[test]
    fn a_return_counts_when_it_is_approved_and_received() {
        let back = |approval: &str, received: bool| {
            json!({ "id": "R1", "approvalStatus": approval, "received": received,
                "orders": [{ "id": "EON1049", "items": [{ "id": "1", "quantity": 1.0, "unitPrice": { "value": 40.25 } }] }] })
        };
        for (approval, received) in [("PENDING", true), ("REJECTED", true), ("APPROVED", false)] {
            assert!(matches!(read_value("return.updated", &back(approval, received)), Ok(Task::Nothing(_))));
        }
        let task = read_value("return.updated", &back("APPROVED", true)).unwrap();
        let Task::Return(id, orders) = task else { panic!("no return") };
        assert_eq!((id.as_str(), orders.len()), ("R1", 1));
        assert_eq!(orders[0].1.to_json(), json!({ "items": [{ "id": "1", "quantity": 1 }] }));
        let none = json!({ "id": "R1", "approvalStatus": "APPROVED" });
        assert!(read_value("return.updated", &none).is_err());
    }

    #[test]
    fn an_event_is_known_by_its_wrapping_by_its_address_or_by_what_it_holds() {
        let kind = |named: Option<&str>, value: Value| heading(named, value.as_object().unwrap()).kind;
        assert_eq!(kind(None, json!({ "type": "order.created", "payload": { "id": "1" } })), "order.created");
        assert_eq!(kind(Some("order.cancelled"), json!({ "id": "1", "status": "DECLINED" })), "order.cancelled");
        assert_eq!(kind(None, json!({ "id": "1", "status": "DECLINED" })), "order.cancelled");
        assert_eq!(kind(None, json!({ "id": "1", "status": "CREATED", "entries": [] })), "order.updated");
        assert_eq!(kind(None, json!({ "approvalStatus": "PENDING" })), "return.updated");
        // A customer who was changed looks like one who was deleted: that must be said.
        assert_eq!(kind(None, json!({ "customerNumber": "1", "email": "a@example.com" })), "");
        assert!(read_value("", &json!({ "customerNumber": "1" })).is_err());
        let changed = json!({ "version": 3, "createdAt": "2026-05-02T10:00:00Z" });
        assert!(matches!(read_value("order.status-changed", &changed), Ok(Task::Nothing(_))));
        assert!(matches!(read_value("product.updated", &changed), Ok(Task::Nothing(_))));
    }
}
