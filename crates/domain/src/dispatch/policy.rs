//! How a campaign asks its volunteers: in which mode, how many, how far, how often, and when it calls a coordinator.
//!
//! Missing fields take the defaults, unknown ones are refused. Which version of it decided is kept with each record.

use serde::{Deserialize, Serialize};

use super::Chance;
use crate::calls::DAY_MINUTES;
use crate::matching::MinuteOfWeek;
use crate::word::words;
use crate::words::Urgency;

words! {
    /// Who makes the first move.
    Mode: "mode of dispatch" {
        /// Coordinators assign; nobody is asked by the system.
        Manual = "manual",
        /// Volunteers look for requests themselves; nobody is asked by the system.
        SelfClaim = "self_claim",
        /// Several volunteers are asked at once, and more if nobody accepts; the first to accept has it.
        Waves = "waves",
        /// One volunteer after another is asked.
        Exclusive = "exclusive",
        /// All open requests are assigned together, again and again.
        AutoPlan = "auto_plan",
    }
}

/// The numbers by which a campaign asks. Missing fields take the defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct DispatchPolicy {
    /// Who makes the first move. Default `self_claim`.
    pub mode: Mode,
    /// How likely it shall be that somebody accepts in time, in per cent. Default 90.
    pub target_percent: u32,
    /// What the target grows to while a request waits, in per cent. Default 99.
    pub target_max_percent: u32,
    /// The time in which somebody should have accepted while volunteers have hardly been asked of late, in seconds.
    /// Default an hour.
    pub match_within_s: u32,
    /// When more time is taken, because offers are scarce.
    pub patience: Patience,
    /// How waves follow each other.
    pub rounds: Rounds,
    /// How far they reach.
    pub reach: Reach,
    /// How often one volunteer is asked.
    pub budget: OfferBudget,
    /// How much it counts that somebody waits for a task.
    pub fairness: Fairness,
    /// How long before a request's end a coordinator is called, in seconds. Default 4 hours.
    pub escalate_before_s: u32,
    /// How long a request is left to volunteers at most, in seconds. Default a day.
    pub escalate_after_s: u32,
    /// How often everything is planned anew, in seconds; in `auto_plan` only. Default 5 minutes.
    pub plan_every_s: u32,
}

/// When more time is taken: where volunteers were asked much of late, each offer in vain is one that another request
/// lacks, and makes the next one less likely to be accepted. Smaller waves and more of them need fewer offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Patience {
    /// From this part of the budgets of those near by on, in per cent, more time is taken. Default 8.
    pub from_percent: u32,
    /// Where this part is used, the most time is taken. Default 16.
    pub full_percent: u32,
    /// The time in which somebody should have accepted then, in seconds. Default 8 hours.
    pub match_within_s: u32,
    /// Volunteers in one wave at most then, whatever is believed of how likely they accept; what is critical asks as
    /// many as ever. Default 4.
    pub size_max: u32,
}

/// How waves follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Rounds {
    /// The share of those who accept whose answer is waited for before more are asked, in per cent. Default 80.
    pub answered_percent: u32,
    /// The shortest time between waves, in seconds. Default 5 minutes.
    pub shortest_s: u32,
    /// The longest, in seconds. Default half an hour.
    pub longest_s: u32,
    /// Waves after which a coordinator is called. Default 12.
    pub most: u32,
    /// Volunteers in one wave at most. Default 40.
    pub size_max: u32,
    /// How long an offer is good for when nobody takes the request, in seconds. Default 4 hours.
    pub offer_life_s: u32,
}

/// How far waves reach, in seconds of travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Reach {
    /// The first wave's. Default 20 minutes.
    pub first_s: u32,
    /// The last wave's. Default two hours.
    pub last_s: u32,
}

/// How often one volunteer is asked, and when not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct OfferBudget {
    /// Offers to one volunteer in 24 hours at most. Default 4.
    pub per_day: u32,
    /// Offers to one volunteer in seven days at most. Default 14.
    pub per_week: u32,
    /// How many of the day's are kept for what is urgent or has waited for half of its time. Default 1.
    pub kept_for_urgent: u32,
    /// From this minute of the volunteer's day on they are not asked. Default 1260, 21:00.
    pub quiet_from_minute: u32,
    /// From this minute of the volunteer's day on they are asked again. Default 480, 08:00.
    pub quiet_until_minute: u32,
}

