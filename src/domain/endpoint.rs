//! Webhook endpoints: where a tenant wants to be told what happens, and which addresses are taken.

use std::{collections::BTreeSet, fmt};

use url::{Host, Url};

use super::{
    event::EventType,
    invalid::{FieldErrors, Invalid},
    network::is_global,
    text::{self, Lines},
};
use crate::texts::t;

/// Longest address, in characters.
pub const URL_CHARS_MAX: usize = 2_000;
/// Longest description, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 200;

/// Which addresses events may be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// `https`, on the public internet.
    Public,
    /// Any, with `http` too: the operator says that the networks around this machine are no secret to its tenants.
    Anywhere,
}

/// The address of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointUrl(String);

impl EndpointUrl {
    /// An address that was taken before; it is looked at again when something is sent to it.
    pub fn kept(text: String) -> Self {
        Self(text)
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes an address.
    ///
    /// # Errors
    /// When it is none, or leads where nothing may be sent.
    pub fn parse(text: &str, reach: Reach) -> Result<Self, Invalid> {
        Ok(Self(parse(text.trim(), reach)?.into()))
    }

    /// The parts of the address, if something may be sent to it.
    ///
    /// # Errors
    /// When nothing may be sent to it any more.
    pub fn check(&self, reach: Reach) -> Result<Url, Invalid> {
        parse(&self.0, reach)
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn parse(text: &str, reach: Reach) -> Result<Url, Invalid> {
    if text.is_empty() || text.chars().count() > URL_CHARS_MAX {
        return Err(Invalid::new(t!("invalid-url-length", most = URL_CHARS_MAX)));
    }
    // Whatever way the host is written (`0x7f.1`, `2130706433`), it is a plain address afterwards.
    let url = Url::parse(text).map_err(|_no_url| Invalid::new(t!("invalid-url")))?;
    match (url.scheme(), reach) {
        ("https", _) | ("http", Reach::Anywhere) => {}
        ("http", Reach::Public) => return Err(Invalid::new(t!("invalid-url-https"))),
        _ => return Err(Invalid::new(t!("invalid-url"))),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Invalid::new(t!("invalid-url-user")));
    }
    if url.fragment().is_some() {
        return Err(Invalid::new(t!("invalid-url-fragment")));
    }
    if reach == Reach::Anywhere {
        return Ok(url);
    }
    if url.port().is_some_and(|port| port < 1_024) {
        return Err(Invalid::new(t!("invalid-url-port")));
    }
    let private = || Invalid::new(t!("invalid-url-private"));
    match url.host() {
        Some(Host::Ipv4(address)) if is_global(address.into()) => Ok(url),
        Some(Host::Ipv6(address)) if is_global(address.into()) => Ok(url),
        Some(Host::Domain(name)) if is_public_name(name) => Ok(url),
        _ => Err(private()),
    }
}

/// Names that mean this machine or its own network, whoever is asked.
fn is_public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let last = name.rsplit('.').next().unwrap_or_default();
    name.contains('.')
        && !["localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "arpa"].contains(&last)
}

/// What an endpoint is, as an admin writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointDraft {
    /// Where to.
    pub url: EndpointUrl,
    /// What for.
    pub description: String,
    /// What is wanted.
    pub event_types: BTreeSet<EventType>,
}

impl EndpointDraft {
    /// Takes what an admin wrote.
    ///
    /// # Errors
    /// When something does not fit; the fields are `url`, `description` and `event_types`.
    pub fn parse(url: &str, description: &str, event_types: &[String], reach: Reach) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let url = errors.check("url", EndpointUrl::parse(url, reach));
        let description = description.trim();
        errors.check("description", text::check(description, DESCRIPTION_CHARS_MAX, Lines::One));
        let types = event_types.iter().map(|one| EventType::parse(one)).collect::<Result<BTreeSet<_>, _>>();
        let types = errors.check(
            "event_types",
            types.map(|mut types| {
                types.remove(&EventType::Test);
                types
            }),
        );
        if types.as_ref().is_some_and(BTreeSet::is_empty) {
            errors.add("event_types", t!("invalid-no-event"));
        }
        match (url, types) {
            (Some(url), Some(event_types)) if errors.is_empty() => {
                Ok(Self { url, description: description.to_owned(), event_types })
            }
            _ => Err(errors),
        }
    }
}

