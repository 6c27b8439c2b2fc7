//! The setting of a decision: an area, its campaign, the policy in force and what time it is there.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Integer, Jsonb, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Moment;
use domain::id::{AreaId, CampaignId, HouseholdId, OrganisationId};
use domain::place::{AreaShape, Position};
use domain::policy::Policy;
use uuid::Uuid;

use crate::storage::prepared::Prepare;
use crate::storage::{StorageError, Unit};

/// Where and by which rules something is decided.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The area.
    pub area: AreaId,
    /// The campaign that serves it.
    pub campaign: CampaignId,
    /// A point inside it: the coarse point of last resort.
    pub centre: Position,
    /// The policy in force.
    pub policy: Policy,
    /// Its version, which every decision records.
    pub policy_version: i32,
    /// The transaction's time plus the campaign's offset: the time by which everything here is decided.
    pub now: Moment,
}

/// A setting as it is read, alone or beside what it is the setting of.
#[derive(QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = SqlUuid)]
    area_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    campaign_id: Uuid,
    #[diesel(sql_type = Double)]
    centre_lat: f64,
    #[diesel(sql_type = Double)]
    centre_lon: f64,
    #[diesel(sql_type = Jsonb)]
    policy: serde_json::Value,
    #[diesel(sql_type = Integer)]
    policy_version: i32,
    #[diesel(sql_type = BigInt)]
    clock_offset_s: i64,
}

const SETTINGS: &str = "
SELECT a.id AS area_id, c.id AS campaign_id, a.centre_lat, a.centre_lon, p.body AS policy, p.version AS policy_version,
       c.clock_offset_s
FROM area_organisations o
JOIN areas a ON a.id = o.area_id
JOIN campaigns c ON c.id = a.campaign_id
JOIN policies p ON p.campaign_id = c.id AND p.version = c.policy_version";

/// The setting of an area in which this organisation works. `None` when it does not.
///
/// # Errors
/// When the database fails, or holds a policy or shape that is none.
pub async fn find(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    area: AreaId,
) -> Result<Option<Setting>, StorageError> {
    let row: Option<Row> =
        diesel::sql_query(format!("{SETTINGS} WHERE o.organisation_id = $1 AND o.area_id = $2"))
            .bind::<SqlUuid, _>(organisation.uuid())
            .bind::<SqlUuid, _>(area.uuid())
            .prepared()
            .get_result(unit.conn)
            .await
            .optional()?;
    row.map(|row| setting(row, unit.now)).transpose()
}

/// The policies in force in all areas where this organisation works.
///
/// # Errors
/// When the database fails, or holds a policy that is none.
pub async fn policies_of(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
) -> Result<Vec<Policy>, StorageError> {
    let rows: Vec<Row> = diesel::sql_query(format!("{SETTINGS} WHERE o.organisation_id = $1"))
        .bind::<SqlUuid, _>(organisation.uuid())
        .prepared()
        .load(unit.conn)
        .await?;
    rows.into_iter().map(|row| policy(row.policy)).collect()
}

/// The setting of a household, read beside other statements.
pub(super) async fn of_household(
    mut conn: &AsyncPgConnection,
    household: HouseholdId,
) -> Result<Option<Row>, StorageError> {
    let text = format!(
        "{SETTINGS} JOIN households h ON h.organisation_id = o.organisation_id AND h.area_id = o.area_id \
         WHERE h.id = $1"
    );
    Ok(diesel::sql_query(text)
        .bind::<SqlUuid, _>(household.uuid())
        .prepared()
        .get_result(&mut conn)
        .await
        .optional()?)
}

/// The shape of an area. Apart from its setting, since only registering needs it and it may be large.
///
/// # Errors
/// When the database fails, or holds a shape that is none.
pub async fn shape(unit: &mut Unit<'_>, area: AreaId) -> Result<Option<AreaShape>, StorageError> {
    let stored: Option<serde_json::Value> = super::areas::outline(unit, area).await?;
    stored
        .map(|stored| AreaShape::from_geojson(&stored))
        .transpose()
        .map_err(|error| StorageError::Impossible(error.to_string()))
}

pub(super) fn setting(row: Row, now: Moment) -> Result<Setting, StorageError> {
    Ok(Setting {
        area: AreaId::new(row.area_id),
        campaign: CampaignId::new(row.campaign_id),
        centre: position(row.centre_lat, row.centre_lon)?,
        policy: policy(row.policy)?,
        policy_version: row.policy_version,
        now: now + chrono::TimeDelta::seconds(row.clock_offset_s),
    })
}

/// A stored policy as a value.
pub(in crate::storage) fn policy(body: serde_json::Value) -> Result<Policy, StorageError> {
    serde_json::from_value(body).map_err(|error| StorageError::Impossible(error.to_string()))
}

/// A stored place as a value.
pub(in crate::storage) fn position(lat: f64, lon: f64) -> Result<Position, StorageError> {
    Position::new(lat, lon).map_err(|error| StorageError::Impossible(error.to_string()))
}
