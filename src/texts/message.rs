//! A text by its key, with what is put into it.

use std::fmt;

use super::{
    catalog,
    language::{Language, current},
};

/// A text that somebody will read, not yet in any language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    key: &'static str,
    args: Vec<(&'static str, Arg)>,
}

/// What is put into a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// A text that is the same in every language, such as a name.
    Text(String),
    /// A whole number: grouped, and the word after it put into the singular or plural, by the language.
    Number(i64),
    /// Another text of the catalogs.
    Message(Message),
    /// Markup that was made by us, for texts that hold markup.
    Markup(String),
}

impl Message {
    /// The text called `key` in `locales/`.
    pub fn new(key: &'static str) -> Self {
        Self { key, args: Vec::new() }
    }

    /// The same with `value` in the place of `{ $name }`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToArg) -> Self {
        self.args.push((name, value.to_arg()));
        self
    }

    /// Which text it is.
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// The text in `language`.
    pub fn told_in(&self, language: Language) -> String {
        let args: Vec<_> = self.args.iter().map(|(name, arg)| (*name, arg.told_in(language))).collect();
        catalog::text(language, self.key, &args)
    }
}

impl Arg {
    fn told_in(&self, language: Language) -> Self {
        match self {
            Self::Message(message) => Self::Text(message.told_in(language)),
            other => other.clone(),
        }
    }
}

impl fmt::Display for Message {
    /// In the language of the request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told_in(current()))
    }
}

/// What can be put into a text.
pub trait ToArg {
    /// The value as it is put in.
    fn to_arg(&self) -> Arg;
}

impl<T: ToArg + ?Sized> ToArg for &T {
    fn to_arg(&self) -> Arg {
        (**self).to_arg()
    }
}

impl ToArg for str {
    fn to_arg(&self) -> Arg {
        Arg::Text(self.to_owned())
    }
}

impl ToArg for String {
    fn to_arg(&self) -> Arg {
        Arg::Text(self.clone())
    }
}

impl ToArg for std::borrow::Cow<'_, str> {
    fn to_arg(&self) -> Arg {
        Arg::Text(self.as_ref().to_owned())
    }
}

impl ToArg for Message {
    fn to_arg(&self) -> Arg {
        Arg::Message(self.clone())
    }
}

impl ToArg for Arg {
    fn to_arg(&self) -> Arg {
        self.clone()
    }
}

impl ToArg for i64 {
    fn to_arg(&self) -> Arg {
        Arg::Number(*self)
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl ToArg for $number {
            fn to_arg(&self) -> Arg {
                Arg::Number(i64::try_from(*self).unwrap_or(i64::MAX))
            }
        }
    )*};
}

numbers!(u8, u16, u32, u64, usize, i32);

/// A [`Message`]: `message!("format-in-days", days = days)`.
macro_rules! message {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::texts::Message::new($key)$(.with(stringify!($name), $value))*
    };
}

/// The text of a [`Message`] in the language of the request: `t!("format-in-days", days = days)`.
macro_rules! t {
    ($($message:tt)*) => {
        $crate::texts::message!($($message)*).to_string()
    };
}

pub(crate) use {message, t};
