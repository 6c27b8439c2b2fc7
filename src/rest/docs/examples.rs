//! How the calls that a client makes first look. What is shown is what a test has sent and was answered
//! (`tests/api/examples.rs`, which writes `examples.json`).

use std::sync::LazyLock;

use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::Operation;

static EXAMPLES: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("examples.json")).unwrap_or_default());

const JSON: &str = "application/json";

/// Shows a request and an answer of an operation, where there are some.
pub(super) fn show(operation: &mut Operation) {
    let Some(example) = operation.operation_id.as_deref().and_then(|name| EXAMPLES.get(name)) else { return };
    if let Some(RefOr::T(body)) = operation.request_body.as_mut()
        && let Some((RefOr::T(content), request)) = body.content.get_mut(JSON).zip(example.get("request"))
    {
        content.example = Some(request.clone());
    }
    let status = example.get("status").map(Value::to_string).unwrap_or_default();
    if let Some(RefOr::T(answer)) = operation.responses.responses.get_mut(&status)
        && let Some((RefOr::T(content), response)) = answer.content.get_mut(JSON).zip(example.get("response"))
    {
        content.example = Some(response.clone());
    }
}
