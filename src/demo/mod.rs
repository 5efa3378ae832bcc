//! A shop that never was, with a year of its customers' lives: for trying Guerdon out.
//!
//! Everything is written by the real use cases, day by day, under a clock that is moved through the year; nothing
//! is put into the tables by hand, so the demo's ledger proves itself like any other.

mod approvals;
mod bulk;
mod coupons;
mod equip;
mod feed;
mod history;
mod people;
mod seed;
mod shop;

pub use equip::{ShopClient, equip_shop};

use crate::{
    config::Settings,
    domain::{ids::TenantId, invalid::Invalid, role::Role, time::Timestamp},
    secrets::Secrets,
    store::Db,
};

/// The demo's tenant.
pub const TENANT: &str = "alpenglow";
/// What everybody in the demo signs in with. The demo listens on this machine alone unless it is told otherwise.
pub const PASSWORD: &str = "edelweiss-over-the-pass";

/// Somebody who can sign in to the demo.
pub struct SignIn {
    /// Their e-mail address.
    pub email: &'static str,
    /// What they are called.
    pub name: &'static str,
    /// What they may do; `None` for the operator, who is a member of no tenant.
    pub role: Option<Role>,
}

/// Everybody who can sign in to the demo.
pub const SIGN_INS: [SignIn; 5] = [
    SignIn { email: "jonas@alpenglow.example", name: "Jonas Weber", role: Some(Role::Admin) },
    SignIn { email: "lena@alpenglow.example", name: "Lena Hofer", role: Some(Role::Manager) },
    SignIn { email: "tim@alpenglow.example", name: "Tim Brandt", role: Some(Role::Agent) },
    SignIn { email: "vera@alpenglow.example", name: "Vera Stein", role: Some(Role::Viewer) },
    SignIn { email: "operator@alpenglow.example", name: "Olga Petrova", role: None },
];

/// Whether a database holds the demo.
pub async fn is_there(db: &Db) -> anyhow::Result<bool> {
    Ok(crate::service::tenants::find(db, &tenant()?).await?.is_some())
}

/// How many days of the shop's life are made.
pub const DAYS: u32 = seed::DAYS;

/// Makes the demo in a database that has been migrated: a shop with `size` customers, the same ones each time. `secret`
/// is the key that the demo is served with. Tells of each day that is over, from 0 to [`DAYS`].
pub async fn make(
    db: &Db,
    settings: Settings,
    secret: Secrets,
    size: usize,
    now: Timestamp,
    progress: &dyn Fn(u32),
) -> anyhow::Result<()> {
    shop::make(db, settings, secret, size, now, progress).await
}

fn tenant() -> Result<TenantId, Invalid> {
    TenantId::parse(TENANT)
}
