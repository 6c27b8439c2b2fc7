//! A time window: from when until when help makes sense.

use crate::Moment;

/// From `start` until `end`; never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    start: Moment,
    end: Moment,
}

/// Why two moments are not a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// It ends before it starts, or at once.
    #[error("a window starts before it ends")]
    Empty,
    /// It is already over.
    #[error("a window ends in the future")]
    Past,
    /// It is longer than [`MAX_DAYS`].
    #[error("a window spans at most 60 days")]
    TooLong,
}

/// The longest window. What is needed later is filed later.
pub const MAX_DAYS: i64 = 60;

impl Window {
    /// A window that `now` still lies before or in.
    ///
    /// # Errors
    /// When it is empty, over, or too long.
    pub fn new(start: Moment, end: Moment, now: Moment) -> Result<Self, WindowError> {
        if start >= end {
            Err(WindowError::Empty)
        } else if end <= now {
            Err(WindowError::Past)
        } else if end - start > chrono::TimeDelta::days(MAX_DAYS) {
            Err(WindowError::TooLong)
        } else {
            Ok(Self { start, end })
        }
    }

    /// When it starts.
    #[must_use]
    pub const fn start(self) -> Moment {
        self.start
    }

    /// When it ends.
    #[must_use]
    pub const fn end(self) -> Moment {
        self.end
    }
}
