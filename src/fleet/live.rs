//! The fleet of this process: lent to whoever decides, changed only by what follows the log.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex as Gate, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use chrono::TimeDelta;
use domain::Moment;
use domain::actor::Actor;
use domain::id::{AreaId, VolunteerId};
use domain::matching::{ByTurns, Fleet, FleetChanges, OpenChanges, OpenRequests, Retold, Sighting};
use tokio::sync::{Mutex, Notify, watch};

use super::follow::Progress;
use super::recall::Recall;
use super::reports::{Report, Reports, is_later};
use crate::clock;
use crate::storage::{Caller, LocalTime};

/// What is in memory answers calls for so long after the log was last looked at: twice as long as a
/// follower waits whose bell is silent. So long, too, somebody may read whose right was taken away.
const HOLDS: Duration = Duration::from_secs(1);

/// How long a reader waits at most for the world to show what was written: as long as a follower whose bell
/// is silent.
const PATIENCE: Duration = Duration::from_millis(500);

/// Everything that matching looks at. A clone is cheap and stands still.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// The volunteers.
    pub fleet: Fleet,
    /// The open requests.
    pub open: OpenRequests,
    /// Another number after each change.
    pub version: u64,
    /// What time it is where.
    pub times: Arc<BTreeMap<AreaId, LocalTime>>,
    /// How long roads are in per cent of the great circle, where that was measured.
    pub detours: Arc<BTreeMap<AreaId, u32>>,
}

/// What one world was changed by while another was shown.
#[derive(Debug)]
pub struct Changes {
    fleet: FleetChanges,
    open: OpenChanges,
}

impl World {
    /// Volunteers are there now, as far as they were not seen somewhere later; whoever is not known is passed over.
    pub(super) fn move_to(&mut self, reports: &[Report]) {
        let is_news = |report: &&Report| {
            let known = self.fleet.get(report.volunteer).map(|known| known.last_seen);
            // Of two that are told at the same moment the second counts.
            known.is_some_and(|known| known.is_none_or(|known| known.seen_at <= report.sighting.seen_at))
        };
        let mut news: Vec<_> =
            reports.iter().filter(is_news).map(|report| (report.volunteer, report.sighting)).collect();
        // Whoever is told of more than once is where they were last.
        news.sort_by_key(|(_, sighting)| sighting.seen_at);
        self.fleet.see_all(&news);
    }
}

impl Retold for World {
    type Changes = Changes;

    fn take_changes(&mut self) -> Changes {
        Changes { fleet: self.fleet.take_changes(), open: self.open.take_changes() }
    }

    fn catch_up(&mut self, other: &Self, changes: &Changes) -> bool {
        let Self { fleet, open, version, times, detours } = other;
        (self.version, self.times, self.detours) = (*version, Arc::clone(times), Arc::clone(detours));
        self.fleet.catch_up(fleet, &changes.fleet) && self.open.catch_up(open, &changes.open)
    }
}

/// The fleet of this process, cheap to clone.
#[derive(Clone, Default)]
pub struct LiveFleet {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    /// What readers see: a world that stands still, until the next one takes its place.
    shown: ArcSwap<World>,
    /// What follows the log: readers never wait for it.
    followed: Gate<ByTurns<World>>,
    is_loaded: AtomicBool,
    /// What was read and may be told again.
    recall: Recall,
    /// Where volunteers said they are, as long as the database may not show it.
    reports: Reports,
    /// How many had drifted from the tables when they were compared.
    drifted: AtomicU64,
    /// The last look at the log that found all there was.
    looked: ArcSwapOption<Look>,
    /// How many writes of this process that look had before it, for those who wait for theirs.
    seen: watch::Sender<u64>,
    /// A reader waits for the next look.
    waited_for: Notify,
    /// How far the log was followed. Held while following, so that two followers never cross.
    progress: Mutex<Option<Progress>>,
}

/// A look at the log that found everything committed before it began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// When it began.
    pub(super) begun: Instant,
    /// The writes of this process that were committed before it began.
    pub(super) writes: u64,
    /// The database's time, and when it was told.
    pub(super) time: (Moment, Instant),
}

/// What a call that is answered from memory stands on.
#[derive(Debug, Clone)]
pub struct Footing {
    /// Who calls.
    pub actor: Arc<Actor>,
    /// The database's time, carried on by this machine's clock since the last look.
    pub now: Moment,
}

