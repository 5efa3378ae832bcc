//! What the rules about people, clients and tenants say no to. Nothing has changed when one of these is answered.

use super::{email::Email, ids::TenantId};
use crate::texts::t;

/// A rule said no. The message tells the person what is the case and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessRefusal {
    /// The tenant's id is taken.
    #[error("{}", t!("access-tenant-taken", id = .0.as_str()))]
    TenantTaken(TenantId),
    /// There is no such tenant.
    #[error("{}", t!("access-tenant-unknown", id = .0))]
    TenantUnknown(String),
    /// The e-mail address is a user's already.
    #[error("{}", t!("access-email-taken", email = .0.as_str()))]
    EmailTaken(Email),
    /// The e-mail address is that of somebody in another tenant.
    #[error("{}", t!("access-email-elsewhere", email = .0.as_str()))]
    EmailElsewhere(Email),
    /// There is no such user.
    #[error("{}", t!("access-user-unknown", id = .0))]
    UserUnknown(String),
    /// The user is no member of the tenant.
    #[error("{}", t!("access-not-a-member"))]
    NotAMember,
    /// The user is a member already.
    #[error("{}", t!("access-member-already"))]
    MemberAlready,
    /// The tenant would be left without anybody who can manage it.
    #[error("{}", t!("access-last-admin", id = .0.as_str()))]
    LastAdmin(TenantId),
    /// There would be nobody left who manages the installation.
    #[error("{}", t!("access-last-operator"))]
    LastOperator,
    /// The user works for others, too.
    #[error("{}", t!("access-shared-user"))]
    SharedUser,
    /// The password typed as the present one is not.
    #[error("{}", t!("access-wrong-password"))]
    WrongPassword,
    /// Too many wrong passwords before.
    #[error("{}", t!("access-too-many-tries", secs = .0))]
    TooManyTries(i64),
    /// The code of the second factor is wrong, or was used before.
    #[error("{}", t!("access-wrong-code"))]
    WrongCode,
    /// There is a second factor already.
    #[error("{}", t!("access-second-factor-already"))]
    SecondFactorAlready,
    /// There is no second factor to be taken away.
    #[error("{}", t!("access-no-second-factor"))]
    NoSecondFactor,
    /// Nobody passes by their own second factor, or shuts themselves out.
    #[error("{}", t!("access-oneself"))]
    Oneself,
    /// The operator took the right to sign in away, and only the operator gives it back.
    #[error("{}", t!("access-disabled-by-operator"))]
    DisabledByOperator,
    /// There is no such API client.
    #[error("{}", t!("access-client-unknown", id = .0))]
    ClientUnknown(String),
    /// An API client that may do nothing is of no use.
    #[error("{}", t!("access-no-scope"))]
    NoScope,
}
