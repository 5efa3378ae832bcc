//! The settings of coupons and points of a site, as the platform keeps them.

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
    domain::{ids::SiteCode, scope::Scope},
    service::{
        coupon_settings::{self, CouponSettingsError},
        sites::SiteError,
    },
};

const SETTINGS: &str = "/site/{tenant}/sites/{siteCode}/mixins/couponSettings";

/// The operations of this resource, for the document.
#[derive(OpenApi)]
#[openapi(paths(read, change))]
pub(super) struct Operations;

/// The routes of this resource.
pub(super) fn routes() -> Vec<Route> {
    vec![routes::get(SETTINGS, read), routes::patch(SETTINGS, change)]
}

impl From<CouponSettingsError> for ApiError {
    fn from(error: CouponSettingsError) -> Self {
        match error {
            CouponSettingsError::Invalid(errors) => Self::Invalid(errors),
            CouponSettingsError::Site(SiteError::Store(error)) => error.into(),
            CouponSettingsError::Site(unknown @ (SiteError::Unknown(_) | SiteError::TenantUnknown(_))) => {
                Self::NotFound(unknown.to_string())
            }
            CouponSettingsError::Site(
                stale @ (SiteError::Stale(_) | SiteError::Taken(_) | SiteError::DraftChanged),
            ) => Self::Conflict(stale.to_string()),
        }
    }
}

/// The site that the path names.
fn site(request: &HttpRequest) -> Result<SiteCode, ApiError> {
    let code = params::path(request, "siteCode")?;
    SiteCode::parse(&code).map_err(|_no_code| ApiError::NotFound(format!("There is no site `{code}`.")))
}

/// Read a site's coupon settings
///
/// The same settings that the back office shows: `rewardpoints` holds whether orders earn points, how many per unit of
/// currency, for how many months they are good, and what the codes of coupons begin with that are bought with points.
#[utoipa::path(
    get, path = SETTINGS, tag = "Sites", operation_id = "readCouponSettings",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("siteCode" = String, Path, example = "main", description = "The site."),
    ),
    responses(
        (status = 200, description = "The settings.", content_type = "application/json", body = Object,
            example = json!({
                "codePrefix": "XYZ", "length": 13, "referral": {"codePrefix": "REF", "value": 5},
                "rewardpoints": {"enabled": true, "orderValueToRewardPointsFactor": 1, "validityInMonths": 12,
                    "codePrefix": "ACM"},
            })),
        (status = 404, description = "There is no such site."),
    ),
    security(("OAuth2" = ["site.site_manage"])),
)]
pub(super) async fn read(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, &[Scope::SiteManage]).await?;
    let code = site(&request)?;
    let settings = coupon_settings::find(&app.db, &caller.tenant, &code).await?;
    let settings = settings.ok_or_else(|| ApiError::NotFound(format!("There is no site `{code}`.")))?;
    Ok(HttpResponse::Ok().json(settings))
}

/// Change a site's coupon settings
///
/// Changes what is named, at once; the rest stays. `null` takes a field away. `enable` is read as `enabled`, and
/// `couponPrefix` as `codePrefix`. A changed factor or validity holds for orders from now on.
#[utoipa::path(
    patch, path = SETTINGS, tag = "Sites", operation_id = "changeCouponSettings",
    params(
        ("tenant" = String, Path, description = "The tenant of the token."),
        ("siteCode" = String, Path, example = "main", description = "The site."),
    ),
    request_body(content = Object, example = json!({"rewardpoints": {"orderValueToRewardPointsFactor": 0.5}})),
    responses(
        (status = 200, description = "The settings as they are now.", content_type = "application/json", body = Object),
        (status = 400, description = "Something does not fit."),
        (status = 404, description = "There is no such site."),
    ),
    security(("OAuth2" = ["site.site_manage"])),
)]
pub(super) async fn change(app: Data<App>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, &[Scope::SiteManage]).await?;
    let code = site(&request)?;
    let patch = body::read(&request, payload).await?.object()?;
    Ok(HttpResponse::Ok().json(coupon_settings::change(&app, &caller, &code, &patch).await?))
}
