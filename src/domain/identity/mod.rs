//! The identity providers of shops: who signs the tokens of their customers, and what makes such a token good.

mod crypto;
mod keys;
mod token;

pub use keys::{Key, KeySet, SET_BYTES_MAX, Skipped};
pub use token::{ClaimFault, Examined, LEEWAY_SECS, LIFE_SECS_MAX, Proven, SignatureFault, TimeFault, Times, Unproven};

use super::{
    endpoint::{EndpointUrl, Reach},
    invalid::{FieldErrors, Invalid},
    name,
    text::{self, Lines},
};
use crate::texts::t;

/// Longest issuer, audience or name of a claim, in characters.
pub const CHARS_MAX: usize = 500;
/// The claim that holds the customer when nothing else is said.
pub const CLAIM: &str = "sub";

/// Where the keys come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// An admin pasted them: the JSON as it was pasted.
    Pasted(String),
    /// They are fetched from here again and again.
    Url(EndpointUrl),
}

/// What an admin says of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderDraft {
    /// What people call it.
    pub name: String,
    /// What `iss` must be, to the letter.
    pub issuer: String,
    /// What must be among `aud`.
    pub audience: String,
    /// The claim that holds the customer; dots lead into objects.
    pub claim: String,
    /// Where the keys come from.
    pub source: KeySource,
}

/// What an admin types.
#[derive(Clone, Copy, Debug)]
pub struct TypedProvider<'a> {
    /// What people call it.
    pub name: &'a str,
    /// What `iss` must be.
    pub issuer: &'a str,
    /// What must be among `aud`.
    pub audience: &'a str,
    /// The claim that holds the customer; empty: [`CLAIM`].
    pub claim: &'a str,
    /// The address of the keys, if they are fetched.
    pub jwks_url: &'a str,
    /// The keys, if they are not.
    pub jwks: &'a str,
}

fn term(text: &str) -> Result<String, Invalid> {
    let text = text.trim();
    text::check(text, CHARS_MAX, Lines::One)?;
    if text.is_empty() { Err(Invalid::new(t!("invalid-empty"))) } else { Ok(text.to_owned()) }
}

impl ProviderDraft {
    /// Takes what an admin typed.
    ///
    /// # Errors
    /// Every field that does not fit: `name`, `issuer`, `audience`, `claim`, `jwks_url` or `jwks`.
    pub fn parse(typed: TypedProvider<'_>, reach: Reach) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.check("name", name::parse(typed.name));
        let issuer = errors.check("issuer", term(typed.issuer));
        let audience = errors.check("audience", term(typed.audience));
        let claim = match typed.claim.trim() {
            "" => Some(CLAIM.to_owned()),
            claim => errors.check("claim", term(claim)),
        };
        let source = match (typed.jwks_url.trim(), typed.jwks.trim()) {
            ("", "") => {
                errors.add("jwks_url", t!("identity-no-keys"));
                None
            }
            ("", pasted) => errors.check("jwks", KeySet::usable(pasted)).map(|_| KeySource::Pasted(pasted.to_owned())),
            (url, "") => errors.check("jwks_url", EndpointUrl::parse(url, reach)).map(KeySource::Url),
            _ => {
                errors.add("jwks", t!("identity-two-sources"));
                None
            }
        };
        match (name, issuer, audience, claim, source) {
            (Some(name), Some(issuer), Some(audience), Some(claim), Some(source)) if errors.is_empty() => {
                Ok(Self { name, issuer, audience, claim, source })
            }
            _ => Err(errors),
        }
    }
}

/// What a token is held against.
#[derive(Clone, Copy, Debug)]
pub struct Trusted<'a> {
    /// What `iss` must be.
    pub issuer: &'a str,
    /// What must be among `aud`.
    pub audience: &'a str,
    /// The claim that holds the customer.
    pub claim: &'a str,
    /// The keys, one of which signed it.
    pub keys: &'a KeySet,
}
