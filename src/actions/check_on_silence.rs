//! A household was served and nobody confirmed it for too long: somebody is sent to see that all is
//! well. Once for each silence, and one visit for all silences of a household.

use std::sync::Arc;

use domain::id::{HouseholdId, RequestId};
use domain::life::Standing;
use domain::words::{RequestKind, Urgency};

use super::submit_request::{HouseholdRef, SubmitRequest};
use super::{Action, Refusal};
use crate::keys::Keys;
use crate::storage::Unit;
use crate::storage::tables::requests::{self, RequestRow};
use crate::storage::tables::situations::{self, Situation};
use crate::storage::tables::{households, silences};

/// File a welfare check if that household is still silent; answers whether one was due.
#[derive(Clone)]
pub struct CheckOnSilence {
    /// The request that was fulfilled.
    pub request: RequestId,
    /// What keys the hashes of what is filed.
    pub keys: Arc<Keys>,
}

impl Action for CheckOnSilence {
    type Done = bool;

    async fn run(self, unit: &mut Unit<'_>) -> Result<bool, Refusal> {
        let Some(row) = requests::find(unit, self.request).await? else {
            return Ok(false);
        };
        let household = HouseholdId::new(row.household_id);
        // The household before the request, as everywhere: who suspends it locks in that order.
        let takes_requests = match households::find_shared(unit, household).await? {
            Some(household) => household.status()?.takes_requests(),
            None => false,
        };
        let Some(silent) = situations::lock(unit, self.request).await? else {
            return Ok(false);
        };
        let due = takes_requests && is_silent(&silent, &row);
        if !due || silences::is_known(unit, self.request).await? {
            return Ok(false);
        }
        let check = self.welfare_check(unit, household).await?;
        silences::insert(unit, &silent, check).await?;
        Ok(true)
    }
}

impl CheckOnSilence {
    /// The visit that is under way already, or a new one.
    async fn welfare_check(self, unit: &mut Unit<'_>, household: HouseholdId) -> Result<RequestId, Refusal> {
        let visit = requests::unfinished_of(unit, &[household])
            .await?
            .into_iter()
            .find(|row| row.kind == RequestKind::WelfareCheck.as_str());
        if let Some(visit) = visit {
            return Ok(visit.request());
        }
        let submit = SubmitRequest {
            household: HouseholdRef::Id(household),
            external_id: None,
            kind: RequestKind::WelfareCheck,
            urgency: Urgency::High,
            lines: Vec::new(),
            hub: None,
            skills: Vec::new(),
            languages: None,
            transport: None,
            window: None,
            note: None,
            keys: self.keys,
        };
        Ok(submit.run(unit).await?.request.row.request())
    }
}

/// Goods were delivered and the policy's wait for the household's word is over.
fn is_silent(situation: &Situation, row: &RequestRow) -> bool {
    let wait = chrono::TimeDelta::seconds(i64::from(situation.policy.silence_s));
    situation.standing == Standing::Fulfilled
        && situation.kind.moves_goods()
        && situation.acknowledged_at.is_none()
        && row.fulfilled_at.is_some_and(|fulfilled| fulfilled + wait <= situation.now)
}
