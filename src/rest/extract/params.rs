//! Query parameters. One that the call does not know is refused, so that a misspelt filter never
//! silently selects everything.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use domain::refusal::Code;
use serde::de::DeserializeOwned;

use crate::rest::problem::Problem;

/// The query, parsed.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(
            form_urlencoded::parse(request.query_string().as_bytes()),
        ));
        ready(parsed.map(Self).map_err(|error| problem(&error)))
    }
}

fn problem(error: &serde_path_to_error::Error<serde_urlencoded::de::Error>) -> Problem {
    let text = error.inner().to_string();
    let name = error.path().to_string();
    match text.strip_prefix("unknown field `") {
        // Only the list of known names is repeated, never what was sent.
        Some(rest) => {
            let known = rest.split_once("expected").map_or("", |(_, known)| known);
            Problem::parameter(Code::UnknownParameter, "?", format!("this call knows{known}"))
        }
        None => Problem::parameter(Code::InvalidParameter, name, "see the parameter's description in /docs"),
    }
}