/// How much it counts that somebody waits for a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Fairness {
    /// By how many per cent four weeks without an offer raise a volunteer's place. Default 300.
    pub idle_percent: u32,
    /// By how many per cent each task of the last four weeks lowers it. Default 25.
    pub task_percent: u32,
    /// By how many per cent fairness may make a wave larger, and by one in any case. Default 50.
    pub extra_percent: u32,
}

impl Default for DispatchPolicy {
    fn default() -> Self {
        const HOUR: u32 = 3600;
        Self {
            mode: Mode::SelfClaim,
            target_percent: 90,
            target_max_percent: 99,
            match_within_s: HOUR,
            patience: Patience::default(),
            rounds: Rounds::default(),
            reach: Reach::default(),
            budget: OfferBudget::default(),
            fairness: Fairness::default(),
            escalate_before_s: 4 * HOUR,
            escalate_after_s: 24 * HOUR,
            plan_every_s: 300,
        }
    }
}

/// How scarce offers are.
#[derive(Debug, Clone, Copy)]
struct Strain(Chance);

impl Strain {
    fn of(patience: Patience, used: Chance) -> Self {
        let [from, full] =
            [patience.from_percent, patience.full_percent].map(|percent| Chance::percent(percent).get());
        Self(Chance::part(u64::from(used.get().saturating_sub(from)), u64::from(full.saturating_sub(from))))
    }

    fn part(self, most: u32) -> u32 {
        let part = u64::from(most) * u64::from(self.0.get()) / u64::from(Chance::CERTAIN.get());
        u32::try_from(part).unwrap_or(most)
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self { from_percent: 8, full_percent: 16, match_within_s: 8 * 3600, size_max: 4 }
    }
}

impl Default for Rounds {
    fn default() -> Self {
        Self {
            answered_percent: 80,
            shortest_s: 300,
            longest_s: 1_800,
            most: 12,
            size_max: 40,
            offer_life_s: 4 * 3600,
        }
    }
}

impl Default for Reach {
    fn default() -> Self {
        Self { first_s: 1_200, last_s: 7_200 }
    }
}

impl Default for OfferBudget {
    fn default() -> Self {
        // About five offers a day is what volunteers of an early food-rescue app were sent, and complained of:
        // four is below that, and two a day over the week.
        Self {
            per_day: 4,
            per_week: 14,
            kept_for_urgent: 1,
            quiet_from_minute: 21 * 60,
            quiet_until_minute: 8 * 60,
        }
    }
}

impl Default for Fairness {
    fn default() -> Self {
        Self { idle_percent: 300, task_percent: 25, extra_percent: 50 }
    }
}

impl OfferBudget {
    /// How long it is quiet still at this minute of the volunteer's week, in seconds; nought when it is not.
    #[must_use]
    pub fn quiet_for_s(&self, minute: MinuteOfWeek) -> u32 {
        let (day, minute) = (u32::from(DAY_MINUTES), u32::from(minute.get() % DAY_MINUTES));
        let (from, until) = (self.quiet_from_minute, self.quiet_until_minute);
        let is_quiet =
            if from <= until { from <= minute && minute < until } else { from <= minute || minute < until };
        if is_quiet { (until + day - minute) % day * 60 } else { 0 }
    }
}

impl DispatchPolicy {
    /// How likely it shall be that somebody accepts, for a request of this urgency that has waited for this part of
    /// its time: never less for waiting longer.
    #[must_use]
    pub fn target(&self, urgency: Urgency, waited: Chance) -> Chance {
        let (least, most) = (Chance::percent(self.target_percent), Chance::percent(self.target_max_percent));
        let waited = match urgency {
            Urgency::Critical => Chance::CERTAIN,
            Urgency::High | Urgency::Normal | Urgency::Low => waited,
        };
        let grown = Chance::millionths(most.get().saturating_sub(least.get())).and(waited);
        Chance::millionths(least.get() + grown.get())
    }

    /// The time in which somebody should have accepted, in seconds, where this part of the budgets is used: the more, the
    /// longer.
    #[must_use]
    pub fn match_within(&self, used: Chance) -> u32 {
        let more = Strain::of(self.patience, used)
            .part(self.patience.match_within_s.saturating_sub(self.match_within_s));
        self.match_within_s.saturating_add(more)
    }

