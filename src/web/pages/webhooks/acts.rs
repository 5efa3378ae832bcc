//! What can be done to an endpoint beside changing it.

use actix_web::{HttpResponse, web::Data};

use super::{OfEndpoint, address, find, given, home, name_of};
use crate::{
    app::App,
    domain::role::Role,
    service::webhooks::{self, Endpoint, EndpointAct, deliveries},
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

/// Does something, and leads back to the endpoint.
async fn act(app: &App, member: &Member, id: &str, act: &EndpointAct, done: String) -> Result<HttpResponse, WebError> {
    member.require(app, Role::Admin).await?;
    webhooks::act(app, &member.caller(), id, act).await?;
    member.toast(Toast::new(done))?;
    Ok(html::see_other(&address(member, id)))
}

/// Sends nothing to an endpoint from now on.
pub(crate) async fn pause(
    member: Member,
    path: OfEndpoint,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    act(&app, &member, &path.1, &EndpointAct::Pause, t!("webhooks-was-paused")).await
}

/// Ends a pause.
pub(crate) async fn resume(
    member: Member,
    path: OfEndpoint,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    act(&app, &member, &path.1, &EndpointAct::Resume, t!("webhooks-was-resumed")).await
}

/// Signs with one secret only.
pub(crate) async fn drop_old_secret(
    member: Member,
    path: OfEndpoint,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    act(&app, &member, &path.1, &EndpointAct::DropOldSecret, t!("webhooks-old-dropped")).await
}

/// Sends a test, and leads to what becomes of it.
pub(crate) async fn test(
    member: Member,
    path: OfEndpoint,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    webhooks::act(&app, &member.caller(), &path.1, &EndpointAct::Test).await?;
    member.toast(Toast::new(t!("webhooks-test-sent")))?;
    Ok(html::see_other(&format!("{}/deliveries?endpoint={}", home(&member), path.1)))
}

fn called(endpoint: &Endpoint) -> String {
    name_of(&endpoint.draft.description, endpoint.draft.url.as_str())
}

/// Asks before the secret is exchanged.
pub(crate) async fn confirm_rotation(
    member: Member,
    path: OfEndpoint,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let endpoint = find(&app, &member, &path.1).await?;
    let mut sentences = vec![t!("webhooks-rotate-both")];
    if endpoint.old_secret.as_ref().is_some_and(|(_, until)| *until > app.now()) {
        sentences.push(t!("webhooks-rotate-older"));
    }
    let confirm = Confirm {
        question: t!("webhooks-rotate-question", endpoint = called(&endpoint)),
        sentences,
        action: format!("{}/rotate", address(&member, &endpoint.id)),
        back: address(&member, &endpoint.id),
        keep: t!("webhooks-keep-secret"),
        act: t!("webhooks-new-secret"),
    };
    confirm.ask(&want, &member.shell(Section::Webhooks, t!("webhooks-new-secret")))
}

/// Exchanges the secret, and shows the new one once.
pub(crate) async fn rotate(
    member: Member,
    path: OfEndpoint,
    want: Want,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let secret = webhooks::rotate(&app, &member.caller(), &path.1).await?;
    given(&member, &path.1, secret).show(&want, &member.shell(Section::Webhooks, t!("webhooks-secret-made")))
}

/// How many deliveries of an endpoint wait, and how many are parked.
async fn open(app: &App, member: &Member, id: &str) -> Result<(i64, i64), WebError> {
    let open = webhooks::open_deliveries(&app.db, &member.place.tenant).await?;
    Ok(open.into_iter().find(|(of, ..)| of == id).map(|(_, waiting, parked)| (waiting, parked)).unwrap_or_default())
}

/// Asks before an endpoint is deleted.
pub(crate) async fn confirm_deletion(
    member: Member,
    path: OfEndpoint,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let endpoint = find(&app, &member, &path.1).await?;
    let (waiting, parked) = open(&app, &member, &endpoint.id).await?;
    let mut sentences = vec![t!("webhooks-delete-what")];
    if waiting + parked > 0 {
        sentences.push(t!("webhooks-delete-lost", count = waiting + parked));
    }
    let confirm = Confirm {
        question: t!("webhooks-delete-question", endpoint = called(&endpoint)),
        sentences,
        action: format!("{}/delete", address(&member, &endpoint.id)),
        back: address(&member, &endpoint.id),
        keep: t!("webhooks-keep"),
        act: t!("webhooks-delete-endpoint"),
    };
    confirm.ask(&want, &member.shell(Section::Webhooks, t!("webhooks-delete-endpoint")))
}

/// Deletes an endpoint.
pub(crate) async fn delete(
    member: Member,
    path: OfEndpoint,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    webhooks::act(&app, &member.caller(), &path.1, &EndpointAct::Delete).await?;
    member.toast(Toast::new(t!("webhooks-deleted")))?;
    Ok(html::see_other(&home(&member)))
}

/// Asks before everything that is parked is sent again.
pub(crate) async fn confirm_sending(
    member: Member,
    path: OfEndpoint,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let endpoint = find(&app, &member, &path.1).await?;
    let (_, parked) = open(&app, &member, &endpoint.id).await?;
    let confirm = Confirm {
        question: t!("webhooks-send-question", count = parked, endpoint = called(&endpoint)),
        sentences: vec![t!("webhooks-send-anew")],
        action: format!("{}/send-parked", address(&member, &endpoint.id)),
        back: address(&member, &endpoint.id),
        keep: t!("webhooks-leave-parked"),
        act: t!("webhooks-send-again"),
    };
    confirm.ask(&want, &member.shell(Section::Webhooks, t!("webhooks-send-title")))
}

/// Sends everything that is parked again.
pub(crate) async fn send_parked(
    member: Member,
    path: OfEndpoint,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let sent = deliveries::send_parked_again(&app, &member.caller(), &path.1).await?;
    member.toast(Toast::new(t!("webhooks-sent-again", count = sent)))?;
    Ok(html::see_other(&address(&member, &path.1)))
}
