//! The one place that asks the machine for the time or for randomness.
//!
//! Decisions never use this time: theirs is the database's, read once when a unit of work opens.

use std::time::{Duration, Instant};

use domain::Moment;
use uuid::Uuid;

/// The machine's time: for logs, token checks and metrics.
#[expect(clippy::disallowed_methods, reason = "this is the one place that may ask")]
#[must_use]
pub fn now() -> Moment {
    chrono::Utc::now()
}

/// A reading of the monotonic clock, to measure how long something took.
#[expect(clippy::disallowed_methods, reason = "this is the one place that may ask")]
#[must_use]
pub fn instant() -> Instant {
    Instant::now()
}

/// How long ago a reading was taken.
#[must_use]
pub fn since(start: Instant) -> Duration {
    instant().saturating_duration_since(start)
}

/// A new UUIDv7 (RFC 9562): ordered by time, 74 random bits.
#[expect(clippy::disallowed_methods, reason = "this is the one place that may ask")]
#[must_use]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// The system has no randomness to give. Nothing secret can be made without it.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the operating system gives no random bytes")]
pub struct NoRandomness;

/// Random bytes for secrets, from the operating system.
///
/// # Errors
/// When the operating system has none to give.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}
