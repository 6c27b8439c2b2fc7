//! What leaving a request open costs, and what each further task of a volunteer does: the two sides of being
//! fair.

use chrono::TimeDelta;

use super::problem::MAX_COST;
use crate::Moment;
use crate::matching::{Candidate, OpenRequest, Weights};
use crate::words::Urgency;

/// Waiting counts up to here, and no more: a week. Then a coordinator has long been called.
const MOST_WAITING: TimeDelta = TimeDelta::days(7);

/// How dear it is to leave a request open, in seconds of travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ageing {
    /// For a request of normal urgency that was opened just now: nobody is sent farther than this.
    pub fresh: u32,
    /// After so long the cost has doubled, after twice so long it is threefold, and so on.
    pub doubled_after: TimeDelta,
}

impl Default for Ageing {
    fn default() -> Self {
        // Two hours of travel are the most that a day's volunteer can be asked for; a day of waiting doubles it.
        Self { fresh: 7_200, doubled_after: TimeDelta::days(1) }
    }
}

/// What it costs to leave this request open: never less for having waited longer, and never more than what a
/// week of waiting makes of it. Critical ones count eightfold, high ones double, low ones half.
#[must_use]
pub fn open_cost(request: &OpenRequest, now: Moment, ageing: Ageing) -> u32 {
    let waited = now.signed_duration_since(request.opened_at).clamp(TimeDelta::zero(), MOST_WAITING);
    let fresh = u64::from(ageing.fresh) * by_urgency(request.urgency) / 2;
    let seconds = |time: TimeDelta| u64::try_from(time.num_seconds()).unwrap_or(0);
    let grown = fresh.saturating_mul(seconds(waited)) / seconds(ageing.doubled_after).max(1);
    most(fresh.saturating_add(grown))
}

/// In halves of a normal one.
const fn by_urgency(urgency: Urgency) -> u64 {
    match urgency {
        Urgency::Critical => 16,
        Urgency::High => 4,
        Urgency::Normal => 2,
        Urgency::Low => 1,
    }
}

/// What each further task of a volunteer costs on top, for as many as they may still claim: the square of the
/// claims held before it, as in [`cost`](crate::matching::cost), so that the idle come first.
#[must_use]
pub fn steps(candidate: &Candidate, weights: &Weights) -> Vec<u32> {
    let weight = u64::from(weights.claims_squared.get());
    (candidate.active_claims..candidate.claim_limit)
        .map(|held| {
            let squared = u64::from(held).saturating_mul(u64::from(held));
            most(squared.saturating_mul(weight))
        })
        .collect()
}

/// The cost, or the greatest that there is.
pub(super) fn most(cost: u64) -> u32 {
    u32::try_from(cost).unwrap_or(u32::MAX).min(MAX_COST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{at, easy, willing};
    use crate::place::Seconds;
    use proptest::prelude::*;

    fn waited(seconds: i64, urgency: Urgency) -> u32 {
        let opened_at = at().now - TimeDelta::seconds(seconds);
        open_cost(&OpenRequest { opened_at, urgency, ..easy() }, at().now, Ageing::default())
    }

    #[test]
    fn a_day_of_waiting_doubles_the_cost_and_urgency_weighs() {
        const DAY: i64 = 24 * 3600;
        for (seconds, urgency, cost) in [
            (0, Urgency::Normal, 7_200),
            (DAY / 2, Urgency::Normal, 10_800),
            (DAY, Urgency::Normal, 14_400),
            (7 * DAY, Urgency::Normal, 57_600),
            (400 * DAY, Urgency::Normal, 57_600),
            (-DAY, Urgency::Normal, 7_200),
            (0, Urgency::Low, 3_600),
            (0, Urgency::High, 14_400),
            (0, Urgency::Critical, 57_600),
        ] {
            assert_eq!(waited(seconds, urgency), cost, "{seconds} {urgency}");
        }
    }

    #[test]
    fn the_greatest_numbers_do_not_wrap() {
        let ageing = Ageing { fresh: u32::MAX, doubled_after: TimeDelta::zero() };
        let opened_at = at().now - TimeDelta::days(9_999);
        let request = OpenRequest { opened_at, urgency: Urgency::Critical, ..easy() };
        assert_eq!(open_cost(&request, at().now, ageing), MAX_COST);
        let weights = Weights { claims_squared: Seconds::new(u32::MAX), ..Weights::default() };
        let busy = Candidate { active_claims: u32::MAX - 2, claim_limit: u32::MAX, ..willing() };
        assert_eq!(steps(&busy, &weights), [MAX_COST; 2]);
    }

    #[test]
    fn each_further_task_costs_the_square_of_those_before() {
        let weights = Weights { claims_squared: Seconds::new(300), ..Weights::default() };
        for (held, limit, expected) in
            [(0, 3, &[0, 300, 1_200][..]), (2, 3, &[1_200]), (3, 3, &[]), (4, 3, &[])]
        {
            let candidate = Candidate { active_claims: held, claim_limit: limit, ..willing() };
            assert_eq!(steps(&candidate, &weights), expected, "{held} of {limit}");
        }
    }

    proptest! {
        #[test]
        fn waiting_longer_never_costs_less_and_never_more_than_a_week_does(
            a in -10_i64..2_000_000, more in 0_i64..2_000_000, urgency in proptest::sample::select(Urgency::ALL),
        ) {
            prop_assert!(waited(a, urgency) <= waited(a + more, urgency));
            prop_assert!(waited(a, urgency) <= 8 * waited(0, urgency));
        }
    }
}
