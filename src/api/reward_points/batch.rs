//! The summaries of all customers, as a stream that takes the same memory for ten customers and for a million.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data},
};
use futures_util::{Stream, stream};

use super::view::CustomerSummary;
use crate::{
    api::{
        auth,
        error::ApiError,
        page::{self, Page},
    },
    app::App,
    domain::scope::Scope,
    service::summary::{self, Summary, Walk},
    store::DbError,
};

/// How often a page is read again when the database does not answer, and how long after each attempt.
const PAUSES: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(500), Duration::from_secs(2)];

/// Read the history of all customers
///
/// The histories of all customers that have an account, in the order of their ids. Without `pageNumber` and `pageSize`
/// they are all answered, as a stream. Each history is as of one moment.
#[utoipa::path(
    get, path = "/reward-points/summaryBatch", tag = "Customers' points", operation_id = "readAllSummaries",
    params(
        ("pageNumber" = Option<i64>, Query, minimum = 1, example = 1,
            description = "The page; 1 by default when `pageSize` is given. An addition to the contract."),
        ("pageSize" = Option<i64>, Query, minimum = 1, maximum = 1000, example = 100,
            description = "Customers on a page; 16 by default when `pageNumber` is given. An addition to the contract."),
    ),
    responses(
        (status = 200, description = "The histories.", content_type = "application/json", body = [CustomerSummary],
            headers(("X-Total-Count" = i64, description = "How many customers there are. Only on pages."))),
        (status = 400, description = "The page does not fit."),
    ),
    security(("OAuth2" = ["rewardspoints.rewardpoints_view"])),
)]
pub(super) async fn summaries(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let caller = auth::service(&app, &request, &[Scope::RewardPointsView]).await?;
    let Some(page) = Page::asked(&request)? else {
        let mut walk = Walk::new(caller.tenant);
        // Before the answer begins, so that a database that is away is told as an error.
        let first = walk.next(&app.db, app.now()).await?;
        let stream = Batch { app: app.get_ref().clone(), walk, next: Some(first), begun: false };
        return Ok(HttpResponse::Ok().content_type("application/json").streaming(stream.into_stream()));
    };
    let total = summary::count(&app.db, &caller.tenant).await?;
    let summaries = summary::list(&app.db, &caller.tenant, page.skip(), page.size(), app.now()).await?;
    let summaries: Vec<_> = summaries.into_iter().map(CustomerSummary::from).collect();
    Ok(HttpResponse::Ok().insert_header((page::TOTAL, total)).json(summaries))
}

/// What is left to send.
struct Batch {
    app: App,
    walk: Walk,
    /// Read, and not sent yet.
    next: Option<Vec<Summary>>,
    begun: bool,
}

impl Batch {
    /// One chunk for each page, read when the one before it is on its way. When the database stays away the stream
    /// breaks off, so that no client takes a part for the whole.
    fn into_stream(self) -> impl Stream<Item = Result<Bytes, DbError>> {
        stream::try_unfold(Some(self), |batch| async {
            let Some(mut batch) = batch else { return Ok(None) };
            let summaries = match batch.next.take() {
                Some(summaries) => summaries,
                None => batch.read().await?,
            };
            let ended = summaries.is_empty();
            let chunk = batch.write(summaries);
            Ok(Some((chunk, (!ended).then_some(batch))))
        })
    }

    async fn read(&mut self) -> Result<Vec<Summary>, DbError> {
        for pause in PAUSES {
            match self.walk.next(&self.app.db, self.app.now()).await {
                Ok(summaries) => return Ok(summaries),
                Err(error) => tracing::warn!(%error, "A page of summaries could not be read; trying again"),
            }
            tokio::time::sleep(pause).await;
        }
        let last = self.walk.next(&self.app.db, self.app.now()).await;
        last.inspect_err(|error| tracing::error!(%error, "An answer with all summaries was broken off"))
    }

    fn write(&mut self, summaries: Vec<Summary>) -> Bytes {
        let mut chunk = Vec::new();
        if !self.begun {
            chunk.push(b'[');
        }
        if summaries.is_empty() {
            chunk.push(b']');
        }
        for summary in summaries {
            if self.begun {
                chunk.push(b',');
            }
            self.begun = true;
            // Writing into a Vec does not fail, and neither does making JSON of texts and numbers.
            let _ = serde_json::to_writer(&mut chunk, &CustomerSummary::from(summary));
        }
        chunk.into()
    }
}
