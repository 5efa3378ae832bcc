//! The sums of a tenant's days, which are kept so that a year need not be added up for each look at the overview.
//!
//! They are a copy of what the entries say, made once a day is over, or once many entries of it have come, and only up to
//! the first end of points that is not recorded yet. Entries bear the instant in which they are written; where they bear
//! another one (points that ended, an import of the past), the transaction takes back what was kept of that time. What is
//! not kept is added up from the entries.

use chrono_tz::Tz;

use crate::{
    app::App,
    domain::{calendar, ids::TenantId, time::Timestamp},
    store::{
        Db, DbError, Tx,
        day_sums::{self, Day},
        db::retry_on_conflict,
        figures::{self, Chosen, Exchanged, Sums},
        tenants,
    },
};

/// Entries of this long ago are all there, whichever replica wrote them: their clocks differ by less, and a transaction
/// takes less.
const SETTLED_SECS: i64 = 60;
/// So many entries are added up at once, and so many of today are left to be added up by who looks.
const ENTRIES_MAX: i64 = 20_000;
/// So many days are kept in one transaction.
const DAYS_MAX: usize = 31;
/// So many transactions follow each other for one tenant before the next has its turn.
const TURN: u32 = 50;

/// Before everything.
const EVER: Timestamp = Timestamp::from_micros(i64::MIN);

/// From an instant to before another.
type Span = (Timestamp, Timestamp);

/// What moved in each of some spans, and which options were chosen in `period`: kept sums where there are some, and
/// entries for what lies between them. All from one moment.
pub(super) async fn moved(
    db: &Db,
    tenant: &TenantId,
    spans: &[Span],
    period: Span,
    now: Timestamp,
) -> Result<(Vec<Sums>, Vec<Chosen>), DbError> {
    let (Some((from, _)), Some((_, until))) = (spans.first(), spans.last()) else { return Ok(Default::default()) };
    let mut tx = db.snapshot().await?;
    let mut days = day_sums::list(&mut tx, tenant, *from, *until).await?;
    // What is kept of the future was kept while the clock was wrong; then nothing of it can be believed.
    if days.last().is_some_and(|day| day.until > now) {
        days.clear();
    }
    let mut sums = vec![Sums::default(); spans.len()];
    let (mut places, mut gaps) = (Vec::new(), Vec::new());
    for (place, (&span, sum)) in spans.iter().zip(&mut sums).enumerate() {
        let missing = take_kept(span, &days, |day| sum.add(&day.sums));
        places.extend(missing.iter().map(|_| place));
        gaps.extend(missing);
    }
    for (place, missing) in places.into_iter().zip(figures::moved(&mut tx, tenant, &gaps).await?) {
        if let Some(sum) = sums.get_mut(place) {
            sum.add(&missing);
        }
    }
    let mut exchanged = Exchanged::default();
    let gaps = take_kept(period, &days, |day| exchanged.add(&day.exchanged));
    exchanged.add(&figures::exchanged(&mut tx, tenant, &gaps).await?);
    Ok((sums, figures::chosen(&mut tx, tenant, period, exchanged).await?))
}

/// Takes the days that lie within the span, and tells what they leave open.
fn take_kept((from, until): Span, days: &[Day], mut take: impl FnMut(&Day)) -> Vec<Span> {
    let (mut gaps, mut reached) = (Vec::new(), from);
    for day in days.iter().filter(|day| day.starts_at >= from && day.ends_at <= until) {
        if day.starts_at > reached {
            gaps.push((reached, day.starts_at));
        }
        take(day);
        reached = day.until;
    }
    if reached < until {
        gaps.push((reached, until));
    }
    gaps
}

/// Keeps the sums of every tenant's days as far as they can be; says how many transactions that took. Several replicas may
/// do so at once.
///
/// # Errors
/// When the database fails.
pub async fn keep_all(app: &App) -> Result<u32, DbError> {
    let mut steps = 0;
    for tenant in tenants::list(&app.db).await? {
        let mut turn = 0;
        while turn < TURN && !app.stopping.is_cancelled() && keep(app, &tenant.id, tenant.zone).await? {
            turn += 1;
        }
        steps += turn;
    }
    Ok(steps)
}

