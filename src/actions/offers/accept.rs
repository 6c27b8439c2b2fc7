//! A volunteer accepts an offer: a claim like any other, by the same rules and in the same races.

use domain::id::OfferId;
use domain::life::ClaimSource;

use super::answerable;
use crate::actions::claim_request::{ClaimRequest, Claimed};
use crate::actions::{Action, Refusal};
use crate::storage::Unit;

/// Accept an offer.
#[derive(Debug, Clone, Copy)]
pub struct AcceptOffer {
    /// Which.
    pub offer: OfferId,
}

impl Action for AcceptOffer {
    type Done = Claimed;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Claimed, Refusal> {
        let (row, _) = answerable(unit, self.offer).await?;
        // That the offer is accepted, and the others are withdrawn, the database sees to as the request is taken.
        ClaimRequest { request: row.request(), volunteer: None }
            .claim_as(unit, Some(ClaimSource::Offer))
            .await
    }
}