impl LiveFleet {
    /// What a caller's reading can stand on without the database; none where it must be asked: the log was
    /// not looked at lately, it is not known who the caller is, or memory may not show yet what they did.
    #[must_use]
    pub fn footing(&self, caller: Caller) -> Option<Footing> {
        let look = self.inner.looked.load();
        let look = look.as_deref()?;
        if clock::since(look.begun) >= HOLDS {
            return None;
        }
        let standing = self.inner.recall.standing(caller).filter(|known| known.writes <= look.writes)?;
        let (told, at) = look.time;
        let now = told + TimeDelta::from_std(clock::since(at)).ok()?;
        Some(Footing { actor: standing.actor, now })
    }

    /// What was read and may be told again.
    #[must_use]
    pub fn recall(&self) -> &Recall {
        &self.inner.recall
    }

    /// Waits until the world shows what this process has committed so far, at most `PATIENCE`, and hurries the
    /// follower. Whoever cannot be answered from memory may have written just now.
    pub async fn shows_what_was_written(&self) {
        let written = self.recall().writes();
        let mut seen = self.inner.seen.subscribe();
        if *seen.borrow() < written {
            self.inner.waited_for.notify_one();
        }
        let _ = tokio::time::timeout(PATIENCE, seen.wait_for(|seen| *seen >= written)).await;
    }

    /// Comes back when a reader waits for the next look, or has begun to since the last time.
    pub(super) async fn is_waited_for(&self) {
        self.inner.waited_for.notified().await;
    }

    pub(super) fn looked(&self, look: Look) {
        self.inner.looked.store(Some(Arc::new(look)));
        self.inner.seen.send_replace(look.writes);
    }

    /// Lends the world, as far as it is known, for one short decision. Takes no lock and waits for nobody.
    pub fn look<T>(&self, decide: impl FnOnce(&World) -> T) -> T {
        decide(&self.inner.shown.load())
    }

    /// The world as far as it is known, for a look that takes long.
    pub fn hold(&self) -> Arc<World> {
        self.inner.shown.load_full()
    }

    /// Whether the whole world was read once. Before that, nobody should be told what is in it.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.inner.is_loaded.load(Ordering::Acquire)
    }

    /// Takes in where volunteers say they are: it counts for everybody who looks from now on, and waits to be kept.
    ///
    /// Of many who tell at once, one shows the places of all.
    pub fn absorb(&self, reports: &[Report]) {
        self.inner.reports.note(reports);
        let mut world = self.followed();
        let unseen = self.inner.reports.take_unseen();
        if !unseen.is_empty() {
            // Counts of whom each rule refuses are not made anew for each step that somebody takes.
            world.world().move_to(&unseen);
            self.inner.shown.store(world.show());
        }
    }

    /// The places that wait, to be kept now.
    #[must_use]
    pub fn reports_to_keep(&self) -> Vec<Report> {
        self.inner.reports.take_waiting()
    }

    /// They could not be kept, and wait again.
    pub fn keep_later(&self, reports: &[Report]) {
        self.inner.reports.give_back(reports);
    }

    /// How many places wait, and for how long already.
    #[must_use]
    pub fn reports_waiting(&self) -> (usize, Duration) {
        self.inner.reports.waiting()
    }

    /// Others were told these, or this process was: only what is news is shown.
    pub(super) fn show(&self, seen: Vec<(VolunteerId, Sighting)>) {
        let mut turns = self.followed();
        let world = turns.world();
        let report = |(volunteer, sighting)| Report { volunteer, sighting, accuracy_m: None };
        let news = |report: &Report| {
            world.fleet.get(report.volunteer).is_some_and(|known| is_later(report.sighting, known.last_seen))
        };
        let news: Vec<Report> = seen.into_iter().map(report).filter(news).collect();
        if !news.is_empty() {
            world.move_to(&news);
            world.version += 1;
            self.inner.shown.store(turns.show());
        }
    }

    pub(super) fn reports(&self) -> &Reports {
        &self.inner.reports
    }

    fn followed(&self) -> MutexGuard<'_, ByTurns<World>> {
        self.inner.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the world and shows it to readers, all of the change at once.
    pub(super) fn change(&self, change: impl FnOnce(&mut World)) {
        let mut turns = self.followed();
        let world = turns.world();
        let version = world.version + 1;
        change(world);
        world.version = version;
        tell_size(world);
        self.inner.shown.store(turns.show());
    }

    pub(super) fn replace(&self, mut world: World) {
        let shown = self.inner.shown.load_full();
        let known = {
            let mut turns = self.followed();
            world.version = turns.world().version + 1;
            // Told while everything was read.
            world.move_to(&self.inner.reports.all());
            tell_size(&world);
            let known = std::mem::replace(&mut *turns, ByTurns::new(world));
            self.inner.shown.store(turns.show());
            known
        };
        self.inner.recall.forget_all();
        self.inner.is_loaded.store(true, Ordering::Release);
        // Taking a million volunteers apart takes a second, in which the log is to be looked at.
        tokio::task::spawn_blocking(move || drop((known, shown)));
    }

    /// How many volunteers and open requests had drifted from the tables, since this process began to compare.
    #[must_use]
    pub fn drift(&self) -> u64 {
        self.inner.drifted.load(Ordering::Acquire)
    }

    pub(super) fn drifted(&self, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        self.inner.drifted.fetch_add(count, Ordering::AcqRel);
        metrics::counter!("birgemiz_fleet_drift_total").increment(count);
    }

    pub(super) fn progress(&self) -> &Mutex<Option<Progress>> {
        &self.inner.progress
    }
}

