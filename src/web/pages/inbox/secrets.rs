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
    texts::t,
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
    name: String,
    about: String,
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
        let about = match feed {
            Feed::Orders => t!("inbox-orders-about"),
            Feed::Emporix => t!("inbox-emporix-about"),
        };
        let address = format!("{root}/webhooks/{tenant}/{}", feed.as_str());
        Part {
            feed,
            field: field(feed),
            name: feed_name(feed),
            about,
            address,
            is_full: secrets.len() >= SECRETS_MAX,
            secrets,
        }
    };
    let (shell, status) = errors.mark(member.shell(Section::Inbox, t!("inbox-set-up-title")));
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
            member.toast(Toast::new(t!("inbox-secret-kept")))?;
            Ok(html::see_other(&back))
        }
        Ok(secret) => {
            let given = Given {
                list: t!("inbox-title"),
                back,
                text: what_to_do(feed),
                heading: t!("inbox-secret"),
                warning: t!("inbox-secret-once"),
                secrets: vec![Labelled { label: t!("inbox-signing-secret"), value: secret }],
            };
            given.show(&want, &member.shell(Section::Inbox, t!("inbox-secret-created")))
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

/// What to do with a new secret.
fn what_to_do(feed: Feed) -> String {
    match feed {
        Feed::Orders => t!("inbox-put-orders"),
        Feed::Emporix => t!("inbox-put-emporix"),
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
        question: t!("inbox-remove-question", hint = &secret.hint),
        sentences: vec![
            t!("inbox-remove-refused"),
            match others {
                0 => t!("inbox-remove-only"),
                _ => t!("inbox-remove-other"),
            },
        ],
        action: format!("{back}/{}/remove", escaped(&path.1)),
        back,
        keep: t!("inbox-keep-secret"),
        act: t!("inbox-remove-secret"),
    };
    confirm.ask(&want, &member.shell(Section::Inbox, t!("inbox-remove-secret")))
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
    member.toast(Toast::new(t!("inbox-secret-removed")))?;
    Ok(html::see_other(&format!("{}/set-up", Section::Inbox.address(&member.place.tenant))))
}
