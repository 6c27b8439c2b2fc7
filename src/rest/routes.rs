//! Every route, one line each. What is not here does not exist.

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, ResponseError};
use domain::refusal::Code;

use super::problem::Problem;
use super::{
    areas, auth, calls, campaigns, catalogue, claims, deliveries, docs, events, exports, hotline, households,
    hubs, imports, invitations, me, nearby, organisations, partners, plans, positions, requests, sandbox,
    service, sessions, users, volunteers, webhooks,
};

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
    "/docs" => { get: docs::to_the_pages }
    "/docs/errors" => { get: docs::errors::index }
    "/docs/errors/{code}" => { get: docs::errors::page }
    "/setup" => { get: service::set_up_page }
    "/v1/auth/setup" => { post: auth::set_up }
    "/v1/auth/password" => { post: auth::set_password }
    "/v1/auth/login" => { post: auth::log_in }
    "/v1/auth/refresh" => { post: auth::refresh }
    "/v1/auth/logout" => { post: auth::log_out }
    "/v1/auth/token" => { post: auth::token }
    "/v1/households" => { get: households::list, post: households::register }
    "/v1/households/bulk" => { post: households::register_many }
    "/v1/households/{id}" => { get: households::get }
    "/v1/households/{id}/door" => { get: households::door }
    "/v1/households/{id}/verify" => { post: households::verify }
    "/v1/households/{id}/reject" => { post: households::reject }
    "/v1/households/{id}/suspend" => { post: households::suspend }
    "/v1/households/{id}/reinstate" => { post: households::reinstate }
    "/v1/households/{id}/archive" => { post: households::archive }
    "/v1/households/{id}/locate" => { post: households::locate }
    "/v1/hotline/intakes" => { post: hotline::take_in }
    "/v1/calls" => { get: calls::list, post: calls::order }
    "/v1/calls/next" => { post: calls::lock_next }
    "/v1/calls/{id}/lock" => { post: calls::lock }
    "/v1/calls/{id}/outcome" => { post: calls::outcome }
    "/v1/requests" => { get: requests::list, post: requests::submit }
    "/v1/requests/summary" => { get: requests::summary }
    "/v1/requests/queue" => { get: requests::queue }
    "/v1/requests/bulk" => { post: requests::submit_many }
    "/v1/requests/{id}" => { get: requests::get }
    "/v1/requests/{id}/candidates" => { get: requests::candidates }
    "/v1/requests/{id}/why-not" => { get: requests::why_not }
    "/v1/requests/{id}/verify" => { post: requests::verify }
    "/v1/requests/{id}/claim" => { post: requests::claim }
    "/v1/requests/{id}/assign" => { post: requests::assign }
    "/v1/requests/{id}/revoke" => { post: requests::revoke }
    "/v1/requests/{id}/cancel" => { post: requests::cancel }
    "/v1/requests/{id}/phrase" => { post: requests::issue_phrase }
    "/v1/requests/{id}/acknowledge" => { post: requests::acknowledge }
    "/v1/me/nearby-requests" => { get: nearby::list }
    "/v1/claims/{id}" => { get: claims::get }
    "/v1/claims/{id}/door" => { get: claims::door }
    "/v1/claims/{id}/release" => { post: claims::release }
    "/v1/claims/{id}/complete" => { post: claims::complete }
    "/password" => { get: service::password_page }
    "/v1/organisations" => { get: organisations::list, post: organisations::create }
    "/v1/organisations/{id}" => { get: organisations::get }
    "/v1/campaigns" => { get: campaigns::list, post: campaigns::create }
    "/v1/campaigns/{id}" => { get: campaigns::get }
    "/v1/campaigns/{id}/organisations" => { post: campaigns::join }
    "/v1/campaigns/{id}/policy" => { put: campaigns::set_policy }
    "/v1/areas" => { get: areas::list, post: areas::create }
    "/v1/areas/{id}" => { get: areas::get }
    "/v1/areas/{id}/buildings" => { post: areas::add_buildings }
    "/v1/areas/{id}/summary" => { get: areas::summary }
    "/v1/areas/{id}/balance" => { get: areas::balance }
    "/v1/hubs" => { get: hubs::list, post: hubs::create }
    "/v1/hubs/{id}" => { get: hubs::get }
    "/v1/items" => { get: catalogue::list_items, post: catalogue::create_item }
    "/v1/items/{id}" => { get: catalogue::get_item }
    "/v1/kits" => { get: catalogue::list_kits, post: catalogue::create_kit }
    "/v1/kits/{id}" => { get: catalogue::get_kit }
    "/v1/imports" => { post: imports::begin }
    "/v1/imports/templates/{id}" => { get: imports::template }
    "/v1/imports/{id}" => { get: imports::get }
    "/v1/imports/{id}/report" => { get: imports::report }
    "/v1/events" => { get: events::list }
    "/v1/events/stream" => { get: events::stream }
    "/v1/exports/households" => { get: exports::households }
    "/v1/exports/volunteers" => { get: exports::volunteers }
    "/v1/exports/requests" => { get: exports::requests }
    "/v1/users" => { get: users::list, post: users::create }
    "/v1/users/{id}" => { get: users::get }
    "/v1/users/{id}/sessions" => { get: sessions::of_user, delete: sessions::end_of_user }
    "/v1/users/{id}/disable" => { post: users::disable }
    "/v1/users/{id}/password-link" => { post: users::password_link }
    "/v1/partners" => { get: partners::list, post: partners::create }
    "/v1/partners/{id}" => { get: partners::get }
    "/v1/partners/{id}/revoke" => { post: partners::revoke }
    "/v1/partners/{id}/secret" => { post: partners::rotate_secret }
    "/v1/sandbox" => { get: sandbox::get }
    "/v1/sandbox/clock" => { post: sandbox::advance }
    "/v1/webhook-endpoints" => { get: webhooks::list, post: webhooks::create }
    "/v1/webhook-endpoints/{id}" => { get: webhooks::get, patch: webhooks::change, delete: webhooks::delete }
    "/v1/webhook-endpoints/{id}/rotate-secret" => { post: webhooks::rotate_secret }
    "/v1/webhook-endpoints/{id}/test" => { post: webhooks::test }
    "/v1/webhook-endpoints/{id}/attempts" => { get: webhooks::attempts }
    "/v1/webhook-endpoints/{id}/replay" => { post: webhooks::replay }
    "/v1/webhook-endpoints/{id}/enable" => { post: webhooks::enable }
    "/v1/invitations" => { get: invitations::list, post: invitations::create }
    "/v1/invitations/{id}" => { get: invitations::get }
    "/v1/invitations/{id}/revoke" => { post: invitations::revoke }
    "/v1/volunteers/register" => { post: volunteers::register }
    "/v1/volunteers" => { get: volunteers::list, post: volunteers::add }
    "/v1/volunteers/{id}" => { get: volunteers::get, patch: volunteers::edit }
    "/v1/volunteers/{id}/approve" => { post: volunteers::approve }
    "/v1/volunteers/{id}/reject" => { post: volunteers::reject }
    "/v1/volunteers/{id}/suspend" => { post: volunteers::suspend }
    "/v1/volunteers/{id}/reinstate" => { post: volunteers::reinstate }
    "/v1/volunteers/{id}/sessions" => { delete: sessions::end_of_volunteer }
    "/v1/volunteers/{id}/blocks" => { post: volunteers::block }
    "/v1/plans" => { get: plans::list, post: plans::make }
    "/v1/plans/{id}" => { get: plans::get }
    "/v1/plans/{id}/edits" => { post: plans::edit }
    "/v1/plans/{id}/commit" => { post: plans::commit }
    "/v1/positions" => { post: positions::track }
    "/v1/me" => { get: me::get, patch: me::edit }
    "/v1/me/duty" => { put: me::duty }
    "/v1/me/position" => { put: me::position }
    "/v1/me/availability" => { put: me::availability }
    "/v1/me/leave" => { post: me::leave }
    "/v1/me/claims" => { get: me::claims }
    "/v1/me/sessions" => { get: sessions::mine }
    "/v1/me/sessions/{id}" => { delete: sessions::end_mine }
    "/v1/deliveries/{id}" => { get: deliveries::get }
    "/v1/deliveries/{id}/pick-up" => { post: deliveries::pick_up }
    "/v1/deliveries/{id}/arrive" => { post: deliveries::arrive }
    "/v1/deliveries/{id}/complete" => { post: deliveries::complete }
    "/v1/deliveries/{id}/fail" => { post: deliveries::fail }
    "/v1/deliveries/{id}/photo" => { get: deliveries::read_photo, post: deliveries::add_photo }
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
