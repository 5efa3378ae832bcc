//! What clients send about points. Fields that only the service writes, and those that nobody knows, are ignored.

use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    domain::{
        fields::Fields,
        ids::EntryId,
        invalid::FieldErrors,
        points::Points,
        text::{self, Lines},
        time::Timestamp,
    },
    service::{
        ledger::command::Remarks,
        points::{AddPoints, DESCRIPTION_CHARS_MAX, REFERENCE_CHARS_MAX, TakePoints},
    },
};

/// Points to add. `createdAt`, `allPointsAfterCreation`, `usedPoints` and `usedWith` are the service's: they may be sent
/// and are ignored.
#[derive(ToSchema)]
pub(super) struct NewPoints {
    /// The client's own id of the entry, which makes the request safe to repeat: the same id with the same content is
    /// done once and answered alike, with another content it is a conflict. Without one the service makes it.
    #[schema(value_type = Option<String>, max_length = 255, example = "12345fee-0b83-48aa-95dc-11e3dcf84aaa")]
    id: Option<EntryId>,
    /// What the points are for, such as an order's number. It is kept and shown; several entries may have the same.
    #[schema(rename = "reference-id", max_length = 255, example = "123456")]
    reference: Option<String>,
    /// What the customer reads.
    #[schema(max_length = 2000, example = "points added")]
    description: Option<String>,
    /// How many.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000, example = 123)]
    points: Points,
    /// When the points end. It must lie ahead; without it the site's rule decides.
    #[schema(rename = "validUntil", value_type = Option<String>, format = DateTime, example = "2029-08-24T14:15:22Z")]
    valid_until: Option<Timestamp>,
}

impl NewPoints {
    /// Reads the points, and adds what is wrong with them to `errors`, with `prefix` before the fields' names.
    fn read(map: &Map<String, Value>, prefix: &'static str, errors: &mut FieldErrors) -> Option<AddPoints> {
        let mut fields = Fields { map, prefix, errors };
        let new = Self {
            id: fields.given("id", EntryId::parse),
            reference: line(&mut fields, "reference-id", REFERENCE_CHARS_MAX),
            description: lines(&mut fields, "description", DESCRIPTION_CHARS_MAX),
            valid_until: fields.time("validUntil"),
            points: points(&mut fields)?,
        };
        let remarks = Remarks { reference: new.reference, description: new.description, ..Remarks::default() };
        Some(AddPoints { id: new.id, points: new.points, valid_until: new.valid_until, remarks })
    }

    /// Reads a body that is such points.
    pub(super) fn parse(map: &Map<String, Value>) -> Result<AddPoints, FieldErrors> {
        whole(|errors| Self::read(map, "", errors))
    }
}

/// An account to open.
#[derive(ToSchema)]
pub(super) struct NewCustomer {
    /// The customer; the one in the path counts.
    #[schema(rename = "customerId", example = "C4289081720")]
    _customer_id: Option<String>,
    /// Points to begin with.
    #[schema(rename = "startPoints", inline = false)]
    _start_points: Option<NewPoints>,
}

impl NewCustomer {
    const PREFIX: &str = "startPoints.";

    /// What stands before the names of the points' fields.
    pub(super) fn prefix(map: &Map<String, Value>) -> &'static str {
        if map.get("startPoints").is_some_and(Value::is_object) { Self::PREFIX } else { "" }
    }

    /// Reads the points to begin with. They may also stand in the body itself: `{"points": 20}`.
    pub(super) fn parse(map: &Map<String, Value>) -> Result<Option<AddPoints>, FieldErrors> {
        match map.get("startPoints") {
            Some(Value::Object(start)) => whole(|errors| NewPoints::read(start, Self::PREFIX, errors)).map(Some),
            None | Some(Value::Null) if map.contains_key("points") => NewPoints::parse(map).map(Some),
            None | Some(Value::Null) => Ok(None),
            Some(_) => Err(FieldErrors::one("startPoints", "Give an object such as {\"points\": 20}.")),
        }
    }
}

/// Points to take. `createdAt` and `allPointsAfterCreation` are the service's: they may be sent and are ignored.
#[derive(ToSchema)]
pub(super) struct PointsToRedeem {
    /// The client's own id of the entry, which makes the request safe to repeat.
    #[schema(value_type = Option<String>, max_length = 255, example = "d85c0570-1d51-4611-bf2f-c67452384626")]
    id: Option<EntryId>,
    /// What the customer reads.
    #[schema(max_length = 2000, example = "points redeemed")]
    description: Option<String>,
    /// How many.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000, example = 50)]
    points: Points,
}

impl PointsToRedeem {
    /// Reads a body that is such points.
    pub(super) fn parse(map: &Map<String, Value>) -> Result<TakePoints, FieldErrors> {
        let new = whole(|errors| {
            let mut fields = Fields { map, prefix: "", errors };
            Some(Self {
                id: fields.given("id", EntryId::parse),
                description: lines(&mut fields, "description", DESCRIPTION_CHARS_MAX),
                points: points(&mut fields)?,
            })
        })?;
        let remarks = Remarks { description: new.description, ..Remarks::default() };
        Ok(TakePoints { id: new.id, points: new.points, remarks })
    }
}

/// What a customer wants for their points.
#[derive(ToSchema)]
pub(super) struct WantedOption {
    /// The redemption option's id.
    #[schema(example = "575937654bf757001d8496c9")]
    id: String,
}

