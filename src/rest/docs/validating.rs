//! Which readings have an ETag, and which changes compare one.

use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Components, Ref, RefOr, Required};

use super::headers::{self, Told};

const IF_MATCH: &str = "IfMatch";
const IF_NONE_MATCH: &str = "IfNoneMatch";

/// Readings that are others with every look, or that show what nobody may keep.
const WITHOUT_A_TAG: [&str; 6] = [
    "getQueue",
    "listCandidates",
    "explainRequest",
    "listNearbyRequests",
    "readHouseholdDoor",
    "readClaimDoor",
];

/// Changes of one thing that has no versions.
const WITHOUT_VERSIONS: [&str; 9] = [
    "addBuildings",
    "makePasswordLink",
    "revokeInvitation",
    "endMySession",
    "endSessions",
    "beginAuthenticator",
    "confirmAuthenticator",
    "removeAuthenticator",
    "removeAuthenticatorOfUser",
];

/// Adds what the operations refer to.
pub(super) fn add_to(components: &mut Components) {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let header = |name: &str, example: &str, description: &str| -> Parameter {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(description))
            .example(Some(serde_json::Value::from(example)))
            .schema(Some(text()))
            .build()
    };
    let if_match = "The ETag of your reading of the thing that this call changes, or its `version` in quotes. Where \
        the thing was changed since, nothing is done: 412 `version_mismatch`, whose ETag names the version now. The \
        answer to a repetition under the same Idempotency-Key comes first.";
    let if_none_match =
        "ETags of answers that you hold. Where one is still right, the answer is 304 without a body.";
    components.parameters.insert(IF_MATCH.to_owned(), RefOr::T(header("If-Match", "\"7\"", if_match)));
    components.parameters.insert(
        IF_NONE_MATCH.to_owned(),
        RefOr::T(header("If-None-Match", "\"7-Jx0tDq2mYkS3vP8cW1aB\"", if_none_match)),
    );
}

/// Says of an operation what it does with tags.
pub(super) fn describe(path: &str, method: &HttpMethod, operation: &mut Operation) {
    let id = operation.operation_id.clone().unwrap_or_default();
    if matches!(method, HttpMethod::Get) {
        if !WITHOUT_A_TAG.contains(&id.as_str()) && tag_the_answer(operation) {
            refer(operation, IF_NONE_MATCH);
            operation.responses.responses.insert("304".to_owned(), RefOr::T(not_modified()));
        }
    } else if changes_one_thing(path, method) && !WITHOUT_VERSIONS.contains(&id.as_str()) {
        refer(operation, IF_MATCH);
    }
}

/// Whether there was a JSON answer to tag.
fn tag_the_answer(operation: &mut Operation) -> bool {
    match operation.responses.responses.get_mut("200") {
        Some(RefOr::T(answer)) if answer.content.keys().any(|kind| kind.ends_with("json")) => {
            headers::tell(answer, &[Told::Tag]);
            true
        }
        _ => false,
    }
}

fn changes_one_thing(path: &str, method: &HttpMethod) -> bool {
    let own = path == "/v1/me" || (path.starts_with("/v1/me/") && path != "/v1/me/position");
    let of_one = path.contains("/{id}") || own;
    of_one && !matches!(method, HttpMethod::Get)
}

fn refer(operation: &mut Operation, parameter: &str) {
    let reference = RefOr::Ref(Ref::new(format!("#/components/parameters/{parameter}")));
    operation.parameters.get_or_insert_default().push(reference);
}

fn not_modified() -> Response {
    let mut answer = ResponseBuilder::new().description("What you hold is what you would be shown.").build();
    headers::tell(&mut answer, &[Told::Tag]);
    answer
}
