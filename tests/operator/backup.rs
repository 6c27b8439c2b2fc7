//! The lost-machine drill: save, lose everything, bring it back, and go on as if nothing had been.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};

use crate::program::{Server, birgemiz, finished, passable};
use crate::support::run;

pub(crate) struct Drill {
    pub(crate) folder: PathBuf,
    http: reqwest::Client,
}

/// Somebody who was logged in before everything was lost.
pub(crate) struct Tokens {
    pub(crate) coordinator: String,
    volunteer: String,
    partner: String,
}

impl Drill {
    pub(crate) fn new() -> Self {
        let folder = passable("drill");
        fs::write(folder.join("passphrase"), "a passphrase of some length\n").unwrap();
        Self { folder, http: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join("all.bgz")
    }

    fn verb(&self, verb: &[&str]) -> Command {
        let mut command = birgemiz();
        command.args(verb).env("BIRGEMIZ_BACKUP_PASSPHRASE_FILE", self.folder.join("passphrase"));
        command.env("BIRGEMIZ_SCRATCH_DIR", &self.folder);
        command.env("BIRGEMIZ_DATA_DIR", self.data());
        command
    }

    #[track_caller]
    pub(crate) fn succeeds(&self, verb: &[&str]) -> String {
        let (code, told, complaint) = finished(&mut self.verb(verb));
        assert_eq!(code, 0, "{verb:?}: {told}{complaint}");
        told
    }

    #[track_caller]
    fn fails(&self, verb: &[&str]) -> String {
        let (code, told, complaint) = finished(&mut self.verb(verb));
        assert_eq!(code, 1, "{verb:?}: {told}{complaint}");
        complaint
    }

    pub(crate) async fn call(
        &self,
        server: &Server,
        method: Method,
        path: &str,
        token: &str,
        body: Value,
    ) -> (u16, Value) {
        let mut ask = self.http.request(method.clone(), format!("{}{path}", server.url)).bearer_auth(token);
        if method == Method::POST {
            ask = ask.header("idempotency-key", birgemiz::clock::new_id().to_string()).json(&body);
        }
        let answer = ask.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    async fn post(&self, server: &Server, path: &str, token: &str, body: Value) -> Value {
        let (status, answer) = self.call(server, Method::POST, path, token, body).await;
        assert!(status < 300, "{path}: {status} {answer}");
        answer
    }

    /// From nothing to a volunteer who has claimed a request.
    pub(crate) async fn begin(&self, server: &Server) -> (Tokens, String, String) {
        let setup = server.link.as_deref().unwrap().split_once('#').unwrap().1;
        let body = json!({"token": setup, "organisation_name": "Akimat", "name": "Aigerim",
                          "email": "admin@example.org", "password": "correct horse battery"});
        let admin = text(&self.post(server, "/v1/auth/setup", "", body).await, "access_token");
        let (_, organisations) = self.call(server, Method::GET, "/v1/organisations", &admin, json!({})).await;
        let organisation = find_id(&organisations);
        let made = |path: &'static str, body: Value| self.post(server, path, &admin, body);
        let campaign = text(
            &made("/v1/campaigns", json!({"organisation_id": organisation, "name": "Winter"})).await,
            "id",
        );
        let shape = json!({"type": "Polygon", "coordinates": [[[76.7,43.1],[77.1,43.1],[77.1,43.4],[76.7,43.4],[76.7,43.1]]]});
        let area =
            json!({"campaign_id": campaign, "name": "Almaty", "time_zone": "Asia/Almaty", "geometry": shape});
        let area = text(&made("/v1/areas", area).await, "id");
        let item =
            json!({"campaign_id": campaign, "name": "Flour", "unit": "bag", "weight_kg": 2, "volume_l": 2.8});
        let item = text(&made("/v1/items", item).await, "id");
        let keys = made(
            "/v1/partners",
            json!({"organisation_id": organisation, "campaign_id": campaign,
            "name": "Hotline", "scopes": ["households:write", "requests:write"]}),
        )
        .await;
        let form = [
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", text(&keys, "client_id")),
            ("client_secret", text(&keys, "client_secret")),
        ];
        let asked = self.http.post(format!("{}/v1/auth/token", server.url)).form(&form).send().await.unwrap();
        let partner = text(&asked.json().await.unwrap(), "access_token");
        let user = json!({"organisation_id": organisation, "role": "coordinator", "name": "Dana", "email": "dana@example.org"});
        let user = made("/v1/users", user).await;
        let coordinator = self.by_link(server, &user).await;
        let volunteer = json!({"area_id": area, "name": "Arman", "email": "arman@example.org", "approved": true,
            "transport": "car", "capacity_kg": 100, "capacity_l": 300, "languages": ["kk", "ru"], "radius_m": 9000,
            "base": {"lat": 43.24, "lon": 76.89}});
        let volunteer = self.post(server, "/v1/volunteers", &coordinator, volunteer).await;
        let tokens = Tokens { volunteer: self.by_link(server, &volunteer).await, coordinator, partner };
        let (request, claim) = self.claim(server, &tokens, &area, &item).await;
        (tokens, request, claim)
    }

    async fn claim(&self, server: &Server, tokens: &Tokens, area: &str, item: &str) -> (String, String) {
        let household = json!({"area_id": area, "members": 1, "categories": ["elderly_alone"], "languages": ["kk"],
            "consent": {"text_version": "1", "language": "kk", "channel": "hotline"},
            "door": {"name": "Raushan", "street": "Abay Avenue", "house": "150", "position": {"lat": 43.238949, "lon": 76.889709}}});
        let household = text(&self.post(server, "/v1/households", &tokens.partner, household).await, "id");
        self.post(server, &format!("/v1/households/{household}/verify"), &tokens.coordinator, json!({}))
            .await;
        let request = json!({"household_id": household, "kind": "delivery", "lines": [{"item_id": item, "quantity": 1}]});
        let request = text(&self.post(server, "/v1/requests", &tokens.partner, request).await, "id");
        let claim =
            self.post(server, &format!("/v1/requests/{request}/claim"), &tokens.volunteer, json!({})).await;
        (request, text(&claim, "id"))
    }

    async fn by_link(&self, server: &Server, made: &Value) -> String {
        let token =
            made.to_string().split("/password#").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let body = json!({"token": token, "password": "correct horse battery"});
        text(&self.post(server, "/v1/auth/password", "", body).await, "access_token")
    }
}

#[track_caller]
fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("no {field}: {value}")).to_owned()
}

