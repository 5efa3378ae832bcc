//! The shop's pages. Each of them works without scripts; with them, the widget comes alive.

#![expect(clippy::disallowed_types, reason = "a visit takes no form of another site")]

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{self, Data, Form, Path, ServiceConfig},
};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Shop, checkout,
    client::Failure,
    files, filters,
    goods::{Line, PEOPLE, PRODUCTS, Person, Product, money, plain},
    sessions::{Order, Returned, Session, random},
    visit::{Frame, Visit, visited},
};
use crate::texts::{Language, message, t};

/// Adds the shop's routes.
pub(super) fn configure(cfg: &mut ServiceConfig) {
    cfg.route("/", web::get().to(index))
        .route("/product/{id}", web::get().to(product))
        .route("/basket", web::get().to(basket))
        .route("/basket/add", web::post().to(add))
        .route("/basket/remove", web::post().to(remove))
        .route("/basket/coupon", web::post().to(take_coupon))
        .route("/basket/coupon/remove", web::post().to(leave_coupon))
        .route("/buy", web::post().to(buy))
        .route("/orders", web::get().to(orders))
        .route("/orders/{order}/return", web::post().to(take_back))
        .route("/account", web::get().to(account))
        .route("/account/redeem", web::post().to(exchange))
        .route("/sign-in", web::get().to(sign_in_form))
        .route("/sign-in", web::post().to(sign_in))
        .route("/sign-out", web::post().to(sign_out))
        .route("/language", web::post().to(speak))
        .route("/token", web::get().to(token))
        .route("/static/{file}", web::get().to(files::serve))
        .route("/favicon.ico", web::get().to(HttpResponse::NoContent))
        .default_service(web::to(nothing));
}

#[derive(Template)]
#[template(path = "shop/index.html")]
struct IndexPage<'a> {
    frame: Frame<'a>,
    products: &'static [Product],
}

async fn index(shop: Data<Shop>, request: HttpRequest) -> HttpResponse {
    visited(&shop, &request, async |visit| {
        visit.show(&IndexPage { frame: visit.frame(t!("shop-goods")), products: &PRODUCTS })
    })
    .await
}

#[derive(Template)]
#[template(path = "shop/product.html")]
struct ProductPage<'a> {
    frame: Frame<'a>,
    product: &'static Product,
    amount: String,
    earns: i64,
}

async fn product(shop: Data<Shop>, request: HttpRequest, path: Path<String>) -> HttpResponse {
    visited(&shop, &request, async |visit| {
        let Some(product) = Product::find(&path) else { return missing(visit) };
        let earns = visit.shop.guerdon.earns(product.price(), None).await.unwrap_or_default();
        let frame = visit.frame(product.name.to_owned());
        visit.show(&ProductPage { frame, product, amount: plain(product.price()), earns })
    })
    .await
}

#[derive(Template)]
#[template(path = "shop/basket.html")]
struct BasketPage<'a> {
    frame: Frame<'a>,
    session: &'a Session,
    goods: String,
    discount: String,
    shipping: String,
    total: String,
    has_discount: bool,
    earns: i64,
}

impl BasketPage<'_> {
    fn line_total(line: &Line) -> String {
        money(line.total())
    }
}

async fn basket(shop: Data<Shop>, request: HttpRequest) -> HttpResponse {
    visited(&shop, &request, async |visit| {
        let sum = visit.session.sum();
        let earns = match visit.session.lines.as_slice() {
            [] => 0,
            _ => visit.shop.guerdon.earns(sum.gross(), Some(&sum)).await.unwrap_or_default(),
        };
        visit.show(&BasketPage {
            frame: visit.frame(t!("shop-basket")),
            session: &visit.session,
            goods: money(sum.goods),
            discount: money(sum.discount),
            shipping: money(sum.shipping),
            total: money(sum.total()),
            has_discount: !sum.discount.is_zero(),
            earns,
        })
    })
    .await
}

#[derive(Deserialize)]
struct ProductForm {
    product: String,
}

