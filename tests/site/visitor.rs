//! A person with a browser: keeps cookies, fills in the forms of a page, follows where it is sent.

use std::collections::BTreeMap;

use guerdon::{
    app::App,
    domain::{
        actor::Actor,
        email::Email,
        ids::{TenantId, UserId},
        money::Currency,
        password::Password,
        role::Role,
    },
    server::{self, Running},
    service::{
        tenants::{self, NewTenant},
        users::{self, NewUser},
    },
    texts::Language,
};
use reqwest::{
    Client, Method, Response, StatusCode,
    header::{ACCEPT_LANGUAGE, HeaderMap, HeaderValue},
    redirect,
};
use scraper::{ElementRef, Html, Selector};

/// What everybody in the tests has for a password.
pub(crate) const PASSWORD: &str = "a long enough sentence";

/// The server, with a tenant `acme`.
pub(crate) struct Site {
    running: Running,
}

/// Starts a server on a free port; it ends with the test.
pub(crate) fn serve(app: &App) -> Site {
    let listener = server::listen("127.0.0.1:0".parse().unwrap()).unwrap();
    Site { running: server::start(app, listener, None).unwrap() }
}

/// A tenant's id.
pub(crate) fn tenant(id: &str) -> TenantId {
    TenantId::parse(id).unwrap()
}

/// Makes a tenant.
pub(crate) async fn make_tenant(app: &App, id: &str, name: &str) {
    let new = NewTenant {
        id: tenant(id),
        name: name.to_owned(),
        zone: chrono_tz::Europe::Berlin,
        currency: Currency::parse("EUR").unwrap(),
    };
    tenants::create(app, &Actor::system("test"), &new).await.unwrap();
}

/// Makes a user with [`PASSWORD`], who is a member of `acme` with this role.
pub(crate) async fn make_user(app: &App, email: &str, name: &str, role: Option<Role>) -> UserId {
    let new = NewUser {
        email: Email::parse(email).unwrap(),
        name: name.to_owned(),
        operator: role.is_none(),
        membership: role.map(|role| (tenant("acme"), role)),
    };
    users::create(app, &Actor::system("test"), &new, &Password::parse(PASSWORD).unwrap()).await.unwrap()
}

/// A server with the tenant `acme` and its admin `ann@example.com`, and the admin signed in.
pub(crate) async fn acme(app: &App) -> (Site, Visitor) {
    let site = serve(app);
    make_tenant(app, "acme", "Acme").await;
    make_user(app, "ann@example.com", "Ann Archer", Some(Role::Admin)).await;
    let ann = site.visitor();
    ann.sign_in("ann@example.com").await;
    (site, ann)
}

impl Site {
    /// Somebody new whose browser asks for pages in this language.
    pub(crate) fn visitor_reading(&self, language: Language) -> Visitor {
        let asked = HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(language.as_str()))]);
        let client = Client::builder().cookie_store(true).redirect(redirect::Policy::none()).default_headers(asked);
        Visitor { client: client.build().unwrap(), base: format!("http://{}", self.running.address), htmx: None }
    }

    /// Somebody who was on another replica before, with the cookies of there.
    pub(crate) fn visited_by(&self, visitor: &Visitor) -> Visitor {
        Visitor { client: visitor.client.clone(), base: format!("http://{}", self.running.address), htmx: None }
    }

    /// Somebody new, without any cookie.
    pub(crate) fn visitor(&self) -> Visitor {
        let client = Client::builder().cookie_store(true).redirect(redirect::Policy::none()).build().unwrap();
        Visitor { client, base: format!("http://{}", self.running.address), htmx: None }
    }
}

/// A person with a browser.
pub(crate) struct Visitor {
    client: Client,
    base: String,
    /// The element that htmx fills; without one, htmx is not there.
    htmx: Option<&'static str>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// Elements whose text goes on in the line.
const INLINE: [&str; 10] = ["a", "abbr", "b", "bdi", "code", "em", "i", "small", "strong", "time"];

impl Answer {
    async fn of(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it leads on to.
    #[track_caller]
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.text);
        self.header("location")
    }

