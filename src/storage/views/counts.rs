//! Counts of the whole deployment: no organisation, no area. Whoever shows them to everyone coarsens them
//! (`domain::small_cells`).

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;

use crate::storage::prepared::Prepare;
use crate::storage::{StorageError, Unit};

/// How many of one kind and status.
#[derive(Debug, Clone, QueryableByName)]
pub struct Count {
    /// `request`, `volunteer` or `household`.
    #[diesel(sql_type = Text)]
    pub object: String,
    /// The status.
    #[diesel(sql_type = Text)]
    pub status: String,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// How many requests, volunteers and households there are, by status; those of sandboxes are none.
///
/// # Errors
/// When the database fails.
pub async fn by_status(unit: &mut Unit<'_>) -> Result<Vec<Count>, StorageError> {
    let counts = diesel::sql_query(
        "WITH sandboxes AS MATERIALIZED (SELECT ARRAY(SELECT id FROM organisations WHERE is_sandbox) AS ids) \
         SELECT 'request' AS object, status, count(*) FROM requests \
           WHERE organisation_id <> ALL ((SELECT ids FROM sandboxes)::uuid[]) GROUP BY status \
         UNION ALL SELECT 'volunteer', status, count(*) FROM volunteers \
           WHERE organisation_id <> ALL ((SELECT ids FROM sandboxes)::uuid[]) GROUP BY status \
         UNION ALL SELECT 'household', status, count(*) FROM households \
           WHERE organisation_id <> ALL ((SELECT ids FROM sandboxes)::uuid[]) GROUP BY status ORDER BY 1, 2",
    )
    .prepared()
    .load(unit.conn)
    .await?;
    Ok(counts)
}
