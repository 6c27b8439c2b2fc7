//! Decides about one request by what memory shows, and makes sure of everybody whom the decision would ask: under their
//! lock, by what the database says of them now. Whoever cannot be asked is left out, and it is decided again.

use std::collections::{BTreeSet, HashMap};

use domain::Moment;
use domain::dispatch::acceptance::Acceptance;
use domain::dispatch::{Asker, Decision, DispatchPolicy, Ledger, Pursuit, Snapshot, decide};
use domain::id::VolunteerId;
use domain::matching::{At, MAX_NEAREST, OpenRequest, Seeker, first_refusal};
use domain::place::{GreatCircleTravel, USUAL_DETOUR_PERCENT};
use uuid::Uuid;

use crate::fleet::{LiveFleet, World};
use crate::storage::tables::{candidates, dispatch_memory as memory};
use crate::storage::{StorageError, Unit};

/// How often it is decided anew because somebody could not be asked. Then it is tried again a little later.
const MOST_LOOKS: usize = 12;

/// A decision to be made.
pub(super) struct Look<'a> {
    pub(super) fleet: &'a LiveFleet,
    pub(super) request: &'a OpenRequest,
    pub(super) pursuit: &'a Pursuit,
    pub(super) policy: &'a DispatchPolicy,
    pub(super) at: At,
    /// The transaction's time, by which every area has its own.
    pub(super) transaction: Moment,
}

/// What is known of those who could be asked.
#[derive(Default)]
struct Known {
    ledgers: HashMap<VolunteerId, Ledger>,
    /// Locked, and found fit to be asked.
    sure: BTreeSet<VolunteerId>,
    unfit: BTreeSet<VolunteerId>,
}

impl Look<'_> {
    /// What to do, and what that was decided from; none while too many turn out otherwise than memory shows them.
    pub(super) async fn decide(
        &self,
        unit: &mut Unit<'_>,
        acceptance: &Acceptance,
    ) -> Result<Option<Snapshot>, StorageError> {
        let near = self.fleet.look(|world| {
            let mut seeker = Seeker::default();
            let near = seeker.nearest(&world.fleet, self.request, self.at, MAX_NEAREST);
            near.iter().map(|near| near.volunteer.uuid()).collect::<Vec<Uuid>>()
        });
        let ledgers = memory::ledgers(unit, &near, self.at.now).await?;
        let mut known = Known { ledgers, ..Known::default() };
        for _ in 0..MOST_LOOKS {
            let snapshot = self.fleet.look(|world| self.seen(world, acceptance, &known));
            let Decision::Ask(wave) = decide(self.policy, &snapshot) else { return Ok(Some(snapshot)) };
            let asked = wave.asked.iter().map(|asked| asked.volunteer);
            let unsure: Vec<Uuid> =
                asked.filter(|asked| !known.sure.contains(asked)).map(VolunteerId::uuid).collect();
            if unsure.is_empty() {
                return Ok(Some(snapshot));
            }
            self.make_sure(unit, &mut known, &unsure).await?;
        }
        Ok(None)
    }

    fn seen(&self, world: &World, acceptance: &Acceptance, known: &Known) -> Snapshot {
        let detour = world.detours.get(&self.request.area).copied().unwrap_or(USUAL_DETOUR_PERCENT);
        let travel = GreatCircleTravel::with_detour(detour);
        let asker = Asker {
            fleet: &world.fleet,
            ledgers: &known.ledgers,
            acceptance,
            travel: &travel,
            policy: self.policy,
        };
        let minute_of =
            |area| world.times.get(&area).map_or(self.at.local, |time| time.at(self.transaction).local);
        let mut seeker = Seeker::default();
        let mut snapshot = asker.snapshot(self.request, self.pursuit, self.at, minute_of, &mut seeker);
        let before = snapshot.prospects.len();
        snapshot.prospects.retain(|prospect| !known.unfit.contains(&prospect.volunteer));
        let left_out = u32::try_from(before - snapshot.prospects.len()).unwrap_or(u32::MAX);
        snapshot.others_later = snapshot.others_later.saturating_add(left_out);
        snapshot
    }

    /// Nobody else asks them until this unit of work ends, and memory may be behind: off duty, blocked, gone.
    async fn make_sure(
        &self,
        unit: &mut Unit<'_>,
        known: &mut Known,
        unsure: &[Uuid],
    ) -> Result<(), StorageError> {
        memory::lock(unit, unsure).await?;
        known.ledgers.extend(memory::ledgers(unit, unsure, self.at.now).await?);
        let now = candidates::candidates(unit, unsure).await?;
        let fit: BTreeSet<VolunteerId> = now
            .iter()
            .filter(|candidate| first_refusal(candidate, self.request, self.at).is_none())
            .map(|candidate| candidate.volunteer)
            .collect();
        for id in unsure.iter().map(|id| VolunteerId::new(*id)) {
            if fit.contains(&id) {
                known.sure.insert(id)
            } else {
                known.unfit.insert(id)
            };
        }
        Ok(())
    }
}
