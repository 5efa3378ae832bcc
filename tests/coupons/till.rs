//! A tenant behind a real server, and requests about its coupons.

use guerdon::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        ids::{CustomerId, SiteCode, TenantId},
        ledger::entry::{EntryKind, Source},
        money::Currency,
        option::OptionDraft,
        points::Points,
        scope::Scopes,
    },
    service::{
        api_clients,
        ledger::{
            LedgerError,
            command::{Command, Done, NewCredit, NewRedemption, Remarks, Reply, Request},
        },
        options,
        tenants::{self, NewTenant},
        tokens::{self, CustomerToken},
        verify,
    },
};
use reqwest::{Client, Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};

use crate::common::local;

pub(crate) const READ: &str = "coupon.coupon_read";
pub(crate) const MANAGE: &str = "coupon.coupon_manage";
pub(crate) const REDEEM: &str = "coupon.coupon_redeem";
pub(crate) const ON_BEHALF: &str = "coupon.coupon_redeem_on_behalf";
pub(crate) const COUPONS: &str = "/coupon/acme/coupons";

/// A tenant, and the tokens of a program that may do everything with coupons.
pub(crate) struct Till {
    pub(crate) app: App,
    pub(crate) tenant: TenantId,
    pub(crate) url: String,
    pub(crate) token: String,
    http: Client,
}

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
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
        self
    }

    /// Its JSON, if it has that status.
    #[track_caller]
    pub(crate) fn json_of(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        self.json()
    }

    /// Its message, if it is the contract's error of that status and type.
    #[track_caller]
    pub(crate) fn error(&self, status: u16, kind: &str) -> String {
        let body = self.json_of(status);
        assert_eq!((&body["status"], &body["type"]), (&json!(status), &json!(kind)), "{self:?}");
        body["message"].as_str().unwrap_or_else(|| panic!("no message in {self:?}")).to_owned()
    }

    /// Field and type of what a 400 names.
    #[track_caller]
    pub(crate) fn wrong(&self) -> Vec<(String, String)> {
        self.error(400, "validation_violation");
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{self:?}")).to_owned();
        let body = self.json();
        let details = body["details"].as_array().unwrap_or_else(|| panic!("no details in {self:?}"));
        for detail in details {
            assert!(!text(&detail["message"]).is_empty() && detail["moreInfo"] == json!(""), "{self:?}");
        }
        details.iter().map(|detail| (text(&detail["field"]), text(&detail["type"]))).collect()
    }

    /// The fields that a 400 names.
    #[track_caller]
    pub(crate) fn fields(&self) -> Vec<String> {
        self.wrong().into_iter().map(|(field, _)| field).collect()
    }

    /// Why a coupon cannot be used.
    #[track_caller]
    pub(crate) fn refusal(&self) -> String {
        self.wrong().remove(0).1
    }
}

impl Till {
    /// The tenant `acme`, served.
    pub(crate) async fn open(app: &App) -> Self {
        Self::of(app, "acme", &local::serve(app)).await
    }

    /// Another tenant on the same server.
    pub(crate) async fn of(app: &App, id: &str, url: &str) -> Self {
        let tenant = TenantId::parse(id).unwrap();
        let (zone, currency) = (chrono_tz::Europe::Berlin, Currency::parse("EUR").unwrap());
        let new = NewTenant { id: tenant.clone(), name: id.to_owned(), zone, currency };
        tenants::create(app, &Actor::system("test"), &new).await.unwrap();
        let till = Self { app: app.clone(), tenant, url: url.to_owned(), token: String::new(), http: Client::new() };
        let token = till.service(&format!("{READ} {MANAGE} {REDEEM} {ON_BEHALF} site.site_manage")).await;
        Self { token, ..till }
    }

    /// The same with a token that is good now: the clock has moved.
    pub(crate) async fn refreshed(&self) -> Self {
        let token = self.service(&format!("{READ} {MANAGE} {REDEEM} {ON_BEHALF} site.site_manage")).await;
        let (app, tenant, http) = (self.app.clone(), self.tenant.clone(), self.http.clone());
        Self { app, tenant, url: self.url.clone(), token, http }
    }

    /// The same tenant in another process, served there.
    pub(crate) fn twin(&self, app: &App) -> Self {
        let (tenant, http) = (self.tenant.clone(), self.http.clone());
        Self { app: app.clone(), tenant, url: local::serve(app), token: self.token.clone(), http }
    }

    pub(crate) fn caller(&self) -> Caller {
        Caller { tenant: self.tenant.clone(), actor: Actor::employee("u1") }
    }

    /// A token of a new API client with these scopes.
    pub(crate) async fn service(&self, scopes: &str) -> String {
        let client = api_clients::create(&self.app, &self.caller(), "shop", &Scopes::parse(scopes).unwrap()).await;
        let client = client.unwrap();
        let issued = tokens::issue(&self.app, client.client_id.as_str(), &client.client_secret, None).await.unwrap();
        issued.access_token
    }

