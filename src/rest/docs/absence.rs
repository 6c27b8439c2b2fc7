//! What is not there is left out of an answer and never null, so that clients are made with one way of absence. What is
//! sent may be null where the schema says so: in a merge patch that empties a field.

use std::collections::BTreeSet;

use utoipa::openapi::schema::{OneOf, SchemaType, Type};
use utoipa::openapi::{Components, RefOr, Schema};

/// Takes null away from the fields of every schema that no client sends.
pub(super) fn of_answers(components: &mut Components, sent: &BTreeSet<String>) {
    for (name, schema) in &mut components.schemas {
        if !sent.contains(name) {
            without_null(schema);
        }
    }
}

fn without_null(schema: &mut RefOr<Schema>) {
    let RefOr::T(inner) = schema else { return };
    match inner {
        Schema::Object(object) => {
            only(&mut object.schema_type);
            object.properties.values_mut().for_each(without_null);
        }
        Schema::Array(array) => only(&mut array.schema_type),
        Schema::AllOf(of) => of.items.iter_mut().for_each(without_null),
        Schema::OneOf(of) => {
            if let Some(present) = present(of) {
                *schema = present;
            }
        }
        Schema::AnyOf(_) => {}
        // The enum of utoipa may grow; nothing else of ours may be null.
        _ => {}
    }
}

fn only(kind: &mut SchemaType) {
    if let SchemaType::Array(several) = kind {
        several.retain(|one| *one != Type::Null);
        if let [one] = several.as_slice() {
            *kind = SchemaType::Type(one.clone());
        }
    }
}

/// The other, of two choices of which one is null.
fn present(of: &OneOf) -> Option<RefOr<Schema>> {
    let is_null = |one: &&RefOr<Schema>| match one {
        RefOr::T(Schema::Object(object)) => object.schema_type == SchemaType::Type(Type::Null),
        RefOr::T(_) | RefOr::Ref(_) => false,
    };
    let others: Vec<&RefOr<Schema>> = of.items.iter().filter(|one| !is_null(one)).collect();
    let [RefOr::Ref(other)] = others.as_slice() else { return None };
    let mut other = other.clone();
    if let Some(description) = &of.description {
        other.description.clone_from(description);
    }
    Some(RefOr::Ref(other))
}
