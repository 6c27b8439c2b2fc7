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

/// The longest value of a parameter: as many ids as a page has entries.
pub const LONGEST_PARAMETER: usize = 8_000;

/// The query, parsed, and the walk through a list that it is a page of.
pub struct Params<T>(pub T, pub Walk);

/// A walk through a list: which list, by which filters, for whom. A place in one is a place in no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    digest: [u8; 16],
    /// Where the list is read on, but for the cursor.
    page: String,
}

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if form_urlencoded::parse(request.query_string().as_bytes())
            .any(|(_, value)| value.chars().count() > LONGEST_PARAMETER)
        {
            let detail = format!("no value is longer than {LONGEST_PARAMETER} characters");
            return ready(Err(Problem::parameter(Code::InvalidParameter, "?", detail)));
        }
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
        let digest = digest(told.as_bytes()).first_chunk().copied().unwrap_or_default();
        let mut query = form_urlencoded::Serializer::new(String::new());
        let said = form_urlencoded::parse(request.query_string().as_bytes());
        query.extend_pairs(said.filter(|(name, _)| name != "cursor"));
        Self { digest, page: format!("{}?{}", request.path(), query.finish()) }
    }

    /// What tells this walk from others.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.digest
    }

    /// Where the page that begins at this cursor is read, on this server.
    #[must_use]
    pub fn at(&self, cursor: &str) -> String {
        let and = if self.page.ends_with('?') { "" } else { "&" };
        format!("{}{and}cursor={cursor}", self.page)
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
    fn a_page_leads_to_the_next_by_the_same_filters() {
        assert_eq!(walk("/v1/requests").at("abc"), "/v1/requests?cursor=abc");
        let next = walk("/v1/requests?status=open%2Cclaimed&cursor=xyz&limit=5").at("abc");
        assert_eq!(next, "/v1/requests?status=open%2Cclaimed&limit=5&cursor=abc");
    }

    #[test]
    fn a_walk_is_known_by_its_list_and_filters() {
        let open = walk("/v1/requests?status=open&limit=5");
        assert_eq!(open.bytes(), walk("/v1/requests?cursor=abc&status=open").bytes());
        assert_eq!(walk("/v1/requests?a=1&b=2").bytes(), walk("/v1/requests?b=2&a=1").bytes());
        for other in [
            "/v1/requests",
            "/v1/requests?status=claimed",
            "/v1/households?status=open",
            "/v1/requests?status=open&a=",
        ] {
            assert_ne!(open.bytes(), walk(other).bytes(), "{other}");
        }
    }
}
