//! Fetching a small document.

use std::{error::Error, time::Duration};

use http_body_util::{BodyExt as _, Empty};
use hyper::{Request, StatusCode, body::Bytes, header};
use hyper_util::{client::legacy, rt::TokioExecutor};
use tokio::time::Instant;

use super::connection::Connector;
use crate::domain::endpoint::{EndpointUrl, Reach};

/// From the first look for the name to the last byte of the answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Fetches what is at an address. Redirects are not followed.
///
/// # Errors
/// Why there is nothing, in words for whoever wrote the address down.
pub async fn fetch(url: &EndpointUrl, reach: Reach, bytes_max: usize) -> Result<Vec<u8>, String> {
    // The operator may have closed what was open when the address was written down.
    let url = url.check(reach).map_err(|error| format!("nothing is fetched from this address. {error}"))?;
    let end = Instant::now() + TIMEOUT;
    let late = || format!("no answer within {} seconds", TIMEOUT.as_secs());
    // Reads the machine's certificates.
    let connector = tokio::task::spawn_blocking(move || Connector::new(reach));
    let connector = connector.await.map_err(|_ended| "the server is stopping".to_owned())?;
    let client = legacy::Client::builder(TokioExecutor::new())
        .pool_max_idle_per_host(0)
        .http1_max_buf_size(bytes_max.max(MIN_BUFFER))
        .build::<_, Empty<Bytes>>(connector);
    let request = Request::get(url.as_str())
        .header(header::ACCEPT, "application/jwk-set+json, application/json")
        .header(header::USER_AGENT, concat!("Guerdon/", env!("CARGO_PKG_VERSION")))
        .body(Empty::new())
        .map_err(|_unfit| "the address does not fit into a request".to_owned())?;
    let answer = tokio::time::timeout_at(end, client.request(request)).await.map_err(|_late| late())?;
    let answer = answer.map_err(|error| cause(&error))?;
    if answer.status() != StatusCode::OK {
        return Err(format!("it answers {} rather than 200", answer.status().as_u16()));
    }
    let (mut read, mut body) = (Vec::new(), answer.into_body());
    while let Some(frame) = tokio::time::timeout_at(end, body.frame()).await.map_err(|_late| late())? {
        let frame = frame.map_err(|_broken| "the answer breaks off".to_owned())?;
        let Some(data) = frame.data_ref() else { continue };
        if read.len() + data.len() > bytes_max {
            return Err(format!("the answer is longer than {} KiB", bytes_max / 1024));
        }
        read.extend_from_slice(data);
    }
    Ok(read)
}

/// The least that the HTTP library takes for its buffer.
const MIN_BUFFER: usize = 8 * 1024;

/// What went wrong, in the words of what it began with.
pub fn cause(error: &legacy::Error) -> String {
    let mut root: &dyn Error = error;
    while let Some(source) = root.source() {
        root = source;
    }
    if error.is_connect() { format!("no connection: {root}") } else { format!("no answer: {root}") }
}
