//! Claims. Claiming is one statement: it checks and takes in one round trip, and the partial unique
//! index stands behind it.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{
    BigInt, Binary, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Moment;
use domain::id::{ClaimId, DeliveryId, RequestId, VolunteerId};
use domain::life::{ClaimSource, ClaimStatus};
use domain::matching::{Candidate, OpenRequest};
use uuid::Uuid;

use crate::clock;
use crate::planted::{Bug, Point, is_planted, reach};
use crate::storage::closing::{Keeping, Origin};
use crate::storage::idempotency::{self, KeptColumns};
use crate::storage::prepared::Prepare;
use crate::storage::schema::claims;
use crate::storage::{StorageError, Unit};

/// A claim as its table keeps it.
#[derive(Debug, Clone, Queryable, QueryableByName, Selectable)]
#[diesel(table_name = claims)]
pub struct ClaimRow {
    /// Its id.
    pub id: Uuid,
    /// Who owns the request.
    pub organisation_id: Uuid,
    /// Where it is served.
    pub area_id: Uuid,
    /// The request.
    pub request_id: Uuid,
    /// Whose door it leads to.
    pub household_id: Uuid,
    /// Whose volunteer holds it.
    pub volunteer_organisation_id: Uuid,
    /// Who holds it.
    pub volunteer_id: Uuid,
    /// How it came about.
    pub source: String,
    /// Where it is.
    pub status: String,
    /// Why it ended, in a word.
    pub status_reason: Option<String>,
    /// How it went.
    pub outcome: Option<String>,
    /// Its fencing number.
    pub fence: i64,
    /// When it lapses.
    pub lease_until: Moment,
    /// The policy by which it was made.
    pub policy_version: i32,
    /// When it was made.
    pub claimed_at: Moment,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// Grows with each change.
    pub version: i32,
}

impl ClaimRow {
    /// Where it is.
    ///
    /// # Errors
    /// When the row holds no known status.
    pub fn status(&self) -> Result<ClaimStatus, StorageError> {
        Ok(self.status.parse()?)
    }
}

/// A claim to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewClaim {
    /// The claim's id.
    pub id: ClaimId,
    /// The id of the delivery that begins with it, where goods change hands.
    pub delivery: DeliveryId,
    /// What is claimed.
    pub request: RequestId,
    /// By whom.
    pub volunteer: VolunteerId,
    /// How it came about.
    pub source: ClaimSource,
    /// Its number: the request's latest claim must be the one before.
    pub fence: i64,
    /// When it lapses.
    pub lease_until: Moment,
    /// The policy by which.
    pub policy_version: i32,
    /// A request whose window ended at or before this is over, its extension included.
    pub over_since: Moment,
    /// The time by which it is decided.
    pub now: Moment,
}

impl NewClaim {
    /// The claim as it will be, on that request and by that volunteer.
    #[must_use]
    pub fn once_made(&self, request: &OpenRequest, candidate: &Candidate) -> Taken {
        let claim = ClaimRow {
            id: self.id.uuid(),
            organisation_id: request.organisation.uuid(),
            area_id: request.area.uuid(),
            request_id: self.request.uuid(),
            household_id: request.household.uuid(),
            volunteer_organisation_id: candidate.organisation.uuid(),
            volunteer_id: self.volunteer.uuid(),
            source: self.source.as_str().to_owned(),
            status: ClaimStatus::Active.as_str().to_owned(),
            status_reason: None,
            outcome: None,
            fence: self.fence,
            lease_until: self.lease_until,
            policy_version: self.policy_version,
            claimed_at: self.now,
            ended_at: None,
            version: 1,
        };
        let delivery_id = request.kind.moves_goods().then(|| self.delivery.uuid());
        Taken { claim, delivery_id }
    }
}

/// What was taken.
#[derive(Debug, Clone, QueryableByName)]
pub struct Taken {
    /// The claim.
    #[diesel(embed)]
    pub claim: ClaimRow,
    /// The delivery that began, where goods change hands.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub delivery_id: Option<Uuid>,
}

