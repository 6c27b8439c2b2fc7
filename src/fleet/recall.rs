//! What readers read of the database and may tell again: who a caller is now, what a volunteer is called,
//! what a request asks for. Each is forgotten when the log touches it.
//!
//! Told again only while the log is followed closely (see [`LiveFleet::footing`](super::LiveFleet::footing)),
//! and never to decide a change by. Nobody puts down what the log has touched since they began to read.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use domain::Moment;
use domain::actor::Actor;
use domain::id::{AreaId, RequestId, VolunteerId};
use domain::matching::{At, Balance, Refusal};
use quick_cache::sync::Cache;
use uuid::Uuid;

use super::touches::{self, Touches};
use crate::clock;
use crate::storage::Caller;
use crate::storage::views::queue::RequestRow;

/// Callers whose standing is kept; some 150 bytes each.
const MOST_STANDINGS: usize = 65_536;
/// Names that are kept; some 120 bytes each.
const MOST_NAMES: usize = 65_536;
/// Requests whose rows are kept; some 1,500 bytes each.
const MOST_REQUESTS: usize = 16_384;

/// Areas whose balance is kept; some 100 bytes for each of their cells.
const MOST_BALANCES: usize = 1_024;

/// How long anything is told again, although no event touched it: rows that somebody changes behind the
/// service's back have none.
const STANDING_HOLDS: Duration = Duration::from_secs(60);
const NAME_HOLDS: Duration = Duration::from_secs(600);
const REQUEST_HOLDS: Duration = Duration::from_secs(60);

/// How long a balance is told again: weighing a million volunteers takes seconds.
const BALANCE_HOLDS: Duration = Duration::from_secs(10);

/// An open request as volunteers are shown it.
#[derive(Debug)]
pub struct Shown {
    /// The request.
    pub row: RequestRow,
    /// How many lines it has.
    pub lines: u32,
    /// How the edge tells of it, made once; what was made goes when the request is touched.
    pub told: OnceLock<[Box<str>; 2]>,
}

/// Demand and supply in an area.
#[derive(Debug, Clone)]
pub struct Balanced {
    /// When it was so, by the campaign's clock.
    pub as_of: Moment,
    /// What there was.
    pub balance: Balance,
}

/// How many volunteers each rule refuses, of a world that stands still, within one second.
#[derive(Debug, Clone)]
struct Counted {
    version: u64,
    second: i64,
    refused: Refused,
}

/// How many volunteers may not be asked, by their first reason.
pub type Refused = Arc<BTreeMap<Refusal, u32>>;

/// A point in time before a reading.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    touches: touches::Mark,
    writes: u64,
}

/// Who a caller was found to be.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    caller: Caller,
    pub(super) actor: Arc<Actor>,
    /// The writes of this process that the caller may know of.
    pub(super) writes: u64,
}

/// Something that was read, and when.
#[derive(Debug, Clone)]
struct Kept<T> {
    read: Instant,
    what: T,
}

/// The memory of what was read.
pub struct Recall {
    touches: Mutex<Touches>,
    /// Writes of this process, counted for those who must see their own.
    writes: AtomicU64,
    standings: Cache<Uuid, Kept<Standing>>,
    names: Cache<Uuid, Kept<Arc<str>>>,
    requests: Cache<Uuid, Kept<Arc<Shown>>>,
    counts: Cache<Uuid, Counted>,
    balances: Cache<Uuid, Kept<Arc<Balanced>>>,
}

impl Default for Recall {
    fn default() -> Self {
        Self {
            touches: Mutex::default(),
            writes: AtomicU64::new(0),
            standings: Cache::new(MOST_STANDINGS),
            names: Cache::new(MOST_NAMES),
            requests: Cache::new(MOST_REQUESTS),
            counts: Cache::new(MOST_REQUESTS),
            balances: Cache::new(MOST_BALANCES),
        }
    }
}

