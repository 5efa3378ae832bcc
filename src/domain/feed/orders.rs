//! Events of the shop's own backend: `{"type": "order.updated", "timestamp": ..., "data": {...}}`, where `data` is what
//! the order's or the return's own path takes, with the ids that stand in that path.

use serde_json::{Map, Value};

use super::{Became, Heading, Task, id, text};
use crate::domain::{
    ids::{CustomerId, OrderId, ReturnId},
    invalid::FieldErrors,
    order::returned::Content,
};
use crate::texts::t;

/// What a list tells of an event.
pub(super) fn heading(body: &Map<String, Value>) -> Heading {
    let kind = body.get("type").and_then(Value::as_str).unwrap_or_default();
    let data = body.get("data").and_then(Value::as_object);
    let subject = data.and_then(|data| {
        let name = if kind.starts_with("customer.") { "customerId" } else { "orderId" };
        text(data, name).or_else(|| text(data, "id"))
    });
    Heading::new(kind, subject.as_deref())
}

/// What an event asks for.
pub(super) fn read(kind: &str, body: &Map<String, Value>) -> Result<Task, FieldErrors> {
    let known = ["order.", "return."].iter().any(|noun| kind.starts_with(noun)) || kind == "customer.deleted";
    if kind.is_empty() {
        return Err(FieldErrors::one("type", t!("order-event-type")));
    }
    if !known {
        return Ok(Task::Nothing(Became::NoUse { kind: kind.to_owned() }));
    }
    let Some(data) = body.get("data").and_then(Value::as_object) else {
        return Err(FieldErrors::one("data", t!("order-event-data")));
    };
    let mut errors = FieldErrors::default();
    let task = match kind {
        "customer.deleted" => id(data, "customerId", CustomerId::parse, &mut errors).map(Task::CustomerGone),
        "order.cancelled" | "order.canceled" => order_id(data, &mut errors).map(Task::Cancelled),
        _ if kind.starts_with("return.") => {
            let return_id = id(data, "id", ReturnId::parse, &mut errors);
            let order = id(data, "orderId", OrderId::parse, &mut errors);
            let content = Content::from_json(data).map_err(|wrong| errors.extend(wrong)).ok();
            match (return_id, order, content) {
                (Some(return_id), Some(order), Some(content)) => Some(Task::Return(return_id, vec![(order, content)])),
                _ => None,
            }
        }
        _ => order_id(data, &mut errors).map(|order| Task::Order(order, data.clone())),
    };
    task.filter(|_| errors.is_empty()).ok_or(errors)
}

/// The order, under either of its names.
fn order_id(data: &Map<String, Value>, errors: &mut FieldErrors) -> Option<OrderId> {
    let name = if data.contains_key("orderId") { "orderId" } else { "id" };
    id(data, name, OrderId::parse, errors)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_value(value: &Value) -> Result<Task, FieldErrors> {
        let body = value.as_object().unwrap();
        read(&heading(body).kind, body)
    }

    #[test]
    fn each_kind_asks_for_its_own() {
        let order = json!({ "type": "order.completed", "data": { "id": "O-1", "status": "COMPLETED" } });
        assert!(matches!(read_value(&order), Ok(Task::Order(id, map)) if id.as_str() == "O-1" && map.len() == 2));
        let cancelled = json!({ "type": "order.cancelled", "data": { "orderId": "O-1" } });
        assert_eq!(read_value(&cancelled), Ok(Task::Cancelled(OrderId::parse("O-1").unwrap())));
        let back =
            json!({ "type": "return.created", "data": { "id": "R-1", "orderId": 17, "amount": 5, "currency": "EUR" } });
        assert!(
            matches!(read_value(&back), Ok(Task::Return(id, of)) if id.as_str() == "R-1" && of[0].0.as_str() == "17")
        );
        let gone = json!({ "type": "customer.deleted", "data": { "customerId": "C1" } });
        assert_eq!(read_value(&gone), Ok(Task::CustomerGone(CustomerId::parse("C1").unwrap())));
        assert!(matches!(read_value(&json!({ "type": "product.updated" })), Ok(Task::Nothing(_))));
    }

    #[test]
    fn what_is_missing_is_named() {
        for (event, field) in [
            (json!({}), "type"),
            (json!({ "type": "order.updated" }), "data"),
            (json!({ "type": "order.updated", "data": [] }), "data"),
            (json!({ "type": "order.updated", "data": {} }), "id"),
            (json!({ "type": "order.updated", "data": { "id": "a\nb" } }), "id"),
            (json!({ "type": "return.created", "data": { "orderId": "O", "amount": 5, "currency": "EUR" } }), "id"),
            (json!({ "type": "return.created", "data": { "id": "R", "orderId": "O" } }), "items"),
            (json!({ "type": "customer.deleted", "data": { "id": "C" } }), "customerId"),
        ] {
            let errors = read_value(&event).unwrap_err();
            assert!(errors.iter().any(|(name, _)| name == field), "{event}: {errors}");
        }
    }

    #[test]
    fn a_list_tells_what_happened_to_what() {
        let event = json!({ "type": "return.created", "data": { "id": "R-1", "orderId": "O-1" } });
        let told = heading(event.as_object().unwrap());
        assert_eq!((told.kind.as_str(), told.subject.as_deref()), ("return.created", Some("O-1")));
        let odd = json!({ "type": "x".repeat(500), "data": "?" });
        assert_eq!(heading(odd.as_object().unwrap()), Heading { kind: "x".repeat(64), subject: None });
    }
}
