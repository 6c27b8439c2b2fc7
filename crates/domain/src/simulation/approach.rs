//! Ways of asking volunteers that are compared: those that others use, and ours.

use crate::dispatch::DispatchPolicy;

/// Five miles, in metres.
const FIVE_MILES_M: u32 = 8_047;

/// A way of asking volunteers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Approach {
    /// Everyone within this distance at once; each hour those who have come since.
    Broadcast {
        /// How far, in metres.
        radius_m: u32,
    },
    /// So many of the nearest, then the next, again and again.
    Nearest {
        /// How many at once.
        k: usize,
        /// How long until the next are asked, in seconds.
        every_s: u32,
    },
    /// Everyone within this distance, and after some time everyone; each hour those who have come since.
    NearThenEveryone {
        /// How far at first, in metres.
        radius_m: u32,
        /// After how many seconds everyone is asked.
        after_s: u32,
    },
    /// Waves, by the decisions of this crate.
    Waves {
        /// By which policy.
        policy: DispatchPolicy,
        /// What is believed of how likely people accept, in per cent of the estimate: to see what wrong estimates do.
        belief_percent: u32,
    },
}

impl Approach {
    /// What it is called in a report.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Broadcast { radius_m } => {
                format!("everyone within {:.1} km", f64::from(*radius_m) / 1_000.0)
            }
            Self::Nearest { k, every_s } => format!("the nearest {k}, each {} min", every_s / 60),
            Self::NearThenEveryone { .. } => "five miles, then everyone".to_owned(),
            Self::Waves { belief_percent: 100, .. } => "waves".to_owned(),
            Self::Waves { belief_percent, .. } => format!("waves, estimates at {belief_percent} %"),
        }
    }

    /// The ones that are compared side by side: ours last, then ours with wrong estimates.
    #[must_use]
    pub fn side_by_side(policy: DispatchPolicy) -> Vec<Self> {
        let waves = |belief_percent| Self::Waves { policy, belief_percent };
        vec![
            Self::Broadcast { radius_m: 5_000 },
            Self::Nearest { k: 10, every_s: 900 },
            // As food rescue does it: matching of Manshadi and Rodilitz speaks of five miles and a quarter of an hour.
            Self::NearThenEveryone { radius_m: FIVE_MILES_M, after_s: 900 },
            waves(100),
            waves(50),
            waves(150),
        ]
    }
}
