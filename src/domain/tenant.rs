//! Tenants: the merchants of an installation.

use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::{
    ids::TenantId,
    invalid::{FieldErrors, Invalid},
    limits::Limits,
    money::Currency,
    name,
    points::Points,
    time::Timestamp,
};
use crate::texts::t;

/// Days that points given back stay usable when their own expiry has passed, for a new tenant.
pub const GRACE_DAYS: i64 = 14;
/// The most points that an agent of a new tenant may add or remove at once.
pub const AGENT_LIMIT: i64 = 1_000;
/// The longest grace: a year.
const GRACE_DAYS_MAX: i64 = 366;
/// The longest time in which customers may cancel: a year.
const CANCEL_HOURS_MAX: i64 = 8_784;

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
    /// The most points that a manager may add or remove at once; `None`: no limit.
    pub manager_limit: Option<i64>,
    /// The most points that an admin may add or remove at once; `None`: no limit.
    pub admin_limit: Option<i64>,
    /// Hours in which customers may cancel a coupon that they did not use; 0: they may not.
    pub customer_cancel_hours: i64,
    /// Whether members must have a second factor before they see anything of the tenant.
    pub demands_second_factor: bool,
    /// Whether Guerdon gives points on birthdays by itself.
    pub birthday_points: bool,
    /// From 1, one more with every change of the settings.
    pub version: i64,
    /// Since when.
    pub created_at: Timestamp,
}

impl Tenant {
    /// How many points each role adds or removes at once.
    pub const fn limits(&self) -> Limits {
        Limits { agent: self.agent_limit, manager: self.manager_limit, admin: self.admin_limit }
    }
}

/// A change of a tenant's settings. What is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantChange {
    /// What it is called.
    pub name: Option<String>,
    /// The most points that an agent may add or remove at once.
    pub agent_limit: Option<i64>,
    /// The same for managers; `Some(None)`: no limit.
    pub manager_limit: Option<Option<i64>>,
    /// The same for admins; `Some(None)`: no limit.
    pub admin_limit: Option<Option<i64>>,
    /// Days that points given back stay usable.
    pub grace_days: Option<i64>,
    /// Hours in which customers may cancel; 0: they may not.
    pub customer_cancel_hours: Option<i64>,
    /// Whether Guerdon gives points on birthdays by itself.
    pub birthday_points: Option<bool>,
    /// Whether members must have a second factor.
    pub demands_second_factor: Option<bool>,
}

/// Takes a limit; nothing and words for it are none.
fn limit(text: &str) -> Result<Option<i64>, Invalid> {
    match text.trim() {
        "" | "off" | "none" => Ok(None),
        number => up_to(number, Points::MAX).map(Some),
    }
}

/// Takes a whole number up to `max`; nothing and words for it are 0.
fn up_to(text: &str, max: i64) -> Result<i64, Invalid> {
    let text = text.trim();
    if matches!(text, "" | "0" | "off" | "none") {
        return Ok(0);
    }
    let number = Points::parse(text).map(Points::get).ok().filter(|number| *number <= max);
    number.ok_or_else(|| Invalid::new(t!("invalid-whole-number", most = max)))
}

/// Takes what a checkbox or a command line says.
fn yes_or_no(text: &str) -> Result<bool, Invalid> {
    match text.trim() {
        "yes" | "true" => Ok(true),
        "" | "no" | "false" => Ok(false),
        _ => Err(Invalid::new(t!("invalid-boolean"))),
    }
}

