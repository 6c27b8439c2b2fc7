//! What is another at each run, made the same: ids, times, secrets, cursors and places in the machine.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

/// When an example begins.
const MOMENT: &str = "2026-11-23T09:00:00Z";

/// How exactly times are told, in minutes: no walk takes as long.
const STEP_MIN: i64 = 10;

/// Letters of an id behind its kind.
const ID: usize = 26;

/// What is shown of fields that are secrets, or good for one walk alone.
const SHOWN: [(&str, &str); 16] = [
    ("access_token", "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl"),
    ("authenticator_code", "492039"),
    ("authenticator_secret", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
    (
        "authenticator_url",
        "otpauth://totp/Birgemiz:coordinator%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Birgemiz",
    ),
    ("client_secret", "bps_9fJ2vQm4Xc7TzL1sWk8RbY3nHd6PgA0u"),
    ("code", "7K3QF9XW2M"),
    ("cursor", "AZOWq1x0fEyde9Jkq2bN1gHE8dQ3mC5rVtYxWzA7uKs"),
    ("invitation_code", "7K3QF9XW2M"),
    ("next_cursor", "AZOWq1x0fEyde9Jkq2bN1gHE8dQ3mC5rVtYxWzA7uKs"),
    ("password", "correct horse battery staple"),
    ("password_link", "https://birgemiz.example.org/password#bol_4tHc8sVw2mQzX6kP9rJd1bNf5yLg3aEu"),
    ("phrase", "042917"),
    ("refresh_token", "brt_6pYk2dVx9sLmQ4wZ7hTc1rNb8fJg5aEu"),
    ("request_id", "0193c5a8-7d1e-7c44-9d7b-2f3a51c0e6aa"),
    ("secret", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
    ("token", "bol_4tHc8sVw2mQzX6kP9rJd1bNf5yLg3aEu"),
];

/// For how long somebody has waited: nobody waits long on a walk.
const WAITS: [&str; 3] = ["median_s", "p90_s", "longest_s"];

/// Makes what is different each time the same.
pub(super) struct Steady {
    begun: DateTime<Utc>,
    ids: BTreeMap<String, String>,
}

impl Steady {
    pub(super) fn since(begun: DateTime<Utc>) -> Self {
        Self { begun, ids: BTreeMap::new() }
    }

    pub(super) fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(all) => all.iter().map(|one| self.value(one)).collect(),
            Value::Object(fields) => {
                let steady = |(name, value): (&String, &Value)| (name.clone(), self.field(name, value));
                Value::Object(fields.iter().map(steady).collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn field(&mut self, name: &str, value: &Value) -> Value {
        match SHOWN.iter().find(|(secret, _)| *secret == name) {
            Some((_, shown)) if value.as_str().is_some_and(|value| is_secret(name, value)) => json!(shown),
            _ if name == "recovery_codes" => json!(["k3f9x-2mz7q", "08wvd-c5rtj"]),
            _ if name == "duration_ms" => json!(42),
            // How likely somebody accepts is another at each hour of the day.
            _ if name == "chance_percent" && value.is_u64() => json!(23),
            _ if WAITS.contains(&name) && value.is_u64() => json!(5_400),
            _ => self.value(value),
        }
    }

    /// A text of one line or of many: a table's cells are made steady one by one.
    pub(super) fn text(&mut self, text: &str) -> String {
        if text.contains('\n') {
            let cells =
                |line: &str| line.split(',').map(|cell| self.text(cell)).collect::<Vec<_>>().join(",");
            return text.trim_start_matches('\u{feff}').split('\n').map(cells).collect::<Vec<_>>().join("\n");
        }
        if let Ok(at) = text.parse::<DateTime<Utc>>() {
            return self.time(at);
        }
        // Whose address was made from their id.
        if text.ends_with("@example.org") && text.len() > "00000000-0000-0000-0000-000000000000".len() {
            return "marat@example.org".to_owned();
        }
        if text.starts_with("http://127.0.0.1:") {
            return "https://hotline.example.org/birgemiz".to_owned();
        }
        self.ids_in(text)
    }

    /// As long after the moment as it was after the walk began.
    fn time(&self, at: DateTime<Utc>) -> String {
        let step = 60 * STEP_MIN;
        let after = (at - self.begun).num_seconds() + step / 2;
        let at = MOMENT.parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(after.div_euclid(step) * step);
        at.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    fn ids_in(&mut self, text: &str) -> String {
        let Some(at) = text.find('_').filter(|at| text.len() > at + ID) else { return text.to_owned() };
        let is_letter = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit();
        let (head, rest) = text.split_at(at + 1);
        if !rest.is_char_boundary(ID) || !rest.bytes().take(ID).all(is_letter) {
            return format!("{head}{}", self.ids_in(rest));
        }
        let (id, rest) = rest.split_at(ID);
        let number = self.ids.len();
        let steady =
            self.ids.entry(id.to_owned()).or_insert_with(|| format!("01jd9x0q3vfhz8w2k5m7n6t{number:03}"));
        let head = format!("{head}{steady}");
        format!("{head}{}", self.ids_in(rest))
    }
}

/// Two names stand for something else as well: a call's id beside a request's, an invitation's code beside a problem's.
fn is_secret(name: &str, value: &str) -> bool {
    match name {
        "request_id" => !value.starts_with("req_"),
        "code" => !value.bytes().any(|letter| letter.is_ascii_lowercase()),
        _ => true,
    }
}

#[test]
fn what_differs_between_two_runs_is_told_alike() {
    let begun: DateTime<Utc> = "2026-11-20T17:12:45.123Z".parse().unwrap();
    let mut steady = Steady::since(begun);
    let told = steady.value(&json!({
        "id": "req_01jcx7k2m9f3wq8r5t6v4b1n0z",
        "next": "/v1/things/req_01jcx7k2m9f3wq8r5t6v4b1n0z?limit=1",
        "created_at": "2026-11-20T17:13:50.1Z",
        "lease_until": "2026-11-20T19:13:51Z",
        "code": "SECRET",
        "errors": [{"code": "invalid_value", "request_id": "req_01jcx7k2m9f3wq8r5t6v4b1n0z"}],
        "name": "a_b"
    }));
    let id = "req_01jd9x0q3vfhz8w2k5m7n6t000";
    assert_eq!(
        told,
        json!({
            "id": id,
            "next": format!("/v1/things/{id}?limit=1"),
            "created_at": "2026-11-23T09:00:00Z",
            "lease_until": "2026-11-23T11:00:00Z",
            "code": "7K3QF9XW2M",
            "errors": [{"code": "invalid_value", "request_id": id}],
            "name": "a_b"
        })
    );
    assert_eq!(
        steady.text("\u{feff}id,at\nreq_01jcx7k2m9f3wq8r5t6v4b1n0z,2026-11-20T17:12:45Z\n"),
        format!("id,at\n{id},2026-11-23T09:00:00Z\n")
    );
}
