//! Trying a call: everything is asked and refused as if it were meant, and nothing stays.

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::actions::{Call, Run};

const DRY_RUN: HeaderName = HeaderName::from_static("dry-run");

/// Whether a call is meant.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DryRunParams {
    /// `true` to hear what would become of this call, by the same rules, without anything being done: the same answer
    /// comes with `Dry-Run: true`, without `Location` or secrets, and the Idempotency-Key stays unused. Ids in it are
    /// given to nothing.
    #[serde(default)]
    pub dry_run: Option<bool>,
}

impl DryRunParams {
    const fn run(self) -> Run {
        match self.dry_run {
            Some(true) => Run::Dry,
            Some(false) | None => Run::ForReal,
        }
    }

    /// The call, meant or not.
    #[must_use]
    pub fn of(self, call: Call) -> Call {
        Call { run: self.run(), ..call }
    }

    /// The answer, which says whether it was meant.
    #[must_use]
    pub fn told(self, answer: impl Into<HttpResponse>) -> HttpResponse {
        let mut response = answer.into();
        if self.run() == Run::Dry {
            response.headers_mut().insert(DRY_RUN, HeaderValue::from_static("true"));
        }
        response
    }
}
