//! Sandboxes: places where nobody is real and time can be advanced, so that what takes hours in life can be tried in
//! seconds.

use chrono::TimeDelta;

use crate::Moment;

/// The farthest a clock goes at once: longer than any lease, window, extension or wait of a policy.
pub const LONGEST_STEP_S: i64 = 31 * 24 * 3600;

/// The farthest ahead a clock can ever be.
pub const FARTHEST_S: i64 = 366 * 24 * 3600;

/// Whether people in an organisation, and all that it leads, exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reality {
    /// They do.
    Real,
    /// Nobody does.
    Sandbox,
}

impl Reality {
    /// As the database marks it.
    #[must_use]
    pub const fn is_sandbox(self) -> bool {
        matches!(self, Self::Sandbox)
    }
}

impl From<bool> for Reality {
    fn from(is_sandbox: bool) -> Self {
        if is_sandbox { Self::Sandbox } else { Self::Real }
    }
}

/// How a clock is to be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advance {
    /// By so many seconds.
    By(i64),
    /// Until it shows this moment, or up to a second more: offsets are whole seconds.
    To(Moment),
}

/// Why a clock is not moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAdvanced {
    /// It would stand still or go back.
    NotForward,
    /// It would go farther than [`LONGEST_STEP_S`] at once.
    TooFarAtOnce,
    /// It would be farther ahead than [`FARTHEST_S`].
    TooFarAhead,
}

/// How many seconds a clock is ahead of the real time `now` once it is moved, if it is `offset_s` ahead of it before.
///
/// # Errors
/// When it would not go forward, or too far.
pub fn advanced(offset_s: i64, now: Moment, by: Advance) -> Result<i64, NotAdvanced> {
    let step_s = match by {
        Advance::By(seconds) => seconds,
        Advance::To(moment) => {
            let shown = TimeDelta::try_seconds(offset_s).and_then(|offset| now.checked_add_signed(offset));
            let ahead = moment - shown.ok_or(NotAdvanced::TooFarAhead)?;
            ahead.num_seconds() + i64::from(ahead.subsec_nanos() > 0)
        }
    };
    match step_s {
        ..=0 => Err(NotAdvanced::NotForward),
        _ if step_s > LONGEST_STEP_S => Err(NotAdvanced::TooFarAtOnce),
        _ if offset_s + step_s > FARTHEST_S => Err(NotAdvanced::TooFarAhead),
        _ => Ok(offset_s + step_s),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::UNIX_EPOCH;

    #[test]
    fn a_clock_goes_forward_by_seconds_or_until_a_moment() {
        let in_an_hour = NOW + TimeDelta::seconds(3600);
        let a_little_later = in_an_hour + TimeDelta::milliseconds(1);
        for (offset_s, by, expected) in [
            (0, Advance::By(1), Ok(1)),
            (60, Advance::By(30), Ok(90)),
            (0, Advance::To(in_an_hour), Ok(3600)),
            (600, Advance::To(in_an_hour), Ok(3600)),
            (600, Advance::To(a_little_later), Ok(3601)),
            (0, Advance::By(0), Err(NotAdvanced::NotForward)),
            (600, Advance::By(-1), Err(NotAdvanced::NotForward)),
            (3600, Advance::To(in_an_hour), Err(NotAdvanced::NotForward)),
            (7200, Advance::To(in_an_hour), Err(NotAdvanced::NotForward)),
            (0, Advance::By(LONGEST_STEP_S), Ok(LONGEST_STEP_S)),
            (0, Advance::By(LONGEST_STEP_S + 1), Err(NotAdvanced::TooFarAtOnce)),
            (0, Advance::By(i64::MAX), Err(NotAdvanced::TooFarAtOnce)),
            (FARTHEST_S - 5, Advance::By(5), Ok(FARTHEST_S)),
            (FARTHEST_S - 5, Advance::By(6), Err(NotAdvanced::TooFarAhead)),
            (0, Advance::To(Moment::MAX_UTC), Err(NotAdvanced::TooFarAtOnce)),
            (0, Advance::To(Moment::MIN_UTC), Err(NotAdvanced::NotForward)),
        ] {
            assert_eq!(advanced(offset_s, NOW, by), expected, "{by:?} from {offset_s}");
        }
    }
}
