//! Plans: computed for an area, changed by its coordinators, carried out at once; what changed meanwhile is named.

use serde_json::{Value, json};

use crate::support::{Caller, World, run};

async fn planned(world: &World, wish: Value) -> Value {
    let mut body = json!({"area_id": world.seeded.area.to_string()});
    body.as_object_mut().unwrap().extend(wish.as_object().unwrap().clone());
    world.coordinator_of_a().post("/v1/plans", body).await.expect(201)
}

/// Who does what: request and volunteer.
fn tasks(plan: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let lists = plan["lists"].as_array().unwrap().iter();
    let tasks = lists.flat_map(|list| {
        let tasks = list["tasks"].as_array().unwrap().iter();
        tasks.map(move |task| (text(&task["request_id"]), text(&list["volunteer_id"])))
    });
    tasks.collect()
}

fn path(plan: &Value) -> String {
    format!("/v1/plans/{}", plan["id"].as_str().unwrap())
}

async fn edit(coordinator: &Caller, plan: &Value, edits: Value) -> Value {
    coordinator.post(&format!("{}/edits", path(plan)), json!({"edits": edits})).await.expect(200)
}

#[test]
fn a_plan_gives_everything_open_to_those_who_may_and_is_carried_out_once() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let mut requests = Vec::new();
        for _ in 0..3 {
            requests.push(world.open_request().await.0);
        }
        let plan = planned(&world, json!({})).await;
        assert_eq!((&plan["status"], &plan["version"]), (&json!("proposed"), &json!(1)));
        let mut given: Vec<String> = tasks(&plan).into_iter().map(|(request, _)| request).collect();
        given.sort();
        requests.sort();
        assert_eq!(given, requests);
        assert_eq!(plan["gap"]["millionths"], 0, "a cheapest one");
        assert_eq!(plan["gap"]["scope"], "everyone");
        assert_eq!((&plan["before"]["waiting"], &plan["after"]["waiting"]), (&json!(3), &json!(0)));
        assert_eq!(
            plan["totals"]["most_tasks"], 1,
            "a second task of one would cost more than another's first"
        );
        let open = "SELECT count(*) FROM requests WHERE status = 'open'";
        assert_eq!(world.database.count(open).await, 3, "nothing has happened yet");

        let committed = coordinator.post(&format!("{}/commit", path(&plan)), json!({})).await.expect(200);
        assert_eq!(committed["status"], "committed");
        assert_eq!(committed["outcome"]["skipped"], json!([]));
        let assigned = committed["outcome"]["assigned"].as_array().unwrap();
        assert_eq!(assigned.len(), 3);
        for task in assigned {
            let claim = coordinator.get(&format!("/v1/claims/{}", task["claim_id"].as_str().unwrap())).await;
            let claim = claim.expect(200);
            assert_eq!(
                (&claim["request_id"], &claim["source"]),
                (&task["request_id"], &json!("coordinator"))
            );
            assert_eq!(claim["volunteer_id"], task["volunteer_id"]);
        }
        assert_eq!(world.database.count(open).await, 0);
        let again = coordinator.post(&format!("{}/commit", path(&plan)), json!({})).await;
        again.refused(409, "wrong_state");
        let late = json!({"edits": [{"edit": "drop", "request_id": requests[0]}]});
        coordinator.post(&format!("{}/edits", path(&plan)), late).await.refused(409, "wrong_state");
        assert_eq!(coordinator.get(&path(&plan)).await.expect(200)["outcome"], committed["outcome"]);
        let listed = coordinator.get("/v1/plans").await.expect(200);
        assert_eq!((listed["data"].as_array().unwrap().len(), &listed["data"][0]["id"]), (1, &plan["id"]));
        let told = coordinator.get("/v1/events?type=plan.*").await.expect(200);
        let kinds: Vec<&str> =
            told["data"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["plan.made", "plan.committed"]);
    });
}

#[test]
fn what_is_wanted_otherwise_is_settled_again_and_may_be_taken_back() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let (first, second) = (world.open_request().await.0, world.open_request().await.0);
        let plan = planned(&world, json!({"policy": {"most_each": 1}})).await;
        let before = tasks(&plan);
        let its = |tasks: &[(String, String)], request: &str| {
            tasks.iter().find(|(known, _)| known == request).map(|(_, volunteer)| volunteer.clone())
        };
        let chosen = its(&before, &first).unwrap();
        let forbid = json!([{"edit": "forbid", "request_id": first, "volunteer_id": chosen},
                            {"edit": "drop", "request_id": second}]);
        let changed = edit(&coordinator, &plan, forbid.clone()).await;
        assert_eq!(changed["version"], 2);
        assert!(its(&tasks(&changed), &first).is_some_and(|other| other != chosen));
        assert_eq!(changed["left_over"][0]["request_id"].as_str(), Some(second.as_str()));
        assert_eq!(changed["left_over"][0]["why"], "dropped");
        assert_eq!(changed["edits"], forbid);
        let back = json!([{"edit": "allow", "request_id": first, "volunteer_id": chosen},
                          {"edit": "restore", "request_id": second},
                          {"edit": "lock", "request_id": second, "volunteer_id": chosen}]);
        let locked = edit(&coordinator, &plan, back).await;
        assert_eq!(its(&tasks(&locked), &second).as_ref(), Some(&chosen));
        assert!(its(&tasks(&locked), &first).is_some_and(|other| other != chosen), "they have room for one");
        let nonsense = json!({"edits": [{"edit": "unlock", "request_id": second},
            {"edit": "lock", "request_id": "req_01jd9x0q3vfhz8w2k5m7n6t4ra", "volunteer_id": chosen}]});
        let refused = coordinator.post(&format!("{}/edits", path(&plan)), nonsense).await;
        assert_eq!(refused.refused(422, "invalid_value")["errors"][0]["pointer"], "/edits/1");
        let kept = coordinator.get(&path(&plan)).await.expect(200);
        assert_eq!((&kept["version"], &kept["edits"]), (&json!(3), &locked["edits"]), "all edits or none");
    });
}

