//! How long requests have waited: before a plan all of them, after it those that are left over.

use serde::{Deserialize, Serialize};

use super::snapshot::Wanted;
use crate::Moment;
use crate::id::RequestId;

/// How long requests have waited, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Waits {
    /// How many wait.
    pub waiting: u32,
    /// The middle.
    pub median_s: u32,
    /// Nine in ten have waited no longer.
    pub p90_s: u32,
    /// The longest.
    pub longest_s: u32,
    /// Who has waited the longest; of several the smallest id.
    pub longest: Option<RequestId>,
}

impl Waits {
    pub(super) fn of<'w>(wanted: impl Iterator<Item = &'w Wanted>, now: Moment) -> Self {
        let mut waits: Vec<(u32, RequestId)> = wanted
            .map(|wanted| {
                let waited = now.signed_duration_since(wanted.opened_at).num_seconds();
                (u32::try_from(waited.max(0)).unwrap_or(u32::MAX), wanted.request)
            })
            .collect();
        waits.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        let at = |percent: usize| {
            let place = (waits.len() * percent).div_ceil(100).saturating_sub(1);
            waits.get(place).map_or(0, |(waited, _)| *waited)
        };
        Self {
            waiting: u32::try_from(waits.len()).unwrap_or(u32::MAX),
            median_s: at(50),
            p90_s: at(90),
            longest_s: at(100),
            longest: waits.last().map(|(_, request)| *request),
        }
    }
}
