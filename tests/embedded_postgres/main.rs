//! The private Postgres server, proven with real servers: what it promises a person who runs Birgemiz with one
//! command, also when things are killed at the worst moment. Run as root it proves the hand-over to a service user.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says why by panicking")]

mod crashes;
mod lifecycle;
mod owner;
mod place;
mod refusals;
mod watch;
