//! What a change of the contract takes away from those who use it: compares two documents, the released one and
//! today's, and tells what a client of the released one would trip over.
//!
//! What clients send may become wider and never narrower; what they are told may become more and never less. New
//! words in answers are no break: clients must accept those. No kept tool from npm or PyPI reads OpenAPI 3.1 for this.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Sent,
    Told,
}

/// Two documents, and what was found so far.
struct Comparison<'d> {
    old: &'d Value,
    new: &'d Value,
    seen: BTreeSet<(String, String, Way)>,
    found: Vec<String>,
}

/// What of the old document the new one breaks, one a line.
pub(crate) fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut comparison = Comparison { old, new, seen: BTreeSet::new(), found: Vec::new() };
    for (path, item) in fields(&old["paths"]) {
        for (method, operation) in item {
            let now = &new["paths"][path][method];
            comparison.operation(&format!("{} {path}", method.to_uppercase()), operation, now);
        }
    }
    for (name, item) in fields(&old["webhooks"]) {
        let body = |document: &Value, item: &Value| media(document, &item["post"]["requestBody"]);
        let (was, is) = (body(old, &Value::Object(item.clone())), body(new, &new["webhooks"][name]));
        comparison.contents(&format!("webhook {name}"), &was, &is, Way::Told);
    }
    comparison.found
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Map<String, Value>)> {
    value.as_object().into_iter().flatten().filter_map(|(name, value)| Some((name, value.as_object()?)))
}

fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null),
        None => value,
    }
}

/// The schemas of a body by media type.
fn media(document: &Value, body: &Value) -> BTreeMap<String, Value> {
    let content = &resolved(document, body)["content"];
    fields(content)
        .map(|(kind, content)| (kind.clone(), content.get("schema").cloned().unwrap_or(Value::Null)))
        .collect()
}

impl Comparison<'_> {
    fn say(&mut self, place: &str, what: impl std::fmt::Display) {
        self.found.push(format!("{place}: {what}"));
    }

    fn operation(&mut self, place: &str, old: &Value, new: &Value) {
        if new.is_null() {
            return self.say(place, "is gone");
        }
        if old["operationId"] != new["operationId"] {
            self.say(place, format!("{} is called {} now", old["operationId"], new["operationId"]));
        }
        let asks = |operation: &Value| operation["security"].as_array().is_some_and(|all| !all.is_empty());
        if asks(new) && !asks(old) {
            self.say(place, "asks for a token now");
        }
        self.parameters(place, old, new);
        let (was, is) = (media(self.old, &old["requestBody"]), media(self.new, &new["requestBody"]));
        let required =
            |document, operation: &Value| resolved(document, &operation["requestBody"])["required"] == true;
        if required(self.new, new) && !required(self.old, old) {
            self.say(place, "needs a body now");
        }
        self.contents(&format!("{place} body"), &was, &is, Way::Sent);
        for (status, answer) in old["responses"].as_object().into_iter().flatten() {
            let place = format!("{place} {status}");
            let now = &new["responses"][status];
            if now.is_null() {
                self.say(&place, "is answered no more");
                continue;
            }
            for (name, _) in fields(&resolved(self.old, answer)["headers"]) {
                if resolved(self.new, now)["headers"].get(name).is_none() {
                    self.say(&place, format!("the header {name} is gone"));
                }
            }
            let (was, is) = (media(self.old, answer), media(self.new, now));
            self.contents(&place, &was, &is, Way::Told);
        }
    }

    fn parameters(&mut self, place: &str, old: &Value, new: &Value) {
        let (was, is) = (parameters(self.old, old), parameters(self.new, new));
        for (name, parameter) in &was {
            match is.get(name) {
                None => self.say(place, format!("{name} is taken no more")),
                Some(now) => {
                    self.schema(&format!("{place} {name}"), &parameter["schema"], &now["schema"], Way::Sent);
                }
            }
        }
        for (name, now) in &is {
            if now["required"] == true && was.get(name).is_none_or(|was| was["required"] != true) {
                self.say(place, format!("{name} is required now"));
            }
        }
    }

    fn contents(
        &mut self,
        place: &str,
        old: &BTreeMap<String, Value>,
        new: &BTreeMap<String, Value>,
        way: Way,
    ) {
        for (kind, schema) in old {
            match new.get(kind) {
                None => self.say(place, format!("{kind} is gone")),
                Some(now) => self.schema(place, schema, now, way),
            }
        }
    }

    fn schema(&mut self, place: &str, old: &Value, new: &Value, way: Way) {
        if let (Some(was), Some(is)) = (old["$ref"].as_str(), new["$ref"].as_str())
            && !self.seen.insert((was.to_owned(), is.to_owned(), way))
        {
            return;
        }
        let (was, is) = (Shape::of(self.old, old), Shape::of(self.new, new));
        self.types(place, &was, &is, way);
        self.words(place, &was, &is);
        self.limits(place, &was, &is, way);
        for (name, schema) in &was.properties {
            match is.properties.get(name) {
                None => self.say(place, format!("the field {name} is gone")),
                Some(now) => self.schema(&format!("{place}/{name}"), schema, now, way),
            }
        }
        let (more, fewer) = (is.required.difference(&was.required), was.required.difference(&is.required));
        match way {
            Way::Sent => more.for_each(|name| self.found.push(format!("{place}: {name} is required now"))),
            Way::Told => {
                fewer.for_each(|name| self.found.push(format!("{place}: {name} may be missing now")))
            }
        }
        if let (Some(was), Some(is)) = (&was.items, &is.items) {
            self.schema(&format!("{place}[]"), was, is, way);
        }
        for variant in was.variants.difference(&is.variants) {
            self.say(place, format!("{variant} is none of the choices any more"));
        }
    }

    fn types(&mut self, place: &str, was: &Shape, is: &Shape, way: Way) {
        let opened = was.types.is_empty() != is.types.is_empty();
        if opened && (way == Way::Sent) == was.types.is_empty() {
            self.say(place, "its type is narrower, or unknown, now");
        }
        if was.format != is.format && (way == Way::Told || is.format.is_some()) {
            self.say(place, format!("its format is {:?} now", is.format));
        }
        // Without a type everything fits.
        let (lost, what): (Vec<&String>, &str) = match way {
            Way::Sent if !is.types.is_empty() => {
                (was.types.difference(&is.types).collect(), "is taken no more")
            }
            Way::Told if !was.types.is_empty() => (is.types.difference(&was.types).collect(), "may come now"),
            Way::Sent | Way::Told => return,
        };
        let wide = if way == Way::Sent { &is.types } else { &was.types };
        // A whole number is a number.
        let is_held = |lost: &&&String| lost.as_str() == "integer" && wide.contains("number");
        for lost in lost.iter().filter(|lost| !is_held(lost)) {
            self.say(place, format!("{lost} {what}"));
        }
    }

    fn words(&mut self, place: &str, was: &Shape, is: &Shape) {
        for word in was.words.difference(&is.words).filter(|_| !is.words.is_empty()) {
            self.say(place, format!("the word {word} is gone"));
        }
        if was.words.is_empty() && !is.words.is_empty() {
            self.say(place, "only some words are known now");
        }
    }

    fn limits(&mut self, place: &str, was: &Shape, is: &Shape, way: Way) {
        if way == Way::Told {
            return;
        }
        for (name, limit) in &is.limits {
            let before = was.limits.get(name);
            let is_narrower = match name.starts_with("max") {
                true => before.is_none_or(|before| limit < before),
                false => before.is_none_or(|before| before < limit),
            };
            if is_narrower {
                self.say(place, format!("{name} is {limit} now"));
            }
        }
        if is.pattern.is_some() && was.pattern != is.pattern {
            self.say(place, "another pattern is asked for now");
        }
    }
}

