//! Every route, one line each, and who may call it. What is not here does not exist.
//!
//! A route says for whom it is, and its handler asks for the same (`By`): where the two differ, or one is missing, this
//! does not compile ([`CalledBy`](super::policies::CalledBy)). So no route is open for having been forgotten.

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, ResponseError};
use domain::refusal::Code;

use super::extract::{
    Administrator, Anybody, Coordinator, CoordinatorOrPartner, Nobody, NotAdministrator, Open, Partner,
    Person, Staff, StaffOrPartner, Volunteer, VolunteerOrCoordinator,
};
use super::policies::{Policy, asked};
use super::problem::Problem;
use super::{
    areas, auth, calls, campaigns, catalogue, claims, deliveries, docs, events, exports, hotline, households,
    hubs, imports, invitations, me, nearby, offers, organisations, partners, plans, positions, requests,
    sandbox, service, sessions, users, volunteers, webhooks,
};

/// Registers each path as one resource, so that a wrong method is 405 and not 404, and lists them all.
macro_rules! routes {
    ($($path:literal => { $($method:ident: $handler:path as $who:ident),+ $(,)? })+) => {
        /// Every route: method and path.
        pub const ROUTES: &[(&str, &str)] = &[$($((stringify!($method), $path)),+),+];

        /// Who may call each route: method, path and rule, in the order of [`ROUTES`].
        pub const POLICIES: &[(&str, &str, Policy)] =
            &[$($((stringify!($method), $path, Policy::of::<$who>())),+),+];

        /// Registers every route.
        pub fn configure(config: &mut ServiceConfig) {
            $(config.service(
                web::resource($path)
                    $(.route(web::$method().to(asked::<$who, _, _>($handler))))+
                    .default_service(web::to(|| wrong_method(&[$(stringify!($method)),+]))),
            );)+
            docs::configure(config);
        }
    };
}

