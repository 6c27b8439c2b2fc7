//! The fleet of this process: lent to whoever decides, changed only by what follows the log.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as Gate, PoisonError};

use arc_swap::ArcSwap;
use domain::id::AreaId;
use domain::matching::{Fleet, OpenRequests};
use tokio::sync::Mutex;

use super::follow::Progress;
use crate::storage::LocalTime;

/// Everything that matching looks at. A clone is cheap and stands still.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// The volunteers.
    pub fleet: Fleet,
    /// The open requests.
    pub open: OpenRequests,
    /// What time it is where.
    pub times: Arc<BTreeMap<AreaId, LocalTime>>,
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
    followed: Gate<World>,
    is_loaded: AtomicBool,
    /// How far the log was followed. Held while following, so that two followers never cross.
    progress: Mutex<Option<Progress>>,
}

impl LiveFleet {
    /// Lends the world, as far as it is known, for one decision. Takes no lock and waits for nobody.
    pub fn look<T>(&self, decide: impl FnOnce(&World) -> T) -> T {
        decide(&self.inner.shown.load())
    }

    /// Whether the whole world was read once. Before that, nobody should be told what is in it.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.inner.is_loaded.load(Ordering::Acquire)
    }

    /// Changes the world and shows it to readers, all of the change at once.
    pub(super) fn change(&self, change: impl FnOnce(&mut World)) {
        let mut world = self.inner.followed.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut world);
        measure("birgemiz_fleet_volunteers", world.fleet.len());
        measure("birgemiz_fleet_open_requests", world.open.len());
        self.inner.shown.store(Arc::new(world.clone()));
    }

    pub(super) fn replace(&self, world: World) {
        self.change(|known| *known = world);
        self.inner.is_loaded.store(true, Ordering::Release);
    }

    pub(super) fn progress(&self) -> &Mutex<Option<Progress>> {
        &self.inner.progress
    }
}

fn measure(name: &'static str, count: usize) {
    metrics::gauge!(name).set(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
}
