//! Numbers, money and times as people read them, in the language of the request.

use chrono::{DateTime, Datelike as _, Locale, NaiveDate, SecondsFormat};
use chrono_tz::Tz;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::{
    domain::{customer::Birthday, money::Currency, time::Timestamp},
    texts::{self, Language, t},
};

/// A whole number with its thousands apart: `1,284,630`, `−50`.
pub(crate) fn number(number: i64) -> String {
    texts::number::whole(number)
}

/// A whole number that says whether it gives or takes: `+50`, `−250`.
pub(crate) fn signed(number: i64) -> String {
    let sign = if number > 0 { "+" } else { "" };
    format!("{sign}{}", self::number(number))
}

/// An amount in the currency's own digits: `€12,846.30`, `¥1,200`, `CHF 10.00`; in German `12.846,30 €`.
pub(crate) fn money(amount: Decimal, currency: &Currency) -> String {
    let digits = currency.decimals();
    let rounded = amount.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero).abs();
    let mut text = rounded.to_string();
    if digits > 0 {
        let given = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        if given == 0 {
            text.push('.');
        }
        let missing = usize::try_from(digits).unwrap_or(0).saturating_sub(given);
        text.extend(std::iter::repeat_n('0', missing));
    }
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let minus = if amount.is_sign_negative() && !rounded.is_zero() { "−" } else { "" };
    let language = texts::current();
    let fraction = fraction.map(|digits| format!("{}{digits}", language.decimal_sign())).unwrap_or_default();
    let whole = texts::number::grouped(language, whole);
    match language {
        Language::English => format!("{minus}{}{whole}{fraction}", sign(currency)),
        Language::German => format!("{minus}{whole}{fraction}\u{a0}{}", currency.sign()),
    }
}

/// What stands before an amount: `€`, `CHF ` with a blank, for a code is a word of its own.
pub(crate) fn sign(currency: &Currency) -> String {
    let blank = if currency.sign() == currency.as_str() { "\u{a0}" } else { "" };
    format!("{}{blank}", currency.sign())
}

/// One unit of a currency: `€1`, `CHF 1`; in German `1 €`.
pub(crate) fn one_of(currency: &Currency) -> String {
    match texts::current() {
        Language::English => format!("{}1", sign(currency)),
        Language::German => format!("1\u{a0}{}", currency.sign()),
    }
}

/// A decimal with as many digits as it has: `0.95`; in German `0,95`.
pub(crate) fn decimal(number: Decimal) -> String {
    number.to_string().replace('.', texts::current().decimal_sign().encode_utf8(&mut [0; 4]))
}

fn local(at: Timestamp, zone: Tz) -> DateTime<Tz> {
    at.utc().with_timezone(&zone)
}

/// A time by the pattern of the language, `english` or `german`.
fn by_language(at: DateTime<Tz>, english: &str, german: &str) -> String {
    match texts::current() {
        Language::English => at.format_localized(english, Locale::en_GB).to_string(),
        Language::German => at.format_localized(german, Locale::de_DE).to_string(),
    }
}

/// A name in the middle of a sentence: whichever way it is written, the rest keeps its direction.
pub(crate) fn apart(name: &str) -> String {
    // What would end or begin such a part itself has no place in it.
    let name: String = name.chars().filter(|c| !('\u{2066}'..='\u{2069}').contains(c)).collect();
    format!("\u{2068}{name}\u{2069}")
}

/// `22 Nov 2026`
pub(crate) fn date(at: Timestamp, zone: Tz) -> String {
    by_language(local(at, zone), "%-d %b %Y", "%-d. %b %Y")
}

/// `22 Nov 2026, 10:41`
pub(crate) fn date_time(at: Timestamp, zone: Tz) -> String {
    by_language(local(at, zone), "%-d %b %Y, %H:%M", "%-d. %b %Y, %H:%M")
}

/// `3 Nov, 14:22`: for lists whose headings name the year.
pub(crate) fn day_time(at: Timestamp, zone: Tz) -> String {
    by_language(local(at, zone), "%-d %b, %H:%M", "%-d. %b, %H:%M")
}

/// `28 Nov`: where the year goes without saying.
pub(crate) fn day(at: Timestamp, zone: Tz) -> String {
    by_language(local(at, zone), "%-d %b", "%-d. %b")
}

/// `November 2026`
pub(crate) fn month(at: Timestamp, zone: Tz) -> String {
    by_language(local(at, zone), "%B %Y", "%B %Y")
}

/// `22 November 1990`, or without the year where nobody knows it.
pub(crate) fn birthday(day: Birthday) -> String {
    let (english, german) = if day.year().is_some() { ("%-d %B %Y", "%-d. %B %Y") } else { ("%-d %B", "%-d. %B") };
    let date = day.year().and_then(|year| day.in_leap_year().with_year(year)).unwrap_or_else(|| day.in_leap_year());
    match texts::current() {
        Language::English => date.format_localized(english, Locale::en_GB).to_string(),
        Language::German => date.format_localized(german, Locale::de_DE).to_string(),
    }
}

/// A share: `12.5%`, in German `12,5 %`.
pub(crate) fn percent(percent: Decimal) -> String {
    with_percent(&percent.normalize().to_string())
}

/// A share given in tenths of a percent: `8.2%`, `50.0%`.
pub(crate) fn percent_tenths(tenths: u128) -> String {
    with_percent(&format!("{}.{}", tenths / 10, tenths % 10))
}