async fn add(shop: Data<Shop>, request: HttpRequest, form: Form<ProductForm>) -> HttpResponse {
    visited(&shop, &request, async |visit| {
        let Some(product) = Product::find(&form.product) else { return missing(visit) };
        visit.change(|session| {
            session.add(product);
            session.tell(message!("shop-added", name = product.name));
        });
        visit.go("/basket")
    })
    .await
}

async fn remove(shop: Data<Shop>, request: HttpRequest, form: Form<ProductForm>) -> HttpResponse {
    visited(&shop, &request, async |visit| {
        if let Some(product) = Product::find(&form.product) {
            visit.change(|session| session.remove(product));
        }
        visit.go("/basket")
    })
    .await
}

#[derive(Deserialize)]
struct CouponForm {
    code: String,
}

async fn take_coupon(shop: Data<Shop>, request: HttpRequest, form: Form<CouponForm>) -> HttpResponse {
    visited(&shop, &request, async |visit| {
        checkout::take_coupon(visit.shop, &visit.id, &visit.session, &form.code).await;
        visit.go("/basket")
    })
    .await
}

async fn leave_coupon(shop: Data<Shop>, request: HttpRequest) -> HttpResponse {
    visited(&shop, &request, async |visit| {
        visit.change(|session| session.voucher = None);
        visit.go("/basket")
    })
    .await
}

async fn buy(shop: Data<Shop>, request: HttpRequest) -> HttpResponse {
    visited(&shop, &request, async |visit| match visit.session.person {
        None => visit.go("/sign-in"),
        Some(person) if checkout::buy(visit.shop, &visit.id, person).await => visit.go("/orders"),
        Some(_) => visit.go("/basket"),
    })
    .await
}

#[derive(Template)]
#[template(path = "shop/orders.html")]
struct OrdersPage<'a> {
    frame: Frame<'a>,
    orders: &'a [Order],
}

impl OrdersPage<'_> {
    fn total(order: &Order) -> String {
        money(order.sum.total())
    }

    fn discount(order: &Order) -> String {
        money(order.sum.discount)
    }

    fn line_total(line: &Line) -> String {
        money(line.total())
    }
}

async fn orders(shop: Data<Shop>, request: HttpRequest) -> HttpResponse {
    visited(&shop, &request, async |visit| {
        let Some(person) = visit.session.person else { return visit.go("/sign-in") };
        checkout::catch_up(visit.shop, person).await;
        let orders = visit.shop.sessions.orders(person);
        visit.show(&OrdersPage { frame: visit.frame(t!("shop-orders")), orders: &orders })
    })
    .await
}

async fn take_back(
    shop: Data<Shop>,
    request: HttpRequest,
    path: Path<String>,
    form: Form<ProductForm>,
) -> HttpResponse {
    visited(&shop, &request, async |visit| {
        let Some(person) = visit.session.person else { return visit.go("/sign-in") };
        checkout::take_back(visit.shop, &visit.id, person, &path, &form.product).await;
        visit.go("/orders")
    })
    .await
}

/// An option, for those who see the shop without scripts.
struct Offer {
    id: String,
    name: String,
    points: i64,
    missing: i64,
}

impl Offer {
    fn of(option: &Value, balance: i64, language: Language) -> Self {
        let text = |path: &str| option.pointer(path).and_then(Value::as_str).map(ToOwned::to_owned);
        let points = option.get("points").and_then(Value::as_i64).unwrap_or_default();
        let named = text(&format!("/names/{}/name", language.as_str()));
        Self {
            id: text("/id").unwrap_or_default(),
            name: named.or_else(|| text("/name")).unwrap_or_default(),
            points,
            missing: (points - balance).max(0),
        }
    }
}

#[derive(Template)]
#[template(path = "shop/account.html")]
struct AccountPage<'a> {
    frame: Frame<'a>,
    person: &'static Person,
    /// `None` while Guerdon is away.
    points: Option<i64>,
    offers: Vec<Offer>,
    /// The Idempotency-Key of what is redeemed from this page.
    key: String,
}

