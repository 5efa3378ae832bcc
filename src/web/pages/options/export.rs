//! The options as a file.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};

use super::{
    list::{self, ListQuery},
    told,
};
use crate::{
    app::App,
    web::{
        access::Member,
        csv::{self, Step},
        error::WebError,
        format,
    },
};

const COLUMNS: [&str; 15] = [
    "id",
    "name",
    "description",
    "points",
    "gets",
    "order_from",
    "state",
    "place",
    "from",
    "until",
    "stock",
    "left",
    "redeemed_28_days",
    "created_at",
    "modified_at",
];

/// Gives the options, narrowed and sorted as they are shown.
pub(crate) async fn export(member: Member, query: Query<ListQuery>, app: Data<App>) -> Result<HttpResponse, WebError> {
    let (zone, now) = (member.place.zone, app.now());
    let listed = list::narrowed(list::everything(&app, &member.place.tenant).await?, &query);
    let lines: String = listed
        .into_iter()
        .map(|(option, redeemed)| {
            let draft = &option.draft;
            let time = |at: Option<_>| at.map(|at| format::iso(at, zone)).unwrap_or_default();
            let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
            csv::line([
                option.id.clone(),
                draft.name.clone(),
                draft.description.clone(),
                draft.points.get().to_string(),
                told::gets(&draft.coupon.discount),
                told::order_from(draft).unwrap_or_default(),
                told::state_name(&option, now).to_owned(),
                option.position.to_string(),
                time(draft.active_from),
                time(draft.active_until),
                number(draft.stock),
                number(option.left()),
                redeemed.to_string(),
                format::iso(option.created_at, zone),
                format::iso(option.modified_at, zone),
            ])
        })
        .collect();
    // There are never so many that they would not fit into one part.
    Ok(csv::download("options", &COLUMNS, lines, |lines| async move { Ok((lines, Step::End)) }))
}
