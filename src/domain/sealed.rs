//! What is sealed with the installation's keys.

use std::fmt;

use super::{
    feed::Feed,
    ids::{TenantId, UserId},
};

/// Where a sealed value stands. Shown, it says whose it is and what to do when no key opens it, never what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The secret of a user's app.
    SecondFactor(UserId),
    /// A secret with which a shop signs its events.
    FeedSecret {
        /// Whose.
        tenant: TenantId,
        /// Of which feed.
        feed: Feed,
        /// Which of the two.
        secret_id: String,
    },
    /// A secret with which webhooks are signed.
    Webhook {
        /// Whose.
        tenant: TenantId,
        /// Of which endpoint.
        endpoint_id: String,
        /// Whether it is the one before the present one.
        before: bool,
    },
    /// What recovery codes were signed with by a key that is not the first any more.
    RecoveryKey {
        /// The name of that key.
        key: String,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SecondFactor(user) => {
                write!(f, "the second factor of the user {user} (`guerdon user reset-second-factor` takes it away)")
            }
            Self::FeedSecret { tenant, feed, secret_id } => write!(
                f,
                "the secret {secret_id} of the feed {} of {tenant} (its admins can remove it and make a new one)",
                feed.as_str()
            ),
            Self::Webhook { tenant, endpoint_id, before: false } => {
                write!(f, "the secret of the webhook {endpoint_id} of {tenant} (its admins can make a new one)")
            }
            Self::Webhook { tenant, endpoint_id, before: true } => {
                write!(f, "the secret before of the webhook {endpoint_id} of {tenant} (its admins can end it)")
            }
            Self::RecoveryKey { key } => {
                write!(f, "what recovery codes were signed with by the key {key} (their owners can make new ones)")
            }
        }
    }
}