impl Recall {
    /// To be taken before what is to be kept is read.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark { touches: self.touches().mark(), writes: self.writes() }
    }

    /// This process committed something for a caller: their next answers come from where it is surely seen.
    pub fn wrote(&self, caller: Caller) {
        self.writes.fetch_add(1, Ordering::AcqRel);
        if let Some(id) = id_of(caller) {
            let mut touches = self.touches();
            touches.note(id);
            self.standings.remove(&id);
        }
    }

    /// Keeps who a caller is now.
    pub fn keep_standing(&self, caller: Caller, actor: &Actor, mark: Mark) {
        let Some(id) = id_of(caller) else { return };
        let touches = self.touches();
        if !touches.since(mark.touches, id) {
            let standing = Standing { caller, actor: Arc::new(actor.clone()), writes: mark.writes };
            self.standings.insert(id, Kept::now(standing));
        }
    }

    /// Keeps what a volunteer is called, and answers it.
    pub fn keep_name(&self, volunteer: VolunteerId, name: String, mark: Mark) -> Arc<str> {
        let (name, touches) = (Arc::<str>::from(name), self.touches());
        if !touches.since(mark.touches, volunteer.uuid()) {
            self.names.insert(volunteer.uuid(), Kept::now(Arc::clone(&name)));
        }
        name
    }

    /// Keeps how an open request is shown, and answers it.
    pub fn keep_request(&self, row: RequestRow, lines: u32, mark: Mark) -> Arc<Shown> {
        let id = row.id;
        let (shown, touches) = (Arc::new(Shown { row, lines, told: OnceLock::new() }), self.touches());
        if !touches.since(mark.touches, id) {
            self.requests.insert(id, Kept::now(Arc::clone(&shown)));
        }
        shown
    }

    /// What a volunteer is called, if that is known.
    #[must_use]
    pub fn name(&self, volunteer: VolunteerId) -> Option<Arc<str>> {
        self.names.get(&volunteer.uuid())?.fresh(NAME_HOLDS)
    }

    /// How an open request is shown, if that is known.
    #[must_use]
    pub fn request(&self, request: RequestId) -> Option<Arc<Shown>> {
        self.requests.get(&request.uuid())?.fresh(REQUEST_HOLDS)
    }

    /// How many volunteers may not be asked for a request, counted anew unless they were within this very
    /// second and nobody has changed since.
    pub fn refused(
        &self,
        request: RequestId,
        version: u64,
        at: At,
        count: impl FnOnce() -> BTreeMap<Refusal, u32>,
    ) -> Refused {
        let (id, second) = (request.uuid(), at.now.timestamp());
        let known = self.counts.get(&id).filter(|known| known.version == version && known.second == second);
        if let Some(known) = known {
            return known.refused;
        }
        let refused = Arc::new(count());
        self.counts.insert(id, Counted { version, second, refused: Arc::clone(&refused) });
        refused
    }

    /// Keeps demand and supply in an area, and answers them.
    pub fn keep_balanced(&self, area: AreaId, found: Balanced) -> Arc<Balanced> {
        let found = Arc::new(found);
        self.balances.insert(area.uuid(), Kept::now(Arc::clone(&found)));
        found
    }

    /// Demand and supply in an area as they were some seconds ago, if that is known.
    #[must_use]
    pub fn balanced(&self, area: AreaId) -> Option<Arc<Balanced>> {
        self.balances.get(&area.uuid())?.fresh(BALANCE_HOLDS)
    }

    pub(super) fn standing(&self, caller: Caller) -> Option<Standing> {
        let standing = self.standings.get(&id_of(caller)?)?.fresh(STANDING_HOLDS)?;
        (standing.caller == caller).then_some(standing)
    }

    pub(super) fn writes(&self) -> u64 {
        self.writes.load(Ordering::Acquire)
    }

    /// Events touched these.
    pub(super) fn forget(&self, ids: impl Iterator<Item = Uuid>) {
        let mut touches = self.touches();
        for id in ids {
            touches.note(id);
            self.standings.remove(&id);
            self.names.remove(&id);
            self.requests.remove(&id);
        }
    }

    /// Anything may have been touched.
    pub(super) fn forget_all(&self) {
        let mut touches = self.touches();
        touches.note_all();
        self.standings.clear();
        self.names.clear();
        self.requests.clear();
        self.balances.clear();
    }

    /// Held while something is kept or forgotten, so that neither comes between the other's two steps.
    fn touches(&self) -> MutexGuard<'_, Touches> {
        self.touches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Kept<T> {
    fn now(what: T) -> Self {
        Self { read: clock::instant(), what }
    }

    fn fresh(self, holds: Duration) -> Option<T> {
        (clock::since(self.read) < holds).then_some(self.what)
    }
}

/// By what the log names a caller.
const fn id_of(caller: Caller) -> Option<Uuid> {
    match caller {
        Caller::Person { user, .. } => Some(user.uuid()),
        Caller::Partner { partner } => Some(partner.uuid()),
        Caller::System | Caller::Nobody => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::actor::Role;
    use domain::id::{OrganisationId, UserId};

    use super::*;

    fn somebody(n: u128) -> (Caller, Actor) {
        let user = UserId::new(Uuid::from_u128(n));
        let organisation = OrganisationId::new(Uuid::from_u128(1));
        (
            Caller::Person { user, role: Role::Coordinator, session: None },
            Actor::Coordinator { user, organisation },
        )
    }

    #[test]
    fn what_was_touched_while_it_was_read_is_not_kept() {
        let recall = Recall::default();
        let ((caller, actor), (other, another)) = (somebody(7), somebody(8));
        let mark = recall.mark();
        recall.forget([Uuid::from_u128(7)].into_iter());
        recall.keep_standing(caller, &actor, mark);
        recall.keep_standing(other, &another, mark);
        assert!(recall.standing(caller).is_none(), "a stale standing was put down");
        assert!(recall.standing(other).is_some());
        recall.keep_standing(caller, &actor, recall.mark());
        assert!(recall.standing(caller).is_some());
        recall.forget([Uuid::from_u128(7)].into_iter());
        assert!(recall.standing(caller).is_none());
    }

    #[test]
    fn another_role_is_another_caller() {
        let recall = Recall::default();
        let (caller, actor) = somebody(7);
        recall.keep_standing(caller, &actor, recall.mark());
        let user = UserId::new(Uuid::from_u128(7));
        assert!(recall.standing(Caller::Person { user, role: Role::Administrator, session: None }).is_none());
    }

    #[test]
    fn whoever_wrote_is_looked_up_again() {
        let recall = Recall::default();
        let (caller, actor) = somebody(7);
        recall.keep_standing(caller, &actor, recall.mark());
        let mark = recall.mark();
        recall.wrote(caller);
        assert!(recall.standing(caller).is_none());
        recall.keep_standing(caller, &actor, mark);
        assert!(recall.standing(caller).is_none(), "it was read before the write");
        recall.keep_standing(caller, &actor, recall.mark());
        assert_eq!(recall.standing(caller).map(|standing| standing.writes), Some(1));
    }

    #[test]
    fn names_are_forgotten_with_everything_else() {
        let recall = Recall::default();
        let volunteer = VolunteerId::new(Uuid::from_u128(7));
        let before = recall.mark();
        recall.keep_name(volunteer, "Aigerim".to_owned(), before);
        assert_eq!(recall.name(volunteer).as_deref(), Some("Aigerim"));
        recall.forget_all();
        recall.keep_name(volunteer, "Aigerim".to_owned(), before);
        assert_eq!(recall.name(volunteer), None);
    }
}
