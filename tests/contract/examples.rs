//! Every example that the contract shows is one of what it describes.

use serde_json::{Value, json};

use super::{document, none, walk};

/// What of the examples is not as its schema says, one a line; and how many there are.
fn wrong(document: &Value) -> (Vec<String>, usize) {
    let (mut wrong, mut shown) = (Vec::new(), 0);
    walk(document, &mut String::new(), &mut |pointer, value| {
        let is_content = pointer.rsplit('/').nth(1) == Some("content");
        let Some(example) = value.get("example").filter(|_| is_content) else { return };
        shown += 1;
        let whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": document["components"],
            "allOf": [value["schema"]],
        });
        let validator = jsonschema::options().should_validate_formats(true).build(&whole).unwrap();
        let errors = validator.iter_errors(example);
        wrong.extend(errors.map(|error| format!("{pointer}{}: {error}", error.instance_path())));
    });
    (wrong, shown)
}

#[test]
fn every_example_is_as_its_schema_says() {
    let (wrong, shown) = wrong(&document());
    none(&wrong);
    assert!(shown > 150, "{shown} examples");
}

#[test]
fn an_example_that_is_not_as_its_schema_says_is_found() {
    let mut planted = document();
    let answer = "/paths/~1v1~1requests/post/responses/201/content/application~1json/example/status";
    *planted.pointer_mut(answer).unwrap() = json!(7);
    assert!(wrong(&planted).0.iter().all(|line| line.contains("status")));
    assert!(!wrong(&planted).0.is_empty());
}
