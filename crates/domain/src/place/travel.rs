//! How long it takes to get from one place to another, by which means.

use std::fmt;

use super::distance::FARTHEST;
use super::{Metres, Position, great_circle};
use crate::words::Transport;

/// A length of time in whole seconds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Seconds(u32);

impl Seconds {
    /// So many seconds.
    #[must_use]
    pub const fn new(seconds: u32) -> Self {
        Self(seconds)
    }

    /// The bare number of seconds.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0)
    }
}

/// Whoever can tell travel times: this module by the great circle, a road network by its roads.
pub trait TravelTime {
    /// How long the way takes, door to door.
    fn travel_time(&self, from: Position, to: Position, by: Transport) -> Seconds;

    /// No way whose great circle is this long, or longer, takes less. Must not shrink with the distance.
    ///
    /// Whoever cannot promise anything says nought, as is said here: then nobody is passed over
    /// for being far away.
    fn at_least(&self, distance: Metres, by: Transport) -> Seconds {
        let _ = (distance, by);
        Seconds(0)
    }

    /// No way whose great circle is longer than this takes so little time, or less.
    fn within(&self, time: Seconds, by: Transport) -> Metres {
        // The least that is too far, by halves: `at_least` never shrinks.
        let (mut near, mut far) = (0, FARTHEST.get());
        while near < far {
            let middle = near + (far - near).div_ceil(2);
            if self.at_least(Metres::new(middle), by) <= time { near = middle } else { far = middle - 1 }
        }
        Metres::new(near)
    }

    /// No way whose great circle is this long, or shorter, takes more; none when nothing can be promised.
    fn at_most(&self, distance: Metres, by: Transport) -> Option<Seconds> {
        let _ = (distance, by);
        None
    }
}

/// How fast one gets on by one means of transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Time that passes however short the way is: unlocking, parking.
    pub start: Seconds,
    /// Metres of road in an hour, stops included.
    pub metres_per_hour: u32,
    /// Road length in per cent of the great circle.
    pub detour_percent: u32,
}

/// The detour where nobody has measured one, in per cent of the great circle; its source is told at
/// [`GreatCircleTravel`].
pub const USUAL_DETOUR_PERCENT: u32 = 130;

/// Travel times from the great circle alone, for want of a road network.
///
/// Unless it was measured for an area (see [`Self::with_detour`]), the detour is 130 per cent for all: Newell (1980) has about 1.2 for random points of a town and
/// O'Sullivan (1996) 1.21 to 1.23 around transit stops, walkers and cyclists more (Dill, 2003); all
/// after Wikibooks, "Transportation Geography and Network Science: Circuity". The 1.3, the speeds
/// and the start times are our assumption, to be replaced by measured ones: what they must do is
/// order means of transport and distances rightly, not foretell an arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GreatCircleTravel {
    /// Walking.
    pub foot: Pace,
    /// Cycling.
    pub bicycle: Pace,
    /// Driving.
    pub car: Pace,
}

impl Default for GreatCircleTravel {
    fn default() -> Self {
        Self::with_detour(USUAL_DETOUR_PERCENT)
    }
}

impl GreatCircleTravel {
    /// The usual paces where roads are this long, in per cent of the great circle.
    ///
    /// How it is measured: the road lengths of some hundred ways between homes of an area, by any route
    /// planner, divided by their great circles.
    #[must_use]
    pub const fn with_detour(detour_percent: u32) -> Self {
        const fn pace(start: u32, metres_per_hour: u32, detour_percent: u32) -> Pace {
            Pace { start: Seconds(start), metres_per_hour, detour_percent }
        }
        Self {
            // A usual walk is 5 km/h; with bags and crossings, less.
            foot: pace(0, 4_500, detour_percent),
            // 10 to 20 km/h is usual in towns; loaded, nearer the lower end.
            bicycle: pace(60, 13_000, detour_percent),
            // Towns average 20 to 30 km/h over a trip; finding a place to stop is in the start.
            car: pace(180, 25_000, detour_percent),
        }
    }

    const fn pace(&self, by: Transport) -> Pace {
        match by {
            Transport::Foot => self.foot,
            Transport::Bicycle => self.bicycle,
            Transport::Car => self.car,
        }
    }
}

impl TravelTime for GreatCircleTravel {
    fn travel_time(&self, from: Position, to: Position, by: Transport) -> Seconds {
        self.pace(by).time_for(great_circle(from, to))
    }

