//! Which keys there are, as they are wrapped: what a backup must be able to open.

use super::{Inspection, column, failed};
use crate::storage::StorageError;
use crate::storage::keyring::WrappedKey;

const KEYS: &str = "SELECT organisation_id, purpose, version, master_id, wrapped FROM organisation_keys \
    ORDER BY organisation_id, purpose, version";

impl Inspection {
    /// All organisations' keys; none where the tables are of a release that had none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wrapped_keys(&self) -> Result<Vec<WrappedKey>, StorageError> {
        if !self.tables().await?.iter().any(|table| table == "organisation_keys") {
            return Ok(Vec::new());
        }
        let rows = self.client.query(KEYS, &[]).await.map_err(failed)?;
        let key = |row: &tokio_postgres::Row| {
            let told = (column(row, 1)?, column(row, 2)?, column(row, 3)?, column(row, 4)?);
            WrappedKey::read(column(row, 0)?, told)
        };
        rows.iter().map(key).collect()
    }
}
