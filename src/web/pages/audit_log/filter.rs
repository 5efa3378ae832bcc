//! What the audit log is narrowed to, as it stands in the address.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Deserialize;

use super::{Row, words};
use crate::{
    domain::{actor::ActorKind, calendar},
    service::audit::AuditFilter,
    texts::t,
    web::{form::Choice, format, query::Address, shell::Shell},
};

/// Longer texts are not searched for.
const TEXT_CHARS_MAX: usize = 100;

/// The filters, and where the page begins.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ListQuery {
    pub(super) q: String,
    pub(super) action: String,
    /// `KIND` or `KIND:ID`.
    pub(super) actor: String,
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) before: String,
    pub(super) after: String,
    /// `KIND:ID`: both at once, as other pages link to it.
    subject: String,
}

/// An active filter, and the address without it.
pub(super) struct Chip {
    pub(super) label: String,
    pub(super) without: String,
}

/// Nothing for nothing.
fn given(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.chars().take(TEXT_CHARS_MAX).collect())
}

fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

impl ListQuery {
    /// The same with kind and id in fields of their own.
    pub(super) fn taken_apart(mut self) -> Self {
        if let Some((kind, id)) = self.subject.split_once(':') {
            (self.kind, self.id) = (kind.to_owned(), id.to_owned());
        }
        self
    }

    pub(super) fn filter(&self, zone: Tz) -> AuditFilter {
        let (kind, id) = self.actor.split_once(':').map_or((self.actor.as_str(), None), |(kind, id)| (kind, Some(id)));
        AuditFilter {
            actor_id: id.map(str::to_owned),
            actor_kind: ActorKind::parse(kind).ok().map(|kind| kind.as_str().to_owned()),
            action: given(&self.action),
            subject_kind: given(&self.kind),
            subject_id: Some(self.id.trim().to_owned()).filter(|id| !id.is_empty()),
            from: day(&self.from).map(|day| calendar::start_of(day, zone)),
            until: day(&self.until).and_then(|day| day.succ_opt()).map(|day| calendar::start_of(day, zone)),
            text: given(&self.q),
        }
    }

    /// The address of this list on its first page, without one of its filters.
    pub(super) fn address(&self, path: &str, left_out: &str) -> Address {
        let fields = [
            ("q", &self.q),
            ("action", &self.action),
            ("actor", &self.actor),
            ("kind", &self.kind),
            ("id", &self.id),
            ("from", &self.from),
            ("until", &self.until),
        ];
        fields
            .into_iter()
            .filter(|(name, value)| *name != left_out && !value.is_empty())
            .fold(Address::new(path.to_owned()), |address, (name, value)| address.and(name, value))
    }

    /// The address of this very page.
    pub(super) fn here(&self, path: &str) -> Address {
        self.address(path, "").and("before", &self.before).and("after", &self.after).without_empty()
    }

    pub(super) fn chips(&self, path: &str, rows: &[Row], actors: &[Choice], shell: &Shell) -> Vec<Chip> {
        let mut chips = Vec::new();
        let mut chip = |name: &str, label: Option<String>| {
            chips.extend(label.map(|label| Chip { label, without: self.address(path, name).to_string() }));
        };
        let told = |text: &str| {
            let start = calendar::start_of(day(text)?, shell.zone());
            Some(format::date(start, shell.zone()))
        };
        chip("q", given(&self.q).map(|text| t!("audit-log-chip-text", text = text)));
        chip("action", given(&self.action).map(|name| words::action(&name)));
        chip("actor", self.actor_name(rows, actors).map(|name| t!("audit-log-chip-by", name = name)));
        chip("kind", given(&self.kind).map(|name| words::kind(&name)));
        // A name is known where it stands in a row.
        chip("id", given(&self.id).map(|id| rows.first().map_or(id, |row| row.subject().to_owned())));
        chip("from", told(&self.from).map(|day| t!("audit-log-chip-from", day = day)));
        chip("until", told(&self.until).map(|day| t!("audit-log-chip-until", day = day)));
        chips
    }

    /// Who is asked for. Who left the team is known by a row of theirs.
    fn actor_name(&self, rows: &[Row], actors: &[Choice]) -> Option<String> {
        let known = actors.iter().find(|actor| actor.value == self.actor).map(|actor| actor.label.clone());
        let (kind, id) = self.actor.split_once(':').map_or((self.actor.as_str(), ""), |(kind, id)| (kind, id));
        ActorKind::parse(kind).ok()?;
        known.or_else(|| rows.first().map(|row| row.actor.clone())).or_else(|| given(id))
    }
}
