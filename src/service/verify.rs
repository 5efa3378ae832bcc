//! Proving the ledger: every balance, lot, usage and chain is worked out again.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{
    domain::{
        ids::TenantId,
        ledger::{
            Account, Lot,
            entry::{Entry, EntryKind},
            proof,
        },
        order,
    },
    service::audit,
    store::{
        Db, DbError, Tx, coupons,
        verify::{self, KeptRedemption, Page},
    },
};

/// Accounts that are read at once.
const ACCOUNTS_PAGE: i64 = 200;
/// Problems that are named; the rest is counted by fixing these and running it again.
const PROBLEMS_MAX: usize = 1_000;

/// What the proof found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Whether everything adds up.
    pub ok: bool,
    /// How many accounts were proven.
    pub accounts: u64,
    /// How many entries were read.
    pub entries: u64,
    /// What is off.
    pub problems: Vec<Problem>,
}

/// Something that does not add up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The tenant it concerns; empty for what belongs to none.
    pub tenant: String,
    /// The customer it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// What is off.
    pub problem: String,
}

impl Report {
    fn say(&mut self, tenant: &str, customer: Option<&str>, problem: String) {
        if self.problems.len() < PROBLEMS_MAX {
            let (tenant, customer) = (tenant.to_owned(), customer.map(str::to_owned));
            self.problems.push(Problem { tenant, customer, problem });
        }
    }
}

/// Proves everything, reading each page of accounts in a snapshot of its own: writes go on meanwhile.
pub async fn verify(db: &Db) -> Result<Report, DbError> {
    let mut report = Report::default();
    let tenants = verify::tenants(&mut db.snapshot().await?).await?;
    for tenant in &tenants {
        let mut after = Some(i64::MIN);
        while let Some(last) = after {
            after = prove_page(&mut db.snapshot().await?, tenant, last, &mut report).await?;
        }
        prove_tenant(&mut db.snapshot().await?, tenant, &mut report).await?;
    }
    for off in audit::verify(db).await?.problems {
        report.say(&off.tenant, None, format!("audit log, row {}: {}", off.seq, off.what));
    }
    report.ok = report.problems.is_empty();
    Ok(report)
}

/// The same as one transaction sees it, without the audit logs.
pub async fn verify_in(tx: &mut Tx) -> Result<Report, DbError> {
    let mut report = Report::default();
    for tenant in &verify::tenants(tx).await? {
        let mut after = Some(i64::MIN);
        while let Some(last) = after {
            after = prove_page(tx, tenant, last, &mut report).await?;
        }
        prove_tenant(tx, tenant, &mut report).await?;
    }
    report.ok = report.problems.is_empty();
    Ok(report)
}

async fn prove_tenant(tx: &mut Tx, tenant: &TenantId, report: &mut Report) -> Result<(), DbError> {
    for problem in verify::tenant_problems(tx, tenant).await? {
        report.say(tenant.as_str(), None, problem);
    }
    Ok(())
}

/// Proves the accounts behind the number `after`; answers the last one's, or `None` when there were no more.
async fn prove_page(tx: &mut Tx, tenant: &TenantId, after: i64, report: &mut Report) -> Result<Option<i64>, DbError> {
    let page: Page = verify::page(tx, tenant, after, ACCOUNTS_PAGE).await?;
    let mut entries = by_account(page.entries);
    let mut lots = by_account(page.lots);
    let redemptions = page.redemptions.into_iter().map(|redemption| (redemption.account_id, redemption));
    let mut redemptions = by_account(redemptions.collect());
    let mut orders = by_account(page.orders);
    for account in &page.accounts {
        let id = account.account_id;
        let entries: Vec<Entry> = entries.remove(&id).unwrap_or_default();
        let lots: Vec<Lot> = lots.remove(&id).unwrap_or_default();
        report.accounts += 1;
        report.entries += u64::try_from(entries.len()).unwrap_or_default();
        let mut problems = proof::problems(account, &entries, &lots);
        let orders = orders.remove(&id).unwrap_or_default();
        problems.extend(order::proof::problems(account, &entries, &lots, &orders));
        let redemptions = redemptions.remove(&id).unwrap_or_default();
        problems.extend(redemption_problems(tx, account, &entries, &redemptions).await?);
        for problem in problems {
            report.say(tenant.as_str(), Some(account.customer.as_str()), problem);
        }
    }
    Ok(page.accounts.last().map(|account| account.account_id))
}

fn by_account<T>(rows: Vec<(i64, T)>) -> BTreeMap<i64, Vec<T>> {
    let mut map = BTreeMap::<i64, Vec<T>>::new();
    for (account, row) in rows {
        map.entry(account).or_default().push(row);
    }
    map
}

/// Each redemption has its entry and its coupon, and each entry of a redemption has its redemption.
async fn redemption_problems(
    tx: &mut Tx,
    account: &Account,
    entries: &[Entry],
    redemptions: &[KeptRedemption],
) -> Result<Vec<String>, DbError> {
    let mut problems = Vec::new();
    let mut kept: BTreeMap<&str, &KeptRedemption> =
        redemptions.iter().map(|redemption| (redemption.redemption_id.as_str(), redemption)).collect();
    let redeemed = entries.iter().filter(|entry| entry.kind == EntryKind::Redeemed);
    for entry in redeemed {
        let Some(id) = &entry.memo.redemption else { continue };
        let Some(redemption) = kept.remove(id.as_str()) else {
            problems.push(format!("the redemption of entry {} is missing", entry.seq));
            continue;
        };
        let details: Value =
            entry.memo.details.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let code = details.get("code").and_then(Value::as_str).unwrap_or_default();
        let option = details.get("option").and_then(Value::as_str).unwrap_or_default();
        let same = redemption.seq == entry.seq && redemption.points == -entry.points;
        if !same || redemption.code != code || redemption.option_id != option {
            problems.push(format!("redemption {id} differs from entry {}", entry.seq));
        }
        let given_back: i64 = entries
            .iter()
            .filter(|back| back.kind == EntryKind::GivenBack && back.memo.redemption.as_ref() == Some(id))
            .map(|back| back.points)
            .sum();
        let expected = if redemption.cancelled { redemption.points } else { 0 };
        if given_back != expected {
            problems.push(format!("redemption {id} gave back {given_back} points, and should have {expected}"));
        }
        match &redemption.coupon_of {
            None => problems.push(format!("the coupon {} of entry {} is missing", redemption.code, entry.seq)),
            Some(of) if of != id => {
                problems.push(format!("the coupon {} belongs to another redemption", redemption.code));
            }
            Some(_) => {
                let coupon = coupons::find_in(tx, &account.tenant, &redemption.code).await?;
                let worth = details.get("coupon");
                // An employee may change a coupon; then its version grows, and the audit log tells.
                let changed =
                    |coupon: &coupons::Coupon| coupon.version == 0 && Some(&coupon.template.to_json()) != worth;
                if coupon.as_ref().is_some_and(changed) {
                    problems.push(format!("the coupon {} is not worth what entry {} says", redemption.code, entry.seq));
                }
            }
        }
    }
    problems.extend(kept.keys().map(|id| format!("redemption {id} has no entry")));
    Ok(problems)
}
