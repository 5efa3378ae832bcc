//! One batch: what the check found, how far the work on it is, what became of each row.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
    web::{Data, Path, Query},
};
use askama::Template;
use serde::Deserialize;

use super::{
    requests::{self, Standing},
    told,
};
use crate::{
    app::App,
    domain::{
        bulk::{
            BatchState, RowState,
            reading::{Cells, Column, TOLD},
        },
        calendar,
        ids::CustomerId,
        role::Role,
        time::Timestamp,
    },
    service::bulk::{self, Batch, Row, RowPage},
    texts::{self, t},
    web::{
        access::Member,
        csv::{self, Step},
        error::WebError,
        filters,
        form::Errors,
        format,
        html::{self, Want},
        people::{self, Names},
        query::{Address, customer_page, escaped},
        shell::{Section, Shell},
    },
};

/// Rows on one page.
const ROWS: usize = 50;
/// Rows that are read at once for a file.
const EXPORTED: usize = 1_000;

/// The part of the path that names a batch.
pub(super) type OfBatch = Path<(String, String)>;

/// Which rows are asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    show: String,
    after: String,
    before: String,
}

impl Asked {
    fn state(&self) -> Option<RowState> {
        RowState::parse(&self.show).ok()
    }

    fn page(&self) -> RowPage {
        match (self.before.parse(), self.after.parse()) {
            (Ok(row), _) => RowPage::Before(row),
            (_, Ok(row)) => RowPage::After(row),
            _ => RowPage::After(0),
        }
    }
}

/// A tab over the rows.
struct Tab {
    href: String,
    label: String,
    count: i64,
    current: bool,
}

/// A row, as the page shows it.
struct Line {
    place: i64,
    customer: String,
    customer_link: Option<String>,
    /// As it is written, when it cannot be read.
    points_written: Option<String>,
    points: i64,
    told: String,
    state: String,
    mark: &'static str,
    problem: Option<String>,
}

impl Line {
    fn new(row: &Row, member: &Member, reasons: &[(String, String)]) -> Self {
        let (state, mark) = told::row_state(row.state);
        let cells = row.cells.as_deref().map(Cells::from_json);
        let reason = row.reason.as_deref().map(|reason| {
            reasons
                .iter()
                .find(|(name, _)| name == reason)
                .map_or_else(|| reason.to_owned(), |(_, label)| label.clone())
        });
        let said = [reason, row.note.clone(), row.reference_id.clone()];
        let id = CustomerId::parse(&row.customer_id).ok().filter(|_| cells.is_none());
        Self {
            place: row.line,
            customer: row.customer_id.clone(),
            customer_link: id.map(|id| customer_page(&member.place.tenant, &id)),
            points_written: cells.map(|cells| cells.get(Column::Points).to_owned()),
            points: row.points,
            told: said.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            state,
            mark,
            problem: row.problem().as_ref().map(told::problem),
        }
    }
}

/// How far the work on a batch is.
struct Progress {
    text: String,
    /// Done, and all; `None` while that cannot be told.
    done: Option<(i64, i64)>,
}

impl Progress {
    fn of(batch: &Batch) -> Option<Self> {
        let told = |done: i64, all: i64, text: String| Some(Self { text, done: Some((done, all)) });
        match batch.state {
            BatchState::Checking => Some(Self { text: t!("bulk-checking", count = batch.row_count), done: None }),
            BatchState::Running => {
                let (done, all) = (batch.booked_count + batch.refused_count, batch.row_count - batch.bad_count);
                told(done, all, t!("bulk-running", done = done, count = all))
            }
            BatchState::Reversing => {
                let (done, all) = (batch.reversed_count + batch.kept_count, batch.booked_count);
                told(done, all, t!("bulk-reversing", done = done, count = all))
            }
            _ => None,
        }
    }
}

#[derive(Template)]
#[template(path = "bulk/progress.html")]
struct ProgressPart<'a> {
    progress: &'a Progress,
    here: &'a str,
}

/// When something was done with a batch, and by whom.
struct Happened {
    label: String,
    at: Timestamp,
    by: String,
}

fn happened(batch: &Batch, names: &Names) -> Vec<Happened> {
    let by = |actor: &Option<String>| actor.as_deref().map(|actor| names.of(actor)).unwrap_or_default();
    let list = [
        (t!("bulk-uploaded"), Some(batch.created_at), names.of(&batch.created_by)),
        (t!("bulk-run-begun"), batch.run_at, by(&batch.run_by)),
        (t!("bulk-run-ended"), batch.done_at, String::new()),
        (t!("bulk-reversal-begun"), batch.reverse_at, by(&batch.reversed_by)),
        (t!("bulk-reversal-ended"), batch.reversed_at.filter(|_| batch.state == BatchState::Reversed), String::new()),
    ];
    list.into_iter().filter_map(|(label, at, by)| at.map(|at| Happened { label, at, by })).collect()
}

