//! How a table of adjustments is read: by its heading, each row by itself, as people and spreadsheets write them.

use chrono_tz::Tz;

use super::{NOTE_CHARS_MAX, PRIVATE_NOTE_CHARS_MAX, Problem};
use crate::domain::{
    calendar,
    ids::{CustomerId, ID_CHARS_MAX},
    ledger::entry::REFERENCE_CHARS_MAX,
    points::Points,
    text::{self, Lines},
    time::Timestamp,
};

/// Characters of a cell that are kept of a row that cannot be read.
const KEPT_CHARS_MAX: usize = 4_000;

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Whose points.
    Customer,
    /// How many; negative to take them.
    Points,
    /// Why.
    Reason,
    /// What the customer reads.
    Note,
    /// What employees write for each other.
    PrivateNote,
    /// When added points end.
    ValidUntil,
    /// What the shop calls it.
    Reference,
}

impl Column {
    /// All of them, in the order of the template.
    pub const ALL: [Self; 7] =
        [Self::Customer, Self::Points, Self::Reason, Self::Note, Self::PrivateNote, Self::ValidUntil, Self::Reference];

    /// What the heading calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer_id",
            Self::Points => "points",
            Self::Reason => "reason",
            Self::Note => "note",
            Self::PrivateNote => "private_note",
            Self::ValidUntil => "valid_until",
            Self::Reference => "reference",
        }
    }

    /// The column that a heading names, however it is written.
    fn named(heading: &str) -> Option<Self> {
        let name = plain(heading);
        Self::ALL.into_iter().find(|column| plain(column.as_str()) == name).or(match name.as_str() {
            "customer" => Some(Self::Customer),
            "referenceid" => Some(Self::Reference),
            _ => None,
        })
    }

    const fn place(self) -> usize {
        match self {
            Self::Customer => 0,
            Self::Points => 1,
            Self::Reason => 2,
            Self::Note => 3,
            Self::PrivateNote => 4,
            Self::ValidUntil => 5,
            Self::Reference => 6,
        }
    }
}

/// `Customer ID` and `customer_id` are the same.
fn plain(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Columns that a download of rows has besides; they are not read.
pub const TOLD: [&str; 2] = ["line", "problem"];

/// Why a table cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableProblem {
    /// There is nothing, or only a heading.
    Empty,
    /// It is a spreadsheet's own file, or UTF-16.
    NoText,
    /// The heading lacks a column.
    ColumnMissing(Column),
    /// The heading names a column that there is not.
    ColumnUnknown(String),
    /// The heading names a column twice.
    ColumnTwice(Column),
    /// There are too many rows.
    TooManyRows,
}

/// Which cell of a row is what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    places: [Option<usize>; 7],
    cells: usize,
}

impl Layout {
    /// Reads the heading.
    ///
    /// # Errors
    /// When a column is missing, unknown or there twice.
    pub fn of<'a>(heading: impl IntoIterator<Item = &'a str>) -> Result<Self, TableProblem> {
        let mut layout = Self { places: [None; 7], cells: 0 };
        for (place, name) in heading.into_iter().enumerate() {
            layout.cells = place + 1;
            let name = name.trim_start_matches('\u{feff}').trim();
            if name.is_empty() || TOLD.contains(&plain(name).as_str()) {
                continue;
            }
            let column = Column::named(name).ok_or_else(|| TableProblem::ColumnUnknown(kept(name, 60)))?;
            if let Some(slot) = layout.places.get_mut(column.place())
                && slot.replace(place).is_some()
            {
                return Err(TableProblem::ColumnTwice(column));
            }
        }
        for column in [Column::Customer, Column::Points] {
            if layout.places.get(column.place()).copied().flatten().is_none() {
                return Err(TableProblem::ColumnMissing(column));
            }
        }
        Ok(layout)
    }

    /// The cells of a row, in the order of the columns; empty where there is no such column.
    pub fn cells<'a>(&self, row: impl Fn(usize) -> Option<&'a str>) -> Cells {
        Cells(self.places.map(|place| place.and_then(&row).map(whole).unwrap_or_default()))
    }

    /// How many cells each row has.
    pub fn count(&self) -> usize {
        self.cells
    }
}

/// A cell without blanks around it, and without the apostrophe with which a formula was defused.
fn whole(cell: &str) -> String {
    let cell = cell.trim();
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) => {
            rest.trim().to_owned()
        }
        _ => cell.to_owned(),
    }
}

