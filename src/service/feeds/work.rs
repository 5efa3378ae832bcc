//! Works the inbox off: any number of replicas at once, each event until it is done or somebody has to look at it.

use futures_util::{StreamExt as _, stream};
use serde_json::{Map, Value};

use crate::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        feed::{self, Became, ReturnedOf, State, Task},
        ids::{CustomerId, OrderId, ReturnId},
        invalid::FieldErrors,
        ledger::entry::Source,
        order::{
            returned::Content,
            snapshot::{OrderStatus, Snapshot},
        },
        refusal::Refusal,
        time::Timestamp,
    },
    service::{
        ledger::LedgerError,
        orders::{self, Order, Received},
        points::{self, Asked, PointsError},
    },
    store::{DbError, db::retry_on_conflict, inbox as store, inbox::Event},
};

/// Events that are taken at once.
const BATCH: u16 = 32;
/// Events that are worked off at the same time.
const AT_ONCE: usize = 16;
/// How long a replica may hold an event before another takes it, in seconds.
const LEASE_SECS: i64 = 30;
/// Pauses before an event is tried again that failed through no fault of its own, in seconds.
const PAUSES_SECS: [i64; 6] = [1, 5, 30, 120, 600, 1_800];

/// What came of one event.
enum Outcome {
    Done(Became),
    Nothing(Became),
    Failed(Became),
    /// Something was in the way that passes, for the log: later it may go.
    Later(String),
}

impl From<FieldErrors> for Outcome {
    fn from(errors: FieldErrors) -> Self {
        Self::Failed(Became::refused(|| errors.summary()))
    }
}

impl From<PointsError> for Outcome {
    fn from(error: PointsError) -> Self {
        match error {
            PointsError::Invalid(errors) => errors.into(),
            PointsError::Ledger(LedgerError::Refused(changed @ Refusal::OrderChanged(_))) => {
                Self::Later(changed.to_string())
            }
            PointsError::Ledger(LedgerError::Refused(refusal)) => Self::Failed(Became::refused(|| refusal.to_string())),
            PointsError::Ledger(other) => Self::Later(other.to_string()),
        }
    }
}

impl From<DbError> for Outcome {
    fn from(error: DbError) -> Self {
        Self::Later(error.to_string())
    }
}

/// Whose turn it is: each tenant gets a share of every round, so that a shop that sends its whole history at once does
/// not keep the orders of others waiting.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// The tenant that was last in the round before.
    after: String,
}

/// Works off a round of what is due, and says how many events that were. Killed midway, another run goes on after a
/// while.
///
/// # Errors
/// When the database is away.
pub async fn work_off(app: &App, turn: &mut Turn) -> Result<usize, DbError> {
    let now = app.now();
    if store::next_due(&app.db).await?.is_none_or(|next| next > now) {
        return Ok(0);
    }
    let (events, next) = retry_on_conflict(|| claim(app, turn, now)).await?;
    *turn = next;
    let found = events.len();
    let mut ended = stream::iter(events).map(|event| work_one(app, event)).buffer_unordered(AT_ONCE);
    while let Some(result) = ended.next().await {
        result?;
    }
    Ok(found)
}

/// Takes a round of events, and says whose turn it is after it.
async fn claim(app: &App, turn: &Turn, now: Timestamp) -> Result<(Vec<Event>, Turn), DbError> {
    let mut tx = app.db.begin().await?;
    let mut tenants = store::waiting_tenants(&mut tx, &turn.after, now, i64::from(BATCH)).await?;
    if tenants.len() < usize::from(BATCH) && !turn.after.is_empty() {
        // Round again from the first one, up to where it began.
        let first = store::waiting_tenants(&mut tx, "", now, i64::from(BATCH)).await?;
        tenants.extend(first.into_iter().filter(|tenant| tenant.as_str() <= turn.after.as_str()));
        tenants.truncate(usize::from(BATCH));
    }
    let share = i64::from(BATCH) / i64::try_from(tenants.len()).unwrap_or(i64::MAX).max(1);
    let (mut events, mut after) = (Vec::new(), String::new());
    for tenant in tenants {
        events.extend(store::claim(&mut tx, &tenant, now, now.plus_secs(LEASE_SECS), share.max(1)).await?);
        tenant.as_str().clone_into(&mut after);
    }
    tx.commit().await?;
    Ok((events, Turn { after }))
}

async fn work_one(app: &App, event: Event) -> Result<(), DbError> {
    let outcome = work(app, &event).await.unwrap_or_else(|failed| failed);
    retry_on_conflict(|| end(app, &event, &outcome)).await
}

