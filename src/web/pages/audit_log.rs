//! `/admin/{tenant}/audit-log`: who changed what.

use std::collections::BTreeSet;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    app::App,
    domain::{
        actor::{Actor, ActorKind},
        calendar::start_of_day_after,
        ids::TenantId,
        role::Role,
        time::Timestamp,
    },
    service::audit::{self, AuditFilter, KeptRow},
    web::{
        access::Member,
        error::WebError,
        filters,
        form::Choice,
        format,
        html::{self, Want},
        query::Address,
        shell::{Section, Shell},
    },
};

/// Rows on one page.
const ROWS: u16 = 50;
/// Longer values of a change are cut on the page.
const VALUE_CHARS_MAX: usize = 300;

/// What the list is narrowed to, as it stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ListQuery {
    action: String,
    /// `KIND:ID`.
    actor: String,
    /// `KIND:ID`.
    subject: String,
    from: String,
    until: String,
    before: String,
}

/// An active filter, and the address without it.
struct Chip {
    label: String,
    without: String,
}

/// One field that a change touched.
pub(super) struct Change {
    pub(super) name: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

struct Row {
    at: Timestamp,
    action: String,
    subject_kind: String,
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
    chips: &'a [Chip],
    rows: &'a [Row],
    count: String,
    newer: Option<String>,
    older: Option<String>,
}

/// Lists changes, the newest first.
pub(crate) async fn index(
    member: Member,
    query: Query<ListQuery>,
    want: Want,
    app: Data<App>,
) -> Result<HttpResponse, WebError> {
    member.require(&app, Role::Admin).await?;
    let query = query.into_inner();
    let shell = member.shell(Section::AuditLog, "Audit log");
    let filter = query.filter(&shell);
    let before = query.before.parse().ok();
    let page = audit::list(&app.db, &member.caller(), &filter, before, ROWS).await?;
    let actions: Vec<Choice> = audit::actions(&app.db, &member.place.tenant)
        .await?
        .into_iter()
        .map(|action| Choice::new(&action, words(&action)))
        .collect();
    let tenant = &member.place.tenant;
    let rows: Vec<Row> = page.rows.into_iter().map(|row| Row::new(row, tenant)).collect();
    let here =
        if before.is_some() { query.address(tenant).and("before", &query.before) } else { query.address(tenant) };
    let view = AuditLogPage {
        shell: &shell,
        query: &query,
        actions: &actions,
        chips: &query.chips(tenant, &rows),
        rows: &rows,
        count: format::count(i64::try_from(rows.len()).unwrap_or(i64::MAX), "change", "changes"),
        newer: before.map(|_| query.address(tenant).to_string()),
        older: page.next.map(|next| query.address(tenant).and("before", &next.to_string()).to_string()),
    };
    if want.is_part("audit-list") {
        return html::list(&shell, &here, &view.as_list());
    }
    html::answer(&want, StatusCode::OK, &shell, &view, &view.as_main())
}

/// Nothing for nothing.
fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn id_of(named: &str) -> Option<String> {
    named.split_once(':').map(|(_, id)| id.to_owned())
}

impl ListQuery {
    fn filter(&self, shell: &Shell) -> AuditFilter {
        let day = |text: &str, days: u64| {
            let date: NaiveDate = text.parse().ok()?;
            let noon = date.and_hms_opt(12, 0, 0)?.and_local_timezone(shell.zone()).earliest()?;
            Some(start_of_day_after(Timestamp::from(noon.to_utc()), days, shell.zone()))
        };
        AuditFilter {
            actor_id: id_of(&self.actor),
            action: given(&self.action).map(str::to_owned),
            subject_kind: self.subject.split_once(':').map(|(kind, _)| kind.to_owned()),
            subject_id: id_of(&self.subject),
            from: day(&self.from, 0),
            until: day(&self.until, 1),
        }
    }

    /// The address of this list, on its first page.
    fn address(&self, tenant: &TenantId) -> Address {
        self.address_without(tenant, "")
    }

    fn address_without(&self, tenant: &TenantId, left_out: &str) -> Address {
        let fields = [
            ("action", &self.action),
            ("actor", &self.actor),
            ("subject", &self.subject),
            ("from", &self.from),
            ("until", &self.until),
        ];
        fields
            .into_iter()
            .filter(|(name, value)| *name != left_out && !value.is_empty())
            .fold(Address::new(Section::AuditLog.address(tenant)), |address, (name, value)| address.and(name, value))
    }