fn parameters<'d>(document: &'d Value, operation: &'d Value) -> BTreeMap<String, &'d Value> {
    let all = operation["parameters"].as_array().into_iter().flatten();
    all.map(|parameter| resolved(document, parameter))
        .map(|one| {
            (format!("{} {}", one["in"].as_str().unwrap_or(""), one["name"].as_str().unwrap_or("")), one)
        })
        .collect()
}

/// A schema with what it refers to and is put together of.
#[derive(Default)]
struct Shape {
    types: BTreeSet<String>,
    format: Option<String>,
    words: BTreeSet<String>,
    limits: BTreeMap<String, f64>,
    pattern: Option<String>,
    properties: BTreeMap<String, Value>,
    required: BTreeSet<String>,
    items: Option<Value>,
    variants: BTreeSet<String>,
}

const LIMITS: [&str; 8] = [
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
];

impl Shape {
    fn of(document: &Value, schema: &Value) -> Self {
        let mut shape = Self::default();
        shape.take(document, schema);
        shape
    }

    fn take(&mut self, document: &Value, schema: &Value) {
        let schema = resolved(document, schema);
        let text = |name: &str| schema[name].as_str().map(str::to_owned);
        self.types.extend(schema["type"].as_str().map(str::to_owned));
        let many = schema["type"].as_array().into_iter().flatten();
        self.types.extend(many.filter_map(Value::as_str).map(str::to_owned));
        self.format = self.format.take().or_else(|| text("format"));
        self.pattern = self.pattern.take().or_else(|| text("pattern"));
        self.words.extend(schema["enum"].as_array().into_iter().flatten().map(Value::to_string));
        self.limits
            .extend(LIMITS.iter().filter_map(|name| Some(((*name).to_owned(), schema[name].as_f64()?))));
        let properties = schema["properties"].as_object().into_iter().flatten();
        self.properties.extend(properties.map(|(name, value)| (name.clone(), value.clone())));
        self.required.extend(
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned),
        );
        if let Some(items) = schema.get("items") {
            self.items = Some(items.clone());
        }
        schema["allOf"].as_array().into_iter().flatten().for_each(|part| self.take(document, part));
        let choices: Vec<&Value> =
            ["oneOf", "anyOf"].iter().flat_map(|of| schema[of].as_array().into_iter().flatten()).collect();
        let (nulls, others): (Vec<&Value>, Vec<&Value>) =
            choices.into_iter().partition(|one| one["type"] == "null");
        // One thing or null is how an optional reference is written.
        if let [only] = others.as_slice() {
            self.take(document, only);
        } else {
            self.variants.extend(
                others.iter().map(|one| one["$ref"].as_str().map_or_else(|| one.to_string(), str::to_owned)),
            );
        }
        if !nulls.is_empty() {
            self.types.insert("null".to_owned());
        }
    }
}
