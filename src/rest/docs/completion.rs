//! What holds for every operation, said once and added to each: how it is refused, who it asks to
//! log in, and that a POST may be repeated under a key.

use domain::refusal::Code;
use utoipa::Modify;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{HttpMethod, Operation, PathItem};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr};

use super::{answers, examples, repeating, validating};
use crate::rest::problem::status_of;

const SCHEME: &str = "bearer";

/// Operations under this path are how one gets a token, so they ask for none.
const GETS_A_TOKEN: &str = "/v1/auth/";
/// Who registers by an invitation is nobody yet: its code stands in for the token.
const REGISTERS: &str = "/v1/volunteers/register";

/// Adds it.
pub(super) struct Completion;

impl Modify for Completion {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        components.security_schemes.insert(SCHEME.to_owned(), RefOr::T(scheme()));
        repeating::add_to(components);
        validating::add_to(components);
        for status in statuses() {
            components.responses.insert(problem_name(status), RefOr::T(problem(status)));
        }
        for (path, item) in &mut document.paths.paths {
            for (method, operation) in operations(item) {
                complete(path, &method, operation);
            }
        }
    }
}

fn complete(path: &str, method: &HttpMethod, operation: &mut Operation) {
    describe(operation);
    answers::describe(operation);
    examples::show(operation);
    validating::describe(path, method, operation);
    for status in statuses() {
        let refused = RefOr::Ref(Ref::from_response_name(problem_name(status)));
        operation.responses.responses.entry(status.to_string()).or_insert(refused);
    }
    let asks_nobody = path.starts_with(GETS_A_TOKEN) || path == REGISTERS;
    let asked = || SecurityRequirement::new::<_, _, &str>(SCHEME, []);
    operation.security = Some(if asks_nobody { Vec::new() } else { vec![asked()] });
    repeating::describe(path, method, operation);
}

/// A handler's comment opens with the summary, in one sentence; what follows is the description.
fn describe(operation: &mut Operation) {
    let text = [operation.summary.take(), operation.description.take()];
    let text = text.into_iter().flatten().collect::<Vec<_>>().join(" ").replace('\n', " ");
    let (summary, description) = match text.split_once(". ") {
        Some((first, rest)) => (format!("{first}."), Some(rest.to_owned())),
        None => (text, None),
    };
    operation.summary = Some(summary);
    operation.description = description;
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, item.get.as_mut()),
        (HttpMethod::Put, item.put.as_mut()),
        (HttpMethod::Post, item.post.as_mut()),
        (HttpMethod::Patch, item.patch.as_mut()),
        (HttpMethod::Delete, item.delete.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation?)))
}

/// Every status that a problem can have, in order.
fn statuses() -> Vec<u16> {
    let mut statuses: Vec<u16> = Code::ALL.iter().map(|code| status_of(*code).as_u16()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

fn problem_name(status: u16) -> String {
    format!("Problem{status}")
}

fn problem(status: u16) -> Response {
    let codes: Vec<&str> = Code::ALL
        .iter()
        .filter(|code| status_of(**code).as_u16() == status)
        .map(|code| code.as_str())
        .collect();
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemBody"))).build();
    let id = HeaderBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String))).build();
    let mut response = ResponseBuilder::new();
    for (name, description) in headers_of(status) {
        let text = ObjectBuilder::new().schema_type(Type::String);
        response = response
            .header(*name, HeaderBuilder::new().schema(Some(text)).description(Some(*description)).build());
    }
    response
        .description(format!("Refused. Codes: {}. Each has a page, /docs/errors/{{code}}.", codes.join(", ")))
        .content("application/problem+json", content)
        .header("X-Request-Id", id)
        .build()
}

/// Headers that a problem of this status has besides, and what they say.
const fn headers_of(status: u16) -> &'static [(&'static str, &'static str)] {
    match status {
        412 => &[("ETag", "The version in which the thing is now, for If-Match.")],
        429 => &[
            ("Retry-After", "Seconds to wait."),
            ("RateLimit-Policy", "Each quota that holds for the caller: its name, q calls in w seconds."),
            ("RateLimit", "Of each, how many calls r are left for t more seconds. Told with every answer."),
        ],
        503 => &[("Retry-After", "Seconds to wait.")],
        _ => &[],
    }
}

fn scheme() -> SecurityScheme {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(
            "People get a token by logIn and renew it by refreshSession; partner apps by issuePartnerToken.",
        ))
        .build();
    SecurityScheme::Http(bearer)
}