async fn account(shop: Data<Shop>, request: HttpRequest) -> HttpResponse {
    visited(&shop, &request, async |visit| {
        let Some(person) = visit.session.person else { return visit.go("/sign-in") };
        let points = visit.shop.guerdon.points(person).await.ok();
        let options = visit.shop.guerdon.options(person).await.unwrap_or_default();
        let language = visit.language;
        let offers = options.iter().map(|option| Offer::of(option, points.unwrap_or_default(), language)).collect();
        let frame = visit.frame(t!("shop-rewards"));
        visit.show(&AccountPage { frame, person, points, offers, key: random() })
    })
    .await
}

#[derive(Deserialize)]
struct ExchangeForm {
    option: String,
    key: String,
}

async fn exchange(shop: Data<Shop>, request: HttpRequest, form: Form<ExchangeForm>) -> HttpResponse {
    visited(&shop, &request, async |visit| {
        let Some(person) = visit.session.person else { return visit.go("/sign-in") };
        let exchanged = visit.shop.guerdon.exchange(person, &form.option, &form.key).await;
        visit.change(|session| match exchanged {
            Ok(code) => session.tell(message!("shop-exchanged", code = code)),
            Err(Failure::Away) => session.fail(message!("shop-away")),
            Err(Failure::Refused(..)) => session.fail(message!("shop-not-exchanged")),
        });
        visit.go("/account")
    })
    .await
}

#[derive(Template)]
#[template(path = "shop/sign_in.html")]
struct SignInPage<'a> {
    frame: Frame<'a>,
    people: &'static [Person],
}

async fn sign_in_form(shop: Data<Shop>, request: HttpRequest) -> HttpResponse {
    visited(&shop, &request, async |visit| {
        visit.show(&SignInPage { frame: visit.frame(t!("shop-sign-in")), people: &PEOPLE })
    })
    .await
}

#[derive(Deserialize)]
struct SignInForm {
    customer: String,
}

async fn sign_in(shop: Data<Shop>, request: HttpRequest, form: Form<SignInForm>) -> HttpResponse {
    visited(&shop, &request, async |visit| {
        let Some(person) = Person::find(&form.customer) else { return visit.go("/sign-in") };
        visit.change(|session| (session.person, session.order) = (Some(person), None));
        visit.go(if visit.session.lines.is_empty() { "/" } else { "/basket" })
    })
    .await
}

async fn sign_out(shop: Data<Shop>, request: HttpRequest) -> HttpResponse {
    visited(&shop, &request, async |visit| {
        visit.change(|session| (session.person, session.voucher, session.order) = (None, None, None));
        visit.go("/")
    })
    .await
}

#[derive(Deserialize)]
struct LanguageForm {
    language: String,
    #[serde(default)]
    path: String,
}

async fn speak(shop: Data<Shop>, request: HttpRequest, form: Form<LanguageForm>) -> HttpResponse {
    visited(&shop, &request, async |visit| {
        visit.change(|session| session.language = Language::parse(&form.language));
        // Only to a page of this shop.
        let is_path = form.path.starts_with('/') && !form.path.starts_with("//") && form.path.is_ascii();
        visit.go(if is_path { &form.path } else { "/" })
    })
    .await
}

/// What the page signs its widgets in with: a token for this visitor, or nothing for a guest.
async fn token(shop: Data<Shop>, request: HttpRequest) -> HttpResponse {
    visited(&shop, &request, async |visit| {
        let Some(person) = visit.session.person else { return HttpResponse::NoContent().finish() };
        match visit.shop.guerdon.customer_token(person).await {
            Ok(issued) => HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(issued),
            Err(_) => HttpResponse::ServiceUnavailable().finish(),
        }
    })
    .await
}

#[derive(Template)]
#[template(path = "shop/missing.html")]
struct MissingPage<'a> {
    frame: Frame<'a>,
}

fn missing(visit: &Visit<'_>) -> HttpResponse {
    let mut answer = visit.show(&MissingPage { frame: visit.frame(t!("shop-missing")) });
    *answer.status_mut() = StatusCode::NOT_FOUND;
    answer
}

async fn nothing(shop: Data<Shop>, request: HttpRequest) -> HttpResponse {
    visited(&shop, &request, async |visit| missing(visit)).await
}
