//! Names of coupons as they are searched.

use crate::{
    app::App,
    store::{DbError, coupons as store, db::retry_on_conflict},
};

/// Coupons of one transaction: it holds up nobody who writes.
const AT_ONCE: u16 = 500;

/// Writes down how the names of coupons are searched that an older version made, and says how many those were. Several
/// replicas may do so at once.
///
/// # Errors
/// When the database fails; what was written stays.
pub async fn fold_all(app: &App) -> Result<usize, DbError> {
    let mut folded = 0;
    while !app.stopping.is_cancelled() {
        let some = retry_on_conflict(|| fold_some(app)).await?;
        folded += some;
        if some < usize::from(AT_ONCE) {
            break;
        }
    }
    Ok(folded)
}

async fn fold_some(app: &App) -> Result<usize, DbError> {
    let mut tx = app.db.begin().await?;
    let some = store::fold_names(&mut tx, i64::from(AT_ONCE)).await?;
    tx.commit().await?;
    Ok(some)
}
