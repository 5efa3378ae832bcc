//! Tokens of an identity provider (JWT, RFC 7519), taken apart and held against what is trusted (RFC 8725).

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde_json::{Map, Value};

use super::{Key, KeySet, Trusted, crypto};
use crate::domain::{ids::CustomerId, time::Timestamp};

/// Longest token that is looked at, in characters.
const TOKEN_CHARS_MAX: usize = 8 * 1024;
/// How far the clocks of a provider and of this machine may differ.
pub const LEEWAY_SECS: i64 = 60;
/// The longest life of a token.
pub const LIFE_SECS_MAX: i64 = 24 * 3_600;
/// What kinds of tokens are taken, besides those that do not say: identity and access tokens, and none that is meant for
/// something else, such as `logout+jwt`.
const KINDS: [&str; 4] = ["jwt", "application/jwt", "at+jwt", "application/at+jwt"];
/// The last second that a time may name: the end of the year 9999.
const SECS_END: i64 = 253_402_300_799;

/// A token taken apart. Nothing of it is proven.
#[derive(Clone, Debug)]
pub struct Unproven<'a> {
    message: &'a str,
    signature: &'a str,
    /// What it says of itself.
    pub header: Map<String, Value>,
    /// What it says of its bearer.
    pub claims: Map<String, Value>,
}

/// Why a signature is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureFault {
    /// The token wants something that is not known here (`crit`).
    Critical,
    /// It is a token of another kind (`typ`).
    Kind,
    /// No key of the set has the name that it gives, or it gives none and there are several.
    NoKey,
    /// The key is for another algorithm than the token names.
    Algorithm,
    /// The key did not make it.
    Wrong,
}

/// What is wrong with the times of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeFault {
    /// It is not there.
    Missing,
    /// It is no time.
    NoTime,
    /// It is over.
    Over,
    /// It lies ahead.
    Ahead,
    /// The token lives too long.
    TooLong,
}

/// What is wrong with the claim that holds the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimFault {
    /// It is not there.
    Missing,
    /// It is neither a text nor a whole number.
    NoText,
    /// It is no id of a customer: too long, empty, or with control characters.
    NoCustomer,
}

/// The times of a token: each there and good, not there, or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// Up to when it is good.
    pub expires_at: Result<Timestamp, TimeFault>,
    /// From when it is good.
    pub not_before: Result<Option<Timestamp>, TimeFault>,
    /// When it was made.
    pub issued_at: Result<Option<Timestamp>, TimeFault>,
}

/// A token held against what is trusted: every part judged apart, so that each can be explained.
#[derive(Clone, Debug)]
pub struct Examined<'k> {
    /// The key that signed it.
    pub signature: Result<&'k Key, SignatureFault>,
    /// Whether `iss` is the issuer.
    pub is_issuer: bool,
    /// Whether the audience is among `aud`.
    pub is_audience: bool,
    /// Its times.
    pub times: Times,
    /// The customer.
    pub customer: Result<CustomerId, ClaimFault>,
}

/// What a good token proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// Whose it is.
    pub customer: CustomerId,
    /// Up to when, with the leeway.
    pub until: Timestamp,
}

