//! What became of an event: kept as a code with what belongs to it, told in the language of whoever reads it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::texts::{Language, current, in_language, t};

/// What became of an event, as it is stored: JSON with its `code`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Became {
    /// The order is taken in; it is not completed yet.
    OrderTakenIn {
        /// Where the shop says it stands.
        status: String,
    },
    /// The order earned points.
    OrderEarned {
        /// How many.
        points: i64,
    },
    /// A guest's order, which earns points once somebody claims it.
    OrderEarnsWhenClaimed {
        /// How many.
        points: i64,
    },
    /// The site's rule gives nothing for the order.
    OrderEarnsNothing,
    /// The order was completed before.
    OrderStays,
    /// An unknown order was called off.
    UnknownOrderCalledOff,
    /// A completed order was called off, which changes nothing.
    CompletedOrderCalledOff,
    /// The order was called off.
    OrderCalledOff,
    /// What came back was taken in, order by order.
    Returned {
        /// The orders that it is of.
        orders: Vec<ReturnedOf>,
    },
    /// The shop did not agree to a return.
    ReturnRejected,
    /// The shop has not agreed to a return yet.
    ReturnNotAgreed,
    /// The goods are not back yet.
    ReturnNotArrived,
    /// The account of a customer who is gone was closed.
    AccountClosed,
    /// There was none.
    NoAccount,
    /// The event is of a kind that asks for nothing.
    NoUse {
        /// Which.
        kind: String,
    },
    /// `order.status-changed` does not say of which order.
    StatusOfNoOrder,
    /// Something was in the way that passes.
    InTheWay,
    /// The body cannot be read.
    NoJson {
        /// Why not, as the reader of JSON says.
        error: String,
    },
    /// A rule said no, or something in the event does not fit.
    Refused {
        /// Why, by the tag of a language.
        reasons: BTreeMap<String, String>,
    },
}

/// What became of the part of a return that is of one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnedOf {
    /// Which order.
    pub order: String,
    /// How many points were taken back; `None` while the order is not completed.
    pub taken: Option<i64>,
}

impl Became {
    /// A refusal: `reason` says why, in the language that is spoken when it is called.
    pub fn refused(reason: impl Fn() -> String) -> Self {
        let told = |language: Language| (language.as_str().to_owned(), in_language(language, &reason));
        Self::Refused { reasons: Language::ALL.into_iter().map(told).collect() }
    }

    /// Reads what was stored, in the language of the request. What was stored before there were codes is a text already.
    pub fn told(stored: &str) -> String {
        serde_json::from_str::<Self>(stored).map_or_else(|_text| stored.to_owned(), |became| became.text())
    }

    /// In the language of the request.
    pub fn text(&self) -> String {
        match self {
            Self::OrderTakenIn { status } => t!("inbox-became-taken-in", status = status),
            Self::OrderEarned { points } => t!("inbox-became-earned", points = points),
            Self::OrderEarnsWhenClaimed { points } => t!("inbox-became-earns-when-claimed", points = points),
            Self::OrderEarnsNothing => t!("inbox-became-earns-nothing"),
            Self::OrderStays => t!("inbox-became-order-stays"),
            Self::UnknownOrderCalledOff => t!("inbox-became-unknown-order"),
            Self::CompletedOrderCalledOff => t!("inbox-became-completed-order"),
            Self::OrderCalledOff => t!("inbox-became-called-off"),
            Self::Returned { orders } => orders.iter().map(ReturnedOf::text).collect::<Vec<_>>().join(" "),
            Self::ReturnRejected => t!("inbox-became-return-rejected"),
            Self::ReturnNotAgreed => t!("inbox-became-return-not-agreed"),
            Self::ReturnNotArrived => t!("inbox-became-return-not-arrived"),
            Self::AccountClosed => t!("inbox-became-account-closed"),
            Self::NoAccount => t!("inbox-became-no-account"),
            Self::NoUse { kind } => t!("inbox-became-no-use", kind = kind),
            Self::StatusOfNoOrder => t!("inbox-became-status-of-no-order"),
            Self::InTheWay => t!("inbox-became-in-the-way"),
            Self::NoJson { error } => t!("inbox-became-no-json", error = error),
            Self::Refused { reasons } => {
                let reason = reasons.get(current().as_str()).or_else(|| reasons.get(Language::English.as_str()));
                reason.or_else(|| reasons.values().next()).cloned().unwrap_or_default()
            }
        }
    }

    /// As it is stored.
    pub fn stored(&self) -> String {
        // An enum with texts and numbers always becomes JSON; if ever not, its text is kept.
        serde_json::to_string(self).unwrap_or_else(|_no_json| self.text())
    }
}

impl ReturnedOf {
    fn text(&self) -> String {
        match self.taken {
            Some(points) => t!("inbox-became-taken-back", points = points, order = &self.order),
            None => t!("inbox-became-return-waits", order = &self.order),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_an_event_is_told_in_every_language() {
        let order = || "A-1".to_owned();
        let all = [
            Became::OrderTakenIn { status: "CREATED".to_owned() },
            Became::OrderEarned { points: 1 },
            Became::OrderEarnsWhenClaimed { points: 2_000 },
            Became::OrderEarnsNothing,
            Became::OrderStays,
            Became::UnknownOrderCalledOff,
            Became::CompletedOrderCalledOff,
            Became::OrderCalledOff,
            Became::Returned {
                orders: vec![ReturnedOf { order: order(), taken: Some(3) }, ReturnedOf { order: order(), taken: None }],
            },
            Became::ReturnRejected,
            Became::ReturnNotAgreed,
            Became::ReturnNotArrived,
            Became::AccountClosed,
            Became::NoAccount,
            Became::NoUse { kind: "product.updated".to_owned() },
            Became::StatusOfNoOrder,
            Became::InTheWay,
            Became::NoJson { error: "EOF".to_owned() },
            Became::refused(|| t!("refusal-not-enough", has = 1, asked = 2)),
        ];
        for became in all {
            let stored = became.stored();
            assert_eq!(serde_json::from_str::<Became>(&stored).unwrap(), became);
            let english = Became::told(&stored);
            let german = in_language(Language::German, || Became::told(&stored));
            assert!(
                !english.is_empty() && !english.contains("code") && english != german,
                "{stored}: {english} {german}"
            );
        }
    }

    #[test]
    fn what_was_stored_as_a_text_stays_one() {
        for text in ["The order earned 104 points.", "", "{\"code\":\"of_another_time\"}", "{"] {
            assert_eq!(in_language(Language::German, || Became::told(text)), text);
        }
    }
}
