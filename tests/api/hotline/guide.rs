//! The guide on the hotline tells the truth: every sample of it is run as it stands.

use std::path::Path;

use super::wake_everybody;
use crate::support::{World, guide, run};

#[test]
fn the_guides_calls_work_as_they_stand() {
    run(async {
        let world = World::new().await;
        wake_everybody(&world).await;
        let operator = world.coordinator_of_a();
        let environment = [
            ("BASE", operator.url.clone()),
            ("TOKEN", operator.token().unwrap().to_owned()),
            ("AREA", world.seeded.area.to_string()),
            ("KIT", world.seeded.kit.to_string()),
        ];
        let paste =
            move || guide::paste(include_str!("../../../docs/hotline.md"), Path::new("."), &environment);
        let said = tokio::task::spawn_blocking(paste).await.unwrap();
        let wanted = [
            "same_phone",
            "pending_verification",
            "pending_verification",
            "verified",
            "call_back",
            "+77010000001",
            "done",
        ];
        assert_eq!(said.lines().collect::<Vec<_>>(), wanted);
        assert_eq!(world.database.count("SELECT count(*) FROM requests").await, 2);
    });
}
