//! Addresses with a query, so that every list can be shared.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::{
    ids::{CustomerId, TenantId},
    invalid::Invalid,
};

/// What needs no escape in a segment or a query.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One segment of a path, or one value of a query.
pub(crate) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// The segment of a path that names a customer. Browsers take `.` and `..` out of a path however they are written, so
/// these two are written with a tilde before them, and so are the ids that would otherwise be taken for them.
pub(crate) fn customer_segment(customer: &CustomerId) -> String {
    let id = customer.as_str();
    let tilde = if matches!(id.trim_start_matches('~'), "." | "..") { "~" } else { "" };
    format!("{tilde}{}", escaped(id))
}

/// The customer that a segment of a path names, after its escapes are read.
pub(crate) fn customer_of(segment: &str) -> Result<CustomerId, Invalid> {
    match segment.strip_prefix('~') {
        Some(rest) if matches!(rest.trim_start_matches('~'), "." | "..") => CustomerId::parse(rest),
        _ => CustomerId::parse(segment),
    }
}

/// The address of a customer's page.
pub(crate) fn customer_page(tenant: &TenantId, customer: &CustomerId) -> String {
    format!("/admin/{tenant}/customers/{}", customer_segment(customer))
}

/// The address of a coupon's page.
pub(crate) fn coupon_page(tenant: &TenantId, code: &str) -> String {
    format!("/admin/{tenant}/coupons/{}", escaped(code))
}

/// A path with a query.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    path: String,
    pairs: Vec<(String, String)>,
}

impl Address {
    /// A path without a query.
    pub(crate) fn new(path: String) -> Self {
        Self { path, pairs: Vec::new() }
    }

    /// The same with one more pair in the query.
    #[must_use]
    pub(crate) fn and(mut self, name: &str, value: &str) -> Self {
        self.pairs.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl Address {
    /// The same without the pairs that have no value.
    #[must_use]
    pub(crate) fn without_empty(mut self) -> Self {
        self.pairs.retain(|(_, value)| !value.is_empty());
        self
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        for (index, (name, value)) in self.pairs.iter().enumerate() {
            write!(f, "{}{}={}", if index == 0 { '?' } else { '&' }, escaped(name), escaped(value))?;
        }
        Ok(())
    }
}

/// Where a form may lead on to: a page of the back office, nothing else.
pub fn safe_next(next: &str) -> Option<&str> {
    let rest = next.strip_prefix("/admin")?;
    let ends = rest.is_empty() || rest.starts_with(['/', '?']);
    let plain = next.chars().all(|c| c.is_ascii_graphic() && c != '\\') && !next.contains("//");
    // Back to the sign-in page would be a circle.
    (ends && plain && !rest.starts_with("/log")).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped() {
        let address = Address::new("/admin/acme/customers".to_owned()).and("q", "Zoë & <b>").and("page", "2");
        assert_eq!(address.to_string(), "/admin/acme/customers?q=Zo%C3%AB%20%26%20%3Cb%3E&page=2");
        assert_eq!(escaped("a/b%2F"), "a%2Fb%252F");
    }

    #[test]
    fn every_id_of_a_customer_fits_into_a_path() {
        for (id, segment) in [
            ("C1", "C1"),
            ("a/b", "a%2Fb"),
            ("100%2F", "100%252F"),
            ("<script>", "%3Cscript%3E"),
            ("Zoë 💡", "Zo%C3%AB%20%F0%9F%92%A1"),
            ("?q=1#x", "%3Fq%3D1%23x"),
            (".", "~."),
            ("..", "~.."),
            ("~..", "~~.."),
            ("...", "..."),
            ("~a", "~a"),
            ("a+b&c", "a%2Bb%26c"),
        ] {
            let customer = CustomerId::parse(id).unwrap();
            assert_eq!(customer_segment(&customer), segment);
            let read = percent_encoding::percent_decode_str(segment).decode_utf8().unwrap();
            assert_eq!(customer_of(&read).unwrap(), customer);
        }
        assert!(customer_of("a\u{0}").is_err());
    }

    #[test]
    fn only_pages_of_the_back_office_are_led_on_to() {
        for next in ["/admin", "/admin/acme", "/admin/acme/customers?q=a%20b&view=all", "/admin?x=1"] {
            assert_eq!(safe_next(next), Some(next));
        }
        for next in [
            "",
            "/",
            "//evil.example",
            "/admin//evil.example",
            "/administrator",
            "https://evil.example/admin",
            "/admin/\\evil.example",
            "/admin/\r\nSet-Cookie: a=b",
            "/admin/login?next=/admin",
            "/admin/logout",
            "javascript:alert(1)",
            " /admin",
        ] {
            assert_eq!(safe_next(next), None, "{next:?}");
        }
    }
}
