//! Query parameters. One that the call does not know is refused, so that a misspelt filter never
//! silently selects everything.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use domain::refusal::Code;
use serde::de::DeserializeOwned;

use super::digest;
use crate::rest::problem::Problem;
use crate::rest::{filters, validators};

/// The query, parsed, and the walk through a list that it is a page of.
pub struct Params<T>(pub T, pub Walk);

/// A walk through a list: which list, by which filters, for whom. A place in one is a place in no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walk([u8; 16]);

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(
            form_urlencoded::parse(request.query_string().as_bytes()),
        ));
        ready(parsed.map(|value| Self(value, Walk::of(request))).map_err(|error| problem(&error)))
    }
}

impl Walk {
    /// The walk of a call. Every filter counts, in whatever order; how much is told at once, and from where on, does not.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let mut filters: Vec<(String, String)> = form_urlencoded::parse(request.query_string().as_bytes())
            .filter(|(name, _)| name != "limit" && name != "cursor")
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        filters.sort();
        let told = format!("{}\n{}\n{filters:?}", request.path(), validators::audience(request));
        let digest = digest(told.as_bytes());
        Self(digest.first_chunk().copied().unwrap_or_default())
    }

    /// What tells this walk from others.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

fn problem(error: &serde_path_to_error::Error<serde_urlencoded::de::Error>) -> Problem {
    let text = error.inner().to_string();
    let name = error.path().to_string();
    match text.strip_prefix("unknown field `") {
        // Only known names are told, never what was sent.
        Some(rest) => {
            let (unknown, known) = rest.split_once('`').unwrap_or((rest, ""));
            let names = known.split('`').skip(1).step_by(2);
            let meant = filters::nearest(unknown, names).map(|name| format!("did you mean `{name}`? "));
            let known = known.split_once("expected").map_or("", |(_, known)| known);
            let detail = format!("{}this call knows{known}", meant.unwrap_or_default());
            Problem::parameter(Code::UnknownParameter, "?", detail)
        }
        None => Problem::parameter(Code::InvalidParameter, name, "see the parameter's description in /docs"),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn walk(uri: &str) -> Walk {
        Walk::of(&TestRequest::get().uri(uri).to_http_request())
    }

    #[test]
    fn a_walk_is_known_by_its_list_and_filters() {
        let open = walk("/v1/requests?status=open&limit=5");
        assert_eq!(open, walk("/v1/requests?cursor=abc&status=open"));
        assert_eq!(walk("/v1/requests?a=1&b=2"), walk("/v1/requests?b=2&a=1"));
        for other in [
            "/v1/requests",
            "/v1/requests?status=claimed",
            "/v1/households?status=open",
            "/v1/requests?status=open&a=",
        ] {
            assert_ne!(open, walk(other), "{other}");
        }
    }
}
