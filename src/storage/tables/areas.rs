//! Service areas, who works in them, and how many buildings their cells hold.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{AreaId, CampaignId, OrganisationId};
use domain::place::{AreaShape, Cell};
use uuid::Uuid;

use super::campaigns::Campaigns;
use crate::storage::prepared::Prepare;
use crate::storage::schema::{area_organisations, areas};
use crate::storage::{StorageError, Unit};

/// An area as its table keeps it, without its outline, which may be long.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = areas)]
pub struct AreaRow {
    /// Its id.
    pub id: Uuid,
    /// Who leads its campaign.
    pub organisation_id: Uuid,
    /// Its campaign.
    pub campaign_id: Uuid,
    /// Its name.
    pub name: String,
    /// Its time zone, by its IANA name.
    pub time_zone: String,
    /// A point inside it.
    pub centre_lat: f64,
    /// A point inside it.
    pub centre_lon: f64,
    /// When it was entered.
    pub created_at: Moment,
    /// Grows with each change.
    pub version: i32,
}

impl AreaRow {
    /// Its id.
    #[must_use]
    pub const fn area(&self) -> AreaId {
        AreaId::new(self.id)
    }

    /// Who leads its campaign.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        OrganisationId::new(self.organisation_id)
    }
}

/// An area to be entered.
#[derive(Debug, Clone)]
pub struct NewArea {
    /// Its id.
    pub id: AreaId,
    /// Who leads its campaign.
    pub organisation: OrganisationId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// Its time zone, by its IANA name.
    pub time_zone: &'static str,
    /// Its outline.
    pub shape: AreaShape,
}

