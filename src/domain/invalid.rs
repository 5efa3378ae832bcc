//! What is wrong with a value, in words for the person who gave it.

use crate::texts::Message;

/// A value that breaks its rule. The message says what to give instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(String);

impl Invalid {
    /// An error that tells `message`.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.0
    }
}

/// Everything that is wrong with a request, by field.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.summary())]
pub struct FieldErrors(Vec<Wrong>);

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wrong {
    field: String,
    /// In the language in which it was found.
    said: String,
    /// The same for every language, where it may be read in another one than it was found in.
    message: Option<Message>,
}

impl FieldErrors {
    /// One error that can be told in every language later, for what is found where nobody reads it yet.
    pub fn told(field: &str, message: Message) -> Self {
        Self(vec![Wrong { field: field.to_owned(), said: message.to_string(), message: Some(message) }])
    }

    /// One error.
    pub fn one(field: &str, message: impl ToString) -> Self {
        let mut errors = Self::default();
        errors.add(field, message);
        errors
    }

    /// Adds what is wrong with a field.
    #[expect(clippy::needless_pass_by_value, reason = "texts and errors alike, written where they are made")]
    pub fn add(&mut self, field: &str, message: impl ToString) {
        self.0.push(Wrong { field: field.to_owned(), said: message.to_string(), message: None });
    }

    /// Adds all that is wrong elsewhere.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Keeps the value of a field that fits, or the reason why it does not.
    pub fn check<T, E: ToString>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.add(field, error.to_string())).ok()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Field and message, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|wrong| (wrong.field.as_str(), wrong.said.as_str()))
    }

    /// All of it in one line, in the language of whoever reads it as far as that is known.
    pub fn summary(&self) -> String {
        let told = |wrong: &Wrong| match &wrong.message {
            Some(message) => format!("{}: {message}", wrong.field),
            None => format!("{}: {}", wrong.field, wrong.said),
        };
        self.0.iter().map(told).collect::<Vec<_>>().join(" ")
    }
}
