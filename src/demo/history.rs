//! What the demo's customers do, day by day.

use rand::{Rng, RngExt as _, seq::IndexedRandom as _};
use rust_decimal::Decimal;

use super::people::Person;

/// Something that a customer, the shop or an employee does.
#[derive(Clone, Debug)]
pub(super) struct Deed {
    /// Seconds after midnight.
    pub(super) second: u32,
    /// Which of the people.
    pub(super) who: usize,
    /// What.
    pub(super) what: What,
}

/// What is done.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// An order of so much money was completed.
    Order { number: u32, amount: Decimal },
    /// Points for writing a review.
    Review,
    /// Points on the birthday.
    Birthday,
    /// An employee makes up for something.
    Goodwill(&'static str),
    /// An employee takes points of an order that came back.
    Correction { points: i64 },
    /// The customer swaps points for something, if there are enough.
    Redeem,
}

const MISHAPS: [&str; 5] = [
    "Parcel arrived late",
    "A zip was stuck; the customer kept the jacket",
    "Wrong colour sent, exchanged at our cost",
    "Waited 20 minutes on the phone",
    "Newsletter coupon did not work",
];

/// Everything that happens on the day numbered `day`, in order of time. `order_number` counts on.
pub(super) fn deeds(
    people: &[Person],
    day: u32,
    date: (u32, u32),
    order_number: &mut u32,
    rng: &mut impl Rng,
) -> Vec<Deed> {
    let mut deeds = Vec::new();
    for (who, person) in people.iter().enumerate().filter(|(_, person)| person.joined <= day) {
        let mut does = |what: What, rng: &mut dyn Rng| {
            deeds.push(Deed { second: rng.random_range(7 * 3_600..22 * 3_600), who, what });
        };
        let first_day = person.joined == day;
        if first_day || rng.random_ratio(1, person.pace_days) {
            *order_number += rng.random_range(1..4);
            let cents = rng.random_range(1_490..24_900) + if rng.random_ratio(1, 9) { 20_000 } else { 0 };
            does(What::Order { number: *order_number, amount: Decimal::new(cents, 2) }, rng);
        }
        if rng.random_ratio(1, 150) {
            does(What::Review, rng);
        }
        if person.birthday == date && rng.random_ratio(4, 5) {
            does(What::Birthday, rng);
        }
        if rng.random_ratio(1, 900) {
            does(What::Goodwill(MISHAPS.choose(rng).copied().unwrap_or("Parcel arrived late")), rng);
        }
        if rng.random_ratio(1, 700) {
            does(What::Correction { points: rng.random_range(10..80) }, rng);
        }
        if rng.random_ratio(1, 75) {
            does(What::Redeem, rng);
        }
    }
    deeds.sort_by_key(|deed| deed.second);
    deeds
}
