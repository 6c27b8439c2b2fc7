//! A demo that is killed while its city is being built, and started again.

use crate::database;
use crate::server::{Demo, Place};

/// Killed again and again, each time a little later: before there is a database, while people are entered,
/// while requests are lived through. What was half built is no city; the next start builds a whole one.
#[test]
fn a_city_whose_building_was_cut_off_is_built_whole_by_the_next_start() {
    let _alone = crate::alone();
    let place = Place::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    Demo::is_killed_once(&place, || place.folder().join("postgres").exists());
    for table in ["households", "requests"] {
        let some = format!("SELECT count(*) FROM {table}");
        Demo::is_killed_once(&place, || {
            runtime.block_on(async {
                match database::try_open(&place).await {
                    Some(database) => database.count_if_there(&some).await.is_some_and(|count| count > 10),
                    None => false,
                }
            })
        });
        assert!(!place.roster().exists(), "a city that is half built looks finished");
    }
    let demo = Demo::start(&place, &["--still"]);
    assert!(demo.greeting.contains("was built from seed"), "{}", demo.greeting);
    runtime.block_on(crate::everything_is_there_as_planned(&place));
    demo.stop();
}
