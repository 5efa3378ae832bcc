//! What people call the roles.

use crate::{domain::role::Role, texts::t};

/// The name of a role.
pub(crate) fn name(role: Role) -> String {
    match role {
        Role::Viewer => t!("roles-viewer"),
        Role::Agent => t!("roles-agent"),
        Role::Manager => t!("roles-manager"),
        Role::Admin => t!("roles-admin"),
    }
}

/// What a role may do, in a sentence for the page where roles are chosen.
pub(crate) fn meaning(role: Role) -> String {
    match role {
        Role::Viewer => t!("roles-viewer-may"),
        Role::Agent => t!("roles-agent-may"),
        Role::Manager => t!("roles-manager-may"),
        Role::Admin => t!("roles-admin-may"),
    }
}