    /// A token of a customer.
    pub(crate) async fn customer(&self, id: &str) -> String {
        let wanted = CustomerToken { customer: CustomerId::parse(id).unwrap(), secs: 86_400, client: None };
        tokens::issue_to_customer(&self.app, &self.caller(), &wanted, None).await.unwrap().access_token
    }

    /// A token of a guest.
    pub(crate) async fn guest(&self) -> String {
        tokens::issue_to_guest(&self.app, &self.tenant).await.unwrap().unwrap().access_token
    }

    pub(crate) fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        if token.is_empty() { request } else { request.bearer_auth(token) }
    }

    /// A request with a token and, if it is not null, a body.
    pub(crate) async fn send(&self, method: Method, path: &str, token: &str, body: &Value) -> Answer {
        let request = self.request(method, path, token);
        send(if body.is_null() { request } else { request.json(body) }).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &self.token, &Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, &self.token, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, &self.token, body).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, &self.token, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &self.token, &Value::Null).await
    }

    /// Makes a coupon of ten percent with more to it, which must work.
    pub(crate) async fn make(&self, code: &str, more: &Value) {
        let answer = self.post(COUPONS, &percent(code, more)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }

    /// A coupon, as the shop reads it.
    pub(crate) async fn read(&self, code: &str) -> Value {
        self.get(&format!("{COUPONS}/{code}")).await.json_of(200)
    }

    /// Uses a coupon for a customer.
    pub(crate) async fn redeem(&self, code: &str, customer: Option<&str>) -> Answer {
        self.post(&format!("{COUPONS}/{code}/redemptions"), &order(customer)).await
    }

    /// Gives a customer 100 points and exchanges them for a coupon: its code, and the redemption.
    pub(crate) async fn buy(&self, customer: &str) -> (String, String) {
        let valid_until = self.app.now().plus_secs(365 * 86_400);
        let credit = NewCredit {
            id: None,
            points: Points::new(100).unwrap(),
            available_from: None,
            valid_until,
            remarks: Remarks::default(),
        };
        self.submit(customer, Command::Credit(EntryKind::Added, credit)).await.unwrap();
        let option = json!({
            "type": "coupon", "name": "5 EUR", "points": 100,
            "coupon": {"name": "5 EUR", "discountType": "ABSOLUTE", "allowAnonymous": true,
                "discountAbsolute": {"amount": 5, "currency": "EUR"}, "maxRedemptions": 1}
        });
        let mut offered = options::list_present(&self.app.db, &self.tenant).await.unwrap();
        if offered.is_empty() {
            let draft = OptionDraft::from_json(option.as_object().unwrap()).unwrap();
            options::create(&self.app, &self.caller(), &draft, None).await.unwrap();
            offered = options::list_present(&self.app.db, &self.tenant).await.unwrap();
        }
        let wanted = NewRedemption {
            option_id: offered[0].id.clone(),
            site: SiteCode::main(),
            prefix: "ACM".to_owned(),
            remarks: Remarks::default(),
        };
        match self.submit(customer, Command::Redeem(wanted)).await.unwrap() {
            Reply::Done(Done::Redeemed { code, redemption_id, .. }) => (code, redemption_id),
            other => panic!("{other:?}"),
        }
    }

    /// Cancels a redemption of a customer.
    pub(crate) async fn cancel(&self, customer: &str, redemption_id: &str) -> Result<Reply, LedgerError> {
        self.submit(customer, Command::Cancel(redemption_id.to_owned(), Remarks::default())).await
    }

    async fn submit(&self, customer: &str, command: Command) -> Result<Reply, LedgerError> {
        let customer = CustomerId::parse(customer).unwrap();
        let request = Request { caller: self.caller(), source: Source::BackOffice, customer, command, key: None };
        self.app.ledger.submit(request).await
    }

    /// Asserts that the database proves itself.
    pub(crate) async fn assert_proven(&self) {
        let report = verify::verify(&self.app.db).await.unwrap();
        assert!(report.ok, "{:#?}", report.problems);
    }
}

/// Sends a request.
pub(crate) async fn send(request: RequestBuilder) -> Answer {
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Answer { status, headers, text: answer.text().await.unwrap() }
}

/// A coupon of ten percent, with more to it.
pub(crate) fn percent(code: &str, more: &Value) -> Value {
    let mut coupon = json!({"code": code, "name": "Winter", "discountType": "PERCENT", "discountPercentage": 10});
    if let Some(more) = more.as_object() {
        coupon.as_object_mut().unwrap().extend(more.clone());
    }
    coupon
}

/// An order of 100 euros, 10 of them taken off.
pub(crate) fn order(customer: Option<&str>) -> Value {
    let mut order = json!({
        "orderTotal": {"amount": 100, "currency": "EUR"}, "discount": {"amount": 10, "currency": "EUR"},
    });
    if let Some(customer) = customer {
        order["customerNumber"] = json!(customer);
    }
    order
}
