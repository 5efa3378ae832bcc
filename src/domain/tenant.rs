//! Tenants: the merchants of an installation.

use chrono_tz::Tz;

use super::{ids::TenantId, money::Currency, time::Timestamp};

/// Days that points given back stay usable when their own expiry has passed, for a new tenant.
pub const GRACE_DAYS: i64 = 14;
/// The most points that an agent of a new tenant may add or remove at once.
pub const AGENT_LIMIT: i64 = 1_000;

/// A merchant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Which one.
    pub id: TenantId,
    /// What it is called.
    pub name: String,
    /// The time zone that new sites begin with.
    pub zone: Tz,
    /// The currency that new sites begin with.
    pub currency: Currency,
    /// Days that points given back stay usable when their own expiry has passed.
    pub grace_days: i64,
    /// The most points that an agent may add or remove at once.
    pub agent_limit: i64,
    /// Since when.
    pub created_at: Timestamp,
}
