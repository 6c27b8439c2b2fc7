//! What coordinators do to volunteers: approve, reject, suspend, reinstate, correct, keep apart.

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::VolunteerId;
use domain::volunteer::VolunteerAct;

use super::bodies::{BlockHouseholdBody, EditVolunteerBody, VolunteerBody};
use crate::actions::block_household::BlockHousehold;
use crate::actions::change_volunteer::ChangeVolunteer;
use crate::actions::edit_volunteer::EditVolunteer;
use crate::actions::whose::Whose;
use crate::actions::{Answer, perform};
use crate::app::App;
use crate::rest::answer;
use crate::rest::extract::{Body, By, Coordinator, OneId};
use crate::rest::households::ReasonBody;
use crate::rest::problem::Problem;
use crate::rest::text;
use crate::storage::rows::Edit;
use crate::storage::rows::VolunteerRow;

macro_rules! change {
    ($(#[$meta:meta])* $name:ident, $act:ident) => {
        $(#[$meta])*
        pub async fn $name(
            app: Data<App>,
            caller: By<Coordinator>,
            id: OneId<VolunteerId>,
            body: Body<ReasonBody>,
        ) -> Result<HttpResponse, Problem> {
            let call = caller.act(body.fingerprint)?;
            let reason = body.value.reason()?;
            let action = ChangeVolunteer { whose: Whose::Of(id.0), act: VolunteerAct::$act, reason };
            Ok(perform(&app, call, action, shown).await?.into())
        }
    };
}

change!(
    /// Approve a volunteer. From now on they may claim.
    #[utoipa::path(post, path = "/v1/volunteers/{id}/approve", operation_id = "approveVolunteer", tag = "volunteers",
        params(("id" = VolunteerId, Path)), request_body = ReasonBody, responses((status = 200, body = VolunteerBody)))]
    approve, Approve
);
change!(
    /// Reject somebody who registered. They never may claim.
    #[utoipa::path(post, path = "/v1/volunteers/{id}/reject", operation_id = "rejectVolunteer", tag = "volunteers",
        params(("id" = VolunteerId, Path)), request_body = ReasonBody, responses((status = 200, body = VolunteerBody)))]
    reject, Reject
);
change!(
    /// Suspend a volunteer. Their active claims are revoked.
    #[utoipa::path(post, path = "/v1/volunteers/{id}/suspend", operation_id = "suspendVolunteer", tag = "volunteers",
        params(("id" = VolunteerId, Path)), request_body = ReasonBody, responses((status = 200, body = VolunteerBody)))]
    suspend, Suspend
);
change!(
    /// Reinstate a suspended volunteer. They may claim again; the revoked claims do not come back.
    #[utoipa::path(post, path = "/v1/volunteers/{id}/reinstate", operation_id = "reinstateVolunteer", tag = "volunteers",
        params(("id" = VolunteerId, Path)), request_body = ReasonBody, responses((status = 200, body = VolunteerBody)))]
    reinstate, Reinstate
);

/// Correct what is known of a volunteer. What is absent stays (JSON merge patch).
#[utoipa::path(patch, path = "/v1/volunteers/{id}", operation_id = "editVolunteer", tag = "volunteers",
    params(("id" = VolunteerId, Path)), request_body = EditVolunteerBody,
    responses((status = 200, body = VolunteerBody)))]
pub async fn edit(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<VolunteerId>,
    body: Body<EditVolunteerBody>,
) -> Result<HttpResponse, Problem> {
    let action = EditVolunteer { whose: Whose::Of(id.0), edit: Edit::try_from(body.value)? };
    Ok(perform(&app, caller.call(), action, shown).await?.into())
}

/// See to it that a volunteer and a household never meet again. An active claim between them is revoked.
#[utoipa::path(post, path = "/v1/volunteers/{id}/blocks", operation_id = "blockHousehold", tag = "volunteers",
    params(("id" = VolunteerId, Path)), request_body = BlockHouseholdBody,
    responses((status = 204, description = "The two are kept apart.")))]
pub async fn block(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<VolunteerId>,
    body: Body<BlockHouseholdBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = BlockHousehold {
        volunteer: id.0,
        household: body.value.household_id,
        reason: text::required(&body.value.reason, text::REASON, "/reason")?,
    };
    Ok(perform(&app, call, action, |()| answer::no_content()).await?.into())
}

fn shown(row: &VolunteerRow) -> Answer {
    answer::ok(&VolunteerBody::from(row))
}
