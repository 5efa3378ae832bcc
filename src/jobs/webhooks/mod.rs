//! Sends the events of the outbox: again and again until they are taken, or given up and parked.

mod client;

use std::time::{Duration, Instant};

use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture, stream::FuturesUnordered};

use self::client::Client;
use crate::{
    app::App,
    domain::{
        delivery::Outcome,
        webhook::{ID_HEADER, Message, SIGNATURE_HEADER, TIMESTAMP_HEADER},
    },
    service::webhooks::{
        Endpoint,
        sending::{self, Busy, Claimed, Tried},
    },
    store::DbError,
};

/// What other replicas wrote, and what failed before, is looked for so often.
const POLL: Duration = Duration::from_secs(1);
/// When the server stops, tries that are under way get so much time to end.
const END: Duration = Duration::from_secs(5);

/// Starts the sender. It ends when `app.stopping` is cancelled.
pub(super) fn start(app: &App) {
    app.tasks.spawn(run(app.clone()));
}

struct Sender {
    app: App,
    client: Client,
    /// A list rather than tasks: what is not done when the server stops is dropped with it.
    under_way: FuturesUnordered<BoxFuture<'static, Tried>>,
    claimed: Vec<Claimed>,
    done: Vec<Tried>,
}

async fn run(app: App) {
    // Reads the machine's certificates.
    let reach = app.settings.reach();
    let Ok(client) = tokio::task::spawn_blocking(move || Client::new(reach)).await else { return };
    match sending::take_over(&app).await {
        Ok(0) => {}
        Ok(tries) => tracing::info!(tries, "Making {tries} webhook tries again that were cut off"),
        Err(error) => tracing::warn!(%error, "Could not take over the webhook tries that were cut off"),
    }
    let sender = Sender { app, client, under_way: FuturesUnordered::new(), claimed: Vec::new(), done: Vec::new() };
    sender.run().await;
}

impl Sender {
    async fn run(mut self) {
        let mut waits = false;
        loop {
            // While the database is away it is asked once a second; what was done is kept.
            match self.turn().await {
                Ok(()) => waits = false,
                Err(error) if !waits => {
                    tracing::warn!(%error, "Could not read or write webhook deliveries; trying again every second");
                    waits = true;
                }
                Err(_again) => {}
            }
            tokio::select! {
                () = self.app.stopping.cancelled() => break,
                () = self.app.ledger.news().notified(), if !waits => {}
                () = tokio::time::sleep(POLL) => {}
                Some(tried) = self.under_way.next() => self.note(tried),
            }
        }
        self.end().await;
    }

    fn note(&mut self, tried: Tried) {
        self.claimed.retain(|one| *one != tried.claimed);
        self.done.push(tried);
        // Those that ended meanwhile share the transaction.
        while let Some(Some(tried)) = self.under_way.next().now_or_never() {
            self.claimed.retain(|one| *one != tried.claimed);
            self.done.push(tried);
        }
    }

    /// Writes what was done, takes what is due, and begins with it.
    async fn turn(&mut self) -> Result<(), DbError> {
        if !self.done.is_empty() {
            match sending::finish(&self.app, &self.done).await {
                Err(error) if error.is_temporary() => return Err(error),
                // What can never be written must not hold up the rest; it is tried again when its lease ends.
                Err(error) => tracing::error!(%error, "Cannot write how webhook tries went; they are made again"),
                Ok(()) => {}
            }
            self.done.clear();
        }
        let mut busy = Busy::new();
        for one in &self.claimed {
            *busy.entry((one.tenant.clone(), one.endpoint_id.clone())).or_default() += 1;
        }
        for (endpoint, claimed) in sending::claim(&self.app, &busy).await? {
            for one in claimed {
                self.claimed.push(one.clone());
                self.under_way.push(attempt(self.app.clone(), self.client.clone(), endpoint.clone(), one).boxed());
            }
        }
        Ok(())
    }

    async fn end(mut self) {
        let rest = async {
            while let Some(tried) = self.under_way.next().await {
                self.note(tried);
            }
        };
        if tokio::time::timeout(END, rest).await.is_err() {
            self.under_way.clear();
        }
        let mut ended = Ok(());
        if !self.done.is_empty() {
            ended = sending::finish(&self.app, &self.done).await;
        }
        if ended.is_ok() && !self.claimed.is_empty() {
            ended = sending::release(&self.app, &self.claimed).await;
        }
        if let Err(error) = ended {
            tracing::warn!(%error, "Could not write how the last webhook tries went; they are made again");
        }
    }
}

/// Makes one try.
async fn attempt(app: App, client: Client, endpoint: Endpoint, claimed: Claimed) -> Tried {
    let at = app.now();
    let begun = Instant::now();
    let at_secs = at.micros().div_euclid(1_000_000);
    let message = Message { id: &claimed.event_id, at_secs, body: claimed.body.as_bytes() };
    let (signature, outcome) = match sending::sign(&app, &endpoint, message, at) {
        Err(outcome) => (String::new(), outcome),
        Ok(signature) => {
            let headers = [
                (ID_HEADER, claimed.event_id.as_str()),
                (TIMESTAMP_HEADER, &at_secs.to_string()),
                (SIGNATURE_HEADER, &signature),
            ];
            let outcome = client.post(&endpoint.draft.url, &headers, claimed.body.clone(), at).await;
            (signature, outcome)
        }
    };
    log(&endpoint, &claimed, &outcome);
    Tried {
        next: sending::next(&app, &claimed, &outcome),
        url: endpoint.draft.url.to_string(),
        signature,
        at,
        millis: i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX),
        outcome,
        claimed,
    }
}

fn log(endpoint: &Endpoint, claimed: &Claimed, outcome: &Outcome) {
    let (tenant, endpoint, event) = (&endpoint.tenant, &endpoint.id, &claimed.event_id);
    match &outcome.error {
        None => tracing::debug!(%tenant, %endpoint, %event, "Delivered webhook `{event}`"),
        Some(why) => tracing::info!(%tenant, %endpoint, %event, why, "Webhook `{event}` was not taken: {why}"),
    }
}
