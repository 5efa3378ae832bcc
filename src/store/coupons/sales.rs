//! Coupons that are bought with points: any number of them in two statements.

use serde_json::{Value, json};

use super::discount_columns;
use crate::{
    domain::{
        coupon::IssuedCoupon,
        customer::fold,
        ids::{SiteCode, TenantId},
        option::RedeemOption,
        time::Timestamp,
    },
    store::{DbError, Tx, sql::statements},
};

statements! {
    /// No row is written for a code that is taken.
    Tenant INSERT_SOLD_COUPONS {
        "INSERT INTO coupons (tenant_id, code, issued_to, redemption_id, name, description, discount_type,
             discount_percentage, discount_amount, discount_currency, discount_calculation, allow_anonymous,
             max_redemptions, max_redemptions_per_customer, category_restricted, segment_restricted, restrictions,
             valid_from, valid_until, referral, mixin_links, created_at, modified_at, version, redemption_count,
             name_search)
         SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4, j.value ->> 5, j.value ->> 6,
             j.value ->> 7, j.value ->> 8, j.value ->> 9, j.value ->> 10, CAST(j.value ->> 11 AS BIGINT) = 1,
             CAST(j.value ->> 12 AS BIGINT), CAST(j.value ->> 13 AS BIGINT), CAST(j.value ->> 14 AS BIGINT) = 1,
             CAST(j.value ->> 15 AS BIGINT) = 1, j.value ->> 16, CAST(j.value ->> 17 AS BIGINT),
             CAST(j.value ->> 18 AS BIGINT), " lite("0") pg("FALSE") ", '{}', $2, $2, 0, 0, j.value ->> 19
         FROM " rows " WHERE TRUE
         ON CONFLICT DO NOTHING"
    }
    Tenant INSERT_REDEMPTIONS {
        "INSERT INTO redemptions (tenant_id, redemption_id, account_id, seq, option_id, option_version, points, code,
             site_code, created_at, cancelled_at)
         SELECT j.value ->> 0, j.value ->> 1, CAST(j.value ->> 2 AS BIGINT), CAST(j.value ->> 3 AS BIGINT),
             j.value ->> 4, CAST(j.value ->> 5 AS BIGINT), CAST(j.value ->> 6 AS BIGINT), j.value ->> 7, j.value ->> 8,
             $2, NULL
         FROM " rows
    }
}

/// An exchange of points for a coupon.
#[derive(Clone, Copy, Debug)]
pub struct Sale<'a> {
    /// The tenant.
    pub tenant: &'a TenantId,
    /// The account and the entry that took the points.
    pub entry: (i64, i64),
    /// What was bought.
    pub option: &'a RedeemOption,
    /// What it brought.
    pub coupon: &'a IssuedCoupon,
    /// On which site.
    pub site: &'a SiteCode,
}

impl Sale<'_> {
    fn coupon_row(&self) -> Value {
        let (coupon, template) = (self.coupon, &self.coupon.template);
        let (percentage, amount, currency) = discount_columns(&template.discount);
        json!([
            self.tenant.as_str(),
            coupon.code,
            coupon.issued_to.as_str(),
            coupon.redemption_id,
            template.name,
            template.description,
            template.discount.kind(),
            percentage,
            amount,
            currency,
            template.calculation.as_str(),
            i64::from(template.allow_anonymous),
            template.max_redemptions,
            template.max_redemptions_per_customer,
            i64::from(template.category_restricted),
            i64::from(template.segment_restricted),
            Value::Object(template.restrictions.to_json()).to_string(),
            template.valid_from.map(Timestamp::micros),
            template.valid_until.map(Timestamp::micros),
            fold(&template.name)
        ])
    }

    fn redemption_row(&self) -> Value {
        let (account, seq) = self.entry;
        json!([
            self.tenant.as_str(),
            self.coupon.redemption_id,
            account,
            seq,
            self.option.id,
            self.option.version,
            self.option.draft.points.get(),
            self.coupon.code,
            self.site.as_str()
        ])
    }
}

/// Keeps coupons that were just bought with points, and what was given for them.
///
/// # Errors
/// When a code is taken; then nothing of it may be committed.
pub async fn insert(tx: &mut Tx, sales: &[Sale<'_>], now: Timestamp) -> Result<(), DbError> {
    if sales.is_empty() {
        return Ok(());
    }
    let coupons: Vec<_> = sales.iter().map(Sale::coupon_row).collect();
    let inserted = tx.query(INSERT_SOLD_COUPONS).bind(Value::Array(coupons).to_string()).bind(now).run().await?;
    if usize::try_from(inserted) != Ok(sales.len()) {
        return Err(DbError::Constraint("coupons".to_owned()));
    }
    let redemptions: Vec<_> = sales.iter().map(Sale::redemption_row).collect();
    tx.query(INSERT_REDEMPTIONS).bind(Value::Array(redemptions).to_string()).bind(now).run().await.map(drop)
}
