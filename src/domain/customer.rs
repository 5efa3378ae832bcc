//! What is known of a customer as a person, and the words by which one is found.

use std::{collections::BTreeSet, fmt};

use chrono::{Datelike as _, NaiveDate};
use serde_json::{Map, Value, json};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::{
    email::Email,
    invalid::{FieldErrors, Invalid},
    name,
};
use crate::texts::t;

/// A word is kept up to this many characters: nobody types more of one.
const WORD_CHARS_MAX: usize = 40;
/// Writing without blanks gives at most so many words of its own to a text.
const UNSPACED_WORDS_MAX: usize = 16;
/// Longest language tag, such as `zh-Hant-TW`.
const LANGUAGE_BYTES_MAX: usize = 16;
/// A leap year: every day of a birthday exists in it.
const LEAP_YEAR: i32 = 2000;

/// Personal data, apart from the ledger, so that erasing it leaves the sums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonalData {
    /// The person's name.
    pub name: Option<String>,
    /// Where mail reaches the person.
    pub email: Option<String>,
    /// When the person was born.
    pub birthday: Option<Birthday>,
    /// Which language the person reads, as a tag such as `de` or `fr-CH`.
    pub language: Option<String>,
}

impl PersonalData {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes what people type; an empty text means that it is not known.
    ///
    /// # Errors
    /// Every field that does not fit.
    pub fn parse(
        name: &str,
        email: &str,
        birthday: &str,
        language: &str,
        today: NaiveDate,
    ) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        let name = given(name).and_then(|text| errors.check("name", name::parse(&text)));
        let email = given(email).and_then(|text| errors.check("email", Email::parse(&text)));
        let birthday = given(birthday).and_then(|text| errors.check("birthday", Birthday::parse(&text)));
        if birthday.is_some_and(|day| day.is_after(today)) {
            errors.add("birthday", t!("invalid-birthday-ahead"));
        }
        let language = given(language).and_then(|text| errors.check("language", Self::language(&text)));
        let email = email.map(|email| email.as_str().to_owned());
        if errors.is_empty() { Ok(Self { name, email, birthday, language }) } else { Err(errors) }
    }

    /// Reads what a program sends: `name`, `email`, `birthday` and `language`, each a text or absent.
    ///
    /// # Errors
    /// Every field that does not fit, and every one that is not known here: a misspelt one would be lost.
    pub fn from_json(map: &Map<String, Value>, today: NaiveDate) -> Result<Self, FieldErrors> {
        const FIELDS: [&str; 4] = ["name", "email", "birthday", "language"];
        let mut errors = FieldErrors::default();
        for name in map.keys().filter(|name| !FIELDS.contains(&name.as_str()) && *name != "customerId") {
            errors.add(name, format!("Leave it out. There are {}.", FIELDS.join(", ")));
        }
        let [name, email, birthday, language] = FIELDS.map(|name| match map.get(name) {
            None | Some(Value::Null) => "",
            Some(Value::String(text)) => text.as_str(),
            Some(_) => {
                errors.add(name, "Give a text.");
                ""
            }
        });
        match Self::parse(name, email, birthday, language, today) {
            Ok(person) if errors.is_empty() => Ok(person),
            Ok(_) => Err(errors),
            Err(others) => {
                errors.extend(others);
                Err(errors)
            }
        }
    }

    /// The fields as programs read them.
    pub fn to_json(&self) -> Map<String, Value> {
        let birthday = self.birthday.map(|day| day.to_string());
        let fields = json!({ "name": self.name, "email": self.email, "birthday": birthday, "language": self.language });
        fields.as_object().cloned().unwrap_or_default()
    }

    /// The words by which the person is found.
    pub fn words(&self) -> BTreeSet<String> {
        let mut words = BTreeSet::new();
        for text in [&self.name, &self.email].into_iter().flatten() {
            words.extend(all_words(text));
        }
        words
    }

    /// Takes a tag of a language.
    ///
    /// # Errors
    /// When it is none.
    pub fn language(text: &str) -> Result<String, Invalid> {
        let text = text.trim();
        let mut parts = text.split('-');
        let first = parts.next().unwrap_or_default();
        let fits = text.len() <= LANGUAGE_BYTES_MAX
            && (2..=3).contains(&first.len())
            && first.bytes().all(|b| b.is_ascii_alphabetic())
            && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
        if fits { Ok(text.to_owned()) } else { Err(Invalid::new(t!("invalid-language"))) }
    }
}

