//! Between what the numbers of a policy lie, and how one is refused: by its name, with its limits.

use super::DispatchPolicy;
use crate::calls::DAY_MINUTES;

/// The first field that lies outside its limits, with those limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} is from {min} to {max}")]
pub struct LimitError {
    /// The field's name, as on the wire.
    pub field: &'static str,
    /// The smallest value that makes sense.
    pub min: u32,
    /// The largest value that makes sense.
    pub max: u32,
}

/// A field's name, its value, and the smallest and largest that make sense.
pub type Limit = (&'static str, u32, u32, u32);

/// Refuses the first that is outside.
fn check(limits: impl IntoIterator<Item = Limit>) -> Result<(), LimitError> {
    limits
        .into_iter()
        .find(|(_, value, min, max)| value < min || value > max)
        .map_or(Ok(()), |(field, _, min, max)| Err(LimitError { field, min, max }))
}

impl DispatchPolicy {
    /// Each number with its value and its limits, as it is called within a campaign's policy.
    #[must_use]
    pub const fn limits(&self) -> [Limit; 26] {
        const DAY: u32 = 24 * 3600;
        const LAST: u32 = DAY_MINUTES as u32 - 1;
        let (rounds, reach, budget, fairness) = (&self.rounds, &self.reach, &self.budget, &self.fairness);
        [
            ("dispatch/target_percent", self.target_percent, 1, 99),
            ("dispatch/target_max_percent", self.target_max_percent, 1, 99),
            ("dispatch/match_within_s", self.match_within_s, 60, 7 * DAY),
            ("dispatch/patience/match_within_s", self.patience.match_within_s, 60, 7 * DAY),
            ("dispatch/patience/size_max", self.patience.size_max, 1, 1_000),
            ("dispatch/patience/from_percent", self.patience.from_percent, 0, 99),
            ("dispatch/patience/full_percent", self.patience.full_percent, 1, 100),
            ("dispatch/rounds/answered_percent", rounds.answered_percent, 1, 99),
            ("dispatch/rounds/shortest_s", rounds.shortest_s, 30, DAY),
            ("dispatch/rounds/longest_s", rounds.longest_s, 30, DAY),
            ("dispatch/rounds/most", rounds.most, 1, 1_000),
            ("dispatch/rounds/size_max", rounds.size_max, 1, 1_000),
            ("dispatch/rounds/offer_life_s", rounds.offer_life_s, 60, 7 * DAY),
            ("dispatch/reach/first_s", reach.first_s, 60, DAY),
            ("dispatch/reach/last_s", reach.last_s, 60, DAY),
            ("dispatch/budget/per_day", budget.per_day, 1, 100),
            ("dispatch/budget/per_week", budget.per_week, 1, 700),
            ("dispatch/budget/kept_for_urgent", budget.kept_for_urgent, 0, 99),
            ("dispatch/budget/quiet_from_minute", budget.quiet_from_minute, 0, LAST),
            ("dispatch/budget/quiet_until_minute", budget.quiet_until_minute, 0, LAST),
            ("dispatch/fairness/idle_percent", fairness.idle_percent, 0, 10_000),
            ("dispatch/fairness/task_percent", fairness.task_percent, 0, 10_000),
            ("dispatch/fairness/extra_percent", fairness.extra_percent, 0, 1_000),
            ("dispatch/escalate_before_s", self.escalate_before_s, 0, 7 * DAY),
            ("dispatch/escalate_after_s", self.escalate_after_s, 60, 30 * DAY),
            ("dispatch/plan_every_s", self.plan_every_s, 10, DAY),
        ]
    }

    /// What two numbers demand of each other: the later one is named.
    #[must_use]
    pub const fn relations(&self) -> [Limit; 6] {
        const MOST: u32 = u32::MAX;
        let (rounds, reach, budget, patience) = (&self.rounds, &self.reach, &self.budget, &self.patience);
        let most_kept = budget.per_day.saturating_sub(1);
        [
            ("dispatch/target_max_percent", self.target_max_percent, self.target_percent, MOST),
            (
                "dispatch/patience/full_percent",
                patience.full_percent,
                patience.from_percent.saturating_add(1),
                MOST,
            ),
            ("dispatch/rounds/longest_s", rounds.longest_s, rounds.shortest_s, MOST),
            ("dispatch/reach/last_s", reach.last_s, reach.first_s, MOST),
            ("dispatch/budget/per_week", budget.per_week, budget.per_day, MOST),
            ("dispatch/budget/kept_for_urgent", budget.kept_for_urgent, 0, most_kept),
        ]
    }

    /// Refuses numbers by which nobody could be asked well.
    ///
    /// # Errors
    /// Names the first field outside its limits. Where two fields bound each other, the later one is named.
    pub fn check(&self) -> Result<(), LimitError> {
        check(self.limits()).and_then(|()| check(self.relations())).map_err(|error| {
            let field = error.field.strip_prefix("dispatch/").unwrap_or(error.field);
            LimitError { field, ..error }
        })
    }
}