fn with_percent(digits: &str) -> String {
    match texts::current() {
        Language::English => format!("{digits}%"),
        language @ Language::German => {
            format!("{}\u{a0}%", digits.replace('.', &language.decimal_sign().to_string()))
        }
    }
}

/// `November 2026`, of a month such as `2026-11`.
pub(crate) fn month_of(month: &str) -> String {
    let first = format!("{month}-01").parse::<NaiveDate>();
    let told = |day: NaiveDate| match texts::current() {
        Language::English => day.format_localized("%B %Y", Locale::en_GB).to_string(),
        Language::German => day.format_localized("%B %Y", Locale::de_DE).to_string(),
    };
    first.map_or_else(|_no_month| month.to_owned(), told)
}

/// How long ago or ahead a day is: `today`, `in 6 days`, `3 days ago`.
pub(crate) fn days_apart(at: Timestamp, now: Timestamp, zone: Tz) -> String {
    let day = |at| local(at, zone).num_days_from_ce();
    match day(at) - day(now) {
        0 => t!("format-today"),
        1 => t!("format-tomorrow"),
        -1 => t!("format-yesterday"),
        days if days > 0 => t!("format-in-days", days = days),
        days => t!("format-days-ago", days = -days),
    }
}

/// `2026-11-22T10:41:00+01:00`, for machines.
pub(crate) fn iso(at: Timestamp, zone: Tz) -> String {
    local(at, zone).to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// How long to wait: `40 seconds`, `3 minutes`.
pub(crate) fn duration(secs: i64) -> String {
    match secs {
        ..=89 => t!("format-seconds", count = secs.max(1)),
        90..=5399 => t!("format-minutes", count = (secs + 59) / 60),
        _ => t!("format-hours", count = (secs + 3599) / 3600),
    }
}

/// The letters of a name's first and last word: `Jonas Weber` is `JW`.
pub(crate) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_thousands_apart() {
        for (value, text) in [
            (0, "0"),
            (7, "7"),
            (999, "999"),
            (1000, "1,000"),
            (1_284_630, "1,284,630"),
            (-1153, "−1,153"),
            (i64::MIN, "−9,223,372,036,854,775,808"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!((signed(50), signed(-250), signed(0)), ("+50".into(), "−250".into(), "0".into()));
    }

    #[test]
    fn money_has_the_digits_of_its_currency() {
        for (amount, currency, text) in [
            ("12846.3", "EUR", "€12,846.30"),
            ("5", "GBP", "£5.00"),
            ("0.005", "USD", "$0.01"),
            ("-10", "CHF", "−CHF\u{a0}10.00"),
            ("1200.4", "JPY", "¥1,200"),
            ("1.2345", "KWD", "KWD\u{a0}1.235"),
            ("-0.001", "EUR", "€0.00"),
        ] {
            assert_eq!(money(amount.parse().unwrap(), &Currency::parse(currency).unwrap()), text);
        }
    }

    #[test]
    fn times_are_told_in_the_zone_of_the_page() {
        let at = Timestamp::parse("2026-11-22T23:41:05.123456Z").unwrap();
        assert_eq!(date_time(at, chrono_tz::Europe::Berlin), "23 Nov 2026, 00:41");
        assert_eq!(iso(at, chrono_tz::Europe::Berlin), "2026-11-23T00:41:05+01:00");
        assert_eq!(date(at, chrono_tz::America::New_York), "22 Nov 2026");
    }

    #[test]
    fn days_are_counted_by_the_calendar_of_the_page() {
        let now = Timestamp::parse("2026-11-22T22:30:00Z").unwrap();
        let zone = chrono_tz::Europe::Berlin;
        for (at, text) in [
            ("2026-11-22T00:00:00Z", "today"),
            ("2026-11-22T23:30:00Z", "tomorrow"),
            ("2026-11-28T12:00:00Z", "in 6 days"),
            ("2026-11-21T12:00:00Z", "yesterday"),
            ("2025-11-22T12:00:00Z", "365 days ago"),
        ] {
            assert_eq!(days_apart(Timestamp::parse(at).unwrap(), now, zone), text, "{at}");
        }
    }

    #[test]
    fn german_readers_find_their_own_forms() {
        let at = Timestamp::parse("2026-03-05T13:07:00Z").unwrap();
        let zone = chrono_tz::Europe::Berlin;
        texts::in_language(Language::German, || {
            assert_eq!(number(-1_284_630), "−1.284.630");
            assert_eq!(money("-12846.3".parse().unwrap(), &Currency::parse("EUR").unwrap()), "−12.846,30\u{a0}€");
            assert_eq!(money("5".parse().unwrap(), &Currency::parse("CHF").unwrap()), "5,00\u{a0}CHF");
            assert_eq!((date_time(at, zone), month(at, zone)), ("5. Mär 2026, 14:07".into(), "März 2026".into()));
            assert_eq!(duration(40), "40 Sekunden");
        });
    }

    #[test]
    fn initials_are_of_the_first_and_last_word() {
        for (name, text) in
            [("Jonas Weber", "JW"), ("ada", "A"), ("Ana Maria de Souza", "AS"), ("", ""), ("ßa x", "SSX")]
        {
            assert_eq!(initials(name), text);
        }
    }
}
