//! `/admin/{tenant}/audit-log`: who changed what.

mod filter;
mod words;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;

use crate::{
    app::App,
    domain::{ids::TenantId, role::Role, time::Timestamp},
    service::{
        api_clients,
        audit::{self, KeptRow, Proof},
        team,
    },
    texts::t,
    web::{
        access::Member,
        csv::{self, Step},
        error::WebError,
        filters,
        form::{Button, Choice, Protected},
        format,
        html::{self, Want},
        query::Address,
        shell::{Section, Shell, Toast},
    },
};
use filter::{Chip, ListQuery};
pub(super) use words::{Change, action, changes};

/// Rows on one page.
const ROWS: u16 = 25;
/// Rows that an export reads at once.
const EXPORTED: u16 = 1_000;

const COLUMNS: [&str; 12] =
    ["row", "time", "actor_kind", "actor_id", "actor_name", "action", "kind", "id", "name", "before", "after", "hash"];

struct Row {
    at: Timestamp,
    action: String,
    kind: String,
    subject_id: String,
    /// What a user or an API client is called.
    subject_name: Option<String>,
    subject_link: String,
    actor: String,
    actor_link: String,
    changes: Vec<Change>,
}

#[derive(Template)]
#[template(path = "audit_log/index.html", blocks = ["list", "main"])]
struct AuditLogPage<'a> {
    shell: &'a Shell,
    query: &'a ListQuery,
    actions: &'a [Choice],
    actors: &'a [Choice],
    kinds: &'a [Choice],
    chips: &'a [Chip],
    rows: &'a [Row],
    count: String,
    export: String,
    newer: Option<String>,
    older: Option<String>,
    proof: Option<ProofLine>,
}

/// How the log was last found.
struct ProofLine {
    rows: i64,
    who: String,
    when: String,
    problem: String,
}

impl ProofLine {
    fn new(proof: Proof, shell: &Shell) -> Self {
        Self {
            rows: proof.rows,
            who: proof.by.unwrap_or_else(|| t!("people-former-member")),
            when: format::date_time(proof.at, shell.zone()),
            problem: proof.problem.unwrap_or_default(),
        }
    }
}

/// A page of the log as it was asked for: its rows, and the addresses of its neighbours.
async fn read(
    app: &App,
    member: &Member,
    query: &ListQuery,
) -> Result<(Vec<KeptRow>, Option<String>, Option<String>), WebError> {
    let (caller, filter, path) = (member.caller(), query.filter(member.place.zone), address(member));
    let at = |name: &str, row: &KeptRow| query.address(&path, "").and(name, &row.row.seq.to_string()).to_string();
    if let Ok(after) = query.after.parse() {
        let (rows, more) = audit::list_newer(&app.db, &caller, &filter, after, ROWS).await?;
        let newer = rows.first().filter(|_| more).map(|row| at("after", row));
        let older = rows.last().map(|row| at("before", row));
        // Nothing is newer: this is the first page, whatever came in between.
        if more {
            return Ok((rows, newer, older));
        }
        let page = audit::list(&app.db, &caller, &filter, None, ROWS).await?;
        let older = page.rows.last().filter(|_| page.next.is_some()).map(|row| at("before", row));
        return Ok((page.rows, None, older));
    }
    let before = query.before.parse().ok();
    let page = audit::list(&app.db, &caller, &filter, before, ROWS).await?;
    let newer = match before {
        Some(_) => Some(page.rows.first().map_or_else(|| query.address(&path, "").to_string(), |row| at("after", row))),
        None => None,
    };
    let older = page.rows.last().filter(|_| page.next.is_some()).map(|row| at("before", row));
    Ok((page.rows, newer, older))
}

fn address(member: &Member) -> String {
    Section::AuditLog.address(&member.place.tenant)
}

