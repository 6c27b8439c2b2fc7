//! How many doors one person may open in an hour, and a volunteer in a day: enough for whoever delivers or calls people
//! up, and far too few for whoever collects addresses. And how often somebody may take all of them away at once.

use crate::Moment;
use crate::id::HouseholdId;

/// In how many seconds doors are counted.
pub const WINDOW_S: i64 = 3_600;

/// In how many seconds a volunteer's doors are counted once more: who collects is patient.
pub const DAY_S: i64 = 24 * 3_600;

/// How many times as many as in an hour a volunteer may open in a day. Nobody delivers at their hour's best all day.
pub const HOURS_A_DAY: u32 = 2;

/// In how many seconds exports are counted.
pub const EXPORT_WINDOW_S: i64 = 24 * 3_600;

/// A household whose door somebody has read within the window, and when they last did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Whose door.
    pub household: HouseholdId,
    /// When it was last read.
    pub at: Moment,
}

/// So many doors within so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Doors of different households.
    pub most: u32,
    /// Within so many seconds.
    pub within_s: i64,
}

impl Limit {
    /// As many in an hour.
    #[must_use]
    pub const fn hourly(most: u32) -> Self {
        Self { most, within_s: WINDOW_S }
    }

    /// What a volunteer may open who may open as many in an hour: that, and so many in a day.
    #[must_use]
    pub const fn of_volunteer(per_hour: u32) -> [Self; 2] {
        let daily = Self { most: per_hour.saturating_mul(HOURS_A_DAY), within_s: DAY_S };
        [Self::hourly(per_hour), daily]
    }
}

/// Whether one more door may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    /// It may, and others after it.
    Enough,
    /// It may, and is the last one for now: somebody should know.
    Last,
    /// Not before so many seconds have passed, by this limit.
    UsedUp { for_s: u32, limit: Limit },
}

/// Judges the reading of a door by what the reader has opened since the longest window began. A door that is among
/// those of a window costs nothing in it: telephones lose pages.
#[must_use]
pub fn judge(opened: &[Opened], household: HouseholdId, limits: &[Limit], now: Moment) -> Budget {
    let budgets = limits.iter().map(|limit| judge_one(opened, household, *limit, now));
    budgets.fold(Budget::Enough, stricter)
}

const fn stricter(one: Budget, other: Budget) -> Budget {
    match (one, other) {
        (Budget::UsedUp { for_s, .. }, Budget::UsedUp { for_s: longer, .. }) if longer > for_s => other,
        (Budget::UsedUp { .. }, _) | (_, Budget::Enough) => one,
        (Budget::Enough | Budget::Last, _) => other,
    }
}

fn judge_one(opened: &[Opened], household: HouseholdId, limit: Limit, now: Moment) -> Budget {
    let window = chrono::TimeDelta::seconds(limit.within_s);
    let within: Vec<&Opened> = opened.iter().filter(|known| known.at > now - window).collect();
    if within.iter().any(|known| known.household == household) {
        return Budget::Enough;
    }
    let count = u32::try_from(within.len()).unwrap_or(u32::MAX);
    if count.saturating_add(1) < limit.most {
        return Budget::Enough;
    }
    if count < limit.most {
        return Budget::Last;
    }
    // There is room again when all but `most - 1` of them are as old as the window is long.
    let mut times: Vec<Moment> = within.iter().map(|known| known.at).collect();
    times.sort_unstable();
    let gone_with = usize::try_from(count - limit.most).unwrap_or(usize::MAX);
    let room_at = times.get(gone_with).map_or(now, |at| *at + window);
    let wait_s = (room_at - now).num_seconds().clamp(0, limit.within_s) + 1;
    Budget::UsedUp { for_s: u32::try_from(wait_s).unwrap_or(u32::MAX), limit }
}