/// By whose doing an endpoint is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PausedBy {
    /// An employee wants it so.
    Employee,
    /// The endpoint answered that it is gone for good (410).
    Gone,
}

impl PausedBy {
    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Employee => "employee",
            Self::Gone => "gone",
        }
    }

    /// Takes the stored word.
    pub fn of(word: &str) -> Self {
        if word == "gone" { Self::Gone } else { Self::Employee }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_over_tls_are_taken() {
        for (text, kept) in [
            ("https://shop.example.com/points", "https://shop.example.com/points"),
            (" https://shop.example.com ", "https://shop.example.com/"),
            ("https://shop.example.com:8443/a?b=c", "https://shop.example.com:8443/a?b=c"),
            ("HTTPS://SHOP.example.COM:443/", "https://shop.example.com/"),
            ("https://8.8.8.8/hook", "https://8.8.8.8/hook"),
            ("https://[2606:4700::1111]/hook", "https://[2606:4700::1111]/hook"),
            ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ] {
            assert_eq!(EndpointUrl::parse(text, Reach::Public).unwrap().as_str(), kept, "{text}");
        }
    }

    #[test]
    fn what_leads_to_private_networks_is_refused_however_it_is_written() {
        for text in [
            "",
            "shop.example.com",
            "http://shop.example.com/",
            "ftp://shop.example.com/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://",
            "https://user@shop.example.com/",
            "https://user:secret@shop.example.com/",
            "https://shop.example.com/#part",
            "https://shop.example.com:22/",
            "https://localhost/",
            "https://localhost./",
            "https://LOCALHOST/",
            "https://a.localhost/",
            "https://printer/",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.0.0.1/",
            "https://0177.0.0.1/",
            "https://017700000001/",
            "https://127.0.0.1./",
            "https://１２７.0.0.1/",
            "https://0/",
            "https://0.0.0.0/",
            "https://10.1.2.3/",
            "https://172.16.0.1/",
            "https://172.31.255.255/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://100.64.0.1/",
            "https://198.18.0.1/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://[::]/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[::127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[64:ff9b:1::1]/",
            "https://[2002:7f00:1::]/",
            "https://[2001::1]/",
            "https://[fc00::1]/",
            "https://[fd12:3456::1]/",
            "https://[fe80::1]/",
            "https://[fec0::1]/",
            "https://[ff02::1]/",
            "https://[2001:db8::1]/",
            &format!("https://shop.example.com/{}", "a".repeat(URL_CHARS_MAX)),
        ] {
            assert!(EndpointUrl::parse(text, Reach::Public).is_err(), "{text}");
        }
    }

    #[test]
    fn the_operator_may_open_everything_but_not_other_schemes() {
        for text in ["http://127.0.0.1:4711/hook", "http://localhost/", "https://10.0.0.1:80/"] {
            assert!(EndpointUrl::parse(text, Reach::Anywhere).is_ok(), "{text}");
            assert!(EndpointUrl::parse(text, Reach::Public).is_err(), "{text}");
        }
        for text in ["ftp://127.0.0.1/", "http://user@127.0.0.1/", "file:///etc/passwd", "http://127.0.0.1/#x"] {
            assert!(EndpointUrl::parse(text, Reach::Anywhere).is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_that_was_taken_is_looked_at_again() {
        let kept = EndpointUrl::parse("http://127.0.0.1:4711/", Reach::Anywhere).unwrap();
        assert!(kept.check(Reach::Anywhere).is_ok());
        assert!(kept.check(Reach::Public).is_err());
    }

    #[test]
    fn a_draft_names_every_field_that_does_not_fit() {
        let types = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let draft = EndpointDraft::parse("https://a.example/", " Shop ", &types(&["points.added"]), Reach::Public);
        assert_eq!(draft.unwrap().description, "Shop");
        let errors = EndpointDraft::parse("x", "a\nb", &types(&["webhook.test"]), Reach::Public).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["url", "description", "event_types"]);
        assert!(EndpointDraft::parse("https://a.example/", "", &types(&["points.lost"]), Reach::Public).is_err());
    }
}
