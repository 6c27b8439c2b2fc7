//! Which refusals are about who calls: those are recorded, for whoever looks for somebody that tries doors.

use std::sync::Arc;

use actix_web::HttpMessage;
use actix_web::dev::ServiceResponse;
use actix_web::web::Data;
use domain::id;
use domain::refusal::Code;

use super::extract::ClientAddress;
use super::tokens::Bearer;
use crate::actions::refused_calls::{RefusedCall, RefusedCaller};
use crate::app::App;

/// Where refresh tokens are shown; wrong guesses at everything else are recorded where they are counted.
const REFRESH: &str = "/v1/auth/refresh";

/// Whatever is refused by these is.
const ALWAYS: [Code; 6] = [
    Code::Unauthenticated,
    Code::Forbidden,
    Code::MissingScope,
    Code::DoorClosed,
    Code::StaleFence,
    Code::TooManyAttempts,
];

/// Notes a call that was answered, if it was refused because of who made it.
pub fn note<B>(response: &ServiceResponse<B>) {
    let code = response.response().extensions().get::<Code>().copied();
    let request = response.request();
    let (Some(code), Some(app)) = (code, request.app_data::<Data<App>>()) else {
        return;
    };
    let bearer = request.extensions().get::<Arc<Bearer>>().cloned();
    let Some(route) = request.match_pattern().filter(|route| is_about_who(code, route, bearer.is_some()))
    else {
        return;
    };
    let by = match bearer.as_deref() {
        Some(Bearer::Person { user, .. }) => RefusedCaller::Person(*user),
        Some(Bearer::Partner { partner, .. }) => RefusedCaller::Partner(*partner),
        None => RefusedCaller::Nobody(ClientAddress::of(request).0),
    };
    let object = request.match_info().iter().find(|(_, value)| id::any_id(value).is_some());
    let object = object.map(|(_, value)| value.to_owned());
    let route = format!("{} {route}", request.method());
    app.refused_calls.count(RefusedCall { by, route, object, code });
}

/// What is another's is refused as if it were not there: so a thing that is not there may be one that is another's.
fn is_about_who(code: Code, route: &str, is_logged_in: bool) -> bool {
    ALWAYS.contains(&code)
        || (code == Code::NotFound && is_logged_in)
        || (code == Code::WrongCredentials && route == REFRESH)
}
