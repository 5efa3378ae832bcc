//! The customers of the demo shop.

use rand::{Rng, RngExt as _, seq::IndexedRandom as _};

use crate::domain::ids::CustomerId;

/// The customer whom the guides speak of.
pub(super) const MARA: &str = "C4289081720";

const FIRST_NAMES: [&str; 56] = [
    "Mara",
    "Tomáš",
    "Clara",
    "Felix",
    "Ines",
    "Ayşe",
    "Hugo",
    "Sofie",
    "Giulia",
    "Jonas",
    "Lena",
    "Marek",
    "Amélie",
    "Paul",
    "Emma",
    "Noah",
    "Mia",
    "Elias",
    "Hannah",
    "Ben",
    "Leonie",
    "Finn",
    "Zoë",
    "Luca",
    "Charlotte",
    "Oskar",
    "Ida",
    "Anton",
    "Frida",
    "Matteo",
    "Nora",
    "Theo",
    "Alma",
    "Jakob",
    "Mathilda",
    "Emil",
    "Greta",
    "Karl",
    "Luisa",
    "David",
    "Paula",
    "Samuel",
    "Elif",
    "Mehmet",
    "Olga",
    "Piotr",
    "Katarzyna",
    "Søren",
    "Astrid",
    "Björn",
    "Chiara",
    "Lorenzo",
    "Anaïs",
    "Étienne",
    "Nils",
    "Yara",
];

const LAST_NAMES: [&str; 56] = [
    "Lindqvist",
    "Novák",
    "Vogt",
    "Brandstätter",
    "Carvalho",
    "Demir",
    "Lefèvre",
    "Nørgaard",
    "Ferraro",
    "Weber",
    "Bielski",
    "Müller",
    "Schmidt",
    "Schneider",
    "Fischer",
    "Meyer",
    "Wagner",
    "Becker",
    "Schulz",
    "Hoffmann",
    "Koch",
    "Bauer",
    "Richter",
    "Klein",
    "Wolf",
    "Schröder",
    "Neumann",
    "Schwarz",
    "Zimmermann",
    "Braun",
    "Krüger",
    "Hofmann",
    "Hartmann",
    "Lange",
    "Krause",
    "Lehmann",
    "Köhler",
    "Maier",
    "König",
    "Huber",
    "Kaiser",
    "Fuchs",
    "Lang",
    "Scholz",
    "Jansen",
    "Hahn",
    "Vogel",
    "Keller",
    "Gruber",
    "Steiner",
    "Moser",
    "Rossi",
    "Dubois",
    "Kowalska",
    "Yılmaz",
    "O’Brien",
];

/// A customer of the demo shop.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) id: CustomerId,
    pub(super) name: String,
    pub(super) email: String,
    /// Month and day.
    pub(super) birthday: (u32, u32),
    /// `main`, `at` or `ch`.
    pub(super) site: &'static str,
    /// The day of the year of the demo on which they first came, from 0.
    pub(super) joined: u32,
    /// Days between two orders, about.
    pub(super) pace_days: u32,
}

/// So many different people; the first is Mara Lindqvist, who has been here all along.
pub(super) fn people(count: usize, days: u32, today: (u32, u32), rng: &mut impl Rng) -> Vec<Person> {
    let mut people = vec![Person {
        id: id(MARA),
        name: "Mara Lindqvist".to_owned(),
        email: "mara.lindqvist@example.com".to_owned(),
        birthday: today,
        site: "main",
        joined: 0,
        pace_days: 45,
    }];
    let mut taken = std::collections::HashSet::from([people.iter().map(|p| p.email.clone()).collect::<String>()]);
    while people.len() < count {
        let first = FIRST_NAMES.choose(rng).copied().unwrap_or("Mara");
        let last = LAST_NAMES.choose(rng).copied().unwrap_or("Vogt");
        let email = format!("{}.{}@example.com", plain(first), plain(last));
        if !taken.insert(email.clone()) {
            continue;
        }
        // Every fortieth was born on this day, so that there is somebody to congratulate.
        let birthday =
            if people.len() % 40 == 7 { today } else { (rng.random_range(1..=12), rng.random_range(1..=28)) };
        people.push(Person {
            id: id(&format!("C42890{}", 70_000 + people.len() * 37)),
            name: format!("{first} {last}"),
            email,
            birthday,
            site: ["main", "main", "main", "at", "ch"].choose(rng).copied().unwrap_or("main"),
            joined: rng.random_range(0..days.max(2) - 1),
            pace_days: rng.random_range(9..90),
        });
    }
    people
}

fn id(text: &str) -> CustomerId {
    CustomerId::parse(text).unwrap_or_else(|_| unreachable!("the demo's ids fit"))
}

/// A name as it stands in an address.
fn plain(name: &str) -> String {
    let letter = |c: char| match c {
        'ä' => "ae".to_owned(),
        'ö' | 'ø' => "oe".to_owned(),
        'ü' => "ue".to_owned(),
        'á' | 'à' => "a".to_owned(),
        'é' | 'è' | 'ë' => "e".to_owned(),
        'ï' | 'ı' => "i".to_owned(),
        'ş' | 'š' => "s".to_owned(),
        c if c.is_ascii_alphanumeric() => c.to_string(),
        _ => String::new(),
    };
    name.to_lowercase().chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng as _, rngs::StdRng};

    use super::*;

    #[test]
    fn nobody_is_there_twice() {
        let people = people(400, 400, (11, 22), &mut StdRng::seed_from_u64(7));
        let ids: std::collections::HashSet<_> = people.iter().map(|person| person.id.as_str()).collect();
        let mails: std::collections::HashSet<_> = people.iter().map(|person| person.email.as_str()).collect();
        assert_eq!((ids.len(), mails.len()), (400, 400));
        assert!(mails.iter().all(|mail| mail.is_ascii()));
        assert!(people.iter().filter(|person| person.birthday == (11, 22)).count() >= 5);
    }
}