/// Keeps the next days of a tenant; `false` when there are none to keep. Nobody who writes waits for the adding up: if
/// sums were taken back meanwhile, it was for nothing.
async fn keep(app: &App, tenant: &TenantId, zone: Tz) -> Result<bool, DbError> {
    let mut tx = app.db.snapshot().await?;
    let times = day_sums::times_taken_back(&mut tx, tenant).await?;
    let next = add_up(&mut tx, tenant, zone, app.now()).await?;
    drop(tx);
    if matches!(&next, Next::Days(days) if days.is_empty()) {
        return Ok(false);
    }
    retry_on_conflict(|| async {
        let mut tx = app.db.begin().await?;
        if day_sums::lock(&mut tx, tenant).await? == times {
            match &next {
                Next::Days(days) => {
                    for day in days {
                        day_sums::put(&mut tx, tenant, day).await?;
                    }
                }
                Next::Anew => day_sums::take_back(&mut tx, tenant, EVER).await?,
            }
            tx.commit().await?;
        }
        Ok(true)
    })
    .await
}

/// What is to be kept next.
enum Next {
    /// These days.
    Days(Vec<Day>),
    /// Nothing that is kept can be believed: the clock was wrong.
    Anew,
}

/// The next days that can be kept, some of them at a time.
async fn add_up(tx: &mut Tx, tenant: &TenantId, zone: Tz, now: Timestamp) -> Result<Next, DbError> {
    let settled = now.plus_secs(-SETTLED_SECS);
    let settled = day_sums::first_end_to_record(tx, tenant, settled).await?.unwrap_or(settled);
    let mut day = match day_sums::newest(tx, tenant).await? {
        Some(day) if day.until > now => return Ok(Next::Anew),
        Some(day) => day,
        None => match day_sums::find_place(tx, tenant, (EVER, settled), 0).await? {
            Some(first) => new_day(calendar::start_of(calendar::day_of(first, zone), zone).min(first), zone),
            None => return Ok(Next::Days(Vec::new())),
        },
    };
    let (mut days, mut entries) = (Vec::new(), 0);
    while days.len() < DAYS_MAX && entries < ENTRIES_MAX {
        if day.until == day.ends_at {
            day = new_day(day.ends_at, zone);
        }
        let Some(until) = reach(tx, tenant, &day, settled).await? else { break };
        let span = [(day.until, until)];
        for sums in figures::moved(tx, tenant, &span).await? {
            entries += sums.entries();
            day.sums.add(&sums);
        }
        day.exchanged.add(&figures::exchanged(tx, tenant, &span).await?);
        day.until = until;
        days.push(day.clone());
    }
    Ok(Next::Days(days))
}

/// How far into a day more can be kept: to its end, or as far as many entries go.
async fn reach(tx: &mut Tx, tenant: &TenantId, day: &Day, settled: Timestamp) -> Result<Option<Timestamp>, DbError> {
    let until = settled.min(day.ends_at);
    if until <= day.until {
        return Ok(None);
    }
    Ok(match day_sums::find_place(tx, tenant, (day.until, until), ENTRIES_MAX).await? {
        // However many entries are of the same microsecond, they belong together.
        Some(full) => Some(full.max(Timestamp::from_micros(day.until.micros().saturating_add(1)))),
        None if until < day.ends_at => None,
        None => Some(until),
    })
}

fn new_day(starts_at: Timestamp, zone: Tz) -> Day {
    let ends_at = calendar::start_of_day_after(starts_at, 1, zone);
    Day { starts_at, ends_at, until: starts_at, sums: Sums::default(), exchanged: Exchanged::default() }
}

/// Compares all sums with the entries, and takes those of a tenant back where they differ, so that they are made anew.
/// Says for which tenants.
///
/// # Errors
/// When the database fails.
pub async fn check_all(app: &App) -> Result<Vec<TenantId>, DbError> {
    let mut wrong = Vec::new();
    for tenant in tenants::list(&app.db).await? {
        let tenant = tenant.id;
        if !are_right(&app.db, &tenant).await? {
            retry_on_conflict(|| async {
                let mut tx = app.db.begin().await?;
                day_sums::take_back(&mut tx, &tenant, EVER).await?;
                tx.commit().await
            })
            .await?;
            wrong.push(tenant);
        }
    }
    Ok(wrong)
}

async fn are_right(db: &Db, tenant: &TenantId) -> Result<bool, DbError> {
    let mut tx = db.snapshot().await?;
    let days = day_sums::list(&mut tx, tenant, EVER, Timestamp::MAX).await?;
    let spans: Vec<_> = days.iter().map(|day| (day.starts_at, day.until)).collect();
    let entries = figures::moved(&mut tx, tenant, &spans).await?;
    let mut exchanged = Exchanged::default();
    for day in &days {
        exchanged.add(&day.exchanged);
    }
    Ok(days.iter().map(|day| day.sums).eq(entries) && exchanged == figures::exchanged(&mut tx, tenant, &spans).await?)
}