    /// The texts of all elements that fit.
    pub(crate) fn all(&self, selector: &str) -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        Html::parse_document(&self.text).select(&selector).map(words).collect()
    }

    /// The text of the only element that fits.
    #[track_caller]
    pub(crate) fn one(&self, selector: &str) -> String {
        let found = self.all(selector);
        assert_eq!(found.len(), 1, "{selector} in\n{}", self.text);
        found[0].clone()
    }

    /// Whether anything fits.
    pub(crate) fn has(&self, selector: &str) -> bool {
        !self.all(selector).is_empty()
    }

    /// An attribute of the first element that fits.
    #[track_caller]
    pub(crate) fn attribute(&self, selector: &str, name: &str) -> String {
        let parsed = Selector::parse(selector).unwrap();
        let html = Html::parse_document(&self.text);
        let found = html.select(&parsed).next().and_then(|element| element.attr(name));
        found.unwrap_or_else(|| panic!("no {selector} with {name} in\n{}", self.text)).to_owned()
    }

    /// Address and filled-in fields of the form whose `action` is this.
    #[track_caller]
    fn form(&self, action: &str) -> BTreeMap<String, Vec<String>> {
        let form = Selector::parse(&format!("form[method=post][action=\"{action}\"]")).unwrap();
        let inputs = Selector::parse("input, select, textarea").unwrap();
        let chosen = Selector::parse("option[selected]").unwrap();
        let html = Html::parse_document(&self.text);
        let form = html.select(&form).next().unwrap_or_else(|| panic!("no form {action} in\n{}", self.text));
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for input in form.select(&inputs) {
            let Some(name) = input.attr("name") else { continue };
            let value = match (input.value().name(), input.attr("type")) {
                ("select", _) => input.select(&chosen).next().and_then(|option| option.attr("value")),
                ("textarea", _) => Some(""),
                (_, Some("radio" | "checkbox")) if input.attr("checked").is_none() => None,
                _ => Some(input.attr("value").unwrap_or_default()),
            };
            if let Some(value) = value {
                fields.entry(name.to_owned()).or_default().push(value.to_owned());
            }
        }
        fields
    }
}

impl Visitor {
    /// The same person with htmx, which fills the element `target`.
    pub(crate) fn with_htmx(&self, target: &'static str) -> Self {
        Self { client: self.client.clone(), base: self.base.clone(), htmx: Some(target) }
    }

    /// Sends a request with these headers besides.
    pub(crate) async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(target) = self.htmx {
            request = request.header("hx-request", "true").header("hx-target", target);
            request = request.header("hx-current-url", format!("{}/admin/acme?x=1", self.base));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !body.is_empty() {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    /// Asks for a page.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], String::new()).await
    }

    /// Asks for a page that is there.
    pub(crate) async fn page(&self, path: &str) -> Answer {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer
    }

    /// Posts a form with a file.
    pub(crate) async fn upload(&self, path: &str, form: reqwest::multipart::Form) -> Answer {
        let request = self.client.post(format!("{}{path}", self.base)).multipart(form);
        Answer::of(request.send().await.unwrap()).await
    }

    /// Posts fields, without any form.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        // An empty body is a form too.
        let body = if fields.is_empty() { "_=".to_owned() } else { encoded(fields) };
        self.send(Method::POST, path, &[], body).await
    }

    /// Fills in these fields of the page's form and sends it. A field without a value is left out.
    pub(crate) async fn submit(&self, page: &Answer, action: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = page.form(action);
        for (name, _) in fields {
            form.remove(*name);
        }
        for (name, value) in fields {
            form.entry((*name).to_owned()).or_default().push((*value).to_owned());
        }
        let pairs: Vec<(&str, &str)> =
            form.iter().flat_map(|(name, values)| values.iter().map(|value| (name.as_str(), value.as_str()))).collect();
        let answer = self.post(action, &pairs).await;
        // The browser itself follows a redirect, htmx or not; htmx's headers go along.
        if self.htmx.is_some() && answer.status == 303 {
            return self.get(answer.location()).await;
        }
        answer
    }

    /// Signs in with [`PASSWORD`].
    pub(crate) async fn sign_in(&self, email: &str) -> Answer {
        self.sign_in_with(email, PASSWORD).await
    }

    /// Signs in.
    pub(crate) async fn sign_in_with(&self, email: &str, password: &str) -> Answer {
        let page = self.page("/admin/login").await;
        self.submit(&page, "/admin/login", &[("email", email), ("password", password)]).await
    }

    /// The token that this person's forms carry.
    pub(crate) async fn token(&self) -> String {
        self.page("/admin/account").await.attribute("input[name=csrf]", "value")
    }
}

/// The text of an element as it is read: what stands in boxes of their own is apart.
fn words(element: ElementRef<'_>) -> String {
    let mut text = String::new();
    gather(element, &mut text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn gather(element: ElementRef<'_>, text: &mut String) {
    for child in element.children() {
        if let Some(part) = child.value().as_text() {
            text.push_str(part);
        } else if let Some(inner) = ElementRef::wrap(child) {
            let apart = if INLINE.contains(&inner.value().name()) { "" } else { " " };
            text.push_str(apart);
            gather(inner, text);
            text.push_str(apart);
        }
    }
}

/// Fields as a form sends them.
pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(fields).unwrap()
}
