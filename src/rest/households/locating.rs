//! A household of which only the district was known is put at its door.

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::HouseholdId;
use domain::place::PlusCode;
use domain::refusal::Code;
use serde::Deserialize;
use utoipa::ToSchema;

use super::bodies::{HouseholdBody, PositionBody};
use super::shown;
use crate::actions::locate_household::{LocateHousehold, Pin};
use crate::actions::perform;
use crate::app::App;
use crate::rest::extract::{Body, By, Coordinator, OneId};
use crate::rest::problem::Problem;

/// Where a household was found: exactly one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LocateBody {
    /// By coordinates.
    pub position: Option<PositionBody>,
    /// By a Plus code of ten letters or more; a short one is meant near the middle of the area.
    #[schema(max_length = 50, example = "8JMR6VXQ+MX")]
    pub plus_code: Option<String>,
}

impl LocateBody {
    fn pin(&self) -> Result<Pin, Problem> {
        match (self.position, &self.plus_code) {
            (Some(position), None) => coordinates(position, "/position"),
            (None, Some(code)) => code_of(code, "/plus_code"),
            (None, None) | (Some(_), Some(_)) => {
                Err(Problem::field(Code::InvalidValue, "/position", "exactly one of position and plus_code"))
            }
        }
    }
}

/// A place by its coordinates.
///
/// # Errors
/// Names the number that makes no sense.
pub fn coordinates(position: PositionBody, pointer: &str) -> Result<Pin, Problem> {
    Ok(Pin::Coordinates(position.position(pointer)?, position.accuracy(pointer)?))
}

/// A place by its Plus code.
///
/// # Errors
/// Names the field when it is none.
pub fn code_of(text: &str, pointer: &str) -> Result<Pin, Problem> {
    let code: Result<PlusCode, _> = text.parse();
    code.map(Pin::Code).map_err(|error| Problem::field(Code::InvalidValue, pointer, error.to_string()))
}

/// Put a household at its door of which only the district was known. Its coarse point is drawn now, once, and it
/// can be verified; a household that was located already is not moved.
#[utoipa::path(post, path = "/v1/households/{id}/locate", operation_id = "locateHousehold", tag = "households",
    params(("id" = HouseholdId, Path)), request_body = LocateBody, responses((status = 200, body = HouseholdBody)))]
pub async fn locate(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<HouseholdId>,
    body: Body<LocateBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = LocateHousehold { household: id.0, at: body.value.pin()? };
    Ok(perform(&app, call, action, shown).await?.into())
}