    fn chips(&self, tenant: &TenantId, rows: &[Row]) -> Vec<Chip> {
        let mut chips = Vec::new();
        let mut chip = |name: &str, value: &str, label: String| {
            if !value.is_empty() {
                chips.push(Chip { label, without: self.address_without(tenant, name).to_string() });
            }
        };
        chip("action", &self.action, words(&self.action));
        // A name is known where it stands in a row.
        let name = rows.first().map_or_else(|| id_of(&self.actor).unwrap_or_default(), |row| row.actor.clone());
        chip("actor", &self.actor, format!("By {name}"));
        let of = rows.first().map_or_else(|| id_of(&self.subject).unwrap_or_default(), |row| row.subject().to_owned());
        let kind = self.subject.split_once(':').map(|(kind, _)| words(kind)).unwrap_or_default();
        chip("subject", &self.subject, format!("{kind} {of}"));
        chip("from", &self.from, format!("From {}", self.from));
        chip("until", &self.until, format!("To {}", self.until));
        chips
    }
}

impl Row {
    fn new(kept: KeptRow, tenant: &TenantId) -> Self {
        let row = kept.row;
        let list = || Address::new(Section::AuditLog.address(tenant));
        Self {
            at: row.recorded_at,
            action: words(&row.action),
            subject_link: list().and("subject", &format!("{}:{}", row.subject_kind, row.subject_id)).to_string(),
            subject_kind: words(&row.subject_kind),
            subject_id: row.subject_id,
            subject_name: kept.subject_name,
            actor_link: list().and("actor", &format!("{}:{}", row.actor.kind.as_str(), row.actor.id)).to_string(),
            actor: actor_name(&row.actor, kept.actor_name),
            changes: changes(row.before.as_deref(), row.after.as_deref()),
        }
    }
}

impl Row {
    /// What was changed: by its name, else by its id.
    fn subject(&self) -> &str {
        self.subject_name.as_deref().unwrap_or(&self.subject_id)
    }
}

fn actor_name(actor: &Actor, name: Option<String>) -> String {
    match actor.kind {
        ActorKind::Employee => name.unwrap_or_else(|| actor.id.clone()),
        ActorKind::Client => name.unwrap_or_else(|| format!("API client {}", actor.id)),
        ActorKind::Customer => format!("Customer {}", actor.id),
        ActorKind::System => format!("Guerdon, {}", actor.id),
    }
}

/// `user.role_changed` as people say it: `User role changed`.
pub(super) fn words(action: &str) -> String {
    let mut words = String::with_capacity(action.len() + 4);
    for c in action.chars() {
        match c {
            '.' | '_' => words.push(' '),
            c if c.is_uppercase() => words.extend([' '].into_iter().chain(c.to_lowercase())),
            c => words.push(c),
        }
    }
    let words = sentence(words.trim_start()).replace("Api client", "API client");
    words.replace("Customer person", "Personal data of customer")
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The fields that differ, by name.
pub(super) fn changes(before: Option<&str>, after: Option<&str>) -> Vec<Change> {
    let fields = |json: Option<&str>| match json.map(serde_json::from_str) {
        Some(Ok(Value::Object(fields))) => fields,
        Some(Ok(other)) => [("value".to_owned(), other)].into_iter().collect(),
        _ => serde_json::Map::new(),
    };
    let (before, after) = (fields(before), fields(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| Change {
            name: words(name),
            before: before.get(name).and_then(shown),
            after: after.get(name).and_then(shown),
        })
        .collect()
}

fn shown(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(items) => items.iter().filter_map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    if text.chars().count() <= VALUE_CHARS_MAX {
        return Some(text);
    }
    Some(text.chars().take(VALUE_CHARS_MAX).chain("…".chars()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_shown() {
        let found =
            changes(Some(r#"{"role":"agent","name":"A","gone":1}"#), Some(r#"{"role":"admin","name":"A","new":true}"#));
        let told: Vec<_> = found.iter().map(|c| (c.name.as_str(), c.before.as_deref(), c.after.as_deref())).collect();
        assert_eq!(
            told,
            [("Gone", Some("1"), None), ("New", None, Some("yes")), ("Role", Some("agent"), Some("admin"))]
        );
        assert!(changes(None, None).is_empty());
        assert_eq!(changes(None, Some("[\"a\",\"b\"]"))[0].after.as_deref(), Some("a, b"));
    }

    #[test]
    fn actions_read_as_words() {
        assert_eq!(words("user.role_changed"), "User role changed");
        assert_eq!(words("api_client.revoked"), "API client revoked");
        assert_eq!(words("timeZone"), "Time zone");
        assert_eq!(words(""), "");
    }
}
