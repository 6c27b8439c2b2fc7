//! How many doors one person may open in an hour: enough for whoever delivers or calls people up, and
//! far too few for whoever collects addresses. And how often somebody may take all of them away at once.

use crate::Moment;
use crate::id::HouseholdId;

/// In how many seconds doors are counted.
pub const WINDOW_S: i64 = 3_600;

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

/// Whether one more door may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    /// It may, and others after it.
    Enough,
    /// It may, and is the last one for now: somebody should know.
    Last,
    /// Not before so many seconds have passed.
    UsedUp { for_s: u32 },
}

/// Judges the reading of a door by what the reader has opened since the window began. A door that is among
/// those costs nothing: telephones lose pages.
#[must_use]
pub fn judge(opened: &[Opened], household: HouseholdId, most: u32, now: Moment) -> Budget {
    if opened.iter().any(|known| known.household == household) {
        return Budget::Enough;
    }
    let count = u32::try_from(opened.len()).unwrap_or(u32::MAX);
    if count + 1 < most {
        return Budget::Enough;
    }
    if count < most {
        return Budget::Last;
    }
    // There is room again when all but `most - 1` of them are an hour old.
    let mut times: Vec<Moment> = opened.iter().map(|known| known.at).collect();
    times.sort_unstable();
    let gone_with = usize::try_from(count - most).unwrap_or(usize::MAX);
    let room_at = times.get(gone_with).map_or(now, |at| *at + chrono::TimeDelta::seconds(WINDOW_S));
    let wait_s = (room_at - now).num_seconds().clamp(0, WINDOW_S) + 1;
    Budget::UsedUp { for_s: u32::try_from(wait_s).unwrap_or(u32::MAX) }
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
        let judged = |count| judge(&opened(count), house(99), 3, at(100));
        assert_eq!(judged(0), Budget::Enough);
        assert_eq!(judged(1), Budget::Enough);
        assert_eq!(judged(2), Budget::Last);
        assert_eq!(judged(3), Budget::UsedUp { for_s: 3_501 });
    }

    #[test]
    fn a_door_that_was_opened_already_costs_nothing() {
        assert_eq!(judge(&opened(3), house(1), 3, at(100)), Budget::Enough);
    }

    #[test]
    fn a_budget_that_was_cut_waits_until_enough_doors_are_an_hour_old() {
        let Budget::UsedUp { for_s } = judge(&opened(10), house(99), 3, at(100)) else {
            panic!("ten doors of three");
        };
        assert_eq!(for_s, 3_600 + 7 - 100 + 1);
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
