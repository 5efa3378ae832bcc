//! What a thing is, as a list of names and values, and where two such lists differ.

use crate::texts::t;

/// One thing that a page tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    /// What it is called.
    pub(crate) label: String,
    /// What it is.
    pub(crate) value: String,
}

impl Fact {
    /// `value`, called `label`.
    pub(crate) fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into() }
    }
}

/// One thing that is not the same any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// What it is called.
    pub(crate) label: String,
    /// What it is on the one side.
    pub(crate) before: String,
    /// What it is on the other.
    pub(crate) after: String,
}

/// Where two lists of the same facts differ.
pub(crate) fn differences(before: Vec<Fact>, after: Vec<Fact>) -> Vec<Difference> {
    before
        .into_iter()
        .zip(after)
        .filter(|(before, after)| before.value != after.value)
        .map(|(before, after)| Difference { label: before.label, before: before.value, after: after.value })
        .collect()
}

/// `Yes` or `No`.
pub(crate) fn yes_or_no(yes: bool) -> String {
    if yes { t!("ui-yes") } else { t!("ui-no") }
}
