//! Pages of lists, as the contract numbers them.

use actix_web::HttpRequest;

use super::{error::ApiError, params};
use crate::domain::invalid::FieldErrors;

/// Items on a page when nothing is asked for.
pub(super) const SIZE: i64 = 16;
/// Items on a page, at most.
pub(super) const SIZE_MAX: i64 = 1_000;
/// The last page that can be asked for; behind the end of a list there is nothing anyway.
const NUMBER_MAX: i64 = 1_000_000_000;
/// The header that tells how many items the whole list has.
pub(super) const TOTAL: &str = "X-Total-Count";

/// A page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    number: i64,
    size: i64,
}

impl Page {
    /// The page that `pageNumber` and `pageSize` ask for; `None` when neither is there.
    ///
    /// # Errors
    /// When one of them does not fit.
    pub(super) fn asked(request: &HttpRequest) -> Result<Option<Self>, ApiError> {
        let number = whole(request, "pageNumber", NUMBER_MAX)?;
        let size = whole(request, "pageSize", SIZE_MAX)?;
        let asked = number.is_some() || size.is_some();
        Ok(asked.then(|| Self { number: number.unwrap_or(1), size: size.unwrap_or(SIZE) }))
    }

    /// How many items stand before the page.
    pub(super) fn skip(self) -> i64 {
        (self.number - 1).saturating_mul(self.size)
    }

    /// How many items the page has, at most.
    pub(super) fn size(self) -> i64 {
        self.size
    }
}

/// A parameter of the query that is a whole number from 1 to `max`.
///
/// # Errors
/// When it is another one, or none.
pub(super) fn whole(request: &HttpRequest, name: &str, max: i64) -> Result<Option<i64>, ApiError> {
    let Some(text) = params::query(request, name)? else { return Ok(None) };
    // Not `parse` alone: it takes a plus sign.
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let number = text.parse().ok().filter(|number| digits && (1..=max).contains(number));
    let message = || FieldErrors::one(name, format!("Give a whole number from 1 to {max}."));
    number.map(Some).ok_or_else(|| message().into())
}
