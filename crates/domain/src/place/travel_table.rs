//! Travel times that somebody has measured, or had a route planner work out, from cell to cell.

use std::collections::BTreeMap;

use super::{Cell, GreatCircleTravel, Metres, Position, Resolution, Seconds, TravelTime, great_circle};
use crate::words::Transport;

/// Quarters of a town: within one, the great circle tells as much as a table.
const SIZE: Resolution = Resolution::Eight;

/// No place of such a cell is farther from its middle; a cell's greatest edge is well below.
const REACH: u32 = 950;

/// Travel times by table where it has them, and by the great circle elsewhere.
///
/// A time holds for every way from somewhere in the one cell to somewhere in the other. Both directions are
/// told apart: towns have slopes and one-way streets.
#[derive(Debug, Clone, Default)]
pub struct TravelTable {
    times: BTreeMap<(Cell, Cell, Transport), Seconds>,
    elsewhere: GreatCircleTravel,
    /// By means of transport, the longest first: how far apart two places of the table may be, and the least time
    /// between any that may be so far apart or farther.
    least: BTreeMap<Transport, Vec<(Metres, Seconds)>>,
}

impl TravelTable {
    /// A table of the times between these places, one time for all of their quarters; of two for the same
    /// quarters the later.
    pub fn new(
        elsewhere: GreatCircleTravel,
        measured: impl IntoIterator<Item = (Position, Position, Transport, Seconds)>,
    ) -> Self {
        let times: BTreeMap<_, _> = measured
            .into_iter()
            .map(|(from, to, by, time)| ((Cell::of(from, SIZE), Cell::of(to, SIZE), by), time))
            .collect();
        let mut least: BTreeMap<Transport, Vec<(Metres, Seconds)>> = BTreeMap::new();
        for ((from, to, by), time) in &times {
            least.entry(*by).or_default().push((farthest(*from, *to), *time));
        }
        for least in least.values_mut() {
            least.sort_unstable_by_key(|(apart, _)| std::cmp::Reverse(*apart));
            let mut sofar = Seconds::new(u32::MAX);
            for (_, time) in least {
                sofar = sofar.min(*time);
                *time = sofar;
            }
        }
        Self { times, elsewhere, least }
    }
}

fn farthest(from: Cell, to: Cell) -> Metres {
    Metres::new(great_circle(from.centre(), to.centre()).get().saturating_add(2 * REACH))
}

impl TravelTime for TravelTable {
    fn travel_time(&self, from: Position, to: Position, by: Transport) -> Seconds {
        let cells = (Cell::of(from, SIZE), Cell::of(to, SIZE), by);
        self.times.get(&cells).copied().unwrap_or_else(|| self.elsewhere.travel_time(from, to, by))
    }

    fn at_least(&self, distance: Metres, by: Transport) -> Seconds {
        let elsewhere = self.elsewhere.at_least(distance, by);
        let least = self.least.get(&by).map_or(&[][..], Vec::as_slice);
        let so_far_apart = least.partition_point(|(apart, _)| *apart >= distance);
        let measured = so_far_apart.checked_sub(1).and_then(|last| least.get(last));
        measured.map_or(elsewhere, |(_, time)| elsewhere.min(*time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).expect("on the globe")
    }

    #[test]
    fn a_time_of_the_table_counts_in_its_direction_and_no_other() {
        let (here, there) = (place(43.24, 76.89), place(43.26, 76.95));
        let time = Seconds::new(77);
        let table = TravelTable::new(GreatCircleTravel::default(), [(here, there, Transport::Car, time)]);
        let nearby = place(43.2401, 76.8901);
        assert_eq!(table.travel_time(nearby, there, Transport::Car), time);
        let usual = GreatCircleTravel::default();
        for (from, to, by) in [(there, here, Transport::Car), (here, there, Transport::Foot)] {
            assert_eq!(table.travel_time(from, to, by), usual.travel_time(from, to, by));
        }
    }

    fn in_town() -> impl Strategy<Value = Position> {
        (43.15..43.35, 76.75..77.05).prop_map(|(lat, lon)| place(lat, lon))
    }

    proptest! {
        #[test]
        fn no_way_takes_less_than_is_promised_for_its_length(
            measured in proptest::collection::vec((in_town(), in_town(), 0_u32..3_000), 0..30),
            more in proptest::collection::vec((in_town(), in_town()), 1..20),
            shorter in 0_u32..3_000,
        ) {
            for by in Transport::ALL.iter().copied() {
                let times = measured.iter().map(|(from, to, time)| (*from, *to, by, Seconds::new(*time)));
                let table = TravelTable::new(GreatCircleTravel::default(), times);
                let ways = measured.iter().map(|(from, to, _)| (*from, *to)).chain(more.iter().copied());
                for (from, to) in ways {
                    let (way, time) = (great_circle(from, to), table.travel_time(from, to, by));
                    prop_assert!(table.at_least(way, by) <= time);
                    let shorter = Metres::new(way.get().saturating_sub(shorter));
                    prop_assert!(table.at_least(shorter, by) <= table.at_least(way, by));
                    prop_assert!(way <= table.within(time, by));
                }
            }
        }
    }
}
