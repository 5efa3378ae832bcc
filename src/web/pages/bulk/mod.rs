//! `/admin/{tenant}/bulk`: points for many customers at once, uploaded as a table.

mod acts;
mod batch;
mod requests;
mod told;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::{Data, Query},
};
use askama::Template;
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;

pub(crate) use acts::{check_again, confirm_discarding, confirm_reversal, discard, go_on, reverse, run, stop};
pub(crate) use batch::{export, progress, show};
pub(crate) use requests::{ask, decide, withdraw};

use crate::{
    app::App,
    domain::{
        bulk::{NAME_CHARS_MAX, NOTE_CHARS_MAX, ROWS_MAX, UPLOAD_BYTES_MAX, reading::Column},
        ids::SiteCode,
        role::Role,
        time::Timestamp,
    },
    service::{
        bulk::{self, Batch, New, UploadError},
        sites,
    },
    texts::t,
    web::{
        access::Member,
        error::WebError,
        filters,
        form::{Choice, Errors},
        format,
        html::{self, Want},
        people::{self, Names},
        query::{Address, escaped},
        shell::{Section, Shell},
        upload::Upload,
    },
};

/// Batches on one page.
const ROWS: usize = 25;
/// The reason that is chosen at first, if the tenant has it.
const FIRST_REASON: &str = "other";
/// What the example file is called.
const TEMPLATE: &str = "bulk-changes";

/// A batch, as the list shows it.
struct Line {
    link: String,
    name: String,
    state: String,
    mark: &'static str,
    rows: i64,
    /// What it moves, or has moved, all in all.
    points: i64,
    created_at: Timestamp,
    created_by: String,
}

impl Line {
    fn new(batch: &Batch, shell: &Shell, names: &Names) -> Self {
        let (state, mark) = told::state(batch);
        let moved = batch.points_added - batch.points_taken;
        Self {
            link: shell.at(&format!("/bulk/{}", escaped(&batch.batch_id))),
            name: told::name(batch),
            state,
            mark,
            rows: batch.row_count,
            points: if batch.run_at.is_some() { moved } else { batch.points_to_add - batch.points_to_take },
            created_at: batch.created_at,
            created_by: names.of(&batch.created_by),
        }
    }
}

/// What is asked of the list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    older: String,
}

#[derive(Template)]
#[template(path = "bulk/index.html", blocks = ["main"])]
struct BulkPage<'a> {
    shell: &'a Shell,
    lines: Vec<Line>,
    newest: Option<String>,
    older: Option<String>,
}

/// Lists what was uploaded, the newest first.
pub(crate) async fn index(
    member: Member,
    asked: Query<Asked>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let tenant = &member.place.tenant;
    let names = people::names(&app, tenant).await?;
    let older = Some(asked.older.as_str()).filter(|older| !older.is_empty());
    let (batches, more) = bulk::list(&app.db, tenant, older, ROWS).await?;
    let shell = member.shell(Section::Bulk, t!("bulk-title"));
    let path = shell.at("/bulk");
    let page = BulkPage {
        lines: batches.iter().map(|batch| Line::new(batch, &shell, &names)).collect(),
        newest: older.map(|_| path.clone()),
        older: batches
            .last()
            .filter(|_| more)
            .map(|last| Address::new(path.clone()).and("older", &last.batch_id).to_string()),
        shell: &shell,
    };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}

/// The form, as it was filled in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct UploadForm {
    reason: String,
    site: String,
    opens: String,
    pasted: String,
}

/// A column, as the page explains it.
struct ColumnHelp {
    name: &'static str,
    needed: bool,
    text: String,
}

fn columns() -> Vec<ColumnHelp> {
    let text = |column: Column| match column {
        Column::Customer => t!("bulk-column-customer"),
        Column::Points => t!("bulk-column-points"),
        Column::Reason => t!("bulk-column-reason"),
        Column::Note => t!("bulk-column-note", most = NOTE_CHARS_MAX),
        Column::PrivateNote => t!("bulk-column-private-note"),
        Column::ValidUntil => t!("bulk-column-valid-until"),
        Column::Reference => t!("bulk-column-reference"),
    };
    let help = |column: Column| ColumnHelp {
        name: column.as_str(),
        needed: matches!(column, Column::Customer | Column::Points),
        text: text(column),
    };
    Column::ALL.into_iter().map(help).collect()
}

#[derive(Template)]
#[template(path = "bulk/new.html", blocks = ["main"])]
struct NewPage<'a> {
    shell: &'a Shell,
    errors: &'a Errors,
    form: &'a UploadForm,
    reasons: Vec<Choice>,
    sites: Vec<Choice>,
    columns: Vec<ColumnHelp>,
    /// The reasons that rows may give, as a sentence.
    named: String,
    rows_max: i64,
    mebibytes_max: u64,
}

/// Shows the form.
pub(crate) async fn new_form(member: Member, want: Want, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let reasons = bulk::reasons(&app.db, &member.place.tenant).await?;
    let first = reasons.into_iter().map(|(name, _)| name).find(|name| name == FIRST_REASON).unwrap_or_default();
    let form = UploadForm { reason: first, site: SiteCode::MAIN.to_owned(), ..UploadForm::default() };
    show_form(&member, &want, &app, &form, &Errors::default()).await
}

