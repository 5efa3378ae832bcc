//! Why employees add and remove points: a list of reasons, as each tenant words it, with what a reason usually brings.

use chrono::Months;
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::{
    calendar,
    invalid::{FieldErrors, Invalid},
    points::Points,
    text::{self, Lines},
    time::Timestamp,
};
use crate::texts::{message, t};

/// Longest label, in characters.
pub const LABEL_CHARS_MAX: usize = 60;
/// Longest text for the customer, in characters: what a customer reads in a history is short.
pub const NOTE_CHARS_MAX: usize = 140;
/// The longest validities: ten years.
const DAYS_MAX: i64 = 3_660;
const MONTHS_MAX: i64 = 120;
/// Longest part of a code that is made of a label.
const CODE_CHARS_MAX: usize = 40;

/// The reason for points on a birthday.
pub const BIRTHDAY: &str = "birthday";
/// The reasons that every tenant begins with. While the tenant has not renamed them, readers' languages name them.
pub const STARTING: [&str; 5] = [BIRTHDAY, "goodwill", "order_correction", "promotion", "other"];

/// For which changes a reason is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// For adding points.
    Add,
    /// For removing points.
    Remove,
    /// For both.
    Both,
}

impl Direction {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Both, Self::Add, Self::Remove];

    /// The name, as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Both => "both",
        }
    }

    /// Takes a name.
    ///
    /// # Errors
    /// When there is no such direction.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let known = Self::ALL.into_iter().find(|one| one.as_str() == text);
        known.ok_or_else(|| Invalid::new(t!("reasons-choose-direction")))
    }
}

/// How long points are usually valid that are added for a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// So many days.
    Days(i64),
    /// So many calendar months.
    Months(i64),
}

impl Validity {
    /// Takes a number and its unit, `days` or `months`.
    ///
    /// # Errors
    /// When the number does not fit.
    pub fn new(number: i64, unit: &str) -> Result<Self, Invalid> {
        match unit {
            "days" if (1..=DAYS_MAX).contains(&number) => Ok(Self::Days(number)),
            "months" if (1..=MONTHS_MAX).contains(&number) => Ok(Self::Months(number)),
            _ => Err(Invalid::new(t!("reasons-validity-range", days = DAYS_MAX, months = MONTHS_MAX))),
        }
    }

    /// The number.
    pub const fn number(self) -> i64 {
        match self {
            Self::Days(number) | Self::Months(number) => number,
        }
    }

    /// The unit, as it is stored.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Days(_) => "days",
            Self::Months(_) => "months",
        }
    }

    /// The first local day on which points given at `now` are no longer valid.
    pub fn last_day(self, now: Timestamp, zone: Tz) -> chrono::NaiveDate {
        let today = calendar::day_of(now, zone);
        let later = match self {
            Self::Days(days) => today.checked_add_days(chrono::Days::new(days.unsigned_abs())),
            Self::Months(months) => {
                u32::try_from(months).ok().and_then(|months| today.checked_add_months(Months::new(months)))
            }
        };
        later.unwrap_or(chrono::NaiveDate::MAX)
    }

    /// When points given at `now` end: at the start of that day.
    pub fn until(self, now: Timestamp, zone: Tz) -> Timestamp {
        calendar::start_of(self.last_day(now, zone), zone)
    }
}

/// What can be set of a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonDraft {
    /// What it is called; `None`: one of those that every tenant begins with, under its own name.
    pub label: Option<String>,
    /// For which changes it is offered.
    pub direction: Direction,
    /// How many points it usually is.
    pub points: Option<Points>,
    /// How long they are usually valid; `None`: as the earning rule says.
    pub validity: Option<Validity>,
    /// What the customer usually reads.
    pub note: Option<String>,
}

impl ReasonDraft {
    /// One of the reasons that every tenant begins with.
    pub fn starting(code: &str) -> Self {
        let birthday = code == BIRTHDAY;
        Self {
            label: None,
            direction: if birthday { Direction::Add } else { Direction::Both },
            points: if birthday { Points::new(100).ok() } else { None },
            validity: None,
            note: None,
        }
    }

