//! The way to whoever collects traces: one request after the other, from the thread that sends them.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_util::{
    client::legacy::{self, Client},
    rt::TokioExecutor,
};
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use tokio::{runtime::Handle, sync::OnceCell};
use tokio_util::task::TaskTracker;

use crate::{
    domain::endpoint::Reach,
    outbound::{connection::Connector, document},
};

/// From the connection to the end of the answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Of an answer, which tells how many spans were taken.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

type Http = Client<Connector, Full<Bytes>>;

/// Sends to a collector. Its requests run on the server's own runtime; the thread that sends waits for them.
pub(super) struct Collector {
    endpoint: String,
    runtime: Handle,
    tasks: TaskTracker,
    client: OnceCell<Http>,
    /// Whether the last one failed: an outage is told of once.
    failing: AtomicBool,
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Collector {
    /// The way to this address. To be called within a runtime.
    pub(super) fn new(endpoint: String) -> Self {
        let (runtime, client) = (Handle::current(), OnceCell::new());
        Self { endpoint, runtime, tasks: TaskTracker::new(), client, failing: AtomicBool::new(false) }
    }

    /// Made when it is first needed: it reads the machine's certificates. The operator names the collector, so it may be
    /// anywhere.
    async fn client(&self) -> Http {
        let make = async || Client::builder(TokioExecutor::new()).build(Connector::new(Reach::Anywhere));
        self.client.get_or_init(make).await.clone()
    }

    fn tell(&self, failure: Option<&str>) {
        let was_failing = self.failing.swap(failure.is_some(), Ordering::Relaxed);
        match failure {
            Some(why) if !was_failing => {
                tracing::warn!("Traces cannot be sent to {}, and some will be lost: {why}", self.endpoint);
            }
            None if was_failing => tracing::info!("Traces are sent to {} again", self.endpoint),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client().await;
        let sending = async move { tokio::time::timeout(TIMEOUT, send(client, request)).await };
        let sent = self.tasks.spawn_on(sending, &self.runtime).await;
        let sent = match sent {
            Ok(Ok(sent)) => sent,
            Ok(Err(_late)) => Err(format!("no answer within {} seconds", TIMEOUT.as_secs())),
            Err(_ended) => Err("the server stops".to_owned()),
        };
        match &sent {
            Ok(answer) if answer.status().is_success() => self.tell(None),
            Ok(answer) => self.tell(Some(&format!("it answers {}", answer.status()))),
            Err(why) => self.tell(Some(why)),
        }
        Ok(sent?)
    }
}

async fn send(client: Http, request: Request<Bytes>) -> Result<Response<Bytes>, String> {
    let answer = client.request(request.map(Full::new)).await;
    let (head, body) = answer.map_err(|error: legacy::Error| document::cause(&error))?.into_parts();
    let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
    let body = body.map_err(|_broken| "the answer breaks off, or is too long".to_owned())?;
    Ok(Response::from_parts(head, body.to_bytes()))
}
