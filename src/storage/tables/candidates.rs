//! Volunteers and requests as matching sees them: without names, without doors.

use std::collections::BTreeSet;
use std::sync::Arc;

use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Double, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{AreaId, CampaignId, HouseholdId, OrganisationId, RequestId, VolunteerId};
use domain::matching::{
    Availability, Candidate, Duty, Language, Load, OpenRequest, Sighting, Skills, WeeklySlot,
};
use domain::place::Metres;
use domain::volunteer::VolunteerStatus;
use domain::words::Skill;
use uuid::Uuid;

use super::households::{coarse_point, words};
use super::settings::position;
use crate::storage::prepared::Prepare;
use crate::storage::{LocalTime, StorageError, Unit};

#[derive(QueryableByName)]
pub(super) struct CandidateRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    area_id: Uuid,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Text)]
    transport: String,
    #[diesel(sql_type = Integer)]
    capacity_g: i32,
    #[diesel(sql_type = Integer)]
    capacity_ml: i32,
    #[diesel(sql_type = Array<Nullable<Text>>)]
    skills: Vec<Option<String>>,
    #[diesel(sql_type = Array<Nullable<Text>>)]
    languages: Vec<Option<String>>,
    #[diesel(sql_type = Integer)]
    radius_m: i32,
    #[diesel(sql_type = Integer)]
    claim_limit: i32,
    #[diesel(sql_type = Integer)]
    active_claims: i32,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    duty_until: Option<Moment>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    rest_until: Option<Moment>,
    #[diesel(sql_type = Jsonb)]
    availability: serde_json::Value,
    #[diesel(sql_type = Nullable<Double>)]
    base_lat: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    base_lon: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    last_lat: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    last_lon: Option<f64>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_at: Option<Moment>,
    #[diesel(sql_type = Array<SqlUuid>)]
    campaigns: Vec<Uuid>,
    #[diesel(sql_type = Array<SqlUuid>)]
    blocks: Vec<Uuid>,
    #[diesel(sql_type = Array<SqlUuid>)]
    served: Vec<Uuid>,
}

pub(super) const CANDIDATES: &str = "
SELECT v.id, v.organisation_id, v.area_id, v.status, v.transport, v.capacity_g, v.capacity_ml, v.skills, v.languages,
       v.radius_m, v.claim_limit, v.active_claims, v.duty_until, v.rest_until, v.availability,
       p.base_lat, p.base_lon, p.last_lat, p.last_lon, p.last_at,
       ARRAY(SELECT m.campaign_id FROM campaign_organisations m WHERE m.organisation_id = v.organisation_id) AS campaigns,
       ARRAY(SELECT b.household_id FROM volunteer_blocks b WHERE b.volunteer_id = v.id) AS blocks,
       ARRAY(SELECT DISTINCT c.household_id FROM claims c
             WHERE c.volunteer_id = v.id AND c.status = 'completed') AS served
FROM volunteers v LEFT JOIN volunteer_positions p ON p.volunteer_id = v.id";

/// These volunteers as matching sees them; those who left or were rejected are missing.
///
/// # Errors
/// When the database fails, or holds words that no code of ours writes.
pub async fn candidates(unit: &mut Unit<'_>, ids: &[Uuid]) -> Result<Vec<Candidate>, StorageError> {
    let sql = format!("{CANDIDATES} WHERE v.id = ANY($1) AND v.status NOT IN ('left', 'rejected')");
    let rows: Vec<CandidateRow> =
        diesel::sql_query(sql).bind::<Array<SqlUuid>, _>(ids).prepared().load(unit.conn).await?;
    rows.into_iter().map(candidate).collect()
}

/// Everyone whom matching may consider, in the order of their ids, `limit` of them after one id.
///
/// # Errors
/// As for [`candidates`].
pub async fn candidates_after(
    unit: &mut Unit<'_>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Candidate>, StorageError> {
    let sql = format!(
        "{CANDIDATES} WHERE v.id > $1 AND v.status NOT IN ('left', 'rejected') ORDER BY v.id LIMIT $2"
    );
    let rows: Vec<CandidateRow> = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(after)
        .bind::<BigInt, _>(limit)
        .prepared()
        .load(unit.conn)
        .await?;
    rows.into_iter().map(candidate).collect()
}

