//! What batches, rows and their problems are called.

use crate::{
    domain::bulk::{
        BatchState, Problem, RowState,
        reading::{Column, TableProblem},
    },
    service::bulk::Batch,
    texts::{message, t},
    web::format,
};

/// What people call a state of a batch, and the look of its badge.
pub(super) fn state(batch: &Batch) -> (String, &'static str) {
    match batch.state {
        BatchState::Reading | BatchState::Checking => (t!("bulk-state-checking"), "badge-azure"),
        BatchState::Checked => (t!("bulk-state-checked"), "badge-caut"),
        BatchState::Running if batch.stop_wanted => (t!("bulk-state-stopping"), "badge-azure"),
        BatchState::Running => (t!("bulk-state-running"), "badge-azure"),
        BatchState::Stopped => (t!("bulk-state-stopped"), "badge-caut"),
        BatchState::Done => (t!("bulk-state-done"), "badge-pos"),
        BatchState::Reversing => (t!("bulk-state-reversing"), "badge-azure"),
        BatchState::Reversed => (t!("bulk-state-reversed"), ""),
    }
}

/// What people call a batch.
pub(super) fn name(batch: &Batch) -> String {
    if batch.name.is_empty() { t!("bulk-pasted") } else { batch.name.clone() }
}

/// What people call a state of a row, and the look of its badge.
pub(super) fn row_state(state: RowState) -> (String, &'static str) {
    match state {
        RowState::Ready => (t!("bulk-row-ready"), ""),
        RowState::Bad => (t!("bulk-row-bad"), "badge-crit"),
        RowState::Booked => (t!("bulk-row-booked"), "badge-pos"),
        RowState::Refused => (t!("bulk-row-refused"), "badge-crit"),
        RowState::Reversed => (t!("bulk-row-reversed"), ""),
        RowState::Kept => (t!("bulk-row-kept"), "badge-crit"),
        RowState::LeftOut => (t!("bulk-row-left-out"), ""),
    }
}

/// What the heading calls a column; it is the same in every language.
fn column(column: Column) -> &'static str {
    column.as_str()
}

/// What is wrong with a row, and what to do.
pub(super) fn problem(problem: &Problem) -> String {
    let points = |points: i64| message!("bulk-points", count = points);
    match problem {
        Problem::NotUtf8 => t!("bulk-problem-not-utf8"),
        Problem::CellCount { expected, found } => t!("bulk-problem-cells", expected = expected, found = found),
        Problem::CustomerMissing => t!("bulk-problem-customer-missing"),
        Problem::TooLong { column, most } => t!("bulk-problem-too-long", column = column, most = most),
        Problem::ControlCharacters { column } => t!("bulk-problem-control", column = column),
        Problem::PointsUnreadable => t!("bulk-problem-points-unreadable"),
        Problem::PointsOutOfRange => t!("bulk-problem-points-range", most = 1_000_000_000),
        Problem::ReasonMissing => t!("bulk-problem-reason-missing"),
        Problem::ReasonUnknown => t!("bulk-problem-reason-unknown"),
        Problem::ValidUntilUnreadable => t!("bulk-problem-until-unreadable"),
        Problem::ValidUntilPast => t!("bulk-problem-until-past"),
        Problem::ValidUntilOfTaken => t!("bulk-problem-until-of-taken"),
        Problem::RowTwice { line } => t!("bulk-problem-row-twice", line = line),
        Problem::ReferenceTwice { line } => t!("bulk-problem-reference-twice", line = line),
        Problem::UnknownCustomer => t!("bulk-problem-unknown-customer"),
        Problem::NotEnough { has, asked } => t!("bulk-problem-not-enough", has = points(*has), asked = points(*asked)),
        Problem::BalanceTooLarge => {
            t!("bulk-problem-balance", most = format::number(crate::domain::points::Points::BALANCE_MAX))
        }
        Problem::AlreadyUndone => t!("bulk-problem-undone"),
        Problem::Refused { why } => why.clone(),
        Problem::Failed => t!("bulk-problem-failed"),
    }
}

/// Why a table was not taken in, and what to do.
pub(super) fn table_problem(problem: &TableProblem) -> String {
    let columns = Column::ALL.map(column).join(", ");
    match problem {
        TableProblem::Empty => t!("bulk-table-empty"),
        TableProblem::NoText => t!("bulk-table-no-text"),
        TableProblem::ColumnMissing(missing) => t!("bulk-table-column-missing", column = column(*missing)),
        TableProblem::ColumnUnknown(name) => t!("bulk-table-column-unknown", name = name, columns = columns),
        TableProblem::ColumnTwice(twice) => t!("bulk-table-column-twice", column = column(*twice)),
        TableProblem::TooManyRows => t!("bulk-table-too-many", most = crate::domain::bulk::ROWS_MAX),
    }
}
