//! What was done to a thing, told on its own page from the audit log.

use super::{
    audit_log::{Change, action, changes},
    customer::words::actor_name,
};
use crate::{domain::time::Timestamp, service::audit::KeptRow};

/// Something that was done.
pub(super) struct Event {
    pub(super) at: Timestamp,
    pub(super) what: String,
    pub(super) who: String,
    pub(super) changes: Vec<Change>,
}

impl Event {
    /// What a row of the audit log tells. `named` gives what the page calls an action, where that is not what the log
    /// calls it, and whether the fields that it touched are told.
    pub(super) fn new(kept: &KeptRow, named: impl Fn(&str) -> Option<(String, bool)>) -> Self {
        let row = &kept.row;
        let (what, tells) = named(&row.action).unwrap_or_else(|| (action(&row.action), true));
        Self {
            at: row.recorded_at,
            what,
            who: actor_name(&row.actor, kept.actor_name.as_deref()),
            changes: if tells { changes(row.before.as_deref(), row.after.as_deref()) } else { Vec::new() },
        }
    }
}
