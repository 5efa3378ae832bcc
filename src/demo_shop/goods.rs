//! What the shop sells, to whom, and what things come to.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::texts::{self, Language};

/// The shop's only currency.
pub(super) const CURRENCY: &str = "EUR";
/// The shop's site in Guerdon.
pub(super) const SITE: &str = "main";
/// Orders from here on are sent free of charge.
const FREE_SHIPPING_FROM: Decimal = Decimal::from_parts(100, 0, 0, false, 0);
const SHIPPING: Decimal = Decimal::from_parts(490, 0, 0, false, 2);
/// How many pieces of one thing fit into a basket.
pub(super) const PIECES_MAX: i64 = 9;

/// Something the shop sells.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Product {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// The keys of what it is and of what is said of it.
    pub(super) kind: &'static str,
    pub(super) about: &'static str,
    cents: i64,
}

/// Everything the shop sells.
pub(super) const PRODUCTS: [Product; 6] = [
    Product { id: "karwendel", name: "Karwendel 28", kind: "shop-pack", about: "shop-pack-about", cents: 12_900 },
    Product { id: "gletsch", name: "Gletsch", kind: "shop-shell", about: "shop-shell-about", cents: 27_900 },
    Product { id: "steig", name: "Steig Mid", kind: "shop-boots", about: "shop-boots-about", cents: 18_900 },
    Product { id: "biwak", name: "Biwak 2", kind: "shop-tent", about: "shop-tent-about", cents: 34_900 },
    Product { id: "quell", name: "Quell 0.7", kind: "shop-bottle", about: "shop-bottle-about", cents: 2_900 },
    Product { id: "filz", name: "Filz", kind: "shop-cap", about: "shop-cap-about", cents: 3_490 },
];

impl Product {
    pub(super) fn find(id: &str) -> Option<&'static Self> {
        PRODUCTS.iter().find(|product| product.id == id)
    }

    pub(super) fn price(&self) -> Decimal {
        Decimal::new(self.cents, 2)
    }

    /// As people read it.
    pub(super) fn price_told(&self) -> String {
        money(self.price())
    }
}

/// Somebody who can sign in to the shop.
#[derive(Debug)]
pub(super) struct Person {
    /// The shop's own id of the customer, which Guerdon knows them by.
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) first_name: &'static str,
    pub(super) email: &'static str,
    /// The key of what is said of them.
    pub(super) about: &'static str,
    /// Points that the shop gave them as a welcome.
    pub(super) welcome: i64,
}

/// Everybody who can sign in.
pub(super) const PEOPLE: [Person; 3] = [
    Person {
        id: "C4289081720",
        name: "Mara Lindqvist",
        first_name: "Mara",
        email: "mara.lindqvist@example.com",
        about: "shop-about-mara",
        welcome: 0,
    },
    Person {
        id: "C4289091001",
        name: "Clara Vogt",
        first_name: "Clara",
        email: "clara.vogt@example.org",
        about: "shop-about-clara",
        welcome: 420,
    },
    Person {
        id: "C4289091002",
        name: "Tomáš Novák",
        first_name: "Tomáš",
        email: "tomas.novak@example.org",
        about: "shop-about-tomas",
        welcome: 0,
    },
];

impl Person {
    pub(super) fn find(id: &str) -> Option<&'static Self> {
        PEOPLE.iter().find(|person| person.id == id)
    }
}

/// What a coupon takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worth {
    Percent(Decimal),
    Amount(Decimal),
}

/// So many pieces of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) product: &'static Product,
    pub(super) pieces: i64,
}

impl Line {
    pub(super) fn total(&self) -> Decimal {
        self.product.price() * Decimal::from(self.pieces)
    }
}

/// What lines come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) goods: Decimal,
    pub(super) discount: Decimal,
    pub(super) shipping: Decimal,
}

impl Sum {
    pub(super) fn of(lines: &[Line], worth: Option<Worth>) -> Self {
        let goods: Decimal = lines.iter().map(Line::total).sum();
        let discount = match worth {
            None => Decimal::ZERO,
            Some(Worth::Percent(percent)) => cents(goods * percent / Decimal::ONE_HUNDRED),
            Some(Worth::Amount(amount)) => amount,
        };
        let free = goods >= FREE_SHIPPING_FROM || lines.is_empty();
        Self { goods, discount: discount.min(goods), shipping: if free { Decimal::ZERO } else { SHIPPING } }
    }

    /// Before the discount, with shipping: what Guerdon calls gross.
    pub(super) fn gross(&self) -> Decimal {
        self.goods + self.shipping
    }

    pub(super) fn total(&self) -> Decimal {
        self.gross() - self.discount
    }
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// An amount as the API reads it: `129.00`.
pub(super) fn plain(amount: Decimal) -> String {
    let mut amount = cents(amount);
    amount.rescale(2);
    amount.to_string()
}

/// An amount as people read it: `€1,129.00`, in German `1.129,00 €`.
pub(super) fn money(amount: Decimal) -> String {
    let text = plain(amount);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "00"));
    let language = texts::current();
    let whole = texts::number::grouped(language, whole);
    match language {
        Language::English => format!("€{whole}.{fraction}"),
        Language::German => format!("{whole},{fraction}\u{a0}€"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(wanted: &[(&str, i64)]) -> Vec<Line> {
        let line = |(id, pieces): &(&str, i64)| Line { product: Product::find(id).unwrap(), pieces: *pieces };
        wanted.iter().map(line).collect()
    }

    #[test]
    fn a_basket_comes_to_what_its_lines_say() {
        let small = Sum::of(&lines(&[("quell", 2)]), None);
        assert_eq!((plain(small.gross()), plain(small.total())), ("62.90".to_owned(), "62.90".to_owned()));
        let large = Sum::of(&lines(&[("karwendel", 1), ("filz", 1)]), Some(Worth::Percent(Decimal::TEN)));
        assert_eq!((plain(large.discount), plain(large.total())), ("16.39".to_owned(), "147.51".to_owned()));
        let most = Sum::of(&lines(&[("filz", 1)]), Some(Worth::Amount(Decimal::ONE_HUNDRED)));
        assert_eq!((plain(most.discount), plain(most.total())), ("34.90".to_owned(), "4.90".to_owned()));
        assert_eq!(Sum::of(&[], None), Sum::default());
    }

    #[test]
    fn amounts_are_told_in_the_language_of_the_visitor() {
        let price = Decimal::new(112_900, 2);
        assert_eq!(money(price), "€1,129.00");
        texts::in_language(Language::German, || assert_eq!(money(price), "1.129,00\u{a0}€"));
    }
}
