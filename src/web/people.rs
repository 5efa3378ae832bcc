//! The names of those who did something.

use std::collections::HashMap;

use super::error::WebError;
use crate::{app::App, domain::ids::TenantId, service::team, texts::t};

/// The names of a tenant's people, by their ids.
pub(crate) struct Names(HashMap<String, String>);

/// Finds the names of a tenant's people.
pub(crate) async fn names(app: &App, tenant: &TenantId) -> Result<Names, WebError> {
    let team = team::list(&app.db, tenant).await?;
    Ok(Names(team.into_iter().map(|one| (one.user.user_id.as_str().to_owned(), one.user.name)).collect()))
}

impl Names {
    /// The name of an actor, who is given as `KIND:ID`.
    pub(crate) fn of(&self, actor: &str) -> String {
        let (kind, id) = actor.split_once(':').unwrap_or(("", actor));
        match kind {
            "employee" => self.0.get(id).cloned().unwrap_or_else(|| t!("people-former-member")),
            "client" => t!("people-client", client = id),
            "customer" => t!("people-customer", customer = id),
            _ => t!("people-guerdon", part = id),
        }
    }
}
