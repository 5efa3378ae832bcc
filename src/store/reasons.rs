//! Why employees add and remove points, as each tenant words it.

use sqlx::FromRow;

use super::{Db, DbError, Tx, sql::statements};
use crate::domain::{
    ids::TenantId,
    points::Points,
    reason::{Direction, Reason, ReasonDraft, Validity},
    time::Timestamp,
};

macro_rules! reason_columns {
    () => {
        "code, position, version, label, direction, points, validity, validity_unit, note, archived_at FROM reasons"
    };
}

statements! {
    /// In their order, archived ones last.
    Tenant LIST_REASONS {
        "SELECT " [reason_columns] " WHERE tenant_id = $1 ORDER BY archived_at IS NOT NULL, position, code"
    }
    Tenant FIND_REASON { "SELECT " [reason_columns] " WHERE tenant_id = $1 AND code = $2" }
    Tenant INSERT_REASON {
        "INSERT INTO reasons (tenant_id, code, position, version, label, direction, points, validity, validity_unit,
             note, created_at, modified_at)
         VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $10)"
    }
    Tenant UPDATE_REASON {
        "UPDATE reasons SET version = version + 1, label = $3, direction = $4, points = $5, validity = $6,
             validity_unit = $7, note = $8, modified_at = $9
         WHERE tenant_id = $1 AND code = $2"
    }
    Tenant ARCHIVE_REASON {
        "UPDATE reasons SET version = version + 1, archived_at = $3, modified_at = $4
         WHERE tenant_id = $1 AND code = $2"
    }
    Tenant PLACE_REASON { "UPDATE reasons SET position = $3 WHERE tenant_id = $1 AND code = $2" }
}

#[derive(FromRow)]
struct ReasonRow {
    code: String,
    position: i64,
    version: i64,
    label: Option<String>,
    direction: String,
    points: Option<Points>,
    validity: Option<i64>,
    validity_unit: Option<String>,
    note: Option<String>,
    archived_at: Option<Timestamp>,
}

impl ReasonRow {
    fn into_reason(self) -> Result<Reason, DbError> {
        let broken = |what: &str| DbError::Damaged(format!("reason {}: {what}", self.code));
        let validity = self.validity.zip(self.validity_unit.as_deref());
        let validity = validity.map(|(number, unit)| Validity::new(number, unit)).transpose();
        Ok(Reason {
            draft: ReasonDraft {
                direction: Direction::parse(&self.direction).map_err(|error| broken(error.message()))?,
                validity: validity.map_err(|error| broken(error.message()))?,
                label: self.label,
                points: self.points,
                note: self.note,
            },
            code: self.code,
            position: self.position,
            version: self.version,
            archived_at: self.archived_at,
        })
    }
}

/// All reasons in their order, archived ones last.
pub async fn list(db: &Db, tenant: &TenantId) -> Result<Vec<Reason>, DbError> {
    db.query(LIST_REASONS).bind(tenant).all::<ReasonRow>().await?.into_iter().map(ReasonRow::into_reason).collect()
}

/// The same within a transaction.
pub async fn list_in(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<Reason>, DbError> {
    tx.query(LIST_REASONS).bind(tenant).all::<ReasonRow>().await?.into_iter().map(ReasonRow::into_reason).collect()
}

/// A reason, archived or not.
pub async fn find(db: &Db, tenant: &TenantId, code: &str) -> Result<Option<Reason>, DbError> {
    let found = db.query(FIND_REASON).bind(tenant).bind(code).optional::<ReasonRow>().await?;
    found.map(ReasonRow::into_reason).transpose()
}

/// Makes a reason, in the place `position`.
pub async fn insert(
    tx: &mut Tx,
    tenant: &TenantId,
    (code, position): (&str, i64),
    draft: &ReasonDraft,
    now: Timestamp,
) -> Result<(), DbError> {
    let query = tx.query(INSERT_REASON).bind(tenant).bind(code).bind(position).bind(&draft.label);
    let query = query.bind(draft.direction.as_str()).bind(draft.points).bind(draft.validity.map(Validity::number));
    query.bind(draft.validity.map(Validity::unit)).bind(&draft.note).bind(now).run().await.map(drop)
}

/// Replaces what is set of a reason.
pub async fn update(
    tx: &mut Tx,
    tenant: &TenantId,
    code: &str,
    draft: &ReasonDraft,
    now: Timestamp,
) -> Result<(), DbError> {
    let query = tx.query(UPDATE_REASON).bind(tenant).bind(code).bind(&draft.label).bind(draft.direction.as_str());
    let query = query.bind(draft.points).bind(draft.validity.map(Validity::number));
    query.bind(draft.validity.map(Validity::unit)).bind(&draft.note).bind(now).run().await.map(drop)
}

/// Takes a reason out of the offer since an instant, or back into it.
pub async fn archive(
    tx: &mut Tx,
    tenant: &TenantId,
    code: &str,
    since: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.query(ARCHIVE_REASON).bind(tenant).bind(code).bind(since).bind(now).run().await.map(drop)
}

/// Puts a reason into a place.
pub async fn place(tx: &mut Tx, tenant: &TenantId, code: &str, position: i64) -> Result<(), DbError> {
    tx.query(PLACE_REASON).bind(tenant).bind(code).bind(position).run().await.map(drop)
}
