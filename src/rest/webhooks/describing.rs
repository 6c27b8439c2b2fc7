//! The `webhooks` of the contract: what is posted to receivers, for those who write one.

use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem, Paths};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, Ref, Required};

/// What is posted.
#[must_use]
pub fn pushed() -> Paths {
    let header = |name: &str, about: &str| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .description(Some(about))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
            .build()
    };
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("WebhookPayloadBody"))).build();
    let body = RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True));
    let taken = ResponseBuilder::new()
        .description("Taken. Any other status, or none within 20 seconds, is repeated.");
    let gone =
        ResponseBuilder::new().description("Never send anything here again; the endpoint is disabled.");
    let operation = OperationBuilder::new()
        .operation_id(Some("receiveEvent"))
        .tag("webhooks")
        .summary(Some("Take an event."))
        .description(Some(
            "Posted to your endpoint, at least once, events about one object in their order. Verify the signature over \
             the exact bytes of the body, and use webhook-id to see what you have already.",
        ))
        .parameter(header("webhook-id", "The event's id, the same at each attempt."))
        .parameter(header("webhook-timestamp", "Seconds since 1970 at this attempt; refuse what is older than 5 minutes."))
        .parameter(header("webhook-signature", "One or two signatures, separated by a space; one good one is enough."))
        .request_body(Some(body.build()))
        // The signature stands in for a token.
        .securities(Some(Vec::<SecurityRequirement>::new()))
        .response("2XX", taken)
        .response("410", gone)
        .build();
    let mut paths = Paths::new();
    paths.paths.insert("event".to_owned(), PathItem::new(HttpMethod::Post, operation));
    paths
}