/// The day on which somebody was born; the year may be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Birthday {
    year: Option<i32>,
    month: u32,
    day: u32,
}

impl Birthday {
    /// Takes `1990-11-22`, or `--11-22` (also `11-22`) without the year.
    ///
    /// # Errors
    /// When there is no such day.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new(t!("invalid-birthday"));
        let text = text.trim();
        let (year, rest) = match text.strip_prefix("--") {
            Some(rest) => (None, rest),
            None if text.len() == 5 => (None, text),
            None => {
                let (year, rest) = text.split_once('-').ok_or_else(invalid)?;
                (Some(number(year, 4).and_then(|year| i32::try_from(year).ok()).ok_or_else(invalid)?), rest)
            }
        };
        let (month, day) = rest.split_once('-').ok_or_else(invalid)?;
        let (month, day) = (number(month, 2).ok_or_else(invalid)?, number(day, 2).ok_or_else(invalid)?);
        let exists = NaiveDate::from_ymd_opt(year.unwrap_or(LEAP_YEAR), month, day).is_some();
        if !exists || year.is_some_and(|year| year < 1800) {
            return Err(invalid());
        }
        Ok(Self { year, month, day })
    }

    /// The year, when it is known.
    pub const fn year(self) -> Option<i32> {
        self.year
    }

    /// Month and day, as `11-22`.
    pub fn month_day(self) -> String {
        format!("{:02}-{:02}", self.month, self.day)
    }

    /// The day in a leap year, to be formatted without its year.
    pub fn in_leap_year(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(LEAP_YEAR, self.month, self.day).unwrap_or_default()
    }

    /// Whether it lies ahead.
    pub fn is_after(self, today: NaiveDate) -> bool {
        self.year.and_then(|year| NaiveDate::from_ymd_opt(year, self.month, self.day)).is_some_and(|day| day > today)
    }

    /// Whether it is celebrated on `day`: those born on 29 February have the 28th where there is no 29th.
    pub fn is_on(self, day: NaiveDate) -> bool {
        Self::celebrated_on(day).contains(&self.month_day())
    }

    /// The birthdays, as month and day, that are celebrated on `day`.
    pub fn celebrated_on(day: NaiveDate) -> Vec<String> {
        let mut days = vec![day.format("%m-%d").to_string()];
        if (day.month(), day.day()) == (2, 28) && !day.leap_year() {
            days.push("02-29".to_owned());
        }
        days
    }
}

impl fmt::Display for Birthday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            Some(year) => write!(f, "{year:04}-{:02}-{:02}", self.month, self.day),
            None => write!(f, "--{:02}-{:02}", self.month, self.day),
        }
    }
}

fn number(digits: &str, length: usize) -> Option<u32> {
    let fits = digits.len() == length && digits.bytes().all(|b| b.is_ascii_digit());
    if fits { digits.parse().ok() } else { None }
}

/// A text in plain lower-case letters, so that `Nørgaard` is found by `norgaard`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            // Lower case of a composed letter may bring a mark of its own.
            c if is_combining_mark(c) => {}
            c => folded.push(c),
        }
    }
    folded
}

fn cut(word: &str) -> String {
    word.chars().take(WORD_CHARS_MAX).collect()
}