/// A text as it can be kept: without what no database takes, and not for ever.
fn kept(text: &str, chars_max: usize) -> String {
    text.chars().filter(|c| *c != '\0').take(chars_max).collect()
}

/// The cells of a row as they were written, in the order of [`Column::ALL`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells([String; 7]);

impl Cells {
    /// One of them.
    pub fn get(&self, column: Column) -> &str {
        self.0.get(column.place()).map_or("", String::as_str)
    }

    /// Whether nothing is in them.
    pub fn is_blank(&self) -> bool {
        self.0.iter().all(String::is_empty)
    }

    /// What is kept of them when they cannot be read: JSON.
    pub fn to_json(&self) -> String {
        serde_json::Value::from(self.0.iter().map(|cell| kept(cell, KEPT_CHARS_MAX)).collect::<Vec<_>>()).to_string()
    }

    /// The cells that were kept.
    pub fn from_json(json: &str) -> Self {
        let mut cells: Vec<String> = serde_json::from_str(json).unwrap_or_default();
        cells.resize(Column::ALL.len(), String::new());
        Self(cells.try_into().unwrap_or_default())
    }
}

/// What rows are read by.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The reasons that there are: the name that is stored, and the one that people read.
    pub reasons: Vec<(String, String)>,
    /// The reason of rows that give none.
    pub default_reason: Option<String>,
    /// In which zone days begin.
    pub zone: Tz,
    /// The present moment.
    pub now: Timestamp,
}

/// What a row asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// Whose points.
    pub customer: CustomerId,
    /// Signed, never 0.
    pub points: i64,
    /// The stored name of the reason.
    pub reason: String,
    /// What the customer reads.
    pub note: Option<String>,
    /// What employees write for each other.
    pub private_note: Option<String>,
    /// When added points end; `None`: as the site's rule says.
    pub valid_until: Option<Timestamp>,
    /// What the shop calls it.
    pub reference: Option<String>,
}

/// Reads one row.
///
/// # Errors
/// The first thing that is wrong with it, from the left.
pub fn read(cells: &Cells, rules: &Rules) -> Result<Adjustment, Problem> {
    let text = |column: Column, most: usize, lines: Lines| optional(cells, column, most, lines);
    let customer = text(Column::Customer, ID_CHARS_MAX, Lines::One)?.ok_or(Problem::CustomerMissing)?;
    let customer = CustomerId::parse(&customer).map_err(|_checked| Problem::CustomerMissing)?;
    let points = signed(cells.get(Column::Points))?;
    let reason = reason(cells.get(Column::Reason), rules)?;
    let note = text(Column::Note, NOTE_CHARS_MAX, Lines::Many)?;
    let private_note = text(Column::PrivateNote, PRIVATE_NOTE_CHARS_MAX, Lines::Many)?;
    let valid_until = valid_until(cells.get(Column::ValidUntil), rules)?;
    if valid_until.is_some() && points < 0 {
        return Err(Problem::ValidUntilOfTaken);
    }
    let reference = text(Column::Reference, REFERENCE_CHARS_MAX, Lines::One)?;
    Ok(Adjustment { customer, points, reason, note, private_note, valid_until, reference })
}

fn optional(cells: &Cells, column: Column, most: usize, lines: Lines) -> Result<Option<String>, Problem> {
    let cell = cells.get(column);
    if cell.is_empty() {
        return Ok(None);
    }
    if cell.chars().count() > most {
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        return Err(Problem::TooLong { column: column.as_str().to_owned(), most });
    }
    text::check(cell, most, lines)
        .map_err(|_control| Problem::ControlCharacters { column: column.as_str().to_owned() })?;
    Ok(Some(cell.to_owned()))
}

/// `50`, `+50`, `-50`, `−1.000`: a whole number with its sign before it.
fn signed(cell: &str) -> Result<i64, Problem> {
    let (negative, digits) = match cell.strip_prefix(['-', '−', '–']) {
        Some(rest) => (true, rest),
        None => (false, cell.strip_prefix('+').unwrap_or(cell)),
    };
    let points = match Points::parse(digits) {
        Ok(points) => points.get(),
        Err(_) if !digits.trim().is_empty() && digits.trim().bytes().all(|byte| byte.is_ascii_digit()) => {
            return Err(Problem::PointsOutOfRange);
        }
        Err(_) => return Err(Problem::PointsUnreadable),
    };
    Ok(if negative { -points } else { points })
}

