//! What points are worth in money: known only by what they buy.

use rust_decimal::Decimal;

use super::{coupon::Discount, money::Currency, option::RedeemOption, time::Timestamp};

/// So much money for so many points: the best rate among what can be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    amount: Decimal,
    points: i64,
    /// Of what.
    pub currency: Currency,
}

impl Rate {
    /// The best rate among the options that can be had at `now` and buy an amount of `currency`; `None` when there is
    /// no such option.
    pub fn best(options: &[RedeemOption], currency: &Currency, now: Timestamp) -> Option<Self> {
        let rates = options.iter().filter(|option| option.is_offered(now) && option.left() != Some(0));
        let rates = rates.filter_map(|option| match &option.draft.coupon.discount {
            Discount::Absolute { amount, currency: of } if of == currency => {
                Some(Self { amount: *amount, points: option.draft.points.get(), currency: currency.clone() })
            }
            _ => None,
        });
        rates.reduce(|best, other| if other.is_better_than(&best) { other } else { best })
    }

    fn is_better_than(&self, other: &Self) -> bool {
        // a / p > b / q without dividing.
        let ours = self.amount.checked_mul(Decimal::from(other.points));
        let theirs = other.amount.checked_mul(Decimal::from(self.points));
        ours.unwrap_or(Decimal::MAX) > theirs.unwrap_or(Decimal::MAX)
    }

    /// What `points` are worth, rounded down to what can be paid; `None` when it is too much to be told.
    pub fn of(&self, points: i64) -> Option<Decimal> {
        let exact = self.amount.checked_mul(Decimal::from(points))?.checked_div(Decimal::from(self.points))?;
        Some(exact.round_dp_with_strategy(self.currency.decimals(), rust_decimal::RoundingStrategy::ToZero))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::option::OptionDraft;

    fn option(points: i64, coupon: &serde_json::Value, active: bool) -> RedeemOption {
        let mut coupon = coupon.clone();
        coupon["name"] = json!("Voucher");
        let given = json!({"type": "coupon", "name": "o", "description": "", "points": points, "coupon": coupon, "active": active});
        let at = Timestamp::from_micros(0);
        RedeemOption {
            id: points.to_string(),
            position: 0,
            version: 1,
            redeemed: 0,
            draft: OptionDraft::from_json(given.as_object().unwrap()).unwrap(),
            created_at: at,
            modified_at: at,
            archived_at: None,
        }
    }

    fn euros(amount: f64) -> serde_json::Value {
        json!({"discountType": "ABSOLUTE", "discountAbsolute": {"amount": amount, "currency": "EUR"}})
    }

    #[test]
    fn points_are_worth_what_the_best_option_gives_for_them() {
        let percent = json!({"discountType": "PERCENT", "discountPercentage": 50});
        let options = [
            option(500, &euros(5.0), true),
            option(900, &euros(10.0), true),
            option(1000, &euros(11.0), true),
            option(10, &euros(100.0), false),
            option(1, &percent, true),
        ];
        let (euro, dollar) = (Currency::parse("EUR").unwrap(), Currency::parse("USD").unwrap());
        let rate = Rate::best(&options, &euro, Timestamp::from_micros(1)).unwrap();
        assert_eq!(rate.of(900).unwrap(), Decimal::TEN);
        assert_eq!(rate.of(1153).unwrap().to_string(), "12.81");
        assert_eq!(rate.of(0).unwrap(), Decimal::ZERO);
        assert_eq!(Rate::best(&options, &dollar, Timestamp::from_micros(1)), None);
    }
}
