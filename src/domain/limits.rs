//! How many points each role adds or removes at once without a second person.

use super::{invalid::FieldErrors, role::Role};
use crate::texts::message;

/// The limits of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of agents.
    pub agent: i64,
    /// Of managers; `None`: none.
    pub manager: Option<i64>,
    /// Of admins; `None`: none.
    pub admin: Option<i64>,
}

impl Limits {
    /// The most that a role adds or removes at once; `None`: no limit.
    pub const fn of(self, role: Role) -> Option<i64> {
        match role {
            Role::Viewer => Some(0),
            Role::Agent => Some(self.agent),
            Role::Manager => self.manager,
            Role::Admin => self.admin,
        }
    }

    /// Whether a role adds or removes so many points without a second person.
    pub fn reach(self, role: Role, points: i64) -> bool {
        role > Role::Viewer && self.of(role).is_none_or(|limit| points.saturating_abs() <= limit)
    }

    /// Whether a role decides about somebody else's request for so many points.
    pub fn decide(self, role: Role, points: i64) -> bool {
        role >= Role::Manager && self.reach(role, points)
    }

    /// Whether each role may do all that the ones before it may.
    ///
    /// # Errors
    /// The limits that are below another's.
    pub fn check(self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.manager.is_some_and(|manager| manager < self.agent) {
            errors.add("manager_limit", message!("limits-below-agents"));
        }
        match (self.manager, self.admin) {
            (None, Some(_)) => errors.add("admin_limit", message!("limits-managers-have-none")),
            (Some(manager), Some(admin)) if admin < manager => {
                errors.add("admin_limit", message!("limits-below-managers"));
            }
            _ => {}
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn limits() -> impl Strategy<Value = Limits> {
        let limit = || proptest::option::of(0_i64..3_000);
        (0_i64..3_000, limit(), limit()).prop_map(|(agent, manager, admin)| Limits { agent, manager, admin })
    }

    #[test]
    fn limits_that_contradict_each_other_are_named() {
        for (manager, admin, fields) in [
            (None, None, &[][..]),
            (Some(1_000), Some(1_000), &[]),
            (Some(1_000), None, &[]),
            (Some(999), None, &["manager_limit"]),
            (None, Some(5_000), &["admin_limit"]),
            (Some(5_000), Some(4_999), &["admin_limit"]),
        ] {
            let found = Limits { agent: 1_000, manager, admin }.check();
            let found =
                found.map_or_else(|errors| errors.iter().map(|(field, _)| field.to_owned()).collect(), |()| vec![]);
            assert_eq!(found, fields, "{manager:?} {admin:?}");
        }
    }

    #[test]
    fn a_role_reaches_up_to_its_limit_and_including_it() {
        let limits = Limits { agent: 100, manager: Some(200), admin: None };
        assert_eq!(Role::ALL.map(|role| limits.of(role)), [Some(0), Some(100), Some(200), None]);
        for (points, reach, decide) in [
            (0, [false, true, true, true], [false, false, true, true]),
            (100, [false, true, true, true], [false, false, true, true]),
            (101, [false, false, true, true], [false, false, true, true]),
            (200, [false, false, true, true], [false, false, true, true]),
            (201, [false, false, false, true], [false, false, false, true]),
            (i64::MAX, [false, false, false, true], [false, false, false, true]),
        ] {
            for points in [points, -points] {
                assert_eq!(Role::ALL.map(|role| limits.reach(role, points)), reach, "{points}");
                assert_eq!(Role::ALL.map(|role| limits.decide(role, points)), decide, "{points}");
            }
        }
    }

    proptest! {
        #[test]
        fn each_role_reaches_as_far_as_the_ones_before_it(limits in limits(), points in 1_i64..4_000) {
            prop_assume!(limits.check().is_ok());
            let reached = Role::ALL.map(|role| limits.reach(role, points));
            prop_assert!(reached.is_sorted());
            prop_assert!(Role::ALL.map(|role| limits.decide(role, points)).is_sorted());
            prop_assert!(!limits.reach(Role::Viewer, points));
            for role in Role::ALL {
                prop_assert_eq!(limits.reach(role, points), limits.reach(role, -points));
                prop_assert!(!limits.reach(role, points + 1) || limits.reach(role, points));
                prop_assert!(!limits.decide(role, points) || limits.reach(role, points));
            }
        }

        /// Whoever asks because of a limit finds nobody of the same role who decides.
        #[test]
        fn a_request_is_decided_above_the_role_that_asks(limits in limits(), points in 1_i64..4_000) {
            for role in Role::ALL {
                prop_assert!(limits.reach(role, points) || !limits.decide(role, points));
            }
        }
    }
}