/// The first id in a list.
fn find_id(list: &Value) -> String {
    let items = list.as_array().or_else(|| list["items"].as_array()).or_else(|| list["data"].as_array());
    text(&items.unwrap_or_else(|| panic!("no list: {list}"))[0], "id")
}

/// Everything that lies in a folder, by path, except logs and what changes by being looked at.
fn modes(folder: &Path) -> Vec<(String, u32)> {
    use std::os::unix::fs::PermissionsExt;
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().permissions().mode() & 0o777)
        })
        .collect();
    found.sort();
    found
}

#[test]
fn after_everything_is_lost_it_is_brought_back_and_goes_on() {
    run(async {
        let drill = Drill::new();
        let mut server = Server::on(&drill.data(), &["--log", "warn"]);
        let (tokens, request, claim) = drill.begin(&server).await;
        let path = format!("/v1/requests/{request}");
        let (_, before) = drill.call(&server, Method::GET, &path, &tokens.coordinator, json!({})).await;
        let secrets = modes(&drill.data().join("secrets"));

        // While the service runs.
        let file = drill.file();
        drill.succeeds(&["backup", file.to_str().unwrap()]);
        assert!(drill.fails(&["backup", file.to_str().unwrap()]).contains("is there already"));
        let told = drill.succeeds(&["backup", "verify", file.to_str().unwrap()]);
        assert!(told.contains("counts") && told.contains("lives replayed"), "{told}");
        let record = fs::read_to_string(drill.folder.join("all.bgz.verified.json")).unwrap();
        let record: Value = serde_json::from_str(&record).unwrap();
        assert!(record["lives_replayed"].as_u64().unwrap() >= 4, "{record}");
        assert_eq!(record["manifest"]["database"]["rows"]["requests"], 1);
        for canary in ["Raushan", "Abay Avenue", "BEGIN"] {
            let bytes = fs::read(&file).unwrap();
            assert!(
                !bytes.windows(canary.len()).any(|found| found == canary.as_bytes()),
                "{canary} in the clear"
            );
        }
        assert!(drill.fails(&["restore", "--replace", file.to_str().unwrap()]).contains("already running"));

        assert!(server.stop().success(), "{}", server.log());
        assert!(
            drill.fails(&["restore", file.to_str().unwrap()]).contains("--replace"),
            "what is there is kept"
        );
        fs::remove_dir_all(drill.data()).unwrap();
        drill.succeeds(&["restore", file.to_str().unwrap()]);
        assert_eq!(modes(&drill.data().join("secrets")), secrets);
        let (code, told, _) = finished(drill.verb(&["doctor", "--listen", "127.0.0.1:1"]).arg("--json"));
        let told: Value = serde_json::from_str(&told).unwrap();
        let bad: Vec<_> =
            told["findings"].as_array().unwrap().iter().filter(|one| one["level"] == "fail").collect();
        assert!(code == 0 && bad.is_empty(), "{bad:#?}");

        let server = Server::on(&drill.data(), &["--log", "warn"]);
        assert!(server.link.is_none(), "there is an administrator already");
        let (status, after) = drill.call(&server, Method::GET, &path, &tokens.coordinator, json!({})).await;
        assert_eq!((status, &after), (200, &before), "a token from before opens what it opened before");
        let door = format!("/v1/claims/{claim}/door?fence=1");
        let (status, door) = drill.call(&server, Method::GET, &door, &tokens.volunteer, json!({})).await;
        assert!(status == 200 && door.to_string().contains("Abay Avenue"), "{status} {door}");
        // What was sealed before is whole, and what happens now is sealed behind it.
        let told = drill.succeeds(&["audit", "verify", "--json"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        assert!(told["is_well"] == true && told["rows"].as_u64().unwrap() > 10, "{told}");
        let released = drill
            .post(&server, &format!("/v1/claims/{claim}/release"), &tokens.volunteer, json!({"fence": 1}))
            .await;
        assert_eq!(released["status"], "open", "{released}");
        // News of the restored deployment reach those who follow the log.
        crate::program::until("the freed request is in the fleet's memory again", || {
            let told = std::net::TcpStream::connect(server.address()).and_then(|mut stream| {
                use std::io::{Read, Write};
                write!(stream, "GET /metrics HTTP/1.0\r\n\r\n")?;
                let mut text = String::new();
                stream.read_to_string(&mut text)?;
                Ok(text)
            });
            told.unwrap().contains("\nbirgemiz_fleet_open_requests 1\n")
        });
    });
}

#[test]
fn a_damaged_backup_or_a_wrong_passphrase_does_not_count_and_touches_nothing() {
    let drill = Drill::new();
    let mut server = Server::on(&drill.data(), &["--log", "warn"]);
    assert!(server.stop().success());
    let file = drill.file();
    drill.succeeds(&["backup", file.to_str().unwrap()]);
    let whole = fs::read(&file).unwrap();

    fs::write(drill.folder.join("passphrase"), "another passphrase of some length").unwrap();
    assert!(drill.fails(&["backup", "verify", file.to_str().unwrap()]).contains("passphrase is another one"));
    let told = drill.fails(&["restore", "--replace", file.to_str().unwrap()]);
    assert!(told.contains("passphrase is another one"), "{told}");
    fs::write(drill.folder.join("passphrase"), "a passphrase of some length").unwrap();

    for (what, bytes) in [
        ("cut", whole[..whole.len() / 2].to_vec()),
        ("changed", {
            let mut bytes = whole.clone();
            bytes[5000] ^= 1;
            bytes
        }),
    ] {
        fs::write(&file, bytes).unwrap();
        let told = drill.fails(&["backup", "verify", file.to_str().unwrap()]);
        assert!(told.contains("is not a whole backup"), "{what}: {told}");
    }
    assert!(!drill.folder.join("all.bgz.verified.json").exists(), "it was recorded as if it counted");
    fs::write(&file, whole).unwrap();
    drill.succeeds(&["backup", "verify", file.to_str().unwrap()]);
    let (code, told, _) = finished(&mut drill.verb(&["doctor", "--listen", "127.0.0.1:1"]));
    assert_eq!(code, 0, "{told}");
}
