//! Amounts of money: exact decimals with a currency.

use std::str::FromStr as _;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{coupon::number, invalid::Invalid};
use crate::texts::t;

/// Codes of ISO 4217 that are money in use.
const CURRENCIES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN \
     BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD \
     HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD \
     MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON \
     RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX \
     USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";

/// A currency: three capital letters of ISO 4217.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Currency(String);

impl Currency {
    /// Takes a currency's code, in any case.
    ///
    /// # Errors
    /// When there is no such currency.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let code = text.trim().to_ascii_uppercase();
        if code.len() == 3 && CURRENCIES.split_whitespace().any(|known| known == code) {
            Ok(Self(code))
        } else {
            Err(Invalid::new(t!("invalid-currency")))
        }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many decimals amounts of this currency have.
    pub fn decimals(&self) -> u32 {
        match self.0.as_str() {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV"
            | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            _ => 2,
        }
    }

    /// The sign that people read, or the code where there is none that all know.
    pub fn sign(&self) -> &str {
        match self.0.as_str() {
            "EUR" => "€",
            "USD" => "$",
            "GBP" => "£",
            "JPY" => "¥",
            code => code,
        }
    }
}

/// An amount of a currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    /// How much.
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
}

impl Money {
    /// Reads `{"amount": 12.5, "currency": "EUR"}`.
    ///
    /// # Errors
    /// When it is something else, or the amount is negative.
    pub fn from_json(value: &Value) -> Result<Self, Invalid> {
        let amount = value.get("amount").filter(|amount| !amount.is_null());
        let amount = amount.ok_or_else(|| Invalid::new(t!("invalid-money")))?;
        let currency = value.get("currency").and_then(Value::as_str).unwrap_or_default();
        Ok(Self { amount: exact(amount)?, currency: Currency::parse(currency)? })
    }

    /// As it is answered.
    pub fn to_json(&self) -> Value {
        json!({ "amount": number(self.amount), "currency": self.currency.as_str() })
    }
}

/// Reads a JSON number as an exact decimal.
///
/// # Errors
/// When it is no number, or none that [`decimal`] takes.
pub fn exact(value: &Value) -> Result<Decimal, Invalid> {
    match value {
        Value::Number(number) => decimal(&number.to_string()),
        _ => Err(Invalid::new(t!("invalid-number"))),
    }
}

/// Reads an exact decimal, such as `12.50`: at most 12 digits before and 9 behind the point, never negative.
///
/// # Errors
/// When the text is no such number.
pub fn decimal(text: &str) -> Result<Decimal, Invalid> {
    let text = text.trim();
    let invalid = || Invalid::new(t!("invalid-decimals"));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let fits = !whole.is_empty() && whole.len() <= 12 && fraction.len() <= 9 && !text.ends_with('.');
    if !fits || !digits(whole) || !digits(fraction) {
        return Err(invalid());
    }
    Decimal::from_str(text).map_err(|_not_a_number| invalid())
}

/// Reads a decimal as people type it in a form: a comma serves as the point, and blanks are ignored.
///
/// # Errors
/// When the text is no such number.
pub fn decimal_typed(text: &str) -> Result<Decimal, Invalid> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    // "1,234.50" groups with commas; "1234,50" and "1.234,50" have a decimal comma.
    let plain = match (text.rfind(','), text.rfind('.')) {
        (Some(comma), Some(point)) if comma < point => text.replace(',', ""),
        (Some(_), Some(_)) => text.replace('.', "").replace(',', "."),
        (Some(_), None) => text.replace(',', "."),
        _ => text,
    };
    decimal(&plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        assert_eq!(decimal("0.1").unwrap() + decimal("0.2").unwrap(), decimal("0.3").unwrap());
        for text in ["", "-1", "1e3", ".5", "5.", "1.0000000001", "1234567890123", "NaN", "1,5", "0x1"] {
            assert!(decimal(text).is_err(), "{text}");
        }
    }

    #[test]
    fn forms_take_decimal_commas() {
        for text in ["1234.50", "1234,50", "1.234,50", "1,234.50", " 1 234,50 "] {
            assert_eq!(decimal_typed(text), decimal("1234.50"), "{text}");
        }
    }

    #[test]
    fn currencies_are_of_iso_4217() {
        assert_eq!(Currency::parse("eur").unwrap().as_str(), "EUR");
        for text in ["", "EURO", "XYZ", "E R"] {
            assert!(Currency::parse(text).is_err(), "{text}");
        }
    }
}
