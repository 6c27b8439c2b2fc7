//! Which requests may have come to their time: a hint, to be looked at again one by one.

use domain::id::RequestId;
use uuid::Uuid;

use super::{Call, Refusal};
use crate::app::App;
use crate::storage::unit::Opening;
pub use crate::storage::views::due::Due;
use crate::storage::views::due::requests;

/// Requests that are found at once.
pub const BATCH: i32 = 100;

/// The next requests after one id of which this is due, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub async fn find_due(app: &App, due: Due, after: Uuid) -> Result<Vec<RequestId>, Refusal> {
    let Call { caller, call_id, .. } = Call::by_system();
    let mut transaction = app.database.begin(caller).await?;
    let found = {
        let mut unit = transaction.open(&Opening { caller, call_id, key: None }).await?;
        requests(&mut unit, due, after, BATCH).await
    };
    transaction.roll_back().await;
    Ok(found?)
}
