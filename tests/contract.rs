//! The contract at the top of the repository is the one that the code makes, it is whole, and it is
//! such that clients can be generated from it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why by panicking"
)]

#[path = "contract/bounds.rs"]
mod bounds;
#[path = "contract/breaking.rs"]
mod breaking;
#[path = "contract/examples.rs"]
mod examples;
#[path = "contract/released.rs"]
mod released;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use birgemiz::rest::docs;
use birgemiz::rest::routes::ROUTES;
use domain::event::{EventKind, Family};
use serde_json::Value;

/// What serves people's browsers and the machinery around the service, not its clients.
const NOT_OF_THE_CONTRACT: [&str; 9] = [
    "/",
    "/setup",
    "/password",
    "/login",
    "/openapi.yaml",
    "/metrics",
    "/health/live",
    "/health/ready",
    "/.well-known/jwks.json",
];

fn document() -> Value {
    serde_json::to_value(docs::document()).unwrap()
}

/// Method, path and operation, of each.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &'static str)| (path.clone(), item.to_owned());
    let mut found = Vec::new();
    for (path, item) in paths {
        for method in ["get", "put", "post", "patch", "delete"] {
            if let Some(operation) = item.get(method) {
                let (path, method) = of_path((path, method));
                found.push((method, path, operation));
            }
        }
    }
    assert!(found.len() >= 25, "{}", found.len());
    found
}

