//! By what plans are made: how much each consideration counts, how far waiting goes, how much one volunteer is given.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::matching::Weights;
use crate::matching::assignment::{Ageing, Terms};

/// The numbers by which plans are made. Missing fields take the defaults, unknown ones are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct PlanPolicy {
    /// How much each consideration counts, in seconds of travel.
    pub weights: Weights,
    /// How far somebody is sent at most for a request of normal urgency that was opened just now, in seconds of
    /// travel. Default two hours.
    pub fresh_s: u32,
    /// After so long a request is worth twice as much, after twice as long three times. Default a day.
    pub doubled_after_s: u32,
    /// How many tasks one volunteer is given at most. Default 4.
    pub most_each: u32,
    /// How many candidates each request begins with; others are looked for where they could be cheaper. Default 16.
    pub listed: u32,
    /// Of equally good plans another seed may find another. Default 0.
    pub seed: u64,
}

impl Default for PlanPolicy {
    fn default() -> Self {
        Self {
            weights: Weights::default(),
            fresh_s: 7_200,
            doubled_after_s: 24 * 3_600,
            most_each: 4,
            listed: 16,
            seed: 0,
        }
    }
}

impl PlanPolicy {
    /// The same, as the solver takes it.
    pub(super) fn terms(&self) -> Terms {
        let small = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        Terms {
            listed: small(self.listed.max(1)),
            weights: self.weights,
            ageing: Ageing {
                fresh: self.fresh_s,
                doubled_after: TimeDelta::seconds(i64::from(self.doubled_after_s)),
            },
            most_each: small(self.most_each),
            seed: self.seed,
        }
    }
}
