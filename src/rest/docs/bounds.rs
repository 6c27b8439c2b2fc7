//! How long, how many and how great what clients send may be, by the very numbers that refuse what is beyond them.
//! A text, list or number whose schema says it already keeps that.

use std::collections::BTreeSet;

use domain::actor::Scope;
use domain::policy::{DETOUR_PERCENT, MOST_DETOURS, Policy};
use domain::words::{HouseholdCategory, Skill};
use utoipa::Number;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, Object, SchemaType, Type};
use utoipa::openapi::{Components, RefOr, Schema};

use crate::rest::extract::{LONGEST_PARAMETER, LONGEST_TEXT, MOST_ENTRIES};
use crate::rest::households::{INEXACT_M, MEMBERS};
use crate::rest::{filters, imports, page, plans, text, validators};

/// Numbers above this are not the same in every language that reads JSON (RFC 8259, section 6).
const EXACT_IN_JSON: usize = (1 << 53) - 1;

/// The most characters of a text, by where it is.
fn longest(place: &str) -> usize {
    match field_of(place) {
        "email" => text::EMAIL,
        "language" | "languages[]" => text::LANGUAGE,
        "phone" => text::SHORT,
        "cursor" | "after" | "Last-Event-ID" => page::LONGEST_CURSOR,
        "If-Match" | "If-None-Match" => validators::LONGEST,
        "status" | "purpose" | "urgency" | "hold" | "kinds" | "include" | "without" => filters::LONGEST_WORDS,
        "bbox" | "near" => filters::LONGEST_REGION,
        "text/csv" => imports::MOST_BYTES,
        _ if place.starts_with('?') => LONGEST_PARAMETER,
        _ => LONGEST_TEXT,
    }
}

/// The most entries of a list.
fn most(place: &str) -> usize {
    match field_of(place) {
        "languages" => text::LANGUAGES,
        "categories" => HouseholdCategory::WORDS.len(),
        "skills" => Skill::WORDS.len(),
        "scopes" => Scope::WORDS.len(),
        "detour_percent" => usize::try_from(MOST_DETOURS).unwrap_or(MOST_ENTRIES),
        _ => MOST_ENTRIES,
    }
}

/// Between which a number lies.
fn limits(place: &str) -> Option<(Number, Number)> {
    let of_policy = Policy::default().limits().find(|(name, ..)| in_policy(name) == place);
    if let Some((_, _, least, most)) = of_policy {
        return Some((least.into(), most.into()));
    }
    let of_plan = plans::POLICY_LIMITS.into_iter().find(|(name, ..)| {
        let name = name
            .strip_prefix("weights/")
            .map_or(format!("PlanPolicy/{name}"), |name| format!("Weights/{name}"));
        name == place
    });
    if let Some((_, least, most)) = of_plan {
        return Some((least.into(), most.into()));
    }
    match field_of(place) {
        "Seconds" => Some((0_u32.into(), plans::MOST_WEIGHT_S.into())),
        "seed" => Some((0_usize.into(), EXACT_IN_JSON.into())),
        "fence" => Some((1_usize.into(), EXACT_IN_JSON.into())),
        "policy_version" => Some((1_i32.into(), i32::MAX.into())),
        "accuracy_m" => Some((0.0.into(), INEXACT_M.into())),
        "members" => Some((1_u32.into(), MEMBERS.into())),
        "radius_m" => Some((1_u32.into(), filters::MOST_RADIUS_M.into())),
        "detour_percent/*" => Some(((*DETOUR_PERCENT.start()).into(), (*DETOUR_PERCENT.end()).into())),
        _ => None,
    }
}

/// A number of a policy by its place: the schema that it is in.
fn in_policy(name: &str) -> String {
    let schemas = [
        ("calls/", "CallRules"),
        ("dispatch/patience/", "Patience"),
        ("dispatch/rounds/", "Rounds"),
        ("dispatch/reach/", "Reach"),
        ("dispatch/budget/", "OfferBudget"),
        ("dispatch/fairness/", "Fairness"),
        ("dispatch/", "DispatchPolicy"),
        ("retention/", "RetentionRules"),
        ("", "Policy"),
    ];
    let found = schemas.into_iter().find_map(|(prefix, schema)| Some((schema, name.strip_prefix(prefix)?)));
    found.map_or_else(String::new, |(schema, field)| format!("{schema}/{field}"))
}

