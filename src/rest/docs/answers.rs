//! What each answer that is no refusal means: OpenAPI asks for a description of every one.

use utoipa::openapi::RefOr;
use utoipa::openapi::path::Operation;

/// Describes the answers of an operation that do not say it themselves.
pub(super) fn describe(operation: &mut Operation) {
    for (status, answer) in &mut operation.responses.responses {
        if let RefOr::T(answer) = answer
            && answer.description.is_empty()
        {
            meaning(status).clone_into(&mut answer.description);
        }
    }
}

fn meaning(status: &str) -> &'static str {
    match status {
        "200" => "What was asked for, as it is now.",
        "201" => "It was made. `Location` tells where it is.",
        "202" => "Taken, and worked on after this answer.",
        "204" => "Done; there is nothing more to tell.",
        "207" => "Each item has a verdict of its own, in the order in which they were sent.",
        _ => "See the description of the operation.",
    }
}
