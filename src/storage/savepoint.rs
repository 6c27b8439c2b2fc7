//! Marks within a unit of work: what was done since one can be undone alone, also after a statement failed.

use diesel_async::SimpleAsyncConnection;

use super::{StorageError, Unit};

/// A place to come back to. Within one unit of work a name may be set again; the latest counts.
#[derive(Debug, Clone, Copy)]
pub enum Mark {
    /// Before some rows.
    Rows,
    /// Before one row.
    Row,
    /// Before what may turn out to be a wrong guess.
    Guess,
}

impl Mark {
    const fn name(self) -> &'static str {
        match self {
            Self::Rows => "before_rows",
            Self::Row => "before_row",
            Self::Guess => "before_guess",
        }
    }

    /// Sets it here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set(self, unit: &mut Unit<'_>) -> Result<(), StorageError> {
        Ok(unit.conn.batch_execute(&format!("SAVEPOINT {}", self.name())).await?)
    }

    /// Undoes everything since, and forgets it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn undo(self, unit: &mut Unit<'_>) -> Result<(), StorageError> {
        let name = self.name();
        let sql = format!("ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}");
        Ok(unit.conn.batch_execute(&sql).await?)
    }

    /// Keeps everything since, and forgets it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep(self, unit: &mut Unit<'_>) -> Result<(), StorageError> {
        Ok(unit.conn.batch_execute(&format!("RELEASE SAVEPOINT {}", self.name())).await?)
    }
}
