//! What people read about the scopes.

use crate::{domain::scope::Scope, texts::t};

/// What a scope allows, in a sentence for the page where scopes are chosen.
pub(crate) fn meaning(scope: Scope) -> String {
    match scope {
        Scope::RewardPointsView => t!("scopes-points-view"),
        Scope::RewardPointsManage => t!("scopes-points-manage"),
        Scope::CustomerTokenIssue => t!("scopes-customer-token"),
        Scope::CustomerManage => t!("scopes-customer"),
        Scope::OrderManage => t!("scopes-order"),
        Scope::CouponRead => t!("scopes-coupon-read"),
        Scope::CouponManage => t!("scopes-coupon-manage"),
        Scope::CouponRedeem => t!("scopes-coupon-redeem"),
        Scope::CouponRedeemOnBehalf => t!("scopes-coupon-on-behalf"),
        Scope::SiteManage => t!("scopes-site"),
    }
}
