//! A backup of a private Postgres is brought back into a database that `DATABASE_URL` names, and served from
//! there.

use std::fs;
use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};

use crate::backup::Drill;
use crate::program::{Server, birgemiz, finished};
use crate::support::postgres::TestDatabase;
use crate::support::run;

#[test]
fn a_backup_is_brought_back_into_a_database_that_is_named_and_served_from_there() {
    run(async {
        let drill = Drill::new();
        let mut server = Server::on(&drill.data(), &["--log", "warn"]);
        let (tokens, request, _) = drill.begin(&server).await;
        let path = format!("/v1/requests/{request}");
        let (_, before) = drill.call(&server, Method::GET, &path, &tokens.coordinator, json!({})).await;
        let file = drill.file();
        drill.succeeds(&["backup", file.to_str().unwrap()]);
        assert!(server.stop().success(), "{}", server.log());

        let named = TestDatabase::empty().await;
        let secrets = drill.folder.join("secrets-elsewhere");
        let there = |verb: &[&str]| -> Command {
            let mut command = birgemiz();
            command.args(verb).env("DATABASE_URL", &named.urls.owner).env("BIRGEMIZ_SECRETS_DIR", &secrets);
            command.env("BIRGEMIZ_BACKUP_PASSPHRASE_FILE", drill.folder.join("passphrase"));
            command
        };
        let (code, told, complaint) = finished(&mut there(&["restore", file.to_str().unwrap()]));
        assert_eq!(code, 0, "{told}{complaint}");
        assert_eq!(named.count("SELECT count(*) FROM requests").await, 1);
        assert_eq!(
            fs::read_dir(&secrets).unwrap().count(),
            fs::read_dir(drill.data().join("secrets")).unwrap().count()
        );

        // What is there now is kept, unless its loss is asked for.
        let (code, _, complaint) = finished(&mut there(&["restore", file.to_str().unwrap()]));
        assert!(code == 1 && complaint.contains("tables in it"), "{complaint}");
        named.ask("DELETE FROM claims WHERE false; UPDATE households SET members = 99").await;
        let (code, told, complaint) = finished(&mut there(&["restore", "--replace", file.to_str().unwrap()]));
        assert_eq!(code, 0, "{told}{complaint}");
        assert_eq!(named.count("SELECT count(*) FROM households WHERE members = 99").await, 0);

        let mut serve = there(&["serve", "--listen", "127.0.0.1:0", "--log", "warn"]);
        let server = Server::start(&mut serve);
        assert!(server.link.is_none(), "there is an administrator already");
        let (status, after) = drill.call(&server, Method::GET, &path, &tokens.coordinator, json!({})).await;
        assert_eq!((status, &after), (200, &before), "a token from before opens what it opened before");
        let (code, told, complaint) = finished(there(&["doctor", "--listen", "127.0.0.1:1"]).arg("--json"));
        let told: Value =
            serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}{complaint}"));
        let bad: Vec<_> =
            told["findings"].as_array().unwrap().iter().filter(|one| one["level"] == "fail").collect();
        assert!(code == 0 && bad.is_empty(), "{bad:#?}");

        // While it is served from there it is not lost under it.
        let (code, _, complaint) = finished(&mut there(&["restore", "--replace", file.to_str().unwrap()]));
        assert!(code == 1 && complaint.contains("stop it first"), "{complaint}");
    });
}
