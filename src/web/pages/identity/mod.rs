//! `/admin/{tenant}/customer-sign-in`: the identity providers whose tokens customers may bring, and a token tried out.

mod acts;
mod trial;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use serde::Deserialize;

pub(crate) use acts::{confirm_removal, disable, enable, refresh, remove};
pub(crate) use trial::{try_form, try_out};

use crate::{
    app::App,
    domain::{
        identity::{CLAIM, KeySet, KeySource, ProviderDraft, TypedProvider},
        invalid::FieldErrors,
        role::Role,
        time::Timestamp,
    },
    service::identity::{self, IdentityError, PROVIDERS_MAX, Provider},
    texts::t,
    web::{
        access::Member,
        error::WebError,
        facts::{Difference, Fact, differences},
        filters,
        form::{Errors, Protected},
        html::{self, Want},
        people,
        query::escaped,
        shell::{Section, Shell, Toast},
    },
};

/// The list of a tenant's providers.
fn home(member: &Member) -> String {
    Section::CustomerSignIn.address(&member.place.tenant)
}

/// The page of a provider.
fn address(member: &Member, id: &str) -> String {
    format!("{}/{}", home(member), escaped(id))
}

async fn find(app: &App, member: &Member, id: &str) -> Result<Provider, WebError> {
    identity::find(&app.db, &member.place.tenant, id).await?.ok_or(WebError::NotFound)
}

/// A public key, as pages show it.
struct KeyLine {
    kid: String,
    algorithm: &'static str,
}

/// A provider, as pages show it.
struct Card {
    name: String,
    issuer: String,
    audience: String,
    link: String,
    enabled: bool,
    url: Option<String>,
    keys: Vec<KeyLine>,
    skipped: Vec<String>,
    fetched_at: Option<Timestamp>,
    /// When a fetch failed, and why, if the last one did.
    failed: Option<(Timestamp, String)>,
    created_at: Timestamp,
    created_by: String,
}

impl Card {
    fn new(provider: &Provider, member: &Member, names: &people::Names) -> Self {
        let set = KeySet::parse(&provider.jwks).unwrap_or_default();
        let keys = set.keys.iter().map(|key| KeyLine {
            kid: key.kid.clone().unwrap_or_else(|| t!("identity-key-unnamed")),
            algorithm: key.algorithm(),
        });
        let skipped = set.skipped.iter().map(|key| {
            let kid = key.kid.clone().unwrap_or_else(|| t!("identity-key-unnamed"));
            format!("{kid} ({})", key.what)
        });
        let failed = provider.fetch_error.clone().map(|why| (provider.tried_at.unwrap_or(provider.created_at), why));
        Self {
            name: provider.draft.name.clone(),
            issuer: provider.draft.issuer.clone(),
            audience: provider.draft.audience.clone(),
            link: address(member, &provider.id),
            enabled: provider.enabled,
            url: provider.url().map(ToString::to_string),
            keys: keys.collect(),
            skipped: skipped.collect(),
            fetched_at: provider.fetched_at,
            failed,
            created_at: provider.created_at,
            created_by: names.of(&format!("employee:{}", provider.created_by)),
        }
    }
}

#[derive(Template)]
#[template(path = "identity/index.html", blocks = ["main"])]
struct ProvidersPage<'a> {
    shell: &'a Shell,
    cards: &'a [Card],
    full: bool,
}

/// Lists the providers.
pub(crate) async fn index(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let tenant = &member.place.tenant;
    let names = people::names(&app, tenant).await?;
    let providers = identity::list(&app.db, tenant).await?;
    let cards: Vec<Card> = providers.iter().map(|one| Card::new(one, &member, &names)).collect();
    let shell = member.shell(Section::CustomerSignIn, t!("identity-title"));
    let page = ProvidersPage { shell: &shell, cards: &cards, full: cards.len() >= PROVIDERS_MAX };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}

/// The form of a provider.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ProviderForm {
    version: String,
    name: String,
    issuer: String,
    audience: String,
    claim: String,
    jwks_url: String,
    jwks: String,
}

impl ProviderForm {
    fn of(provider: &Provider) -> Self {
        let draft = &provider.draft;
        let (jwks_url, jwks) = match &draft.source {
            KeySource::Url(url) => (url.to_string(), String::new()),
            KeySource::Pasted(keys) => (String::new(), keys.clone()),
        };
        Self {
            version: provider.version.to_string(),
            name: draft.name.clone(),
            issuer: draft.issuer.clone(),
            audience: draft.audience.clone(),
            claim: draft.claim.clone(),
            jwks_url,
            jwks,
        }
    }

    fn draft(&self, app: &App) -> Result<ProviderDraft, FieldErrors> {
        let typed = TypedProvider {
            name: &self.name,
            issuer: &self.issuer,
            audience: &self.audience,
            claim: &self.claim,
            jwks_url: &self.jwks_url,
            jwks: &self.jwks,
        };
        ProviderDraft::parse(typed, app.settings.reach())
    }
}

