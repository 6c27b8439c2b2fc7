//! Looking at a database without changing it, as its owner and in one moment: what `doctor` judges by, and
//! what a backup is compared with.

mod balance;
mod decisions;
mod isolation;
mod keys;
mod lifecycle;
mod readings;
mod seals;
mod server;
mod tables;

use tokio_postgres::{Client, NoTls};

use super::{StorageError, database};

pub use balance::Balance;
pub use isolation::Leak;
pub use lifecycle::Disagreement;
pub use readings::{Period, Reader, Reading, Readings};
pub use seals::{Chain, FoundRow, FoundSeal, Head};
pub use server::{LogHealth, Server};
pub use tables::Extent;

/// Long enough to read a log of millions of events; it holds no lock that anybody waits for.
const SESSION: &str = "SET statement_timeout = '10min'; SET timezone = 'UTC'; \
    SET application_name = 'birgemiz inspection'; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;";

/// Whom row-level security does not keep from any row; where it is not there yet, nobody is kept from one.
const SEES_EVERYTHING: &str = "
SELECT r.rolsuper OR r.rolbypassrls OR o.oid IS NULL OR pg_has_role(current_user, o.oid, 'USAGE')
FROM pg_roles r LEFT JOIN pg_roles o ON o.rolname = 'birgemiz_owner' WHERE r.rolname = current_user";

/// A database as it is at one moment.
pub struct Inspection {
    client: Client,
}

impl Inspection {
    /// Begins to look.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn begin(owner_url: &str) -> Result<Self, StorageError> {
        let (client, connection) = database::patient(owner_url)?
            .connect(NoTls)
            .await
            .map_err(|error| StorageError::NoConnection(told(&error)))?;
        // It ends with the client.
        tokio::spawn(connection);
        client.batch_execute(SESSION).await.map_err(failed)?;
        if !column(&client.query_one(SEES_EVERYTHING, &[]).await.map_err(failed)?, 0)? {
            return Err(StorageError::Database(
                "this login does not see all rows, and would find and save none. As an administrator of the server: \
                 GRANT birgemiz_owner TO it; ALTER ROLE it INHERIT"
                    .to_owned(),
            ));
        }
        Ok(Self { client })
    }

    /// A name by which another session sees the same moment, for as long as this value lives.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn moment(&self) -> Result<String, StorageError> {
        let row = self.client.query_one("SELECT pg_export_snapshot()", &[]).await.map_err(failed)?;
        column(&row, 0)
    }
}

fn column<'r, T: tokio_postgres::types::FromSql<'r>>(
    row: &'r tokio_postgres::Row,
    index: usize,
) -> Result<T, StorageError> {
    row.try_get(index).map_err(failed)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn failed(error: tokio_postgres::Error) -> StorageError {
    StorageError::Database(told(&error))
}

/// The server's message where it sent one: without its details, which quote values.
fn told(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(|| error.to_string(), |told| told.message().to_owned())
}
