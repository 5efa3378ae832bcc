//! Who may do what with coupons. Any one of the scopes that the contract lists for an operation is enough.

use actix_web::HttpRequest;

use crate::{
    api::{auth, error::ApiError, params},
    app::App,
    domain::{
        ids::CustomerId,
        invalid::FieldErrors,
        scope::Scope,
        token::{AccessToken, Bearer},
    },
    service::coupons::Whose,
};

/// Lists coupons, and sees all of them.
pub(super) const READ: [Scope; 2] = [Scope::CouponRead, Scope::CouponManage];
/// Writes coupons.
pub(super) const MANAGE: [Scope; 1] = [Scope::CouponManage];
/// Uses coupons.
pub(super) const REDEEM: [Scope; 3] = [Scope::CouponRedeem, Scope::CouponRedeemOnBehalf, Scope::CouponManage];
/// Reads a coupon by its code.
const READ_ONE: [Scope; 4] = [Scope::CouponRead, Scope::CouponManage, Scope::CouponRedeem, Scope::CouponRedeemOnBehalf];

fn require(token: &AccessToken, any_of: &[Scope]) -> Result<(), ApiError> {
    match &token.bearer {
        Bearer::Customer(_) => Ok(()),
        Bearer::Service { .. } => auth::require(token, any_of),
        Bearer::Anonymous { .. } => {
            Err(ApiError::Forbidden("Guests may validate coupons, and nothing else.".to_owned()))
        }
    }
}

/// The token of somebody who reads one coupon by its code.
///
/// # Errors
/// 401 or 403 for everybody else.
pub(super) async fn reader(app: &App, request: &HttpRequest) -> Result<AccessToken, ApiError> {
    let token = auth::token(app, request).await?;
    require(&token, &READ_ONE)?;
    Ok(token)
}

/// The token of somebody who validates a coupon: guests may.
///
/// # Errors
/// 401 or 403 for everybody else.
pub(super) async fn validator(app: &App, request: &HttpRequest) -> Result<AccessToken, ApiError> {
    let token = auth::token(app, request).await?;
    if !matches!(token.bearer, Bearer::Anonymous { .. }) {
        require(&token, &REDEEM)?;
    }
    Ok(token)
}

/// The token of somebody who uses coupons.
///
/// # Errors
/// 401 or 403 for everybody else.
pub(super) async fn redeemer(app: &App, request: &HttpRequest) -> Result<AccessToken, ApiError> {
    let token = auth::token(app, request).await?;
    require(&token, &REDEEM)?;
    Ok(token)
}

/// Whether the token is that of the shop, who sees what is not for its customers.
pub(super) fn is_sellers(token: &AccessToken) -> bool {
    READ.iter().any(|scope| token.may(*scope))
}

/// For whom a request is: customers act for themselves, a program for the customer it names.
///
/// # Errors
/// 403 when somebody names another customer who may not.
pub(super) fn on_behalf(token: &AccessToken, named: Option<CustomerId>) -> Result<Option<CustomerId>, ApiError> {
    match (&token.bearer, named) {
        (Bearer::Customer(own), Some(named)) if named != *own => {
            Err(ApiError::Forbidden("A customer's token names nobody else as customerNumber.".to_owned()))
        }
        (Bearer::Customer(own), _) => Ok(Some(own.clone())),
        (Bearer::Service { .. }, Some(named)) => {
            auth::require(token, &[Scope::CouponRedeemOnBehalf])?;
            Ok(Some(named))
        }
        (Bearer::Anonymous { .. }, Some(_)) => Err(ApiError::Forbidden("A guest names no customerNumber.".to_owned())),
        (Bearer::Service { .. } | Bearer::Anonymous { .. }, None) => Ok(None),
    }
}

/// The customer that the query names as `customerNumber`.
///
/// # Errors
/// When it is no id of a customer.
pub(super) fn named(request: &HttpRequest) -> Result<Option<CustomerId>, ApiError> {
    let id = params::query(request, "customerNumber")?.filter(|id| !id.is_empty());
    id.map(|id| CustomerId::parse(&id).map_err(|error| FieldErrors::one("customerNumber", error).into())).transpose()
}

/// Whose uses of a coupon the bearer sees: the shop all of them, customers their own, and a program those it recorded
/// or those of the customer that it names.
///
/// # Errors
/// 403 when somebody names another customer who may not.
pub(super) fn visible(token: &AccessToken, named: Option<CustomerId>) -> Result<Whose, ApiError> {
    if let (Bearer::Service { .. }, None, true) = (&token.bearer, &named, token.may(Scope::CouponManage)) {
        return Ok(Whose::All);
    }
    Ok(match on_behalf(token, named)? {
        Some(customer) => Whose::Customer(customer),
        None => Whose::Actor(token.caller().actor),
    })
}
