//! Names of things. A value of these types keeps its rule.

use std::fmt;

use super::invalid::Invalid;
use crate::texts::{ToArg, message, t};

/// Longest id of a customer, an entry or an order, in characters.
pub const ID_CHARS_MAX: usize = 255;

/// An opaque id given by somebody else: 1 to 255 characters, none of them a control character.
pub(super) fn opaque(text: &str, what: impl ToArg) -> Result<String, Invalid> {
    if text.is_empty() || text.chars().count() > ID_CHARS_MAX {
        return Err(Invalid::new(t!("invalid-id-length", what = what, most = ID_CHARS_MAX)));
    }
    if text.chars().any(char::is_control) {
        return Err(Invalid::new(t!("invalid-id-control", what = what)));
    }
    Ok(text.to_owned())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// One merchant: 3 to 16 of `a-z0-9-`, beginning with a letter.
    TenantId
}
id! {
    /// One shop of a tenant: 1 to 64 of `A-Z a-z 0-9 . _ -`.
    SiteCode
}
id! {
    /// The shop's own id of a customer, compared byte by byte.
    CustomerId
}
id! {
    /// The id of a ledger entry: the client's own, or one made here.
    EntryId
}

id! {
    /// The shop's own number of an order, compared byte by byte.
    OrderId
}
id! {
    /// The shop's own number of a return, unique within its order.
    ReturnId
}

id! {
    /// A person who can sign in: a UUID.
    UserId
}
id! {
    /// A program that can get tokens: its tenant's id, a dot, and random characters.
    ClientId
}

impl TenantId {
    /// These would collide with paths of the API, or of the back office.
    pub const RESERVED: [&str; 8] =
        ["account", "customer", "login", "logout", "public", "setup", "summarybatch", "tenants"];

    /// Takes a tenant's id.
    ///
    /// # Errors
    /// When it breaks the rule for ids of tenants, or is reserved.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let fits = (3..=16).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !fits {
            return Err(Invalid::new(t!("invalid-tenant-id")));
        }
        if Self::RESERVED.contains(&text) {
            return Err(Invalid::new(t!("invalid-tenant-path", text = text)));
        }
        Ok(Self(text.to_owned()))
    }
}

impl SiteCode {
    /// Takes a site's code.
    ///
    /// # Errors
    /// When it breaks the rule for codes of sites.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let fits = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        if fits { Ok(Self(text.to_owned())) } else { Err(Invalid::new(t!("invalid-site-code"))) }
    }

    /// The code of the site that is meant when none is named.
    pub const MAIN: &str = "main";

    /// The site that is meant when none is named.
    pub fn main() -> Self {
        Self(Self::MAIN.to_owned())
    }
}

impl CustomerId {
    /// Takes a customer's id.
    ///
    /// # Errors
    /// When it is empty, too long or holds control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        opaque(text, message!("invalid-what-customer")).map(Self)
    }
}

impl EntryId {
    /// Takes an entry's id.
    ///
    /// # Errors
    /// When it is empty, too long or holds control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        opaque(text, message!("invalid-what-any")).map(Self)
    }
}

impl OrderId {
    /// Takes an order's number.
    ///
    /// # Errors
    /// When it is empty, too long or holds control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        opaque(text, message!("invalid-what-order")).map(Self)
    }
}

impl ReturnId {
    /// Takes a return's number.
    ///
    /// # Errors
    /// When it is empty, too long or holds control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        opaque(text, message!("invalid-what-return")).map(Self)
    }
}

impl UserId {
    /// Takes a user's id.
    ///
    /// # Errors
    /// When it is no id.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        opaque(text, message!("invalid-what-user")).map(Self)
    }
}

impl From<uuid::Uuid> for UserId {
    fn from(id: uuid::Uuid) -> Self {
        Self(id.to_string())
    }
}

impl ClientId {
    /// The id of a new client.
    pub fn new(tenant: &TenantId, random: &str) -> Self {
        Self(format!("{tenant}.{random}"))
    }

    /// Takes an API client's id.
    ///
    /// # Errors
    /// When it does not begin with a tenant and a dot.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let tenant = text.split_once('.').map(|(tenant, _)| tenant);
        if tenant.is_some_and(|tenant| TenantId::parse(tenant).is_ok()) {
            opaque(text, message!("invalid-what-client")).map(Self)
        } else {
            Err(Invalid::new(t!("invalid-client-id")))
        }
    }

    /// The tenant that the client belongs to.
    pub fn tenant(&self) -> Option<TenantId> {
        self.0.split_once('.').and_then(|(tenant, _)| TenantId::parse(tenant).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenants_collide_with_no_path() {
        assert!(TenantId::parse("acme").is_ok());
        for text in ["ab", "customer", "public", "1acme", "Acme", "a_b", "abcdefghijklmnopq", ""] {
            assert!(TenantId::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn customers_are_any_text_but_control_characters() {
        for text in ["C1", "Zoë/ü%2F", " ", "<script>", "💡"] {
            assert!(CustomerId::parse(text).is_ok(), "{text}");
        }
        for text in ["", "a\u{0}b", "a\nb", "\u{7f}", &"x".repeat(256)] {
            assert!(CustomerId::parse(text).is_err(), "{text:?}");
        }
        assert!(CustomerId::parse(&"ü".repeat(255)).is_ok());
    }
}
