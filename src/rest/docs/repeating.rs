//! Which POSTs take a key for being repeated, and why repeating the others is safe without one.

use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Components, Ref, RefOr, Required};

const KEY: &str = "IdempotencyKey";

/// POSTs that take no `Idempotency-Key`: the path, and what makes sending one again safe.
pub const WITHOUT_KEY: [(&str, &str); 12] = [
    ("/v1/auth/setup", "the link works once. Who was not answered logs in with the password that they sent."),
    (
        "/v1/auth/password",
        "the link works once. Who was not answered logs in with the password that they sent.",
    ),
    (
        "/v1/auth/login",
        "each call begins a session of its own and does nothing else; one that was not answered ends \
        by itself.",
    ),
    (
        "/v1/auth/codes",
        "another letter is sent, and the code in the one before is good no more. Five are sent, and no more.",
    ),
    ("/v1/auth/codes/redeem", "what came in the letter works once. Who was not answered asks for another."),
    (
        "/v1/auth/step-up",
        "the password may be shown again. A code works once; who was not answered asks for another.",
    ),
    ("/v1/me/authenticator", "another secret takes the place of the one before, until one is confirmed."),
    (
        "/v1/me/authenticator/confirm",
        "a code works once. Who was not answered logs in with the next one, and has lost the recovery codes: remove it and begin again.",
    ),
    (
        "/v1/auth/refresh",
        "the refresh token is the key. Sent again within 30 seconds, as long as its successor was \
        not used, it gives the same successor again.",
    ),
    ("/v1/auth/logout", "a session that has ended has ended. Sent again, it is answered alike."),
    ("/v1/auth/token", "nothing is made but the token, which ends by itself."),
    ("/v1/positions", "only the last position of each volunteer is kept."),
];

/// Adds what the operations refer to.
pub(super) fn add_to(components: &mut Components) {
    components.parameters.insert(KEY.to_owned(), RefOr::T(key()));
}

/// Whether a call may be repeated under a key.
pub(super) fn takes_a_key(path: &str, method: &HttpMethod) -> bool {
    matches!(method, HttpMethod::Post) && !WITHOUT_KEY.iter().any(|(exempt, _)| *exempt == path)
}

/// Says of a POST how it is repeated.
pub(super) fn describe(path: &str, method: &HttpMethod, operation: &mut Operation) {
    if !matches!(method, HttpMethod::Post) {
        return;
    }
    let Some((_, reason)) = WITHOUT_KEY.iter().find(|(exempt, _)| *exempt == path) else {
        let key = RefOr::Ref(Ref::new(format!("#/components/parameters/{KEY}")));
        operation.parameters.get_or_insert_default().push(key);
        return;
    };
    let known = operation.description.take().map(|text| format!("{text} ")).unwrap_or_default();
    operation.description = Some(format!("{known}Takes no Idempotency-Key: {reason}"));
}

fn key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Names this submission, so that sending it again does nothing twice: the first answer comes back, \
             with Idempotent-Replayed: true. A random UUID serves well. Partner apps must send one.",
        ))
        .schema(Some(
            ObjectBuilder::new().schema_type(Type::String).max_length(Some(255)).pattern(Some("^[!-~]{1,255}$")),
        ))
        .build()
}
