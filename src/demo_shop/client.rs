//! What the shop's backend asks of Guerdon, over HTTP.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{Method, Request, body::Bytes, header};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    Plan,
    goods::{CURRENCY, PEOPLE, Person, SITE, Sum, Worth, plain},
    sessions::{Order, Voucher},
};

const TIMEOUT: Duration = Duration::from_secs(10);
/// No answer that the shop asks for is larger.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// A token is fetched again this long before it ends.
const EARLY: Duration = Duration::from_mins(1);
/// For how long a customer's page gets a token.
const CUSTOMER_SECS: u32 = 900;

/// Why something could not be done.
#[derive(Debug)]
pub(super) enum Failure {
    /// Guerdon does not answer, or is not well.
    Away,
    /// It said no: the status and what it answered.
    Refused(u16, Value),
}

/// A request to be sent.
struct Call<'c> {
    method: Method,
    path: String,
    body: Option<Value>,
    /// Makes a POST safe to repeat.
    key: Option<&'c str>,
}

impl Call<'_> {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), body: None, key: None }
    }

    fn with(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }
}

/// The shop's connection to Guerdon.
pub(super) struct Guerdon {
    http: Client<HttpConnector, Full<Bytes>>,
    api: String,
    tenant: String,
    client: (String, String),
    token: Mutex<Option<(String, Instant)>>,
}

impl Guerdon {
    pub(super) fn of(plan: &Plan) -> Self {
        Self {
            http: Client::builder(TokioExecutor::new()).build_http(),
            api: plan.api.clone(),
            tenant: plan.tenant.clone(),
            client: (plan.client_id.clone(), plan.client_secret.clone()),
            token: Mutex::new(None),
        }
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Value, Failure> {
        let answered = async {
            let answer = self.http.request(request).await.map_err(|_broken| Failure::Away)?;
            let status = answer.status().as_u16();
            let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
            let body = body.map_err(|_broken| Failure::Away)?.to_bytes();
            let told = serde_json::from_slice(&body).unwrap_or(Value::Null);
            match status {
                200..=299 => Ok(told),
                429 | 500.. => Err(Failure::Away),
                _ => Err(Failure::Refused(status, told)),
            }
        };
        tokio::time::timeout(TIMEOUT, answered).await.map_err(|_late| Failure::Away)?
    }

    fn request(&self, call: &Call<'_>, token: &str) -> Result<Request<Full<Bytes>>, Failure> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(format!("{}{}", self.api, call.path))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = call.key {
            request = request.header("Idempotency-Key", key);
        }
        let body = call.body.as_ref().map(Value::to_string).unwrap_or_default();
        request.body(Full::from(body)).map_err(|_unfit| Failure::Away)
    }

