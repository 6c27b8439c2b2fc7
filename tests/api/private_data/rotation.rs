//! An organisation's key for data gets another version while doors are read and made.

use std::sync::Arc;

use birgemiz::actions::perform_as_system;
use birgemiz::actions::rotate_data::{AddVersion, RewrapSomeDoors};
use birgemiz::app::App;
use serde_json::Value;

use crate::support::{Caller, World, run};

async fn rewrap(app: &App) -> usize {
    perform_as_system(app, RewrapSomeDoors { vault: Arc::clone(&app.vault) }).await.unwrap()
}

async fn add_version(world: &World) -> i32 {
    let (vault, organisation) = (Arc::clone(&world.app().vault), world.seeded.a.id.uuid());
    perform_as_system(world.app(), AddVersion { vault, organisation }).await.unwrap()
}

async fn registered(caller: &Caller, world: &World) -> String {
    let made = caller.post("/v1/households", world.household()).await.expect(201);
    made["id"].as_str().unwrap().to_owned()
}

async fn name(caller: &Caller, household: &str) -> Value {
    caller.get(&format!("/v1/households/{household}/door")).await.expect(200)["door"]["name"].clone()
}

/// How many doors are wrapped by each version, the oldest first.
async fn versions(world: &World) -> Vec<(String, String)> {
    let sql = "SELECT key_version, count(*) FROM household_doors GROUP BY 1 ORDER BY 1";
    let rows = world.database.ask(sql).await;
    rows.into_iter().map(|row| (row[0].clone().unwrap(), row[1].clone().unwrap())).collect()
}

fn told(pairs: &[(i32, i32)]) -> Vec<(String, String)> {
    pairs.iter().map(|(version, count)| (version.to_string(), count.to_string())).collect()
}

#[test]
fn readers_open_what_either_version_has_wrapped_and_all_is_wrapped_by_the_newest_in_the_end() {
    run(async {
        let world = World::new().await;
        let beside = world.beside(|_| {}).await;
        let here = world.coordinator_of_a();
        let there = beside.called_by(&here);
        let first = registered(&here, &world).await;
        assert_eq!(name(&there, &first).await, "Raushan Akhmetova", "the other process has opened the keys");
        assert_eq!(add_version(&world).await, 2);
        let second = registered(&there, &world).await;
        assert_eq!(versions(&world).await, told(&[(1, 2)]), "nobody has heard of it yet");
        assert_eq!(rewrap(world.app()).await, 2);
        assert_eq!(rewrap(world.app()).await, 0);
        let third = registered(&here, &world).await;
        let fourth = registered(&there, &world).await;
        for caller in [&here, &there] {
            for household in [&first, &second, &third, &fourth] {
                assert_eq!(name(caller, household).await, "Raushan Akhmetova", "{household}");
            }
        }
        rewrap(beside.app()).await;
        registered(&there, &world).await;
        assert_eq!(versions(&world).await, told(&[(2, 5)]));
    });
}

#[test]
fn no_reading_fails_while_versions_are_made_and_keys_wrapped_anew() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let mut households = Vec::new();
        for _ in 0..10 {
            households.push(registered(&coordinator, &world).await);
        }
        let reading = async {
            for number in 0..120 {
                assert_eq!(
                    name(&coordinator, &households[number % 10]).await,
                    "Raushan Akhmetova",
                    "{number}"
                );
            }
        };
        let rotating = async {
            for wanted in 2..12 {
                assert_eq!(add_version(&world).await, wanted);
                while rewrap(world.app()).await > 0 {}
            }
        };
        tokio::join!(reading, rotating);
        assert_eq!(versions(&world).await, told(&[(11, 10)]));
    });
}