async fn end(app: &App, event: &Event, outcome: &Outcome) -> Result<(), DbError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    match outcome {
        Outcome::Done(became) => store::end(&mut tx, event, State::Done, Some(&became.stored()), now).await?,
        Outcome::Nothing(became) => store::end(&mut tx, event, State::Nothing, Some(&became.stored()), now).await?,
        Outcome::Failed(became) => {
            // The reason can name a customer; it stands in the back office.
            tracing::warn!(tenant = %event.tenant_id, event = event.event_id, "An event could not be worked off");
            store::end(&mut tx, event, State::Failed, Some(&became.stored()), now).await?;
        }
        Outcome::Later(reason) => {
            tracing::warn!(tenant = %event.tenant_id, event = event.event_id, reason, "An event is tried again later");
            let place = usize::try_from(event.attempts - 1).unwrap_or_default();
            let pause = PAUSES_SECS.get(place).or(PAUSES_SECS.last()).copied().unwrap_or_default();
            store::postpone(&mut tx, event, &Became::InTheWay.stored(), now.plus_secs(pause)).await?;
        }
    }
    tx.commit().await
}

async fn work(app: &App, event: &Event) -> Result<Outcome, Outcome> {
    let body: Map<String, Value> = serde_json::from_str(&event.body)
        .map_err(|error| Outcome::Failed(Became::NoJson { error: error.to_string() }))?;
    let asked = Asked {
        caller: Caller { tenant: event.tenant_id.clone(), actor: Actor::system("order feed") },
        source: Source::Job,
        key: None,
    };
    let read = || feed::read(event.feed, &event.kind, &body, event.received_at);
    match readable(read)? {
        Task::Order(id, map) => {
            let snapshot = readable(|| Snapshot::from_json(&map, event.received_at))?;
            take_in(app, &asked, &id, &snapshot).await
        }
        Task::Cancelled(id) => call_off(app, &asked, &id).await,
        Task::Return(id, returned) => take_back(app, &asked, &id, &returned).await,
        Task::CustomerGone(customer) => close(app, asked, customer).await,
        Task::Nothing(why) => Ok(Outcome::Nothing(why)),
    }
}

/// What `read` makes of an event, or what does not fit in it: read again in each language, for reading changes nothing.
fn readable<T>(read: impl Fn() -> Result<T, FieldErrors>) -> Result<T, Outcome> {
    read().map_err(|_in_english| {
        Outcome::Failed(Became::refused(|| read().err().map(|errors| errors.summary()).unwrap_or_default()))
    })
}

async fn take_in(app: &App, asked: &Asked, id: &OrderId, snapshot: &Snapshot) -> Result<Outcome, Outcome> {
    let (order, received) = orders::report(app, asked, id, snapshot).await?;
    Ok(match received {
        Received::Kept => Outcome::Done(told(&order)),
        _ => Outcome::Nothing(Became::OrderStays),
    })
}

fn told(order: &Order) -> Became {
    let status = order.snapshot.as_ref().map_or("", |snapshot| snapshot.status.as_str());
    match (&order.award, &order.entry) {
        (None, _) => Became::OrderTakenIn { status: status.to_owned() },
        (Some(award), Some(_)) => Became::OrderEarned { points: award.points },
        (Some(award), None) if award.points > 0 => Became::OrderEarnsWhenClaimed { points: award.points },
        (Some(_), None) => Became::OrderEarnsNothing,
    }
}

/// Notes that an order was called off. It earns nothing; what it earned already is taken back by returns alone.
async fn call_off(app: &App, asked: &Asked, id: &OrderId) -> Result<Outcome, Outcome> {
    let known = orders::find(&app.db, &asked.caller.tenant, id).await?;
    let Some(snapshot) = known.and_then(|order| order.snapshot) else {
        return Ok(Outcome::Nothing(Became::UnknownOrderCalledOff));
    };
    if snapshot.status == OrderStatus::Completed {
        return Ok(Outcome::Nothing(Became::CompletedOrderCalledOff));
    }
    let snapshot = Snapshot { status: OrderStatus::Declined, ..snapshot };
    orders::report(app, asked, id, &snapshot).await?;
    Ok(Outcome::Done(Became::OrderCalledOff))
}

async fn take_back(
    app: &App,
    asked: &Asked,
    id: &ReturnId,
    returned: &[(OrderId, Content)],
) -> Result<Outcome, Outcome> {
    let mut parts = Vec::new();
    for (order, content) in returned {
        let (known, _) = orders::report_return(app, asked, order, id, content).await?;
        let applied = known.returns.iter().find(|one| one.id == *id).and_then(|one| one.applied.as_ref());
        parts.push(ReturnedOf { order: order.to_string(), taken: applied.map(|applied| applied.taken) });
    }
    Ok(Outcome::Done(Became::Returned { orders: parts }))
}

async fn close(app: &App, asked: Asked, customer: CustomerId) -> Result<Outcome, Outcome> {
    match points::close(app, asked, customer).await {
        Ok(_) => Ok(Outcome::Done(Became::AccountClosed)),
        Err(PointsError::Ledger(LedgerError::Refused(Refusal::UnknownCustomer(_)))) => {
            Ok(Outcome::Nothing(Became::NoAccount))
        }
        Err(error) => Err(error.into()),
    }
}
