//! Access tokens: what their text looks like, and what they stand for.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{
    actor::{Actor, ActorKind, Caller},
    ids::{ClientId, CustomerId, TenantId},
    invalid::Invalid,
    percent,
    points::Points,
    scope::{Scope, Scopes},
};
use crate::texts::t;

/// How a token begins, so that scanners for leaked secrets know it. The tenant and a dot follow, then the secret.
pub const PREFIX: &str = "gdt_";

/// How long a client's token is good when nothing else is configured, in seconds.
pub const SERVICE_SECS: i64 = 3600;
/// How long a customer's token is good when nothing else is asked for, in seconds.
pub const CUSTOMER_SECS: i64 = 15 * 60;
/// How long a guest can renew a token of theirs, in seconds.
pub const ANONYMOUS_REFRESH_SECS: i64 = 30 * 24 * 3600;
/// How long any token is good at most, in seconds.
pub const SECS_MAX: i64 = 24 * 3600;

/// The most requests per second that a limit names.
pub const RATE_MAX: i64 = 100_000;

/// Takes a limit of requests per second; nothing is none.
///
/// # Errors
/// When it is no whole number from 1 to [`RATE_MAX`].
pub fn rate(text: &str) -> Result<Option<i64>, Invalid> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let number = Points::parse(text).map(Points::get).ok().filter(|rate| (1..=RATE_MAX).contains(rate));
    number.map(Some).ok_or_else(|| Invalid::new(t!("invalid-rate", most = RATE_MAX)))
}

/// The text of a token.
pub fn text(tenant: &TenantId, secret: &str) -> String {
    format!("{PREFIX}{tenant}.{secret}")
}

/// The tenant that a token's text names; `None` when it is no token of ours.
pub fn tenant_of(text: &str) -> Option<TenantId> {
    let (tenant, secret) = text.strip_prefix(PREFIX)?.split_once('.')?;
    (!secret.is_empty()).then(|| TenantId::parse(tenant).ok()).flatten()
}

/// Reads the id and the secret of a client out of HTTP Basic, without the word `Basic`: RFC 6749 has both form-encoded in
/// there. `None` when it holds something else.
pub fn basic(encoded: &str) -> Option<(String, String)> {
    let text = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decoded = |part: &str| percent::decode(&part.replace('+', " "));
    Some((decoded(id)?, decoded(secret)?))
}

/// Takes for how many seconds a customer's token shall be good.
///
/// # Errors
/// When it is not within 1 second to 24 hours.
pub fn customer_secs(secs: i64) -> Result<i64, Invalid> {
    if (1..=SECS_MAX).contains(&secs) {
        Ok(secs)
    } else {
        Err(Invalid::new(format!("Give a whole number of seconds from 1 to {SECS_MAX}.")))
    }
}

/// Who has the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// A program, with what it may do.
    Service {
        /// Which one.
        client: ClientId,
        /// What it may do.
        scopes: Scopes,
        /// Requests per second that its client may send; `None` without limit.
        rate: Option<i64>,
    },
    /// A customer, who sees and redeems their own points.
    Customer(CustomerId),
    /// A guest, who looks at the options and checks coupons.
    Anonymous {
        /// Which guest, for as long as their session lasts.
        session: String,
    },
}

/// A token that is good now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// Whose tenant.
    pub tenant: TenantId,
    /// Who has it.
    pub bearer: Bearer,
}

impl AccessToken {
    /// Whether it is a program's with this scope.
    pub fn may(&self, scope: Scope) -> bool {
        matches!(&self.bearer, Bearer::Service { scopes, .. } if scopes.contains(scope))
    }

    /// The customer whose it is.
    pub fn customer(&self) -> Option<&CustomerId> {
        match &self.bearer {
            Bearer::Customer(customer) => Some(customer),
            Bearer::Service { .. } | Bearer::Anonymous { .. } => None,
        }
    }

    /// Who acts with it, for every write.
    pub fn caller(&self) -> Caller {
        let (kind, id) = match &self.bearer {
            Bearer::Service { client, .. } => (ActorKind::Client, client.as_str()),
            Bearer::Customer(customer) => (ActorKind::Customer, customer.as_str()),
            Bearer::Anonymous { session } => (ActorKind::System, session.as_str()),
        };
        Caller { tenant: self.tenant.clone(), actor: Actor { kind, id: id.to_owned() } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_tenant() {
        let tenant = TenantId::parse("acme-2").unwrap();
        assert_eq!(tenant_of(&text(&tenant, "x_Y-z")), Some(tenant));
        for wrong in
            ["", "gdt_", "gdt_acme", "gdt_acme.", "gdt_.x", "gds_acme.x", "gdt_Acme.x", "gdt_customer.x", "acme.x"]
        {
            assert_eq!(tenant_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_clients_id_and_secret_come_encoded_twice() {
        let read = |plain: &str| basic(&BASE64_STANDARD.encode(plain));
        let pair = |id: &str, secret: &str| Some((id.to_owned(), secret.to_owned()));
        assert_eq!(read("acme.1:gds_a-b"), pair("acme.1", "gds_a-b"));
        assert_eq!(read("a%3Ab+c:d:e%26f&g"), pair("a:b c", "d:e&f&g"));
        assert_eq!(read(":"), pair("", ""));
        for wrong in ["", "no colon", "a:%zz", "a:%00"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(basic("!!!"), None);
        assert_eq!(basic(&BASE64_STANDARD.encode(b"a:\xff")), None);
    }

    #[test]
    fn a_rate_is_a_whole_number_or_none() {
        assert_eq!((rate(" 25 "), rate(""), rate("100000")), (Ok(Some(25)), Ok(None), Ok(Some(RATE_MAX))));
        for text in ["0", "-1", "1.5", "100001", "many"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn customers_tokens_last_a_day_at_most() {
        assert_eq!(customer_secs(86_400), Ok(86_400));
        for secs in [0, -1, 86_401, i64::MAX, i64::MIN] {
            assert!(customer_secs(secs).is_err(), "{secs}");
        }
    }
}
