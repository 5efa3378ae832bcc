//! `/admin/{tenant}/inbox/set-up`: the addresses of the feeds, and their secrets.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use askama::Template;
use serde::Deserialize;

use super::feed_name;
use crate::{
    app::App,
    domain::{feed::Feed, role::Role, time::Timestamp},
    service::feeds::secrets::{self, SECRETS_MAX, SecretError},
    web::{
        access::Member,
        confirm::Confirm,
        error::WebError,
        filters,
        form::{Button, Errors, Protected},
        html::{self, Want},
        people,
        query::escaped,
        secret::{Given, Labelled},
        shell::{Section, Shell, Toast},
    },
};

/// A secret, as the page shows it.
struct Line {
    hint: String,
    created_by: String,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    remove: String,
}

/// A feed, as the page shows it.
struct Part {
    feed: Feed,
    /// The field in which a secret is given.
    field: &'static str,
    name: &'static str,
    about: &'static str,
    address: String,
    secrets: Vec<Line>,
    is_full: bool,
}

/// The form for a new secret: one of each feed on the page, with fields of their own.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct NewSecret {
    #[serde(alias = "secret-orders", alias = "secret-emporix")]
    secret: String,
}

const fn field(feed: Feed) -> &'static str {
    match feed {
        Feed::Orders => "secret-orders",
        Feed::Emporix => "secret-emporix",
    }
}

#[derive(Template)]
#[template(path = "inbox/set_up.html", blocks = ["main"])]
struct SetUpView<'a> {
    shell: &'a Shell,
    parts: Vec<Part>,
    errors: &'a Errors,
}

/// Shows the addresses and the secrets.
pub(crate) async fn set_up(
    request: HttpRequest,
    member: Member,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    answer(&app, &request, &member, &want, &Errors::default()).await
}

async fn answer(
    app: &App,
    request: &HttpRequest,
    member: &Member,
    want: &Want,
    errors: &Errors,
) -> Result<HttpResponse, WebError> {
    let tenant = &member.place.tenant;
    let names = people::names(app, tenant).await?;
    let kept = secrets::list(&app.db, tenant).await?;
    let root = app.settings.public_url.clone().unwrap_or_else(|| {
        let info = request.connection_info();
        format!("{}://{}", info.scheme(), info.host())
    });
    let base = format!("{}/set-up", Section::Inbox.address(tenant));
    let part = |feed: Feed| {
        let secrets: Vec<Line> = kept
            .iter()
            .filter(|secret| secret.feed == feed)
            .map(|secret| Line {
                hint: secret.hint.clone(),
                created_by: names.of(&format!("employee:{}", secret.created_by)),
                created_at: secret.created_at,
                last_used_at: secret.last_used_at,
                remove: format!("{base}/{}/remove", escaped(&secret.secret_id)),
            })
            .collect();
        let (name, about) = match feed {
            Feed::Orders => (
                feed_name(feed),
                "Your shop posts orders, returns and deleted customers as events, signed as Standard Webhooks describe.",
            ),
            Feed::Emporix => (
                feed_name(feed),
                "Emporix posts its own order, return and customer events, signed by its HTTP strategy or by Svix.",
            ),
        };
        let address = format!("{root}/webhooks/{tenant}/{}", feed.as_str());
        Part { feed, field: field(feed), name, about, address, is_full: secrets.len() >= SECRETS_MAX, secrets }
    };
    let (shell, status) = errors.mark(member.shell(Section::Inbox, "Set up the order feed"));
    let view = SetUpView { shell: &shell, parts: Feed::ALL.into_iter().map(part).collect(), errors };
    html::answer(want, status, &shell, &view, &view.as_main())
}

/// Keeps a secret that the platform made, or makes one and shows it once.
pub(crate) async fn add_secret(
    request: HttpRequest,
    member: Member,
    path: Path<(String, String)>,
    want: Want,
    app: Data<App>,
    form: Protected<NewSecret>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let form = form.0;
    let feed = Feed::parse(&path.1).map_err(|_unknown| WebError::NotFound)?;
    let given = Some(form.secret.trim()).filter(|text| !text.is_empty());
    let back = format!("{}/set-up", Section::Inbox.address(&member.place.tenant));
    match secrets::add(&app, &member.caller(), feed, given).await {
        Ok(_) if given.is_some() => {
            member.toast(Toast::new("Secret kept"))?;
            Ok(html::see_other(&back))
        }
        Ok(secret) => {
            let given = Given {
                list: "Order feed".to_owned(),
                back,
                text: format!("Put this into the settings of the {}. It signs every event with it.", lower(feed)),
                heading: "Secret".to_owned(),
                warning: "The secret is shown only now. Copy it to where it is needed.".to_owned(),
                secrets: vec![Labelled { label: "Signing secret".to_owned(), value: secret }],
            };
            given.show(&want, &member.shell(Section::Inbox, "Secret created"))
        }
        Err(SecretError::Invalid(found)) => {
            // What was typed stays out of the page: it is a secret.
            let errors = Errors::found(&found, |_| field(feed));
            answer(&app, &request, &member, &want, &errors).await
        }
        Err(SecretError::Unknown) => Err(WebError::NotFound),
        Err(SecretError::Store(error)) => Err(error.into()),
    }
}

const fn lower(feed: Feed) -> &'static str {
    match feed {
        Feed::Orders => "shop backend",
        Feed::Emporix => "platform",
    }
}

/// The part of the path that names a secret.
type OfSecret = Path<(String, String)>;

/// Asks before a secret is forgotten.
pub(crate) async fn confirm_removal(
    member: Member,
    path: OfSecret,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let kept = secrets::list(&app.db, &member.place.tenant).await?;
    let secret = kept.iter().find(|secret| secret.secret_id == path.1).ok_or(WebError::NotFound)?;
    let others = kept.iter().filter(|other| other.feed == secret.feed).count() - 1;
    let back = format!("{}/set-up", Section::Inbox.address(&member.place.tenant));
    let confirm = Confirm {
        question: format!("Remove the secret that ends with {}?", secret.hint),
        sentences: vec![
            "Events that are signed with it are refused from now on.".to_owned(),
            match others {
                0 => "It is the only one: until there is a new one, nothing arrives.".to_owned(),
                _ => "The other secret stays good.".to_owned(),
            },
        ],
        action: format!("{back}/{}/remove", escaped(&path.1)),
        back,
        keep: "Keep secret".to_owned(),
        act: "Remove secret".to_owned(),
    };
    confirm.ask(&want, &member.shell(Section::Inbox, "Remove secret"))
}

/// Forgets a secret.
pub(crate) async fn remove_secret(
    member: Member,
    path: OfSecret,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    match secrets::remove(&app, &member.caller(), &path.1).await {
        Ok(()) => {}
        Err(SecretError::Store(error)) => return Err(error.into()),
        Err(SecretError::Unknown | SecretError::Invalid(_)) => return Err(WebError::NotFound),
    }
    member.toast(Toast::new("Secret removed"))?;
    Ok(html::see_other(&format!("{}/set-up", Section::Inbox.address(&member.place.tenant))))
}
