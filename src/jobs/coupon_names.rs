//! Looks after coupons that an older version made, also beside this one while replicas are exchanged one by one: their
//! names are to be found without case and accents, too.

use std::time::Duration;

use crate::{app::App, service::coupons::names};

/// How often it is looked for such coupons. Mostly there are none, which an index says.
pub(super) const EVERY: Duration = Duration::from_mins(10);

/// Writes down how their names are searched.
pub(super) async fn fold(app: App) -> bool {
    let done = names::fold_all(&app).await;
    let ok = done.is_ok();
    match done {
        Ok(0) => {}
        Ok(folded) => tracing::info!(folded, "Made the names of {folded} coupons searchable without accents"),
        Err(error) => tracing::warn!(%error, "Could not look after the names of coupons; trying again in ten minutes"),
    }
    ok
}