fn reason(cell: &str, rules: &Rules) -> Result<String, Problem> {
    if cell.is_empty() {
        return rules.default_reason.clone().ok_or(Problem::ReasonMissing);
    }
    let wanted = plain(cell);
    let is = |(name, label): &&(String, String)| name == cell || plain(name) == wanted || plain(label) == wanted;
    rules.reasons.iter().find(is).map(|(name, _)| name.clone()).ok_or(Problem::ReasonUnknown)
}

fn valid_until(cell: &str, rules: &Rules) -> Result<Option<Timestamp>, Problem> {
    if cell.is_empty() {
        return Ok(None);
    }
    let at = calendar::end_in_table(cell, rules.zone).map_err(|_unreadable| Problem::ValidUntilUnreadable)?;
    if at <= rules.now { Err(Problem::ValidUntilPast) } else { Ok(Some(at)) }
}

/// What separates the cells: of `;`, `,` and the tab the one that the heading has most of.
pub fn separator(heading: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    for byte in heading.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(separator, _)| *separator == byte && !quoted) {
            *count += 1;
        }
    }
    // The first of equals.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| separator)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: &str = "2027-01-15T12:00:00Z";

    fn rules() -> Rules {
        Rules {
            reasons: vec![
                ("goodwill".to_owned(), "Goodwill".to_owned()),
                ("order_correction".to_owned(), "Order correction".to_owned()),
            ],
            default_reason: Some("goodwill".to_owned()),
            zone: chrono_tz::Europe::Berlin,
            now: Timestamp::parse(NOW).unwrap(),
        }
    }

    /// A row by the heading `customer_id,points,reason,note,private_note,valid_until,reference`.
    fn row(cells: [&str; 7]) -> Result<Adjustment, Problem> {
        let layout = Layout::of(Column::ALL.map(Column::as_str)).unwrap();
        read(&layout.cells(|at| cells.get(at).copied()), &rules())
    }

    #[test]
    fn a_row_is_read_as_spreadsheets_write_it() {
        let read = row([" C1 ", "+1.000", "Order Correction", "Sorry!", "", "31.12.2027", "R 7"]).unwrap();
        let wanted = Adjustment {
            customer: CustomerId::parse("C1").unwrap(),
            points: 1_000,
            reason: "order_correction".to_owned(),
            note: Some("Sorry!".to_owned()),
            private_note: None,
            valid_until: Some(Timestamp::parse("2027-12-30T23:00:00Z").unwrap()),
            reference: Some("R 7".to_owned()),
        };
        assert_eq!(read, wanted);
        let taken = row(["C1", "−50", "", "", "for us", "", ""]).unwrap();
        assert_eq!((taken.points, taken.reason.as_str()), (-50, "goodwill"));
        assert_eq!(taken.private_note.as_deref(), Some("for us"));
        let instant = row(["C1", "5", "", "", "", "2027-02-01T00:00:00+01:00", ""]).unwrap();
        assert_eq!(instant.valid_until, row(["C1", "5", "", "", "", "2027-02-01", ""]).unwrap().valid_until);
    }

    #[test]
    fn what_does_not_fit_is_told_by_its_kind() {
        let long = "x".repeat(2_001);
        let too_long = |column: &str, most| Problem::TooLong { column: column.to_owned(), most };
        for (cells, problem) in [
            (["", "5", "", "", "", "", ""], Problem::CustomerMissing),
            ([&long, "5", "", "", "", "", ""], too_long("customer_id", 255)),
            (["C\u{7}1", "5", "", "", "", "", ""], Problem::ControlCharacters { column: "customer_id".to_owned() }),
            (["C1", "", "", "", "", "", ""], Problem::PointsUnreadable),
            (["C1", "five", "", "", "", "", ""], Problem::PointsUnreadable),
            (["C1", "1.5", "", "", "", "", ""], Problem::PointsUnreadable),
            (["C1", "--5", "", "", "", "", ""], Problem::PointsUnreadable),
            (["C1", "0", "", "", "", "", ""], Problem::PointsOutOfRange),
            (["C1", "-0", "", "", "", "", ""], Problem::PointsOutOfRange),
            (["C1", "1000000001", "", "", "", "", ""], Problem::PointsOutOfRange),
            (["C1", "99999999999999999999", "", "", "", "", ""], Problem::PointsOutOfRange),
            (["C1", "5", "because", "", "", "", ""], Problem::ReasonUnknown),
            (["C1", "5", "", &"é".repeat(141), "", "", ""], too_long("note", 140)),
            (["C1", "5", "", "", &long, "", ""], too_long("private_note", 2_000)),
            (["C1", "5", "", "", "", "soon", ""], Problem::ValidUntilUnreadable),
            (["C1", "5", "", "", "", "2027-02-30", ""], Problem::ValidUntilUnreadable),
            (["C1", "5", "", "", "", "99999-01-01", ""], Problem::ValidUntilUnreadable),
            (["C1", "5", "", "", "", "2027-01-15", ""], Problem::ValidUntilPast),
            (["C1", "-5", "", "", "", "2027-12-31", ""], Problem::ValidUntilOfTaken),
            (["C1", "5", "", "", "", "", &"x".repeat(256)], too_long("reference", 255)),
            (["C1", "5", "", "", "", "", "a\nb"], Problem::ControlCharacters { column: "reference".to_owned() }),
        ] {
            assert_eq!(row(cells), Err(problem), "{cells:.60?}");
        }
        let strict = Rules { default_reason: None, ..rules() };
        let layout = Layout::of(["customer_id", "points"]).unwrap();
        let cells = layout.cells(|at| ["C1", "5"].get(at).copied());
        assert_eq!(read(&cells, &strict), Err(Problem::ReasonMissing));
    }

    #[test]
    fn headings_are_known_however_they_are_written() {
        for heading in [
            vec!["customer_id", "points"],
            vec!["\u{feff}Customer ID", " POINTS "],
            vec!["points", "customerId", "", "Private note", "Valid until", "reference_id", "line", "Problem"],
        ] {
            assert!(Layout::of(heading.clone()).is_ok(), "{heading:?}");
        }
        for (heading, problem) in [
            (vec![""], TableProblem::ColumnMissing(Column::Customer)),
            (vec!["customer"], TableProblem::ColumnMissing(Column::Points)),
            (vec!["customer_id", "points", "amount"], TableProblem::ColumnUnknown("amount".to_owned())),
            (vec!["customer_id", "points", "Points"], TableProblem::ColumnTwice(Column::Points)),
        ] {
            assert_eq!(Layout::of(heading.clone()), Err(problem), "{heading:?}");
        }
    }

    #[test]
    fn the_heading_tells_the_separator() {
        for (heading, byte) in [
            ("customer_id,points", b','),
            ("customer_id;points;note", b';'),
            ("customer_id\tpoints", b'\t'),
            ("\"a,b,c\";points", b';'),
            ("customer_id", b','),
        ] {
            assert_eq!(separator(heading), byte, "{heading}");
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_is_kept_without_what_no_database_takes() {
        let layout = Layout::of(["customer_id", "points"]).unwrap();
        let cells = layout.cells(|at| ["C\0 \"1\"", "fünf"].get(at).copied());
        let kept = Cells::from_json(&cells.to_json());
        assert_eq!((kept.get(Column::Customer), kept.get(Column::Points)), ("C \"1\"", "fünf"));
        assert!(!cells.to_json().contains("\\u0000") && Cells::from_json("broken").is_blank());
    }

    proptest! {
        #[test]
        fn no_row_is_read_that_the_ledger_would_not_take(
            customer in "\\PC{0,300}", points in "[-+−]?[0-9., ]{0,14}", note in ".{0,200}", until in "[0-9.T:Z+-]{0,25}",
        ) {
            if let Ok(read) = row([&customer, &points, "", &note, "", &until, ""]) {
                prop_assert!((1..=Points::MAX).contains(&read.points.abs()));
                prop_assert!(CustomerId::parse(read.customer.as_str()).is_ok());
                prop_assert!(read.note.is_none_or(|note| text::check(&note, NOTE_CHARS_MAX, Lines::Many).is_ok()));
                prop_assert!(read.valid_until.is_none_or(|at| at > rules().now && at < Timestamp::MAX));
            }
        }

        #[test]
        fn points_are_read_as_they_are_written(points in 1_i64..=Points::MAX, negative: bool, plus: bool) {
            let sign = if negative { "-" } else if plus { "+" } else { "" };
            let wanted = if negative { -points } else { points };
            prop_assert_eq!(signed(&format!("{sign}{points}")), Ok(wanted));
        }
    }
}