    /// How many volunteers one wave asks at most, where this part of the budgets is used: the more, the fewer.
    #[must_use]
    pub fn size_max(&self, urgency: Urgency, used: Chance) -> u32 {
        match urgency {
            Urgency::Critical => self.rounds.size_max,
            Urgency::High | Urgency::Normal | Urgency::Low => {
                let fewer = self.rounds.size_max.saturating_sub(self.patience.size_max);
                self.rounds.size_max.saturating_sub(Strain::of(self.patience, used).part(fewer))
            }
        }
    }

    /// Whether it is the usual one: then it need not be kept.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_their_own_limits_and_come_back_from_storage() {
        let policy = DispatchPolicy::default();
        assert_eq!(policy.check(), Ok(()));
        let stored = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<DispatchPolicy>(&stored).unwrap(), policy);
        assert_eq!(serde_json::from_str::<DispatchPolicy>("{}").unwrap(), policy);
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        for (text, field) in [
            (r#"{"target_percent": 100}"#, "target_percent"),
            (r#"{"target_percent": 95, "target_max_percent": 94}"#, "target_max_percent"),
            (r#"{"rounds": {"shortest_s": 900, "longest_s": 600}}"#, "rounds/longest_s"),
            (r#"{"patience": {"from_percent": 40, "full_percent": 40}}"#, "patience/full_percent"),
            (r#"{"reach": {"first_s": 600, "last_s": 599}}"#, "reach/last_s"),
            (r#"{"budget": {"per_day": 0}}"#, "budget/per_day"),
            (r#"{"budget": {"per_day": 5, "per_week": 4}}"#, "budget/per_week"),
            (r#"{"budget": {"per_day": 2, "kept_for_urgent": 2}}"#, "budget/kept_for_urgent"),
            (r#"{"budget": {"quiet_until_minute": 1440}}"#, "budget/quiet_until_minute"),
        ] {
            let policy: DispatchPolicy = serde_json::from_str(text).unwrap();
            assert_eq!(policy.check().map_err(|error| error.field), Err(field), "{text}");
        }
        for text in [r#"{"wave": 3}"#, r#"{"mode": "spam"}"#, r#"{"budget": {"per_month": 3}}"#] {
            assert!(serde_json::from_str::<DispatchPolicy>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_more_of_the_budgets_is_used_the_more_time_is_taken() {
        let policy = DispatchPolicy::default();
        let hours = [0, 8, 10, 16, 100].map(|used| policy.match_within(Chance::percent(used)) / 3600);
        assert_eq!(hours, [1, 1, 2, 8, 8]);
        let size = |urgency| [0, 8, 12, 16, 100].map(|used| policy.size_max(urgency, Chance::percent(used)));
        assert_eq!(size(Urgency::Normal), [40, 40, 22, 4, 4]);
        assert_eq!(size(Urgency::Critical), [40; 5]);
        // Whoever wants more time than that in any case has it.
        let slow = DispatchPolicy { match_within_s: 9 * 3600, ..policy };
        assert_eq!(slow.match_within(Chance::CERTAIN), 9 * 3600);
        assert_eq!(slow.check(), Ok(()));
    }

    #[test]
    fn quiet_hours_end_at_their_minute_on_any_day() {
        let budget = OfferBudget::default();
        for day in 0..7 {
            for (minute, quiet) in
                [(0, 8 * 3600), (479, 60), (480, 0), (1259, 0), (1260, 11 * 3600), (1439, 8 * 3600 + 60)]
            {
                let minute = MinuteOfWeek::new(day * DAY_MINUTES + minute).unwrap();
                assert_eq!(budget.quiet_for_s(minute), quiet, "{minute:?}");
            }
        }
        let never = OfferBudget { quiet_from_minute: 60, quiet_until_minute: 60, ..budget };
        assert_eq!(never.quiet_for_s(MinuteOfWeek::new(60).unwrap()), 0);
    }

    #[test]
    fn waiting_raises_the_target_up_to_its_bound() {
        let policy = DispatchPolicy::default();
        let targets: Vec<u32> = [0, 50, 100]
            .map(|waited| policy.target(Urgency::Normal, Chance::percent(waited)).get() / 1_000)
            .to_vec();
        assert_eq!(targets, [900, 945, 990]);
        assert_eq!(policy.target(Urgency::Critical, Chance::NEVER), Chance::percent(99));
    }
}
