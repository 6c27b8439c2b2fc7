//! A refusal is a domain or action error until `rest/problem.rs` turns it into a status.

use crate::mentions::{How, Mention};
use crate::source::{Package, Source};
use crate::violation::Violation;

const CHOOSER: &str = "src/rest/problem.rs";

/// The refusing statuses, 400 and above, as `http` names them.
const REFUSALS: [&str; 40] = [
    "BAD_REQUEST",
    "UNAUTHORIZED",
    "PAYMENT_REQUIRED",
    "FORBIDDEN",
    "NOT_FOUND",
    "METHOD_NOT_ALLOWED",
    "NOT_ACCEPTABLE",
    "PROXY_AUTHENTICATION_REQUIRED",
    "REQUEST_TIMEOUT",
    "CONFLICT",
    "GONE",
    "LENGTH_REQUIRED",
    "PRECONDITION_FAILED",
    "PAYLOAD_TOO_LARGE",
    "URI_TOO_LONG",
    "UNSUPPORTED_MEDIA_TYPE",
    "RANGE_NOT_SATISFIABLE",
    "EXPECTATION_FAILED",
    "IM_A_TEAPOT",
    "MISDIRECTED_REQUEST",
    "UNPROCESSABLE_ENTITY",
    "LOCKED",
    "FAILED_DEPENDENCY",
    "TOO_EARLY",
    "UPGRADE_REQUIRED",
    "PRECONDITION_REQUIRED",
    "TOO_MANY_REQUESTS",
    "REQUEST_HEADER_FIELDS_TOO_LARGE",
    "UNAVAILABLE_FOR_LEGAL_REASONS",
    "INTERNAL_SERVER_ERROR",
    "NOT_IMPLEMENTED",
    "BAD_GATEWAY",
    "SERVICE_UNAVAILABLE",
    "GATEWAY_TIMEOUT",
    "HTTP_VERSION_NOT_SUPPORTED",
    "VARIANT_ALSO_NEGOTIATES",
    "INSUFFICIENT_STORAGE",
    "LOOP_DETECTED",
    "NOT_EXTENDED",
    "NETWORK_AUTHENTICATION_REQUIRED",
];

pub(crate) fn are_chosen_in_one_place(source: &Source<'_>) -> Vec<Violation> {
    if source.package != Package::Service || source.path == CHOOSER {
        return Vec::new();
    }
    source
        .mentions()
        .filter(|mention| mention.how != How::InAttribute && !mention.in_test && refuses(mention))
        .map(|mention| {
            let rule = format!("only `rest/problem.rs` may choose `{}`", mention.path.join("::"));
            source.violation(
                mention.line,
                rule,
                "return an error with a meaning, and map it to its status in rest/problem.rs",
            )
        })
        .collect()
}

fn refuses(mention: &Mention) -> bool {
    match mention.segments().as_slice() {
        // What another server answered us is read, not chosen.
        // So is what `birgemiz webhook listen` answers us: it stands for somebody else's receiver.
        ["reqwest" | "hyper", ..] => false,
        [.., "StatusCode", "from_u16"] => true,
        [.., "StatusCode", status] => REFUSALS.contains(status),
        [.., "HttpResponse", short] => REFUSALS.contains(&screaming(short).as_str()),
        ["actix_web", "error", short, ..] => {
            short.strip_prefix("Error").is_some_and(|status| REFUSALS.contains(&screaming(status).as_str()))
        }
        _ => false,
    }
}

/// `NotFound` as `NOT_FOUND`.
fn screaming(camel: &str) -> String {
    let mut out = String::new();
    for letter in camel.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::planted::broken_lines;

    const RULE: &str = "may choose";

    #[test]
    fn a_refusal_is_chosen_in_problem_alone() {
        for body in [
            "use actix_web::http::StatusCode; fn f() { StatusCode::NOT_FOUND; }",
            "fn f() { actix_web::http::StatusCode::from_u16(409); }",
            "use actix_web::HttpResponse; fn f() { HttpResponse::Conflict().finish(); }",
            "use actix_web::HttpResponse as Answer; fn f() { Answer::InternalServerError(); }",
            "use actix_web::error; fn f() { error::ErrorBadRequest(1); }",
        ] {
            assert_eq!(broken_lines("src/rest/claims/release.rs", body, RULE), [2], "{body}");
            assert_eq!(broken_lines("src/rest/problem.rs", body, RULE), Vec::<usize>::new(), "{body}");
        }
    }

    #[test]
    fn an_answer_a_test_and_another_servers_word_are_free() {
        for (path, body) in [
            (
                "src/rest/claims/release.rs",
                "use actix_web::HttpResponse; fn f() { HttpResponse::NoContent(); HttpResponse::Created(); }",
            ),
            (
                "src/rest/claims/release.rs",
                "#[utoipa::path(responses((status = StatusCode::NOT_FOUND)))] fn f() {}",
            ),
            (
                "src/rest/server.rs",
                "#[cfg(test)] mod tests { fn f() { actix_web::http::StatusCode::NOT_FOUND; } }",
            ),
            ("src/outbound/webhook.rs", "use reqwest::StatusCode; fn f() { StatusCode::TOO_MANY_REQUESTS; }"),
        ] {
            assert_eq!(broken_lines(path, body, RULE), Vec::<usize>::new(), "{path}: {body}");
        }
    }
}
