//! Whatever a client sends has a bound that the contract tells: each text, list, number and map of a body, a query or a
//! header.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{document, none, operations};

/// What is without a bound, and which schemas were looked at already.
struct Walk<'d> {
    document: &'d Value,
    seen: BTreeSet<String>,
    unbounded: Vec<String>,
}

impl<'d> Walk<'d> {
    fn resolved(&self, value: &'d Value) -> &'d Value {
        match value["$ref"].as_str() {
            Some(reference) => self.document.pointer(reference.trim_start_matches('#')).unwrap(),
            None => value,
        }
    }

    fn schema(&mut self, schema: &'d Value, place: &str) {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap().to_owned();
            if self.seen.insert(name.clone()) {
                self.schema(self.resolved(schema), &name);
            }
            return;
        }
        for of in ["oneOf", "anyOf", "allOf"] {
            schema[of].as_array().into_iter().flatten().for_each(|one| self.schema(one, place));
        }
        let is = |kind: &str| {
            schema["type"] == kind
                || schema["type"].as_array().is_some_and(|all| all.iter().any(|one| one == kind))
        };
        let says = |names: &[&str]| names.iter().any(|name| schema.get(*name).is_some());
        let is_time = matches!(schema["format"].as_str(), Some("date-time" | "date" | "uuid"));
        let unbounded = (is("string") && !is_time && !says(&["maxLength", "enum", "pattern"]))
            || (is("array") && !says(&["maxItems"]))
            || ((is("integer") || is("number")) && !(says(&["minimum"]) && says(&["maximum"])))
            || (schema["additionalProperties"].is_object() && !says(&["maxProperties"]));
        if unbounded {
            self.unbounded.push(format!("{place}: {schema}"));
        }
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            self.schema(field, &format!("{place}/{name}"));
        }
        for inner in ["items", "additionalProperties"] {
            if schema[inner].is_object() {
                self.schema(&schema[inner], &format!("{place}/{inner}"));
            }
        }
    }
}

/// Whatever is without a bound in what clients send.
fn unbounded(document: &Value) -> Vec<String> {
    let mut walk = Walk { document, seen: BTreeSet::new(), unbounded: Vec::new() };
    for (method, path, operation) in operations(document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = walk.resolved(parameter);
            walk.schema(&parameter["schema"], &format!("{method} {path} {}", parameter["name"]));
        }
        for (kind, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            // A picture's bytes are no text.
            if !kind.starts_with("image/") {
                walk.schema(&content["schema"], &format!("{method} {path} {kind}"));
            }
        }
    }
    walk.unbounded
}

#[test]
fn whatever_is_sent_has_a_bound_that_the_contract_tells() {
    none(&unbounded(&document()));
}

#[test]
fn what_has_no_bound_is_found_wherever_it_hides() {
    let body = "/components/schemas/SubmitRequestBody/properties";
    for (pointer, bound) in [
        (format!("{body}/note"), "maxLength"),
        (format!("{body}/lines"), "maxItems"),
        ("/components/schemas/LineBody/properties/quantity".to_owned(), "maximum"),
        ("/components/schemas/Policy/properties/detour_percent".to_owned(), "maxProperties"),
        ("/components/schemas/CallRules/properties/tries".to_owned(), "minimum"),
        ("/components/parameters/IfMatch/schema".to_owned(), "maxLength"),
    ] {
        let mut planted = document();
        let taken = planted.pointer_mut(&pointer).unwrap().as_object_mut().unwrap().remove(bound);
        assert!(taken.is_some(), "{pointer} has no {bound}");
        // A parameter that operations share is found at each of them.
        assert!(!unbounded(&planted).is_empty(), "{pointer} without {bound}");
    }
}