/// What breaks a rule, one a line.
#[track_caller]
fn none(broken: &[String]) {
    assert!(broken.is_empty(), "{} break this:\n{}", broken.len(), broken.join("\n"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the file is written only when that is asked for")]
fn the_file_is_what_the_code_makes() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.yaml");
    let made = docs::yaml();
    if std::env::var("UPDATE_OPENAPI").is_ok_and(|value| value == "1") {
        std::fs::write(&file, made).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    if kept == made {
        return;
    }
    let differs = kept.lines().zip(made.lines()).position(|(kept, made)| kept != made);
    let line = differs.unwrap_or_else(|| kept.lines().count().min(made.lines().count()));
    panic!(
        "openapi.yaml is not what the code makes, from line {}:\nfile: {}\ncode: {}\nrun scripts/update-openapi",
        line + 1,
        kept.lines().nth(line).unwrap_or("(ends)"),
        made.lines().nth(line).unwrap_or("(ends)"),
    );
}

#[test]
fn every_route_is_in_the_contract_and_nothing_else_is() {
    let document = document();
    let listed: BTreeSet<(String, String)> =
        operations(&document).into_iter().map(|(method, path, _)| (method, path)).collect();
    let served: BTreeSet<(String, String)> = ROUTES
        .iter()
        .filter(|(_, path)| !NOT_OF_THE_CONTRACT.contains(path) && !path.starts_with("/docs"))
        .map(|(method, path)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    let missing =
        served.difference(&listed).map(|(method, path)| format!("not in the contract: {method} {path}"));
    let invented = listed.difference(&served).map(|(method, path)| format!("not served: {method} {path}"));
    none(&missing.chain(invented).collect::<Vec<_>>());
}

#[test]
fn every_operation_has_one_name_one_tag_and_says_what_it_is_for() {
    let document = document();
    let tags: BTreeSet<&str> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut names = BTreeSet::new();
    let mut broken = Vec::new();
    for (method, path, operation) in operations(&document) {
        let mut check = |holds: bool, what: &str| {
            if !holds {
                broken.push(format!("{method} {path}: {what}"));
            }
        };
        let name = operation["operationId"].as_str().unwrap_or_default();
        check(is_verb_noun(name), "operationId is not verbNoun");
        check(names.insert(name.to_owned()), "operationId is another's too");
        let tag = operation["tags"].as_array().cloned().unwrap_or_default();
        check(tag.len() == 1, "not exactly one tag");
        check(tag.iter().all(|tag| tags.contains(tag.as_str().unwrap())), "its tag is not described");
        for field in ["summary", "description"] {
            check(operation[field].as_str().is_some_and(|text| text.ends_with('.')), &format!("no {field}"));
        }
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let of_path = |parameter: &&Value| parameter["in"] == "path";
        check(
            parameters.iter().filter(of_path).count() == path.matches('{').count(),
            "its path's parameters are not described",
        );
    }
    none(&broken);
}

fn is_verb_noun(name: &str) -> bool {
    let letters = name.chars().all(|letter| letter.is_ascii_alphanumeric());
    letters
        && name.starts_with(|letter: char| letter.is_ascii_lowercase())
        && name.contains(|letter: char| letter.is_ascii_uppercase())
}

#[test]
fn every_operation_lists_its_problems_its_token_and_its_key() {
    let document = document();
    let mut broken = Vec::new();
    for (method, path, operation) in operations(&document) {
        for status in [400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503] {
            let reference = format!("#/components/responses/Problem{status}");
            if operation["responses"][status.to_string()]["$ref"] != reference {
                broken.push(format!("{method} {path}: {status} is not {reference}"));
            }
        }
        let done =
            operation["responses"].as_object().unwrap().keys().filter(|status| status.starts_with('2'));
        if done.count() == 0 {
            broken.push(format!("{method} {path}: it never succeeds"));
        }
        let has_key = operation["parameters"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one["$ref"] == "#/components/parameters/IdempotencyKey"));
        let is_exempt = docs::repeating::WITHOUT_KEY.iter().any(|(exempt, _)| *exempt == path);
        if has_key != (method == "post" && !is_exempt) {
            broken
                .push(format!("{method} {path}: a POST takes a key or says why not, and nothing else does"));
        }
        if operation["security"].is_null() {
            broken.push(format!("{method} {path}: it does not say whether it asks for a token"));
        }
    }
    none(&broken);
    for (name, response) in document["components"]["responses"].as_object().unwrap() {
        let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(schema, "#/components/schemas/ProblemBody", "{name}");
    }
}

#[test]
fn every_answer_says_what_it_means() {
    let document = document();
    let mut broken = Vec::new();
    walk(&document, &mut String::new(), &mut |pointer, value| {
        let is_answer = pointer.rsplit('/').nth(1) == Some("responses");
        let says = value["description"].as_str().is_some_and(|text| !text.is_empty());
        if is_answer && value.get("$ref").is_none() && !says {
            broken.push(format!("{pointer}: an answer without a description"));
        }
    });
    none(&broken);
}

#[test]
fn enums_have_names_and_every_reference_leads_somewhere() {
    let document = document();
    let mut broken = Vec::new();
    walk(&document, &mut String::new(), &mut |pointer, value| {
        let is_named = pointer.starts_with("/components/schemas/") && pointer.matches('/').count() == 3;
        if value.get("enum").is_some_and(Value::is_array) && !is_named {
            broken.push(format!("{pointer}: an enum without a name"));
        }
        if value.get("oneOf").is_some_and(|of| of.as_array().is_some_and(|of| of.len() > 2 || !nullable(of)))
            && value.get("discriminator").is_none()
        {
            broken.push(format!("{pointer}: oneOf without a discriminator"));
        }
        if let Some(reference) = value.get("$ref").and_then(Value::as_str)
            && document.pointer(reference.trim_start_matches('#')).is_none()
        {
            broken.push(format!("{pointer}: {reference} leads nowhere"));
        }
    });
    none(&broken);
}

/// `oneOf` of null and one other is how an optional reference is written.
fn nullable(of: &[Value]) -> bool {
    of.iter().any(|one| one["type"] == "null")
}

fn walk(value: &Value, pointer: &mut String, see: &mut impl FnMut(&str, &Value)) {
    see(pointer, value);
    let length = pointer.len();
    let mut step = |name: &str, value: &Value| {
        pointer.push('/');
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
        walk(value, pointer, see);
        pointer.truncate(length);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| step(name, value)),
        Value::Array(all) => {
            all.iter().enumerate().for_each(|(place, value)| step(&place.to_string(), value))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Readers of the feed refuse a kind they do not know rather than leave a gap, so none may be forgotten.
#[test]
fn every_kind_of_event_that_is_written_is_on_the_list() {
    let family = |word: &str| word.parse::<Family>().is_ok();
    let mut written = BTreeSet::new();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Triggers write events too.
    let migrations = sources(&here.join("migrations")).into_iter().filter(|path| path.ends_with("up.sql"));
    for file in sources(&here.join("src")).into_iter().chain(migrations) {
        let text = std::fs::read_to_string(file).unwrap();
        for literal in text.split(['"', '\'']) {
            let is_word = |word: &str| {
                !word.is_empty() && word.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_')
            };
            if let Some((subject, what)) = literal.split_once('.')
                && family(subject)
                && is_word(what)
            {
                written.insert(literal.to_owned());
            }
        }
    }
    let known: BTreeSet<String> = EventKind::WORDS.iter().map(|&word| word.to_owned()).collect();
    assert_eq!(written, known, "what is written, and what domain::event lists");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}
