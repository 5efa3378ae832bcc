//! The list of clients: searched, narrowed and sorted by what stands in the address, on the page and as a file.

use std::collections::HashMap;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;

use super::address;
use crate::{
    app::App,
    domain::{
        ids::ClientId,
        role::Role,
        scope::{Scope, Scopes},
        time::Timestamp,
    },
    service::{
        api_clients::{self, ApiClient},
        team,
    },
    texts::t,
    web::{
        access::Member,
        csv::{self, Step},
        error::WebError,
        filters,
        form::Choice,
        format,
        html::{self, Want},
        shell::{Section, Shell},
        short_list::{Column, ShortList, ShortQuery},
    },
};

/// A client, as the list shows it.
struct Line {
    id: ClientId,
    name: String,
    scopes: Vec<String>,
    created_by: String,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    secret_since: Timestamp,
    /// Until when the secret before is good, too.
    old_until: Option<Timestamp>,
    /// Requests per second that it may send.
    rate: Option<i64>,
    link: String,
}

impl Line {
    fn new(one: ApiClient, member: &Member, names: &HashMap<String, String>, now: Timestamp) -> Self {
        Self {
            link: address(member, &one.client_id),
            old_until: one.old_secret_until.filter(|until| one.revoked_at.is_none() && now < *until),
            secret_since: one.secret_since,
            rate: one.rate_limit,
            name: one.name,
            scopes: one.scopes.split(' ').map(str::to_owned).collect(),
            created_by: names.get(&one.created_by).cloned().unwrap_or(one.created_by),
            created_at: one.created_at,
            last_used_at: one.last_used_at,
            revoked_at: one.revoked_at,
            id: one.client_id,
        }
    }

    fn is_in(&self, view: &str) -> bool {
        match view {
            "active" => self.revoked_at.is_none(),
            "unused" => self.revoked_at.is_none() && self.last_used_at.is_none(),
            "revoked" => self.revoked_at.is_some(),
            _ => true,
        }
    }

    fn texts(&self) -> Vec<&str> {
        vec![&self.name, self.id.as_str(), &self.created_by]
    }
}

/// The views of the list, each with the key of its name.
const VIEWS: [(&str, &str); 4] = [
    ("", "api-clients-view-all"),
    ("active", "api-clients-view-active"),
    ("unused", "api-clients-never-used"),
    ("revoked", "api-clients-view-revoked"),
];

fn columns() -> [Column<Line>; 3] {
    [
        Column {
            name: "name",
            label: "api-clients-client",
            class: "",
            compare: |a, b| a.name.to_lowercase().cmp(&b.name.to_lowercase()),
        },
        Column {
            name: "used",
            label: "api-clients-last-used",
            class: "col-2",
            compare: |a, b| a.last_used_at.cmp(&b.last_used_at),
        },
        Column {
            name: "secret",
            label: "api-clients-secret",
            class: "col-2",
            compare: |a, b| a.secret_since.cmp(&b.secret_since),
        },
    ]
}

/// The clients that may do what the list is narrowed to, those in use first.
async fn lines(app: &App, member: &Member, query: &ShortQuery) -> Result<Vec<Line>, WebError> {
    let tenant = &member.place.tenant;
    let team = team::list(&app.db, tenant).await?.into_iter();
    let names: HashMap<String, String> =
        team.map(|one| (one.user.user_id.as_str().to_owned(), one.user.name)).collect();
    let wanted = Scope::parse(&query.only).ok();
    let may = |one: &ApiClient| wanted.is_none_or(|scope| Scopes::known(&one.scopes).contains(scope));
    let clients = api_clients::list(&app.db, tenant).await?.into_iter().filter(may);
    let mut lines: Vec<Line> = clients.map(|one| Line::new(one, member, &names, app.now())).collect();
    lines.sort_by_key(|line| line.revoked_at.is_some());
    Ok(lines)
}

#[derive(Template)]
#[template(path = "api_clients/index.html", blocks = ["main"])]
struct ClientsPage<'a> {
    shell: &'a Shell,
    query: &'a ShortQuery,
    list: ShortList<Line>,
    /// Whether there is no client at all.
    is_new: bool,
    /// The same list as a file.
    export: String,
}

/// Lists the clients.
pub(crate) async fn index(
    member: Member,
    query: Query<ShortQuery>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let lines = lines(&app, &member, &query).await?;
    let shell = member.shell(Section::ApiClients, t!("api-clients-title"));
    let is_new = lines.is_empty() && query.only.is_empty();
    let scopes = Scope::ALL.iter().map(|scope| Choice::new(scope.as_str(), scope.as_str())).collect();
    let list = query.list(&shell.at("/api-clients"), lines, &VIEWS, &columns(), Line::is_in, Line::texts).narrowed_by(
        &query,
        "api-clients-any-scope",
        scopes,
    );
    let export = format!("{}{}", shell.at("/api-clients.csv"), list.query);
    let page = ClientsPage { shell: &shell, query: &query, list, is_new, export };
    html::answer(&want, StatusCode::OK, &shell, &page, &page.as_main())
}

const COLUMNS: [&str; 8] =
    ["id", "name", "scopes", "created_at", "last_used_at", "secret_since", "old_secret_until", "revoked_at"];

/// Gives the clients, narrowed and sorted as they are shown, as a file; no secrets are in it.
pub(crate) async fn export(member: Member, query: Query<ShortQuery>, app: Data<App>) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let zone = member.place.zone;
    let time = |at: Option<Timestamp>| at.map(|at| format::iso(at, zone)).unwrap_or_default();
    let lines: String = query
        .all(lines(&app, &member, &query).await?, &columns(), Line::is_in, Line::texts)
        .into_iter()
        .map(|one| {
            csv::line([
                one.id.as_str().to_owned(),
                one.name,
                one.scopes.join(" "),
                format::iso(one.created_at, zone),
                time(one.last_used_at),
                format::iso(one.secret_since, zone),
                time(one.old_until),
                time(one.revoked_at),
            ])
        })
        .collect();
    // There are never so many that they would not fit into one part.
    Ok(csv::download("api-clients", &COLUMNS, lines, |lines| async move { Ok((lines, Step::End)) }))
}
