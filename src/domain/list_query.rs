//! What a list is asked for, in the contract's small language: `q=field:value`, `sort=field:desc`, `pageNumber=2`.
//!
//! Every list names the fields that it knows; nothing else of what was sent reaches the database but values.

use regex::{Regex, RegexBuilder};
use rust_decimal::Decimal;

use super::{invalid::Invalid, money::decimal, time::Timestamp};

/// Longest query or order, in bytes.
const QUERY_BYTES_MAX: usize = 4_096;
/// The most criteria of one query, and the most fields of one order.
const PARTS_MAX: usize = 16;
/// The most values of one criterion.
const VALUES_MAX: usize = 500;
/// The size that a compiled pattern may have: patterns are matched in linear time, and this bounds the rest.
const PATTERN_BYTES_MAX: usize = 512 * 1_024;
/// The most that a page holds.
pub const PAGE_SIZE_MAX: i64 = 1_000;
/// What a page holds when nothing is asked for.
pub const PAGE_SIZE: i64 = 16;

/// What the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A text.
    Text,
    /// A list of texts: a value must be among them.
    Texts,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// An instant.
    Time,
}

/// The fields that a list knows.
pub trait Field: Copy + Eq + Sized + 'static {
    /// All of them.
    const ALL: &'static [Self];

    /// Its name in the contract.
    fn name(self) -> &'static str;

    /// What its values are.
    fn kind(self) -> FieldKind;

    /// A value as it is kept.
    fn kept(self, text: &str) -> String {
        text.to_owned()
    }

    /// The pattern as it is matched.
    fn pattern(self, builder: &mut RegexBuilder) -> &mut RegexBuilder {
        builder
    }
}

/// A value that a field is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Of a text, or of a list of texts.
    Text(String),
    /// Of a number.
    Number(Decimal),
    /// Of a flag.
    Flag(bool),
    /// Of an instant.
    Time(Timestamp),
}

/// What is asked of a field.
#[derive(Clone, Debug)]
pub enum Test {
    /// It is one of these.
    IsOneOf(Vec<Operand>),
    /// It matches.
    Matches(Regex),
}

/// One condition of a query.
#[derive(Clone, Debug)]
pub struct Criterion<F> {
    /// Of which field.
    pub field: F,
    /// What is asked of it.
    pub test: Test,
}

/// One field of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order<F> {
    /// Which.
    pub field: F,
    /// From the largest to the smallest.
    pub descending: bool,
}

/// A page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many come before it.
    pub offset: i64,
    /// How many it holds.
    pub size: i64,
}

impl Default for Page {
    fn default() -> Self {
        Self { offset: 0, size: PAGE_SIZE }
    }
}

/// What a list is asked for.
#[derive(Clone, Debug)]
pub struct ListQuery<F> {
    /// All of these must hold.
    pub criteria: Vec<Criterion<F>>,
    /// In which order.
    pub order: Vec<Order<F>>,
    /// Which page.
    pub page: Page,
    /// Whether to count how many there are in all.
    pub total: bool,
}

impl<F> Default for ListQuery<F> {
    fn default() -> Self {
        Self { criteria: Vec::new(), order: Vec::new(), page: Page::default(), total: false }
    }
}

impl Page {
    /// Takes `pageNumber` (from 1) and `pageSize`.
    ///
    /// # Errors
    /// The field that does not fit, and why.
    pub fn parse(number: Option<&str>, size: Option<&str>) -> Result<Self, (&'static str, Invalid)> {
        // Not `parse` alone: it takes a plus sign.
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let whole = |text: &str| text.parse::<i64>().ok().filter(|number| *number >= 1 && digits(text));
        let number = number.map_or(Some(1), whole);
        let number = number.ok_or_else(|| ("pageNumber", Invalid::new("Give a whole number from 1.")))?;
        let size = size.map_or(Some(PAGE_SIZE), whole).filter(|size| *size <= PAGE_SIZE_MAX);
        let message = || Invalid::new(format!("Give a whole number from 1 to {PAGE_SIZE_MAX}."));
        let size = size.ok_or_else(|| ("pageSize", message()))?;
        Ok(Self { offset: (number - 1).saturating_mul(size), size })
    }
}

