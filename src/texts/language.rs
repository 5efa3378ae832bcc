//! Which languages there are, and which one is spoken now.

use std::{cell::Cell, future::Future};

/// A language in which the back office can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// British English, in which everything is written first.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its tag, such as `en`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// What it calls itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// The language with a tag such as `de` or `de-CH`; `None` when it is not spoken here.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.as_str().eq_ignore_ascii_case(primary))
    }
}

tokio::task_local! {
    /// A cell: who asks, and so in which language, is found out while the request is being answered.
    static CURRENT: Cell<Language>;
}

/// The language of this request; English outside of one.
pub fn current() -> Language {
    CURRENT.try_with(Cell::get).unwrap_or_default()
}

/// Speaks another language for the rest of this request. Nothing happens outside of one.
pub fn set_current(language: Language) {
    // Outside of a request there is nobody to speak to but developers and operators, who read English.
    CURRENT.try_with(|current| current.set(language)).unwrap_or_default();
}

/// Speaks `language` for as long as `future` takes.
pub async fn within<F: Future>(language: Language, future: F) -> F::Output {
    CURRENT.scope(Cell::new(language), future).await
}

/// Speaks `language` for as long as `run` takes.
pub fn in_language<T>(language: Language, run: impl FnOnce() -> T) -> T {
    CURRENT.sync_scope(Cell::new(language), run)
}
