//! Reads what a list is asked for, and answers with its counts.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{HeaderName, HeaderValue},
};
use serde_json::{Map, Value};

use super::flag;
use crate::{
    api::{error::ApiError, params},
    domain::{
        invalid::FieldErrors,
        list_query::{Field, ListQuery, Page, parse_criteria, parse_order},
    },
};

const X_TOTAL_COUNT: &str = "x-total-count";
const ITEMS_COUNT: &str = "items-count";

/// Whether the answer tells how many there are in all, and in which headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    items_count: bool,
    x_total_count: bool,
}

impl Counts {
    fn asked(request: &HttpRequest) -> Result<Self, ApiError> {
        let header = request.headers().get(X_TOTAL_COUNT);
        let x_total_count = header.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
        Ok(Self { items_count: flag(request, "totalCount")?, x_total_count })
    }
}

/// `sort`, `q`, `pageNumber`, `pageSize` and the wish for a count.
///
/// # Errors
/// When one of them does not fit.
pub(super) fn query<F: Field>(request: &HttpRequest) -> Result<(ListQuery<F>, Counts), ApiError> {
    let given = |name: &str| Ok::<_, ApiError>(params::query(request, name)?.filter(|text| !text.trim().is_empty()));
    let wrong = |field: &'static str, error| ApiError::from(FieldErrors::one(field, error));
    let order = given("sort")?.map(|text| parse_order(&text)).transpose().map_err(|error| wrong("sort", error))?;
    let criteria = given("q")?.map(|text| parse_criteria(&text)).transpose().map_err(|error| wrong("q", error))?;
    let (number, size) = (params::query(request, "pageNumber")?, params::query(request, "pageSize")?);
    let page = Page::parse(number.as_deref(), size.as_deref()).map_err(|(field, error)| wrong(field, error))?;
    let counts = Counts::asked(request)?;
    let total = counts.items_count || counts.x_total_count;
    Ok((ListQuery { criteria: criteria.unwrap_or_default(), order: order.unwrap_or_default(), page, total }, counts))
}

/// A page of a list, with the counts that were asked for.
pub(super) fn answer(items: Vec<Map<String, Value>>, total: Option<i64>, counts: Counts) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    let wanted = [(ITEMS_COUNT, counts.items_count), (X_TOTAL_COUNT, counts.x_total_count)];
    for (name, _) in wanted.into_iter().filter(|(_, wanted)| *wanted) {
        if let Some(total) = total {
            answer.insert_header((HeaderName::from_static(name), HeaderValue::from(total)));
        }
    }
    answer.json(items)
}
