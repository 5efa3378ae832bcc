//! Changes of earning rules that are not published yet.

use serde_json::{Map, Value};

use super::{
    Db, DbError, Tx,
    drafts::{Kept, Row},
    sql::statements,
};
use crate::domain::{
    ids::{SiteCode, TenantId},
    site_change::SiteChange,
    time::Timestamp,
};

statements! {
    Tenant PUT_RULE_DRAFT {
        "INSERT INTO rule_drafts (tenant_id, site_code, content, kept_by, kept_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, site_code)
         DO UPDATE SET content = excluded.content, kept_by = excluded.kept_by, kept_at = excluded.kept_at"
    }
    Tenant GET_RULE_DRAFT {
        "SELECT d.site_code AS of, d.content, u.name AS keeper, d.kept_at FROM rule_drafts d
         LEFT JOIN users u ON u.user_id = d.kept_by
         WHERE d.tenant_id = $1 AND d.site_code = $2"
    }
    Tenant LIST_SITES_WITH_DRAFT { "SELECT site_code FROM rule_drafts WHERE tenant_id = $1" }
    Tenant DELETE_RULE_DRAFT { "DELETE FROM rule_drafts WHERE tenant_id = $1 AND site_code = $2" }
}

/// A change of a rule that waits.
pub type KeptRule = Kept<SiteChange>;

/// Keeps what a rule would be, in place of what was kept before. `content` is its JSON.
pub async fn put(
    tx: &mut Tx,
    tenant: &TenantId,
    code: &SiteCode,
    content: &Map<String, Value>,
    kept_by: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let content = serde_json::json!(content).to_string();
    let query = tx.query(PUT_RULE_DRAFT).bind(tenant).bind(code).bind(content);
    query.bind(kept_by).bind(now).run().await.map(drop)
}

/// What is kept of a site's rule.
pub async fn find(db: &Db, tenant: &TenantId, code: &SiteCode) -> Result<Option<KeptRule>, DbError> {
    let row = db.query(GET_RULE_DRAFT).bind(tenant).bind(code).optional::<Row>().await?;
    row.map(|row| row.into_kept(SiteChange::from_rule_json)).transpose()
}

/// The same inside a transaction.
pub async fn find_in(tx: &mut Tx, tenant: &TenantId, code: &SiteCode) -> Result<Option<KeptRule>, DbError> {
    let row = tx.query(GET_RULE_DRAFT).bind(tenant).bind(code).optional::<Row>().await?;
    row.map(|row| row.into_kept(SiteChange::from_rule_json)).transpose()
}

/// The sites of whose rules a draft is kept.
pub async fn sites(db: &Db, tenant: &TenantId) -> Result<Vec<SiteCode>, DbError> {
    let rows: Vec<(SiteCode,)> = db.query(LIST_SITES_WITH_DRAFT).bind(tenant).all().await?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}

/// Forgets what is kept of a site's rule; whether there was something.
pub async fn delete(tx: &mut Tx, tenant: &TenantId, code: &SiteCode) -> Result<bool, DbError> {
    Ok(tx.query(DELETE_RULE_DRAFT).bind(tenant).bind(code).run().await? > 0)
}
