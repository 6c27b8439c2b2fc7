//! What is read has a tag, which is its reader's own and another with every change.

use serde_json::json;

use super::{Furnished, read, text};
use crate::support::{Answer, Caller, World, run};

/// What the service does by itself may still be under way when a world is furnished.
async fn until_it_rests(caller: &Caller, path: &str) -> (String, Answer) {
    let mut last = read(caller, path).await;
    for _ in 0..20 {
        let next = read(caller, path).await;
        if next.0 == last.0 {
            return next;
        }
        last = next;
    }
    panic!("{path}: the tag is another at every reading");
}

#[test]
fn who_holds_what_they_would_be_shown_is_told_so_without_a_body() {
    run(async {
        let furnished = Furnished::new().await;
        for (caller, path) in furnished.readings() {
            let (tag, shown) = until_it_rests(&caller, &path).await;
            for theirs in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
                let same = caller.get(&path).header("if-none-match", &theirs).await;
                assert_eq!((same.status.as_u16(), same.text.as_str()), (304, ""), "{path} {theirs}");
                for name in ["etag", "cache-control", "vary"] {
                    assert_eq!(same.header(name), shown.header(name), "{path}: {name}");
                }
            }
            let other = caller.get(&path).header("if-none-match", "\"other\"").await;
            assert_eq!(other.text, shown.text, "{path}");
            assert!(shown.header("vary").contains("authorization"), "{path}: {}", shown.header("vary"));
            let kept = shown.header("cache-control");
            let names_people =
                path.contains("/users") || path.contains("/volunteers") || path.ends_with("/me");
            assert_eq!(kept, if names_people { "no-store" } else { "private, no-cache" }, "{path}");
        }
    });
}

#[test]
fn a_tag_is_good_for_nobody_else_also_where_they_see_the_same() {
    run(async {
        let furnished = Furnished::new().await;
        let world = &furnished.world;
        let request = format!("/v1/requests/{}", furnished.request);
        let everyone = [world.coordinator_of_a(), world.partner_of_a(), world.volunteer_of_a()];
        let mut seen = Vec::new();
        for caller in &everyone {
            seen.push(read(caller, &request).await);
        }
        assert_eq!(seen[0].1.text, seen[1].1.text, "the same is shown to all of them");
        for (own, caller) in everyone.iter().enumerate() {
            for (place, (tag, _)) in seen.iter().enumerate() {
                let answer = caller.get(&request).header("if-none-match", tag).await;
                assert_eq!(answer.status.as_u16(), if place == own { 304 } else { 200 }, "{own} {place}");
            }
        }
        // Where they see different things of the same version, the more so.
        let volunteer = format!("/v1/volunteers/{}", world.seeded.a.volunteers[0].id);
        let (ours, _) = read(&world.coordinator_of_a(), &volunteer).await;
        let theirs = world.coordinator_of_b().get(&volunteer).header("if-none-match", &ours).await;
        assert!(theirs.expect(200).get("name").is_none());
        // And whoever may not see it at all is told nothing by a tag.
        let stranger = world.coordinator_of_b().get(&request).header("if-none-match", &seen[0].0).await;
        stranger.refused(404, "not_found");
    });
}

#[test]
fn another_coding_of_the_same_bytes_has_another_tag() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let plain = coordinator.get("/v1/items").header("accept-encoding", "identity").await;
        // One that is not spoken here, so that the test can read it; who accepts another is told by another tag.
        let pressed = coordinator.get("/v1/items").header("accept-encoding", "br").await;
        assert_eq!(plain.text, pressed.text);
        assert_ne!(plain.header("etag"), pressed.header("etag"));
    });
}

#[test]
fn every_change_makes_another_tag() {
    run(async {
        let world = World::new().await;
        let (request, phrase) = world.open_request().await;
        let (coordinator, volunteer) = (world.coordinator_of_a(), world.volunteer_of_a());
        let path = format!("/v1/requests/{request}");
        let me = format!("/v1/volunteers/{}", world.seeded.a.volunteers[0].id);
        let mut tags = vec![read(&coordinator, &path).await.0];
        let mut of_volunteer = vec![read(&coordinator, &me).await.0];
        let claim = volunteer.post(&format!("{path}/claim"), json!({})).await.expect(201);
        tags.push(read(&coordinator, &path).await.0);
        of_volunteer.push(read(&coordinator, &me).await.0);
        let delivery = format!("/v1/deliveries/{}", text(&claim, "delivery_id"));
        let mut of_delivery = vec![read(&volunteer, &delivery).await.0];
        for (act, body) in [
            ("pick-up", json!({"fence": 1})),
            ("arrive", json!({"fence": 1})),
            ("complete", json!({"fence": 1, "outcome": "handed_over", "phrase": phrase})),
        ] {
            volunteer.post(&format!("{delivery}/{act}"), body).await.expect(200);
            tags.push(read(&coordinator, &path).await.0);
            of_delivery.push(read(&volunteer, &delivery).await.0);
        }
        coordinator.post(&format!("{path}/acknowledge"), json!({})).await.expect(200);
        tags.push(read(&coordinator, &path).await.0);
        for mut tags in [tags, of_volunteer, of_delivery] {
            let count = tags.len();
            tags.sort();
            tags.dedup();
            assert_eq!(tags.len(), count, "{tags:?}");
        }
    });
}

#[test]
fn a_door_has_no_tag_and_is_kept_nowhere() {
    run(async {
        let furnished = Furnished::new().await;
        let door = format!("/v1/households/{}/door", furnished.household);
        let shown = furnished.world.coordinator_of_a().get(&door).header("if-none-match", "*").await;
        shown.expect(200);
        assert_eq!((shown.header("etag"), shown.header("cache-control")), ("", "no-store"));
    });
}
