//! Changes of redemption options that are not published yet.

use serde_json::{Map, Value};

use super::{
    Db, DbError, Tx,
    drafts::{Kept, Row},
    sql::statements,
};
use crate::domain::{ids::TenantId, option::OptionDraft, time::Timestamp};

statements! {
    Tenant PUT_OPTION_DRAFT {
        "INSERT INTO option_drafts (tenant_id, option_id, content, kept_by, kept_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (tenant_id, option_id)
         DO UPDATE SET content = excluded.content, kept_by = excluded.kept_by, kept_at = excluded.kept_at"
    }
    Tenant GET_OPTION_DRAFT {
        "SELECT d.option_id AS of, d.content, u.name AS keeper, d.kept_at FROM option_drafts d
         LEFT JOIN users u ON u.user_id = d.kept_by
         WHERE d.tenant_id = $1 AND d.option_id = $2"
    }
    Tenant LIST_OPTIONS_WITH_DRAFT { "SELECT option_id FROM option_drafts WHERE tenant_id = $1" }
    Tenant DELETE_OPTION_DRAFT { "DELETE FROM option_drafts WHERE tenant_id = $1 AND option_id = $2" }
}

/// A change of an option that waits.
pub type KeptDraft = Kept<OptionDraft>;

/// Keeps what an option would be, in place of what was kept before. `content` is the option's JSON.
pub async fn put(
    tx: &mut Tx,
    tenant: &TenantId,
    option_id: &str,
    content: &Map<String, Value>,
    kept_by: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let content = serde_json::json!(content).to_string();
    let query = tx.query(PUT_OPTION_DRAFT).bind(tenant).bind(option_id).bind(content);
    query.bind(kept_by).bind(now).run().await.map(drop)
}

/// What is kept of an option.
pub async fn find(db: &Db, tenant: &TenantId, option_id: &str) -> Result<Option<KeptDraft>, DbError> {
    let row = db.query(GET_OPTION_DRAFT).bind(tenant).bind(option_id).optional::<Row>().await?;
    row.map(|row| row.into_kept(OptionDraft::from_json)).transpose()
}

/// The same inside a transaction.
pub async fn find_in(tx: &mut Tx, tenant: &TenantId, option_id: &str) -> Result<Option<KeptDraft>, DbError> {
    let row = tx.query(GET_OPTION_DRAFT).bind(tenant).bind(option_id).optional::<Row>().await?;
    row.map(|row| row.into_kept(OptionDraft::from_json)).transpose()
}

/// The options of which a draft is kept.
pub async fn options(db: &Db, tenant: &TenantId) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = db.query(LIST_OPTIONS_WITH_DRAFT).bind(tenant).all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Forgets what is kept of an option; whether there was something.
pub async fn delete(tx: &mut Tx, tenant: &TenantId, option_id: &str) -> Result<bool, DbError> {
    Ok(tx.query(DELETE_OPTION_DRAFT).bind(tenant).bind(option_id).run().await? > 0)
}
