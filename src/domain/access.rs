//! What the rules about people, clients and tenants say no to. Nothing has changed when one of these is answered.

use super::{email::Email, ids::TenantId};

/// A rule said no. The message tells the person what is the case and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessRefusal {
    /// The tenant's id is taken.
    #[error("There is a tenant `{0}` already. Choose another id.")]
    TenantTaken(TenantId),
    /// There is no such tenant.
    #[error("There is no tenant `{0}`.")]
    TenantUnknown(String),
    /// The e-mail address is a user's already.
    #[error("There is a user with the e-mail address {0} already.")]
    EmailTaken(Email),
    /// The e-mail address is that of somebody in another tenant.
    #[error("{0} belongs to a user of another tenant. Ask the operator of this installation to add them.")]
    EmailElsewhere(Email),
    /// There is no such user.
    #[error("There is no user {0}.")]
    UserUnknown(String),
    /// The user is no member of the tenant.
    #[error("This user is not a member of this tenant.")]
    NotAMember,
    /// The user is a member already.
    #[error("This user is a member of this tenant already.")]
    MemberAlready,
    /// The tenant would be left without anybody who can manage it.
    #[error("This is the last admin of the tenant `{0}`. Make somebody else an admin first.")]
    LastAdmin(TenantId),
    /// There would be nobody left who manages the installation.
    #[error("This is the last operator. Make somebody else an operator first.")]
    LastOperator,
    /// The user works for others, too.
    #[error("This user works elsewhere too, so only the operator of this installation can set their password.")]
    SharedUser,
    /// The password typed as the present one is not.
    #[error("This is not your present password.")]
    WrongPassword,
    /// Too many wrong passwords before.
    #[error("Too many wrong passwords. Try again in {0} seconds.")]
    TooManyTries(i64),
    /// There is no such API client.
    #[error("There is no API client `{0}`.")]
    ClientUnknown(String),
    /// An API client that may do nothing is of no use.
    #[error("Choose at least one scope.")]
    NoScope,
}
