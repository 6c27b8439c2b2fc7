//! Filters tell what fits and nothing else, are refused where they are misspelt, and are found by their indexes.

use std::time::Duration;

use birgemiz::clock;
use serde_json::json;

use super::{household_at, ids, put_on_the_map, request_of};
use crate::support::{World, run};

#[test]
fn a_box_and_a_circle_tell_what_lies_in_them_also_across_the_antimeridian() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let mut made = Vec::new();
        for (lat, lon) in
            [(43.240, 76.890), (43.250, 76.890), (-17.0, 179.95), (-17.0, -179.95), (89.9, 10.0)]
        {
            let (household, _) = household_at(&world, 43.238949, 76.889709).await;
            let request = request_of(&world.partner_of_a(), &world, &household).await;
            put_on_the_map(&world, &household, lat, lon).await;
            made.push((household, request));
        }
        for (query, expected) in [
            ("bbox=76.8,43.2,77,43.3", vec![0, 1]),
            ("bbox=76.8,43.2,77,43.245", vec![0]),
            ("bbox=76.89,43.24,76.89,43.24", vec![0]),
            ("bbox=179,-18,-179,-16", vec![2, 3]),
            ("bbox=179,-18,180,-16", vec![2]),
            ("bbox=-180,-90,180,90", vec![0, 1, 2, 3, 4]),
            ("bbox=-179,-18,179,-16", vec![]),
            // A hundredth of a degree of latitude is 1,112 m.
            ("near=43.24,76.89&radius_m=1113", vec![0, 1]),
            ("near=43.24,76.89&radius_m=1111", vec![0]),
            ("near=-17,180&radius_m=5400", vec![2, 3]),
            ("near=-17,-180&radius_m=5400", vec![2, 3]),
            ("near=-17,180&radius_m=5300", vec![]),
            ("near=89.9,-170&radius_m=22300", vec![4]),
            ("near=89.9,-170&radius_m=22200", vec![]),
        ] {
            let households = ids(&coordinator.get(&format!("/v1/households?{query}")).await.expect(200));
            let requests = ids(&coordinator.get(&format!("/v1/requests?{query}")).await.expect(200));
            let picked: Vec<_> = expected.iter().map(|place: &usize| &made[*place]).collect();
            assert_eq!(households, picked.iter().map(|one| one.0.clone()).collect::<Vec<_>>(), "{query}");
            assert_eq!(requests, picked.iter().map(|one| one.1.clone()).collect::<Vec<_>>(), "{query}");
        }
        let none = world.coordinator_of_b().get("/v1/households?bbox=-180,-90,180,90").await;
        assert_eq!(ids(&none.expect(200)), Vec::<String>::new(), "what is another's is on nobody's map");
    });
}

