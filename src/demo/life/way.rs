//! Ways through the city: straight ones, as long as the domain says that they take.

use domain::place::{GreatCircleTravel, Position, Seconds, TravelTime};
use domain::words::Transport;

/// Whoever would be longer on the way takes a bus.
const LONGEST: Seconds = Seconds::new(25 * 60);

/// How long the way takes in life.
pub(super) fn takes(from: Position, to: Position, by: Transport) -> Seconds {
    GreatCircleTravel::default().travel_time(from, to, by).min(LONGEST)
}

/// Where somebody is who has gone `gone` of `steps` equal steps. The city is small enough for its map
/// to be flat.
pub(super) fn after(from: Position, to: Position, (gone, steps): (u32, u32)) -> Position {
    let share = if steps == 0 { 1.0 } else { f64::from(gone.min(steps)) / f64::from(steps) };
    let between = |from: f64, to: f64| from + (to - from) * share;
    // Between two places on the globe there is always one on the globe.
    Position::new(between(from.lat(), to.lat()), between(from.lon(), to.lon())).unwrap_or(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).unwrap()
    }

    #[test]
    fn a_way_begins_at_its_beginning_and_ends_at_its_end() {
        let (from, to) = (place(43.2, 76.8), place(43.4, 77.0));
        assert!(after(from, to, (0, 4)) == from && after(from, to, (4, 4)) == to);
        assert!(after(from, to, (9, 4)) == to && after(from, to, (0, 0)) == to);
        let half = after(from, to, (2, 4));
        assert!((half.lat() - 43.3).abs() < 1e-9 && (half.lon() - 76.9).abs() < 1e-9);
    }

    #[test]
    fn nobody_walks_for_hours() {
        let (from, near, far) = (place(43.2, 76.8), place(43.201, 76.8), place(43.4, 76.8));
        assert!(takes(from, near, Transport::Foot) < takes(from, far, Transport::Foot));
        assert_eq!(takes(from, far, Transport::Foot), LONGEST);
    }
}
