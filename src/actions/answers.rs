//! What several actions answer: a household, a request or a claim with what belongs to it.

use domain::id::RequestId;

use crate::storage::tables::requests::{self, RequestRow, Thing};
use crate::storage::{StorageError, Unit};

/// A request with its lines.
#[derive(Debug, Clone)]
pub struct RequestWithLines {
    /// The request.
    pub row: RequestRow,
    /// What it asks for.
    pub lines: Vec<(Thing, u32)>,
}

/// Reads a request with its lines.
///
/// # Errors
/// When the database fails.
pub async fn request_with_lines(
    unit: &mut Unit<'_>,
    id: RequestId,
) -> Result<Option<RequestWithLines>, StorageError> {
    let Some(row) = requests::find(unit, id).await? else {
        return Ok(None);
    };
    let lines = requests::lines_of(unit, id).await?;
    Ok(Some(RequestWithLines { row, lines }))
}
