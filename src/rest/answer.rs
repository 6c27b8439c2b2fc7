//! Successful answers: from a value to bytes that can be sent, and kept for replays.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use super::problem;
use super::validators::{self, Seen};
use crate::actions::Answer;

/// JSON.
pub const JSON: &str = "application/json";

/// GeoJSON (RFC 7946).
pub const GEOJSON: &str = "application/geo+json";

/// Made: 201 with where it is and what it is.
pub fn created(location: String, body: &impl Serialize) -> Answer {
    Answer { location: Some(location), ..with_status(StatusCode::CREATED, body) }
}

/// Made, with a secret that is shown this once; replays show `kept` instead.
pub fn created_with_secret(location: String, body: &impl Serialize, kept: &impl Serialize) -> Answer {
    Answer { kept_body: Some(bytes(kept)), ..created(location, body) }
}

/// Begun: 202 with where its progress is read.
pub fn accepted(location: String, body: &impl Serialize) -> Answer {
    Answer { location: Some(location), ..with_status(StatusCode::ACCEPTED, body) }
}

/// Done: 200 with what it is now.
pub fn ok(body: &impl Serialize) -> Answer {
    with_status(StatusCode::OK, body)
}

/// Done, with something that is shown this once; replays show `kept` instead.
pub fn ok_with_secret(body: &impl Serialize, kept: &impl Serialize) -> Answer {
    Answer { kept_body: Some(bytes(kept)), ..ok(body) }
}

/// Done, item by item: 207.
pub fn multi_status(body: &impl Serialize) -> Answer {
    with_status(StatusCode::MULTI_STATUS, body)
}

/// Done, and there is nothing to show: 204.
#[must_use]
pub const fn no_content() -> Answer {
    Answer { status: 204, location: None, body: Vec::new(), kept_body: None, replayed: false }
}

/// Bytes that are no JSON; whoever sends them on names their media type.
#[must_use]
pub const fn bytes_of(body: Vec<u8>) -> Answer {
    Answer { status: 200, location: None, body, kept_body: None, replayed: false }
}

fn with_status(status: StatusCode, body: &impl Serialize) -> Answer {
    Answer { status: status.as_u16(), location: None, body: bytes(body), kept_body: None, replayed: false }
}

fn bytes(body: &impl Serialize) -> Vec<u8> {
    // Our bodies are plain structs of strings and numbers; nothing in them can fail to serialise.
    serde_json::to_vec(body).unwrap_or_default()
}

/// A body that is read, not made by an action, and may be kept by who read it.
pub fn json(body: &impl Serialize) -> HttpResponse {
    validators::validated(JSON, bytes(body), Seen::AsItIs)
}

/// The same, of one thing in this version.
pub fn versioned(body: &impl Serialize, version: i32) -> HttpResponse {
    validators::validated(JSON, bytes(body), Seen::InVersion(version))
}

/// The same, where it holds names of people: it has its tag, and is kept nowhere.
#[must_use]
pub fn unkept(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

/// The same, where it is GeoJSON (RFC 7946).
pub fn geojson(body: &impl Serialize) -> HttpResponse {
    validators::validated(GEOJSON, bytes(body), Seen::AsItIs)
}

/// A body that is another with every look, so that nobody would keep it.
pub fn fleeting(body: &impl Serialize) -> HttpResponse {
    json_bytes(bytes(body))
}

/// The same, where it is bytes already.
pub fn json_bytes(body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type(JSON).body(body)
}

impl From<Answer> for HttpResponse {
    fn from(answer: Answer) -> Self {
        let status = problem::status_of_answer(answer.status);
        let mut response = HttpResponseBuilder::new(status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(location) = answer.location {
            response.insert_header((header::LOCATION, location));
        }
        if answer.replayed {
            response.insert_header(("idempotent-replayed", "true"));
        }
        if answer.body.is_empty() {
            response.finish()
        } else {
            let refused = status.is_client_error() || status.is_server_error();
            response
                .content_type(if refused { "application/problem+json" } else { "application/json" })
                .body(answer.body)
        }
    }
}
