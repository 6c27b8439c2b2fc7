//! In which representation a list is wanted: what `Accept` says (RFC 9110, section 12.5.1).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, Header};
use actix_web::{FromRequest, HttpRequest};
use domain::refusal::Code;

use crate::actions::Refusal;
use crate::rest::answer::{GEOJSON, JSON};
use crate::rest::problem::Problem;

/// The representation of a list of things that have a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Representation {
    /// A page of JSON: what is told when nothing is said.
    Json,
    /// A page as a GeoJSON `FeatureCollection`, for maps.
    GeoJson,
}

impl FromRequest for Representation {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(wanted(request))
    }
}

/// The one that is preferred, of those that there are.
fn wanted(request: &HttpRequest) -> Result<Representation, Problem> {
    if !request.headers().contains_key(header::ACCEPT) {
        return Ok(Representation::Json);
    }
    let accept = header::Accept::parse(request).map_err(|_| neither())?;
    let kinds: Vec<String> = accept.ranked().iter().map(|kind| kind.essence_str().to_owned()).collect();
    let kinds = kinds.iter().map(String::as_str);
    let refused: Vec<String> = accept
        .iter()
        .filter(|item| item.quality == header::Quality::ZERO)
        .map(|item| item.item.essence_str().to_owned())
        .collect();
    let mut found = kinds.filter_map(|kind| match kind {
        _ if refused.iter().any(|refused| refused == kind) => None,
        GEOJSON => Some(Representation::GeoJson),
        JSON | "application/*" | "*/*" => Some(Representation::Json),
        _ => None,
    });
    found.next().ok_or_else(neither)
}

fn neither() -> Problem {
    Refusal::because(Code::NotAcceptable, format!("{JSON} or {GEOJSON}")).into()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_representation_that_is_preferred_is_told() {
        use Representation::{GeoJson, Json};
        for (accept, representation) in [
            ("application/json", Some(Json)),
            ("*/*", Some(Json)),
            ("application/geo+json", Some(GeoJson)),
            ("application/geo+json, application/json;q=0.5", Some(GeoJson)),
            ("application/json;q=0.5, application/geo+json;q=0.1", Some(Json)),
            ("text/html, application/xhtml+xml, */*;q=0.8", Some(Json)),
            ("application/geo+json;charset=utf-8", Some(GeoJson)),
            ("text/csv", None),
            ("application/json;q=0", None),
        ] {
            let request = TestRequest::get().insert_header(("accept", accept)).to_http_request();
            assert_eq!(wanted(&request).ok(), representation, "{accept}");
        }
        assert_eq!(wanted(&TestRequest::get().to_http_request()).ok(), Some(Json));
    }
}
