//! Chance that can be repeated: `BIRGEMIZ_SEED` chooses it, and every test prints what was chosen.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A stream of numbers that depends on its seed alone (SplitMix64; Steele, Lea, Flood 2014).
#[derive(Debug)]
pub(crate) struct Dice(AtomicU64);

impl Dice {
    /// By the seed that was asked for, or else by a new one, which is printed.
    pub(crate) fn new(what: &str) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a test may be told its seed")]
        let asked = std::env::var("BIRGEMIZ_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = asked.unwrap_or_else(|| u64::from_le_bytes(birgemiz::clock::random().unwrap()));
        println!("{what}: BIRGEMIZ_SEED={seed}");
        Self(AtomicU64::new(seed))
    }

    /// A number below `limit`.
    pub(crate) fn below(&self, limit: u64) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut bits = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % limit
    }

    /// Lets a random time below `limit_ms` pass.
    pub(crate) async fn random_moment(&self, limit_ms: u64) {
        // waits for: a moment that nothing in the service announces; that is its point
        tokio::time::sleep(Duration::from_millis(self.below(limit_ms))).await;
    }
}