    fn at_least(&self, distance: Metres, by: Transport) -> Seconds {
        self.pace(by).time_for(distance)
    }

    fn within(&self, time: Seconds, by: Transport) -> Metres {
        self.pace(by).way_in(time)
    }

    fn at_most(&self, distance: Metres, by: Transport) -> Option<Seconds> {
        Some(self.pace(by).time_for(distance))
    }
}

impl Pace {
    /// How long a way takes whose great circle is this long, rounded up; never less for a longer one.
    #[must_use]
    pub fn time_for(self, distance: Metres) -> Seconds {
        // An hour has 3600 s and a detour is in hundredths: hence 36. A pace of nought never arrives.
        let road = u64::from(distance.get()) * u64::from(self.detour_percent) * 36;
        let moving = match u64::from(self.metres_per_hour) {
            0 => u64::from(u32::MAX),
            speed => road.div_ceil(speed),
        };
        Seconds(u32::try_from(moving).unwrap_or(u32::MAX).saturating_add(self.start.0))
    }
}

impl Pace {
    /// The longest great circle whose way takes no more than this; nought when none does.
    #[must_use]
    pub fn way_in(self, time: Seconds) -> Metres {
        let Some(moving) = time.0.checked_sub(self.start.0).filter(|_| self.metres_per_hour > 0) else {
            return Metres::new(0);
        };
        let hundredths = u64::from(moving) * u64::from(self.metres_per_hour);
        let way = hundredths.checked_div(u64::from(self.detour_percent) * 36).unwrap_or(u64::MAX);
        // A time at the end of the scale stands for all that are longer.
        let way = if time.0 == u32::MAX { u64::MAX } else { way };
        Metres::new(u32::try_from(way).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_kilometre_takes_what_the_pace_says() {
        let travel = GreatCircleTravel::default();
        for (by, seconds) in [(Transport::Foot, 1_040), (Transport::Bicycle, 420), (Transport::Car, 368)] {
            assert_eq!(travel.pace(by).time_for(Metres::new(1_000)), Seconds::new(seconds), "{by}");
        }
    }

    #[test]
    fn where_roads_wind_more_every_way_takes_longer() {
        let (usual, winding) = (GreatCircleTravel::default(), GreatCircleTravel::with_detour(260));
        let kilometre = |travel: GreatCircleTravel, by| travel.pace(by).time_for(Metres::new(1_000)).get();
        assert_eq!(kilometre(winding, Transport::Foot), 2 * kilometre(usual, Transport::Foot));
        assert_eq!(
            kilometre(winding, Transport::Car) - 180,
            2 * (kilometre(usual, Transport::Car) - 180) - 1
        );
    }

    #[test]
    fn a_pace_of_nought_never_arrives() {
        let pace = Pace { start: Seconds::new(1), metres_per_hour: 0, detour_percent: 100 };
        assert_eq!(pace.time_for(Metres::new(5)), Seconds::new(u32::MAX));
    }

    struct ByHalves(GreatCircleTravel);

    impl TravelTime for ByHalves {
        fn travel_time(&self, from: Position, to: Position, by: Transport) -> Seconds {
            self.0.travel_time(from, to, by)
        }

        fn at_least(&self, distance: Metres, by: Transport) -> Seconds {
            self.0.at_least(distance, by)
        }
    }

    proptest! {
        #[test]
        fn the_way_in_some_time_is_the_longest(seconds in 0_u32..4_000_000) {
            let travel = GreatCircleTravel::default();
            for by in Transport::ALL {
                let found = travel.within(Seconds::new(seconds), *by);
                let halved = ByHalves(travel).within(Seconds::new(seconds), *by);
                prop_assert_eq!(found.min(FARTHEST), halved);
                let beyond = Metres::new(found.get() + 1);
                prop_assert!(travel.at_least(beyond, *by) > Seconds::new(seconds));
            }
        }

        #[test]
        fn a_longer_way_never_takes_less(a: u32, b: u32) {
            for by in Transport::ALL {
                let pace = GreatCircleTravel::default().pace(*by);
                let (near, far) = (a.min(b), a.max(b));
                prop_assert!(pace.time_for(Metres::new(near)) <= pace.time_for(Metres::new(far)));
            }
        }
    }
}