#[test]
fn requests_are_narrowed_by_their_words_ids_areas_and_campaigns() {
    run(async {
        let world = World::new().await;
        let (coordinator, partner) = (world.coordinator_of_a(), world.partner_of_a());
        let household = world.verified_household().await;
        let first = request_of(&partner, &world, &household).await;
        let mut urgent = world.request(&household);
        urgent["urgency"] = json!("critical");
        let second = partner.post("/v1/requests", urgent).await.expect(201);
        let second = second["id"].as_str().unwrap().to_owned();
        coordinator.post(&format!("/v1/requests/{first}/cancel"), json!({})).await.expect(200);
        let other_campaign = domain::id::CampaignId::new(clock::new_id());
        let (area, campaign) = (world.seeded.area, world.seeded.campaign);
        for (query, expected) in [
            ("status=open,cancelled".to_owned(), vec![&first, &second]),
            ("status=cancelled".to_owned(), vec![&first]),
            ("urgency=critical,high".to_owned(), vec![&second]),
            (format!("id={second}"), vec![&second]),
            (format!("id={second},{first}"), vec![&first, &second]),
            (format!("id={first}&status=open"), vec![]),
            (format!("campaign_id={campaign}"), vec![&first, &second]),
            (format!("campaign_id={other_campaign}"), vec![]),
            (format!("area_id={area}&household_id={household}&limit=1"), vec![&first]),
        ] {
            let found = ids(&coordinator.get(&format!("/v1/requests?{query}")).await.expect(200));
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
            let found = ids(&partner.get(&format!("/v1/requests?{query}")).await.expect(200));
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query} by the partner app");
            let others = world.partner_of_b().get(&format!("/v1/requests?{query}")).await;
            assert_eq!(ids(&others.expect(200)).len(), 0, "{query} by another partner app");
        }
        let hubs = json!({"organisation_id": world.seeded.b.id.to_string(), "area_id": area.to_string(),
            "name": "Warehouse", "address": "Satpaev 90", "position": {"lat": 43.24, "lon": 76.9}});
        let hub = world.administrator_of_a().post("/v1/hubs", hubs).await.expect(201);
        let hub = hub["id"].as_str().unwrap();
        let (a, b) = (world.seeded.a.id, world.seeded.b.id);
        for (query, count) in [
            (format!("organisation_id={b}&campaign_id={campaign}"), 1),
            (format!("organisation_id={a}"), 0),
            (format!("id={hub}&near=43.24,76.9&radius_m=1"), 1),
            ("bbox=76,43,76.8,44".to_owned(), 0),
        ] {
            let found = ids(&coordinator.get(&format!("/v1/hubs?{query}")).await.expect(200));
            assert_eq!(found.len(), count, "{query}");
        }
    });
}

#[test]
fn what_was_changed_since_is_told_also_where_the_change_began_a_little_before() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let household = world.verified_household().await;
        let request = request_of(&world.partner_of_a(), &world, &household).await;
        let volunteers = "/v1/volunteers";
        for (table, list) in
            [("requests", "/v1/requests"), ("households", "/v1/households"), ("volunteers", volunteers)]
        {
            for (began, told) in [("59 seconds", true), ("61 seconds", false)] {
                let since = "2026-11-23T08:00:00Z";
                let sql =
                    format!("UPDATE {table} SET updated_at = timestamptz '{since}' - interval '{began}'");
                world.database.ask(&sql).await;
                let found = ids(&coordinator.get(&format!("{list}?updated_since={since}")).await.expect(200));
                assert_eq!(!found.is_empty(), told, "{list}, begun {began} before");
            }
        }
        // What is done now is told of now, of one thing and not of the other.
        let since = clock::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        coordinator.post(&format!("/v1/requests/{request}/cancel"), json!({})).await.expect(200);
        let found = ids(&coordinator.get(&format!("/v1/requests?updated_since={since}")).await.expect(200));
        assert_eq!(found, [request]);
        let none = coordinator.get(&format!("{volunteers}?updated_since={since}")).await.expect(200);
        assert_eq!(ids(&none).len(), 0);
    });
}

#[test]
fn a_misspelt_filter_is_refused_with_what_may_have_been_meant() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        for (query, code, parameter, hint) in [
            ("statsu=open", "unknown_parameter", "?", "did you mean `status`?"),
            ("colour=red", "unknown_parameter", "?", "this call knows"),
            ("status=opne", "invalid_parameter", "status", "did you mean open?"),
            ("include=houshold", "invalid_parameter", "include", "did you mean household?"),
            ("id=nothing", "invalid_parameter", "id", "ids separated by commas"),
            ("bbox=1,2,3", "invalid_parameter", "bbox", "west,south,east,north"),
            ("near=43.2,76.9", "invalid_parameter", "radius_m", "within how many metres"),
            ("updated_since=yesterday", "invalid_parameter", "updated_since", ""),
        ] {
            let problem = coordinator.get(&format!("/v1/requests?{query}")).await.refused(400, code);
            let flaw = &problem["errors"][0];
            assert_eq!(flaw["parameter"], parameter, "{query}");
            assert!(flaw["detail"].as_str().unwrap().contains(hint), "{query}: {flaw}");
            let written = query.split('=').next_back().unwrap();
            assert!(!flaw.to_string().contains(written), "{query}: what was sent is not repeated");
        }
    });
}

