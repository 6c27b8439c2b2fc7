//! Every request that was accepted is open, closed or cancelled: counted from the log and from the rows,
//! for each organisation.

use super::{Inspection, column, failed};
use crate::storage::StorageError;
use crate::storage::views::vitals::{VITALS, Vitals};

/// One organisation's requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// The organisation's name.
    pub organisation: String,
    /// Requests that the log says were made.
    pub accepted: i64,
    /// Rows that wait or are under way.
    pub open: i64,
    /// Rows that ended in one way or another.
    pub closed: i64,
    /// Rows that were cancelled.
    pub cancelled: i64,
}

impl Balance {
    /// Whether nothing was lost, and nothing appeared from nowhere.
    #[must_use]
    pub const fn is_even(&self) -> bool {
        self.accepted == self.open + self.closed + self.cancelled
    }
}

const BALANCE: &str = "SELECT o.name, coalesce(a.accepted, 0), coalesce(r.open, 0), coalesce(r.closed, 0), \
    coalesce(r.cancelled, 0) FROM organisations o \
    LEFT JOIN (SELECT e.organisation_id, count(*) AS accepted \
        FROM events e CROSS JOIN LATERAL jsonb_array_elements(e.changes) AS c \
        WHERE c->>'object' = 'request' AND NOT c ? 'from' GROUP BY 1) a ON a.organisation_id = o.id \
    LEFT JOIN (SELECT organisation_id, \
            count(*) FILTER (WHERE status IN ('pending_verification', 'open', 'claimed', 'in_delivery')) AS open, \
            count(*) FILTER (WHERE status IN ('fulfilled', 'expired', 'unfulfilled')) AS closed, \
            count(*) FILTER (WHERE status = 'cancelled') AS cancelled \
        FROM requests GROUP BY 1) r ON r.organisation_id = o.id ORDER BY o.name";

impl Inspection {
    /// Every organisation's requests.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn balances(&self) -> Result<Vec<Balance>, StorageError> {
        let rows = self.client.query(BALANCE, &[]).await.map_err(failed)?;
        let balance = |row: &tokio_postgres::Row| {
            Ok(Balance {
                organisation: column(row, 0)?,
                accepted: column(row, 1)?,
                open: column(row, 2)?,
                closed: column(row, 3)?,
                cancelled: column(row, 4)?,
            })
        };
        rows.iter().map(balance).collect()
    }

    /// What waits and what is overdue, by the server's own clock.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn vitals(&self) -> Result<Vitals, StorageError> {
        let sql = VITALS.replace("$1", "clock_timestamp()");
        let row = self.client.query_one(&sql, &[]).await.map_err(failed)?;
        Ok(Vitals {
            oldest_open_s: column(&row, 0)?,
            oldest_held_s: column(&row, 1)?,
            leases_overdue: column(&row, 2)?,
            lease_overdue_s: column(&row, 3)?,
            events_hidden: column(&row, 4)?,
            event_lag_s: column(&row, 5)?,
            oldest_transaction_s: column(&row, 6)?,
        })
    }

    /// What the fleet of a server in step with this database holds: volunteers, open requests.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fleet_size(&self) -> Result<(i64, i64), StorageError> {
        let sql = "SELECT (SELECT count(*) FROM volunteers WHERE status NOT IN ('left', 'rejected')), \
                   (SELECT count(*) FROM requests WHERE status = 'open')";
        let row = self.client.query_one(sql, &[]).await.map_err(failed)?;
        Ok((column(&row, 0)?, column(&row, 1)?))
    }
}