    /// The client's token, kept until shortly before its end.
    async fn token(&self) -> Result<String, Failure> {
        let kept = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((token, end)) = kept
            && Instant::now() < end
        {
            return Ok(token);
        }
        let (id, secret) = &self.client;
        let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
        let form = serde_urlencoded::to_string(form).unwrap_or_default();
        let request = Request::post(format!("{}/oauth/token", self.api))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(form))
            .map_err(|_unfit| Failure::Away)?;
        let told = self.send(request).await?;
        let token = text(&told, "/access_token").ok_or(Failure::Away)?.to_owned();
        let lasts = Duration::from_secs(told.get("expires_in").and_then(Value::as_u64).unwrap_or_default())
            .saturating_sub(EARLY);
        let kept = Some((token.clone(), Instant::now() + lasts));
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = kept;
        Ok(token)
    }

    /// Sends with the client's token, once more with another one when it is not taken.
    async fn call(&self, call: Call<'_>) -> Result<Value, Failure> {
        let token = self.token().await?;
        match self.send(self.request(&call, &token)?).await {
            Err(Failure::Refused(401, _)) => {
                *self.token.lock().unwrap_or_else(PoisonError::into_inner) = None;
                let token = self.token().await?;
                self.send(self.request(&call, &token)?).await
            }
            answered => answered,
        }
    }

    /// Sends as a customer, for pages without scripts.
    async fn call_as(&self, person: &Person, call: Call<'_>) -> Result<Value, Failure> {
        let issued = self.customer_token(person).await?;
        let token = text(&issued, "/access_token").ok_or(Failure::Away)?;
        self.send(self.request(&call, token)?).await
    }

    /// A token for the customer's own page, as Guerdon gives it.
    pub(super) async fn customer_token(&self, person: &Person) -> Result<Value, Failure> {
        let path = format!("/reward-points/{}/customerTokens", self.tenant);
        let wanted = json!({"customerId": person.id, "ttlSeconds": CUSTOMER_SECS});
        self.call(Call::new(Method::POST, path).with(wanted)).await
    }

    /// Who the customers are, and what the shop welcomed them with.
    pub(super) async fn introduce(&self) -> Result<(), Failure> {
        // The first has been with the shop for a year; Guerdon knows her.
        for person in PEOPLE.iter().skip(1) {
            let path = format!("/reward-points/{}/customers/{}", self.tenant, person.id);
            let known = json!({"name": person.name, "email": person.email});
            self.call(Call::new(Method::PUT, path).with(known)).await?;
            if person.welcome > 0 {
                let path = format!("/reward-points/customer/{}/addPoints", person.id);
                let id = format!("welcome-{}", person.id);
                let points = json!({"id": id, "points": person.welcome, "description": "Welcome to Alpenglow"});
                match self.call(Call::new(Method::POST, path).with(points)).await {
                    // Given before, in other words.
                    Ok(_) | Err(Failure::Refused(409, _)) => {}
                    Err(failure) => return Err(failure),
                }
            }
        }
        Ok(())
    }

    /// How many points an amount would earn; `None` when nobody knows.
    pub(super) async fn earns(&self, gross: Decimal, sum: Option<&Sum>) -> Option<i64> {
        let path = format!("/reward-points/{}/basket?siteCode={SITE}", self.tenant);
        let totals = match sum {
            Some(sum) => totals(sum),
            None => json!({"gross": plain(gross)}),
        };
        let wanted = json!({"currency": CURRENCY, "totals": totals});
        let told = self.call(Call::new(Method::POST, path).with(wanted)).await.ok()?;
        told.get("points")?.as_i64()
    }

    /// Tells what an order is; answers the points that it earned. May be sent any number of times.
    pub(super) async fn put_order(&self, person: &Person, order: &Order) -> Result<i64, Failure> {
        let path = format!("/reward-points/{}/orders/{}", self.tenant, order.id);
        let items: Vec<Value> = order
            .lines
            .iter()
            .map(|line| {
                let (product, pieces) = (line.line.product, line.line.pieces);
                json!({"id": product.id, "sku": product.id, "quantity": pieces, "total": plain(line.line.total())})
            })
            .collect();
        let snapshot = json!({
            "customerId": person.id, "siteCode": SITE, "status": "COMPLETED", "currency": CURRENCY,
            "totals": totals(&order.sum), "items": items,
        });
        let told = self.call(Call::new(Method::PUT, path).with(snapshot)).await?;
        Ok(told.pointer("/points/earned").and_then(Value::as_i64).unwrap_or_default())
    }

    /// Tells that all pieces of a line came back; answers the points that went. May be sent any number of times.
    pub(super) async fn put_return(&self, order: &str, product: &str, pieces: i64) -> Result<i64, Failure> {
        let path = format!("/reward-points/{}/orders/{order}/returns/{order}-{product}", self.tenant);
        let came = json!({"items": [{"id": product, "quantity": pieces}]});
        let told = self.call(Call::new(Method::PUT, path).with(came)).await?;
        Ok(told.get("taken").and_then(Value::as_i64).unwrap_or_default())
    }

    fn coupon(&self, code: &str) -> String {
        format!("/coupon/{}/coupons/{}", self.tenant, utf8_percent_encode(code, NON_ALPHANUMERIC))
    }

    /// What a coupon is worth.
    pub(super) async fn voucher(&self, code: &str) -> Result<Voucher, Failure> {
        let told = self.call(Call::new(Method::GET, self.coupon(code))).await?;
        // Digit by digit, as the answer has it.
        let number = |path: &str| told.pointer(path).and_then(|value| value.to_string().parse::<Decimal>().ok());
        let worth = match text(&told, "/discountType") {
            Some("PERCENT") => number("/discountPercentage").map(Worth::Percent),
            Some("ABSOLUTE") => number("/discountAbsolute/amount").map(Worth::Amount),
            _ => None,
        };
        let text = |path: &str| text(&told, path).unwrap_or_default().to_owned();
        Ok(Voucher { code: text("/code"), name: text("/name"), worth: worth.unwrap_or(Worth::Amount(Decimal::ZERO)) })
    }

    /// Whether a coupon can be used for what is in the basket.
    pub(super) async fn validate(&self, code: &str, person: &Person, sum: &Sum) -> Result<(), Failure> {
        let call = Call::new(Method::POST, format!("{}/validation", self.coupon(code)));
        self.call(call.with(coupon_use(person, sum))).await.map(|_fits| ())
    }

    /// Uses a coupon for an order, once, however often it is asked.
    pub(super) async fn redeem(&self, code: &str, person: &Person, sum: &Sum, order: &str) -> Result<(), Failure> {
        let mut used = coupon_use(person, sum);
        if let Some(used) = used.as_object_mut() {
            used.insert("orderCode".to_owned(), order.into());
        }
        let mut call = Call::new(Method::POST, format!("{}/redemptions", self.coupon(code))).with(used);
        call.key = Some(order);
        self.call(call).await.map(|_used| ())
    }

    /// What the customer can spend.
    pub(super) async fn points(&self, person: &Person) -> Result<i64, Failure> {
        match self.call(Call::new(Method::GET, format!("/reward-points/customer/{}", person.id))).await {
            Ok(points) => Ok(points.as_i64().unwrap_or_default()),
            Err(Failure::Refused(404, _)) => Ok(0),
            Err(failure) => Err(failure),
        }
    }

    /// What the customer can have for points.
    pub(super) async fn options(&self, person: &Person) -> Result<Vec<Value>, Failure> {
        let path = format!("/reward-points/public/customer/redeemOptions?siteCode={SITE}");
        let told = self.call_as(person, Call::new(Method::GET, path)).await?;
        Ok(told.as_array().cloned().unwrap_or_default())
    }

    /// Exchanges points for a coupon, once for each `key`; answers the code.
    pub(super) async fn exchange(&self, person: &Person, option: &str, key: &str) -> Result<String, Failure> {
        let path = format!("/reward-points/public/customer/redeem?siteCode={SITE}");
        let mut call = Call::new(Method::POST, path).with(json!({"id": option}));
        call.key = Some(key);
        let told = self.call_as(person, call).await?;
        Ok(text(&told, "/code").unwrap_or_default().to_owned())
    }
}

/// A text within an answer.
fn text<'v>(told: &'v Value, path: &str) -> Option<&'v str> {
    told.pointer(path)?.as_str()
}

fn totals(sum: &Sum) -> Value {
    json!({"gross": plain(sum.gross()), "shipping": plain(sum.shipping), "discount": plain(sum.discount)})
}

/// What a coupon is to be used for. Coupons take amounts as numbers.
fn coupon_use(person: &Person, sum: &Sum) -> Value {
    let amount = |amount: Decimal| {
        let number: Value = serde_json::from_str(&plain(amount)).unwrap_or_default();
        json!({"amount": number, "currency": CURRENCY})
    };
    json!({"customerNumber": person.id, "orderTotal": amount(sum.gross()), "discount": amount(sum.discount)})
}