/// Lists changes, the newest first.
pub(crate) async fn index(
    member: Member,
    query: Query<ListQuery>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let (query, tenant) = (query.into_inner().taken_apart(), &member.place.tenant);
    let shell = member.shell(Section::AuditLog, t!("audit-log-title"));
    let (kept, newer, older) = read(&app, &member, &query).await?;
    let actions = audit::actions(&app.db, tenant).await?.into_iter();
    let kinds = audit::subject_kinds(&app.db, tenant).await?.into_iter();
    let (actors, path) = (actors(&app, tenant).await?, address(&member));
    let rows: Vec<Row> = kept.into_iter().map(|row| Row::new(row, &path)).collect();
    let count = match (&newer, &older) {
        (None, Some(_)) => t!("audit-log-newest-count", count = rows.len()),
        _ => t!("audit-log-count", count = rows.len()),
    };
    let view = AuditLogPage {
        shell: &shell,
        query: &query,
        actions: &actions.map(|name| Choice::new(&name, action(&name))).collect::<Vec<_>>(),
        actors: &actors,
        kinds: &kinds.map(|name| Choice::new(&name, words::kind(&name))).collect::<Vec<_>>(),
        chips: &query.chips(&path, &rows, &actors, &shell),
        rows: &rows,
        count,
        export: query.address(&shell.at("/audit-log.csv"), "").to_string(),
        newer,
        older,
        proof: audit::last_proof(&app.db, tenant).await?.map(|proof| ProofLine::new(proof, &shell)),
    };
    if want.is_part("audit-list") {
        return html::list(&shell, &query.here(&path), &view.as_list());
    }
    html::answer(&want, StatusCode::OK, &shell, &view, &view.as_main())
}

/// Who may have done something: the team, the API clients, and kinds of actors.
async fn actors(app: &App, tenant: &TenantId) -> Result<Vec<Choice>, WebError> {
    let team = team::list(&app.db, tenant).await?.into_iter();
    let mut actors: Vec<Choice> =
        team.map(|one| Choice::new(&format!("employee:{}", one.user.user_id), one.user.name)).collect();
    let clients = api_clients::list(&app.db, tenant).await?.into_iter();
    actors.extend(
        clients.map(|one| Choice::new(&format!("client:{}", one.client_id), t!("people-client", client = one.name))),
    );
    for (kind, label) in [
        ("employee", t!("audit-log-any-employee")),
        ("client", t!("audit-log-any-client")),
        ("customer", t!("audit-log-any-customer")),
        ("system", t!("audit-log-guerdon")),
    ] {
        actors.push(Choice::new(kind, label));
    }
    Ok(actors)
}

impl Row {
    fn new(kept: KeptRow, path: &str) -> Self {
        let row = kept.row;
        let list = || Address::new(path.to_owned());
        Self {
            at: row.recorded_at,
            action: action(&row.action),
            subject_link: list().and("kind", &row.subject_kind).and("id", &row.subject_id).to_string(),
            kind: words::kind(&row.subject_kind),
            subject_id: row.subject_id,
            subject_name: kept.subject_name,
            actor_link: list().and("actor", &format!("{}:{}", row.actor.kind.as_str(), row.actor.id)).to_string(),
            actor: words::actor(&row.actor, kept.actor_name),
            changes: changes(row.before.as_deref(), row.after.as_deref()),
        }
    }

    /// What was changed: by its name, else by its id.
    fn subject(&self) -> &str {
        self.subject_name.as_deref().unwrap_or(&self.subject_id)
    }
}

/// Gives the changes, filtered as they are shown, as a file.
pub(crate) async fn export(member: Member, query: Query<ListQuery>, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let (caller, zone) = (member.caller(), member.place.zone);
    let filter = query.into_inner().taken_apart().filter(zone);
    let read = move |before: Option<i64>| {
        let (app, caller, filter) = (app.clone(), caller.clone(), filter.clone());
        async move {
            let page = audit::list(&app.db, &caller, &filter, before, EXPORTED).await?;
            let lines: String = page.rows.into_iter().map(|kept| csv::line(cells(kept, zone))).collect();
            Ok((lines, page.next.map_or(Step::End, |next| Step::Page(Some(next)))))
        }
    };
    Ok(csv::download("audit-log", &COLUMNS, None, read))
}

fn cells(kept: KeptRow, zone: chrono_tz::Tz) -> [String; 12] {
    let KeptRow { row, hash, actor_name, subject_name } = kept;
    [
        row.seq.to_string(),
        format::iso(row.recorded_at, zone),
        row.actor.kind.as_str().to_owned(),
        row.actor.id,
        actor_name.unwrap_or_default(),
        row.action,
        row.subject_kind,
        row.subject_id,
        subject_name.unwrap_or_default(),
        row.before.unwrap_or_default(),
        row.after.unwrap_or_default(),
        hash,
    ]
}

/// Has the chain of the whole log recomputed, and tells what was found.
pub(crate) async fn prove(member: Member, app: Data<App>, _form: Protected<Button>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let check = audit::prove(&app, &member.caller()).await?;
    let found = if check.problems.is_empty() { t!("audit-log-proves-itself") } else { t!("audit-log-proved-badly") };
    member.toast(Toast::new(found))?;
    Ok(html::see_other(&address(&member)))
}