fn split(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The words that somebody types to find a customer: a customer is found who has a word beginning with each.
pub fn typed_words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut words: Vec<String> = split(&folded).map(cut).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The words by which a text is found: those in it, those that a hyphen or an apostrophe parts (`O'Brien` by
/// `obrien`), and in writing without blanks every rest of a word.
pub fn all_words(text: &str) -> BTreeSet<String> {
    let folded = fold(text);
    let mut words: BTreeSet<String> = split(&folded).map(cut).collect();
    let hyphenated = folded.split(|c: char| c.is_whitespace() || c == '-');
    for piece in folded.split_whitespace().chain(hyphenated) {
        let joined: String = piece.chars().filter(|c| c.is_alphanumeric()).collect();
        if !joined.is_empty() {
            words.insert(cut(&joined));
        }
    }
    let unspaced: Vec<String> = split(&folded).filter(|word| word.chars().any(is_unspaced)).map(cut).collect();
    for word in unspaced {
        let rests = word.char_indices().skip(1).take(UNSPACED_WORDS_MAX).filter_map(|(at, _)| word.get(at..));
        words.extend(rests.map(str::to_owned));
    }
    words
}

/// Whether a letter belongs to a writing that puts no blanks between words: Thai, kana, Chinese characters, hangul.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{e7f}' | '\u{1100}'..='\u{11ff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, email: &str) -> PersonalData {
        PersonalData { name: Some(name.to_owned()), email: Some(email.to_owned()), ..PersonalData::default() }
    }

    fn found(person: &PersonalData, typed: &str) -> bool {
        let words = person.words();
        typed_words(typed).iter().all(|typed| words.iter().any(|word| word.starts_with(typed)))
    }

    #[test]
    fn people_are_found_by_the_beginnings_of_their_words() {
        let person = named("Søren Núñez-O'Brien", "s.nunez@example.com");
        for typed in ["soren", "NUÑ", "nunez sor", "obrien", "o'brien", "brien", "s.nunez@exam", "Søren n", ""] {
            assert!(found(&person, typed), "{typed}");
        }
        for typed in ["oren", "nunezz", "soren x"] {
            assert!(!found(&person, typed), "{typed}");
        }
        let person = named("山田太郎", "taro@example.jp");
        assert!(found(&person, "太郎") && found(&person, "山田") && !found(&person, "郎太"));
        assert!(found(&named("Straße İpek Łukasz", ""), "strasse ipek lukasz"));
    }

    #[test]
    fn long_texts_give_short_words() {
        let person = named(&"x".repeat(500), &"山".repeat(500));
        assert!(person.words().iter().all(|word| word.chars().count() <= WORD_CHARS_MAX));
        assert!(person.words().len() <= 2 + UNSPACED_WORDS_MAX);
    }

    #[test]
    fn birthdays_are_days_with_or_without_a_year() {
        for (text, written) in
            [("1990-11-22", "1990-11-22"), (" --02-29 ", "--02-29"), ("11-22", "--11-22"), ("2000-02-29", "2000-02-29")]
        {
            assert_eq!(Birthday::parse(text).map(|day| day.to_string()), Ok(written.to_owned()), "{text}");
        }
        for text in
            ["", "1990-02-30", "1999-02-29", "90-11-22", "22.11.1990", "1790-01-01", "--13-01", "+199-01-01", "1-2"]
        {
            assert!(Birthday::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn those_born_on_29_february_have_a_birthday_every_year() {
        let born = Birthday::parse("1996-02-29").unwrap();
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        assert!(born.is_on(day(2027, 2, 28)) && !born.is_on(day(2027, 3, 1)));
        assert!(born.is_on(day(2028, 2, 29)) && !born.is_on(day(2028, 2, 28)));
        assert!(born.is_after(day(1995, 1, 1)) && !born.is_after(day(2027, 1, 1)));
    }

    #[test]
    fn what_is_typed_is_kept_or_named() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let person = PersonalData::parse(" Mara Lindqvist ", "Mara@Example.com", "", "de", today).unwrap();
        assert_eq!(
            person,
            PersonalData { language: Some("de".to_owned()), ..named("Mara Lindqvist", "mara@example.com") }
        );
        assert!(PersonalData::parse(" ", "", "", "", today).unwrap().is_empty());
        let wrong = PersonalData::parse(&"x".repeat(200), "mara", "2026-11-23", "deutsch", today).unwrap_err();
        assert_eq!(wrong.iter().map(|(field, _)| field).collect::<Vec<_>>(), ["name", "email", "birthday", "language"]);
    }

    #[test]
    fn languages_are_tags() {
        for text in ["de", "fr-CH", "zh-Hant-TW", " en "] {
            assert!(PersonalData::language(text).is_ok(), "{text}");
        }
        for text in ["", "d", "deutsch", "de-", "de_DE", "de-<script>"] {
            assert!(PersonalData::language(text).is_err(), "{text}");
        }
    }
}
