//! What a caller's device says of itself (`User-Agent`), so that its owner knows it again among their sessions.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};

use crate::rest::problem::Problem;

/// As many characters are kept; real ones are shorter.
const MOST: usize = 200;

/// A device's words; none where it said nothing that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device(pub Option<String>);

impl Device {
    fn of(words: &str) -> Self {
        let words: String = words.chars().filter(|letter| !letter.is_control()).take(MOST).collect();
        Self(Some(words.trim().to_owned()).filter(|words| !words.is_empty()))
    }
}

impl FromRequest for Device {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let words = request.headers().get(header::USER_AGENT).and_then(|words| words.to_str().ok());
        ready(Ok(Self::of(words.unwrap_or_default())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_bounded_and_hold_nothing_that_is_not_seen() {
        assert_eq!(Device::of(" Firefox/140.0\t").0.as_deref(), Some("Firefox/140.0"));
        assert_eq!(Device::of(&"x".repeat(5_000)).0.map(|words| words.len()), Some(MOST));
        assert_eq!(Device::of(" \t ").0, None);
    }
}
