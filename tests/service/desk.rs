//! A tenant, and what its employees left in the audit log.

use guerdon::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        ids::{SiteCode, TenantId},
        money::Currency,
        site::Site,
    },
    service::{
        audit::{self, AuditFilter},
        sites,
        tenants::{self, NewTenant},
    },
};

pub(crate) fn caller(tenant: &str) -> Caller {
    Caller { tenant: TenantId::parse(tenant).unwrap(), actor: Actor::employee("u1") }
}

/// A tenant in Berlin that pays in euros, with its first site.
pub(crate) async fn tenant(app: &App, id: &str) -> Site {
    let zone = "Europe/Berlin".parse().unwrap();
    let currency = Currency::parse("EUR").unwrap();
    let new = NewTenant { id: caller(id).tenant, name: "Acme".to_owned(), zone, currency };
    tenants::create(app, &caller(id).actor, &new).await.unwrap();
    sites::find(&app.db, &caller(id).tenant, &SiteCode::main()).await.unwrap().unwrap()
}

/// Action, before and after of every row of the audit log, the newest first.
pub(crate) async fn log(app: &App, tenant: &str) -> Vec<(String, String, String)> {
    let page = audit::list(&app.db, &caller(tenant), &AuditFilter::default(), None, 50).await.unwrap();
    page.rows
        .into_iter()
        .map(|kept| (kept.row.action, kept.row.before.unwrap_or_default(), kept.row.after.unwrap_or_default()))
        .collect()
}
