//! Tokens: for API clients, and by them for customers.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Payload},
};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use super::{
    auth,
    body::{self, Body},
    error::ApiError,
    routes::{self, Route},
};
use crate::{
    app::App,
    domain::{
        fields::Fields,
        ids::CustomerId,
        invalid::FieldErrors,
        percent,
        scope::Scope,
        token::{self, Bearer},
    },
    service::tokens::{self, CustomerToken, IssuedToken, TokenError},
};

/// Where programs get their tokens.
pub(super) const TOKEN: &str = "/oauth/token";
/// A request for a token has a handful of fields.
const FIELDS_MAX: usize = 32;
const CUSTOMER_TOKENS: &str = "/reward-points/{tenant}/customerTokens";

/// The operations of this resource, for the document.
#[derive(OpenApi)]
#[openapi(paths(issue, issue_to_customer))]
pub(super) struct Operations;

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![routes::post(TOKEN, issue), routes::post(CUSTOMER_TOKENS, issue_to_customer)]
}

/// What a program asks for, as a form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the shape of a form, for the document; the form itself is read field by field")]
struct TokenRequest {
    /// Always `client_credentials`.
    #[schema(example = "client_credentials")]
    grant_type: String,
    /// The program; unless it is told by HTTP Basic.
    #[schema(example = "acme-7f3k2m")]
    client_id: Option<String>,
    /// Its secret; unless it is told by HTTP Basic.
    client_secret: Option<String>,
    /// What the token shall do, with spaces between; everything that the program may do by default. It may also hold
    /// `tenant=` and the tenant's id.
    #[schema(example = "rewardspoints.rewardpoints_view")]
    scope: Option<String>,
}

/// The token of a program.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
struct ProgramAnswer {
    /// The token.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// For how many seconds it is good.
    #[schema(example = 3600)]
    expires_in: i64,
    /// What it may do.
    #[schema(example = "rewardspoints.rewardpoints_view")]
    scope: String,
    /// Always empty: ask for a new token instead.
    #[schema(example = "")]
    refresh_token: &'static str,
    /// Always 0.
    #[schema(example = 0)]
    refresh_token_expires_in: i64,
    /// The same as `expires_in`.
    #[schema(example = 3600)]
    session_idle_time: i64,
}

/// Why no token was issued, as RFC 6749 says it.
#[derive(Serialize, ToSchema)]
struct TokenRefusal {
    /// `invalid_request`, `invalid_client`, `invalid_scope`, `unsupported_grant_type`, `server_error` or
    /// `temporarily_unavailable`.
    #[schema(example = "invalid_client")]
    error: &'static str,
    /// In words.
    #[schema(example = "Unknown client, wrong secret, or a client that was revoked.")]
    error_description: String,
}

/// A customer who shall get a token.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the shape of a body, for the document; the body itself is read field by field")]
#[schema(rename_all = "camelCase")]
struct CustomerTokenRequest {
    /// The customer, by the shop's own id.
    #[schema(max_length = 255, example = "C4289081720")]
    customer_id: String,
    /// For how many seconds the token shall be good; 900 by default.
    #[schema(minimum = 1, maximum = 86400, example = 900)]
    ttl_seconds: Option<i64>,
}

/// The token of a customer.
#[derive(Serialize, ToSchema)]
#[schema(as = CustomerTokenAnswer)]
struct CustomerTokenAnswer {
    /// The token: for the customer's browser or app.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// For how many seconds it is good.
    #[schema(example = 900)]
    expires_in: i64,
}

/// Why no token was issued, as RFC 6749 says it.
struct Refused {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl Refused {
    fn request(description: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error: "invalid_request", description: description.to_owned() }
    }

    fn answer(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status);
        if self.status == StatusCode::UNAUTHORIZED {
            answer.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"guerdon\""));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            answer.insert_header((header::RETRY_AFTER, 2));
        }
        answer
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::PRAGMA, "no-cache"))
            .json(TokenRefusal { error: self.error, error_description: self.description.clone() })
    }
}

impl From<TokenError> for Refused {
    fn from(error: TokenError) -> Self {
        let (status, name) = match &error {
            TokenError::InvalidClient => (StatusCode::UNAUTHORIZED, "invalid_client"),
            TokenError::InvalidScope(_) | TokenError::KeyReused => (StatusCode::BAD_REQUEST, "invalid_scope"),
            TokenError::Store(cause) if cause.is_temporary() => {
                tracing::warn!(%cause, "A token could not be issued now");
                let description = "Try again in a moment.".to_owned();
                return Self { status: StatusCode::SERVICE_UNAVAILABLE, error: "temporarily_unavailable", description };
            }
            TokenError::Store(cause) => {
                tracing::error!(%cause, "Issuing a token failed");
                let description = "Something went wrong.".to_owned();
                return Self { status: StatusCode::INTERNAL_SERVER_ERROR, error: "server_error", description };
            }
        };
        Self { status, error: name, description: error.to_string() }
    }
}

/// Get a token for a program
///
/// The client credentials grant of OAuth 2. The client id and secret come from the back office; they are sent in the form
/// or by HTTP Basic.
#[utoipa::path(
    post, path = TOKEN, tag = "Tokens", operation_id = "getToken",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token.", content_type = "application/json", body = ProgramAnswer),
        (status = 400, description = "The form does not fit.", content_type = "application/json", body = TokenRefusal),
        (status = 401, description = "No such client, or another secret.", content_type = "application/json",
            body = TokenRefusal),
        (status = 500, description = "A fault of ours.", content_type = "application/json", body = TokenRefusal),
        (status = 503, description = "The database is away or too busy: ask again soon.", content_type = "application/json",
            body = TokenRefusal),
    ),
    security((), ("ClientSecret" = [])),
)]
async fn issue(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let body = body::read(&request, payload).await?;
    Ok(match issue_for(&app, &request, &body).await {
        Ok(issued) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::PRAGMA, "no-cache"))
            .json(ProgramAnswer {
                access_token: issued.access_token,
                token_type: "Bearer",
                expires_in: issued.expires_in,
                scope: issued.scope,
                refresh_token: "",
                refresh_token_expires_in: 0,
                session_idle_time: issued.expires_in,
            }),
        Err(refused) => refused.answer(),
    })
}

