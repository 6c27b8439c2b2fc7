//! The situation of a request: its row, its active claim and delivery, and the setting it is decided
//! in, read together under one lock and changed together.
//!
//! Locks are taken in one order everywhere: the volunteer, then the request, then what hangs on it.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{
    AreaId, CampaignId, ClaimId, DeliveryId, HouseholdId, OrganisationId, PartnerId, RequestId, VolunteerId,
};
use domain::life::{ClaimStatus, DeliveryStatus, RequestStatus, Standing};
use domain::policy::Policy;
use domain::words::RequestKind;
use uuid::Uuid;

use super::settings;
use crate::storage::prepared::Prepare;
use crate::storage::{StorageError, Unit};

/// A claim in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveClaim {
    /// Its id.
    pub id: ClaimId,
    /// Who holds it.
    pub volunteer: VolunteerId,
    /// Its fencing number.
    pub fence: i64,
    /// When it lapses.
    pub lease_until: Moment,
    /// Its delivery, where goods change hands.
    pub delivery: Option<DeliveryId>,
}

/// Everything that an act upon a request is decided by.
#[derive(Debug, Clone)]
pub struct Situation {
    /// The request.
    pub request: RequestId,
    /// Who owns it.
    pub organisation: OrganisationId,
    /// Where it is served.
    pub area: AreaId,
    /// Under which campaign.
    pub campaign: CampaignId,
    /// Whose need it is.
    pub household: HouseholdId,
    /// Whether that household is verified.
    pub household_is_verified: bool,
    /// The partner app that filed it.
    pub partner: Option<PartnerId>,
    /// What is asked for.
    pub kind: RequestKind,
    /// Where it stands.
    pub standing: Standing,
    /// The active claim, where there is one.
    pub claim: Option<ActiveClaim>,
    /// Failed attempts.
    pub failures: u32,
    /// Whether goods of an earlier attempt are out.
    pub goods_out: bool,
    /// When it was acknowledged.
    pub acknowledged_at: Option<Moment>,
    /// When its window ends.
    pub window_end: Moment,
    /// When it was escalated.
    pub escalated_at: Option<Moment>,
    /// Its row's version.
    pub version: i32,
    /// The number of its latest claim.
    pub fence: i64,
    /// The policy in force.
    pub policy: Policy,
    /// That policy's version.
    pub policy_version: i32,
    /// The time by which this is decided.
    pub now: Moment,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    area_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    campaign_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    household_id: Uuid,
    #[diesel(sql_type = Bool)]
    household_is_verified: bool,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    partner_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Integer)]
    failures: i32,
    #[diesel(sql_type = Bool)]
    goods_out: bool,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    acknowledged_at: Option<Moment>,
    #[diesel(sql_type = Timestamptz)]
    window_end: Moment,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    escalated_at: Option<Moment>,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = BigInt)]
    fence: i64,
    #[diesel(sql_type = Jsonb)]
    policy: serde_json::Value,
    #[diesel(sql_type = Integer)]
    policy_version: i32,
    #[diesel(sql_type = BigInt)]
    clock_offset_s: i64,
}

#[derive(QueryableByName)]
struct ClaimRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    volunteer_id: Uuid,
    #[diesel(sql_type = BigInt)]
    fence: i64,
    #[diesel(sql_type = Timestamptz)]
    lease_until: Moment,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    delivery_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    delivery_status: Option<String>,
}

#[derive(QueryableByName)]
struct Holder {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Locks a request, its holder first, and reads its situation. `None` when there is no such request.
///
/// # Errors
/// `Repeat` when it changed hands between the two locks; else when the database fails.
pub async fn lock(unit: &mut Unit<'_>, request: RequestId) -> Result<Option<Situation>, StorageError> {
    let holder: Option<Holder> = diesel::sql_query(
        "SELECT v.id FROM claims c JOIN volunteers v ON v.id = c.volunteer_id \
         WHERE c.request_id = $1 AND c.status = 'active' FOR NO KEY UPDATE OF v",
    )
    .bind::<SqlUuid, _>(request.uuid())
    .prepared()
    .get_result(unit.conn)
    .await
    .optional()?;
    let row: Option<Row> = diesel::sql_query(
        "SELECT q.id, q.organisation_id, q.area_id, q.campaign_id, q.household_id, h.status = 'verified' AS \
                household_is_verified, q.partner_id, q.kind, q.status, q.failures, q.goods_out, q.acknowledged_at, \
                q.window_end, q.escalated_at, q.version, q.fence, p.body AS policy, p.version AS policy_version, \
                m.clock_offset_s \
         FROM requests q \
         JOIN households h ON h.id = q.household_id \
         JOIN campaigns m ON m.id = q.campaign_id \
         JOIN policies p ON p.campaign_id = m.id AND p.version = m.policy_version \
         WHERE q.id = $1 FOR NO KEY UPDATE OF q",
    )
    .bind::<SqlUuid, _>(request.uuid()).prepared()
    .get_result(unit.conn)
    .await
    .optional()?;
    let Some(row) = row else {
        return Ok(None);
    };
    // A statement of its own: its snapshot is taken under the request's lock.
    let claim: Option<ClaimRow> = diesel::sql_query(
        "SELECT c.id, c.volunteer_id, c.fence, c.lease_until, d.id AS delivery_id, d.status AS delivery_status \
         FROM claims c LEFT JOIN deliveries d ON d.claim_id = c.id \
         WHERE c.request_id = $1 AND c.status = 'active'",
    )
    .bind::<SqlUuid, _>(request.uuid()).prepared()
    .get_result(unit.conn)
    .await
    .optional()?;
    if claim.as_ref().map(|claim| claim.volunteer_id) != holder.map(|holder| holder.id) {
        return Err(StorageError::Repeat);
    }
    situation(row, claim, unit.now).map(Some)
}

fn situation(row: Row, claim: Option<ClaimRow>, now: Moment) -> Result<Situation, StorageError> {
    let kind: RequestKind = row.kind.parse()?;
    let status: RequestStatus = row.status.parse()?;
    let delivery: Option<DeliveryStatus> =
        claim.as_ref().and_then(|claim| claim.delivery_status.as_deref()).map(str::parse).transpose()?;
    let standing = Standing::of(kind, status, claim.as_ref().map(|_| ClaimStatus::Active), delivery)?;
    Ok(Situation {
        request: RequestId::new(row.id),
        organisation: OrganisationId::new(row.organisation_id),
        area: AreaId::new(row.area_id),
        campaign: CampaignId::new(row.campaign_id),
        household: HouseholdId::new(row.household_id),
        household_is_verified: row.household_is_verified,
        partner: row.partner_id.map(PartnerId::new),
        kind,
        standing,
        claim: claim.map(|claim| ActiveClaim {
            id: ClaimId::new(claim.id),
            volunteer: VolunteerId::new(claim.volunteer_id),
            fence: claim.fence,
            lease_until: claim.lease_until,
            delivery: claim.delivery_id.map(DeliveryId::new),
        }),
        failures: row.failures.unsigned_abs(),
        goods_out: row.goods_out,
        acknowledged_at: row.acknowledged_at,
        window_end: row.window_end,
        escalated_at: row.escalated_at,
        version: row.version,
        fence: row.fence,
        policy: settings::policy(row.policy)?,
        policy_version: row.policy_version,
        now: now + chrono::TimeDelta::seconds(row.clock_offset_s),
    })
}
