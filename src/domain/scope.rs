//! What a token may do.

use std::{collections::BTreeSet, fmt};

use super::invalid::Invalid;

macro_rules! scopes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $meaning:literal;)+) => {
        /// One permission of an API client's token.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Scope { $($(#[$doc])* $variant,)+ }

        impl Scope {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The scope's name in requests and answers.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What the scope allows, in a sentence for the page where scopes are chosen.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }
        }
    };
}

// The spelling (`rewardspoints.` with s, `rewardpoints_` without) is the contract's.
scopes! {
    /// Reads points.
    RewardPointsView = "rewardspoints.rewardpoints_view", "Reads the points and the history of every customer.";
    /// Changes points and options.
    RewardPointsManage = "rewardspoints.rewardpoints_manage",
        "Adds and redeems points, closes accounts and changes the redeem options.";
    /// Makes tokens for customers.
    CustomerTokenIssue = "rewardspoints.customertoken_issue",
        "Makes short-lived tokens with which a customer sees and redeems their own points.";
    /// Changes and erases customers' personal data.
    CustomerManage = "rewardspoints.customer_manage", "Keeps customers’ names and email addresses, and erases them.";
    /// Reports orders and returns.
    OrderManage = "rewardspoints.order_manage", "Reports orders and returns, for which points are earned and taken back.";
    /// Reads coupons.
    CouponRead = "coupon.coupon_read", "Lists and reads coupons.";
    /// Changes coupons.
    CouponManage = "coupon.coupon_manage", "Lists, creates, changes and deletes coupons.";
    /// Redeems coupons.
    CouponRedeem = "coupon.coupon_redeem", "Reads a coupon by its code, validates it and redeems it.";
    /// Redeems coupons for somebody else.
    CouponRedeemOnBehalf = "coupon.coupon_redeem_on_behalf", "Validates and redeems coupons for a customer it names.";
    /// Changes settings of sites.
    SiteManage = "site.site_manage", "Reads and changes the reward settings of sites.";
}

impl Scope {
    /// Takes the name of a scope.
    ///
    /// # Errors
    /// When there is no such scope.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.iter().copied().find(|scope| scope.as_str() == text).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|scope| scope.as_str()).collect();
            Invalid::new(format!("There is no scope `{text}`. Choose among {}.", known.join(", ")))
        })
    }
}

/// A set of scopes, written in a fixed order with spaces between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Takes a list with spaces, commas or plus signs between.
    ///
    /// # Errors
    /// When one of them does not exist.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        split(text).map(Scope::parse).collect::<Result<_, _>>().map(Self)
    }

    /// Those of a list that exist: what is stored, or asked for by a client of a larger platform.
    pub fn known(text: &str) -> Self {
        Self(split(text).filter_map(|name| Scope::parse(name).ok()).collect())
    }

    /// Whether `scope` is among them.
    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }

    /// Those in both sets.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.0.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{}", scope.as_str())?;
        }
        Ok(())
    }
}

/// The names in a list.
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '+', ',', '\t', '\n']).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_with_any_separator_and_written_in_one_order() {
        let asked = "coupon.coupon_read+rewardspoints.rewardpoints_view  coupon.coupon_read";
        assert_eq!(Scopes::parse(asked).unwrap().to_string(), "rewardspoints.rewardpoints_view coupon.coupon_read");
        assert!(Scopes::parse("").unwrap().is_empty());
        assert_eq!(Scopes::parse(&Scopes::parse(asked).unwrap().to_string()), Scopes::parse(asked));
    }

    #[test]
    fn a_set_holds_what_it_was_made_of_and_nothing_else() {
        let both = Scopes::from_iter([Scope::CouponRead, Scope::SiteManage]);
        for scope in Scope::ALL {
            assert_eq!(both.contains(*scope), matches!(scope, Scope::CouponRead | Scope::SiteManage), "{scope:?}");
        }
        assert!(!both.is_empty());
        assert_eq!(both.iter().collect::<Vec<_>>(), [Scope::CouponRead, Scope::SiteManage]);
        let other = Scopes::from_iter([Scope::SiteManage, Scope::CouponManage]);
        assert_eq!(both.and(&other), Scopes::from_iter([Scope::SiteManage]));
        assert!(both.and(&Scopes::default()).is_empty());
    }

    #[test]
    fn unknown_scopes_are_named() {
        let error = Scopes::parse("rewardpoints.rewardpoints_view").unwrap_err();
        assert!(error.message().contains("`rewardpoints.rewardpoints_view`"), "{error}");
        assert!(error.message().contains("site.site_manage"), "{error}");
        assert_eq!(Scopes::known("order.order_read coupon.coupon_read").to_string(), "coupon.coupon_read");
    }
}
