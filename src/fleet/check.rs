//! Does memory hold what the tables say? Looked at a little at a time, all of it in turn.
//!
//! Whoever differs is a *suspect*: the log may not have been followed that far yet. So the log is followed, past
//! everything that was committed before the suspect was read, and both are looked at again. Where the tables still
//! say what they said then, and memory still says something else, it has *drifted*: a row was changed by hand, or the
//! follower has a bug. That is counted and logged, and memory takes over what the tables say.

use std::collections::BTreeMap;

use domain::id::{RequestId, VolunteerId};
use domain::matching::{Candidate, OpenRequest};
use uuid::Uuid;

use super::follow::Progress;
use super::news::{failed, opening};
use super::reports::Reports;
use super::{LiveFleet, World};
use crate::storage::views::matching;
use crate::storage::{Caller, Database, StorageError, Unit};

/// Volunteers, and open requests, that are looked at together.
const SAMPLE: i64 = 500;

/// Of many that have drifted so many are named in the log.
const NAMED: usize = 5;

/// Up to whom everything was looked at in this round.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Checked {
    volunteers: Uuid,
    requests: Uuid,
}

/// What the tables say of each; none of those that are not there.
type Said<I, T> = BTreeMap<I, Option<T>>;

impl LiveFleet {
    /// Compares the next volunteers and open requests with the tables, and mends what has drifted. Answers how
    /// many had.
    ///
    /// # Errors
    /// When the database fails; the next check begins where this one did.
    pub async fn check_itself(&self, database: &Database) -> Result<usize, StorageError> {
        let mut kept = self.progress().lock().await;
        let Some(progress) = kept.as_mut() else { return Ok(0) };
        let drifted = self.check_volunteers(database, progress).await?;
        Ok(drifted + self.check_requests(database, progress).await?)
    }

    async fn check_volunteers(
        &self,
        database: &Database,
        progress: &mut Progress,
    ) -> Result<usize, StorageError> {
        let after = progress.checked.volunteers;
        let page = read(database, async |unit| matching::candidates_after(unit, after, SAMPLE).await).await?;
        let to = end(page.last().map(|last| last.volunteer.uuid()), page.len());
        let mut said: Said<VolunteerId, Candidate> =
            page.into_iter().map(|candidate| (candidate.volunteer, Some(candidate))).collect();
        let reports = self.reports();
        self.look(|world| {
            let within = world.fleet.iter().map(|known| known.volunteer);
            for known in within.filter(|id| is_within(id.uuid(), after, to)) {
                said.entry(known).or_insert(None);
            }
            said.retain(|id, said| differs(world, reports, *id, said.as_ref()));
        });
        let mut drifted = Said::new();
        if !said.is_empty() {
            self.follow_all(database, progress).await?;
            let ids: Vec<Uuid> = said.keys().map(|id| id.uuid()).collect();
            let again = read(database, async |unit| matching::candidates(unit, &ids).await).await?;
            let again = again.into_iter().map(|candidate| (candidate.volunteer, candidate)).collect();
            drifted = unchanged(said, &again);
            self.look(|world| drifted.retain(|id, said| differs(world, reports, *id, said.as_ref())));
        }
        self.mend(drifted.len(), drifted.keys().map(|id| id.to_string()), |world| {
            for (id, said) in &drifted {
                match said.clone() {
                    Some(mut candidate) => {
                        reports.correct(&mut candidate);
                        world.fleet.upsert(candidate);
                    }
                    None => drop(world.fleet.remove(*id)),
                }
            }
        });
        progress.checked.volunteers = to.unwrap_or_default();
        Ok(drifted.len())
    }

    async fn check_requests(
        &self,
        database: &Database,
        progress: &mut Progress,
    ) -> Result<usize, StorageError> {
        let after = progress.checked.requests;
        let page = read(database, async |unit| matching::open_after(unit, after, SAMPLE).await).await?;
        let to = end(page.last().map(|last| last.request.request.uuid()), page.len());
        let mut said: Said<RequestId, OpenRequest> =
            page.into_iter().map(|found| (found.request.request, Some(found.request))).collect();
        self.look(|world| {
            let within = world.open.iter().map(|known| known.request);
            for known in within.filter(|id| is_within(id.uuid(), after, to)) {
                said.entry(known).or_insert(None);
            }
            said.retain(|id, said| world.open.get(*id) != said.as_ref());
        });
        let mut drifted = Said::new();
        if !said.is_empty() {
            self.follow_all(database, progress).await?;
            let ids: Vec<Uuid> = said.keys().map(|id| id.uuid()).collect();
            let again = read(database, async |unit| matching::requests(unit, &ids).await).await?;
            let again = again.into_iter().filter(|found| found.is_open);
            let again = again.map(|found| (found.request.request, found.request)).collect();
            drifted = unchanged(said, &again);
            self.look(|world| drifted.retain(|id, said| world.open.get(*id) != said.as_ref()));
        }
        self.mend(drifted.len(), drifted.keys().map(|id| id.to_string()), |world| {
            for (id, said) in &drifted {
                match said.clone() {
                    Some(request) => drop(world.open.upsert(request)),
                    None => drop(world.open.remove(*id)),
                }
            }
        });
        progress.checked.requests = to.unwrap_or_default();
        Ok(drifted.len())
    }

    fn mend(&self, drifted: usize, ids: impl Iterator<Item = String>, change: impl FnOnce(&mut World)) {
        if drifted > 0 {
            let some: Vec<String> = ids.take(NAMED).collect();
            tracing::warn!(drifted, ?some, "the fleet had drifted from the tables; they were read again");
            self.change(change);
            self.drifted(drifted);
        }
    }
}

async fn read<T>(
    database: &Database,
    read: impl AsyncFnOnce(&mut Unit<'_>) -> Result<T, StorageError>,
) -> Result<T, StorageError> {
    let mut transaction = database.begin(Caller::System).await?;
    let outcome = match transaction.open(&opening()).await {
        Ok(mut unit) => read(&mut unit).await,
        Err(error) => Err(failed(error)),
    };
    transaction.roll_back().await;
    outcome
}

/// The last id that was looked at; none when there was nobody after.
fn end(last: Option<Uuid>, count: usize) -> Option<Uuid> {
    last.filter(|_| i64::try_from(count).is_ok_and(|count| count >= SAMPLE))
}

fn is_within(id: Uuid, after: Uuid, to: Option<Uuid>) -> bool {
    after < id && to.is_none_or(|to| id <= to)
}

/// Of whom the tables say the same as before.
fn unchanged<I: Ord + Copy, T: PartialEq>(said: Said<I, T>, again: &BTreeMap<I, T>) -> Said<I, T> {
    said.into_iter().filter(|(id, said)| said.as_ref() == again.get(id)).collect()
}

/// Whether memory has a volunteer otherwise than the tables, and than they said themselves since.
fn differs(world: &World, reports: &Reports, id: VolunteerId, said: Option<&Candidate>) -> bool {
    match (world.fleet.get(id), said) {
        (Some(known), Some(said)) => {
            let mut said = said.clone();
            reports.correct(&mut said);
            *known != said
        }
        (None, None) => false,
        (Some(_), None) | (None, Some(_)) => true,
    }
}
