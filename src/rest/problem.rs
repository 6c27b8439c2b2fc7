//! Every error as RFC 9457 problem details. The only place that chooses an HTTP status for a refusal.

mod explained;

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use domain::refusal::Code;
use serde::Serialize;
use utoipa::ToSchema;

use super::{envelope, validators};
use crate::actions::{Answer, Flaw, Refusal};

pub use explained::{Explained, explained};

/// A refusal on its way out.
#[derive(Debug)]
pub struct Problem {
    refusal: Refusal,
    place: Place,
}

/// Where the flawed fields are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Body,
    Query,
    Header,
}

/// Problem details (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// A page that explains the code.
    #[schema(example = "/docs/errors/wrong_state")]
    pub r#type: String,
    /// The code in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What to do in this very case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The stable code.
    pub code: Code,
    /// The id under which the call is logged; tell it when you ask for help.
    pub request_id: String,
    /// The fields at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FlawBody>,
}

/// One field at fault: exactly one of `pointer`, `parameter` and `header` tells which.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlawBody {
    /// JSON Pointer into the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Name of a query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// Name of a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// What is wrong.
    pub code: Code,
    /// What to do about it.
    pub detail: String,
}

impl Problem {
    /// A query parameter is at fault.
    pub fn parameter(code: Code, name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::at(Place::Query, code, name.into(), detail.into())
    }

    /// A header is at fault.
    pub fn header(code: Code, name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::at(Place::Header, code, name.into(), detail.into())
    }

    /// A field of the body is at fault.
    pub fn field(code: Code, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::at(Place::Body, code, pointer.into(), detail.into())
    }

    fn at(place: Place, code: Code, name: String, detail: String) -> Self {
        let flaw = Flaw { pointer: name.into(), code, detail: detail.into() };
        Self { refusal: Refusal { flaws: vec![flaw], ..Refusal::new(code) }, place }
    }

    /// The problem as it is told, its cause logged.
    #[must_use]
    pub fn body(&self) -> ProblemBody {
        self.body_for(envelope::current_call_id())
    }

    /// The same, for a call of this id.
    #[must_use]
    pub fn body_for(&self, call_id: String) -> ProblemBody {
        if let Some(cause) = &self.refusal.cause {
            // Whom a full server turns away is counted by its metrics: a line each would make the rush worse.
            if self.refusal.code == Code::Overloaded {
                tracing::debug!(%cause, code = %self.refusal.code, "a call was turned away");
            } else {
                tracing::error!(%cause, code = %self.refusal.code, "a call failed");
            }
        }
        ProblemBody {
            r#type: page_of(self.refusal.code),
            title: explained(self.refusal.code).title.to_owned(),
            status: self.status_code().as_u16(),
            detail: self.refusal.detail.as_ref().map(ToString::to_string),
            code: self.refusal.code,
            request_id: call_id,
            errors: self.refusal.flaws.iter().map(|flaw| flaw_body(flaw, self.place)).collect(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, place: Place::Body }
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Refusal::new(code).into()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.refusal.code.as_str())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        status_of(self.refusal.code)
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        let body = self.body();
        metrics::counter!("birgemiz_refusals_total", "code" => self.refusal.code.as_str()).increment(1);
        let mut response = HttpResponseBuilder::new(status);
        if let Some(seconds) = self.refusal.retry_after_s {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if let Some(version) = self.refusal.current_version {
            response.insert_header((header::ETAG, validators::tag_of(version)));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        let mut response = response
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type("application/problem+json")
            .body(serde_json::to_vec(&body).unwrap_or_default());
        response.extensions_mut().insert(self.refusal.code);
        response
    }
}

/// The status of an answer that was kept. One that is no HTTP status was never kept by us.
#[must_use]
pub fn status_of_answer(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A refusal as an answer that is kept for repetitions of the call.
#[must_use]
pub fn kept_answer(refusal: &Refusal, call_id: &str) -> Answer {
    let told = Refusal {
        code: refusal.code,
        detail: refusal.detail.clone(),
        flaws: refusal.flaws.clone(),
        cause: None,
        retry_after_s: None,
        current_version: refusal.current_version,
        keeps_effects: true,
    };
    let problem = Problem::from(told);
    Answer {
        status: problem.status_code().as_u16(),
        location: None,
        body: serde_json::to_vec(&problem.body_for(call_id.to_owned())).unwrap_or_default(),
        kept_body: None,
        replayed: false,
    }
}

fn flaw_body(flaw: &Flaw, place: Place) -> FlawBody {
    let name = Some(flaw.pointer.to_string());
    let (pointer, parameter, header) = match place {
        Place::Body => (name, None, None),
        Place::Query => (None, name, None),
        Place::Header => (None, None, name),
    };
    FlawBody { pointer, parameter, header, code: flaw.code, detail: flaw.detail.to_string() }
}

/// Where a code is explained.
#[must_use]
pub fn page_of(code: Code) -> String {
    format!("/docs/errors/{code}")
}

/// The HTTP status of each code.
#[must_use]
pub fn status_of(code: Code) -> StatusCode {
    match code {
        Code::MalformedJson
        | Code::UnknownField
        | Code::UnknownParameter
        | Code::InvalidParameter
        | Code::InvalidHeader
        | Code::MissingIdempotencyKey => StatusCode::BAD_REQUEST,
        Code::Unauthenticated | Code::WrongCredentials => StatusCode::UNAUTHORIZED,
        Code::AuthenticatorCodeRequired | Code::WrongAuthenticatorCode => StatusCode::UNAUTHORIZED,
        Code::Forbidden | Code::StepUpRequired | Code::MissingScope | Code::NotASandbox => {
            StatusCode::FORBIDDEN
        }
        Code::NotFound | Code::UnknownRoute | Code::LinkNotValid => StatusCode::NOT_FOUND,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        Code::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
        Code::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        Code::WrongHost => StatusCode::MISDIRECTED_REQUEST,
        Code::IdempotencyKeyRunning
        | Code::AlreadyExists
        | Code::WrongState
        | Code::HouseholdNotVerified
        | Code::HouseholdTakesNoRequests
        | Code::HouseholdNotLocated
        | Code::NotOpen
        | Code::AlreadyClaimed
        | Code::AlreadyYours
        | Code::ClaimLimitReached
        | Code::WindowOver
        | Code::NotEligible
        | Code::StaleFence
        | Code::ClaimEnded
        | Code::OfferEnded
        | Code::DoorClosed
        | Code::CallLocked
        | Code::CallNotYours
        | Code::QuietHours => StatusCode::CONFLICT,
        Code::VersionMismatch => StatusCode::PRECONDITION_FAILED,
        Code::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::IdempotencyKeyReused
        | Code::InvalidValue
        | Code::OutsideArea
        | Code::NotInCampaign
        | Code::InvitationNotValid
        | Code::PhraseMissing
        | Code::PhraseWrong
        | Code::PhraseExhausted
        | Code::PhraseNotExhausted
        | Code::PhotoOrPositionMissing
        | Code::TooFarFromDoor
        | Code::NotAPhoto
        | Code::UnreadableFile => StatusCode::UNPROCESSABLE_ENTITY,
        Code::TooManyAttempts | Code::QuotaExceeded | Code::TooManyStreams => StatusCode::TOO_MANY_REQUESTS,
        Code::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
