//! No answer of any test shows a door to who may not know it: every answer that a test gets is looked at, whatever the
//! test is about. What is looked for is what the household of [`World::household`](super::World::household) is made of.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use reqwest::Method;
use serde_json::Value;

use super::answer::Answer;

/// Of a door, and what a request's note says.
const PRIVATE: [&str; 6] =
    ["Raushan Akhmetova", "77010000001", "Abay Avenue", "150/230", "Knock twice", "The lift is broken"];

/// Who is shown it, by which calls.
const SHOWN: [(&str, Method, &str); 7] = [
    ("coordinator", Method::GET, "/v1/households/{id}/door"),
    ("partner", Method::GET, "/v1/households/{id}/door"),
    ("volunteer", Method::GET, "/v1/claims/{id}/door"),
    ("coordinator", Method::GET, "/v1/exports/households"),
    // Whom to call, and by which number.
    ("coordinator", Method::POST, "/v1/calls/{id}/lock"),
    ("coordinator", Method::POST, "/v1/calls/next"),
    // Whose telephone it is that somebody calls from.
    ("coordinator", Method::POST, "/v1/hotline/intakes"),
];

/// Stops the test when the answer shows what its caller may not know.
pub(super) fn check(method: &Method, path: &str, token: Option<&str>, answer: &Answer) {
    let path = path.split('?').next().unwrap_or_default();
    // The documents and the pages tell of somebody made up.
    if !path.starts_with("/v1/") {
        return;
    }
    let told = format!("{} {:?}", answer.text, answer.headers);
    let Some(mark) = PRIVATE.iter().find(|mark| told.contains(**mark)) else { return };
    let who = role(token);
    let may = SHOWN.iter().any(|(shown, by, template)| {
        *shown == who && by == method && answer.status.is_success() && fits(template, path)
    });
    assert!(may, "{} shows {mark} to a {who}\n{}", answer.call, answer.text);
}

fn fits(template: &str, path: &str) -> bool {
    let mut given = path.split('/');
    template.split('/').all(|part| given.next().is_some_and(|one| part == "{id}" || part == one))
        && given.next().is_none()
}

/// What a token says that its bearer is.
fn role(token: Option<&str>) -> String {
    let payload = token.and_then(|token| token.split('.').nth(1)).and_then(|part| BASE64.decode(part).ok());
    let claims: Value = payload.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or(Value::Null);
    match (&claims["role"], &claims["scope"]) {
        (Value::String(role), _) => role.clone(),
        (_, Value::String(_)) => "partner".to_owned(),
        _ => "nobody".to_owned(),
    }
}
