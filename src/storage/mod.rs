//! Postgres, and nothing but Postgres: connections, units of work, tables, views and the event log.

mod acting_role;
pub mod ahead;
mod book;
pub mod closing;
pub mod database;
pub mod dump;
pub mod durability;
pub mod embedded;
pub mod error;
pub mod events;
mod forgetting;
pub mod idempotency;
pub mod inspection;
pub mod keyring;
pub mod local_time;
pub mod migrations;
pub mod notifications;
mod prepared;
pub mod presence;
mod queue;
pub mod rows;
pub mod savepoint;
pub mod staging;
pub mod tables;
pub mod unit;
pub mod views;

#[rustfmt::skip]
#[expect(unreachable_pub, reason = "printed by the diesel command-line tool")]
mod schema;

pub use book::Book;
pub use database::Database;
pub use error::StorageError;
pub use local_time::LocalTime;
pub use unit::{Caller, Unit};
