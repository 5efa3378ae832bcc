//! What a person does with a batch.

use actix_web::{HttpResponse, web::Data};

use super::{
    batch::{OfBatch, batch_of},
    told,
};
use crate::{
    app::App,
    domain::{bulk::BatchState, role::Role},
    service::bulk::{self, Act, BulkError},
    texts::{message, t},
    web::{
        access::Member,
        confirm::Confirm,
        error::WebError,
        form::{Button, Protected},
        html::{self, Want},
        query::escaped,
        shell::{Section, Toast},
    },
};

/// What is shown when nothing was done.
pub(super) async fn refused(member: &Member, app: &App, error: BulkError) -> Result<WebError, WebError> {
    Ok(match error {
        BulkError::Unknown => WebError::NotFound,
        BulkError::State(_) => WebError::Conflict(t!("bulk-stands-otherwise")),
        BulkError::NotAllowed => WebError::Role { least: Role::Manager, able: member.able(app, Role::Manager).await? },
        BulkError::AboveLimit(largest) => {
            let limit = member.place.limits.of(member.place.role).unwrap_or_default();
            WebError::Conflict(t!("bulk-above-limit", points = largest, limit = limit))
        }
        error @ (BulkError::NotNeeded | BulkError::Own | BulkError::Closed) => WebError::Conflict(error.to_string()),
        BulkError::Store(error) => error.into(),
    })
}

/// Does it, and shows the batch.
async fn act(
    member: &Member,
    app: &App,
    batch_id: &str,
    what: Act,
    told: Option<String>,
) -> Result<HttpResponse, WebError> {
    member.require(app, Role::Manager).await?;
    if let Err(error) = bulk::act(app, &member.caller(), batch_id, what).await {
        return Err(refused(member, app, error).await?);
    }
    if let Some(told) = told {
        member.toast(Toast::new(told))?;
    }
    let list = Section::Bulk.address(&member.place.tenant);
    Ok(html::see_other(&if what == Act::Discard { list } else { format!("{list}/{}", escaped(batch_id)) }))
}

/// Has a batch checked again.
pub(crate) async fn check_again(
    member: Member,
    path: OfBatch,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    act(&member, &app, &path.1, Act::CheckAgain, None).await
}

/// Has a batch booked.
pub(crate) async fn run(
    member: Member,
    path: OfBatch,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    act(&member, &app, &path.1, Act::Run, None).await
}

/// Has a run stopped.
pub(crate) async fn stop(
    member: Member,
    path: OfBatch,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    act(&member, &app, &path.1, Act::Stop, Some(t!("bulk-stopping-toast"))).await
}

/// Goes on with a run that was stopped.
pub(crate) async fn go_on(
    member: Member,
    path: OfBatch,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    act(&member, &app, &path.1, Act::GoOn, None).await
}

/// Has reversed what was booked.
pub(crate) async fn reverse(
    member: Member,
    path: OfBatch,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    act(&member, &app, &path.1, Act::Reverse, None).await
}

/// Throws a batch away.
pub(crate) async fn discard(
    member: Member,
    path: OfBatch,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    act(&member, &app, &path.1, Act::Discard, Some(t!("bulk-discarded-toast"))).await
}

/// Asks before what was booked is reversed, and says what that does.
pub(crate) async fn confirm_reversal(
    member: Member,
    path: OfBatch,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let batch = batch_of(&member, &app, &path.1).await?;
    let is_second = batch.state == BatchState::Reversed && batch.kept_count > 0;
    if !batch.state.can_be_reversed() && !is_second {
        return Err(WebError::Conflict(t!("bulk-stands-otherwise")));
    }
    let rows = if is_second { batch.kept_count } else { batch.booked_count };
    let back = format!("{}/{}", Section::Bulk.address(&member.place.tenant), escaped(&batch.batch_id));
    let mut sentences = Vec::new();
    if !is_second {
        sentences.push(t!(
            "bulk-reverse-sums",
            added = message!("bulk-points", count = batch.points_added),
            taken = message!("bulk-points", count = batch.points_taken)
        ));
    }
    sentences.push(t!("bulk-reverse-rest"));
    let confirm = Confirm {
        question: t!("bulk-reverse-question", count = rows, name = told::name(&batch)),
        sentences,
        action: format!("{back}/reverse"),
        back,
        keep: t!("bulk-reverse-keep"),
        act: t!("bulk-reverse-act", count = rows),
    };
    confirm.ask(&want, &member.shell(Section::Bulk, t!("bulk-reverse")))
}

/// Asks before a batch is thrown away.
pub(crate) async fn confirm_discarding(
    member: Member,
    path: OfBatch,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let batch = batch_of(&member, &app, &path.1).await?;
    if batch.state != BatchState::Checked {
        return Err(WebError::Conflict(t!("bulk-stands-otherwise")));
    }
    let back = format!("{}/{}", Section::Bulk.address(&member.place.tenant), escaped(&batch.batch_id));
    let confirm = Confirm {
        question: t!("bulk-discard-question", name = told::name(&batch)),
        sentences: vec![t!("bulk-discard-rows", count = batch.row_count)],
        action: format!("{back}/discard"),
        back,
        keep: t!("bulk-discard-keep"),
        act: t!("bulk-discard"),
    };
    confirm.ask(&want, &member.shell(Section::Bulk, t!("bulk-discard")))
}