/// A place is `Schema/field`, or `?parameter`.
fn field_of(place: &str) -> &str {
    match place.strip_prefix('?') {
        Some(parameter) => parameter,
        None => place.split_once('/').map_or(place, |(_, field)| field),
    }
}

/// Says the bounds of everything that an operation takes besides its body.
pub(super) fn of_parameters(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            of_parameter(parameter);
        }
    }
}

fn of_parameter(parameter: &mut Parameter) {
    if !matches!(parameter.parameter_in, ParameterIn::Path)
        && let Some(schema) = parameter.schema.as_mut()
    {
        narrow(schema, &format!("?{}", parameter.name));
    }
}

/// Says the bounds of bodies that are no objects, and answers which schemas the others are.
pub(super) fn of_body(operation: &mut Operation) -> BTreeSet<String> {
    let Some(RefOr::T(body)) = operation.request_body.as_mut() else { return BTreeSet::new() };
    let mut named = BTreeSet::new();
    for (media_type, content) in &mut body.content {
        if let RefOr::T(content) = content
            && let Some(schema) = content.schema.as_mut()
        {
            narrow(schema, &format!("?{media_type}"));
            named.extend(names(schema));
        }
    }
    named
}

/// Says the bounds of the parameters that operations share, of these schemas, and of all that they refer to; answers
/// which those are.
pub(super) fn of_components(components: &mut Components, named: BTreeSet<String>) -> BTreeSet<String> {
    for parameter in components.parameters.values_mut() {
        if let RefOr::T(parameter) = parameter {
            of_parameter(parameter);
        }
    }
    let mut seen = BTreeSet::new();
    let mut open: Vec<String> = named.into_iter().collect();
    while let Some(name) = open.pop() {
        if let Some(schema) = components.schemas.get_mut(&name)
            && seen.insert(name.clone())
        {
            narrow(schema, &name);
            open.extend(names(schema));
        }
    }
    seen
}

/// To which schemas this one refers.
fn names(schema: &RefOr<Schema>) -> BTreeSet<String> {
    let text = serde_json::to_string(schema).unwrap_or_default();
    let references = text.split("\"#/components/schemas/").skip(1);
    references.filter_map(|rest| rest.split_once('"')).map(|(name, _)| name.to_owned()).collect()
}

fn narrow(schema: &mut RefOr<Schema>, place: &str) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => narrow_object(object, place),
        Schema::Array(array) => {
            array.max_items.get_or_insert_with(|| most(place));
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                narrow(items, &format!("{place}[]"));
            }
        }
        Schema::OneOf(of) => of.items.iter_mut().for_each(|one| narrow(one, place)),
        Schema::AllOf(of) => of.items.iter_mut().for_each(|one| narrow(one, place)),
        Schema::AnyOf(of) => of.items.iter_mut().for_each(|one| narrow(one, place)),
        // The enum of utoipa may grow; a test finds whatever is left without a bound.
        _ => {}
    }
}

fn narrow_object(object: &mut Object, place: &str) {
    let is = |kind: &Type| match &object.schema_type {
        SchemaType::Type(one) => one == kind,
        SchemaType::Array(several) => several.contains(kind),
        SchemaType::AnyValue => false,
    };
    let says = object.enum_values.is_some() || object.pattern.is_some() || object.format.is_some();
    if is(&Type::String) && !says {
        object.max_length.get_or_insert_with(|| longest(place));
    }
    if (is(&Type::Integer) || is(&Type::Number))
        && let Some((least, most)) = limits(place)
    {
        if object.minimum.is_none() {
            object.minimum = Some(least);
        }
        object.maximum.get_or_insert(most);
    }
    for (name, property) in &mut object.properties {
        narrow(property, &format!("{place}/{name}"));
    }
    if let Some(AdditionalProperties::RefOr(values)) = object.additional_properties.as_deref_mut() {
        object.max_properties.get_or_insert_with(|| most(place));
        narrow(values, &format!("{place}/*"));
    }
}
