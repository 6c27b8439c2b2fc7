//! Keeps of each operation one call and its answer, and looks meanwhile at what every answer must have: its quotas, and
//! in a repetition that it is one.

use birgemiz::clock;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::steady::Steady;
use crate::support::{Answer, Caller};

const JSON: &str = "application/json";

/// POSTs of people and partner apps that take no key.
const KEYLESS: [&str; 4] =
    ["/v1/positions", "/v1/auth/step-up", "/v1/me/authenticator", "/v1/me/authenticator/confirm"];

/// Calls, and what they were answered, by the names of their operations.
pub(super) struct Recorder {
    steady: Steady,
    pub(super) all: Map<String, Value>,
}

impl Recorder {
    pub(super) fn new() -> Self {
        Self { steady: Steady::since(clock::now()), all: Map::new() }
    }

    /// Reads something.
    pub(super) async fn get(&mut self, name: &str, caller: &Caller, path: &str) -> Value {
        let answer = caller.get(path).await;
        let told = answer.expect(200);
        self.keep(name, None, &answer, told.clone());
        told
    }

    /// Reads a list, and shows of it the one entry that names this: others come as they come.
    pub(super) async fn one_of(&mut self, name: &str, caller: &Caller, path: &str, shown: &str) {
        self.only(name, caller, path, ("data", shown)).await;
    }

    /// The same, where the list is called something else.
    pub(super) async fn only(
        &mut self,
        name: &str,
        caller: &Caller,
        path: &str,
        (list, shown): (&str, &str),
    ) {
        let answer = caller.get(path).await;
        let mut told = answer.expect(200);
        let entries =
            told[list].as_array_mut().unwrap_or_else(|| panic!("{name} has no {list}: {}", answer.text));
        entries.retain(|entry| entry.to_string().contains(shown));
        assert_eq!(entries.len(), 1, "{name}: {}", answer.text);
        self.keep(name, None, &answer, told);
    }

    /// Reads a table.
    pub(super) async fn table(&mut self, name: &str, caller: &Caller, path: &str) {
        let answer = caller.get(path).await;
        assert_eq!(answer.status.as_u16(), 200, "{name}: {}", answer.text);
        self.keep(name, None, &answer, json!(answer.text));
    }

    /// Reads a table, and shows its header and the row that comes first by what is steady of it.
    pub(super) async fn first_row(&mut self, name: &str, caller: &Caller, path: &str) {
        let answer = caller.get(path).await;
        assert_eq!(answer.status.as_u16(), 200, "{name}: {}", answer.text);
        let mut lines = answer.text.split_inclusive('\n');
        let (header, rows) = (lines.next().unwrap(), lines.next());
        let row = rows.unwrap_or_else(|| panic!("{name} has no row"));
        self.keep(name, None, &answer, json!(format!("{header}{row}")));
    }

    /// Does something. A POST that takes a key is sent twice.
    pub(super) async fn send(
        &mut self,
        name: &str,
        caller: &Caller,
        call: (Method, &str),
        body: Value,
    ) -> Value {
        let (method, path) = call;
        let is_keyed = method == Method::POST && caller.token().is_some() && !KEYLESS.contains(&path);
        let key = clock::new_id().to_string();
        let ask = || {
            let ask = caller.call(method.clone(), path).json(body.clone());
            if is_keyed { ask.key(&key) } else { ask }
        };
        let answer = ask().await;
        assert!(answer.status.is_success(), "{name}: {}", answer.text);
        if is_keyed {
            let again = ask().await;
            assert_eq!(again.status, answer.status, "{name}: {}", again.text);
            // Of many things each has a key of its own.
            assert!(answer.status.as_u16() == 207 || again.header("idempotent-replayed") == "true", "{name}");
        }
        // An act that takes nothing needs no body.
        let sent = (body != json!({})).then_some((JSON, body));
        let told = answer.json();
        self.keep(name, sent, &answer, told.clone());
        told
    }

    pub(super) async fn post(&mut self, name: &str, caller: &Caller, path: &str, body: Value) -> Value {
        self.send(name, caller, (Method::POST, path), body).await
    }

    /// What was sent and answered, in whatever form.
    pub(super) fn keep(&mut self, name: &str, sent: Option<(&str, Value)>, answer: &Answer, told: Value) {
        assert!(
            !answer.header("ratelimit").is_empty() && !answer.header("ratelimit-policy").is_empty(),
            "{name}"
        );
        let mut example = json!({"status": answer.status.as_u16()});
        if let Some((kind, body)) = sent {
            example["request"] = self.steady.value(&body);
            if kind != JSON {
                example["request_type"] = json!(kind);
            }
        }
        if !told.is_null() {
            example["response"] = self.steady.value(&told);
            let kind = answer.header("content-type");
            if kind != JSON {
                example["response_type"] = json!(kind);
            }
        }
        assert!(self.all.insert(name.to_owned(), example).is_none(), "{name} is recorded twice");
    }
}

/// A text of a body.
pub(super) fn text(of: &Value, field: &str) -> String {
    of[field].as_str().unwrap_or_else(|| panic!("no {field} in {of}")).to_owned()
}
