//! How long a customer may cancel the redemption of an option.

use super::time::Timestamp;

const HOUR_SECS: i64 = 3_600;

/// The last instant at which the customer may cancel what was bought at `bought_at`, where the tenant allows it within
/// `hours`; `None`: only the shop may.
pub fn customers_until(bought_at: Timestamp, hours: i64) -> Option<Timestamp> {
    (hours > 0).then(|| bought_at.plus_secs(hours.saturating_mul(HOUR_SECS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_have_the_hours_that_the_tenant_gives() {
        let at = Timestamp::from_micros(7_000_000);
        assert_eq!(customers_until(at, 0), None);
        assert_eq!(customers_until(at, 24), Some(at.plus_secs(86_400)));
        assert!(customers_until(at, i64::MAX).is_some_and(|until| until > at));
    }
}
