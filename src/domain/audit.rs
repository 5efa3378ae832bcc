//! The audit log: who changed what, chained so that a changed, missing or swapped row shows.

use sha2::{Digest as _, Sha256};

use super::{actor::Actor, time::Timestamp};

/// What the first row of a log is chained to.
pub const START: &str = "";

/// What was changed: its kind (such as `user`) and its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject<'a> {
    /// A noun of the product, in the singular.
    pub kind: &'static str,
    /// Which one.
    pub id: &'a str,
}

impl<'a> Subject<'a> {
    /// The `kind` called `id`.
    pub fn new(kind: &'static str, id: &'a str) -> Self {
        Self { kind, id }
    }
}

/// One row of an audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// From 1, without gaps.
    pub seq: i64,
    /// When.
    pub recorded_at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What was done, such as `user.role_changed`.
    pub action: String,
    /// What kind of thing was changed.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: String,
    /// What it was like before, as JSON.
    pub before: Option<String>,
    /// What it is like now, as JSON.
    pub after: Option<String>,
}

impl AuditRow {
    /// The row's hash, given the hash of the one before it: SHA-256, in hexadecimal.
    pub fn link(&self, previous: &str, tenant: &str) -> String {
        let mut hash = Sha256::new();
        let mut text = |text: Option<&str>| match text {
            None => hash.update([0]),
            Some(text) => {
                hash.update([1]);
                // Lengths keep two different rows from feeding the same bytes.
                hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
                hash.update(text.as_bytes());
            }
        };
        text(Some("guerdon audit 1"));
        text(Some(previous));
        text(Some(tenant));
        text(Some(&self.seq.to_string()));
        text(Some(&self.recorded_at.micros().to_string()));
        text(Some(self.actor.kind.as_str()));
        text(Some(&self.actor.id));
        text(Some(&self.action));
        text(Some(&self.subject_kind));
        text(Some(&self.subject_id));
        text(self.before.as_deref());
        text(self.after.as_deref());
        hex::encode(hash.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_changes_the_hash() {
        let row = AuditRow {
            seq: 1,
            recorded_at: Timestamp::from_micros(5),
            actor: Actor::system("command line"),
            action: "user.created".to_owned(),
            subject_kind: "user".to_owned(),
            subject_id: "u1".to_owned(),
            before: None,
            after: Some("{}".to_owned()),
        };
        let mut hashes = vec![
            row.link(START, "acme"),
            row.link("x", "acme"),
            row.link(START, "beta"),
            AuditRow { seq: 2, ..row.clone() }.link(START, "acme"),
            AuditRow { recorded_at: Timestamp::from_micros(6), ..row.clone() }.link(START, "acme"),
            AuditRow { actor: Actor::employee("command line"), ..row.clone() }.link(START, "acme"),
            AuditRow { actor: Actor::system("expiry"), ..row.clone() }.link(START, "acme"),
            AuditRow { action: "user.create".to_owned(), subject_kind: "duser".to_owned(), ..row.clone() }
                .link(START, "acme"),
            AuditRow { subject_id: "u2".to_owned(), ..row.clone() }.link(START, "acme"),
            AuditRow { before: Some(String::new()), ..row.clone() }.link(START, "acme"),
            AuditRow { after: None, ..row }.link(START, "acme"),
        ];
        let all = hashes.len();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), all);
    }
}
