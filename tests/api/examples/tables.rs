//! Files on their way in and out.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::recorder::{Recorder, text};
use crate::support::World;

const SENT: &str = "external_id,name,phone,lat,lon,members,categories,languages,consent_text,consent_channel\n\
    h-1,Raushan Akhmetova,+77010000041,43.2405,76.8905,1,elderly_alone,kk,2026-11,paper\n\
    h-2,Saule Bekova,+77010000042,43.2407,76.8909,none,elderly_alone,kk,2026-11,paper\n";

pub(super) async fn walk(recorder: &mut Recorder, world: &World) {
    let coordinator = world.coordinator_of_a();
    recorder.table("getImportTemplate", &coordinator, "/v1/imports/templates/households").await;
    let answer = coordinator.call(Method::POST, "/v1/imports?kind=households").bytes("text/csv", SENT).await;
    let told = answer.expect(202);
    recorder.keep("importFile", Some(("text/csv", json!(SENT))), &answer, told.clone());
    let path = format!("/v1/imports/{}", text(&told, "id"));
    while coordinator.get(&path).await.expect(200)["status"] != "done" {
        // waits for: the background loop, which tells nobody but by this answer
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    recorder.get("getImport", &coordinator, &path).await;
    recorder.table("getImportReport", &coordinator, &format!("{path}/report")).await;
    for (name, what) in [
        ("exportHouseholds", "households"),
        ("exportVolunteers", "volunteers"),
        ("exportRequests", "requests"),
    ] {
        recorder.first_row(name, &coordinator, &format!("/v1/exports/{what}")).await;
    }
}
