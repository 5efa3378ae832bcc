//! What can be done to an identity provider beside changing it.

use actix_web::{HttpResponse, web::Data};

use super::{OfProvider, address, find, home};
use crate::{
    app::App,
    domain::role::Role,
    service::identity::{
        self,
        fetching::{self, FetchError},
    },
    texts::t,
    web::{
        access::Member,
        confirm::Confirm,
        error::WebError,
        form::{Button, Protected},
        html::{self, Want},
        shell::{Section, Toast},
    },
};

async fn set(app: &App, member: &Member, id: &str, enabled: bool, done: String) -> Result<HttpResponse, WebError> {
    member.require(app, Role::Admin).await?;
    identity::set_enabled(app, &member.caller(), id, enabled).await?;
    member.toast(Toast::new(done))?;
    Ok(html::see_other(&address(member, id)))
}

/// Takes a provider's tokens from now on.
pub(crate) async fn enable(
    member: Member,
    path: OfProvider,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    set(&app, &member, &path.1, true, t!("identity-was-enabled")).await
}

/// Takes them no more.
pub(crate) async fn disable(
    member: Member,
    path: OfProvider,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    set(&app, &member, &path.1, false, t!("identity-was-disabled")).await
}

/// Fetches the keys now.
pub(crate) async fn refresh(
    member: Member,
    path: OfProvider,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let provider = find(&app, &member, &path.1).await?;
    let done = match fetching::refresh_now(&app, &provider).await {
        Ok(_) => t!("identity-refreshed"),
        // The page tells why.
        Err(FetchError::NoKeys(_)) => t!("identity-not-refreshed"),
        Err(FetchError::Store(error)) => return Err(error.into()),
    };
    member.toast(Toast::new(done))?;
    Ok(html::see_other(&address(&member, &provider.id)))
}

/// Asks before a provider is forgotten.
pub(crate) async fn confirm_removal(
    member: Member,
    path: OfProvider,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let provider = find(&app, &member, &path.1).await?;
    let confirm = Confirm {
        question: t!("identity-remove-question", name = provider.draft.name),
        sentences: vec![t!("identity-remove-means"), t!("identity-remove-stays")],
        action: format!("{}/remove", address(&member, &provider.id)),
        back: address(&member, &provider.id),
        keep: t!("identity-keep"),
        act: t!("identity-remove"),
    };
    confirm.ask(&want, &member.shell(Section::CustomerSignIn, t!("identity-remove")))
}

/// Forgets a provider.
pub(crate) async fn remove(
    member: Member,
    path: OfProvider,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    identity::remove(&app, &member.caller(), &path.1).await?;
    member.toast(Toast::new(t!("identity-removed")))?;
    Ok(html::see_other(&home(&member)))
}
