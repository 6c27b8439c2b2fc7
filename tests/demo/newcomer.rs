//! Somebody with nothing but the printed partner credentials.

use std::time::Duration;

use serde_json::{Value, json};

/// They register a household and file a request, and do nothing else: the city's coordinator verifies,
/// and the city's volunteers deliver.
pub(crate) async fn is_served_though_they_only_file(roster: &Value) {
    let url = roster["url"].as_str().unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let credentials = [
        ("grant_type", "client_credentials"),
        ("client_id", roster["client_id"].as_str().unwrap()),
        ("client_secret", roster["client_secret"].as_str().unwrap()),
    ];
    let answer = http.post(format!("{url}/v1/auth/token")).form(&credentials).send().await.unwrap();
    let token = answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned();
    let post = async |path: &str, body: Value| {
        let key = birgemiz::clock::new_id().to_string();
        let call = http.post(format!("{url}{path}")).bearer_auth(&token).header("Idempotency-Key", key);
        let answer = call.json(&body).send().await.unwrap();
        let (status, body) = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
        assert_eq!(status, 201, "{path}: {body}");
        body
    };
    let household = json!({"area_id": roster["areas"][3]["id"], "members": 2, "categories": ["special_needs"],
        "languages": ["ru"], "consent": {"text_version": "1", "language": "ru", "channel": "hotline"},
        "door": {"name": "Newcomer", "street": "Somewhere", "position": {"lat": 43.226, "lon": 76.911}}});
    let household = post("/v1/households", household).await;
    let request = json!({"household_id": household["id"], "kind": "delivery",
        "lines": [{"kit_id": roster["kit_id"], "quantity": 1}]});
    let request = post("/v1/requests", request).await;
    assert_eq!(request["hold"], "new_household");

    let path = format!("{url}/v1/requests/{}", request["id"].as_str().unwrap());
    // Three minutes at the usual pace of 60 are 36 s at this one; the rest is for a slow machine.
    let limit = Duration::from_secs(120);
    let started = birgemiz::clock::instant();
    loop {
        let now: Value = http.get(&path).bearer_auth(&token).send().await.unwrap().json().await.unwrap();
        if now["status"] == "fulfilled" {
            println!("delivered after {:?}", birgemiz::clock::since(started));
            return;
        }
        assert!(birgemiz::clock::since(started) < limit, "after {limit:?} it is only {}", now["status"]);
        // waits for: the city's people, whom a partner app can only ask.
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}
