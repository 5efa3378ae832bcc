//! What shops tell Guerdon by signed messages: orders, returns, customers who are gone.
//!
//! An event is kept as it came, and read when it is worked off: what cannot be read or done can be shown with its reason
//! and tried again.

mod became;
pub mod emporix;
pub mod orders;

pub use became::{Became, ReturnedOf};
use serde_json::{Map, Value};

use super::{
    ids::{CustomerId, OrderId, ReturnId},
    invalid::{FieldErrors, Invalid},
    order::returned::Content,
    time::Timestamp,
};
use crate::texts::t;

/// Longest name of an event that is kept, in characters.
const KIND_CHARS_MAX: usize = 64;
/// Longest id of what an event is about that is kept, in characters.
const SUBJECT_CHARS_MAX: usize = 255;

/// The addresses at which events arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feed {
    /// Events of the shop's own backend, signed as Standard Webhooks describe.
    Orders,
    /// Events of the Emporix platform, with its own signature or by Svix.
    Emporix,
}

impl Feed {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Orders, Self::Emporix];

    /// The last segment of its address, under which it is stored, too.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Emporix => "emporix",
        }
    }

    /// Takes a name.
    ///
    /// # Errors
    /// When there is no such feed.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|feed| feed.as_str() == text);
        known.ok_or_else(|| Invalid::new(t!("invalid-feed")))
    }
}

/// What an event asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// To take in a snapshot of an order, as `PUT .../orders/{orderId}` takes it.
    Order(OrderId, Map<String, Value>),
    /// To note that an order was called off.
    Cancelled(OrderId),
    /// To take back the points of what was returned, of one order or several.
    Return(ReturnId, Vec<(OrderId, Content)>),
    /// To close the account of a customer who is gone.
    CustomerGone(CustomerId),
    /// Nothing, and why.
    Nothing(Became),
}

/// An event as far as it can be told without reading all of it: for lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// What happened, such as `order.updated`.
    pub kind: String,
    /// The order, the return or the customer that it is about.
    pub subject: Option<String>,
}

impl Heading {
    fn new(kind: &str, subject: Option<&str>) -> Self {
        let cut = |text: &str, chars: usize| text.chars().filter(|one| !one.is_control()).take(chars).collect();
        Self {
            kind: cut(kind, KIND_CHARS_MAX),
            subject: subject.map(|id| cut(id, SUBJECT_CHARS_MAX)).filter(|id: &String| !id.is_empty()),
        }
    }
}

/// Where the work on an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is to be worked off.
    Waiting,
    /// It was worked off.
    Done,
    /// It asked for nothing.
    Nothing,
    /// It could not be worked off; somebody has to look at it.
    Failed,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Done, Self::Nothing, Self::Failed];

    /// The name, as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Nothing => "nothing",
            Self::Failed => "failed",
        }
    }

    /// Takes a name.
    ///
    /// # Errors
    /// When there is no such state.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|state| state.as_str() == text);
        known.ok_or_else(|| Invalid::new("unknown state of an event"))
    }
}

/// The text of a field, or of a number that serves as an id.
fn text(map: &Map<String, Value>, name: &str) -> Option<String> {
    match map.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Reads an id of a field that must be there.
fn id<T>(
    map: &Map<String, Value>,
    name: &str,
    parse: impl Fn(&str) -> Result<T, Invalid>,
    errors: &mut FieldErrors,
) -> Option<T> {
    let Some(text) = text(map, name) else {
        errors.add(name, t!("order-id-missing"));
        return None;
    };
    errors.check(name, parse(&text))
}

/// What an event of a feed asks for.
///
/// # Errors
/// When something in it does not fit; every field that does not is named.
pub fn read(feed: Feed, kind: &str, body: &Map<String, Value>, received_at: Timestamp) -> Result<Task, FieldErrors> {
    match feed {
        Feed::Orders => orders::read(kind, body),
        Feed::Emporix => emporix::read(kind, body, received_at),
    }
}

/// What a list tells of an event. `named` is the kind that the request named apart from the body.
pub fn heading(feed: Feed, named: Option<&str>, body: &Map<String, Value>) -> Heading {
    match feed {
        Feed::Orders => orders::heading(body),
        Feed::Emporix => emporix::heading(named, body),
    }
}