pub(super) fn candidate(row: CandidateRow) -> Result<Candidate, StorageError> {
    let status: VolunteerStatus = row.status.parse()?;
    let skills: Vec<Skill> = words(&row.skills)?;
    let base = row.base_lat.zip(row.base_lon).map(|(lat, lon)| position(lat, lon)).transpose()?;
    let last = row.last_lat.zip(row.last_lon).map(|(lat, lon)| position(lat, lon)).transpose()?;
    Ok(Candidate {
        volunteer: VolunteerId::new(row.id),
        organisation: OrganisationId::new(row.organisation_id),
        campaigns: Arc::new(row.campaigns.into_iter().map(CampaignId::new).collect()),
        area: AreaId::new(row.area_id),
        approved: status == VolunteerStatus::Approved,
        duty: row.duty_until.map_or(Duty::Off, |until| Duty::On { until: Some(until) }),
        availability: availability(row.availability)?,
        rest_until: row.rest_until,
        active_claims: row.active_claims.unsigned_abs(),
        claim_limit: row.claim_limit.unsigned_abs(),
        base,
        last_seen: last.zip(row.last_at).map(|(position, seen_at)| Sighting { position, seen_at }),
        transport: row.transport.parse()?,
        capacity: Load { grams: row.capacity_g.unsigned_abs(), millilitres: row.capacity_ml.unsigned_abs() },
        skills: skills.into_iter().collect(),
        languages: languages(&row.languages)?.into_iter().collect(),
        radius: Metres::new(row.radius_m.unsigned_abs()),
        blocks: row.blocks.into_iter().map(HouseholdId::new).collect(),
        served: row.served.into_iter().map(HouseholdId::new).collect(),
    })
}

/// No slots at all means: any time.
fn availability(stored: serde_json::Value) -> Result<Availability, StorageError> {
    let slots: Vec<WeeklySlot> =
        serde_json::from_value(stored).map_err(|error| StorageError::Impossible(error.to_string()))?;
    Ok(if slots.is_empty() { Availability::Always } else { Availability::Weekly(slots) })
}

fn languages(stored: &[Option<String>]) -> Result<Vec<Language>, StorageError> {
    stored
        .iter()
        .flatten()
        .map(|text| text.parse().map_err(|_| StorageError::Impossible("a language that is none".to_owned())))
        .collect()
}

#[derive(QueryableByName)]
pub(super) struct OpenRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    household_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    campaign_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    area_id: Uuid,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    is_open: bool,
    #[diesel(sql_type = Text)]
    urgency: String,
    #[diesel(sql_type = Double)]
    coarse_lat: f64,
    #[diesel(sql_type = Double)]
    coarse_lon: f64,
    #[diesel(sql_type = Nullable<BigInt>)]
    coarse_cell: Option<i64>,
    #[diesel(sql_type = BigInt)]
    weight_g: i64,
    #[diesel(sql_type = BigInt)]
    volume_ml: i64,
    #[diesel(sql_type = Array<Nullable<Text>>)]
    skills: Vec<Option<String>>,
    #[diesel(sql_type = Nullable<Text>)]
    transport: Option<String>,
    #[diesel(sql_type = Array<Nullable<Text>>)]
    languages: Vec<Option<String>>,
    #[diesel(sql_type = Array<Nullable<Text>>)]
    categories: Vec<Option<String>>,
    #[diesel(sql_type = Timestamptz)]
    opened_at: Moment,
    #[diesel(sql_type = Timestamptz)]
    window_end: Moment,
    #[diesel(sql_type = Array<SqlUuid>)]
    neighbours: Vec<Uuid>,
    #[diesel(sql_type = Text)]
    time_zone: String,
    #[diesel(sql_type = BigInt)]
    clock_offset_s: i64,
}

