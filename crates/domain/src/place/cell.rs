//! Cells of the H3 grid, in the four sizes this system may show, and no finer.
//!
//! H3 (<https://h3geo.org>) covers the globe with hexagons in nested resolutions; a *parent* is the
//! coarser cell to which a cell belongs by its index.

use std::fmt;

use h3o::{CellIndex, LatLng};

use super::Position;

/// The sizes of cell in use, the finest first.
///
/// A closed list, so that no cell small enough to single out a house can be made by mistake.
/// Areas and edges are H3's published averages (<https://h3geo.org/docs/core-library/restable>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resolution {
    /// About 0.105 km2, edge 0.20 km: a few blocks of flats. Finer cells are a single courtyard.
    Nine,
    /// About 0.737 km2, edge 0.53 km: a quarter of a town.
    Eight,
    /// About 5.16 km2, edge 1.4 km: a village with its fields.
    Seven,
    /// About 36.1 km2, edge 3.7 km: open country. Coarser cells say less than the district does.
    Six,
}

/// A cell of the H3 grid of one of our resolutions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell(CellIndex);

/// The number is not an H3 cell of one of our resolutions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an H3 cell of resolution 6 to 9")]
pub struct NotACell;

impl Resolution {
    /// Every resolution in use, the finest first.
    pub const ALL: [Self; 4] = [Self::Nine, Self::Eight, Self::Seven, Self::Six];

    const fn to_h3(self) -> h3o::Resolution {
        match self {
            Self::Nine => h3o::Resolution::Nine,
            Self::Eight => h3o::Resolution::Eight,
            Self::Seven => h3o::Resolution::Seven,
            Self::Six => h3o::Resolution::Six,
        }
    }
}

impl Cell {
    /// The cell of this size in which a position lies.
    #[must_use]
    pub fn of(position: Position, resolution: Resolution) -> Self {
        // A position is finite, which is all that H3 asks; its default is never taken.
        let place = LatLng::new(position.lat(), position.lon()).unwrap_or_default();
        Self(place.to_cell(resolution.to_h3()))
    }

    /// The cell that a table or a message names by its H3 index.
    ///
    /// # Errors
    /// When the number is no H3 cell, or one of a resolution that is not ours.
    pub fn from_bits(bits: u64) -> Result<Self, NotACell> {
        let index = CellIndex::try_from(bits).map_err(|_| NotACell)?;
        let ours = Resolution::ALL.iter().any(|known| known.to_h3() == index.resolution());
        if ours { Ok(Self(index)) } else { Err(NotACell) }
    }

    /// The H3 index of this cell.
    #[must_use]
    pub fn bits(self) -> u64 {
        self.0.into()
    }

    /// Whether it is of the finest resolution in use: one in which doors are counted.
    #[must_use]
    pub fn is_finest(self) -> bool {
        self.0.resolution() == Resolution::Nine.to_h3()
    }

    /// The middle of this cell.
    #[must_use]
    pub fn centre(self) -> Position {
        let middle = LatLng::from(self.0);
        Position::clamped(middle.lat(), middle.lng())
    }

    /// The first and the last of the finest cells in use that belong to this one: all that do, and no others, lie
    /// between their numbers, for H3 counts the children of a cell without a gap.
    #[must_use]
    pub fn finest(self) -> (Self, Self) {
        let finest = Resolution::Nine.to_h3();
        let last = self.0.children_count(finest).saturating_sub(1);
        let (first, last) = (self.0.child_at(0, finest), self.0.child_at(last, finest));
        (Self(first.unwrap_or(self.0)), Self(last.unwrap_or(self.0)))
    }

    /// This cell and the coarser ones it belongs to, the finest first.
    ///
    /// Membership is by index, as H3 nests them; a point near an edge may lie a little outside the
    /// outline of its parent.
    pub fn ladder(self) -> impl Iterator<Item = Self> {
        Resolution::ALL.into_iter().filter_map(move |size| self.0.parent(size.to_h3()).map(Self))
    }