/// Judges one more export of all doors by when the earlier ones of the window were begun. `Err` tells in how many seconds
/// there is room again.
///
/// # Errors
/// When as many were taken as anybody may.
pub fn judge_export(begun: &[Moment], most: u32, now: Moment) -> Result<(), u32> {
    let count = u32::try_from(begun.len()).unwrap_or(u32::MAX);
    if count < most {
        return Ok(());
    }
    let mut times = begun.to_vec();
    times.sort_unstable();
    let gone_with = usize::try_from(count - most).unwrap_or(usize::MAX);
    let room_at = times.get(gone_with).map_or(now, |at| *at + chrono::TimeDelta::seconds(EXPORT_WINDOW_S));
    let wait_s = (room_at - now).num_seconds().clamp(0, EXPORT_WINDOW_S) + 1;
    Err(u32::try_from(wait_s).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn at(second: i64) -> Moment {
        Moment::from_timestamp(1_800_000_000 + second, 0).unwrap_or_default()
    }

    fn opened(count: u128) -> Vec<Opened> {
        (0..count)
            .map(|number| Opened { household: house(number), at: at(i64::try_from(number).unwrap_or(0)) })
            .collect()
    }

    fn house(number: u128) -> HouseholdId {
        HouseholdId::new(Uuid::from_u128(number))
    }

    #[test]
    fn the_last_door_of_the_budget_is_told_and_the_next_one_refused() {
        let limit = Limit::hourly(3);
        let judged = |count| judge(&opened(count), house(99), &[limit], at(100));
        assert_eq!(judged(0), Budget::Enough);
        assert_eq!(judged(1), Budget::Enough);
        assert_eq!(judged(2), Budget::Last);
        assert_eq!(judged(3), Budget::UsedUp { for_s: 3_501, limit });
    }

    #[test]
    fn a_door_that_was_opened_already_costs_nothing() {
        assert_eq!(judge(&opened(3), house(1), &[Limit::hourly(3)], at(100)), Budget::Enough);
    }

    #[test]
    fn a_budget_that_was_cut_waits_until_enough_doors_are_an_hour_old() {
        let Budget::UsedUp { for_s, .. } = judge(&opened(10), house(99), &[Limit::hourly(3)], at(100)) else {
            panic!("ten doors of three");
        };
        assert_eq!(for_s, 3_600 + 7 - 100 + 1);
    }

    #[test]
    fn a_volunteer_who_takes_their_time_is_stopped_by_the_day() {
        let limits = Limit::of_volunteer(3);
        let slowly = |count: u128| -> Vec<Opened> {
            let opened = opened(count).into_iter().enumerate();
            opened
                .map(|(number, one)| Opened { at: at(i64::try_from(number).unwrap_or(0) * 3_000), ..one })
                .collect()
        };
        assert_eq!(judge(&slowly(4), house(99), &limits, at(12_000)), Budget::Enough);
        assert_eq!(judge(&slowly(5), house(99), &limits, at(15_000)), Budget::Last);
        let used_up = Budget::UsedUp { for_s: 86_400 - 18_000 + 1, limit: limits[1] };
        assert_eq!(judge(&slowly(6), house(99), &limits, at(18_000)), used_up);
        assert_eq!(judge(&slowly(6), house(5), &limits, at(18_000)), Budget::Enough, "it was opened already");
        assert_eq!(
            judge(&slowly(6), house(99), &limits[..1], at(18_000)),
            Budget::Enough,
            "by the hour alone"
        );
    }

    #[test]
    fn exports_are_counted_by_the_day_and_none_may_be_forbidden() {
        let begun = [at(0), at(100)];
        assert_eq!(judge_export(&begun, 3, at(200)), Ok(()));
        assert_eq!(judge_export(&begun, 2, at(200)), Err(86_400 - 200 + 1));
        assert_eq!(judge_export(&begun, 1, at(200)), Err(86_400 - 100 + 1), "the one behind it must go too");
        assert!(judge_export(&[], 0, at(200)).is_err(), "where nobody may");
    }
}
