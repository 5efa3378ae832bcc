//! What can be done about a coupon: its redemption cancelled, itself deleted, a use given back.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};

use super::{OfCoupon, code_in, customer, find, is_cancellable};
use crate::{
    app::App,
    domain::{coupon::CouponStatus, ids::CustomerId, ledger::entry::Source, refusal::Refusal, role::Role},
    service::{
        coupons::{self, desk::Story},
        ledger::{LedgerError, command::Remarks},
        points::{self, Asked, PointsError},
        tenants,
    },
    texts::t,
    web::{
        access::Member,
        confirm::Confirm,
        error::WebError,
        form::{Button, Protected},
        html::{self, Want},
        query::{coupon_page, escaped},
        shell::{Section, Toast},
    },
};

/// The parts of the path that name a use of a coupon.
type OfUse = Path<(String, String, String)>;

/// Asks before an exchange is cancelled, and says what that does.
pub(in crate::web) async fn confirm_cancelling(
    member: Member,
    path: OfCoupon,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let story = find(&app, &member, &code_in(&path.1)?).await?;
    let code = &story.coupon.code;
    let (Some(exchange), true) = (&story.exchange, is_cancellable(&story)) else {
        return Err(WebError::Conflict(not_cancellable(&story)));
    };
    let shell = member.shell(Section::Coupons, t!("redeem-cancel"));
    let link = shell.coupon(code);
    let (name, _) = customer(&shell, &story.names, &exchange.customer_id);
    let grace = tenants::find(&app.db, &member.place.tenant).await?.map_or(0, |tenant| tenant.grace_days);
    let confirm = Confirm {
        question: t!("redeem-cancel-question", code = code, points = exchange.points),
        sentences: vec![
            t!("redeem-cancel-means", name = name, points = exchange.points),
            t!("coupon-cancel-grace", days = grace),
        ],
        action: format!("{link}/cancel"),
        back: link,
        keep: t!("redeem-cancel-keep"),
        act: t!("redeem-cancel"),
    };
    confirm.ask(&want, &shell)
}

/// Why the points of an exchange do not come back.
fn not_cancellable(story: &Story) -> String {
    let code = &story.coupon.code;
    match &story.exchange {
        None => t!("coupon-not-bought", code = code),
        Some(exchange) if exchange.cancelled_at.is_some() => {
            t!("coupon-cancelled-before", code = code)
        }
        Some(_) => t!("coupon-used-before", code = code),
    }
}

/// Cancels an exchange: the coupon goes, its points come back.
pub(in crate::web) async fn cancel(
    member: Member,
    path: OfCoupon,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Agent).await?;
    let story = find(&app, &member, &code_in(&path.1)?).await?;
    let Some(exchange) = &story.exchange else { return Err(WebError::Conflict(not_cancellable(&story))) };
    let customer = CustomerId::parse(&exchange.customer_id)
        .map_err(|error| WebError::internal("reading the customer of a redemption", error))?;
    let asked = Asked { caller: member.caller(), source: Source::BackOffice, key: None };
    let id = exchange.redemption_id.clone();
    match points::cancel_redemption(&app, asked, customer, id, Remarks::default()).await {
        Ok(_) => member.toast(Toast::new(t!("redeem-cancelled")))?,
        Err(PointsError::Ledger(LedgerError::Refused(Refusal::AlreadyCancelled))) => {
            member.toast(Toast::new(t!("redeem-cancelled-already")))?;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(html::see_other(&coupon_page(&member.place.tenant, &story.coupon.code)))
}

/// Asks before a coupon is deleted, and says what that does.
pub(in crate::web) async fn confirm_deletion(
    member: Member,
    path: OfCoupon,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let story = find(&app, &member, &code_in(&path.1)?).await?;
    let coupon = &story.coupon;
    if coupon.deleted_at.is_some() {
        return Err(WebError::Conflict(t!("coupon-deleted-already", code = &coupon.code)));
    }
    let shell = member.shell(Section::Coupons, t!("coupon-delete-title"));
    let link = shell.coupon(&coupon.code);
    let mut sentences = vec![match coupon.redemption_count {
        0 => t!("coupon-delete-unused"),
        uses => t!("coupon-delete-used", count = uses),
    }];
    if let (Some(exchange), true) = (&story.exchange, is_cancellable(&story)) {
        sentences.push(t!("coupon-delete-points", points = exchange.points));
    }
    sentences.push(t!("coupon-delete-stays"));
    let confirm = Confirm {
        question: t!("coupon-delete-question", code = &coupon.code),
        sentences,
        action: format!("{link}/delete"),
        back: link,
        keep: t!("redeem-cancel-keep"),
        act: t!("coupon-delete-title"),
    };
    confirm.ask(&want, &shell)
}

/// Deletes a coupon.
pub(in crate::web) async fn delete(
    member: Member,
    path: OfCoupon,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let code = code_in(&path.1)?;
    coupons::delete(&app, &member.caller(), &code).await?;
    member.toast(Toast::new(t!("coupon-deleted-now")))?;
    Ok(html::see_other(&Section::Coupons.address(&member.place.tenant)))
}

/// Asks before a use is given back, and says what that does.
pub(in crate::web) async fn confirm_giving_back(
    member: Member,
    path: OfUse,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let code = code_in(&path.1)?;
    let story = find(&app, &member, &code).await?;
    let found = coupons::find_redemption(&app.db, &member.place.tenant, &code, &path.2).await?;
    let shell = member.shell(Section::Coupons, t!("coupon-use-title"));
    let link = shell.coupon(code.as_str());
    let counts = match found.used.order_code {
        Some(order) => t!("coupon-use-order", order = order),
        None => t!("coupon-use-some-order"),
    };
    let again = match story.coupon.status(app.now()) {
        _ if story.coupon.deleted_at.is_some() => t!("coupon-use-deleted"),
        CouponStatus::Expired => t!("coupon-use-expired"),
        _ => t!("coupon-use-again", code = code.as_str()),
    };
    let confirm = Confirm {
        question: t!("coupon-use-question", code = code.as_str()),
        sentences: vec![format!("{counts} {again}"), t!("coupon-use-order-stays")],
        action: format!("{link}/uses/{}/give-back", escaped(&found.id)),
        back: link,
        keep: t!("coupon-use-keep"),
        act: t!("coupon-use-title"),
    };
    confirm.ask(&want, &shell)
}

/// Gives a use back.
pub(in crate::web) async fn give_back(
    member: Member,
    path: OfUse,
    app: Data<App>,
    _form: Protected<Button>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let code = code_in(&path.1)?;
    coupons::delete_redemption(&app, &member.caller(), &code, &path.2).await?;
    member.toast(Toast::new(t!("coupon-use-given-back")))?;
    Ok(html::see_other(&coupon_page(&member.place.tenant, code.as_str())))
}
