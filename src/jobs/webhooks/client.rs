//! Posting one event, within bounds: whatever the receiver does, it ends soon and costs little.

use std::time::Duration;

use chrono::DateTime;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    header,
};
use hyper_util::{client::legacy, rt::TokioExecutor};
use tokio::time::Instant;

use crate::{
    domain::{
        delivery::Outcome,
        endpoint::{EndpointUrl, Reach},
        time::Timestamp,
    },
    outbound::{connection::Connector, document::cause},
};

/// From the first look for the name to the last byte of the answer.
const TIMEOUT: Duration = Duration::from_secs(15);
/// More of an answer is not read.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// So much of it is kept.
const KEPT_BYTES_MAX: usize = 1_024;
/// A connection is used again within this time.
const IDLE: Duration = Duration::from_secs(20);
/// Connections to one receiver that wait to be used again.
const IDLE_MAX: usize = 8;

/// Sends to receivers; cheap to clone.
#[derive(Clone)]
pub(super) struct Client {
    reach: Reach,
    http: legacy::Client<Connector, Full<Bytes>>,
}

impl Client {
    /// A client that sends to addresses within `reach`.
    pub(super) fn new(reach: Reach) -> Self {
        let http = legacy::Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_MAX)
            .pool_timer(hyper_util::rt::TokioTimer::new())
            // A receiver that sends more headers than anybody needs is cut off.
            .http1_max_buf_size(ANSWER_BYTES_MAX)
            .build(Connector::new(reach));
        Self { reach, http }
    }

    /// Posts a body and tells what came of it. Redirects are not followed.
    pub(super) async fn post(
        &self,
        url: &EndpointUrl,
        headers: &[(&str, &str)],
        body: String,
        now: Timestamp,
    ) -> Outcome {
        // The operator may have closed what was open when the address was written down.
        let url = match url.check(self.reach) {
            Ok(url) => url,
            Err(error) => return Outcome::failed(format!("nothing is sent to this address. {error}")),
        };
        let mut request = Request::post(url.as_str())
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, concat!("Guerdon/", env!("CARGO_PKG_VERSION")));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let Ok(request) = request.body(Full::new(Bytes::from(body))) else {
            return Outcome::failed("the address does not fit into a request");
        };
        let end = Instant::now() + TIMEOUT;
        match tokio::time::timeout_at(end, self.http.request(request)).await {
            Err(_late) => Outcome::failed(format!("no answer within {} seconds", TIMEOUT.as_secs())),
            Ok(Err(error)) => Outcome::failed(cause(&error)),
            Ok(Ok(response)) => answered(response, end, now).await,
        }
    }
}

/// Reads an answer. Once its head is there, what follows changes nothing: it may break off or go on for ever.
async fn answered(response: Response<Incoming>, end: Instant, now: Timestamp) -> Outcome {
    let status = response.status().as_u16();
    let retry_after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = retry_after.and_then(|text| secs_until(text, now));
    let (mut kept, mut read, mut body) = (Vec::new(), 0, response.into_body());
    while let Ok(Some(Ok(frame))) = tokio::time::timeout_at(end, body.frame()).await {
        let Some(data) = frame.data_ref() else { continue };
        read += data.len();
        let room = KEPT_BYTES_MAX.saturating_sub(kept.len()).min(data.len());
        kept.extend(data.iter().take(room));
        if read > ANSWER_BYTES_MAX {
            break;
        }
    }
    Outcome::answered(status, &kept, retry_after)
}

/// `Retry-After`: seconds, or a date.
fn secs_until(text: &str, now: Timestamp) -> Option<i64> {
    if let Ok(secs) = text.trim().parse::<i64>() {
        return Some(secs);
    }
    let until = DateTime::parse_from_rfc2822(text.trim()).ok()?;
    Some(until.timestamp().saturating_sub(now.micros().div_euclid(1_000_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = Timestamp::parse("2027-01-15T12:00:00Z").unwrap();
        assert_eq!(secs_until("120", now), Some(120));
        assert_eq!(secs_until("Fri, 15 Jan 2027 12:01:30 GMT", now), Some(90));
        assert_eq!(secs_until("Fri, 15 Jan 2027 11:59:30 GMT", now), Some(-30));
        assert_eq!(secs_until("soon", now), None);
    }
}
