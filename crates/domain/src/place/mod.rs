//! Where things are: positions, distances, cells, areas, and how long it takes to get there.

mod area;
mod cell;
mod coarse;
mod distance;
mod order;
mod patch;
mod plus_code;
mod position;
mod region;
mod sphere;
mod travel;
mod travel_table;

pub use area::{AreaError, AreaShape, MAX_POINTS, MAX_RINGS};
pub use cell::{Cell, NotACell, Resolution};
pub use coarse::{CoarsePoint, coarse_cells, coarse_point};
pub use distance::{EARTH_RADIUS_M, Metres, great_circle};
pub(crate) use order::along_the_curve;
pub(crate) use patch::Patch;
pub use plus_code::{NotAPlusCode, PlusCode, PlusSquare};
pub use position::{Coordinate, Position, PositionError};
pub use region::{Bounds, Region};
pub(crate) use sphere::{
    Axis, Spot, Stretch, chord2_sure, chord2_told_apart, chord2_within, chord2_within_few, decimetres,
    stretch,
};
pub use travel::{GreatCircleTravel, Pace, Seconds, TravelTime, USUAL_DETOUR_PERCENT};
pub use travel_table::TravelTable;
