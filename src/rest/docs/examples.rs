//! How the calls that a client makes first look. What is shown is what a test has sent and was answered
//! (`tests/api/examples.rs`, which writes `examples.json`).

use std::sync::LazyLock;

use serde_json::Value;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, RefOr};

static EXAMPLES: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("examples.json")).unwrap_or_default());

const JSON: &str = "application/json";

/// Shows a request and an answer of an operation, where there are some.
pub(super) fn show(operation: &mut Operation) {
    let Some(example) = operation.operation_id.as_deref().and_then(|name| EXAMPLES.get(name)) else { return };
    let kind = |field: &str| example.get(field).and_then(Value::as_str).unwrap_or(JSON);
    if let Some(RefOr::T(body)) = operation.request_body.as_mut() {
        put(body.content.get_mut(kind("request_type")), example.get("request"));
    }
    let status = example.get("status").map(Value::to_string).unwrap_or_default();
    if let Some(RefOr::T(answer)) = operation.responses.responses.get_mut(&status) {
        put(answer.content.get_mut(kind("response_type")), example.get("response"));
    }
}

fn put(content: Option<&mut RefOr<Content>>, example: Option<&Value>) {
    if let Some((RefOr::T(content), example)) = content.zip(example) {
        content.example = Some(example.clone());
    }
}
