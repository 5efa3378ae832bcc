//! Which pages of shops may call the API from a browser: those of the origins that a site lists, on the few paths that
//! storefronts call themselves.

use actix_web::{
    HttpResponse,
    dev::ServiceRequest,
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};

use crate::{
    app::App,
    domain::{ids::TenantId, token},
    service,
};

const METHODS: &str = "GET, POST, PUT, PATCH, DELETE";
const HEADERS: &str = "Authorization, Content-Type, Emporix-Tenant, X-Total-Count, X-Version, Accept-Language, \
     Content-Language, X-Correlation-Id, Idempotency-Key, If-None-Match";
const EXPOSED: &str = "X-Total-Count, Items-Count, Retry-After, ETag, RateLimit-Policy, RateLimit";
/// How long a browser keeps the answer to a preflight: a change of a site's origins acts within that time.
const MAX_AGE_SECS: u32 = 600;

/// Whose origins count for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Whose {
    /// This tenant's.
    Tenant(TenantId),
    /// Any tenant's: the request does not say whose it is.
    Any,
}

/// Whose origins count for a path that browsers may call; `None` for every other path.
fn whose(path: &str) -> Option<Whose> {
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let tenant = |tenant: &str| TenantId::parse(tenant).map_or(Whose::Any, Whose::Tenant);
    match *segments.as_slice() {
        ["oauth", "token"]
        | ["customerlogin", "auth", "anonymous", "login" | "refresh"]
        | ["reward-points", "public", ..] => Some(Whose::Any),
        ["reward-points", name, "redeemOptions" | "basket"]
        | ["coupon", name, "coupons", _, ..]
        | ["coupon", name, "referral-coupons", _] => Some(tenant(name)),
        _ => None,
    }
}

/// What the answer to a request is given for the page that sent it.
pub(super) struct Cors {
    origin: Option<HeaderValue>,
}

impl Cors {
    /// Judges the page that sent a request; `None` when browsers have no business on its path.
    pub(super) async fn of(app: &App, request: &ServiceRequest) -> Option<Self> {
        let whose = whose(request.path())?;
        let origin = request.headers().get(header::ORIGIN).cloned();
        let Some(text) = origin.as_ref().and_then(|origin| origin.to_str().ok()) else {
            return Some(Self { origin: None });
        };
        let tenant = match whose {
            Whose::Tenant(tenant) => Some(tenant),
            Whose::Any => named_by_token(request.headers()),
        };
        let listed = service::sites::lists_origin(&app.db, tenant.as_ref(), text).await;
        // With the database away the answer is an error anyway.
        Some(Self { origin: origin.filter(|_| listed.unwrap_or(false)) })
    }

    /// The answer to a preflight; `None` when the request is none.
    pub(super) fn preflight(&self, request: &ServiceRequest) -> Option<HttpResponse> {
        let asks = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if request.method() != Method::OPTIONS || !asks {
            return None;
        }
        let mut answer = HttpResponse::NoContent();
        if self.origin.is_some() {
            answer
                .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, METHODS))
                .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS))
                .insert_header((header::ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECS));
        }
        Some(answer.finish())
    }

    /// Adds what the page needs to read the answer, be it an error or not.
    pub(super) fn mark(&self, headers: &mut HeaderMap) {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        if let Some(origin) = &self.origin {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        }
    }
}

/// The tenant that the text of the token names, good or not.
fn named_by_token(headers: &HeaderMap) -> Option<TenantId> {
    let name: HeaderName = header::AUTHORIZATION;
    let (_, text) = headers.get(name)?.to_str().ok()?.split_once(' ')?;
    token::tenant_of(text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_call_storefront_paths_alone() {
        let acme = || Some(Whose::Tenant(TenantId::parse("acme").unwrap()));
        for (path, expected) in [
            ("/oauth/token", Some(Whose::Any)),
            ("/reward-points/public/customer", Some(Whose::Any)),
            ("/reward-points/public/customer/redeem", Some(Whose::Any)),
            ("/customerlogin/auth/anonymous/login", Some(Whose::Any)),
            ("/reward-points/acme/redeemOptions", acme()),
            ("/reward-points/acme/basket", acme()),
            ("/coupon/acme/coupons/X", acme()),
            ("/coupon/acme/coupons/X/validation", acme()),
            ("/coupon/acme/referral-coupons/C1", acme()),
            ("/coupon/acme/coupons", None),
            ("/reward-points/acme/redeemOptions/1", None),
            ("/reward-points/acme/customerTokens", None),
            ("/reward-points/customer/C1", None),
            ("/reward-points/summaryBatch", None),
            ("/admin/login", None),
            ("/metrics", None),
        ] {
            assert_eq!(whose(path), expected, "{path}");
        }
    }
}
