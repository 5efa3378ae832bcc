//! The coupons as a file.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};

use super::list::Asked;
use crate::{
    app::App,
    domain::coupon::Coupon,
    service::coupons::desk::{self, DeskQuery, Place},
    web::{
        access::Member,
        csv::{self, Step},
        error::WebError,
        format, words,
    },
};

/// Coupons that are read at once.
const EXPORTED: usize = 2_000;

const COLUMNS: [&str; 11] = [
    "code",
    "name",
    "gets",
    "status",
    "customer_id",
    "customer_name",
    "used",
    "most_uses",
    "valid_from",
    "valid_until",
    "created_at",
];

/// Gives the coupons, narrowed and sorted as they are shown.
pub(in crate::web) async fn export(
    member: Member,
    asked: Query<Asked>,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    let (tenant, zone, now) = (member.place.tenant.clone(), member.place.zone, app.now());
    let query = DeskQuery { size: EXPORTED, place: Place::First, ..asked.query() };
    let read = move |place: Place| {
        let (app, tenant, query) = (app.clone(), tenant.clone(), DeskQuery { place, ..query.clone() });
        async move {
            let page = desk::page(&app.db, &tenant, &query, now).await?;
            let cells = |coupon: &Coupon| {
                let name = coupon.issued_to.as_ref().and_then(|id| page.names.get(id));
                let (template, most) = (&coupon.template, coupon.template.max_redemptions);
                csv::line([
                    coupon.code.clone(),
                    template.name.clone(),
                    words::discount(&template.discount),
                    coupon.status(now).as_str().to_owned(),
                    coupon.issued_to.clone().unwrap_or_default(),
                    name.cloned().unwrap_or_default(),
                    coupon.redemption_count.to_string(),
                    if most == -1 { String::new() } else { most.to_string() },
                    template.valid_from.map(|at| format::iso(at, zone)).unwrap_or_default(),
                    template.valid_until.map(|at| format::iso(at, zone)).unwrap_or_default(),
                    format::iso(coupon.created_at, zone),
                ])
            };
            let lines: String = page.coupons.iter().map(cells).collect();
            Ok((lines, page.next.map_or(Step::End, |next| Step::Page(Place::After(next)))))
        }
    };
    Ok(csv::download("coupons", &COLUMNS, Place::First, read))
}