    /// The cell of this size to which this one belongs, or this one itself; none when it is larger.
    #[must_use]
    pub fn widened(self, size: Resolution) -> Option<Self> {
        self.0.parent(size.to_h3()).map(Self)
    }

    /// This cell and those beside it: whatever lies within a hundred metres of a place in one of the finest lies
    /// in these.
    #[must_use]
    pub fn with_neighbours(self) -> Vec<Self> {
        self.0.grid_disk::<Vec<_>>(1).into_iter().map(Self).collect()
    }

    /// The corners of this cell, around it and back to the first.
    #[must_use]
    pub fn outline(self) -> Vec<Position> {
        let corners = self.0.boundary();
        let corner = |corner: &LatLng| Position::clamped(corner.lat(), corner.lng());
        corners.iter().chain(corners.iter().take(1)).map(corner).collect()
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cell({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::great_circle;
    use proptest::prelude::*;

    #[test]
    fn a_known_place_has_its_known_cell() {
        // The example of H3's own manual: `latLngToCell` of 37.3615593, -122.0553238 at resolution 7.
        let position = Position::new(37.361_559_3, -122.055_323_8).expect("on the globe");
        assert_eq!(Cell::of(position, Resolution::Seven).to_string(), "87283472bffffff");
    }

    #[test]
    fn only_our_sizes_are_cells() {
        let door = Position::new(43.24, 76.89).expect("on the globe");
        for size in Resolution::ALL {
            let cell = Cell::of(door, size);
            assert_eq!(Cell::from_bits(cell.bits()), Ok(cell));
        }
        let house = LatLng::new(43.24, 76.89).expect("finite").to_cell(h3o::Resolution::Twelve);
        for bits in [0, u64::MAX, house.into()] {
            assert_eq!(Cell::from_bits(bits), Err(NotACell));
        }
    }

    proptest! {
        #[test]
        fn whose_a_finest_cell_is_can_be_told_by_its_number(
            lat in -90.0..=90.0, lon in -180.0..=180.0, north in -0.2..=0.2, east in -0.2..=0.2,
        ) {
            let at = |lat: f64, lon: f64| {
                Cell::of(Position::new(lat.clamp(-90.0, 90.0), lon.clamp(-180.0, 180.0)).expect("on the globe"), Resolution::Nine)
            };
            let (one, other) = (at(lat, lon), at(lat + north, lon + east));
            for cell in one.ladder() {
                let (first, last) = cell.finest();
                prop_assert!(first.is_finest() && last.is_finest());
                prop_assert!((first.bits()..=last.bits()).contains(&one.bits()));
                let is_of_it = other.ladder().any(|larger| larger == cell);
                prop_assert_eq!((first.bits()..=last.bits()).contains(&other.bits()), is_of_it);
            }
        }

        #[test]
        fn the_ladder_climbs_to_ever_larger_cells_around_the_place(
            lat in -90.0..=90.0, lon in -180.0..=180.0,
        ) {
            let door = Position::new(lat, lon).expect("on the globe");
            let ladder: Vec<_> = Cell::of(door, Resolution::Nine).ladder().collect();
            prop_assert_eq!(ladder.len(), 4);
            // Greatest reach of a cell of each size with its children's overhang, in metres.
            for (cell, reach) in ladder.iter().zip([350, 950, 2_500, 6_600]) {
                let off = great_circle(door, cell.centre()).get();
                prop_assert!(off <= reach, "{} {} m", cell, off);
            }
        }
    }

    #[test]
    fn an_outline_goes_around_the_middle_and_ends_where_it_began() {
        let cell = Cell::of(Position::new(43.24, 76.89).expect("on the globe"), Resolution::Eight);
        let outline = cell.outline();
        assert_eq!((outline.len(), outline.first() == outline.last()), (7, true));
        for corner in outline {
            // H3's published average for the size is 531 m; cells differ a little.
            let edge = great_circle(cell.centre(), corner).get();
            assert!((400..700).contains(&edge), "{edge} m");
        }
    }
}