fn object(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

impl<'a> Unproven<'a> {
    /// A token as people copy it, without what stands before it in a header.
    pub fn bare(text: &'a str) -> &'a str {
        let text = text.trim();
        text.strip_prefix("Bearer ").unwrap_or(text).trim()
    }

    /// Takes a token apart: three parts, of which two hold JSON objects. `None` when it is something else.
    pub fn parse(text: &'a str) -> Option<Self> {
        if text.len() > TOKEN_CHARS_MAX {
            return None;
        }
        let (message, signature) = text.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        if claims.contains('.') {
            return None;
        }
        Some(Self { message, signature, header: object(header)?, claims: object(claims)? })
    }

    fn of_header(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }

    /// Who says to have made it.
    pub fn issuer(&self) -> Option<&str> {
        self.claims.get("iss").and_then(Value::as_str)
    }

    /// For whom it says to be.
    pub fn audiences(&self) -> Vec<&str> {
        match self.claims.get("aud") {
            Some(Value::String(one)) => vec![one],
            // One that is no text makes the whole list none.
            Some(Value::Array(several)) => {
                several.iter().map(Value::as_str).collect::<Option<Vec<_>>>().unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// Holds every part of it against what is trusted.
    pub fn examine<'k>(&self, trusted: &Trusted<'k>, now: Timestamp) -> Examined<'k> {
        Examined {
            signature: self.signature(trusted.keys),
            is_issuer: self.issuer() == Some(trusted.issuer),
            is_audience: self.audiences().contains(&trusted.audience),
            times: self.times(now),
            customer: self.customer(trusted.claim),
        }
    }

    /// The key that signed it. It is one of the set, by its name there; whatever keys or addresses of keys the token
    /// itself brings (`jwk`, `jku`, `x5c`, `x5u`) are not looked at.
    fn signature<'k>(&self, set: &'k KeySet) -> Result<&'k Key, SignatureFault> {
        if self.header.contains_key("crit") {
            return Err(SignatureFault::Critical);
        }
        let kind = self.header.get("typ").map(|kind| kind.as_str().unwrap_or_default().to_ascii_lowercase());
        if kind.is_some_and(|kind| !KINDS.contains(&kind.as_str())) {
            return Err(SignatureFault::Kind);
        }
        let algorithm = self.of_header("alg").unwrap_or_default();
        let named: Vec<&Key> = match self.header.get("kid") {
            None => set.keys.iter().collect(),
            Some(Value::String(kid)) => set.keys.iter().filter(|key| key.kid.as_ref() == Some(kid)).collect(),
            Some(_) => Vec::new(),
        };
        let key = match *named.as_slice() {
            [] => return Err(SignatureFault::NoKey),
            [only] => only,
            // A name may stand for keys of several kinds; without a name there must be no doubt.
            _ => {
                let mut fitting = named.iter().filter(|key| key.algorithm() == algorithm);
                let first = fitting.next().ok_or(SignatureFault::Algorithm)?;
                if fitting.next().is_some() {
                    return Err(SignatureFault::NoKey);
                }
                first
            }
        };
        if key.algorithm() != algorithm {
            return Err(SignatureFault::Algorithm);
        }
        let signed = crypto::is_signed(self.message, self.signature, &key.decoding, key.algorithm);
        if signed { Ok(key) } else { Err(SignatureFault::Wrong) }
    }

    /// A time of the claims: seconds since 1970, with or without a fraction.
    fn time(&self, name: &str) -> Result<Option<Timestamp>, TimeFault> {
        let Some(value) = self.claims.get(name) else { return Ok(None) };
        let Value::Number(number) = value else { return Err(TimeFault::NoTime) };
        let text = number.to_string();
        let number = text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(&text));
        let secs = number.ok().and_then(|number| number.trunc().to_i64()).filter(|secs| (0..=SECS_END).contains(secs));
        secs.map(|secs| Some(Timestamp::from_micros(secs.saturating_mul(1_000_000)))).ok_or(TimeFault::NoTime)
    }

    fn times(&self, now: Timestamp) -> Times {
        let latest = now.plus_secs(LEEWAY_SECS);
        let begun = |at: Option<Timestamp>| match at {
            Some(at) if at > latest => Err(TimeFault::Ahead),
            at => Ok(at),
        };
        let not_before = self.time("nbf").and_then(begun);
        let issued_at = self.time("iat").and_then(begun);
        let expires_at = self.time("exp").and_then(|at| at.ok_or(TimeFault::Missing)).and_then(|at| {
            let made = issued_at.ok().flatten().unwrap_or(now);
            if at.plus_secs(LEEWAY_SECS) <= now {
                Err(TimeFault::Over)
            } else if at > made.plus_secs(LIFE_SECS_MAX + LEEWAY_SECS) {
                Err(TimeFault::TooLong)
            } else {
                Ok(at)
            }
        });
        Times { expires_at, not_before, issued_at }
    }

    /// The claim with this name: one that is called so, or the one that the dots lead to.
    fn claim(&self, name: &str) -> Option<&Value> {
        let found = self.claims.get(name).or_else(|| {
            let mut parts = name.split('.');
            let first = self.claims.get(parts.next()?)?;
            parts.try_fold(first, |value, part| value.as_object()?.get(part))
        });
        found.filter(|value| !value.is_null())
    }

    fn customer(&self, claim: &str) -> Result<CustomerId, ClaimFault> {
        let text = match self.claim(claim).ok_or(ClaimFault::Missing)? {
            Value::String(text) => text.clone(),
            Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
            _ => return Err(ClaimFault::NoText),
        };
        CustomerId::parse(&text).map_err(|_unfit| ClaimFault::NoCustomer)
    }
}

impl Examined<'_> {
    /// Whether everything but the signature is good.
    pub fn claims_are_good(&self) -> bool {
        let Times { expires_at, not_before, issued_at } = &self.times;
        self.is_issuer
            && self.is_audience
            && expires_at.is_ok()
            && not_before.is_ok()
            && issued_at.is_ok()
            && self.customer.is_ok()
    }

    /// What it proves; `None` when anything is not good.
    pub fn proven(&self) -> Option<Proven> {
        if !self.claims_are_good() || self.signature.is_err() {
            return None;
        }
        let until = self.times.expires_at.ok()?.plus_secs(LEEWAY_SECS);
        Some(Proven { customer: self.customer.clone().ok()?, until })
    }
}
