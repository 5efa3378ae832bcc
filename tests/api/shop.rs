//! A tenant with API clients, served, for the tests of the API.

use guerdon::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        ids::TenantId,
        money::Currency,
        scope::Scopes,
    },
    service::{
        api_clients::{self, NewApiClient},
        tenants::{self, NewTenant},
        tokens,
    },
};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

use crate::common::local;

/// Every scope that there is.
pub(crate) const ALL: &str = "rewardspoints.rewardpoints_view rewardspoints.rewardpoints_manage \
     rewardspoints.customertoken_issue rewardspoints.customer_manage rewardspoints.order_manage coupon.coupon_read \
     coupon.coupon_manage coupon.coupon_redeem coupon.coupon_redeem_on_behalf site.site_manage";

/// A server with tenants.
pub(crate) struct Shop {
    pub(crate) app: App,
    base: String,
    http: Client,
}

/// Who acts in `tenant` before the server does.
pub(crate) fn caller(tenant: &str) -> Caller {
    Caller { tenant: TenantId::parse(tenant).unwrap(), actor: Actor::system("command line") }
}

impl Shop {
    /// A server with the tenants `acme` and `beta`.
    pub(crate) async fn open(app: &App) -> Self {
        for id in ["acme", "beta"] {
            let new = NewTenant {
                id: TenantId::parse(id).unwrap(),
                name: id.to_owned(),
                zone: chrono_tz::UTC,
                currency: Currency::parse("EUR").unwrap(),
            };
            tenants::create(app, &Actor::system("command line"), &new).await.unwrap();
        }
        Self::serve(app)
    }

    /// A server with the tenants that there are.
    pub(crate) fn serve(app: &App) -> Self {
        Self { app: app.clone(), base: local::serve(app), http: Client::new() }
    }

    /// A new API client of a tenant.
    pub(crate) async fn client(&self, tenant: &str, scopes: &str) -> NewApiClient {
        api_clients::create(&self.app, &caller(tenant), "shop", &Scopes::parse(scopes).unwrap()).await.unwrap()
    }

    /// A token of a new API client of `acme`.
    pub(crate) async fn token(&self, scopes: &str) -> String {
        let client = self.client("acme", scopes).await;
        let issued = tokens::issue(&self.app, client.client_id.as_str(), &client.client_secret, None).await.unwrap();
        issued.access_token
    }

    /// A request to a path.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// A POST with a token and a body.
    pub(crate) async fn post(&self, path: &str, token: &str, body: impl Into<reqwest::Body>) -> Response {
        self.request(Method::POST, path).bearer_auth(token).body(body).send().await.unwrap()
    }

    /// Where the server listens.
    pub(crate) fn address(&self) -> &str {
        self.base.strip_prefix("http://").unwrap()
    }
}

/// The status and the JSON of an answer.
pub(crate) async fn read(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    let json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{status} {error}: {text}"));
    (status, json)
}

/// A header of an answer.
pub(crate) fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().unwrap())
}
