//! Nothing that was released is broken: today's contract against that of the last released version, which is kept
//! beside this file, and planted breaks against the comparison.
//!
//! `UPDATE_RELEASED=1 cargo test --test contract released` keeps today's contract under the version in Cargo.toml, when
//! that is released. What a tag `v*` says of its contract must be what is kept of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::breaking::breaks;
use super::{document, none};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract/released")
}

fn parts(version: &str) -> Vec<u64> {
    version
        .split('.')
        .map(|part| part.parse().unwrap_or_else(|_| panic!("{version} is no version")))
        .collect()
}

/// The versions whose contracts are kept, the last one last.
fn kept() -> Vec<(String, PathBuf)> {
    let paths = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let version = |path: &Path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.trim_start_matches("openapi-").trim_end_matches(".yaml").to_owned()
    };
    let mut all: Vec<_> = paths.map(|path| (version(&path), path)).collect();
    all.sort_by_key(|(version, _)| parts(version));
    all
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the file is written only when that is asked for")]
fn nothing_that_was_released_is_broken() {
    let today = env!("CARGO_PKG_VERSION");
    if std::env::var("UPDATE_RELEASED").is_ok_and(|value| value == "1") {
        let file = folder().join(format!("openapi-{today}.yaml"));
        std::fs::write(file, birgemiz::rest::docs::yaml()).unwrap();
    }
    let kept = kept();
    // There always is one: a comparison that finds nothing to compare with must not pass.
    let (version, path) = kept.last().unwrap();
    assert!(parts(version) <= parts(today), "{version} is kept, and today's is {today}");
    let released: Value = yaml_serde::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let broken = breaks(&released, &document());
    println!("Compared with {version}: {} breaks.", broken.len());
    none(&broken);
}

fn git(arguments: &[&str]) -> Option<String> {
    let mut git = Command::new("git");
    let output = git.arg("-C").arg(Path::new(env!("CARGO_MANIFEST_DIR"))).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten()
}

/// A clone may have no tags; whatever tags it has are held to.
#[test]
fn the_contract_of_each_tagged_version_is_kept_as_it_was() {
    let tags = git(&["tag", "--list", "v*"]).unwrap_or_default();
    let mut wrong = Vec::new();
    for tag in tags.lines() {
        let version = tag.trim_start_matches('v');
        let kept = std::fs::read_to_string(folder().join(format!("openapi-{version}.yaml")));
        let tagged = git(&["show", &format!("{tag}:openapi.yaml")]);
        if tagged.is_some() && kept.ok() != tagged {
            wrong
                .push(format!("tests/contract/released/openapi-{version}.yaml is not the contract of {tag}"));
        }
    }
    println!("{} tagged versions.", tags.lines().count());
    none(&wrong);
}

/// Something that is done to a document, and a part of what is to be said about it.
type Change = (&'static str, fn(&mut Value), &'static str);

fn take(value: &mut Value, pointer: &str, name: &str) {
    let gone =
        value.pointer_mut(pointer).and_then(Value::as_object_mut).and_then(|fields| fields.remove(name));
    assert!(gone.is_some(), "{pointer} has no {name}");
}

fn put(value: &mut Value, pointer: &str, name: &str, what: Value) {
    let fields = value.pointer_mut(pointer).and_then(Value::as_object_mut);
    fields.unwrap_or_else(|| panic!("there is no {pointer}")).insert(name.to_owned(), what);
}

fn push(value: &mut Value, pointer: &str, what: Value) {
    let all = value.pointer_mut(pointer).and_then(Value::as_array_mut);
    all.unwrap_or_else(|| panic!("there is no {pointer}")).push(what);
}

fn drop_from(value: &mut Value, pointer: &str, what: &str) {
    let all = value.pointer_mut(pointer).and_then(Value::as_array_mut).unwrap();
    let before = all.len();
    all.retain(|one| one != what);
    assert_eq!(all.len() + 1, before, "{what}");
}