async fn issue_for(app: &App, request: &HttpRequest, body: &Body) -> Result<IssuedToken, Refused> {
    let form = Form::parse(request, body)?;
    match form.get("grant_type") {
        Some("client_credentials") => {}
        Some(_) => {
            let description = "Only the grant type client_credentials is known.".to_owned();
            return Err(Refused { status: StatusCode::BAD_REQUEST, error: "unsupported_grant_type", description });
        }
        None => return Err(Refused::request("Give grant_type=client_credentials.")),
    }
    let (id, secret) = match basic(request)? {
        Some((id, _))
            if form.get("client_id").is_some_and(|given| given != id) || form.get("client_secret").is_some() =>
        {
            return Err(Refused::request("Give the client's secret by HTTP Basic or in the form, not both."));
        }
        Some(pair) => pair,
        None => match (form.get("client_id"), form.get("client_secret")) {
            (Some(id), Some(secret)) => (id.to_owned(), secret.to_owned()),
            _ => return Err(TokenError::InvalidClient.into()),
        },
    };
    Ok(tokens::issue(app, &id, &secret, form.get("scope")).await?)
}

/// The fields of a form.
struct Form(Vec<(String, String)>);

impl Form {
    fn parse(request: &HttpRequest, body: &Body) -> Result<Self, Refused> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.is_empty() && !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Refused::request("Send a form (application/x-www-form-urlencoded)."));
        }
        let text = std::str::from_utf8(body.bytes()).map_err(|_binary| Refused::request("Send a form in UTF-8."))?;
        let mut fields: Vec<(String, String)> = Vec::new();
        for pair in percent::pairs(text.trim_end()) {
            let (Some(name), Some(value)) = pair else {
                return Err(Refused::request("A field is not percent-encoded UTF-8."));
            };
            if fields.iter().any(|(known, _)| *known == name) {
                return Err(Refused::request("A field stands twice in the form."));
            }
            // Each is compared with those before it.
            if fields.len() == FIELDS_MAX {
                return Err(Refused::request("The form has too many fields."));
            }
            fields.push((name, value));
        }
        Ok(Self(fields))
    }

    /// A field that is there and not empty.
    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }
}

/// Id and secret by HTTP Basic; `None` when the request has no such header.
fn basic(request: &HttpRequest) -> Result<Option<(String, String)>, Refused> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else { return Ok(None) };
    let wrong = || Refused::from(TokenError::InvalidClient);
    let (scheme, encoded) = value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(wrong)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        // Some clients send an old token along.
        return Ok(None);
    }
    token::basic(encoded).map(Some).ok_or_else(wrong)
}

/// Make a token for a customer
///
/// For the shop's own backend, which knows who has signed in: the token is for the customer's browser or app, which reads
/// and redeems the customer's own points with it.
#[utoipa::path(
    post, path = CUSTOMER_TOKENS, tag = "Tokens", operation_id = "makeCustomerToken",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("Idempotency-Key" = Option<String>, Header, max_length = 255,
            description = "Makes the request safe to repeat: with the same key and body the same token is answered, with \
                another body it is refused with 422."),
    ),
    request_body = CustomerTokenRequest,
    responses(
        (status = 200, description = "The token.", content_type = "application/json", body = CustomerTokenAnswer),
        (status = 400, description = "Something does not fit; the answer names each field."),
        (status = 422, description = "The Idempotency-Key was used for another request."),
    ),
    security(("OAuth2" = ["rewardspoints.customertoken_issue"])),
)]
async fn issue_to_customer(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let token = auth::token(&app, &request).await?;
    auth::require(&token, &[Scope::CustomerTokenIssue])?;
    let body = body::read(&request, payload).await?;
    let Bearer::Service { client, .. } = &token.bearer else { return Err(ApiError::Unauthorized) };
    let (customer, secs) = read_customer(&body)?;
    let wanted = CustomerToken { customer, secs, client: Some(client.clone()) };
    let keyed = body.keyed(&request)?;
    let issued = tokens::issue_to_customer(&app, &token.caller(), &wanted, keyed.as_ref()).await?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    if issued.replayed {
        answer.insert_header(super::REPLAYED);
    }
    let (access_token, expires_in) = (issued.access_token, issued.expires_in);
    Ok(answer.json(CustomerTokenAnswer { access_token, token_type: "Bearer", expires_in }))
}

fn read_customer(body: &Body) -> Result<(CustomerId, i64), ApiError> {
    let map = body.object()?;
    let mut errors = FieldErrors::default();
    let mut fields = Fields { map: &map, prefix: "", errors: &mut errors };
    if fields.get("customerId").is_none() {
        fields.error("customerId", "Give the id of a customer.");
    }
    let customer = fields.given("customerId", CustomerId::parse);
    let secs = fields.integer("ttlSeconds", 1, token::SECS_MAX);
    match customer {
        Some(customer) if errors.is_empty() => Ok((customer, secs.unwrap_or(token::CUSTOMER_SECS))),
        _ => Err(errors.into()),
    }
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Store(error) => error.into(),
            TokenError::KeyReused => Self::KeyReused,
            refused @ (TokenError::InvalidClient | TokenError::InvalidScope(_)) => Self::Forbidden(refused.to_string()),
        }
    }
}
