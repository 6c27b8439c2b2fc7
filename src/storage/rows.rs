//! Rows and their parts as plain data, for those who show or fill them. No door is among them.

pub use super::tables::calls::CallRow;
pub use super::tables::claims::ClaimRow;
pub use super::tables::deliveries::DeliveryRow;
pub use super::tables::households::HouseholdRow;
pub use super::tables::import_faults::FaultRow;
pub use super::tables::imports::ImportRow;
pub use super::tables::organisations::OrganisationRow;
pub use super::tables::requests::{RequestRow, Thing};
pub use super::tables::volunteer_profiles::Edit;
pub use super::tables::volunteers::{Abilities, VolunteerRow};
