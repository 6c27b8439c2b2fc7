//! Heads that were kept elsewhere show what the chains themselves cannot: that one was written anew.

use std::os::unix::fs::PermissionsExt;

use birgemiz::audit::heads::{self, HeadsError};
use birgemiz::audit::{Asked, Report, What, verify};
use birgemiz::storage::inspection::{Head, Inspection};
use birgemiz::storage::views;
use jsonwebtoken::jwk::JwkSet;

use crate::ledger::seal_all;
use crate::support::postgres::folder;
use crate::support::{World, run};

async fn verified(world: &World, heads: Vec<Head>) -> Report {
    let inspection = Inspection::begin(&world.database.urls.owner).await.unwrap();
    verify(&inspection, &Asked { organisation: None, heads }).await.unwrap()
}

/// The text of the heads as a server writes it now, and the keys by which it is read.
async fn exported(world: &World) -> (String, JwkSet) {
    let app = world.app();
    let system = birgemiz::actions::Call::by_system();
    let rows = birgemiz::actions::read(app, &system, async |unit| Ok(views::heads::all(unit).await?));
    let text = heads::written(&rows.await.unwrap(), birgemiz::clock::now(), &app.keys).unwrap();
    (text, app.keys.jwks())
}

#[test]
fn a_past_that_is_written_anew_whole_shows_by_the_heads_from_before_alone() {
    run(async {
        let world = World::new().await;
        world.verified_household().await;
        seal_all(&world).await;
        let (text, keys) = exported(&world).await;
        let heads = heads::read(&text, Some(&keys)).unwrap();
        assert!(verified(&world, heads.clone()).await.is_well);
        // The sealer itself seals what the owner of the tables made of the past.
        world
            .database
            .ask(
                "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('seal events', 0));
                  UPDATE events SET reason = 'as if' WHERE seq = (SELECT min(seq) FROM events);
                  DELETE FROM seals WHERE book = 'events'; COMMIT; SELECT 1",
            )
            .await;
        seal_all(&world).await;
        let without = verified(&world, Vec::new()).await;
        assert!(without.is_well, "nothing within the database tells: {:#?}", without.findings);
        let with = verified(&world, heads).await;
        let found: Vec<_> = with.findings.iter().map(|finding| &finding.what).collect();
        assert!(
            found.iter().any(|what| matches!(what, What::WrittenAnew { .. } | What::CutOff { .. })),
            "{found:?}"
        );
    });
}

#[test]
fn heads_are_signed_kept_for_their_owner_alone_and_never_overwritten() {
    run(async {
        let world = World::new().await;
        world.verified_household().await;
        seal_all(&world).await;
        let (text, keys) = exported(&world).await;
        let file = heads::file_of_day(&folder("heads"), birgemiz::clock::now());
        assert!(heads::keep(&file, &text).unwrap());
        assert!(!heads::keep(&file, "other\n").unwrap(), "the first stays");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let left = std::fs::read_dir(file.parent().unwrap()).unwrap().count();
        assert_eq!(left, 1, "no drafts stay behind");

        let number = text.find("\"number\":").unwrap() + "\"number\":".len();
        let mut changed = text.clone();
        let is_nine = text.as_bytes()[number] == b'9';
        changed.replace_range(number..=number, if is_nine { "8" } else { "9" });
        assert!(matches!(heads::read(&changed, Some(&keys)), Err(HeadsError::WrongSignature)));
        let lines: Vec<&str> = text.lines().collect();
        let without_one = [&lines[..1], &lines[2..]].concat().join("\n") + "\n";
        assert!(matches!(heads::read(&without_one, Some(&keys)), Err(HeadsError::WrongSignature)));
        assert!(matches!(heads::read(&without_one, None), Err(HeadsError::Unsigned)));
        let cut = lines[..lines.len() - 1].join("\n") + "\n";
        assert!(matches!(heads::read(&cut, None), Err(HeadsError::Unsigned)));
        let other = JwkSet { keys: Vec::new() };
        assert!(matches!(heads::read(&text, Some(&other)), Err(HeadsError::WrongSignature)));
    });
}
