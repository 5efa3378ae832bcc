//! Who does something: every write names its actor.

use super::{ids::TenantId, invalid::Invalid};

/// The kinds of actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A person who signed in to the back office; the id is the user's.
    Employee,
    /// A program with a token; the id is the API client's.
    Client,
    /// A shop's customer with a token of their own; the id is the customer's.
    Customer,
    /// Guerdon itself: a job or the command line; the id says which.
    System,
}

impl ActorKind {
    /// The kind's name, as it is stored and answered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Employee => "employee",
            Self::Client => "client",
            Self::Customer => "customer",
            Self::System => "system",
        }
    }

    /// Takes the name of a kind.
    ///
    /// # Errors
    /// When there is no such kind.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        [Self::Employee, Self::Client, Self::Customer, Self::System]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| Invalid::new("unknown kind of actor"))
    }
}

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// What it is.
    pub kind: ActorKind,
    /// Which one.
    pub id: String,
}

impl Actor {
    /// Guerdon itself, doing `what` (such as `expiry` or `command line`).
    pub fn system(what: &str) -> Self {
        Self { kind: ActorKind::System, id: what.to_owned() }
    }

    /// A person who signed in.
    pub fn employee(user_id: &str) -> Self {
        Self { kind: ActorKind::Employee, id: user_id.to_owned() }
    }
}

/// An actor within a tenant. Made only from a checked token or session, by a job or by the command line:
/// no function takes a bare tenant from a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The tenant acted in.
    pub tenant: TenantId,
    /// Who acts.
    pub actor: Actor,
}

impl Caller {
    /// A name for the actor that no other has in this tenant: keys of one never meet those of another.
    pub fn name(&self) -> String {
        format!("{}:{}", self.actor.kind.as_str(), self.actor.id)
    }
}
