//! A volunteer does not take what they were offered. That lowers nobody's place; its reason may spare them for a while.

use chrono::TimeDelta;
use domain::Moment;
use domain::dispatch::{DeclineReason, OfferStatus};
use domain::id::OfferId;

use super::{answerable, ended, told};
use crate::actions::edit_volunteer;
use crate::actions::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::events::{self, Change};
use crate::storage::tables::offers::{self, OfferRow};
use crate::storage::tables::volunteer_profiles::{self, Edit};
use crate::storage::tables::{pursuits, volunteers};

/// Decline an offer.
#[derive(Debug, Clone, Copy)]
pub struct DeclineOffer {
    /// Which.
    pub offer: OfferId,
    /// Why.
    pub reason: DeclineReason,
}

impl Action for DeclineOffer {
    type Done = OfferRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<OfferRow, Refusal> {
        let (row, now) = answerable(unit, self.offer).await?;
        rest(unit, &row, self.reason, now).await?;
        // The pursuit before its offers, as whoever pursues it locks them.
        pursuits::look_soon(unit, row.request(), now).await?;
        let declined = offers::decline(unit, self.offer, self.reason, now).await?;
        let row = declined.ok_or_else(|| ended("it has just ended"))?;
        let (from, to) = (OfferStatus::Sent.as_str(), OfferStatus::Declined.as_str());
        let change = Change::moved("offer", row.offer(), from, to);
        events::append(unit, &[told("offer.declined", &row, change)]).await?;
        Ok(row)
    }
}

/// Whoever cannot now is not asked again for some hours, whoever is unwell for days.
async fn rest(
    unit: &mut Unit<'_>,
    offer: &OfferRow,
    reason: DeclineReason,
    now: Moment,
) -> Result<(), Refusal> {
    if reason.rest() == TimeDelta::zero() {
        return Ok(());
    }
    let row = volunteers::find_locked(unit, offer.volunteer()).await?.ok_or_else(Refusal::not_found)?;
    let until = now + reason.rest();
    if row.rest_until.is_some_and(|already| already >= until) {
        return Ok(());
    }
    let edit = Edit { rest_until: Some(Some(until)), ..Edit::default() };
    let row = volunteer_profiles::edit(unit, &row, &edit).await?;
    events::append(unit, &[edit_volunteer::told(&row, "volunteer.edited")]).await?;
    Ok(())
}
