//! From a request to typed values: who calls, what they send, which thing it is about.

mod accept;
mod address;
mod body;
mod by;
mod device;
mod params;
mod path;
mod shape;

pub use accept::Representation;
pub use address::ClientAddress;
pub use body::{Body, MANY, Pace, RawBody, digest, let_arrive, media_type, parse};
pub use by::{
    Administrator, Anybody, By, Coordinator, CoordinatorOrPartner, Nobody, NotAdministrator, Open, Partner,
    Person, Staff, StaffOrPartner, Volunteer, VolunteerOrCoordinator, Who, bearer_of,
};
pub use device::Device;
pub use params::{LONGEST_PARAMETER, Params, Walk};
pub use path::OneId;
pub use shape::{LONGEST_TEXT, MOST_ENTRIES};