/// Both rows are locked, the volunteer's first, and looked at again under their locks; only then is
/// anything written. `{open}` is the condition that makes one claim win. `{key}` keeps a key and its answer.
const TAKE: &str = "
WITH v AS MATERIALIZED (
    SELECT id, organisation_id FROM volunteers
    WHERE id = $1 AND status = 'approved' AND active_claims < claim_limit FOR NO KEY UPDATE
), q AS MATERIALIZED (
    SELECT q.id, q.organisation_id, q.area_id, q.household_id, q.kind, q.fence + 1 AS fence,
           v.id AS volunteer_id, v.organisation_id AS volunteer_organisation_id
    FROM v JOIN requests q ON q.id = $2
    WHERE {open} AND q.window_end > $16
      AND EXISTS (SELECT FROM campaign_organisations m
                  WHERE m.campaign_id = q.campaign_id AND m.organisation_id = v.organisation_id)
      AND NOT EXISTS (SELECT FROM volunteer_blocks b
                      WHERE b.volunteer_id = v.id AND b.household_id = q.household_id)
    FOR NO KEY UPDATE OF q
), taken AS (
    UPDATE requests SET status = 'claimed', fence = q.fence, updated_at = $10, version = version + 1
    FROM q WHERE requests.id = q.id AND {taken} RETURNING requests.id
), counted AS (
    UPDATE volunteers SET active_claims = active_claims + 1
    FROM q JOIN taken ON taken.id = q.id WHERE volunteers.id = q.volunteer_id RETURNING volunteers.id
), claim AS (
    INSERT INTO claims (id, organisation_id, area_id, request_id, household_id, volunteer_organisation_id,
                        volunteer_id, source, status, fence, lease_until, policy_version, claimed_at)
    SELECT $4, q.organisation_id, q.area_id, q.id, q.household_id, q.volunteer_organisation_id,
           q.volunteer_id, $5, 'active', q.fence, $6, $7, $3
    FROM q JOIN taken ON taken.id = q.id JOIN counted ON counted.id = q.volunteer_id
    RETURNING id, organisation_id, area_id, request_id, household_id, volunteer_organisation_id, volunteer_id, source,
              status, status_reason, outcome, fence, lease_until, policy_version, claimed_at, ended_at, version
), delivery AS (
    INSERT INTO deliveries (id, organisation_id, area_id, request_id, claim_id, status, created_at)
    SELECT $8, claim.organisation_id, claim.area_id, claim.request_id, claim.id, 'awaiting_pickup', $3
    FROM claim JOIN q ON q.id = claim.request_id WHERE q.kind IN ('delivery', 'collection')
    RETURNING id
), event AS (
    INSERT INTO events (id, at, kind, organisation_id, area_id, subject_kind, subject_id, request_id, volunteer_id,
                        actor_kind, actor_id, policy_version, call_id, changes)
    SELECT $9, $10, 'request.claimed', claim.organisation_id, claim.area_id, 'request', claim.request_id,
           claim.request_id, claim.volunteer_id, $11, $12, $7, $13, $14 || CASE
               WHEN EXISTS (SELECT FROM delivery) THEN $15 ELSE '[]'::jsonb END
    FROM claim
), key AS ({key} FROM claim WHERE $18::text IS NOT NULL)
SELECT id, organisation_id, area_id, request_id, household_id, volunteer_organisation_id, volunteer_id, source, status,
       status_reason, outcome, fence, lease_until, policy_version, claimed_at, ended_at, version,
       (SELECT id FROM delivery) AS delivery_id
FROM claim";

/// Takes a request for a volunteer, with its claim, its delivery and its event. `None` when the
/// request is not open, or the volunteer may not take it: nothing was written then.
///
/// # Errors
/// A `claims_one_active_per_request` constraint, should the condition ever fail to hold.
pub async fn take(unit: &mut Unit<'_>, new: &NewClaim) -> Result<Option<Taken>, StorageError> {
    take_as(unit.conn, &Origin::of(unit), new, None).await
}

/// A claim that is written together with the commit.
#[derive(Debug)]
pub struct ClosingClaim {
    origin: Origin,
    new: NewClaim,
}

impl ClosingClaim {
    /// Leaves this one to the commit.
    #[must_use]
    pub fn of(unit: &Unit<'_>, new: NewClaim) -> Self {
        Self { origin: Origin::of(unit), new }
    }
}

/// Writes it, with the answer of its key. False when nothing was written, the key neither.
pub(in crate::storage) async fn close(
    conn: &AsyncPgConnection,
    claim: &ClosingClaim,
    keeping: Keeping<'_>,
) -> Result<bool, StorageError> {
    Ok(take_as(conn, &claim.origin, &claim.new, keeping).await?.is_some())
}

