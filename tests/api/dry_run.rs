//! What would become of a call is told by the same rules, and nothing stays.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{World, run};

/// Everything that filing, registering and claiming write.
async fn written(world: &World) -> Vec<Vec<Option<String>>> {
    let tables = [
        "households",
        "household_doors",
        "household_consents",
        "requests",
        "request_lines",
        "request_notes",
        "request_phrases",
        "claims",
        "deliveries",
        "events",
        "idempotency_keys",
    ];
    let counts = tables.map(|table| format!("(SELECT count(*) FROM {table})")).join(", ");
    let sums = "(SELECT sum(version) FROM requests), (SELECT sum(active_claims) FROM volunteers)";
    world.database.ask(&format!("SELECT {counts}, {sums}")).await
}

#[test]
fn a_dry_run_answers_as_if_it_were_meant_and_leaves_nothing() {
    run(async {
        let world = World::new().await;
        let (open, _) = world.open_request().await;
        let household = world.verified_household().await;
        let (partner, volunteer, coordinator) =
            (world.partner_of_a(), world.volunteer_of_a(), world.coordinator_of_a());
        let other = world.seeded.a.volunteers[1].id.to_string();
        for (caller, path, body, secret) in [
            (&partner, "/v1/households".to_owned(), world.household(), ""),
            (&partner, "/v1/requests".to_owned(), world.request(&household), "phrase"),
            (&volunteer, format!("/v1/requests/{open}/claim"), json!({}), ""),
            (&coordinator, format!("/v1/requests/{open}/assign"), json!({"volunteer_id": other}), ""),
        ] {
            let before = written(&world).await;
            let dry = caller.post(&format!("{path}?dry_run=true"), body.clone()).key("k-1").await;
            assert_eq!(written(&world).await, before, "{path}");
            let mut would_be = dry.expect(201);
            assert_eq!((dry.header("dry-run"), dry.header("location")), ("true", ""), "{path}");
            // The key is unused: the real call is no repetition, and gets the same but for what is drawn anew.
            let real = caller.post(&format!("{path}?dry_run=false"), body.clone()).key("k-1").await;
            let mut made = real.expect(201);
            assert_eq!((real.header("idempotent-replayed"), real.header("dry-run")), ("", ""), "{path}");
            if !secret.is_empty() {
                assert!(would_be.get(secret).is_none() && made[secret].is_string(), "{path}");
            }
            for field in [
                "id",
                "phrase",
                "delivery_id",
                "window",
                "lease_until",
                "created_at",
                "updated_at",
                "claimed_at",
            ] {
                for body in [&mut would_be, &mut made] {
                    body.as_object_mut().unwrap().remove(field);
                }
            }
            if path.ends_with("/claim") {
                let release = json!({"fence": 1});
                let claim = real.json()["id"].as_str().unwrap().to_owned();
                volunteer.post(&format!("/v1/claims/{claim}/release"), release).await.expect(200);
            }
            assert_eq!(would_be, made, "{path}");
        }
    });
}

#[test]
fn a_dry_run_is_refused_by_the_same_rules() {
    run(async {
        let world = World::new().await;
        let (claimed, _) = world.open_request().await;
        world.volunteer_of_a().post(&format!("/v1/requests/{claimed}/claim"), json!({})).await.expect(201);
        let household = world.verified_household().await;
        let mut named = world.request(&household);
        named["external_id"] = json!("order-1");
        let partner = world.partner_of_a();
        partner.post("/v1/requests", named.clone()).await.expect(201);
        let before = written(&world).await;
        // By the state of things, by the tables' own constraints, by values, and by rights.
        let claim = format!("/v1/requests/{claimed}/claim?dry_run=true");
        world.second_volunteer_of_a().post(&claim, json!({})).await.refused(409, "already_claimed");
        partner.post("/v1/requests?dry_run=true", named).await.refused(409, "already_exists");
        let mut heavy = world.request(&household);
        heavy["lines"][0]["quantity"] = json!(0);
        partner.post("/v1/requests?dry_run=true", heavy).await.refused(422, "invalid_value");
        let strange = world.partner_of_b().post("/v1/requests?dry_run=true", world.request(&household)).await;
        strange.refused(404, "not_found");
        partner
            .post("/v1/requests?dry_run=perhaps", world.request(&household))
            .await
            .refused(400, "invalid_parameter");
        assert_eq!(written(&world).await, before);
    });
}

#[test]
fn who_only_tries_to_register_is_not_told_how_many_live_there() {
    run(async {
        let world = World::new().await;
        let partner = world.partner_of_a();
        for number in 0..8 {
            let mut household = world.household();
            household["door"]["flat"] = json!(number.to_string());
            partner.post("/v1/households", household).await.expect(201);
        }
        let of_the_area = json!({"lat": 43.25, "lon": 76.9});
        let tried = partner.post("/v1/households?dry_run=true", world.household()).await.expect(201);
        assert_eq!(tried["coarse_point"], of_the_area);
        let many = json!({"households": [world.household()]});
        let tried = partner.post("/v1/households/bulk?dry_run=true", many).await.expect(207);
        assert_eq!(tried["results"][0]["household"]["coarse_point"], of_the_area);
        let meant = partner.post("/v1/households", world.household()).await.expect(201);
        assert_ne!(meant["coarse_point"], of_the_area, "nine live there, which is enough for a smaller cell");
    });
}

#[test]
fn dry_runs_take_nothing_from_who_means_it() {
    run(async {
        let world = World::new().await;
        let (open, _) = world.open_request().await;
        let path = format!("/v1/requests/{open}/claim");
        let volunteer = world.volunteer_of_a();
        let dry = join_all(
            (0..10).map(|_| async { volunteer.post(&format!("{path}?dry_run=true"), json!({})).await }),
        );
        let answers = dry.await;
        for answer in &answers {
            // One after the other, as claims of one volunteer are; a stampede is told to come back.
            assert!([201, 503].contains(&answer.status.as_u16()), "{}", answer.text);
        }
        world.second_volunteer_of_a().post(&path, json!({})).await.expect(201);
    });
}

#[test]
fn many_are_tried_at_once_each_by_itself() {
    run(async {
        let world = World::new().await;
        let household = world.verified_household().await;
        let partner = world.partner_of_a();
        let mut wrong = world.request(&household);
        wrong["lines"] = json!([]);
        let body = json!({"requests": [world.request(&household), wrong, {"nonsense": 1}]});
        let before = written(&world).await;
        let answer = partner.post("/v1/requests/bulk?dry_run=true", body).await;
        let results = answer.expect(207);
        assert_eq!(answer.header("dry-run"), "true");
        let statuses: Vec<&Value> =
            results["results"].as_array().unwrap().iter().map(|result| &result["status"]).collect();
        assert_eq!(statuses, [201, 422, 400]);
        assert!(results["results"][0]["request"].get("phrase").is_none());
        assert_eq!(written(&world).await, before);
    });
}
