//! What `contrib/` promises: that its dashboard and alerts watch metrics which a running service really
//! exports, and that its unit is one systemd understands.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::program::{Server, now, passable};
use crate::support::run;

fn contrib(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib").join(name)
}

/// The metrics that a text names, as it names them.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("birgemiz_")).map(str::to_owned).collect()
}

fn exported(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split(['{', ' ']).next()).map(str::to_owned).collect()
}

#[test]
fn every_metric_of_dashboard_and_alerts_is_exported_by_a_running_service() {
    run(async {
        let alerts = std::fs::read_to_string(contrib("alerts.yml")).unwrap();
        let expressions: String = alerts
            .lines()
            .filter(|line| line.trim_start().starts_with("expr:"))
            .collect::<Vec<_>>()
            .join("\n");
        let dashboard: Value =
            serde_json::from_str(&std::fs::read_to_string(contrib("grafana-dashboard.json")).unwrap())
                .unwrap();
        let panels = dashboard["panels"].as_array().unwrap();
        let shown: String = panels
            .iter()
            .flat_map(|panel| panel["targets"].as_array().unwrap())
            .map(|target| format!("{}\n", target["expr"].as_str().unwrap()))
            .collect();
        let (watched, shown) = (named(&expressions), named(&shown));
        assert!(watched.len() >= 15 && shown.len() >= 20, "{} {}", watched.len(), shown.len());

        let server = Server::on(&passable("contrib").join("data"), &["--log", "warn"]);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        assert_eq!(http.get(format!("{}/v1/me", server.url)).send().await.unwrap().status(), 401);
        let began = now();
        loop {
            let text =
                http.get(format!("{}/metrics", server.url)).send().await.unwrap().text().await.unwrap();
            let exported = exported(&text);
            let missing: Vec<_> = watched.union(&shown).filter(|name| !exported.contains(*name)).collect();
            if missing.is_empty() {
                assert!(text.contains("birgemiz_refusals_total{code=\"unauthenticated\"} 1"), "{text}");
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "nobody exports {missing:?}");
        }
    });
}

#[test]
fn the_unit_is_one_that_systemd_understands() {
    let unit = std::fs::read_to_string(contrib("birgemiz.service")).unwrap();
    // The program is not installed here; everything else is to be judged.
    let unit =
        unit.replace("/usr/local/bin/birgemiz", "/bin/true").replace("User=birgemiz\nGroup=birgemiz\n", "");
    let file = passable("unit").join("birgemiz.service");
    std::fs::write(&file, unit).unwrap();
    let verified = match Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&file).output() {
        Ok(verified) => verified,
        Err(error) => {
            println!("SKIPPED: systemd-analyze is not here ({error}); the unit was not verified");
            return;
        }
    };
    let complaint = String::from_utf8_lossy(&verified.stderr);
    let about_ours: Vec<_> = complaint.lines().filter(|line| line.contains("birgemiz.service")).collect();
    assert!(verified.status.success() && about_ours.is_empty(), "{complaint}");
}
