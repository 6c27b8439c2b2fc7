//! Deliveries with their proofs, as their readers may see them.

use domain::id::DeliveryId;
use domain::proof::ProofKind;

use super::claims;
use crate::storage::tables::claims::ClaimRow;
use crate::storage::tables::deliveries::{self, DeliveryRow};
use crate::storage::{StorageError, Unit};

/// A delivery and what proves it.
#[derive(Debug, Clone)]
pub struct SeenDelivery {
    /// The claim it is made under.
    pub claim: ClaimRow,
    /// The delivery.
    pub row: DeliveryRow,
    /// What proved it, once it is completed.
    pub proofs: Vec<ProofKind>,
    /// Whether a photo is kept.
    pub has_photo: bool,
}

/// The delivery, if the caller may know of it: the volunteer's own, or the owning organisation's.
///
/// # Errors
/// When the database fails.
pub async fn visible(unit: &mut Unit<'_>, id: DeliveryId) -> Result<Option<SeenDelivery>, StorageError> {
    let Some((claim, row)) = claims::visible_delivery(unit, id).await? else {
        return Ok(None);
    };
    let proofs = deliveries::proofs_of(unit, id).await?;
    let has_photo = deliveries::has_photo(unit, id).await?;
    Ok(Some(SeenDelivery { claim, row, proofs, has_photo }))
}
