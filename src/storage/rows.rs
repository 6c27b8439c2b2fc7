//! The rows that answers are made of: plain data, for those who show it. No door is among them.

pub use super::tables::claims::ClaimRow;
pub use super::tables::deliveries::DeliveryRow;
pub use super::tables::households::HouseholdRow;
pub use super::tables::organisations::OrganisationRow;
pub use super::tables::requests::{RequestRow, Thing};
pub use super::tables::volunteers::VolunteerRow;