#[derive(Template)]
#[template(path = "bulk/show.html", blocks = ["rows", "main"])]
pub(super) struct BatchPage<'a> {
    shell: &'a Shell,
    standing: Standing,
    typed: Typed<'a>,
    batch: &'a Batch,
    name: String,
    here: String,
    state: (String, &'static str),
    progress: Option<Progress>,
    happened: Vec<Happened>,
    /// When the same file was booked before, and where that stands.
    same: Option<(String, String)>,
    totals: Totals,
    /// What the button to book says.
    run: String,
    tabs: Vec<Tab>,
    lines: Vec<Line>,
    /// The rows as they are shown, as a file.
    export: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

/// The form of a decision about a request, as it was typed, and what is wrong with it.
#[derive(Clone, Copy)]
pub(super) struct Typed<'a> {
    pub(super) note: &'a str,
    pub(super) errors: &'a Errors,
}

impl BatchPage<'_> {
    /// With what it is answered.
    pub(super) fn status(&self) -> StatusCode {
        if self.typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }
}

/// What a batch comes to.
struct Totals {
    /// Rows that can be booked, or could.
    ready: i64,
    /// Points that these take, as a negative number.
    to_take: i64,
    sum: i64,
    balance_after: i64,
    /// Points that were taken, as a negative number.
    taken: i64,
    /// What was moved, all in all.
    moved: i64,
    /// What the reversal moved.
    reversed: i64,
}

impl Totals {
    fn of(batch: &Batch) -> Self {
        let sum = batch.points_to_add - batch.points_to_take;
        Self {
            ready: batch.row_count - batch.bad_count,
            to_take: -batch.points_to_take,
            sum,
            balance_after: batch.balance_before + sum,
            taken: -batch.points_taken,
            moved: batch.points_added - batch.points_taken,
            reversed: -batch.points_reversed,
        }
    }
}

fn tabs(batch: &Batch, asked: &Asked, here: &str) -> Vec<Tab> {
    let left = batch.row_count - batch.bad_count - batch.booked_count - batch.refused_count;
    let standing = batch.booked_count - batch.reversed_count - batch.kept_count;
    let is_reversed = batch.state == BatchState::Reversed;
    let all = [
        (None, batch.row_count),
        (Some(RowState::Ready), if is_reversed { 0 } else { left }),
        (Some(RowState::Booked), standing),
        (Some(RowState::Bad), batch.bad_count),
        (Some(RowState::Refused), batch.refused_count),
        (Some(RowState::Reversed), batch.reversed_count),
        (Some(RowState::Kept), batch.kept_count),
        (Some(RowState::LeftOut), if is_reversed { left } else { 0 }),
    ];
    all.into_iter()
        .filter(|(state, count)| *count > 0 || state.is_none() || asked.state() == *state)
        .map(|(state, count)| {
            let show = state.map_or("", RowState::as_str);
            Tab {
                href: Address::new(here.to_owned()).and("show", show).without_empty().to_string(),
                label: state.map_or_else(|| t!("bulk-rows-all"), |state| told::row_state(state).0),
                count,
                current: asked.state() == state,
            }
        })
        .collect()
}

pub(super) async fn batch_of(member: &Member, app: &App, batch_id: &str) -> Result<Batch, WebError> {
    bulk::find(&app.db, &member.place.tenant, batch_id).await?.ok_or(WebError::NotFound)
}

/// Shows a batch.
pub(crate) async fn show(
    member: Member,
    path: OfBatch,
    asked: Query<Asked>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let batch = batch_of(&member, &app, &path.1).await?;
    let typed = Typed { note: "", errors: &Errors::default() };
    answer(&member, &app, &batch, (&asked, typed), async |shell, page| {
        if want.is_part("bulk-rows") {
            let here = Address::new(page.here.clone()).and("show", &asked.show);
            let here = here.and("after", &asked.after).and("before", &asked.before).without_empty();
            return html::list(shell, &here, &page.as_rows());
        }
        html::answer(&want, StatusCode::OK, shell, page, &page.as_main())
    })
    .await
}

