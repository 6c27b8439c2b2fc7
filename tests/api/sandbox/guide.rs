//! The guide on sandboxes, as it stands: made by the program, tried by curl.

use crate::support::postgres::folder;
use crate::support::{World, guide, run};

#[test]
fn the_guides_calls_work_as_they_stand() {
    run(async {
        let world = World::new().await;
        let here = folder("sandbox-guide");
        std::fs::create_dir(&here).unwrap();
        let environment = [
            ("DATABASE_URL", world.database.urls.service.clone()),
            ("BIRGEMIZ_OWNER_DATABASE_URL", world.database.urls.owner.clone()),
            ("BIRGEMIZ_SECRETS_DIR", world.secrets().display().to_string()),
            ("BIRGEMIZ_PUBLIC_URL", world.nobody().url),
        ];
        let place = here.clone();
        let paste = move || guide::paste(include_str!("../../../docs/sandbox.md"), &place, &environment);
        let said = tokio::task::spawn_blocking(paste).await.unwrap();
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(
            lines[..5],
            ["verified", "approved", "active", "\"clock_offset_s\":7260", "open"],
            "{said}"
        );
        assert!(lines[6].starts_with("req_"), "{said}");
        assert_eq!(lines[8], "expired", "{said}");
        let kinds = &lines[9..];
        for kind in
            ["request.submitted", "request.claimed", "claim.lapsed", "request.escalated", "request.expired"]
        {
            assert!(kinds.contains(&kind), "{kind}: {said}");
        }
        std::fs::remove_dir_all(here).unwrap();
    });
}
