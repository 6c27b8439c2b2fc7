//! The coarse point: what everyone without the right to a door sees in its stead.
//!
//! It is drawn once, when a household is registered, and then kept: a point drawn again and again
//! would give the door away by the differences.

use super::{Cell, Position, PositionError, Resolution};

/// A place that is safe to show: the centre of a cell of enough doors, or of a district.
///
/// A type of its own, so that a door's [`Position`] cannot be passed where only this may go. There
/// is no way from a position to a coarse point but [`coarse_point`], and back from storage.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CoarsePoint {
    /// Degrees north of the equator, WGS 84.
    #[cfg_attr(feature = "openapi", schema(minimum = -90.0, maximum = 90.0))]
    lat: f64,
    /// Degrees east of Greenwich, WGS 84.
    #[cfg_attr(feature = "openapi", schema(minimum = -180.0, maximum = 180.0))]
    lon: f64,
    #[serde(skip)]
    cell: Option<Cell>,
}

/// The cells whose counts [`coarse_point`] asks for, the finest first.
///
/// Count doors by these same cells: one finest cell a door, and its parents.
#[must_use]
pub fn coarse_cells(exact: Position) -> Vec<Cell> {
    Cell::of(exact, Resolution::Nine).ladder().collect()
}

/// The centre of the smallest cell around `exact` that holds at least `k` doors, else the district's.
///
/// `count_in` tells how many buildings or households a cell holds, this one included; `district` is
/// a point that stands for the whole district, such as [`AreaShape::centre`](super::AreaShape::centre).
/// The answer depends on the door by nothing but the cells it lies in: two doors of one cell get
/// the same point.
///
/// What this does not hide: a point of a large cell tells that the door is not in one of that
/// cell's well-filled small ones.
#[must_use]
pub fn coarse_point(
    exact: Position,
    k: u32,
    count_in: impl Fn(Cell) -> u32,
    district: Position,
) -> CoarsePoint {
    let cell = Cell::of(exact, Resolution::Nine).ladder().find(|cell| count_in(*cell) >= k);
    CoarsePoint::at(cell.map_or(district, Cell::centre), cell)
}

impl CoarsePoint {
    /// A coarse point as it was drawn and stored earlier. Not for drawing one.
    ///
    /// # Errors
    /// When the stored coordinates are not on the globe.
    pub fn stored(lat: f64, lon: f64, cell: Option<Cell>) -> Result<Self, PositionError> {
        Position::new(lat, lon).map(|position| Self::at(position, cell))
    }

    const fn at(position: Position, cell: Option<Cell>) -> Self {
        Self { lat: position.lat(), lon: position.lon(), cell }
    }

    /// The place to measure from and to.
    #[must_use]
    pub const fn position(self) -> Position {
        Position::clamped(self.lat, self.lon)
    }

    /// The cell whose centre this is; none when it stands for a district.
    #[must_use]
    pub const fn cell(self) -> Option<Cell> {
        self.cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).expect("on the globe")
    }

    #[test]
    fn the_smallest_cell_with_enough_doors_is_taken() {
        let (door, district) = (at(43.238_9, 76.889_7), at(43.3, 77.0));
        let cells = coarse_cells(door);
        for (counts, rung) in [
            ([5, 30, 200, 900], Some(0)),
            ([4, 5, 200, 900], Some(1)),
            ([1, 4, 5, 900], Some(2)),
            ([1, 2, 4, 5], Some(3)),
            ([1, 2, 3, 4], None),
        ] {
            let count_in =
                |cell| cells.iter().zip(counts).find(|(known, _)| **known == cell).map_or(0, |(_, n)| n);
            let point = coarse_point(door, 5, count_in, district);
            let cell = rung.map(|rung: usize| cells[rung]);
            assert_eq!(point.cell(), cell, "{counts:?}");
            assert_eq!(point.position(), cell.map_or(district, Cell::centre), "{counts:?}");
        }
    }

    #[test]
    fn neighbours_of_one_cell_share_one_point() {
        let district = at(43.3, 77.0);
        let middle = Cell::of(at(43.238_9, 76.889_7), Resolution::Nine).centre();
        let points: Vec<_> = [(0.0, 0.0), (0.000_4, 0.0), (-0.000_3, 0.000_5), (0.0, -0.000_6)]
            .into_iter()
            .map(|(north, east)| at(middle.lat() + north, middle.lon() + east))
            .map(|door| coarse_point(door, 5, |_| 5, district))
            .collect();
        assert!(points.iter().all(|point| point == &points[0]));
    }

    #[test]
    fn on_the_wire_it_is_two_numbers() {
        let point = CoarsePoint::stored(43.5, 76.25, None).expect("on the globe");
        let json = serde_json::to_value(point).expect("two numbers");
        assert_eq!(json, serde_json::json!({ "lat": 43.5, "lon": 76.25 }));
    }

    #[test]
    fn stored_nonsense_is_reported() {
        assert!(CoarsePoint::stored(91.0, 0.0, None).is_err());
    }

    proptest! {
        #[test]
        fn a_shown_cell_holds_enough_doors_and_a_smaller_one_would_not(
            doors in proptest::collection::vec((-0.05..0.05, -0.05..0.05), 1..80), k in 2_u32..12,
        ) {
            let doors: Vec<_> = doors.into_iter().map(|(north, east)| at(43.24 + north, 76.89 + east)).collect();
            let district = at(43.3, 77.0);
            let inside = |cell: Cell| doors.iter().filter(|door| coarse_cells(**door).contains(&cell)).count();
            let count_in = |cell| u32::try_from(inside(cell)).unwrap_or(u32::MAX);
            for door in &doors {
                let point = coarse_point(*door, k, count_in, district);
                let finer: Vec<_> =
                    coarse_cells(*door).into_iter().take_while(|cell| Some(*cell) != point.cell()).collect();
                prop_assert!(finer.into_iter().all(|cell| count_in(cell) < k));
                prop_assert!(point.cell().is_none_or(|cell| count_in(cell) >= k));
                prop_assert!(point.cell().is_some() || point.position() == district);
            }
        }
    }
}
