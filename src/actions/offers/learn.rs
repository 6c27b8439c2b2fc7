//! What became of offers is taken in: by each volunteer's tally and by their campaign's estimates, each offer once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use domain::dispatch::acceptance::{Acceptance, Outcome, Tally};
use domain::dispatch::{DeclineReason, OfferStatus};
use domain::id::CampaignId;
use uuid::Uuid;

use crate::actions::{Action, Refusal};
use crate::storage::tables::dispatch_memory as memory;
use crate::storage::tables::offers::{self, Known, OfferRow};
use crate::storage::{StorageError, Unit};

/// How many are taken in at once.
const AT_ONCE: i64 = 200;

/// Take in what became of some offers; answers of how many.
#[derive(Debug, Clone, Copy)]
pub struct LearnFromOffers;

impl Action for LearnFromOffers {
    type Done = usize;

    async fn run(self, unit: &mut Unit<'_>) -> Result<usize, Refusal> {
        let rows = offers::unlearnt(unit, AT_ONCE).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let asked: BTreeSet<Uuid> = rows.iter().map(|row| row.volunteer_id).collect();
        let asked: Vec<Uuid> = asked.into_iter().collect();
        memory::lock(unit, &asked).await?;
        let mut tallies: BTreeMap<Uuid, Tally> = BTreeMap::new();
        for volunteer in &asked {
            tallies.insert(*volunteer, memory::tally(unit, *volunteer).await?);
        }
        let decisions: Vec<Uuid> = rows.iter().map(|row| row.decision_id).collect();
        let campaigns = memory::campaigns_of(unit, &decisions).await?;
        let all: BTreeSet<CampaignId> = campaigns.values().copied().collect();
        for campaign in all {
            let mut estimates = memory::estimates_locked(unit, campaign).await?;
            for row in rows.iter().filter(|row| campaigns.get(&row.decision_id) == Some(&campaign)) {
                if let Some(own) = tallies.get_mut(&row.volunteer_id) {
                    *own = learnt(&mut estimates, *own, row)?;
                }
            }
            memory::set_estimates(unit, campaign, &estimates).await?;
        }
        for (volunteer, tally) in tallies {
            memory::set_tally(unit, volunteer, tally).await?;
        }
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        offers::are_learnt(unit, &ids).await?;
        Ok(rows.len())
    }
}

fn learnt(estimates: &mut Acceptance, own: Tally, row: &OfferRow) -> Result<Tally, StorageError> {
    let Known { facts, parts } = row.known()?;
    let ended_at = row.ended_at.unwrap_or(row.expires_at);
    Ok(estimates.learn(own, &facts, &parts, outcome(row)?, ended_at))
}

fn outcome(row: &OfferRow) -> Result<Outcome, StorageError> {
    let end = row.ended_at.unwrap_or(row.expires_at).min(row.expires_at);
    let after = end.signed_duration_since(row.sent_at).max(TimeDelta::zero());
    let after_s = u32::try_from(after.num_seconds()).unwrap_or(u32::MAX);
    Ok(match row.status()? {
        OfferStatus::Accepted => Outcome::Accepted { after_s },
        OfferStatus::Declined => {
            let reason: Option<DeclineReason> = row.reason.as_deref().map(str::parse).transpose()?;
            reason.map_or(Outcome::Declined, DeclineReason::teaches)
        }
        OfferStatus::Sent | OfferStatus::Expired | OfferStatus::Withdrawn => Outcome::Silent { after_s },
    })
}