impl WantedOption {
    /// Reads the option's id, which may also be called `redeemOptionId`.
    pub(super) fn parse(map: &Map<String, Value>) -> Result<String, FieldErrors> {
        let wanted = whole(|errors| {
            let mut fields = Fields { map, prefix: "", errors };
            let name = if fields.get("id").is_some() { "id" } else { "redeemOptionId" };
            if fields.get(name).is_none() {
                fields.error("id", "Give the id of the redemption option.");
            }
            let id = fields.given(name, |id| EntryId::parse(id).map(|_fits| id.to_owned()))?;
            Some(Self { id })
        })?;
        Ok(wanted.id)
    }
}

/// What `read` makes of the fields, unless something is wrong with any of them.
fn whole<T>(read: impl FnOnce(&mut FieldErrors) -> Option<T>) -> Result<T, FieldErrors> {
    let mut errors = FieldErrors::default();
    match read(&mut errors) {
        Some(whole) if errors.is_empty() => Ok(whole),
        _ => Err(errors),
    }
}

fn points(fields: &mut Fields<'_>) -> Option<Points> {
    let given = fields.get("points").and_then(Value::as_i64).unwrap_or_default();
    Points::new(given).map_err(|error| fields.error("points", error)).ok()
}

fn line(fields: &mut Fields<'_>, name: &str, chars_max: usize) -> Option<String> {
    fields.given(name, |given| text::check(given, chars_max, Lines::One).map(|()| given.to_owned()))
}

fn lines(fields: &mut Fields<'_>, name: &str, chars_max: usize) -> Option<String> {
    fields.given(name, |given| text::check(given, chars_max, Lines::Many).map(|()| given.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(json: &str) -> Map<String, Value> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn points_are_whole_numbers_written_as_such() {
        assert_eq!(NewPoints::parse(&map(r#"{"points": 1000000000}"#)).unwrap().points.get(), 1_000_000_000);
        let wrong = [
            "0",
            "-5",
            "-0",
            "1.0",
            "1e2",
            "1.5",
            "\"10\"",
            "true",
            "null",
            "[]",
            "{}",
            "1000000001",
            "1e400",
            "99999999999999999999999",
        ];
        for given in wrong {
            let body = map(&format!(r#"{{"points": {given}}}"#));
            for errors in [NewPoints::parse(&body).unwrap_err(), PointsToRedeem::parse(&body).unwrap_err()] {
                assert_eq!(errors.iter().map(|(field, _)| field).collect::<Vec<_>>(), ["points"], "{given}");
            }
            let errors = NewCustomer::parse(&map(&format!(r#"{{"startPoints": {{"points": {given}}}}}"#))).unwrap_err();
            assert_eq!(errors.iter().map(|(field, _)| field).collect::<Vec<_>>(), ["startPoints.points"], "{given}");
        }
        assert!(NewPoints::parse(&map("{}")).is_err());
    }

    #[test]
    fn everything_that_is_wrong_is_named() {
        let long = "x".repeat(256);
        let body = map(&format!(
            r#"{{"id": "{long}", "reference-id": 7, "description": "a\u0000b", "validUntil": "tomorrow", "points": 0}}"#
        ));
        let errors = NewPoints::parse(&body).unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["id", "reference-id", "description", "validUntil", "points"]);
    }

    #[test]
    fn what_only_the_service_writes_is_ignored() {
        let body = map(
            r#"{"points": 20, "createdAt": "nonsense", "allPointsAfterCreation": "x", "usedPoints": -1, "usedWith": 5,
                "id": null, "reference-id": null, "description": null, "validUntil": null, "extra": {"deep": []}}"#,
        );
        let add = NewPoints::parse(&body).unwrap();
        assert_eq!((add.points.get(), add.id, add.valid_until), (20, None, None));
    }

    #[test]
    fn an_account_opens_with_points_in_either_form_or_none() {
        for (body, points) in [
            (r#"{"customerId": 7, "startPoints": {"points": 20}}"#, Some(20)),
            (r#"{"points": 30}"#, Some(30)),
            (r#"{"startPoints": {"points": 20}, "points": "ignored"}"#, Some(20)),
            (r#"{"startPoints": null}"#, None),
            ("{}", None),
        ] {
            let start = NewCustomer::parse(&map(body)).unwrap();
            assert_eq!(start.map(|start| start.points.get()), points, "{body}");
        }
        for body in
            [r#"{"startPoints": []}"#, r#"{"startPoints": 20}"#, r#"{"points": null}"#, r#"{"startPoints": {}}"#]
        {
            assert!(NewCustomer::parse(&map(body)).is_err(), "{body}");
        }
    }

    #[test]
    fn an_option_is_named_in_either_way() {
        assert_eq!(WantedOption::parse(&map(r#"{"id": "o1"}"#)).unwrap(), "o1");
        assert_eq!(WantedOption::parse(&map(r#"{"redeemOptionId": "o2"}"#)).unwrap(), "o2");
        for body in ["{}", r#"{"id": 7}"#, r#"{"id": ""}"#, r#"{"redeemOptionId": []}"#, r#"{"id": "a\nb"}"#] {
            assert!(WantedOption::parse(&map(body)).is_err(), "{body}");
        }
    }
}