fn known<F: Field>(name: &str) -> Result<F, Invalid> {
    F::ALL.iter().copied().find(|field| field.name() == name).ok_or_else(|| {
        let names: Vec<&str> = F::ALL.iter().map(|field| field.name()).collect();
        Invalid::new(format!("There is no field `{name}`. Choose among {}.", names.join(", ")))
    })
}

/// Reads `field`, `field:asc` and `field:desc`, with commas between.
///
/// # Errors
/// When a field does not exist or cannot be sorted by, or when it is something else.
pub fn parse_order<F: Field>(text: &str) -> Result<Vec<Order<F>>, Invalid> {
    let mut order: Vec<Order<F>> = Vec::new();
    for part in text.split(',') {
        let (name, direction) = part.split_once(':').unwrap_or((part, "asc"));
        let field: F = known(name.trim())?;
        if field.kind() == FieldKind::Texts {
            return Err(Invalid::new(format!("`{}` is a list; sort by another field.", field.name())));
        }
        let descending = match direction.trim().to_ascii_lowercase().as_str() {
            "asc" => false,
            "desc" => true,
            _ => return Err(Invalid::new("Give `field`, `field:asc` or `field:desc`, with commas between.")),
        };
        if order.iter().all(|one| one.field != field) {
            order.push(Order { field, descending });
        }
    }
    if text.len() > QUERY_BYTES_MAX || order.len() > PARTS_MAX {
        return Err(Invalid::new(format!("Sort by at most {PARTS_MAX} fields.")));
    }
    Ok(order)
}

/// Reads `field:value`, `field:(a,b)` and `field:~pattern`, with blanks between. A value with a blank, a comma or a
/// bracket stands in double quotes.
///
/// # Errors
/// When a field does not exist, a value does not fit its field, or when it is something else.
pub fn parse_criteria<F: Field>(text: &str) -> Result<Vec<Criterion<F>>, Invalid> {
    if text.len() > QUERY_BYTES_MAX {
        return Err(Invalid::new(format!("Give a query of at most {QUERY_BYTES_MAX} bytes.")));
    }
    let mut rest = text.trim_start();
    let mut criteria = Vec::new();
    // Refused before they are compiled: patterns take time.
    let too_many = || Invalid::new(format!("Give 1 to {PARTS_MAX} criteria."));
    while !rest.is_empty() {
        if criteria.len() == PARTS_MAX {
            return Err(too_many());
        }
        let (name, after) = rest.split_once(':').ok_or_else(nonsense)?;
        let field: F = known(name)?;
        let (test, after) = if let Some(after) = after.strip_prefix('~') {
            let (pattern, after) = if after.starts_with('"') { quoted(after)? } else { bare(after, ' ', &[]) };
            (Test::Matches(compile(field, &pattern)?), after)
        } else if let Some(after) = after.strip_prefix('(') {
            let (values, after) = listed(field, after)?;
            (Test::IsOneOf(values), after)
        } else {
            let (value, after) = if after.starts_with('"') { quoted(after)? } else { bare(after, ' ', &['(', ')']) };
            (Test::IsOneOf(vec![operand(field, &value)?]), after)
        };
        if !(after.is_empty() || after.starts_with(' ')) {
            return Err(nonsense());
        }
        criteria.push(Criterion { field, test });
        rest = after.trim_start();
    }
    if criteria.is_empty() { Err(too_many()) } else { Ok(criteria) }
}

fn nonsense() -> Invalid {
    Invalid::new("Give `field:value`, `field:(a,b)` or `field:~pattern`, with blanks between.")
}

/// The text up to `end` or one of `stops`, and what follows.
fn bare<'t>(text: &'t str, end: char, stops: &[char]) -> (String, &'t str) {
    let at = text.find(|c| c == end || stops.contains(&c)).unwrap_or(text.len());
    let (value, after) = text.split_at(at);
    (value.to_owned(), after)
}

/// The text in double quotes; `\"` stands for one of them, `\\` for a backslash.
fn quoted(text: &str) -> Result<(String, &str), Invalid> {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((value, text.get(at + 1..).unwrap_or_default())),
            '\\' => match chars.next() {
                Some((_, c @ ('"' | '\\'))) => value.push(c),
                Some((_, c)) => value.extend(['\\', c]),
                None => break,
            },
            c => value.push(c),
        }
    }
    Err(Invalid::new("Close the double quotes."))
}

