//! What each operation answers when it does not do what was asked. The bodies are made by the code that answers them.

use serde_json::{Map, Value, json};

use crate::{
    api::error::{ApiError, Family},
    domain::{invalid::FieldErrors, scope::Scope, time::Timestamp, webhook::Untrusted},
};

/// The instant in the examples.
const EXAMPLE_AT: Timestamp = Timestamp::from_micros(1_683_829_938_591_000);

/// What the parameters of a path are in the examples.
const EXAMPLES: [(&str, &str); 9] = [
    ("{tenant}", "acme"),
    ("{customerId}", "C4289081720"),
    ("{redeemOptionId}", "575937654bf757001d8496c9"),
    ("{code}", "LLS-7K3QWN5TZ9RXB"),
    ("{id}", "64b7a0c2"),
    ("{customerNumber}", "C4289081720"),
    ("{siteCode}", "main"),
    ("{orderId}", "B7012044"),
    ("{returnId}", "R1"),
];

/// Adds to every operation the errors that all of them have, and to every error its body.
pub(super) fn tell(document: &mut Value) {
    let mut schemas = Map::new();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
            tell_operation(path, operation, &mut schemas);
        }
    }
    if let Some(document) = document.as_object_mut() {
        let components = document.entry("components").or_insert_with(|| json!({}));
        if let Some(components) = components.as_object_mut() {
            let all = components.entry("schemas").or_insert_with(|| json!({}));
            if let Some(all) = all.as_object_mut() {
                all.extend(schemas);
            }
        }
    }
}

fn tell_operation(path: &str, operation: &mut Value, schemas: &mut Map<String, Value>) {
    let scopes = scopes_of(operation);
    let needs = operation.get("security").and_then(Value::as_array).into_iter().flatten();
    let is_secured = needs.filter_map(Value::as_object).flat_map(Map::keys).any(|scheme| scheme != "ClientSecret");
    let takes_body = operation.get("requestBody").is_some();
    let has_parameters = operation.get("parameters").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    let mut common = vec![("500", "A fault of ours."), ("503", "The database is away or too busy: ask again soon.")];
    if is_secured {
        common.push(("401", "The token is missing, unknown or has expired."));
        common.push(("403", "The token lacks the scope, is of another kind or of another tenant."));
        common.push((
            "429",
            "The customer or the client sent more requests than its limit allows: wait as `Retry-After` says.",
        ));
    }
    if has_parameters {
        common.push(("400", "Something in the path, the query or a header does not fit."));
    }
    if takes_body {
        common.push(("413", "The body is longer than 1 MiB."));
    }
    for (status, description) in common {
        responses.entry(status).or_insert_with(|| json!({ "description": description }));
    }
    for (status, response) in responses.iter_mut() {
        let Some(body) = status.parse().ok().and_then(|status| sample(status, path, takes_body, &scopes)) else {
            continue;
        };
        let Some(response) = response.as_object_mut() else { continue };
        if response.contains_key("content") {
            continue;
        }
        let name = name_of(status, path);
        schemas.entry(name.as_str()).or_insert_with(|| schema_of(&body));
        let content = json!({
            "application/json": { "schema": { "$ref": format!("#/components/schemas/{name}") }, "example": body },
        });
        response.insert("content".to_owned(), content);
    }
    responses.sort_keys();
}

/// The scopes of which the operation needs one.
fn scopes_of(operation: &Value) -> Vec<Scope> {
    let needs = operation.get("security").and_then(Value::as_array).into_iter().flatten();
    let names = needs.filter_map(|need| need.get("OAuth2")).filter_map(Value::as_array).flatten();
    names.filter_map(|name| Scope::parse(name.as_str()?).ok()).collect()
}

/// The body that is answered with a status.
fn sample(status: u16, path: &str, takes_body: bool, scopes: &[Scope]) -> Option<Value> {
    let is_coupon = Family::of(path) == Family::Coupon;
    if path.starts_with("/webhooks/") {
        return sample_of_webhook(status).map(|error| error.body(path, EXAMPLE_AT));
    }
    let is_option = path.contains("/redeemOptions") || path.ends_with("/redeem");
    let error: ApiError = match status {
        400 if takes_body && is_coupon => FieldErrors::one("name", "Give a name of 1 to 200 characters.").into(),
        400 if takes_body => FieldErrors::one("points", "Give a whole number of points from 1 to 1,000,000,000.").into(),
        400 => FieldErrors::one("pageSize", "Give a whole number from 1 to 1000.").into(),
        401 => ApiError::Unauthorized,
        403 if scopes.is_empty() => ApiError::Forbidden("This takes the token of a signed-in customer.".to_owned()),
        403 => ApiError::MissingScope(scopes.to_vec()),
        404 if is_coupon => ApiError::NotFound("Coupon with code LLS-7K3QWN5TZ9RXB not found.".to_owned()),
        404 if is_option => {
            ApiError::NotFound("No redeem option found with id 575937654bf757001d8496c9".to_owned())
        }
        404 => ApiError::NotFound("No reward points found for customer C4289081720".to_owned()),
        409 if is_coupon => ApiError::Conflict("Duplicate Coupon 'WINTER-SALE' on tenant 'acme'".to_owned()),
        409 if is_option => ApiError::OptionConflict(
            "The resource that was requested for update with id = 575937654bf757001d8496c9 has changed. Please retry your \
             request with valid version"
                .to_owned(),
        ),
        409 => ApiError::Conflict("Couldn't create a new reward point entry for the customer 'C4289081720'".to_owned()),
        413 => ApiError::TooLarge,
        422 => ApiError::KeyReused,
        429 => ApiError::TooMany(1),
        500 => ApiError::Internal(String::new()),
        503 => ApiError::Unavailable(String::new()),
        _ => return None,
    };
    let path = EXAMPLES.iter().fold(path.to_owned(), |path, (name, example)| path.replace(name, example));
    Some(error.body(&path, EXAMPLE_AT))
}

/// The error that a webhook answers with a status.
fn sample_of_webhook(status: u16) -> Option<ApiError> {
    Some(match status {
        400 => FieldErrors::one("webhook-timestamp", "Send the seconds since 1970.").into(),
        401 => ApiError::Untrusted(Untrusted::Unsigned.to_string()),
        409 => ApiError::Conflict(
            "Another message was sent with the id 'msg_1'. Give each message an id of its own.".to_owned(),
        ),
        413 => ApiError::TooLarge,
        500 => ApiError::Internal(String::new()),
        503 => ApiError::Unavailable(String::new()),
        _ => return None,
    })
}

/// What the body of an error is called among the schemas.
fn name_of(status: &str, path: &str) -> String {
    let family = match Family::of(path) {
        Family::Coupon if path.starts_with("/webhooks/") => "Webhook",
        Family::Coupon => "Coupon",
        Family::RewardPoints if status == "409" && path.contains("/redeemOptions") => "Option",
        Family::RewardPoints => "",
    };
    format!("{family}Error{status}")
}

/// The schema of a body, as one can see it from the body.
fn schema_of(value: &Value) -> Value {
    match value {
        Value::Null => json!({ "type": ["string", "null"] }),
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(_) => json!({ "type": "integer" }),
        Value::String(_) => json!({ "type": "string" }),
        Value::Array(items) => {
            json!({ "type": "array", "items": items.first().map_or_else(|| json!({}), schema_of) })
        }
        Value::Object(map) => {
            let properties: Map<String, Value> =
                map.iter().map(|(name, value)| (name.clone(), schema_of(value))).collect();
            json!({ "type": "object", "properties": properties })
        }
    }
}
