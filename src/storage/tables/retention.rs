//! What has been kept for as long as its campaign's policy says: found and deleted, so much at a time. What somebody else
//! works on is left to them.
//!
//! What time it is comes in from outside, the campaign's offset added to it row by row.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Integer, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::id::HouseholdId;
use domain::policy::Policy;
use uuid::Uuid;

use crate::storage::{StorageError, Unit};

/// What is deleted by its age alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Notes of requests that have ended.
    Notes,
    /// Their phrases.
    Phrases,
    /// Photos of their deliveries.
    Photos,
    /// Plans.
    Plans,
}

impl Kept {
    /// All of it.
    pub const ALL: [Self; 4] = [Self::Notes, Self::Phrases, Self::Photos, Self::Plans];

    /// Its word in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Notes => "notes",
            Self::Phrases => "phrases",
            Self::Photos => "photos",
            Self::Plans => "plans",
        }
    }
}

/// The campaign of `q` and its policy of today.
macro_rules! by_campaign {
    () => {
        " JOIN campaigns m ON m.id = q.campaign_id \
          JOIN policies p ON p.campaign_id = m.id AND p.version = m.policy_version "
    };
}

/// What has ended as many days ago as the policy's field says, by the campaign's clock: `$1` is now, `$2` the usual.
macro_rules! is_over {
    ($changed:literal, $field:literal) => {
        concat!(
            " ",
            $changed,
            " + coalesce((p.body->'retention'->>'",
            $field,
            "')::int, $2) * interval '1 day' <= $1 + m.clock_offset_s * interval '1s' "
        )
    };
}

/// Requests end in one of these. Their window counts as well: it is told by the campaign's clock, which a sandbox moves.
macro_rules! ended {
    () => {
        " q.status IN ('fulfilled', 'cancelled', 'expired', 'unfulfilled') AND "
    };
}

const NOTES: &str = concat!(
    "DELETE FROM request_notes WHERE request_id = ANY (ARRAY( \
       SELECT n.request_id FROM request_notes n JOIN requests q ON q.id = n.request_id",
    by_campaign!(),
    "WHERE",
    ended!(),
    is_over!("greatest(q.updated_at, q.window_end)", "notes_d"),
    "LIMIT $3 FOR UPDATE OF n SKIP LOCKED))"
);

const PHRASES: &str = concat!(
    "DELETE FROM request_phrases WHERE request_id = ANY (ARRAY( \
       SELECT n.request_id FROM request_phrases n JOIN requests q ON q.id = n.request_id",
    by_campaign!(),
    "WHERE",
    ended!(),
    is_over!("greatest(q.updated_at, q.window_end)", "notes_d"),
    "LIMIT $3 FOR UPDATE OF n SKIP LOCKED))"
);

const PHOTOS: &str = concat!(
    "DELETE FROM photos WHERE delivery_id = ANY (ARRAY( \
       SELECT n.delivery_id FROM photos n JOIN deliveries d ON d.id = n.delivery_id JOIN requests q ON q.id = d.request_id",
    by_campaign!(),
    "WHERE",
    ended!(),
    is_over!("greatest(q.updated_at, q.window_end)", "photos_d"),
    "LIMIT $3 FOR UPDATE OF n SKIP LOCKED))"
);

const PLANS: &str = concat!(
    "DELETE FROM plans WHERE id = ANY (ARRAY( \
       SELECT n.id FROM plans n JOIN areas q ON q.id = n.area_id",
    by_campaign!(),
    "WHERE",
    is_over!("greatest(n.updated_at, n.planned_for)", "plans_d"),
    "LIMIT $3))"
);

/// Deletes some of what has been kept for long enough. Answers how many rows.
///
/// # Errors
/// When the database fails.
pub async fn delete_some(unit: &mut Unit<'_>, kept: Kept, most: i64) -> Result<usize, StorageError> {
    let usual = Policy::default().retention;
    let (sql, days) = match kept {
        Kept::Notes => (NOTES, usual.notes_d),
        Kept::Phrases => (PHRASES, usual.notes_d),
        Kept::Photos => (PHOTOS, usual.photos_d),
        Kept::Plans => (PLANS, usual.plans_d),
    };
    let deleted = diesel::sql_query(sql)
        .bind::<Timestamptz, _>(unit.now)
        .bind::<Integer, _>(i32::try_from(days).unwrap_or(i32::MAX))
        .bind::<BigInt, _>(most)
        .execute(unit.conn)
        .await?;
    Ok(deleted)
}

/// Households for which nothing was asked for as long, which have nothing under way. A request's last change counts as the
/// household's own.
const HOUSEHOLDS: &str = concat!(
    "SELECT h.id FROM households h JOIN areas q ON q.id = h.area_id",
    by_campaign!(),
    "WHERE h.erased_at IS NULL AND ($4::uuid IS NULL OR h.id = $4) AND h.id > $5 AND",
    is_over!("h.updated_at", "households_d"),
    "AND NOT EXISTS (SELECT FROM requests r WHERE r.household_id = h.id \
        AND (r.status NOT IN ('fulfilled', 'cancelled', 'expired', 'unfulfilled') \
             OR NOT (",
    is_over!("r.updated_at", "households_d"),
    "))) ORDER BY h.id LIMIT $3"
);

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

async fn find(
    unit: &mut Unit<'_>,
    only: Option<Uuid>,
    after: Uuid,
    most: i64,
) -> Result<Vec<Uuid>, StorageError> {
    let days = Policy::default().retention.households_d;
    let found: Vec<Found> = diesel::sql_query(HOUSEHOLDS)
        .bind::<Timestamptz, _>(unit.now)
        .bind::<Integer, _>(i32::try_from(days).unwrap_or(i32::MAX))
        .bind::<BigInt, _>(most)
        .bind::<Nullable<SqlUuid>, _>(only)
        .bind::<SqlUuid, _>(after)
        .load(unit.conn)
        .await?;
    Ok(found.into_iter().map(|found| found.id).collect())
}

/// Some households after one id that have been kept for long enough, in the order of their ids: a hint, for they are not
/// locked.
///
/// # Errors
/// When the database fails.
pub async fn households_after(
    unit: &mut Unit<'_>,
    after: Uuid,
    most: i64,
) -> Result<Vec<HouseholdId>, StorageError> {
    Ok(find(unit, None, after, most).await?.into_iter().map(HouseholdId::new).collect())
}

/// Whether a household, which is locked, has been kept for long enough.
///
/// # Errors
/// When the database fails.
pub async fn is_over(unit: &mut Unit<'_>, household: HouseholdId) -> Result<bool, StorageError> {
    Ok(!find(unit, Some(household.uuid()), Uuid::nil(), 1).await?.is_empty())
}
