//! Fulfilled requests whose household stayed silent, each with the welfare check filed for it.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::id::RequestId;
use uuid::Uuid;

use super::situations::Situation;
use crate::storage::prepared::Prepare;
use crate::storage::schema::silences;
use crate::storage::{StorageError, Unit};

/// Whether somebody was sent already because of this silence.
///
/// # Errors
/// When the database fails.
pub async fn is_known(unit: &mut Unit<'_>, request: RequestId) -> Result<bool, StorageError> {
    let found: Option<Uuid> = silences::table
        .find(request.uuid())
        .select(silences::welfare_check_id)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(found.is_some())
}

/// Keeps in mind who was sent.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    unit: &mut Unit<'_>,
    silent: &Situation,
    welfare_check: RequestId,
) -> Result<(), StorageError> {
    diesel::insert_into(silences::table)
        .values((
            silences::request_id.eq(silent.request.uuid()),
            silences::organisation_id.eq(silent.organisation.uuid()),
            silences::area_id.eq(silent.area.uuid()),
            silences::welfare_check_id.eq(welfare_check.uuid()),
        ))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// The requests because of whose silence somebody is to be sent.
///
/// # Errors
/// When the database fails.
pub async fn because_of_which(
    unit: &mut Unit<'_>,
    welfare_check: RequestId,
) -> Result<Vec<RequestId>, StorageError> {
    let found: Vec<Uuid> = silences::table
        .filter(silences::welfare_check_id.eq(welfare_check.uuid()))
        .order(silences::request_id)
        .select(silences::request_id)
        .load(unit.conn)
        .await?;
    Ok(found.into_iter().map(RequestId::new).collect())
}