routes! {
    "/" => { get: service::index as Open }
    "/health/live" => { get: service::live as Open }
    "/health/ready" => { get: service::ready as Open }
    "/metrics" => { get: service::metrics as Open }
    "/.well-known/jwks.json" => { get: service::jwks as Open }
    "/openapi.yaml" => { get: docs::openapi as Open }
    "/docs" => { get: docs::to_the_pages as Open }
    "/docs/errors" => { get: docs::errors::index as Open }
    "/docs/errors/{code}" => { get: docs::errors::page as Open }
    "/setup" => { get: service::set_up_page as Open }
    "/v1/auth/setup" => { post: auth::set_up as Nobody }
    "/v1/auth/password" => { post: auth::set_password as Nobody }
    "/v1/auth/login" => { post: auth::log_in as Nobody }
    "/v1/auth/codes" => { post: auth::codes::ask as Nobody }
    "/v1/auth/codes/redeem" => { post: auth::codes::redeem as Nobody }
    "/v1/auth/step-up" => { post: auth::step_up::step_up as Person }
    "/login" => { get: service::login_page as Open }
    "/v1/auth/refresh" => { post: auth::refresh as Nobody }
    "/v1/auth/logout" => { post: auth::log_out as Nobody }
    "/v1/auth/token" => { post: auth::token as Nobody }
    "/v1/households" => {
        get: households::list as CoordinatorOrPartner,
        post: households::register as CoordinatorOrPartner,
    }
    "/v1/households/bulk" => { post: households::register_many as CoordinatorOrPartner }
    "/v1/households/{id}" => { get: households::get as CoordinatorOrPartner }
    "/v1/households/{id}/door" => { get: households::door as CoordinatorOrPartner }
    "/v1/households/{id}/verify" => { post: households::verify as Coordinator }
    "/v1/households/{id}/reject" => { post: households::reject as Coordinator }
    "/v1/households/{id}/suspend" => { post: households::suspend as Coordinator }
    "/v1/households/{id}/reinstate" => { post: households::reinstate as Coordinator }
    "/v1/households/{id}/archive" => { post: households::archive as Coordinator }
    "/v1/households/{id}/erase" => { post: households::erase as Coordinator }
    "/v1/households/{id}/locate" => { post: households::locate as Coordinator }
    "/v1/hotline/intakes" => { post: hotline::take_in as CoordinatorOrPartner }
    "/v1/calls" => { get: calls::list as Coordinator, post: calls::order as Coordinator }
    "/v1/calls/next" => { post: calls::lock_next as Coordinator }
    "/v1/calls/{id}/lock" => { post: calls::lock as Coordinator }
    "/v1/calls/{id}/outcome" => { post: calls::outcome as Coordinator }
    "/v1/requests" => {
        get: requests::list as CoordinatorOrPartner,
        post: requests::submit as CoordinatorOrPartner,
    }
    "/v1/requests/summary" => { get: requests::summary as CoordinatorOrPartner }
    "/v1/requests/queue" => { get: requests::queue as Coordinator }
    "/v1/requests/bulk" => { post: requests::submit_many as CoordinatorOrPartner }
    "/v1/requests/{id}" => { get: requests::get as NotAdministrator }
    "/v1/requests/{id}/candidates" => { get: requests::candidates as Coordinator }
    "/v1/requests/{id}/why-not" => { get: requests::why_not as Coordinator }
    "/v1/requests/{id}/verify" => { post: requests::verify as Coordinator }
    "/v1/requests/{id}/claim" => { post: requests::claim as Volunteer }
    "/v1/requests/{id}/assign" => { post: requests::assign as Coordinator }
    "/v1/requests/{id}/revoke" => { post: requests::revoke as Coordinator }
    "/v1/requests/{id}/cancel" => { post: requests::cancel as CoordinatorOrPartner }
    "/v1/requests/{id}/phrase" => { post: requests::issue_phrase as CoordinatorOrPartner }
    "/v1/requests/{id}/acknowledge" => { post: requests::acknowledge as CoordinatorOrPartner }
    "/v1/me/nearby-requests" => { get: nearby::list as Volunteer }
    "/v1/claims/{id}" => { get: claims::get as VolunteerOrCoordinator }
    "/v1/claims/{id}/door" => { get: claims::door as Volunteer }
    "/v1/claims/{id}/release" => { post: claims::release as Volunteer }
    "/v1/claims/{id}/complete" => { post: claims::complete as Volunteer }
    "/password" => { get: service::password_page as Open }
    "/v1/organisations" => {
        get: organisations::list as Administrator,
        post: organisations::create as Administrator,
    }
    "/v1/organisations/{id}" => { get: organisations::get as Administrator }
    "/v1/organisations/{id}/authenticator-rule" => { put: auth::authenticators::set_rule as Administrator }
    "/v1/campaigns" => { get: campaigns::list as Staff, post: campaigns::create as Administrator }
    "/v1/campaigns/{id}" => { get: campaigns::get as Staff }
    "/v1/campaigns/{id}/organisations" => { post: campaigns::join as Administrator }
    "/v1/campaigns/{id}/policy" => { put: campaigns::set_policy as Administrator }
    "/v1/areas" => { get: areas::list as Anybody, post: areas::create as Administrator }
    "/v1/areas/{id}" => { get: areas::get as Anybody }
    "/v1/areas/{id}/buildings" => { post: areas::add_buildings as Administrator }
    "/v1/areas/{id}/summary" => { get: areas::summary as Coordinator }
    "/v1/areas/{id}/balance" => { get: areas::balance as Coordinator }
    "/v1/hubs" => { get: hubs::list as Anybody, post: hubs::create as Staff }
    "/v1/hubs/{id}" => { get: hubs::get as Anybody }
    "/v1/items" => { get: catalogue::list_items as Anybody, post: catalogue::create_item as Administrator }
    "/v1/items/{id}" => { get: catalogue::get_item as Anybody }
    "/v1/kits" => { get: catalogue::list_kits as Anybody, post: catalogue::create_kit as Administrator }
    "/v1/kits/{id}" => { get: catalogue::get_kit as Anybody }
    "/v1/imports" => { post: imports::begin as Staff }
    "/v1/imports/templates/{id}" => { get: imports::template as Staff }
    "/v1/imports/{id}" => { get: imports::get as Staff }
    "/v1/imports/{id}/report" => { get: imports::report as Staff }
    "/v1/events" => { get: events::list as Anybody }
    "/v1/events/stream" => { get: events::stream as Anybody }
    "/v1/exports/households" => { get: exports::households as Coordinator }
    "/v1/exports/volunteers" => { get: exports::volunteers as Coordinator }
    "/v1/exports/requests" => { get: exports::requests as Coordinator }
    "/v1/users" => { get: users::list as Administrator, post: users::create as Administrator }
    "/v1/users/{id}" => { get: users::get as Administrator }
    "/v1/users/{id}/sessions" => {
        get: sessions::of_user as Administrator,
        delete: sessions::end_of_user as Administrator,
    }
    "/v1/users/{id}/authenticator" => { delete: auth::authenticators::remove_of_user as Administrator }
    "/v1/users/{id}/disable" => { post: users::disable as Administrator }
    "/v1/users/{id}/password-link" => { post: users::password_link as Administrator }
    "/v1/partners" => { get: partners::list as Administrator, post: partners::create as Administrator }
    "/v1/partners/{id}" => { get: partners::get as Administrator }
    "/v1/partners/{id}/revoke" => { post: partners::revoke as Administrator }
    "/v1/partners/{id}/keys" => { put: partners::set_keys as Administrator }
    "/v1/partners/{id}/secret" => { post: partners::rotate_secret as Administrator }
    "/v1/sandbox" => { get: sandbox::get as Partner }
    "/v1/sandbox/clock" => { post: sandbox::advance as Partner }
    "/v1/webhook-endpoints" => {
        get: webhooks::list as StaffOrPartner,
        post: webhooks::create as StaffOrPartner,
    }
    "/v1/webhook-endpoints/{id}" => {
        get: webhooks::get as StaffOrPartner,
        patch: webhooks::change as StaffOrPartner,
        delete: webhooks::delete as StaffOrPartner,
    }
    "/v1/webhook-endpoints/{id}/rotate-secret" => { post: webhooks::rotate_secret as StaffOrPartner }
    "/v1/webhook-endpoints/{id}/test" => { post: webhooks::test as StaffOrPartner }
    "/v1/webhook-endpoints/{id}/attempts" => { get: webhooks::attempts as StaffOrPartner }
    "/v1/webhook-endpoints/{id}/replay" => { post: webhooks::replay as StaffOrPartner }
    "/v1/webhook-endpoints/{id}/enable" => { post: webhooks::enable as StaffOrPartner }
    "/v1/invitations" => { get: invitations::list as Staff, post: invitations::create as Staff }
    "/v1/invitations/{id}" => { get: invitations::get as Staff }
    "/v1/invitations/{id}/revoke" => { post: invitations::revoke as Staff }
    "/v1/volunteers/register" => { post: volunteers::register as Nobody }
    "/v1/volunteers" => { get: volunteers::list as Coordinator, post: volunteers::add as Coordinator }
    "/v1/volunteers/{id}" => { get: volunteers::get as Coordinator, patch: volunteers::edit as Coordinator }
    "/v1/volunteers/{id}/approve" => { post: volunteers::approve as Coordinator }
    "/v1/volunteers/{id}/reject" => { post: volunteers::reject as Coordinator }
    "/v1/volunteers/{id}/suspend" => { post: volunteers::suspend as Coordinator }
    "/v1/volunteers/{id}/reinstate" => { post: volunteers::reinstate as Coordinator }
    "/v1/volunteers/{id}/sessions" => { delete: sessions::end_of_volunteer as Coordinator }
    "/v1/volunteers/{id}/blocks" => { post: volunteers::block as Coordinator }
    "/v1/requests/{id}/dispatch" => { get: offers::dispatch as Coordinator }
    "/v1/offers/{id}/accept" => { post: offers::accept as Volunteer }
    "/v1/offers/{id}/decline" => { post: offers::decline as Volunteer }
    "/v1/plans" => { get: plans::list as Coordinator, post: plans::make as Coordinator }
    "/v1/plans/{id}" => { get: plans::get as Coordinator }
    "/v1/plans/{id}/edits" => { post: plans::edit as Coordinator }
    "/v1/plans/{id}/commit" => { post: plans::commit as Coordinator }
    "/v1/positions" => { post: positions::track as Partner }
    "/v1/me" => { get: me::get as Anybody, patch: me::edit as Volunteer }
    "/v1/me/duty" => { put: me::duty as Volunteer }
    "/v1/me/position" => { put: me::position as Volunteer }
    "/v1/me/availability" => { put: me::availability as Volunteer }
    "/v1/me/leave" => { post: me::leave as Volunteer }
    "/v1/me/offers" => { get: offers::mine as Volunteer }
    "/v1/me/claims" => { get: me::claims as Volunteer }
    "/v1/me/authenticator" => {
        post: auth::authenticators::begin as Staff,
        delete: auth::authenticators::remove as Staff,
    }
    "/v1/me/authenticator/confirm" => { post: auth::authenticators::confirm as Staff }
    "/v1/me/sessions" => { get: sessions::mine as Person }
    "/v1/me/sessions/{id}" => { delete: sessions::end_mine as Person }
    "/v1/deliveries/{id}" => { get: deliveries::get as VolunteerOrCoordinator }
    "/v1/deliveries/{id}/pick-up" => { post: deliveries::pick_up as Volunteer }
    "/v1/deliveries/{id}/arrive" => { post: deliveries::arrive as Volunteer }
    "/v1/deliveries/{id}/complete" => { post: deliveries::complete as VolunteerOrCoordinator }
    "/v1/deliveries/{id}/fail" => { post: deliveries::fail as Volunteer }
    "/v1/deliveries/{id}/photo" => {
        get: deliveries::read_photo as Coordinator,
        post: deliveries::add_photo as Volunteer,
    }
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
