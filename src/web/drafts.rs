//! The draft that is kept of a thing: told beside its form, with the buttons that publish and discard it.

use serde::Deserialize;

use super::facts::Difference;
use crate::{domain::time::Timestamp, service::option_drafts::Kept, texts::t};

/// What a page says of drafts in words of its own; each is a key in `locales/`.
pub(crate) struct Words {
    /// When the form shows the draft.
    pub(crate) in_form: &'static str,
    /// When it does not.
    pub(crate) live_in_form: &'static str,
    /// When the draft would change nothing.
    pub(crate) same: &'static str,
    /// The link that leads away from the draft.
    pub(crate) show_live: &'static str,
}

/// What is told of a draft.
pub(crate) struct Notice {
    pub(crate) who: String,
    pub(crate) at: Timestamp,
    /// What would change.
    pub(crate) differences: Vec<Difference>,
    /// Whether the form beside it shows the draft.
    pub(crate) is_in_form: bool,
    /// Where its buttons lead, and the query of their addresses.
    pub(crate) link: String,
    pub(crate) query: String,
    /// The versions that it was made for, as fields of a form.
    pub(crate) versions: Vec<(&'static str, i64)>,
    pub(crate) seen: String,
    pub(crate) words: &'static Words,
}

impl Notice {
    /// What is told of `kept`, which makes these differences to what there is.
    pub(crate) fn new<T>(kept: Kept<T>, differences: Vec<Difference>, words: &'static Words) -> Self {
        Self {
            differences,
            seen: seen(Some(&kept)),
            at: kept.kept_at,
            who: kept.keeper.unwrap_or_else(|| t!("people-former-member")),
            is_in_form: false,
            link: String::new(),
            query: String::new(),
            versions: Vec::new(),
            words,
        }
    }
}

/// When a draft was kept, for a field of a form.
pub(crate) fn seen<T>(kept: Option<&Kept<T>>) -> String {
    kept.map(|kept| kept.kept_at.micros().to_string()).unwrap_or_default()
}

/// Reads what [`seen`] made.
pub(crate) fn parse_seen(text: &str) -> Option<Timestamp> {
    text.parse().ok().map(Timestamp::from_micros)
}

/// Whether a form is to be filled with the draft that is kept.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct WhichQuery {
    form: String,
}

impl WhichQuery {
    /// Whether it is.
    pub(crate) fn is_draft(&self) -> bool {
        self.form == "draft"
    }
}
