//! Holds each answer against the OpenAPI document: is the operation in it, is the status, is the
//! media type, and does the body have the shape that it promises.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};

use super::answer::Answer;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(birgemiz::rest::docs::document()).unwrap());

/// Stops the test when the answer breaks the contract.
pub(super) fn check(method: &Method, path: &str, on_contract: bool, answer: &Answer) {
    let broken = |what: &str| panic!("{} breaks the contract: {what}\n{}", answer.call, answer.text);
    let status = answer.status.as_u16();
    let media_type = answer.header("content-type");
    if answer.header("x-request-id").is_empty() {
        broken("an answer without X-Request-Id");
    }
    let operation = operation(method, path);
    if status >= 400 {
        if media_type != "application/problem+json" {
            broken("a refusal that is no application/problem+json");
        }
        hold(&json!({"$ref": "#/components/schemas/ProblemBody"}), answer);
        let problem = answer.json();
        if problem["type"] != format!("/docs/errors/{}", problem["code"].as_str().unwrap_or_default()) {
            broken("a problem that does not lead to its page");
        }
    }
    let Some((template, operation)) = operation else {
        if on_contract {
            broken("the document has no such operation");
        }
        return;
    };
    let Some(declared) = operation["responses"].get(status.to_string()) else {
        return broken(&format!("{template} does not declare status {status}"));
    };
    let declared = match declared.get("$ref").and_then(Value::as_str) {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap(),
        None => declared,
    };
    hold_headers(declared, answer, &broken);
    match declared.get("content").and_then(Value::as_object) {
        None if answer.text.is_empty() => {}
        None => broken("a body where the document has none"),
        Some(content) => match content.get(media_type) {
            None => broken(&format!("it answers {media_type}, the document says otherwise")),
            Some(content) if media_type.ends_with("json") => hold(&content["schema"], answer),
            Some(_) => {}
        },
    }
}

/// What HTTP, browsers and the machinery between need, which is nothing of the contract's.
const OF_HTTP: [&str; 10] = [
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "referrer-policy",
    "transfer-encoding",
    "vary",
    "x-accel-buffering",
];

/// Browsers are told these with everything.
const OF_BROWSERS: [&str; 2] = ["x-content-type-options", "x-frame-options"];

/// Every header that came is declared, is what it is declared to be, and none is missing that always comes.
fn hold_headers(declared: &Value, answer: &Answer, broken: &impl Fn(&str)) {
    let none = serde_json::Map::new();
    let declared = declared.get("headers").and_then(Value::as_object).unwrap_or(&none);
    let known: HashMap<String, &Value> = declared
        .iter()
        .map(|(name, header)| {
            (
                name.to_lowercase(),
                DOCUMENT.pointer(header["$ref"].as_str().unwrap().trim_start_matches('#')).unwrap(),
            )
        })
        .collect();
    for name in answer.headers.keys().map(reqwest::header::HeaderName::as_str) {
        if OF_HTTP.contains(&name) || OF_BROWSERS.contains(&name) {
            continue;
        }
        let Some(header) = known.get(name) else { return broken(&format!("{name} is not declared")) };
        let value = answer.header(name);
        let fits = match header["schema"]["type"].as_str() {
            Some("integer") => value.parse::<u64>().is_ok(),
            Some("boolean") => value == "true",
            _ => !value.is_empty(),
        };
        if !fits {
            broken(&format!("{name} is not as it is declared"));
        }
    }
    for (name, header) in known {
        if header["required"] == true && answer.header(&name).is_empty() {
            broken(&format!("{name} is missing"));
        }
    }
    let status = answer.status.as_u16();
    if matches!(status, 429 | 503) && answer.header("retry-after").is_empty() {
        broken("it does not say when to come again");
    }
    if matches!(status, 201 | 202)
        && answer.header("location").is_empty()
        && answer.header("dry-run").is_empty()
    {
        broken("it does not say where the thing is");
    }
}

/// The operation of a concrete path, with its template.
fn operation(method: &Method, path: &str) -> Option<(&'static str, &'static Value)> {
    let path = path.split('?').next().unwrap_or_default();
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let mut found: Vec<_> = paths.iter().filter(|(template, _)| fits(template, path)).collect();
    // A fixed path wins over one with a parameter: /v1/requests/summary over /v1/requests/{id}.
    found.sort_by_key(|(template, _)| template.matches('{').count());
    let (template, operations) = found.first()?;
    let operation = operations.get(method.as_str().to_lowercase())?;
    Some((template, operation))
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(known, given)| known.starts_with('{') || known == given)
}

fn hold(schema: &Value, answer: &Answer) {
    static VALIDATORS: LazyLock<Mutex<HashMap<String, &'static Validator>>> = LazyLock::new(Mutex::default);
    let validator = *VALIDATORS
        .lock()
        .unwrap()
        .entry(schema.to_string())
        .or_insert_with(|| Box::leak(Box::new(validator(schema))));
    let body = answer.json();
    let errors: Vec<String> =
        validator.iter_errors(&body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(
        errors.is_empty(),
        "{} breaks the contract:\n{}\n{}",
        answer.call,
        errors.join("\n"),
        answer.text
    );
}

/// The schema with what it refers to. A field that the document does not know breaks it too.
fn validator(schema: &Value) -> Validator {
    let mut whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "components": DOCUMENT["components"],
        "allOf": [schema],
    });
    if schema.get("$ref").is_some() {
        whole["unevaluatedProperties"] = json!(false);
    }
    jsonschema::options().should_validate_formats(true).build(&whole).unwrap()
}