#[test]
fn what_changed_since_is_left_as_it_is_and_named_and_the_rest_is_done() {
    run(async {
        let world = World::new().await;
        let coordinator = world.coordinator_of_a();
        let mut requests = Vec::new();
        for _ in 0..4 {
            requests.push(world.open_request().await.0);
        }
        let plan = planned(&world, json!({"policy": {"most_each": 1}})).await;
        let before = tasks(&plan);
        assert_eq!(before.len(), 4);
        // One is claimed by somebody else meanwhile, one is called off, and somebody is suspended.
        let (taken, own) = &before[0];
        let other = world.volunteer_of_a();
        let claimed = other.post(&format!("/v1/requests/{taken}/claim"), json!({})).await.expect(201);
        let holder = claimed["volunteer_id"].as_str().unwrap().to_owned();
        let code = if holder == *own { "already_yours" } else { "already_claimed" };
        let (off, _) = &before[1];
        let reason = json!({"reason": "they have it"});
        coordinator.post(&format!("/v1/requests/{off}/cancel"), reason.clone()).await.expect(200);
        let (_, gone) = before.iter().skip(2).find(|(_, volunteer)| *volunteer != holder).unwrap();
        let ours = [0, 1].map(|n| world.seeded.a.volunteers[n].id.to_string()).contains(gone);
        let by = if ours { world.coordinator_of_a() } else { world.coordinator_of_b() };
        by.post(&format!("/v1/volunteers/{gone}/suspend"), reason).await.expect(200);

        let committed = coordinator.post(&format!("{}/commit", path(&plan)), json!({})).await.expect(200);
        let skipped = committed["outcome"]["skipped"].as_array().unwrap();
        let why = |request: &str| {
            let found = skipped.iter().find(|task| task["request_id"] == request);
            found.and_then(|task| task["code"].as_str()).map(str::to_owned)
        };
        assert_eq!(why(taken).as_deref(), Some(code));
        assert_eq!(why(off).as_deref(), Some("not_open"));
        let (request, _) = before.iter().find(|(_, volunteer)| volunteer == gone).unwrap();
        assert_eq!(why(request).as_deref(), Some("not_eligible"));
        assert_eq!(committed["outcome"]["assigned"].as_array().unwrap().len() + skipped.len(), 4);
        let active = "SELECT count(*) FROM claims WHERE status = 'active'";
        let assigned = committed["outcome"]["assigned"].as_array().unwrap().len();
        assert_eq!(world.database.count(active).await, i64::try_from(assigned).unwrap() + 1);
    });
}

#[test]
fn a_plan_is_its_organisations_coordinators_alone_and_a_stale_one_is_not_carried_out() {
    run(async {
        let world = World::new().await;
        let (request, _) = world.open_request().await;
        let plan = planned(&world, json!({})).await;
        let (path, body) = (path(&plan), json!({}));
        for stranger in [world.coordinator_of_b()] {
            stranger.get(&path).await.refused(404, "not_found");
            stranger.post(&format!("{path}/commit"), body.clone()).await.refused(404, "not_found");
            assert_eq!(stranger.get("/v1/plans").await.expect(200)["data"], json!([]));
        }
        for other in [world.volunteer_of_a(), world.partner_of_a(), world.administrator_of_a()] {
            other.get(&path).await.refused(403, "forbidden");
        }
        let coordinator = world.coordinator_of_a();
        edit(&coordinator, &plan, json!([{"edit": "drop", "request_id": request}])).await;
        let stale =
            coordinator.post(&format!("{path}/commit"), body.clone()).header("if-match", "\"1\"").await;
        stale.refused(412, "version_mismatch");
        coordinator.post(&format!("{path}/commit"), body).header("if-match", "\"2\"").await.expect(200);
        let nowhere = json!({"area_id": "area_01jd9x0q3vfhz8w2k5m7n6t4ra"});
        let refused = coordinator.post("/v1/plans", nowhere).await.refused(422, "invalid_value");
        assert_eq!(refused["errors"][0]["pointer"], "/area_id");
        let wild = json!({"area_id": world.seeded.area.to_string(), "policy": {"most_each": 0}});
        let refused = coordinator.post("/v1/plans", wild).await.refused(422, "invalid_value");
        assert_eq!(refused["errors"][0]["pointer"], "/policy/most_each");
    });
}