async fn take_as(
    mut conn: &AsyncPgConnection,
    origin: &Origin,
    new: &NewClaim,
    keeping: Keeping<'_>,
) -> Result<Option<Taken>, StorageError> {
    let changes = serde_json::json!([
        {"object": "request", "id": new.request, "from": "open", "to": "claimed"},
        {"object": "claim", "id": new.id, "to": "active"},
    ]);
    let delivery_change =
        serde_json::json!([{"object": "delivery", "id": new.delivery, "to": "awaiting_pickup"}]);
    let kept = KeptColumns::of(keeping.as_ref());
    let statement = diesel::sql_query(statement())
        .bind::<SqlUuid, _>(new.volunteer.uuid())
        .bind::<SqlUuid, _>(new.request.uuid())
        .bind::<Timestamptz, _>(new.now)
        .bind::<SqlUuid, _>(new.id.uuid())
        .bind::<Text, _>(new.source.as_str())
        .bind::<Timestamptz, _>(new.lease_until)
        .bind::<Integer, _>(new.policy_version)
        .bind::<SqlUuid, _>(new.delivery.uuid())
        .bind::<SqlUuid, _>(clock::new_id())
        .bind::<Timestamptz, _>(origin.at)
        .bind::<Text, _>(origin.actor_kind.as_str())
        .bind::<Nullable<SqlUuid>, _>(origin.actor_id)
        .bind::<Text, _>(&origin.call_id)
        .bind::<Jsonb, _>(changes)
        .bind::<Jsonb, _>(delivery_change)
        .bind::<Timestamptz, _>(new.over_since)
        .bind::<BigInt, _>(new.fence)
        .bind::<Nullable<Text>, _>(kept.caller)
        .bind::<Nullable<Text>, _>(kept.route)
        .bind::<Nullable<Text>, _>(kept.key)
        .bind::<Nullable<Binary>, _>(kept.fingerprint)
        .bind::<Nullable<SmallInt>, _>(kept.status)
        .bind::<Nullable<Text>, _>(kept.location)
        .bind::<Nullable<Binary>, _>(kept.body)
        .bind::<Nullable<Timestamptz>, _>(kept.at)
        .prepared();
    reach(Point::ClaimTaking);
    let taken = statement.get_result(&mut conn).await.optional();
    reach(Point::ClaimTaken);
    idempotency::unless_used(taken)
}

fn statement() -> String {
    let (open, taken) = if is_planted(Bug::ClaimCondition) || is_planted(Bug::SelectThenUpdate) {
        ("$17::bigint IS NOT NULL", "true")
    } else {
        ("q.status = 'open' AND q.fence + 1 = $17", "requests.status = 'open'")
    };
    TAKE.replace("{open}", open).replace("{taken}", taken).replace("{key}", &idempotency::keeping_from(18))
}

/// The claim with that id, whoever holds it.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: ClaimId) -> Result<Option<ClaimRow>, StorageError> {
    let row =
        claims::table.find(id.uuid()).select(ClaimRow::as_select()).first(unit.conn).await.optional()?;
    Ok(row)
}

/// The active claim on a request, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn active_on(unit: &mut Unit<'_>, request: RequestId) -> Result<Option<ClaimRow>, StorageError> {
    let row = claims::table
        .filter(claims::request_id.eq(request.uuid()))
        .filter(claims::status.eq(ClaimStatus::Active.as_str()))
        .select(ClaimRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// The volunteer's active claims, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn active_of(unit: &mut Unit<'_>, volunteer: VolunteerId) -> Result<Vec<ClaimRow>, StorageError> {
    let rows = claims::table
        .filter(claims::volunteer_id.eq(volunteer.uuid()))
        .filter(claims::status.eq(ClaimStatus::Active.as_str()))
        .order(claims::id)
        .select(ClaimRow::as_select())
        .load(unit.conn)
        .await?;
    Ok(rows)
}

/// The claim with that id, kept from ending until the unit of work ends.
///
/// # Errors
/// When the database fails.
pub async fn find_shared(unit: &mut Unit<'_>, id: ClaimId) -> Result<Option<ClaimRow>, StorageError> {
    let row = claims::table
        .find(id.uuid())
        .select(ClaimRow::as_select())
        .for_share()
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// Whether this volunteer holds or has held that request.
///
/// # Errors
/// When the database fails.
pub async fn was_held_by(
    unit: &mut Unit<'_>,
    request: RequestId,
    volunteer: VolunteerId,
) -> Result<bool, StorageError> {
    let found: Option<Uuid> = claims::table
        .filter(claims::request_id.eq(request.uuid()))
        .filter(claims::volunteer_id.eq(volunteer.uuid()))
        .select(claims::id)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(found.is_some())
}
