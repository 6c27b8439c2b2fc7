//! Calls leased out of quotas that all processes of a deployment share.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::OrganisationId;
use domain::quota::Quota;
use uuid::Uuid;

use crate::storage::forgetting::forget_some;
use crate::storage::prepared::Prepare;
use crate::storage::{StorageError, Unit};

/// Whose quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A person's.
    Person(Uuid),
    /// A partner app's.
    Partner(Uuid),
    /// An organisation's: of all its people and apps together.
    Organisation(Uuid),
    /// A network address', by its keyed hash: of all who are not logged in there.
    Address(Uuid),
}

impl Holder {
    /// The word for its kind, and its id.
    #[must_use]
    pub const fn parts(self) -> (&'static str, Uuid) {
        match self {
            Self::Person(id) => ("person", id),
            Self::Partner(id) => ("partner", id),
            Self::Organisation(id) => ("organisation", id),
            Self::Address(id) => ("address", id),
        }
    }
}

/// What was leased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leased {
    /// How many calls.
    pub granted: u32,
    /// How many of the window all processes have leased, these included.
    pub in_all: u32,
    /// In how many milliseconds the window ends.
    pub ends_in_ms: u64,
    /// The organisation of a person or a partner app.
    pub organisation: Option<OrganisationId>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Integer)]
    granted: i32,
    #[diesel(sql_type = Integer)]
    last_grant: i32,
    #[diesel(sql_type = BigInt)]
    ends_in_ms: i64,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    organisation_id: Option<Uuid>,
}

/// The clock of this very moment: a lease that waited for another belongs to the window it is granted in.
const LEASE: &str = "
WITH present AS (
    SELECT extract(epoch FROM clock_timestamp())::double precision AS s
), span AS (
    SELECT s, floor(s / $5) * $5 AS begins FROM present
), leased AS (
    INSERT INTO quota_leases (holder_kind, holder_id, window_start, granted, last_grant)
    SELECT $1, $2, to_timestamp(begins), least($3, $4), least($3, $4) FROM span
    ON CONFLICT (holder_kind, holder_id, window_start) DO UPDATE
    SET last_grant = greatest(least(quota_leases.granted + $3, $4) - quota_leases.granted, 0),
        granted = greatest(least(quota_leases.granted + $3, $4), quota_leases.granted)
    RETURNING granted, last_grant
)
SELECT leased.granted, leased.last_grant, ceil((span.begins + $5 - span.s) * 1000)::bigint AS ends_in_ms,
       CASE $1 WHEN 'person' THEN (SELECT organisation_id FROM users WHERE id = $2)
               WHEN 'partner' THEN (SELECT organisation_id FROM partners WHERE id = $2) END AS organisation_id
FROM leased, span";

/// Leases up to `wanted` calls of the window that is now.
///
/// # Errors
/// When the database fails.
pub async fn lease(
    unit: &mut Unit<'_>,
    holder: Holder,
    quota: Quota,
    wanted: u32,
) -> Result<Leased, StorageError> {
    let (kind, id) = holder.parts();
    let row: Row = diesel::sql_query(LEASE)
        .bind::<Text, _>(kind)
        .bind::<SqlUuid, _>(id)
        .bind::<Integer, _>(i32::try_from(wanted).unwrap_or(i32::MAX))
        .bind::<Integer, _>(i32::try_from(quota.calls).unwrap_or(i32::MAX))
        .bind::<Integer, _>(i32::try_from(quota.window_s).unwrap_or(i32::MAX))
        .prepared()
        .get_result(unit.conn)
        .await?;
    Ok(Leased {
        granted: row.last_grant.unsigned_abs(),
        in_all: row.granted.unsigned_abs(),
        ends_in_ms: row.ends_in_ms.unsigned_abs(),
        organisation: row.organisation_id.map(OrganisationId::new),
    })
}

/// Forgets windows that began before that moment. Answers how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_before(unit: &mut Unit<'_>, before: Moment, most: i64) -> Result<usize, StorageError> {
    forget_some(unit, "quota_leases", "window_start < $1", (before, most)).await
}