/// Enters an area; all organisations of its campaign work in it.
///
/// # Errors
/// An `areas_name_unique` constraint when the campaign has one of that name.
pub async fn insert(unit: &mut Unit<'_>, new: &NewArea) -> Result<AreaRow, StorageError> {
    let centre = new.shape.centre();
    let row = diesel::insert_into(areas::table)
        .values((
            areas::id.eq(new.id.uuid()),
            areas::organisation_id.eq(new.organisation.uuid()),
            areas::campaign_id.eq(new.campaign.uuid()),
            areas::name.eq(&new.name),
            areas::time_zone.eq(new.time_zone),
            areas::shape.eq(new.shape.to_geojson()),
            areas::centre_lat.eq(centre.lat()),
            areas::centre_lon.eq(centre.lon()),
            areas::created_at.eq(unit.now),
        ))
        .returning(AreaRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await?;
    diesel::sql_query(
        "INSERT INTO area_organisations (organisation_id, area_id, campaign_id) \
         SELECT organisation_id, $1, campaign_id FROM campaign_organisations WHERE campaign_id = $2",
    )
    .bind::<SqlUuid, _>(new.id.uuid())
    .bind::<SqlUuid, _>(new.campaign.uuid())
    .prepared()
    .execute(unit.conn)
    .await?;
    Ok(row)
}

/// Lets an organisation work in every area of a campaign that it takes part in.
///
/// # Errors
/// When the database fails.
pub async fn add_organisation(
    unit: &mut Unit<'_>,
    campaign: CampaignId,
    organisation: OrganisationId,
) -> Result<(), StorageError> {
    diesel::sql_query(
        "INSERT INTO area_organisations (organisation_id, area_id, campaign_id) \
         SELECT $1, id, campaign_id FROM areas WHERE campaign_id = $2 ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(organisation.uuid())
    .bind::<SqlUuid, _>(campaign.uuid())
    .prepared()
    .execute(unit.conn)
    .await?;
    Ok(())
}

/// The area with that id.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: AreaId) -> Result<Option<AreaRow>, StorageError> {
    let row = areas::table.find(id.uuid()).select(AreaRow::as_select()).first(unit.conn).await.optional()?;
    Ok(row)
}

/// An area in which an organisation works, with all that rows of a file are judged by.
#[derive(Debug, Clone)]
pub struct Served {
    /// Its id.
    pub id: AreaId,
    /// Its name.
    pub name: String,
    /// Its time zone, by its IANA name.
    pub time_zone: String,
    /// Its outline.
    pub shape: AreaShape,
}

/// The areas in which an organisation works, the oldest first, or only those of one campaign.
///
/// # Errors
/// When the database fails, or holds an outline that is none.
pub async fn served(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    campaign: Option<CampaignId>,
) -> Result<Vec<Served>, StorageError> {
    let mut query = areas::table
        .inner_join(area_organisations::table.on(area_organisations::area_id.eq(areas::id)))
        .filter(area_organisations::organisation_id.eq(organisation.uuid()))
        .order(areas::id)
        .select((areas::id, areas::name, areas::time_zone, areas::shape))
        .into_boxed();
    if let Some(campaign) = campaign {
        query = query.filter(areas::campaign_id.eq(campaign.uuid()));
    }
    let rows: Vec<(Uuid, String, String, serde_json::Value)> = query.load(unit.conn).await?;
    rows.into_iter()
        .map(|(id, name, time_zone, shape)| {
            let shape = AreaShape::from_geojson(&shape)
                .map_err(|error| StorageError::Impossible(error.to_string()))?;
            Ok(Served { id: AreaId::new(id), name, time_zone, shape })
        })
        .collect()
}

/// An area's outline, as GeoJSON.
///
/// # Errors
/// When the database fails.
pub async fn outline(unit: &mut Unit<'_>, id: AreaId) -> Result<Option<serde_json::Value>, StorageError> {
    let shape = areas::table.find(id.uuid()).select(areas::shape).first(unit.conn).await.optional()?;
    Ok(shape)
}

/// The outlines of areas, as GeoJSON, by their ids.
///
/// # Errors
/// When the database fails.
pub async fn outlines(
    unit: &mut Unit<'_>,
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, serde_json::Value>, StorageError> {
    let rows: Vec<(Uuid, serde_json::Value)> =
        areas::table.filter(areas::id.eq_any(ids)).select((areas::id, areas::shape)).load(unit.conn).await?;
    Ok(rows.into_iter().collect())
}

/// Areas by id within these campaigns, or only those of one of them, up to `limit` of those after one.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    within: &Campaigns,
    campaign: Option<CampaignId>,
    (after, limit): (Option<Uuid>, i64),
) -> Result<Vec<AreaRow>, StorageError> {
    let mut query = areas::table
        .filter(areas::id.gt(after.unwrap_or_default()))
        .order(areas::id)
        .limit(limit)
        .select(AreaRow::as_select())
        .into_boxed();
    if let Campaigns::Only(ids) = within {
        query = query.filter(areas::campaign_id.eq_any(ids.clone()));
    }
    if let Some(campaign) = campaign {
        query = query.filter(areas::campaign_id.eq(campaign.uuid()));
    }
    Ok(query.load(unit.conn).await?)
}

/// Adds buildings to the counts of cells. Cells come in their order, so that two such calls that meet
/// wait for each other and never in a circle.
///
/// # Errors
/// When the database fails.
pub async fn add_buildings(
    unit: &mut Unit<'_>,
    area: AreaId,
    counts: &BTreeMap<Cell, u32>,
) -> Result<usize, StorageError> {
    let cells: Vec<i64> = counts.keys().map(|cell| cell.bits().cast_signed()).collect();
    let buildings: Vec<i32> =
        counts.values().map(|count| i32::try_from(*count).unwrap_or(i32::MAX)).collect();
    let written = diesel::sql_query(
        "INSERT INTO building_cells (area_id, cell, buildings) \
         SELECT $1, added.cell, added.buildings FROM unnest($2, $3) AS added (cell, buildings) \
         ORDER BY added.cell \
         ON CONFLICT (area_id, cell) DO UPDATE SET buildings = \
             least(building_cells.buildings::bigint + excluded.buildings, 2147483647)",
    )
    .bind::<SqlUuid, _>(area.uuid())
    .bind::<Array<BigInt>, _>(cells)
    .bind::<Array<Integer>, _>(buildings)
    .prepared()
    .execute(unit.conn)
    .await?;
    Ok(written)
}
