//! What every test of the API stands on.
//!
//! ```ignore
//! #[test]
//! fn a_partner_registers_a_household() {
//!     run(async {
//!         let world = World::new().await;
//!         let partner = world.partner_of_a();
//!         let household = partner.post("/v1/households", world.household()).await.expect(201);
//!         let id = household["id"].as_str().unwrap();
//!         world.coordinator_of_b().get(&format!("/v1/households/{id}")).await.refused(404, "not_found");
//!     });
//! }
//! ```
//!
//! - `postgres`: the private server of this process, and a fresh database for each test
//! - `seed`: two organisations, their people and a catalogue, written as the tables' owner
//! - `world`: the real service on a seeded database, and the people who call it; `Bare` is one on an
//!   empty database
//! - `caller`: one of them: `get`, `post`, `patch`, `put`, `call`
//! - `letters`: what the service has sent
//! - `meanwhile`: somebody else's transaction, held open while a call is under way
//! - `answer`: what came back: `expect`, `refused`
//! - `private`: every answer is looked through for doors that its caller may not know
//! - `contract`: every answer is held against the OpenAPI document before the test sees it

mod answer;
mod caller;
mod contract;
pub(crate) mod guide;
pub(crate) mod letters;
pub(crate) mod meanwhile;
pub(crate) mod postgres;
mod private;
pub(crate) mod seed;
mod world;

pub(crate) use answer::Answer;
pub(crate) use caller::Caller;
pub(crate) use postgres::run;
pub(crate) use world::{Bare, World};
