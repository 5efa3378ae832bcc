//! What the rule that is typed would have given for the orders of the last days.

use crate::{
    domain::site::Site,
    service::rule_trial::{Trial, Yield},
    texts::t,
    web::format,
};

/// One line of the comparison.
pub(super) struct Line {
    pub(super) label: String,
    pub(super) was: String,
    pub(super) would: String,
    /// How they differ, with a sign; empty when they do not.
    pub(super) difference: String,
}

/// A trial, as its card shows it.
pub(super) struct Told {
    /// What was looked at, in a sentence.
    pub(super) about: String,
    pub(super) lines: Vec<Line>,
}

fn counted(label: String, was: u64, would: u64) -> Line {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    line(label, number(was), number(would))
}

fn line(label: String, was: i64, would: i64) -> Line {
    let difference = if was == would { String::new() } else { format::signed(would.saturating_sub(was)) };
    Line { label, was: format::number(was), would: format::number(would), difference }
}

fn worth(was: &Yield, would: &Yield, site: &Site) -> Option<Line> {
    let (was, would) = (was.worth?, would.worth?);
    let money = |amount| format::money(amount, &site.currency);
    let change = would - was;
    let sign = if change.is_sign_positive() { "+" } else { "" };
    let difference = if change.is_zero() { String::new() } else { format!("{sign}{}", money(change)) };
    Some(Line { label: t!("rules-trial-worth"), was: money(was), would: money(would), difference })
}

/// A trial in words and numbers.
pub(super) fn told(trial: &Trial, site: &Site) -> Told {
    if trial.orders == 0 {
        return Told { about: t!("rules-trial-no-orders"), lines: Vec::new() };
    }
    let (was, would) = (&trial.was, &trial.would);
    let mut lines = vec![line(t!("rules-trial-points"), was.points, would.points)];
    lines.extend(worth(was, would, site));
    lines.push(counted(t!("rules-trial-customers"), was.customers, would.customers));
    lines.push(counted(t!("rules-trial-orders"), was.orders, would.orders));
    for (month, (was, would)) in &trial.months {
        lines.push(line(format::month_of(month), *was, *would));
    }
    Told { about: t!("rules-trial-about", orders = trial.orders), lines }
}
