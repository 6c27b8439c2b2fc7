//! The checks of what is shown: to whom a door, a place, a name and a request may be known.

use serde_json::json;

use crate::checks::Beside;
use crate::servers::Bugs;

/// A volunteer gives a claim up and reads its door once more.
pub(crate) async fn doors_of_claims_that_ended(bugs: Bugs) -> Vec<String> {
    let beside = Beside::new(bugs).await;
    let (request, _) = beside.world.open_request().await;
    let claim = beside.claim(&request).await;
    let holder = beside.here(&beside.world.volunteer_of_a());
    let claimed = format!("/v1/claims/{}", claim["id"].as_str().unwrap());
    let door = format!("{claimed}/door?fence={}", claim["fence"]);
    holder.get(&door).await.expect(200);
    let release = json!({"fence": claim["fence"], "reason": "ill"});
    holder.post(&format!("{claimed}/release"), release).await.expect(200);
    match holder.get(&door).await.status.as_u16() {
        409 => Vec::new(),
        status => vec![format!("the door of a released claim was answered {status}")],
    }
}

/// A household is registered, and its place is looked at from afar.
pub(crate) async fn places_that_are_exact(bugs: Bugs) -> Vec<String> {
    let beside = Beside::new(bugs).await;
    let household = beside.world.household();
    let exact = household["door"]["position"].clone();
    let made = beside.here(&beside.world.partner_of_a()).post("/v1/households", household).await.expect(201);
    let seen = &made["coarse_point"];
    let apart = |axis: &str| (seen[axis].as_f64().unwrap() - exact[axis].as_f64().unwrap()).abs();
    if apart("lat") < 0.000_3 && apart("lon") < 0.000_3 {
        vec![format!("the coarse point {seen} is the door")]
    } else {
        Vec::new()
    }
}

/// A household is registered, and the log is looked through.
pub(crate) async fn names_in_the_log(bugs: Bugs) -> Vec<String> {
    let beside = Beside::new(bugs).await;
    let mut household = beside.world.household();
    household["door"]["name"] = json!("Qanatbek Zhumabaev");
    beside.here(&beside.world.partner_of_a()).post("/v1/households", household).await.expect(201);
    let log = beside.log();
    log.lines().filter(|line| line.contains("Qanatbek")).map(|line| format!("the log says: {line}")).collect()
}

/// Somebody who is kept apart from a household looks at its open request.
pub(crate) async fn requests_of_who_is_kept_apart(bugs: Bugs) -> Vec<String> {
    let beside = Beside::new(bugs).await;
    let world = &beside.world;
    let (request, _) = world.open_request().await;
    let path = format!("/v1/requests/{request}");
    let volunteer = beside.here(&world.volunteer_of_a());
    let seen = volunteer.get(&path).await.expect(200);
    let apart = json!({"household_id": seen["household_id"], "reason": "they quarrelled"});
    let block = format!("/v1/volunteers/{}/blocks", world.seeded.a.volunteers[0].id);
    let kept = world.coordinator_of_a().post(&block, apart).await;
    assert!(kept.status.is_success(), "{}", kept.text);
    match volunteer.get(&path).await.status.as_u16() {
        404 => Vec::new(),
        status => {
            vec![format!("a request of a household that they are kept apart from was answered {status}")]
        }
    }
}