/// Everybody's rows beside a few of our own, so that reading all of them would be the dearer plan.
async fn crowd(world: &World) {
    let (a, area, campaign) =
        (world.seeded.a.id.uuid(), world.seeded.area.uuid(), world.seeded.campaign.uuid());
    let partner = world.seeded.b.partner.uuid();
    let b = world.seeded.b.id.uuid();
    world
        .database
        .ask(&format!(
            "INSERT INTO households (id, organisation_id, area_id, partner_id, status, members, categories, languages, \
                coarse_lat, coarse_lon, created_at, updated_at) \
             SELECT gen_random_uuid(), o.id, '{area}', CASE WHEN o.id = '{b}' AND n % 100 = 0 THEN '{partner}'::uuid END, \
                CASE n % 200 WHEN 0 THEN 'suspended' ELSE 'verified' END, 1, \
                '{{}}', '{{kk}}', 43.0 + (n % 1000) * 0.0004, 76.6 + (n % 997) * 0.0005, now(), \
                now() - n * interval '1 minute' \
             FROM generate_series(1, 20000) n CROSS JOIN (VALUES ('{a}'::uuid), ('{b}'::uuid)) o (id); \
             INSERT INTO requests (id, organisation_id, area_id, campaign_id, household_id, partner_id, kind, status, urgency, \
                skills, languages, weight_g, volume_ml, coarse_lat, coarse_lon, window_start, window_end, created_at, \
                updated_at) \
             SELECT gen_random_uuid(), organisation_id, area_id, '{campaign}', id, partner_id, 'delivery', \
                CASE status WHEN 'suspended' THEN 'cancelled' ELSE 'fulfilled' END, 'normal', '{{}}', '{{kk}}', \
                1, 1, coarse_lat, coarse_lon, now(), now() + interval '1 day', now(), updated_at FROM households; \
             ANALYZE households, requests"
        ))
        .await;
}

#[test]
fn each_filter_is_answered_by_its_index() {
    run(async {
        let world = World::new().await;
        crowd(&world).await;
        let since = (clock::now() - chrono::TimeDelta::minutes(30))
            .to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        for (caller, path, index) in [
            (world.coordinator_of_a(), format!("/v1/requests?updated_since={since}"), "requests_by_update"),
            (
                world.coordinator_of_a(),
                format!("/v1/households?updated_since={since}"),
                "households_by_update",
            ),
            (world.coordinator_of_a(), "/v1/requests?status=cancelled".to_owned(), "requests_by_status"),
            (world.coordinator_of_a(), "/v1/households?status=suspended".to_owned(), "households_by_status"),
            (
                world.coordinator_of_a(),
                "/v1/households?bbox=76.7,43.1,76.701,43.101".to_owned(),
                "households_by_coarse_point",
            ),
            (
                world.coordinator_of_a(),
                "/v1/requests?near=43.1,76.7&radius_m=200".to_owned(),
                "households_by_coarse_point",
            ),
            (world.partner_of_b(), "/v1/requests".to_owned(), "requests_by_partner"),
            (world.partner_of_b(), "/v1/households".to_owned(), "households_by_partner"),
        ] {
            let before = scans(&world, index).await;
            let begun = clock::instant();
            // The server tells what it has counted a little later, and once a session is idle.
            while scans(&world, index).await == before {
                caller.get(&path).await.expect(200);
                assert!(clock::since(begun) < Duration::from_secs(20), "{path} does not use {index}");
            }
        }
    });
}

async fn scans(world: &World, index: &str) -> i64 {
    let sql = format!("SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = '{index}'");
    world.database.count(&sql).await
}