fn tell_size(world: &World) {
    measure("birgemiz_fleet_volunteers", world.fleet.len());
    measure("birgemiz_fleet_open_requests", world.open.len());
}

fn measure(name: &'static str, count: usize) {
    metrics::gauge!(name).set(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
}

#[cfg(test)]
mod tests {
    use domain::actor::Role;
    use domain::id::{OrganisationId, UserId};
    use uuid::Uuid;

    use super::*;

    fn somebody() -> (Caller, Actor) {
        let (user, organisation) = (UserId::new(Uuid::from_u128(7)), OrganisationId::new(Uuid::from_u128(1)));
        (
            Caller::Person { user, role: Role::Coordinator, session: None },
            Actor::Coordinator { user, organisation },
        )
    }

    fn look(age: Duration, writes: u64) -> Look {
        let begun = clock::instant().checked_sub(age).unwrap();
        Look { begun, writes, time: (clock::now(), begun) }
    }

    #[test]
    fn memory_is_firm_ground_only_while_the_log_is_followed() {
        let (fleet, (caller, actor)) = (LiveFleet::default(), somebody());
        fleet.recall().keep_standing(caller, &actor, fleet.recall().mark());
        assert!(fleet.footing(caller).is_none(), "nobody has looked yet");
        fleet.looked(look(Duration::ZERO, 0));
        assert_eq!(*fleet.footing(caller).unwrap().actor, actor);
        assert!(fleet.footing(Caller::Nobody).is_none());
        fleet.looked(look(HOLDS, 0));
        assert!(fleet.footing(caller).is_none(), "the last look is too old");
    }

    #[test]
    fn whoever_wrote_is_told_from_memory_only_after_a_look_past_their_write() {
        let (fleet, (caller, actor)) = (LiveFleet::default(), somebody());
        fleet.recall().wrote(caller);
        fleet.recall().keep_standing(caller, &actor, fleet.recall().mark());
        fleet.looked(look(Duration::ZERO, 0));
        assert!(fleet.footing(caller).is_none(), "the look began before the write");
        fleet.looked(look(Duration::ZERO, 1));
        assert!(fleet.footing(caller).is_some());
    }

    #[tokio::test]
    async fn whoever_asks_after_a_write_waits_for_the_look_that_shows_it() {
        let (fleet, (caller, _)) = (LiveFleet::default(), somebody());
        fleet.shows_what_was_written().await;
        fleet.recall().wrote(caller);
        fleet.looked(look(Duration::ZERO, 0));
        let asked = clock::instant();
        let (follower, seen) = (fleet.clone(), Arc::new(AtomicBool::new(false)));
        let told = Arc::clone(&seen);
        let following = tokio::spawn(async move {
            // waits for: nothing that could be seen; whoever asked has long been answered if they did not wait.
            tokio::time::sleep(Duration::from_millis(20)).await;
            told.store(true, Ordering::Release);
            follower.looked(look(Duration::ZERO, 1));
        });
        fleet.shows_what_was_written().await;
        assert!(seen.load(Ordering::Acquire), "answered before the log was looked at");
        following.await.unwrap();
        assert!(clock::since(asked) < PATIENCE + Duration::from_secs(5));
    }

    #[tokio::test]
    async fn nobody_waits_for_a_follower_that_is_stuck() {
        let (fleet, (caller, _)) = (LiveFleet::default(), somebody());
        fleet.recall().wrote(caller);
        tokio::time::timeout(Duration::from_secs(30), fleet.shows_what_was_written()).await.unwrap();
    }

    #[test]
    fn the_databases_time_goes_on_between_looks() {
        let (fleet, (caller, actor)) = (LiveFleet::default(), somebody());
        fleet.recall().keep_standing(caller, &actor, fleet.recall().mark());
        let told = look(Duration::from_millis(500), 0);
        fleet.looked(told);
        let now = fleet.footing(caller).unwrap().now;
        assert!(now >= told.time.0 + TimeDelta::milliseconds(500));
    }
}