const SUBMIT: &str = "/components/schemas/SubmitRequestBody";
const REQUEST: &str = "/components/schemas/RequestBody";

const BREAKS: [Change; 15] = [
    ("a path", |it| take(it, "/paths", "/v1/requests/{id}/cancel"), "cancel: is gone"),
    ("a method", |it| take(it, "/paths/~1v1~1requests", "post"), "POST /v1/requests: is gone"),
    ("a name", |it| put(it, "/paths/~1v1~1requests/post", "operationId", json!("fileRequest")), "is called"),
    ("a parameter", |it| put(it, "/paths/~1v1~1requests/get", "parameters", json!([])), "is taken no more"),
    (
        "a required parameter",
        |it| {
            let new = json!({"name": "why", "in": "query", "required": true, "schema": {"type": "string"}});
            push(it, "/paths/~1v1~1requests/get/parameters", new);
        },
        "query why is required now",
    ),
    ("a field sent", |it| take(it, &format!("{SUBMIT}/properties"), "note"), "the field note is gone"),
    ("a required field", |it| push(it, &format!("{SUBMIT}/required"), json!("note")), "note is required now"),
    ("a field told", |it| take(it, &format!("{REQUEST}/properties"), "status"), "the field status is gone"),
    (
        "a certain field",
        |it| drop_from(it, &format!("{REQUEST}/required"), "status"),
        "status may be missing now",
    ),
    (
        "a word",
        |it| drop_from(it, "/components/schemas/RequestKind/enum", "welfare_check"),
        "the word \"welfare_check\" is gone",
    ),
    (
        "a type",
        |it| put(it, &format!("{SUBMIT}/properties/note"), "type", json!("integer")),
        "string is taken no more",
    ),
    (
        "a longest",
        |it| put(it, &format!("{SUBMIT}/properties/note"), "maxLength", json!(3)),
        "maxLength is 3 now",
    ),
    ("an answer", |it| take(it, "/paths/~1v1~1requests/post/responses", "201"), "201: is answered no more"),
    (
        "a header",
        |it| take(it, "/paths/~1v1~1requests/post/responses/201/headers", "Location"),
        "the header Location is gone",
    ),
    (
        "a token",
        |it| put(it, "/paths/~1v1~1auth~1login/post", "security", json!([{"bearer": []}])),
        "asks for a token now",
    ),
];

const ADDITIONS: [Change; 5] = [
    ("a path", |it| put(it, "/paths", "/v1/new", json!({"get": {"operationId": "getNew"}})), ""),
    (
        "a field to send",
        |it| put(it, &format!("{SUBMIT}/properties"), "colour", json!({"type": "string"})),
        "",
    ),
    (
        "a field told",
        |it| {
            put(it, &format!("{REQUEST}/properties"), "colour", json!({"type": "string"}));
            push(it, &format!("{REQUEST}/required"), json!("colour"));
        },
        "",
    ),
    ("a word", |it| push(it, "/components/schemas/RequestKind/enum", json!("errand")), ""),
    (
        "a parameter",
        |it| {
            let new = json!({"name": "why", "in": "query", "required": false, "schema": {"type": "string"}});
            push(it, "/paths/~1v1~1requests/get/parameters", new);
        },
        "",
    ),
];

#[test]
fn whatever_is_taken_away_is_found_and_whatever_is_added_is_no_break() {
    let released = document();
    none(&breaks(&released, &released));
    for (what, change, said) in BREAKS {
        let mut changed = released.clone();
        change(&mut changed);
        let found = breaks(&released, &changed);
        assert!(found.iter().any(|line| line.contains(said)), "{what}: {found:#?}");
    }
    for (what, change, _) in ADDITIONS {
        let mut changed = released.clone();
        change(&mut changed);
        let found = breaks(&released, &changed);
        assert!(found.is_empty(), "{what}: {found:#?}");
    }
}
