//! Which open request should be looked at first: one number, and its parts.
//!
//! Formula, in points: urgency + minutes waited (up to a week) + 4 000 x the part of the last day
//! before the window's end that is gone + 500 for each of up to four circumstances of the
//! household. Nothing that grows ever shrinks with time, so waiting never lowers a priority.

use chrono::TimeDelta;

use super::OpenRequest;
use crate::Moment;
use crate::words::{HouseholdCategory, Urgency};

/// More than all other points together: insulin today comes before anything that can wait,
/// however long that waited. What waits too long is escalated to a coordinator besides.
const CRITICAL: u32 = 20_000;
/// Two days of waiting.
const HIGH: u32 = 3_000;
/// About sixteen hours of waiting.
const NORMAL: u32 = 1_000;
/// A point a minute up to here: a week. Then a coordinator has long been called, and a bound
/// keeps the critical first.
const MOST_WAITING: u32 = 7 * 24 * 60;
/// The end of a window begins to press this long before it.
const WINDOW_PRESSES: TimeDelta = TimeDelta::hours(24);
/// Points when the window ends: a little more than `HIGH`, so that a normal request about to be
/// missed comes before a fresh high one.
const WINDOW_ENDS: u32 = 4_000;
/// Points for each circumstance that makes waiting harder: about a working day of waiting.
const CIRCUMSTANCE: u32 = 500;
/// How many circumstances count at most.
const MOST_CIRCUMSTANCES: u32 = 4;

/// The priority of an open request by its parts; more is sooner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Priority {
    /// For how soon help is needed.
    pub urgency: u32,
    /// For the time waited since it was opened.
    pub waiting: u32,
    /// For the nearness of the window's end.
    pub window: u32,
    /// For the household's circumstances.
    pub circumstances: u32,
}

impl Priority {
    /// The one number by which a coordinator's queue is ordered.
    #[must_use]
    pub const fn total(self) -> u32 {
        self.for_volunteers() + self.circumstances
    }

    /// The number by which requests are ordered for volunteers: without the household's
    /// circumstances, which an order must not tell them.
    #[must_use]
    pub const fn for_volunteers(self) -> u32 {
        self.urgency + self.waiting + self.window
    }
}

/// The priority of this request at this moment.
#[must_use]
pub fn priority(request: &OpenRequest, now: Moment) -> Priority {
    Priority {
        urgency: for_urgency(request.urgency),
        waiting: for_waiting(now.signed_duration_since(request.opened_at)),
        window: request.window_end.map_or(0, |end| for_window(end.signed_duration_since(now))),
        circumstances: for_circumstances(request),
    }
}

const fn for_urgency(urgency: Urgency) -> u32 {
    match urgency {
        Urgency::Critical => CRITICAL,
        Urgency::High => HIGH,
        Urgency::Normal => NORMAL,
        Urgency::Low => 0,
    }
}

fn for_waiting(waited: TimeDelta) -> u32 {
    let minutes = waited.num_minutes().clamp(0, i64::from(MOST_WAITING));
    u32::try_from(minutes).unwrap_or(MOST_WAITING)
}

fn for_window(left: TimeDelta) -> u32 {
    let whole = WINDOW_PRESSES.num_seconds();
    let gone = (whole - left.num_seconds()).clamp(0, whole);
    u32::try_from(gone * i64::from(WINDOW_ENDS) / whole).unwrap_or(WINDOW_ENDS)
}

fn for_circumstances(request: &OpenRequest) -> u32 {
    let harder = request.categories.iter().filter(|category| makes_waiting_harder(**category)).count();
    u32::try_from(harder).unwrap_or(MOST_CIRCUMSTANCES).min(MOST_CIRCUMSTANCES) * CIRCUMSTANCE
}

/// Whether people of this kind have nobody else to turn to, or cannot do without for long.
const fn makes_waiting_harder(category: HouseholdCategory) -> bool {
    match category {
        HouseholdCategory::ElderlyAlone
        | HouseholdCategory::SpecialNeeds
        | HouseholdCategory::DisabledChild
        | HouseholdCategory::OrphansInCare => true,
        HouseholdCategory::LargeLowIncomeFamily
        | HouseholdCategory::Unemployed
        | HouseholdCategory::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{at, easy};
    use proptest::prelude::*;

    #[test]
    fn every_part_counts_as_the_formula_says() {
        use HouseholdCategory::{
            DisabledChild, ElderlyAlone, OrphansInCare, Other, SpecialNeeds, Unemployed,
        };
        let everything = [ElderlyAlone, SpecialNeeds, DisabledChild, OrphansInCare, Other, Unemployed];
        for (urgency, waited_h, left_h, categories, parts) in [
            (Urgency::Low, 0, None, [].as_slice(), [0, 0, 0, 0]),
            (Urgency::Normal, 2, Some(48), &[Other], [1_000, 120, 0, 0]),
            (Urgency::High, 1_000, Some(12), &[ElderlyAlone], [3_000, 10_080, 2_000, 500]),
            (Urgency::Critical, -1, Some(-3), &everything, [20_000, 0, 4_000, 2_000]),
        ] {
            let now = at().now;
            let request = OpenRequest {
                urgency,
                opened_at: now - TimeDelta::hours(waited_h),
                window_end: left_h.map(|left| now + TimeDelta::hours(left)),
                categories: categories.iter().copied().collect(),
                ..easy()
            };
            let [urgency, waiting, window, circumstances] = parts;
            let expected = Priority { urgency, waiting, window, circumstances };
            assert_eq!(priority(&request, now), expected);
            assert_eq!(expected.total() - expected.for_volunteers(), circumstances);
        }
    }

    prop_compose! {
        fn any_request()(
            urgency in proptest::sample::select(Urgency::ALL),
            opened in -20_000_000_i64..20_000_000,
            end in proptest::option::of(-20_000_000_i64..20_000_000),
            categories in proptest::collection::btree_set(
                proptest::sample::select(HouseholdCategory::ALL), 0..HouseholdCategory::ALL.len(),
            ),
        ) -> OpenRequest {
            let moment = |seconds| at().now + TimeDelta::seconds(seconds);
            OpenRequest {
                urgency, categories, opened_at: moment(opened), window_end: end.map(moment), ..easy()
            }
        }
    }

    proptest! {
        #[test]
        fn waiting_longer_never_lowers_a_priority(request in any_request(), waits in 0_i64..20_000_000) {
            let (now, later) = (at().now, at().now + TimeDelta::seconds(waits));
            prop_assert!(priority(&request, now).total() <= priority(&request, later).total());
        }

        #[test]
        fn the_older_of_two_equal_requests_is_never_behind(request in any_request(), older in 0_i64..20_000_000) {
            let earlier = OpenRequest { opened_at: request.opened_at - TimeDelta::seconds(older), ..request.clone() };
            prop_assert!(priority(&request, at().now).total() <= priority(&earlier, at().now).total());
        }

        #[test]
        fn the_critical_come_before_all_others(a in any_request(), b in any_request()) {
            let critical = OpenRequest { urgency: Urgency::Critical, ..a };
            prop_assume!(b.urgency != Urgency::Critical);
            prop_assert!(priority(&critical, at().now).total() > priority(&b, at().now).total());
        }
    }
}
