//! A household is erased.

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::erasure::{ErasureCause, ErasureReason};
use domain::id::HouseholdId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::bodies::HouseholdBody;
use super::shown;
use crate::actions::erase_household::EraseHousehold;
use crate::actions::perform;
use crate::app::App;
use crate::rest::extract::{Body, By, Coordinator, OneId};
use crate::rest::problem::Problem;

/// Why somebody is erased.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseBody {
    /// Why. A word, for people's own may be private again.
    pub reason: ErasureReason,
}

/// Erase everything private of a household, for ever: the key of its private data, telephone, name and address, consents,
/// notes, phrases, photos, reasons that people wrote, and answers kept for retries. Its requests stay as counts and the log
/// as ids. Refused while a request of it is not finished; archiving the household cancels them. Partner apps learn of it by
/// `household.erased` and erase what they keep.
#[utoipa::path(post, path = "/v1/households/{id}/erase", operation_id = "eraseHousehold", tag = "households",
    params(("id" = HouseholdId, Path)), request_body = EraseBody, responses((status = 200, body = HouseholdBody)))]
pub async fn erase(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<HouseholdId>,
    body: Body<EraseBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = EraseHousehold { household: id.0, cause: ErasureCause::Said(body.value.reason) };
    Ok(perform(&app, call, action, shown).await?.into())
}
