//! The guide on the hotline tells the truth: every sample of it is run as it stands.

use std::process::{Command, Stdio};

use super::wake_everybody;
use crate::support::{World, run};

const GUIDE: &str = include_str!("../../../docs/hotline.md");
/// What a slow machine may take, until the samples are told to end.
const LIMIT_S: &str = "60";

#[test]
fn the_guides_calls_work_as_they_stand() {
    run(async {
        let world = World::new().await;
        wake_everybody(&world).await;
        let operator = world.coordinator_of_a();
        let samples: Vec<&str> =
            GUIDE.split("```sh\n").skip(1).map(|rest| rest.split_once("```").unwrap().0).collect();
        assert_eq!(samples.len(), 8);
        let mut bash = Command::new("timeout");
        bash.args([LIMIT_S, "bash", "-euc", &samples.join("\n")])
            .env("BASE", &operator.url)
            .env("TOKEN", operator.token().unwrap())
            .env("AREA", world.seeded.area.to_string())
            .env("KIT", world.seeded.kit.to_string())
            .stdin(Stdio::null())
            .stderr(Stdio::inherit());
        let output = tokio::task::spawn_blocking(move || bash.output().unwrap()).await.unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{said}");
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
