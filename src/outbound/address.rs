//! Where an address leads, and whether something may be sent there.

use std::{net::SocketAddr, time::Duration};

use url::{Host, Url};

use crate::domain::{endpoint::Reach, network::is_global};

/// How long a name may take to be found.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(5);

/// Why nothing is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    /// The name is nowhere, or the servers for names do not answer.
    #[error("the name cannot be found")]
    Unknown,
    /// It leads to this machine or into a private network.
    #[error("the name leads into a private network, where nothing is sent")]
    Private,
}

/// The addresses that a URL leads to, as far as something may be sent there. Whoever connects takes one of these, and
/// does not look the name up again: it could lead elsewhere by then.
///
/// # Errors
/// When there are none.
pub async fn resolve(url: &Url, reach: Reach) -> Result<Vec<SocketAddr>, Unreachable> {
    let port = url.port_or_known_default().ok_or(Unreachable::Unknown)?;
    let found: Vec<SocketAddr> = match url.host() {
        Some(Host::Ipv4(address)) => vec![(address, port).into()],
        Some(Host::Ipv6(address)) => vec![(address, port).into()],
        Some(Host::Domain(name)) => {
            let lookup = tokio::time::timeout(LOOKUP_TIMEOUT, tokio::net::lookup_host((name, port)));
            lookup.await.ok().and_then(Result::ok).ok_or(Unreachable::Unknown)?.collect()
        }
        None => Vec::new(),
    };
    if found.is_empty() {
        return Err(Unreachable::Unknown);
    }
    let allowed = |address: &SocketAddr| reach == Reach::Anywhere || is_global(address.ip());
    let allowed: Vec<SocketAddr> = found.into_iter().filter(allowed).collect();
    if allowed.is_empty() { Err(Unreachable::Private) } else { Ok(allowed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_is_judged_by_the_addresses_it_leads_to() {
        let url = |text: &str| Url::parse(text).unwrap();
        // A name that every machine resolves to itself, past the check of names.
        let own = url("https://localhost:8443/");
        assert_eq!(resolve(&own, Reach::Public).await, Err(Unreachable::Private));
        assert!(resolve(&own, Reach::Anywhere).await.unwrap().iter().all(|address| address.ip().is_loopback()));
        for text in ["https://127.0.0.1/", "https://[::ffff:127.0.0.1]/", "https://[::1]/", "https://169.254.169.254/"]
        {
            assert_eq!(resolve(&url(text), Reach::Public).await, Err(Unreachable::Private), "{text}");
        }
        assert_eq!(resolve(&url("https://8.8.8.8/"), Reach::Public).await, Ok(vec![([8, 8, 8, 8], 443).into()]));
        assert_eq!(resolve(&url("https://name.invalid/"), Reach::Public).await, Err(Unreachable::Unknown));
    }
}
