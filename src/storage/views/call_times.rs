//! What time it is, and by which rules households are called, in the areas of an organisation.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Jsonb, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::calls::CallRules;
use domain::id::{AreaId, OrganisationId};
use uuid::Uuid;

use crate::storage::prepared::Prepare;
use crate::storage::tables::settings;
use crate::storage::{LocalTime, StorageError, Unit};

/// An area, as operators call there.
#[derive(Debug, Clone, Copy)]
pub struct CallArea {
    /// Which.
    pub area: AreaId,
    /// What time it is there.
    pub time: LocalTime,
    /// When people are called there.
    pub rules: CallRules,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    area: Uuid,
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = BigInt)]
    clock_offset_s: i64,
    #[diesel(sql_type = Jsonb)]
    policy: serde_json::Value,
}

/// The areas in which an organisation works.
///
/// # Errors
/// When the database fails, or holds a policy or time zone that is none.
pub async fn of_organisation(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
) -> Result<Vec<CallArea>, StorageError> {
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT a.id AS area, a.time_zone, m.clock_offset_s, p.body AS policy \
         FROM area_organisations o JOIN areas a ON a.id = o.area_id JOIN campaigns m ON m.id = a.campaign_id \
         JOIN policies p ON p.campaign_id = m.id AND p.version = m.policy_version WHERE o.organisation_id = $1",
    )
    .bind::<SqlUuid, _>(organisation.uuid())
    .prepared()
    .load(unit.conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(CallArea {
                area: AreaId::new(row.area),
                time: LocalTime::new(&row.time_zone, row.clock_offset_s)?,
                rules: settings::policy(row.policy)?.calls,
            })
        })
        .collect()
}
