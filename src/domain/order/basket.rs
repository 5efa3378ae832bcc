//! What is in a customer's basket, and what it would earn if it were ordered and completed now.

use chrono_tz::Tz;
use serde_json::{Map, Value};

use super::{
    earning::Award,
    snapshot::{self, OrderStatus, Snapshot, Totals},
};
use crate::domain::{
    fields::Fields,
    ids::{OrderId, SiteCode},
    invalid::FieldErrors,
    money::Currency,
    site::EarningRule,
    time::Timestamp,
};
use crate::texts::{message, t};

/// What stands in the place of an order's number.
const NAME: &str = "basket";

/// A basket: an order without a number, a customer and a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basket {
    /// In which shop, if it says so.
    pub site: Option<SiteCode>,
    /// In which currency.
    pub currency: Currency,
    /// What it comes to. What is in it does not count.
    pub totals: Totals,
}

impl Basket {
    /// Reads a basket: totals as an order has them, or a bare `amount`, which is the total with tax.
    ///
    /// # Errors
    /// When something does not fit; every field that does not is named.
    pub fn from_json(map: &Map<String, Value>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut fields = Fields { map, prefix: "", errors: &mut errors };
        let site = fields.given("siteCode", SiteCode::parse);
        let currency = snapshot::currency(&mut fields, message!("order-basket-currency"));
        let decimals = currency.as_ref().map_or(0, Currency::decimals);
        let totals = if fields.get("amount").is_some() && fields.get("totals").is_none() {
            Totals::of_amount(&mut fields, "amount", decimals)
        } else {
            if fields.get("amount").is_some() {
                fields.error("amount", t!("order-basket-twice"));
            }
            Totals::read(map, decimals, &mut errors)
        };
        match (currency, totals) {
            (Some(currency), Some(totals)) if errors.is_empty() => Ok(Self { site, currency, totals }),
            _ => Err(errors),
        }
    }

    /// What an order of this would earn if it were completed at `now`: worked out as for an order.
    pub fn award(&self, site: &SiteCode, rule: Option<&EarningRule>, now: Timestamp, zone: Tz) -> Award {
        let order = Snapshot {
            customer: None,
            site: site.clone(),
            status: OrderStatus::Completed,
            currency: self.currency.clone(),
            totals: self.totals,
            items: Vec::new(),
            completed_at: Some(now),
        };
        let id = OrderId::parse(NAME).unwrap_or_else(|_| unreachable!("`{NAME}` is an id"));
        Award::of(&id, &order, rule, now, zone)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: &Value) -> Result<Basket, FieldErrors> {
        Basket::from_json(value.as_object().unwrap())
    }

    #[test]
    fn an_amount_is_the_total_with_tax() {
        for amount in [json!(129.0), json!("129.00"), json!(129)] {
            let short = read(&json!({"amount": amount, "currency": "EUR"})).unwrap();
            let long = read(&json!({"totals": {"gross": 129}, "currency": "EUR", "items": [{"sku": "A"}]})).unwrap();
            assert_eq!(short, long);
            assert_eq!(short.totals.gross.to_string(), "129.00");
        }
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (basket, field) in [
            (json!({"currency": "EUR"}), "totals"),
            (json!({"amount": 1}), "currency"),
            (json!({"amount": -1, "currency": "EUR"}), "amount"),
            (json!({"amount": "many", "currency": "EUR"}), "amount"),
            (json!({"amount": [1], "currency": "EUR"}), "amount"),
            (json!({"amount": 1, "currency": "euros"}), "currency"),
            (json!({"amount": 1, "totals": {"gross": 1}, "currency": "EUR"}), "amount"),
            (json!({"totals": {}, "currency": "EUR"}), "totals.gross"),
            (json!({"totals": {"gross": 1, "shipping": -1}, "currency": "EUR"}), "totals.shipping"),
            (json!({"amount": 1, "currency": "EUR", "siteCode": "no site!"}), "siteCode"),
        ] {
            let errors = read(&basket).unwrap_err();
            assert!(errors.iter().any(|(named, _)| named == field), "{basket}: {errors}");
        }
    }
}
