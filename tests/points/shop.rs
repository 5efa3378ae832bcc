//! A tenant behind a real server, and requests to it over HTTP.

use std::future::Future;

use guerdon::{
    app::App,
    clock::MockClock,
    domain::{
        actor::{Actor, Caller},
        ids::{CustomerId, SiteCode, TenantId},
        money::Currency,
        option::OptionDraft,
        scope::Scopes,
        time::Timestamp,
    },
    service::{
        api_clients, sites,
        tenants::{self, NewTenant},
        tokens::{self, CustomerToken},
    },
    store,
};
use reqwest::{Client, Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};

use crate::common::local;

pub(crate) const VIEW: &str = "rewardspoints.rewardpoints_view";
pub(crate) const MANAGE: &str = "rewardspoints.rewardpoints_manage";

/// A tenant, the address of the server, and the tokens of a program that may see and change points.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) app: App,
    pub(crate) tenant: TenantId,
    pub(crate) url: String,
    pub(crate) token: String,
    client: Client,
}

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// This answer, if it has that status and no body.
    #[track_caller]
    pub(crate) fn empty(self, status: u16) -> Self {
        assert_eq!((self.status, self.text.as_str()), (status, ""), "{self:?}");
        assert_eq!(self.header("content-type"), None, "{self:?}");
        self
    }

    /// Its JSON, if it has that status.
    #[track_caller]
    pub(crate) fn json_of(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        self.json()
    }

    /// The fields that a 400 names.
    #[track_caller]
    pub(crate) fn wrong_fields(&self) -> Vec<String> {
        let body = self.json_of(400);
        let errors = body["errors"].as_array().unwrap_or_else(|| panic!("no errors in {self:?}"));
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
    }
}

impl Shop {
    /// The tenant `acme` with its site `main`, served.
    pub(crate) async fn open(app: &App) -> Self {
        Self::called(app, "acme", &local::serve(app)).await
    }

    /// Another tenant on the same server.
    pub(crate) async fn called(app: &App, id: &str, url: &str) -> Self {
        let tenant = TenantId::parse(id).unwrap();
        let zone = chrono_tz::Europe::Berlin;
        let currency = Currency::parse("EUR").unwrap();
        let new = NewTenant { id: tenant.clone(), name: id.to_owned(), zone, currency };
        tenants::create(app, &Actor::system("test"), &new).await.unwrap();
        let shop = Self { app: app.clone(), tenant, url: url.to_owned(), token: String::new(), client: Client::new() };
        let token = shop.service_token(&format!("{VIEW} {MANAGE}")).await;
        Self { token, ..shop }
    }

    pub(crate) fn caller(&self) -> Caller {
        Caller { tenant: self.tenant.clone(), actor: Actor::system("test") }
    }

    /// A token of a new API client with these scopes, fetched as clients do.
    pub(crate) async fn service_token(&self, scopes: &str) -> String {
        let scopes = Scopes::parse(scopes).unwrap();
        let client = api_clients::create(&self.app, &self.caller(), "shop", &scopes).await.unwrap();
        let secret = client.client_secret.as_str();
        let form =
            [("grant_type", "client_credentials"), ("client_id", client.client_id.as_str()), ("client_secret", secret)];
        let url = format!("{}/oauth/token", self.url);
        let answer = self.client.post(url).form(&form).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        answer["access_token"].as_str().unwrap_or_else(|| panic!("no token in {answer}")).to_owned()
    }

    /// The same shop to the bearer of another token.
    pub(crate) fn with(&self, token: String) -> Self {
        Self { token, ..self.clone() }
    }

    /// The same shop on another server.
    pub(crate) fn served_at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// The same shop at another time, with a new token, since they do not last.
    pub(crate) async fn at(&self, clock: &MockClock, now: &str) -> Self {
        clock.set(Timestamp::parse(now).unwrap());
        self.with(self.service_token(&format!("{VIEW} {MANAGE}")).await)
    }

    /// A token of a customer.
    pub(crate) async fn customer_token(&self, customer: &str) -> String {
        let wanted = CustomerToken { customer: CustomerId::parse(customer).unwrap(), secs: 900, client: None };
        tokens::issue_to_customer(&self.app, &self.caller(), &wanted, None).await.unwrap().access_token
    }

    /// A request with a token.
    pub(crate) fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        if token.is_empty() { request } else { request.bearer_auth(token) }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path, &self.token)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::POST, path, &self.token).json(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path, &self.token)).await
    }

    /// Adds points, which must work.
    #[track_caller]
    pub(crate) fn add(&self, customer: &str, points: i64) -> impl Future<Output = ()> {
        let shop = self.clone();
        let path = format!("/reward-points/customer/{customer}/addPoints");
        async move { drop(shop.post(&path, json!({ "points": points })).await.empty(201)) }
    }

    /// The balance, which must be there.
    pub(crate) async fn balance(&self, customer: &str) -> i64 {
        let answer = self.get(&format!("/reward-points/customer/{customer}")).await;
        answer.json_of(200).as_i64().unwrap()
    }

    pub(crate) async fn summary(&self, customer: &str) -> Value {
        self.get(&format!("/reward-points/customer/{customer}/summary")).await.json_of(200)
    }

    /// Makes an option that costs so many points, with changes to its JSON.
    pub(crate) async fn option(&self, id: &str, points: i64, change: impl FnOnce(&mut Value)) {
        let mut option = json!({
            "type": "coupon", "name": "10 Euro Gutschein", "description": "Für Freunde", "points": points,
            "coupon": {
                "name": "Gutschein über 10 Euro", "discountType": "ABSOLUTE",
                "discountAbsolute": { "amount": 10, "currency": "EUR" },
                "allowAnonymous": true, "maxRedemptions": 1,
            },
        });
        change(&mut option);
        let draft = OptionDraft::from_json(option.as_object().unwrap()).unwrap();
        let mut tx = self.app.db.begin().await.unwrap();
        assert!(store::options::insert(&mut tx, &self.tenant, id, &draft, self.app.now()).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// Changes a site, or makes it when it is not there.
    pub(crate) async fn site(&self, code: &str, change: guerdon::domain::site_change::SiteChange) {
        let code = SiteCode::parse(code).unwrap();
        if sites::find(&self.app.db, &self.tenant, &code).await.unwrap().is_some() {
            sites::change(&self.app, &self.caller(), &code, None, &change).await.unwrap();
        } else {
            sites::create(&self.app, &self.caller(), &code, &change).await.unwrap();
        }
    }
}

/// Sends a request and reads the whole answer.
pub(crate) async fn send(request: RequestBuilder) -> Answer {
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Answer { status, headers, text: answer.text().await.unwrap() }
}