fn listed<F: Field>(field: F, mut text: &str) -> Result<(Vec<Operand>, &str), Invalid> {
    let mut values = Vec::new();
    loop {
        let (value, after) = match text.trim_start() {
            text if text.starts_with('"') => quoted(text)?,
            text => bare(text, ',', &[')', '(', '"']),
        };
        values.push(operand(field, value.trim_end())?);
        text = after.trim_start();
        if values.len() > VALUES_MAX {
            return Err(Invalid::new(format!("Give at most {VALUES_MAX} values.")));
        }
        if let Some(after) = text.strip_prefix(')') {
            return Ok((values, after));
        }
        text = text.strip_prefix(',').ok_or_else(nonsense)?;
    }
}

fn operand<F: Field>(field: F, text: &str) -> Result<Operand, Invalid> {
    let wrong = |message: &str| Invalid::new(format!("{}: {message}", field.name()));
    match field.kind() {
        FieldKind::Text | FieldKind::Texts if text.is_empty() => Err(nonsense()),
        FieldKind::Text | FieldKind::Texts if text.contains(char::is_control) => {
            Err(wrong("Leave out control characters."))
        }
        FieldKind::Text | FieldKind::Texts => Ok(Operand::Text(field.kept(text))),
        FieldKind::Number => match text.strip_prefix('-') {
            Some(positive) => decimal(positive).map(|number| Operand::Number(-number)),
            None => decimal(text).map(Operand::Number),
        }
        .map_err(|error| wrong(error.message())),
        FieldKind::Flag => match text {
            "true" => Ok(Operand::Flag(true)),
            "false" => Ok(Operand::Flag(false)),
            _ => Err(wrong("Give true or false.")),
        },
        FieldKind::Time => Timestamp::parse(text).map(Operand::Time).map_err(|error| wrong(error.message())),
    }
}