    /// Checks the texts.
    ///
    /// # Errors
    /// Every field that does not fit.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        if let Some(label) = &self.label {
            let fits = !label.trim().is_empty() && text::check(label, LABEL_CHARS_MAX, Lines::One).is_ok();
            if !fits {
                errors.add("label", message!("reasons-label-range", most = LABEL_CHARS_MAX));
            }
        }
        if let Some(note) = &self.note {
            errors.check("note", text::check(note, NOTE_CHARS_MAX, Lines::Many));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// The draft as JSON, for the audit log.
    pub fn to_json(&self) -> Map<String, Value> {
        let fields = [
            ("label", json!(self.label)),
            ("direction", json!(self.direction.as_str())),
            ("points", json!(self.points.map(Points::get))),
            ("validity", json!(self.validity.map(|validity| format!("{} {}", validity.number(), validity.unit())))),
            ("note", json!(self.note)),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// A reason for adding or removing points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What entries hold; it never changes.
    pub code: String,
    /// What can be set.
    pub draft: ReasonDraft,
    /// Its place in the list.
    pub position: i64,
    /// One more with every change.
    pub version: i64,
    /// Since when it is no longer offered.
    pub archived_at: Option<Timestamp>,
}

impl Reason {
    /// Whether it is offered for a change in this direction.
    pub fn fits(&self, direction: Direction) -> bool {
        self.archived_at.is_none() && (self.draft.direction == Direction::Both || self.draft.direction == direction)
    }
}

/// The words of a reason: the tenant's own, those of a reason that every tenant begins with, or what another program
/// wrote.
pub fn name_of(code: &str, label: Option<&str>) -> String {
    match (label, code) {
        (Some(label), _) => label.to_owned(),
        (None, BIRTHDAY) => t!("reasons-birthday"),
        (None, "goodwill") => t!("reasons-goodwill"),
        (None, "order_correction") => t!("reasons-order-correction"),
        (None, "promotion") => t!("reasons-promotion"),
        (None, "other") => t!("reasons-other"),
        (None, other) => other.to_owned(),
    }
}

/// A code for a reason that is called so, which none of `taken` is.
pub fn code_for(label: &str, taken: &[&str]) -> String {
    let mut code = String::new();
    for c in super::customer::fold(label).chars() {
        if c.is_ascii_alphanumeric() {
            code.push(c);
        } else if !code.is_empty() && !code.ends_with('_') {
            code.push('_');
        }
        if code.len() >= CODE_CHARS_MAX {
            break;
        }
    }
    let code = code.trim_end_matches('_');
    let code = if code.is_empty() { "reason" } else { code };
    let numbered = (2_u32..).map(|number| format!("{code}_{number}"));
    std::iter::once(code.to_owned()).chain(numbered).find(|one| !taken.contains(&one.as_str())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_are_made_of_labels_and_never_twice() {
        for (label, taken, code) in [
            ("Lost parcel", &[][..], "lost_parcel"),
            ("  Kulanz – Größe! ", &[], "kulanz_grosse"),
            ("Other", &["other", "other_2"], "other_3"),
            ("誕生日", &[], "reason"),
            ("誕生日", &["reason"], "reason_2"),
        ] {
            assert_eq!(code_for(label, taken), code, "{label}");
        }
    }

    #[test]
    fn a_reason_is_offered_for_its_direction_until_it_is_archived() {
        let reason = |direction| Reason {
            code: "x".to_owned(),
            draft: ReasonDraft { direction, ..ReasonDraft::starting("other") },
            position: 1,
            version: 1,
            archived_at: None,
        };
        assert!(reason(Direction::Add).fits(Direction::Add) && !reason(Direction::Add).fits(Direction::Remove));
        assert!(reason(Direction::Remove).fits(Direction::Remove) && !reason(Direction::Remove).fits(Direction::Add));
        assert!(reason(Direction::Both).fits(Direction::Add) && reason(Direction::Both).fits(Direction::Remove));
        let archived = Reason { archived_at: Some(Timestamp::from_micros(0)), ..reason(Direction::Both) };
        assert!(!archived.fits(Direction::Add));
    }

    #[test]
    fn texts_that_do_not_fit_are_named() {
        let draft = ReasonDraft::starting("other");
        assert!(draft.check().is_ok());
        let wrong = ReasonDraft { label: Some(" ".to_owned()), note: Some("x".repeat(141)), ..draft };
        let errors = wrong.check().unwrap_err();
        assert_eq!(errors.iter().map(|(field, _)| field).collect::<Vec<_>>(), ["label", "note"]);
    }

    #[test]
    fn validity_is_counted_in_calendar_days_of_the_zone() {
        let now = Timestamp::parse("2027-01-31T23:30:00Z").unwrap();
        let day = |validity: Validity| validity.last_day(now, chrono_tz::Europe::Berlin).to_string();
        // It is 1 February in Berlin already.
        assert_eq!(day(Validity::Days(1)), "2027-02-02");
        assert_eq!(day(Validity::Months(12)), "2028-02-01");
        let end = Timestamp::parse("2027-01-31T12:00:00Z").unwrap();
        assert_eq!(Validity::Months(1).last_day(end, Tz::UTC).to_string(), "2027-02-28");
        for (number, unit) in [(0, "days"), (-1, "months"), (3_661, "days"), (121, "months"), (1, "weeks")] {
            assert!(Validity::new(number, unit).is_err(), "{number} {unit}");
        }
    }

    proptest! {
        #[test]
        fn points_end_after_they_are_given_and_later_ones_no_earlier(
            at in 1_600_000_000_i64..4_000_000_000, gap in 0_i64..100_000_000, number in 1_i64..120,
            months: bool, zone in 0_usize..chrono_tz::TZ_VARIANTS.len(),
        ) {
            let zone = chrono_tz::TZ_VARIANTS[zone];
            let validity = if months { Validity::Months(number) } else { Validity::Days(number) };
            let now = Timestamp::from_micros(at * 1_000_000);
            prop_assert!(validity.until(now, zone) > now);
            prop_assert!(validity.until(now, zone) <= validity.until(now.plus_secs(gap), zone));
        }

        #[test]
        fn a_code_is_plain_and_free(label in ".{0,80}", taken in proptest::collection::vec("[a-z_]{1,6}", 0..6)) {
            let taken: Vec<&str> = taken.iter().map(String::as_str).collect();
            let code = code_for(&label, &taken);
            prop_assert!(!taken.contains(&code.as_str()) && !code.is_empty() && code.len() <= 60);
            prop_assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
        }
    }
}
