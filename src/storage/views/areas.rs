//! Areas as their readers may see them, and what is going on in them.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{AreaId, CampaignId, OrganisationId};
use uuid::Uuid;

use super::known;
use crate::storage::prepared::Prepare;
pub use crate::storage::tables::areas::AreaRow;
use crate::storage::tables::{areas, settings};
use crate::storage::{StorageError, Unit};

/// The area and its outline, if the caller may know of it.
///
/// # Errors
/// When the database fails.
pub async fn visible(
    unit: &mut Unit<'_>,
    id: AreaId,
) -> Result<Option<(AreaRow, serde_json::Value)>, StorageError> {
    let within = known::campaigns(unit).await?;
    let Some(row) = areas::find(unit, id).await?.filter(|row| within.hold(row.campaign_id)) else {
        return Ok(None);
    };
    let outline = areas::outline(unit, id).await?;
    Ok(outline.map(|outline| (row, outline)))
}

/// The areas that the caller may know of, or only those of one campaign, up to so many of those after one.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    campaign: Option<CampaignId>,
    which: (Option<Uuid>, i64),
) -> Result<Vec<AreaRow>, StorageError> {
    let within = known::campaigns(unit).await?;
    areas::list(unit, &within, campaign, which).await
}

/// The same areas, each with its outline.
///
/// # Errors
/// When the database fails.
pub async fn on_a_map(
    unit: &mut Unit<'_>,
    campaign: Option<CampaignId>,
    which: (Option<Uuid>, i64),
) -> Result<Vec<(AreaRow, serde_json::Value)>, StorageError> {
    let rows = list(unit, campaign, which).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut outlines = areas::outlines(unit, &ids).await?;
    let with_outline = |row: AreaRow| outlines.remove(&row.id).map(|outline| (row, outline));
    Ok(rows.into_iter().filter_map(with_outline).collect())
}

/// What is going on in an area, as far as one organisation goes.
#[derive(Debug, Clone)]
pub struct Summary {
    /// How many requests there are in each status.
    pub requests: Vec<StatusCount>,
    /// How many volunteers there are in each status.
    pub volunteers: Vec<StatusCount>,
    /// The rest.
    pub figures: Figures,
}

/// How many are in one status.
#[derive(Debug, Clone, QueryableByName)]
pub struct StatusCount {
    /// The status.
    #[diesel(sql_type = Text)]
    pub status: String,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// What a coordinator looks at first.
#[derive(Debug, Clone, QueryableByName)]
pub struct Figures {
    /// Open requests of urgency `critical` or `high`.
    #[diesel(sql_type = BigInt)]
    pub urgent_open: i64,
    /// Since when the oldest open request is open.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub oldest_open_since: Option<Moment>,
    /// Requests that were escalated and wait still.
    #[diesel(sql_type = BigInt)]
    pub escalated: i64,
    /// Requests whose goods somebody has, of an earlier attempt.
    #[diesel(sql_type = BigInt)]
    pub goods_out: i64,
    /// Approved volunteers who are on duty.
    #[diesel(sql_type = BigInt)]
    pub on_duty: i64,
}

/// What is going on in an area, as far as that organisation goes. `None` when it does not work there.
///
/// # Errors
/// When the database fails.
pub async fn summary(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    area: AreaId,
) -> Result<Option<Summary>, StorageError> {
    let Some(setting) = settings::find(unit, organisation, area).await? else {
        return Ok(None);
    };
    let requests = by_status(
        unit,
        "SELECT status, count(*) FROM requests WHERE organisation_id = $1 AND area_id = $2 \
         GROUP BY status ORDER BY status",
        (organisation, area),
    )
    .await?;
    let volunteers = by_status(
        unit,
        "SELECT status, count(*) FROM volunteers WHERE organisation_id = $1 AND area_id = $2 \
         GROUP BY status ORDER BY status",
        (organisation, area),
    )
    .await?;
    let figures = diesel::sql_query(
        "SELECT count(*) FILTER (WHERE status = 'open' AND urgency IN ('critical', 'high')) AS urgent_open, \
                min(opened_at) FILTER (WHERE status = 'open') AS oldest_open_since, \
                count(*) FILTER (WHERE escalated_at IS NOT NULL AND status IN ('open', 'pending_verification')) \
                    AS escalated, \
                count(*) FILTER (WHERE goods_out) AS goods_out, \
                (SELECT count(*) FROM volunteers v WHERE v.organisation_id = $1 AND v.area_id = $2 \
                    AND v.status = 'approved' AND v.duty_until > $3) AS on_duty \
         FROM requests WHERE organisation_id = $1 AND area_id = $2",
    )
    .bind::<SqlUuid, _>(organisation.uuid())
    .bind::<SqlUuid, _>(area.uuid())
    .bind::<Timestamptz, _>(setting.now).prepared()
    .get_result(unit.conn)
    .await?;
    Ok(Some(Summary { requests, volunteers, figures }))
}

async fn by_status(
    unit: &mut Unit<'_>,
    sql: &str,
    (organisation, area): (OrganisationId, AreaId),
) -> Result<Vec<StatusCount>, StorageError> {
    let counts = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(organisation.uuid())
        .bind::<SqlUuid, _>(area.uuid())
        .prepared()
        .load(unit.conn)
        .await?;
    Ok(counts)
}