fn errors_of(found: &FieldErrors) -> Errors {
    Errors::found(found, |field| match field {
        "issuer" => "issuer",
        "audience" => "audience",
        "claim" => "claim",
        "jwks_url" => "jwks_url",
        "jwks" => "jwks",
        _ => "name",
    })
}

fn facts(draft: &ProviderDraft) -> Vec<Fact> {
    let keys = match &draft.source {
        KeySource::Url(url) => url.to_string(),
        KeySource::Pasted(keys) => keys.clone(),
    };
    vec![
        Fact::new(t!("identity-name"), draft.name.as_str()),
        Fact::new(t!("identity-issuer"), draft.issuer.as_str()),
        Fact::new(t!("identity-audience"), draft.audience.as_str()),
        Fact::new(t!("identity-claim"), draft.claim.as_str()),
        Fact::new(t!("identity-keys"), keys),
    ]
}

#[derive(Template)]
#[template(path = "identity/provider.html", blocks = ["main"])]
struct ProviderPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    /// The provider that is changed; none for a new one.
    card: Option<&'a Card>,
    /// Where the form is posted to.
    here: &'a str,
    form: &'a ProviderForm,
    conflict: Option<&'a [Difference]>,
}

/// Shows the form for a new provider.
pub(crate) async fn new_form(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let form = ProviderForm { claim: CLAIM.to_owned(), ..ProviderForm::default() };
    show_new(&member, &want, &form, &Errors::default())
}

fn show_new(member: &Member, want: &Want, form: &ProviderForm, errors: &Errors) -> Result<HttpResponse, WebError> {
    let (shell, status) = errors.mark(member.shell(Section::CustomerSignIn, t!("identity-create")));
    let page = ProviderPage { shell: &shell, errors, card: None, here: &home(member), form, conflict: None };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// Makes a provider. Its keys are fetched before it is kept, so that a wrong address shows at once.
pub(crate) async fn create(
    member: Member,
    want: Want,
    app: Data<App>,
    form: Protected<ProviderForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let form = form.0;
    let made = match form.draft(&app) {
        Ok(draft) => identity::create(&app, &member.caller(), &draft).await,
        Err(found) => Err(IdentityError::Invalid(found)),
    };
    match made {
        Ok(id) => {
            member.toast(Toast::new(t!("identity-created")))?;
            Ok(html::see_other(&address(&member, &id)))
        }
        Err(IdentityError::Invalid(found)) => show_new(&member, &want, &form, &errors_of(&found)),
        Err(error) => Err(error.into()),
    }
}

/// The part of the path that names a provider.
type OfProvider = Path<(String, String)>;

/// Shows a provider with its form.
pub(crate) async fn show(
    member: Member,
    path: OfProvider,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let provider = find(&app, &member, &path.1).await?;
    show_provider(&app, &member, &want, &provider, &ProviderForm::of(&provider), &Errors::default(), None).await
}

async fn show_provider(
    app: &App,
    member: &Member,
    want: &Want,
    provider: &Provider,
    form: &ProviderForm,
    errors: &Errors,
    conflict: Option<&[Difference]>,
) -> Result<HttpResponse, WebError> {
    let names = people::names(app, &member.place.tenant).await?;
    let card = Card::new(provider, member, &names);
    let (shell, status) = errors.mark(member.shell(Section::CustomerSignIn, card.name.as_str()));
    let here = card.link.clone();
    let page = ProviderPage { shell: &shell, errors, card: Some(&card), here: &here, form, conflict };
    let answer = html::answer(want, status, &shell, &page, &page.as_main())?;
    Ok(if conflict.is_some() { html::in_conflict(answer) } else { answer })
}

/// Changes what a provider is.
pub(crate) async fn save(
    member: Member,
    path: OfProvider,
    want: Want,
    app: Data<App>,
    form: Protected<ProviderForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let provider = find(&app, &member, &path.1).await?;
    let mut form = form.0;
    let seen = form.version.parse().map_err(|_none| WebError::no_version())?;
    let draft = match form.draft(&app) {
        Ok(draft) => draft,
        Err(found) => {
            return show_provider(&app, &member, &want, &provider, &form, &errors_of(&found), None).await;
        }
    };
    match identity::change(&app, &member.caller(), &provider.id, seen, &draft).await {
        Ok(()) => {
            member.toast(Toast::new(t!("identity-saved")))?;
            Ok(html::see_other(&address(&member, &provider.id)))
        }
        Err(IdentityError::Invalid(found)) => {
            show_provider(&app, &member, &want, &provider, &form, &errors_of(&found), None).await
        }
        Err(IdentityError::Stale(now)) => {
            form.version = now.version.to_string();
            let differences = differences(facts(&now.draft), facts(&draft));
            show_provider(&app, &member, &want, &now, &form, &Errors::default(), Some(&differences)).await
        }
        Err(error) => Err(error.into()),
    }
}

impl From<IdentityError> for WebError {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Store(error) => error.into(),
            IdentityError::Unknown | IdentityError::Invalid(_) | IdentityError::Stale(_) => Self::NotFound,
        }
    }
}
