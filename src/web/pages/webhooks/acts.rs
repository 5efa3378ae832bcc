//! What can be done to an endpoint beside changing it.

use actix_web::{HttpResponse, web::Data};

use super::{OfEndpoint, address, find, given, home, name_of};
use crate::{
    app::App,
    domain::role::Role,
    service::webhooks::{self, Endpoint, EndpointAct, deliveries},
    web::{
        access::Member,
        confirm::Confirm,
        error::WebError,
        form::{Button, Protected},
        format,
        html::{self, Want},
        shell::{Section, Toast},
    },
};

/// Does something, and leads back to the endpoint.
async fn act(
    app: &App,
    member: &Member,
    id: &str,
    act: &EndpointAct,
    done: &'static str,
) -> Result<HttpResponse, WebError> {
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
    act(&app, &member, &path.1, &EndpointAct::Pause, "Endpoint paused").await
}

/// Ends a pause.
pub(crate) async fn resume(
    member: Member,
    path: OfEndpoint,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    act(&app, &member, &path.1, &EndpointAct::Resume, "Endpoint resumed").await
}

/// Signs with one secret only.
pub(crate) async fn drop_old_secret(
    member: Member,
    path: OfEndpoint,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    act(&app, &member, &path.1, &EndpointAct::DropOldSecret, "Old secret dropped").await
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
    member.toast(Toast::new("Test on its way"))?;
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
    let mut sentences = vec![
        "The new secret is shown once. For 24 hours every event is signed with both, so that you can change it at the \
         receiver without losing one."
            .to_owned(),
    ];
    if endpoint.old_secret.as_ref().is_some_and(|(_, until)| *until > app.now()) {
        sentences.push("Two secrets sign already: the older of them stops at once.".to_owned());
    }
    let confirm = Confirm {
        question: format!("Make a new secret for {}?", called(&endpoint)),
        sentences,
        action: format!("{}/rotate", address(&member, &endpoint.id)),
        back: address(&member, &endpoint.id),
        keep: "Keep secret".to_owned(),
        act: "Make new secret".to_owned(),
    };
    confirm.ask(&want, &member.shell(Section::Webhooks, "Make new secret"))
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
    given(&member, &path.1, secret).show(&want, &member.shell(Section::Webhooks, "Secret made"))
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
    let mut sentences = vec!["Nothing is sent there any more, and the list of what was sent goes with it.".to_owned()];
    if waiting + parked > 0 {
        let lost = format::count(waiting + parked, "event", "events");
        sentences.push(format!("{lost} that it has not taken will never be sent. To keep them, pause it instead."));
    }
    let confirm = Confirm {
        question: format!("Delete the endpoint {}?", called(&endpoint)),
        sentences,
        action: format!("{}/delete", address(&member, &endpoint.id)),
        back: address(&member, &endpoint.id),
        keep: "Keep endpoint".to_owned(),
        act: "Delete endpoint".to_owned(),
    };
    confirm.ask(&want, &member.shell(Section::Webhooks, "Delete endpoint"))
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
    member.toast(Toast::new("Endpoint deleted"))?;
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
        question: format!(
            "Send {} to {} again?",
            format::count(parked, "parked event", "parked events"),
            called(&endpoint)
        ),
        sentences: vec![
            "Each keeps its webhook-id, so that the receiver can tell what it knows already. The tries begin anew."
                .to_owned(),
        ],
        action: format!("{}/send-parked", address(&member, &endpoint.id)),
        back: address(&member, &endpoint.id),
        keep: "Leave them parked".to_owned(),
        act: "Send again".to_owned(),
    };
    confirm.ask(&want, &member.shell(Section::Webhooks, "Send parked events again"))
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
    let sent = format::count(i64::try_from(sent).unwrap_or(i64::MAX), "event", "events");
    member.toast(Toast::new(format!("{sent} on the way again")))?;
    Ok(html::see_other(&address(&member, &path.1)))
}
