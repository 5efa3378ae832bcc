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
    web::{
        access::Member,
        confirm::Confirm,
        error::WebError,
        form::{Button, Protected},
        format,
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
    let shell = member.shell(Section::Coupons, "Cancel redemption");
    let link = shell.coupon(code);
    let points = format::count(exchange.points, "point", "points");
    let (name, _) = customer(&shell, &story.names, &exchange.customer_id);
    let grace = tenants::find(&app.db, &member.place.tenant).await?.map_or(0, |tenant| tenant.grace_days);
    let confirm = Confirm {
        question: format!("Cancel the coupon {code} and give {points} back?"),
        sentences: vec![
            format!(
                "The code stops working at once. {name} gets {points} back, with the dates of expiry that they had."
            ),
            format!(
                "Points that have expired meanwhile can be used for {} more. Both entries stay in the history.",
                format::count(grace, "day", "days")
            ),
        ],
        action: format!("{link}/cancel"),
        back: link,
        keep: "Keep coupon".to_owned(),
        act: "Cancel redemption".to_owned(),
    };
    confirm.ask(&want, &shell)
}

/// Why the points of an exchange do not come back.
fn not_cancellable(story: &Story) -> String {
    let code = &story.coupon.code;
    match &story.exchange {
        None => format!("The coupon {code} was not bought with points. Delete it instead."),
        Some(exchange) if exchange.cancelled_at.is_some() => {
            format!("The redemption of the coupon {code} has been cancelled already; its points are back.")
        }
        Some(_) => format!("The coupon {code} has been used, so its points do not come back. Give the use back first."),
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
        Ok(_) => member.toast(Toast::new("Redemption cancelled"))?,
        Err(PointsError::Ledger(LedgerError::Refused(Refusal::AlreadyCancelled))) => {
            member.toast(Toast::new("Cancelled already"))?;
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
        return Err(WebError::Conflict(format!("The coupon {} has been deleted already.", coupon.code)));
    }
    let shell = member.shell(Section::Coupons, "Delete coupon");
    let link = shell.coupon(&coupon.code);
    let mut sentences = vec![match coupon.redemption_count {
        0 => "It has not been used. Nobody can use it any more.".to_owned(),
        uses => format!(
            "It has been used {}; that stays as it is. Nobody can use it any more.",
            format::count(uses, "time", "times")
        ),
    }];
    if let (Some(exchange), true) = (&story.exchange, is_cancellable(&story)) {
        sentences.push(format!(
            "The {} that it was bought with do not come back. To give them back, cancel the redemption instead.",
            format::count(exchange.points, "point", "points")
        ));
    }
    sentences
        .push("The coupon stays in the list of deleted ones, and its code is never given to another one.".to_owned());
    let confirm = Confirm {
        question: format!("Delete the coupon {}?", coupon.code),
        sentences,
        action: format!("{link}/delete"),
        back: link,
        keep: "Keep coupon".to_owned(),
        act: "Delete coupon".to_owned(),
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
    member.toast(Toast::new("Coupon deleted"))?;
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
    let shell = member.shell(Section::Coupons, "Give use back");
    let link = shell.coupon(code.as_str());
    let order = found.used.order_code.map_or_else(|| "An order".to_owned(), |order| format!("Order {order}"));
    let again = match story.coupon.status(app.now()) {
        _ if story.coupon.deleted_at.is_some() => "The coupon is deleted, so nobody can use it again.".to_owned(),
        CouponStatus::Expired => "The coupon has expired, so nobody can use it again.".to_owned(),
        _ => format!("{code} can be used once more."),
    };
    let confirm = Confirm {
        question: format!("Give this use of {code} back?"),
        sentences: vec![
            format!("{order} no longer counts as a use. {again}"),
            "The order itself stays as it is: change its discount in the shop.".to_owned(),
        ],
        action: format!("{link}/uses/{}/give-back", escaped(&found.id)),
        back: link,
        keep: "Keep use".to_owned(),
        act: "Give use back".to_owned(),
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
    member.toast(Toast::new("Use given back"))?;
    Ok(html::see_other(&coupon_page(&member.place.tenant, code.as_str())))
}
