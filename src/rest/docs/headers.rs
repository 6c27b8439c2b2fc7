//! Which headers answers carry besides their bodies: each is described once, and every answer that may have it
//! refers to that.

use serde_json::Value;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::response::Response;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Components, Ref, RefOr};

use super::repeating::takes_a_key;

/// A header of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// Under which id the call is logged.
    CallId,
    /// Which quotas hold.
    Quotas,
    /// What is left of them.
    Left,
    /// When to come again.
    ComeAgain,
    /// Where the thing is.
    Place,
    /// What was shown.
    Tag,
    /// That it was answered before.
    Again,
    /// That it was only tried.
    Tried,
    /// How to log in.
    LogIn,
    /// What may be done there.
    Methods,
    /// By which name it is kept as a file.
    File,
}

impl Told {
    const ALL: [Self; 11] = [
        Self::CallId,
        Self::Quotas,
        Self::Left,
        Self::ComeAgain,
        Self::Place,
        Self::Tag,
        Self::Again,
        Self::Tried,
        Self::LogIn,
        Self::Methods,
        Self::File,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::CallId => "X-Request-Id",
            Self::Quotas => "RateLimit-Policy",
            Self::Left => "RateLimit",
            Self::ComeAgain => "Retry-After",
            Self::Place => "Location",
            Self::Tag => "ETag",
            Self::Again => "Idempotent-Replayed",
            Self::Tried => "Dry-Run",
            Self::LogIn => "WWW-Authenticate",
            Self::Methods => "Allow",
            Self::File => "Content-Disposition",
        }
    }

    const fn description(self) -> &'static str {
        match self {
            Self::CallId => {
                "The id under which the call is logged: yours, where you sent one. Tell it when you ask for help."
            }
            Self::Quotas => {
                "Each quota that holds for you: its name, q calls in w seconds. Absent where none does."
            }
            Self::Left => {
                "Of each quota, how many calls r are left for t more seconds. Absent where none holds."
            }
            Self::ComeAgain => {
                "Seconds to wait before the same call is made again. Every 429 and 503 has it; a 409 has it when it \
                 is `idempotency_key_running`."
            }
            Self::Place => {
                "Where the thing is read that was made or begun, on this server. Absent where it was only tried."
            }
            Self::Tag => {
                "Names what you were shown, for `If-None-Match` and, of one thing, for `If-Match`. It is good for you \
                 alone. A 412 tells the version in which the thing is now."
            }
            Self::Again => {
                "This is the answer that was given before under the same `Idempotency-Key`; nothing was done again. \
                 Absent where it is the first."
            }
            Self::Tried => "The call had `dry_run=true`: nothing was done. Absent where it was meant.",
            Self::LogIn => "The scheme by which one logs in.",
            Self::Methods => "The methods that there are at this path.",
            Self::File => "By which name a browser keeps the table.",
        }
    }

    fn example(self) -> Value {
        match self {
            Self::CallId => "0193c5a8-7d1e-7c44-9d7b-2f3a51c0e6aa".into(),
            Self::Quotas => "\"partner\";q=3000;w=60".into(),
            Self::Left => "\"partner\";r=2999;t=42".into(),
            Self::ComeAgain => 2.into(),
            Self::Place => "/v1/requests/req_01jd9x0q3vfhz8w2k5m7n6t405".into(),
            Self::Tag => "\"7-Jx0tDq2mYkS3vP8cW1aB\"".into(),
            Self::Again | Self::Tried => true.into(),
            Self::LogIn => "Bearer".into(),
            Self::Methods => "GET, POST".into(),
            Self::File => "attachment; filename=\"requests.csv\"".into(),
        }
    }

    /// Whether every answer that declares it has it.
    const fn is_certain(self) -> bool {
        matches!(self, Self::CallId | Self::Tag | Self::LogIn | Self::Methods | Self::File)
    }

    /// As what it is found among the components.
    fn component(self) -> String {
        self.name().replace('-', "")
    }
}

/// Adds what the answers refer to.
pub(super) fn add_to(components: &mut Components) {
    for told in Told::ALL {
        components.headers.insert(told.component(), RefOr::T(header(told)));
    }
}

fn header(told: Told) -> Header {
    let example = told.example();
    let kind = match &example {
        Value::Bool(_) => Type::Boolean,
        Value::Number(_) => Type::Integer,
        Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => Type::String,
    };
    let builder = HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(kind)))
        .description(Some(told.description()))
        .example(Some(example));
    // utoipa has no word for it.
    let required = told.is_certain().then(|| Extensions::from_iter([("required", true)]));
    builder.extensions(required).build()
}

/// Says of an answer that it may have these.
pub(super) fn tell(answer: &mut Response, headers: &[Told]) {
    for told in headers {
        let reference = Ref::new(format!("#/components/headers/{}", told.component()));
        answer.headers.insert(told.name().to_owned(), RefOr::Ref(reference));
    }
}

const IMPORTS: &str = "/v1/imports";

/// What every answer may have.
const EVERYWHERE: [Told; 3] = [Told::CallId, Told::Quotas, Told::Left];

/// Says of the answers of an operation that are no refusals what they have.
pub(super) fn describe(path: &str, method: &HttpMethod, operation: &mut Operation) {
    let is_keyed = takes_a_key(path, method);
    // An import says in its body whether it was tried.
    let can_be_tried = has_parameter(operation, "dry_run") && path != IMPORTS;
    for (status, answer) in &mut operation.responses.responses {
        let RefOr::T(answer) = answer else { continue };
        tell(answer, &EVERYWHERE);
        if matches!(status.as_str(), "201" | "202") {
            tell(answer, &[Told::Place]);
        }
        if is_keyed {
            tell(answer, &[Told::Again]);
        }
        if can_be_tried {
            tell(answer, &[Told::Tried]);
        }
        if path.starts_with("/v1/exports/") || path.ends_with("/report") {
            tell(answer, &[Told::File]);
        }
    }
}

fn has_parameter(operation: &Operation, name: &str) -> bool {
    operation.parameters.iter().flatten().any(|one| matches!(one, RefOr::T(one) if one.name == name))
}

/// Says of a refusal what it has.
pub(super) fn describe_refusal(status: u16, answer: &mut Response) {
    tell(answer, &EVERYWHERE);
    tell(
        answer,
        match status {
            401 => &[Told::LogIn],
            405 => &[Told::Methods],
            409 => &[Told::ComeAgain, Told::Again],
            412 => &[Told::Tag],
            // What a refusal changed is kept for repetitions, as a wrong phrase is counted.
            422 => &[Told::Again],
            429 | 503 => &[Told::ComeAgain],
            _ => &[],
        },
    );
}
