//! The form of a rule.

use serde::Deserialize;

use super::ticked;
use crate::{
    domain::{site::Site, site_change::SiteChange},
    service::sites::Seen,
    web::{error::WebError, form::Errors, format},
};

/// The form of a rule.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RuleForm {
    pub(super) settings_version: String,
    pub(super) rule_version: String,
    /// When the draft was kept that was there, if there was one.
    pub(super) draft_seen: String,
    /// `yes` when the form shows the draft.
    pub(super) of_draft: String,
    pub(super) enabled: String,
    pub(super) factor: String,
    pub(super) rounding: String,
    pub(super) basis: String,
    pub(super) with_shipping: String,
    pub(super) after_discounts: String,
    pub(super) pending_days: String,
    pub(super) cap_per_order: String,
    pub(super) validity_months: String,
    pub(super) validity_end: String,
    pub(super) shortfall: String,
    pub(super) coupon_prefix: String,
    /// The button: `try` only looks, `draft` keeps.
    pub(super) act: String,
}

impl RuleForm {
    /// The form of what a site is.
    pub(super) fn of(site: &Site) -> Self {
        let rule = &site.rule;
        Self {
            settings_version: site.version.to_string(),
            rule_version: rule.version.to_string(),
            enabled: ticked(rule.enabled),
            factor: format::decimal(rule.factor.normalize()),
            rounding: rule.rounding.as_str().to_owned(),
            basis: rule.basis.as_str().to_owned(),
            with_shipping: ticked(rule.with_shipping),
            after_discounts: ticked(rule.after_discounts),
            pending_days: rule.pending_days.to_string(),
            cap_per_order: rule.cap_per_order.map(|cap| format::number(cap.get())).unwrap_or_default(),
            validity_months: rule.validity_months.to_string(),
            validity_end: rule.validity_end.as_str().to_owned(),
            shortfall: rule.shortfall.as_str().to_owned(),
            coupon_prefix: site.coupon_prefix.clone(),
            ..Self::default()
        }
    }

    /// What is typed.
    pub(super) fn change(&self) -> Result<SiteChange, Errors> {
        let ticks = |text: &str| if text == "yes" { "yes" } else { "no" };
        let change = SiteChange::parse(|field| {
            Some(match field {
                "enabled" => ticks(&self.enabled),
                "factor" => &self.factor,
                "rounding" => &self.rounding,
                "basis" => &self.basis,
                "with_shipping" => ticks(&self.with_shipping),
                "after_discounts" => ticks(&self.after_discounts),
                "pending_days" => &self.pending_days,
                "cap_per_order" => &self.cap_per_order,
                "validity_months" => &self.validity_months,
                "validity_end" => &self.validity_end,
                "shortfall" => &self.shortfall,
                "coupon_prefix" => &self.coupon_prefix,
                _ => return None,
            })
        });
        change.map_err(|found| {
            Errors::found(&found, |field| match field {
                "rounding" => "rounding",
                "basis" => "basis",
                "pending_days" => "pending_days",
                "cap_per_order" => "cap_per_order",
                "validity_months" => "validity_months",
                "validity_end" => "validity_end",
                "shortfall" => "shortfall",
                "coupon_prefix" => "coupon_prefix",
                _ => "factor",
            })
        })
    }

    /// The versions that the form showed.
    pub(super) fn seen(&self) -> Result<Seen, WebError> {
        match (self.settings_version.parse(), self.rule_version.parse()) {
            (Ok(settings), Ok(rule)) => Ok(Seen { settings, rule }),
            _ => Err(WebError::no_version()),
        }
    }
}