async fn show_form(
    member: &Member,
    want: &Want,
    app: &App,
    form: &UploadForm,
    errors: &Errors,
) -> Result<HttpResponse, WebError> {
    let tenant = &member.place.tenant;
    let (shell, status) = errors.mark(member.shell(Section::Bulk, t!("bulk-upload-title")));
    let known = bulk::reasons(&app.db, tenant).await?;
    let named: Vec<String> = known.iter().map(|(_, label)| format::apart(label)).collect();
    let mut reasons = vec![Choice::new("", t!("bulk-reason-none"))];
    reasons.extend(known.iter().map(|(name, label)| Choice::new(name, label.as_str())));
    let sites = sites::list(&app.db, tenant).await?;
    let page = NewPage {
        sites: sites.iter().map(|site| Choice::new(site.code.as_str(), site.name.as_str())).collect(),
        columns: columns(),
        named: named.join(", "),
        rows_max: ROWS_MAX,
        mebibytes_max: UPLOAD_BYTES_MAX / 1024 / 1024,
        reasons,
        shell: &shell,
        errors,
        form,
    };
    html::answer(want, status, &shell, &page, &page.as_main())
}

/// Takes a table in, and leads to what the check finds.
pub(crate) async fn upload(
    member: Member,
    want: Want,
    app: Data<App>,
    sent: Upload<UploadForm>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let Upload { form, file } = sent;
    let mut errors = Errors::default();
    let field = if file.is_some() { "file" } else { "pasted" };
    let new = asked(&member, &app, &form, file.as_ref().map(|file| file.name.as_str()), &mut errors).await?;
    if file.is_none() && form.pasted.trim().is_empty() {
        errors.add("file", t!("bulk-nothing-chosen"));
    }
    let Some(new) = new.filter(|_| errors.is_empty()) else {
        if let Some(file) = file {
            read_away(file.pieces()).await;
        }
        return show_form(&member, &want, &app, &form, &errors).await;
    };
    let caller = member.caller();
    let taken = if let Some(file) = file {
        bulk::upload(&app, &caller, new, file.pieces()).await
    } else {
        let pasted = stream::iter([Ok::<_, ()>(form.pasted.clone())]);
        bulk::upload(&app, &caller, new, pasted).await
    };
    match taken {
        Ok(uploaded) => {
            let list = Section::Bulk.address(&member.place.tenant);
            return Ok(html::see_other(&format!("{list}/{}", escaped(&uploaded.batch_id))));
        }
        Err(UploadError::Table(problem)) => errors.add(field, told::table_problem(&problem)),
        Err(UploadError::TooLarge) => {
            errors.add(field, t!("bulk-too-large", mebibytes = UPLOAD_BYTES_MAX / 1024 / 1024));
        }
        Err(UploadError::CutOff) => errors.add(field, t!("bulk-cut-off")),
        Err(UploadError::Store(error)) => return Err(error.into()),
    }
    show_form(&member, &want, &app, &form, &errors).await
}

/// What the form says of the table, if it fits.
async fn asked(
    member: &Member,
    app: &App,
    form: &UploadForm,
    file: Option<&str>,
    errors: &mut Errors,
) -> Result<Option<New>, WebError> {
    let tenant = &member.place.tenant;
    let site = if form.site.is_empty() { Ok(SiteCode::main()) } else { SiteCode::parse(&form.site) };
    let mut site = errors.check("site", site);
    if let Some(code) = &site
        && sites::find(&app.db, tenant, code).await?.is_none()
    {
        errors.add("site", t!("bulk-choose-site"));
        site = None;
    }
    let reason = Some(form.reason.clone()).filter(|reason| !reason.is_empty());
    if let Some(reason) = &reason
        && !bulk::reasons(&app.db, tenant).await?.iter().any(|(name, _)| name == reason)
    {
        errors.add("reason", t!("bulk-choose-reason"));
        return Ok(None);
    }
    Ok(site.map(|site| New {
        name: file.map(file_name).unwrap_or_default(),
        site,
        default_reason: reason,
        opens_accounts: form.opens == "yes",
        zone: member.place.zone,
    }))
}

/// The name of a file without folders and without what cannot be shown.
fn file_name(given: &str) -> String {
    let name = given.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect()
}

/// Reads what nobody needs, up to the longest table: a browser shows the answer only when all was read.
async fn read_away<B: AsRef<[u8]>, E>(pieces: impl futures_util::Stream<Item = Result<B, E>>) {
    let mut left = UPLOAD_BYTES_MAX;
    futures_util::pin_mut!(pieces);
    while let Some(Ok(piece)) = pieces.next().await {
        left = left.saturating_sub(u64::try_from(piece.as_ref().len()).unwrap_or(u64::MAX));
        if left == 0 {
            break;
        }
    }
}

/// Gives an empty table with all columns.
pub(crate) async fn template(member: Member, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Manager).await?;
    let heading = Column::ALL.map(Column::as_str).join(",");
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8; header=present")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{TEMPLATE}.csv\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(format!("\u{feff}{heading}\r\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_by_its_own_name() {
        assert_eq!(file_name("C:\\Users\\ann\\points\u{7}.csv"), "points.csv");
        assert_eq!(file_name("/tmp/points.csv"), "points.csv");
        assert_eq!(file_name(&"x".repeat(500)).len(), NAME_CHARS_MAX);
    }
}
