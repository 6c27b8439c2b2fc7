//! A call about many things is begun: its key is bound to its body before the first of them is done.

use super::{Action, Refusal};
use crate::storage::Unit;

/// Begin a call about many things. All it leaves is its key: the same call goes on under it, any other is refused.
#[derive(Debug, Clone, Copy)]
pub struct BeginBulk;

impl Action for BeginBulk {
    type Done = ();

    async fn run(self, _: &mut Unit<'_>) -> Result<(), Refusal> {
        Ok(())
    }
}
