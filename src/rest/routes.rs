//! Every route, one line each. What is not here does not exist.

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, ResponseError};
use domain::refusal::Code;

use super::problem::Problem;
use super::{auth, docs, households, requests, service};

/// Registers each path as one resource, so that a wrong method is 405 and not 404, and lists them all.
macro_rules! routes {
    ($($path:literal => { $($method:ident: $handler:path),+ $(,)? })+) => {
        /// Every route: method and path.
        pub const ROUTES: &[(&str, &str)] = &[$($((stringify!($method), $path)),+),+];

        /// Registers every route.
        pub fn configure(config: &mut ServiceConfig) {
            $(config.service(
                web::resource($path)
                    $(.route(web::$method().to($handler)))+
                    .default_service(web::to(|| wrong_method(&[$(stringify!($method)),+]))),
            );)+
            docs::configure(config);
        }
    };
}

routes! {
    "/" => { get: service::index }
    "/health/live" => { get: service::live }
    "/health/ready" => { get: service::ready }
    "/metrics" => { get: service::metrics }
    "/.well-known/jwks.json" => { get: service::jwks }
    "/openapi.yaml" => { get: docs::openapi }
    "/docs/errors" => { get: docs::errors }
    "/v1/auth/login" => { post: auth::login }
    "/v1/households" => { post: households::register }
    "/v1/requests" => { post: requests::submit }
}

async fn wrong_method(allowed: &'static [&'static str]) -> HttpResponse {
    let mut response = Problem::from(Code::MethodNotAllowed).error_response();
    let list = allowed.join(", ").to_uppercase();
    if let Ok(value) = header::HeaderValue::from_str(&list) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

/// The answer where nothing is.
pub async fn unknown(_: HttpRequest) -> HttpResponse {
    Problem::from(Code::UnknownRoute).error_response()
}
