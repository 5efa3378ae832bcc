//! Customers as persons: personal data, kept apart from the ledger.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use utoipa::OpenApi;

use super::{
    auth, body,
    error::ApiError,
    params,
    routes::{self, Route},
};
use crate::{
    app::App,
    domain::{calendar, customer::PersonalData, ids::CustomerId, scope::Scope},
    service::{
        customers::{file, person},
        tenants,
    },
};

const PERSON: &str = "/reward-points/{tenant}/customers/{customerId}";
const FILE: &str = "/reward-points/{tenant}/customers/{customerId}/export";
const MANAGE: &[Scope] = &[Scope::CustomerManage];

/// The operations of this resource, for the document.
#[derive(OpenApi)]
#[openapi(paths(read, put, erase, export))]
pub(super) struct Operations;

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![routes::get(PERSON, read), routes::put(PERSON, put), routes::delete(PERSON, erase), routes::get(FILE, export)]
}

fn nothing_known(customer: &CustomerId) -> ApiError {
    ApiError::NotFound(format!("Nothing is known of customer {customer}."))
}

fn told(customer: &CustomerId, person: &PersonalData) -> HttpResponse {
    let mut fields = serde_json::Map::new();
    fields.insert("customerId".to_owned(), customer.as_str().into());
    fields.extend(person.to_json());
    HttpResponse::Ok().json(fields)
}

/// Read a customer's personal data
///
/// What is known of the person; every field is null where only the account is known.
#[utoipa::path(
    get, path = PERSON, tag = "Customers as persons", operation_id = "readCustomer",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("customerId" = String, Path, description = "The customer, by the shop's own id.", max_length = 255),
    ),
    responses(
        (status = 200, description = "The personal data.", content_type = "application/json", body = Object,
            example = json!({"customerId": "C4289081720", "name": "Mara Lindqvist", "email": "mara@example.com",
                "birthday": "1990-11-22", "language": "sv"})),
        (status = 400, description = "The id does not fit."),
        (status = 404, description = "Neither an account nor personal data is known under this id."),
    ),
    security(("OAuth2" = ["rewardspoints.customer_manage"])),
)]
pub(super) async fn read(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, MANAGE).await?;
    let customer = params::customer(&request)?;
    if !person::is_known(&app.db, &caller.tenant, &customer).await? {
        return Err(nothing_known(&customer));
    }
    Ok(told(&customer, &person::find(&app.db, &caller.tenant, &customer).await?))
}

/// Keep a customer's personal data
///
/// Puts it in the place of what was known: a field that is left out is forgotten. By name and email address employees
/// find the customer; birthdays are shown to them on the day. The customer needs no account for it. A birthday is a
/// day such as `1990-11-22`, or `--11-22` without the year.
#[utoipa::path(
    put, path = PERSON, tag = "Customers as persons", operation_id = "putCustomer",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("customerId" = String, Path, description = "The customer, by the shop's own id.", max_length = 255),
    ),
    request_body(content = Object, example = json!({"name": "Mara Lindqvist", "email": "mara@example.com",
        "birthday": "1990-11-22", "language": "sv"})),
    responses(
        (status = 200, description = "The personal data as it is now.", content_type = "application/json",
            body = Object),
        (status = 400, description = "Something does not fit; the answer names each field."),
    ),
    security(("OAuth2" = ["rewardspoints.customer_manage"])),
)]
pub(super) async fn put(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, MANAGE).await?;
    let customer = params::customer(&request)?;
    let fields = body::read(&request, payload).await?.object()?;
    let zone = tenants::find(&app.db, &caller.tenant).await?.map_or(chrono_tz::UTC, |tenant| tenant.zone);
    let person = PersonalData::from_json(&fields, calendar::day_of(app.now(), zone))?;
    if let Some(other) = fields.get("customerId").filter(|id| id.as_str() != Some(customer.as_str())) {
        let message = format!("The path names {customer}, not {other}. Leave it out.");
        return Err(crate::domain::invalid::FieldErrors::one("customerId", message).into());
    }
    person::set(&app, &caller, &customer, &person).await?;
    Ok(told(&customer, &person))
}

/// Erase a customer's personal data
///
/// Forgets the person: name, email address, birthday, language and what employees noted. The account, its points and
/// its history stay. Endpoints that want `customer.erased` are told. Erasing once more changes nothing.
#[utoipa::path(
    delete, path = PERSON, tag = "Customers as persons", operation_id = "eraseCustomer",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("customerId" = String, Path, description = "The customer, by the shop's own id.", max_length = 255),
    ),
    responses(
        (status = 204, description = "Nothing personal is known any more."),
        (status = 400, description = "The id does not fit."),
    ),
    security(("OAuth2" = ["rewardspoints.customer_manage"])),
)]
pub(super) async fn erase(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, MANAGE).await?;
    person::erase(&app, &caller, &params::customer(&request)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Export everything kept of a customer
///
/// Personal data, the account with every entry, coupons and orders: what a person may ask to see.
#[utoipa::path(
    get, path = FILE, tag = "Customers as persons", operation_id = "exportCustomer",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("customerId" = String, Path, description = "The customer, by the shop's own id.", max_length = 255),
    ),
    responses(
        (status = 200, description = "Everything.", content_type = "application/json", body = Object),
        (status = 400, description = "The id does not fit."),
        (status = 404, description = "Nothing is known under this id."),
    ),
    security(("OAuth2" = ["rewardspoints.customer_manage"])),
)]
pub(super) async fn export(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, MANAGE).await?;
    let customer = params::customer(&request)?;
    let file = file::find(&app.db, &caller.tenant, &customer, app.now()).await?;
    file.map(|file| HttpResponse::Ok().json(file.to_json())).ok_or_else(|| nothing_known(&customer))
}
