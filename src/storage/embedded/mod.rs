//! A private Postgres server that Birgemiz starts and stops itself, so that one command runs the whole service.
//!
//! Words used here. The *owner* is our own process. The *data folder* is the one setting a person chooses; in it lie
//! the *cluster* (what `initdb` makes and Postgres calls `PGDATA`), the socket folder, the server's log and a lock.
//! The *account* is the system user that the server runs as: the owner's own, or a service user if the owner is root.
//!
//! - `instance`: the whole life of one server, in order
//! - `settings`: what a caller may choose, and which server options are not for the choosing
//! - `account`: who runs the server, and whether they can reach its folders
//! - `programs`: which Postgres is used
//! - `folder`: the data folder, its lock, and what is in it already
//! - `socket`: where the server listens, and the address that clients use
//! - `bound_child`: programs that end when their owner does, however it ends
//! - `cluster`: making a new cluster in one step
//! - `server`: starting, awaiting and stopping the server
//! - `log`: the server's log
//! - `patience`: waiting with a limit
//! - `start_error`: each reason for not starting, as a sentence

mod account;
mod bound_child;
mod cluster;
mod folder;
mod instance;
mod log;
mod patience;
mod programs;
mod server;
mod settings;
mod socket;
mod start_error;

pub use instance::{EmbeddedPostgres, RunningPostgres};
pub use settings::Settings;
pub use start_error::StartError;
