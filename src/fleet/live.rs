//! The fleet of this process: lent to whoever decides, changed only by what follows the log.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use domain::id::AreaId;
use domain::matching::{Fleet, OpenRequests};
use tokio::sync::Mutex;

use super::follow::Progress;
use crate::storage::LocalTime;

/// Everything that matching looks at.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// The volunteers.
    pub fleet: Fleet,
    /// The open requests.
    pub open: OpenRequests,
    /// What time it is where.
    pub times: BTreeMap<AreaId, LocalTime>,
}

/// The fleet of this process, cheap to clone.
#[derive(Clone, Default)]
pub struct LiveFleet {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    world: RwLock<World>,
    is_loaded: AtomicBool,
    /// How far the log was followed. Held while following, so that two followers never cross.
    progress: Mutex<Option<Progress>>,
}

impl LiveFleet {
    /// Lends the world, as far as it is known, for one decision. Nothing waits for I/O meanwhile.
    pub fn look<T>(&self, decide: impl FnOnce(&World) -> T) -> T {
        decide(&self.inner.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the whole world was read once. Before that, nobody should be told what is in it.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.inner.is_loaded.load(Ordering::Acquire)
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut World)) {
        let mut world = self.inner.world.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut world);
        measure("birgemiz_fleet_volunteers", world.fleet.len());
        measure("birgemiz_fleet_open_requests", world.open.len());
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
