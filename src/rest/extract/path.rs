//! The id in a path. One that cannot be an id names nothing: 404, as for any unknown thing.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use domain::refusal::Code;

use crate::rest::problem::Problem;

/// The id in the path's `{id}`.
pub struct OneId<T>(pub T);

impl<T: FromStr> FromRequest for OneId<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().get("id").and_then(|text| text.parse().ok());
        ready(id.map(Self).ok_or_else(|| Code::NotFound.into()))
    }
}
