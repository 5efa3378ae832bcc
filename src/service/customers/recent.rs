//! The customers whose pages an employee opened last: what the search offers before anything is typed.

use std::collections::HashMap;

use crate::{
    app::App,
    domain::ids::{CustomerId, TenantId, UserId},
    service::customers::list::Today,
    store::{
        Db, DbError,
        db::retry_on_conflict,
        directory::{self, Row},
        recent_customers,
    },
};

/// So many are kept.
const KEPT: i64 = 8;

/// The customers that an employee looked at last, the latest first.
pub async fn list(db: &Db, tenant: &TenantId, user: &UserId, today: Today) -> Result<Vec<Row>, DbError> {
    let customers = recent_customers::list(db, tenant, user, KEPT).await?;
    let rows = directory::rows(db, tenant, &customers, today.now, today.soon()).await?;
    let mut rows: HashMap<CustomerId, Row> = rows.into_iter().map(|row| (row.customer.clone(), row)).collect();
    Ok(customers.into_iter().filter_map(|customer| rows.remove(&customer)).collect())
}

/// Notes that an employee looked at a customer. Only comfort: a failure is logged and hurts nobody.
pub async fn note(app: &App, tenant: &TenantId, user: &UserId, customer: &CustomerId) {
    if let Err(error) = note_once(app, tenant, user, customer).await {
        tracing::warn!(error = format!("{error:#}"), "Which customer was looked at could not be noted");
    }
}

async fn note_once(app: &App, tenant: &TenantId, user: &UserId, customer: &CustomerId) -> Result<(), DbError> {
    // A page that is loaded again, as after every change, writes nothing.
    if recent_customers::list(&app.db, tenant, user, 1).await?.first() == Some(customer) {
        return Ok(());
    }
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        recent_customers::put(&mut tx, tenant, user, customer, app.now(), KEPT).await?;
        tx.commit().await
    })
    .await
}