/// A request as matching sees it, and what its area's clock is.
#[derive(Debug, Clone)]
pub struct Matchable {
    /// The request.
    pub request: OpenRequest,
    /// Whether it is open.
    pub is_open: bool,
    /// The area's time zone, by its IANA name.
    pub time_zone: String,
    /// What the campaign adds to the time, in seconds.
    pub clock_offset_s: i64,
}

impl Matchable {
    /// The area's time.
    ///
    /// # Errors
    /// When the area's time zone is none.
    pub fn local_time(&self) -> Result<LocalTime, StorageError> {
        LocalTime::new(&self.time_zone, self.clock_offset_s)
    }
}

// Every area of the campaign counts as a neighbour: how far somebody goes is their own radius to say.
pub(super) const OPEN: &str = "
       q.id, q.household_id, q.organisation_id, q.campaign_id, q.area_id, q.kind, q.status = 'open' AS is_open,
       q.urgency, q.coarse_lat, q.coarse_lon, h.coarse_cell, q.weight_g, q.volume_ml, q.skills, q.transport, q.languages,
       h.categories, coalesce(q.opened_at, q.created_at) AS opened_at, q.window_end,
       ARRAY(SELECT n.id FROM areas n WHERE n.campaign_id = q.campaign_id) AS neighbours, a.time_zone, c.clock_offset_s";

pub(super) const OPEN_FROM: &str = "
FROM requests q JOIN households h ON h.id = q.household_id JOIN areas a ON a.id = q.area_id
JOIN campaigns c ON c.id = q.campaign_id";

/// These requests as matching sees them, whatever their status.
///
/// # Errors
/// When the database fails, or holds words that no code of ours writes.
pub async fn requests(unit: &mut Unit<'_>, ids: &[Uuid]) -> Result<Vec<Matchable>, StorageError> {
    let sql = format!("SELECT {OPEN} {OPEN_FROM} WHERE q.id = ANY($1)");
    let rows: Vec<OpenRow> =
        diesel::sql_query(sql).bind::<Array<SqlUuid>, _>(ids).prepared().load(unit.conn).await?;
    rows.into_iter().map(matchable).collect()
}

/// Open requests in the order of their ids, `limit` of them after one id.
///
/// # Errors
/// As for [`requests`].
pub async fn open_after(
    unit: &mut Unit<'_>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Matchable>, StorageError> {
    let sql =
        format!("SELECT {OPEN} {OPEN_FROM} WHERE q.id > $1 AND q.status = 'open' ORDER BY q.id LIMIT $2");
    let rows: Vec<OpenRow> = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(after)
        .bind::<BigInt, _>(limit)
        .prepared()
        .load(unit.conn)
        .await?;
    rows.into_iter().map(matchable).collect()
}

pub(super) fn matchable(row: OpenRow) -> Result<Matchable, StorageError> {
    let skills: Vec<Skill> = words(&row.skills)?;
    let load = Load {
        grams: u32::try_from(row.weight_g).unwrap_or(u32::MAX),
        millilitres: u32::try_from(row.volume_ml).unwrap_or(u32::MAX),
    };
    let request = OpenRequest {
        request: RequestId::new(row.id),
        household: HouseholdId::new(row.household_id),
        organisation: OrganisationId::new(row.organisation_id),
        campaign: CampaignId::new(row.campaign_id),
        area: AreaId::new(row.area_id),
        neighbours: row.neighbours.into_iter().map(AreaId::new).collect::<BTreeSet<_>>(),
        kind: row.kind.parse()?,
        urgency: row.urgency.parse()?,
        place: coarse_point(row.coarse_lat, row.coarse_lon, row.coarse_cell)?,
        load,
        skills: skills.into_iter().collect::<Skills>(),
        transport: row.transport.as_deref().map(str::parse).transpose()?,
        languages: languages(&row.languages)?,
        categories: words(&row.categories)?.into_iter().collect(),
        opened_at: row.opened_at,
        window_end: Some(row.window_end),
    };
    Ok(Matchable {
        request,
        is_open: row.is_open,
        time_zone: row.time_zone,
        clock_offset_s: row.clock_offset_s,
    })
}
