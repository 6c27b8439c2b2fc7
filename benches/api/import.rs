//! How fast a list of households comes in over HTTP, to its last row's event, beside Postgres' own COPY of the
//! same file into a bare table.

use std::fs::File;
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::Value;

use crate::city::City;
use crate::report::Report;
use crate::server::Server;
use crate::{bare, sheet};

/// The same people in every run.
const SEED: u64 = 2_020;
const PATIENCE: Duration = Duration::from_secs(600);
/// How often it is asked how far the import is.
const ASK_EVERY: Duration = Duration::from_millis(100);

pub(crate) async fn measure(city: &City, server: &Server, rows: u32, report: &mut Report) {
    let path = city.folder.join("households.csv");
    sheet::write(&mut File::create(&path).unwrap(), rows, SEED).unwrap();
    let bare_copy = bare::copy(&city.urls.owner, &path).await;
    let started = Instant::now();
    let ended = import(city, server, std::fs::read(&path).unwrap()).await;
    let took = started.elapsed().as_secs_f64();
    assert_eq!(ended["rows_taken"], rows, "{ended}");
    let per_second = f64::from(rows) / took;
    report.rate("import of households over HTTP, rows", per_second, None);
    let floor = f64::from(rows) / bare_copy;
    report.rate("  plain COPY into a table of text, rows", floor, Some(floor / per_second));
}

async fn import(city: &City, server: &Server, file: Vec<u8>) -> Value {
    let (client, token) = (Client::new(), city.coordinator_token());
    let url = |path: &str| format!("http://{}{path}", server.address);
    let brought = client
        .post(url("/v1/imports?kind=households&verified=true"))
        .bearer_auth(&token)
        .header("content-type", "text/csv")
        .header("idempotency-key", "import")
        .body(file)
        .send()
        .await
        .unwrap();
    assert_eq!(brought.status().as_u16(), 202);
    let id = brought.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = client.get(url(&format!("/v1/imports/{id}"))).bearer_auth(&token).send().await.unwrap();
        let import: Value = answer.json().await.unwrap();
        if import["status"] == "done" {
            return import;
        }
        assert!(import["failure"].is_null() && Instant::now() < deadline, "{import}");
        tokio::time::sleep(ASK_EVERY).await;
    }
}