/// Makes the page, and has it answered.
pub(super) async fn answer(
    member: &Member,
    app: &App,
    batch: &Batch,
    (asked, typed): (&Asked, Typed<'_>),
    answered: impl AsyncFnOnce(&Shell, &BatchPage<'_>) -> Result<HttpResponse, WebError>,
) -> Result<HttpResponse, WebError> {
    let tenant = &member.place.tenant;
    let names = people::names(app, tenant).await?;
    let reasons = bulk::reasons(&app.db, tenant).await?;
    let name = told::name(batch);
    let (shell, _status) = typed.errors.mark(member.shell(Section::Bulk, name.as_str()));
    let here = shell.at(&format!("/bulk/{}", escaped(&batch.batch_id)));
    let listed = bulk::rows(&app.db, tenant, &batch.batch_id, asked.state(), asked.page(), ROWS).await?;
    let same = match batch.state {
        BatchState::Checked => bulk::same_content(&app.db, batch).await?,
        _ => None,
    };
    let beside = |way: &str, row: Option<&Row>| {
        let address = |row: &Row| {
            Address::new(here.clone())
                .and("show", &asked.show)
                .and(way, &row.row_no.to_string())
                .without_empty()
                .to_string()
        };
        row.map(address)
    };
    let booked_before = |same: Batch| {
        let at = format::date_time(same.run_at.unwrap_or(same.created_at), member.place.zone);
        (at, shell.at(&format!("/bulk/{}", escaped(&same.batch_id))))
    };
    let totals = Totals::of(batch);
    let page = BatchPage {
        standing: requests::standing(member, app, batch).await?,
        typed,
        run: t!("bulk-run", count = totals.ready, points = format::signed(totals.sum)),
        totals,
        state: told::state(batch),
        progress: Progress::of(batch),
        happened: happened(batch, &names),
        same: same.map(booked_before),
        tabs: tabs(batch, asked, &here),
        lines: listed.rows.iter().map(|row| Line::new(row, member, &reasons)).collect(),
        export: (!listed.rows.is_empty())
            .then(|| Address::new(format!("{here}/rows.csv")).and("show", &asked.show).without_empty().to_string()),
        before: beside("before", listed.rows.first().filter(|_| listed.before)),
        after: beside("after", listed.rows.last().filter(|_| listed.after)),
        shell: &shell,
        here: here.clone(),
        name,
        batch,
    };
    answered(&shell, &page).await
}

/// How far the work is; the whole page when it has ended.
pub(crate) async fn progress(member: Member, path: OfBatch, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let batch = batch_of(&member, &app, &path.1).await?;
    let typed = Typed { note: "", errors: &Errors::default() };
    answer(&member, &app, &batch, (&Asked::default(), typed), async |shell, page| {
        if let Some(progress) = &page.progress {
            return html::bare(&ProgressPart { progress, here: &page.here });
        }
        let mut response = html::part(StatusCode::OK, shell, &page.as_main())?;
        for (name, value) in [("hx-retarget", "#main"), ("hx-reswap", "innerHTML")] {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        Ok(response)
    })
    .await
}

/// Gives the rows as they are shown as a file, which can be uploaded again when it was mended.
pub(crate) async fn export(
    member: Member,
    path: OfBatch,
    asked: Query<Asked>,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let batch = batch_of(&member, &app, &path.1).await?;
    let (tenant, zone, state, language) =
        (member.place.tenant.clone(), member.place.zone, asked.state(), texts::current());
    let heading: Vec<&str> = Column::ALL.iter().map(|column| column.as_str()).chain(TOLD).collect();
    let name = format!("bulk-{}", state.map_or("all", RowState::as_str));
    let read = move |after: i64| {
        let (app, tenant, batch_id) = (app.clone(), tenant.clone(), batch.batch_id.clone());
        async move {
            let listed = bulk::rows(&app.db, &tenant, &batch_id, state, RowPage::After(after), EXPORTED).await?;
            let lines = texts::in_language(language, || {
                listed.rows.iter().map(|row| csv::line(cells(row, zone))).collect::<String>()
            });
            let next = listed.rows.last().filter(|_| listed.after);
            Ok((lines, next.map_or(Step::End, |row| Step::Page(row.row_no))))
        }
    };
    Ok(csv::download(&name, &heading, 0, read))
}

/// A row as it stands in a file.
fn cells(row: &Row, zone: chrono_tz::Tz) -> Vec<String> {
    let told = [row.line.to_string(), row.problem().as_ref().map(told::problem).unwrap_or_default()];
    if let Some(cells) = row.cells.as_deref().map(Cells::from_json) {
        return Column::ALL.iter().map(|column| cells.get(*column).to_owned()).chain(told).collect();
    }
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let until = row.valid_until.map(|at| {
        let day = calendar::day_of(at, zone);
        if calendar::start_of(day, zone) == at { day.to_string() } else { at.to_contract_z() }
    });
    let said = [
        row.customer_id.clone(),
        row.points.to_string(),
        text(&row.reason),
        text(&row.note),
        text(&row.private_note),
        until.unwrap_or_default(),
        text(&row.reference_id),
    ];
    said.into_iter().chain(told).collect()
}
