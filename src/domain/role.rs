//! Who may do what in a tenant.

use super::invalid::Invalid;
use crate::texts::t;

/// What an employee may do, per tenant. Each role may do all that the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Adjusts points up to a limit, redeems on behalf.
    Agent,
    /// Adjusts without limit; options, rules, bulk, approvals, reports.
    Manager,
    /// Team, API clients, webhooks, sites.
    Admin,
}

impl Role {
    /// All roles, the least first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Agent, Self::Manager, Self::Admin];

    /// Takes the name of a role.
    ///
    /// # Errors
    /// When there is no such role.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| Invalid::new(t!("invalid-role")))
    }

    /// The role's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Agent => "agent",
            Self::Manager => "manager",
            Self::Admin => "admin",
        }
    }

    /// The role's name as people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Viewer => "Viewer",
            Self::Agent => "Agent",
            Self::Manager => "Manager",
            Self::Admin => "Admin",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_are_stored() {
        let names = Role::ALL.map(Role::as_str);
        assert_eq!(names, ["viewer", "agent", "manager", "admin"]);
        assert_eq!(names.map(Role::parse), Role::ALL.map(Ok));
        assert_eq!(Role::ALL.map(Role::label), ["Viewer", "Agent", "Manager", "Admin"]);
        assert!(Role::parse("owner").is_err() && Role::parse("").is_err());
        assert!(Role::ALL.is_sorted(), "each may do all that the ones before it may");
    }
}