impl TenantChange {
    /// Reads the texts of a form or a command line: `text` gives what was said for a field, if anything.
    ///
    /// # Errors
    /// Every field that does not fit.
    pub fn parse<'a>(text: impl Fn(&str) -> Option<&'a str>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = text("name").and_then(|typed| errors.check("name", name::parse(typed)));
        let demands_second_factor =
            text("demands_second_factor").and_then(|typed| errors.check("demands_second_factor", yes_or_no(typed)));
        let manager_limit = text("manager_limit").and_then(|typed| errors.check("manager_limit", limit(typed)));
        let admin_limit = text("admin_limit").and_then(|typed| errors.check("admin_limit", limit(typed)));
        let birthday_points =
            text("birthday_points").and_then(|typed| errors.check("birthday_points", yes_or_no(typed)));
        let mut number = |field: &str, max: i64| text(field).and_then(|typed| errors.check(field, up_to(typed, max)));
        let change = Self {
            demands_second_factor,
            name,
            manager_limit,
            admin_limit,
            birthday_points,
            agent_limit: number("agent_limit", Points::MAX),
            grace_days: number("grace_days", GRACE_DAYS_MAX),
            customer_cancel_hours: number("customer_cancel_hours", CANCEL_HOURS_MAX),
        };
        if errors.is_empty() { Ok(change) } else { Err(errors) }
    }

    /// The tenant as it would be. Its version stays: who keeps it sets that.
    pub fn apply(&self, tenant: &Tenant) -> Tenant {
        Tenant {
            name: self.name.clone().unwrap_or_else(|| tenant.name.clone()),
            agent_limit: self.agent_limit.unwrap_or(tenant.agent_limit),
            manager_limit: self.manager_limit.unwrap_or(tenant.manager_limit),
            admin_limit: self.admin_limit.unwrap_or(tenant.admin_limit),
            birthday_points: self.birthday_points.unwrap_or(tenant.birthday_points),
            grace_days: self.grace_days.unwrap_or(tenant.grace_days),
            customer_cancel_hours: self.customer_cancel_hours.unwrap_or(tenant.customer_cancel_hours),
            demands_second_factor: self.demands_second_factor.unwrap_or(tenant.demands_second_factor),
            ..tenant.clone()
        }
    }
}

/// A tenant's settings as JSON.
pub fn settings_json(tenant: &Tenant) -> Map<String, Value> {
    let fields = [
        ("name", json!(tenant.name)),
        ("agentLimit", json!(tenant.agent_limit)),
        ("managerLimit", json!(tenant.manager_limit)),
        ("adminLimit", json!(tenant.admin_limit)),
        ("birthdayPoints", json!(tenant.birthday_points)),
        ("graceDays", json!(tenant.grace_days)),
        ("customerCancelHours", json!(tenant.customer_cancel_hours)),
        ("demandsSecondFactor", json!(tenant.demands_second_factor)),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(fields: &[(&str, &str)]) -> Result<TenantChange, FieldErrors> {
        TenantChange::parse(|name| fields.iter().find(|(field, _)| *field == name).map(|(_, value)| *value))
    }

    #[test]
    fn what_is_not_named_stays() {
        assert_eq!(parse(&[]).unwrap(), TenantChange::default());
        let change = parse(&[("agent_limit", "1 000"), ("grace_days", ""), ("customer_cancel_hours", " 24 ")]).unwrap();
        assert_eq!(
            (change.agent_limit, change.grace_days, change.customer_cancel_hours),
            (Some(1_000), Some(0), Some(24))
        );
        let limits = parse(&[("manager_limit", "5,000"), ("admin_limit", " "), ("birthday_points", "yes")]).unwrap();
        assert_eq!((limits.manager_limit, limits.admin_limit), (Some(Some(5_000)), Some(None)));
        assert_eq!(limits.birthday_points, Some(true));
    }

    #[test]
    fn every_field_that_does_not_fit_is_named() {
        for (field, text) in [
            ("name", " "),
            ("agent_limit", "-1"),
            ("agent_limit", "1000000001"),
            ("manager_limit", "many"),
            ("admin_limit", "-5"),
            ("birthday_points", "perhaps"),
            ("grace_days", "367"),
            ("grace_days", "a week"),
            ("customer_cancel_hours", "1.5"),
            ("customer_cancel_hours", "8785"),
            ("demands_second_factor", "perhaps"),
        ] {
            let errors = parse(&[(field, text)]).unwrap_err();
            assert_eq!(errors.iter().map(|(field, _)| field).collect::<Vec<_>>(), [field], "{text}");
        }
    }
}
