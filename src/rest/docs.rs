//! The contract: the OpenAPI document made from the code, and pages to read it by, all offline.

mod absence;
mod answers;
mod bounds;
mod completion;
pub mod errors;
mod examples;
mod headers;
pub mod repeating;
mod spelling;
mod validating;

use std::sync::OnceLock;

use actix_web::HttpResponse;
use actix_web::web::ServiceConfig;
use utoipa::OpenApi;
use utoipa_swagger_ui::SwaggerUi;

use self::completion::Completion;
use super::{
    areas, auth, calls, campaigns, catalogue, claims, deliveries, events, exports, hotline, households, hubs,
    imports, invitations, me, nearby, offers, organisations, partners, plans, positions, problem, requests,
    sandbox, sessions, users, volunteers, webhooks,
};

/// Every operation and its bodies.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Birgemiz",
        description = "Essentials at the doors of people who cannot leave home, by volunteers nearby. `/v1` grows by addition: \
            accept fields, words of enums and kinds of events that you do not know. What is not there is left out of an \
            answer, never null. Send an `Idempotency-Key` with every POST, and the same one again when no answer came.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = "/", description = "The server that this document came from.")),
    tags(
        (name = "auth", description = "Log people in, and give partner apps their access tokens."),
        (name = "households", description = "Who is served, and, for those who may know, at which door."),
        (name = "hotline", description = "What households ask for on the telephone, and whom operators call."),
        (name = "requests", description = "One need of one household each, from filing to fulfilment."),
        (name = "plans", description = "Everything open of an area given to whoever may: proposals to change and carry out."),
        (name = "offers", description = "What volunteers are asked to take, in waves, and how they answer."),
        (name = "claims", description = "The right of one volunteer to one request, and the door it opens."),
        (name = "deliveries", description = "What a volunteer does under a claim: pick up, arrive, complete, prove."),
        (name = "me", description = "What a volunteer says and sees of themselves."),
        (name = "volunteers", description = "Who serves: registered or added, approved, suspended, kept apart."),
        (name = "invitations", description = "Codes by which volunteers register with an organisation in an area."),
        (name = "organisations", description = "Who takes part: those who lead campaigns and those who join them."),
        (name = "campaigns", description = "A common effort of organisations, under one policy and one catalogue."),
        (name = "areas", description = "Where a campaign works, and what is going on there."),
        (name = "hubs", description = "Where goods are picked up."),
        (name = "catalogue", description = "What may be asked for in a campaign: items, and kits of them."),
        (name = "events", description = "What happened, in one order, as a list and as a stream."),
        (name = "webhooks", description = "The same events pushed to a receiver of yours, signed, in order, at least once."),
        (name = "imports", description = "Files of rows on their way in and out: imports, their reports, and exports."),
        (name = "users", description = "Coordinators and administrators, and how they come to log in."),
        (name = "partners", description = "Apps that file requests for an organisation, and their secrets."),
        (name = "sandbox", description = "A place to try everything out: nobody in it is real, and its time can be advanced.")
    ),
    paths(
        auth::set_up,
        auth::set_password,
        auth::log_in,
        auth::codes::ask,
        auth::codes::redeem,
        auth::step_up::step_up,
        auth::authenticators::begin,
        auth::authenticators::confirm,
        auth::authenticators::remove,
        auth::authenticators::remove_of_user,
        auth::authenticators::set_rule,
        auth::refresh,
        auth::log_out,
        auth::token,
        households::register,
        households::register_many,
        households::get,
        households::door,
        households::verify,
        households::reject,
        households::suspend,
        households::reinstate,
        households::archive,
        households::erase,
        households::locate,
        hotline::take_in,
        calls::list,
        calls::order,
        calls::lock_next,
        calls::lock,
        calls::outcome,
        requests::submit,
        requests::submit_many,
        requests::get,
        requests::verify,
        requests::claim,
        requests::assign,
        requests::revoke,
        requests::cancel,
        requests::issue_phrase,
        requests::acknowledge,
        claims::get,
        claims::door,
        claims::release,
        claims::complete,
        households::list,
        requests::list,
        requests::summary,
        requests::queue,
        requests::candidates,
        requests::why_not,
        nearby::list,
        organisations::create,
        organisations::list,
        organisations::get,
        campaigns::create,
        campaigns::list,
        campaigns::get,
        campaigns::join,
        campaigns::set_policy,
        areas::create,
        areas::list,
        areas::get,
        areas::add_buildings,
        areas::summary,
        areas::balance,
        hubs::create,
        hubs::list,
        hubs::get,
        catalogue::create_item,
        catalogue::list_items,
        catalogue::get_item,
        catalogue::create_kit,
        catalogue::list_kits,
        catalogue::get_kit,
        imports::begin,
        imports::get,
        imports::report,
        imports::template,
        events::list,
        events::stream,
        webhooks::create,
        webhooks::list,
        webhooks::get,
        webhooks::change,
        webhooks::delete,
        webhooks::rotate_secret,
        webhooks::test,
        webhooks::attempts,
        webhooks::replay,
        webhooks::enable,
        exports::households,
        exports::volunteers,
        exports::requests,
        users::create,
        users::list,
        users::get,
        users::disable,
        users::password_link,
        partners::create,
        partners::list,
        partners::get,
        partners::revoke,
        partners::rotate_secret,
        partners::set_keys,
        sandbox::get,
        sandbox::advance,
        invitations::create,
        invitations::list,
        invitations::get,
        invitations::revoke,
        volunteers::register,
        volunteers::add,
        volunteers::list,
        volunteers::get,
        volunteers::edit,
        volunteers::approve,
        volunteers::reject,
        volunteers::suspend,
        volunteers::reinstate,
        volunteers::block,
        offers::mine,
        offers::accept,
        offers::decline,
        offers::dispatch,
        plans::make,
        plans::list,
        plans::get,
        plans::edit,
        plans::commit,
        positions::track,
        me::get,
        me::edit,
        me::duty,
        me::position,
        me::availability,
        me::leave,
        me::claims,
        sessions::mine,
        sessions::end_mine,
        sessions::of_user,
        sessions::end_of_user,
        sessions::end_of_volunteer,
        deliveries::get,
        deliveries::pick_up,
        deliveries::arrive,
        deliveries::complete,
        deliveries::fail,
        deliveries::add_photo,
        deliveries::read_photo,
    ),
    components(schemas(problem::ProblemBody, problem::FlawBody, events::EventBody, events::WebhookPayloadBody)),
    modifiers(&Completion)
)]
struct Contract;

/// The OpenAPI document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Contract::openapi();
    document.webhooks = Some(webhooks::pushed());
    document
}

/// The OpenAPI document as YAML.
#[must_use]
pub fn yaml() -> &'static str {
    static YAML: OnceLock<String> = OnceLock::new();
    YAML.get_or_init(|| spelling::for_every_reader(&document().to_yaml().unwrap_or_default()))
}

/// The pages that show the document.
pub fn configure(config: &mut ServiceConfig) {
    config.service(SwaggerUi::new("/docs/{_:.*}").url("/docs/openapi.json", document()));
}

/// The pages lie one slash further.
pub async fn to_the_pages() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header(("location", "/docs/")).finish()
}

/// The OpenAPI document.
pub async fn openapi() -> HttpResponse {
    HttpResponse::Ok().content_type("application/yaml").body(yaml())
}