fn compile<F: Field>(field: F, pattern: &str) -> Result<Regex, Invalid> {
    if field.kind() != FieldKind::Text {
        return Err(Invalid::new(format!("`{}` is no text; give the value itself.", field.name())));
    }
    if pattern.is_empty() {
        return Err(nonsense());
    }
    let mut builder = RegexBuilder::new(pattern);
    field
        .pattern(builder.size_limit(PATTERN_BYTES_MAX).dfa_size_limit(PATTERN_BYTES_MAX).nest_limit(32))
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => Invalid::new("This pattern is too large."),
            _ => Invalid::new(format!(
                "`{pattern}` is no pattern: give a regular expression without look-around and back-references."
            )),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Sample {
        Name,
        Tags,
        Count,
        Open,
        MadeAt,
    }

    impl Field for Sample {
        const ALL: &'static [Self] = &[Self::Name, Self::Tags, Self::Count, Self::Open, Self::MadeAt];

        fn name(self) -> &'static str {
            match self {
                Self::Name => "name",
                Self::Tags => "tags.all",
                Self::Count => "count",
                Self::Open => "open",
                Self::MadeAt => "madeAt",
            }
        }

        fn kind(self) -> FieldKind {
            match self {
                Self::Name => FieldKind::Text,
                Self::Tags => FieldKind::Texts,
                Self::Count => FieldKind::Number,
                Self::Open => FieldKind::Flag,
                Self::MadeAt => FieldKind::Time,
            }
        }
    }

    fn values(query: &str) -> Vec<(Sample, Vec<Operand>)> {
        let criteria = parse_criteria::<Sample>(query).unwrap_or_else(|error| panic!("{query}: {error}"));
        criteria
            .into_iter()
            .map(|criterion| match criterion.test {
                Test::IsOneOf(values) => (criterion.field, values),
                Test::Matches(pattern) => (criterion.field, vec![Operand::Text(format!("~{pattern}"))]),
            })
            .collect()
    }

    fn text(text: &str) -> Operand {
        Operand::Text(text.to_owned())
    }

    #[test]
    fn queries_are_read() {
        assert_eq!(values("name:Winter"), [(Sample::Name, vec![text("Winter")])]);
        assert_eq!(values("name:a:b"), [(Sample::Name, vec![text("a:b")])]);
        assert_eq!(
            values("name:\"Winter (sale), \\\"10%\\\"\""),
            [(Sample::Name, vec![text("Winter (sale), \"10%\"")])]
        );
        assert_eq!(values("name:(a, b,\"c d\")"), [(Sample::Name, vec![text("a"), text("b"), text("c d")])]);
        assert_eq!(values("name:~^W.*(a|b)$"), [(Sample::Name, vec![text("~^W.*(a|b)$")])]);
        assert_eq!(values("name:~^\\w+-\\p{Alphabetic}+$"), [(Sample::Name, vec![text("~^\\w+-\\p{Alphabetic}+$")])]);
        assert_eq!(values("name:~\"^\\d+ x\""), [(Sample::Name, vec![text("~^\\d+ x")])]);
        assert_eq!(
            values("  tags.all:new   count:-1 open:true madeAt:2027-01-15T12:00:00.5+01:00 "),
            [
                (Sample::Tags, vec![text("new")]),
                (Sample::Count, vec![Operand::Number(Decimal::NEGATIVE_ONE)]),
                (Sample::Open, vec![Operand::Flag(true)]),
                (Sample::MadeAt, vec![Operand::Time(Timestamp::parse("2027-01-15T11:00:00.5Z").unwrap())]),
            ]
        );
    }

    #[test]
    fn nonsense_is_refused() {
        for query in [
            "",
            " ",
            "name",
            "name:",
            ":x",
            "name:()",
            "name:(a",
            "name:(a,)",
            "name:(a)b",
            "name:\"a",
            "name:\"a\"b",
            "name:~",
            "name:~(",
            "name:~a{1000}{1000}",
            "name:~(?<x",
            "name:~\\1",
            "name:~(?=a)",
            "colour:red",
            "Name:x",
            "name;DROP:x",
            "count:many",
            "count:1e5",
            "count:~1",
            "open:yes",
            "madeAt:today",
            "tags.all:~x",
            "name:a)b",
            "name:a\u{0}b",
            "name:(a(b)",
        ] {
            assert!(parse_criteria::<Sample>(query).is_err(), "{query:?}");
        }
        assert!(parse_criteria::<Sample>(&"name:x ".repeat(17)).is_err());
        assert!(parse_criteria::<Sample>(&format!("name:({}y)", "x,".repeat(500))).is_err());
        assert!(parse_criteria::<Sample>(&format!("name:{}", "x".repeat(5_000))).is_err());
    }

    #[test]
    fn orders_are_read() {
        let order = parse_order::<Sample>("name:desc, count,open:ASC,name").unwrap();
        let fields: Vec<_> = order.iter().map(|order| (order.field, order.descending)).collect();
        assert_eq!(fields, [(Sample::Name, true), (Sample::Count, false), (Sample::Open, false)]);
        for wrong in ["", "name:up", "colour", "tags.all", "name,,count", "name:asc:desc", "name desc"] {
            assert!(parse_order::<Sample>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn pages_are_numbered_from_one() {
        assert_eq!(Page::parse(None, None), Ok(Page { offset: 0, size: 16 }));
        assert_eq!(Page::parse(Some("3"), Some("1000")), Ok(Page { offset: 2_000, size: 1_000 }));
        let far = i64::MAX.to_string();
        assert_eq!(Page::parse(Some(&far), Some("1000")).unwrap().offset, i64::MAX);
        for (number, size, field) in [
            (Some("0"), None, "pageNumber"),
            (Some("-1"), None, "pageNumber"),
            (Some("+1"), None, "pageNumber"),
            (Some("x"), None, "pageNumber"),
            (Some(""), None, "pageNumber"),
            (Some("1.5"), None, "pageNumber"),
            (None, Some("0"), "pageSize"),
            (None, Some("1001"), "pageSize"),
            (None, Some("99999999999999999999"), "pageSize"),
        ] {
            assert_eq!(Page::parse(number, size).unwrap_err().0, field, "{number:?} {size:?}");
        }
    }

    #[test]
    fn a_pattern_that_others_choke_on_takes_no_time() {
        let criteria = parse_criteria::<Sample>("name:~^(a+)+$").unwrap();
        let Test::Matches(pattern) = &criteria[0].test else { panic!("a pattern") };
        assert!(!pattern.is_match(&format!("{}b", "a".repeat(100_000))));
    }
}
