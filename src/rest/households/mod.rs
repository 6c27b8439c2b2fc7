//! Households: registered, verified, and their doors read by those who may.

mod address;
mod bodies;
mod bulk;
mod erasing;
mod lists;
mod locating;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::actor::Scope;
use domain::household::HouseholdAct;
use domain::id::HouseholdId;

pub use address::WrittenAddress;
pub use bodies::{
    DoorBody, HouseholdBody, INEXACT_M, MEMBERS, OpenDoorBody, PlaceBody, PositionBody, ReasonBody,
    RegisterHouseholdBody, members,
};
pub use bulk::*;
pub use erasing::*;
pub use lists::*;
pub use locating::*;

use super::answer;
use super::dry_run::DryRunParams;
use super::extract::{Body, By, Coordinator, CoordinatorOrPartner, OneId, Params};
use super::problem::Problem;
use crate::actions::change_household::ChangeHousehold;
use crate::actions::read_door::ReadHouseholdDoor;
use crate::actions::register_household::RegisterHousehold;
use crate::actions::try_household::TryHousehold;
use crate::actions::{Answer, Refusal, perform, read};
use crate::app::App;
use crate::storage::rows::HouseholdRow;
use crate::storage::views;

/// Register a household. It waits to be verified; its coarse point is drawn once and never changes. A dry run draws none
/// and tells the area's point instead: how coarse a point is tells how many live around it.
#[utoipa::path(post, path = "/v1/households", operation_id = "registerHousehold", tag = "households",
    params(DryRunParams), request_body = RegisterHouseholdBody, responses((status = 201, body = HouseholdBody)))]
pub async fn register(
    app: Data<App>,
    caller: By<CoordinatorOrPartner>,
    params: Params<DryRunParams>,
    body: Body<RegisterHouseholdBody>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::HouseholdsWrite)?;
    let call = params.0.of(caller.act(body.fingerprint)?);
    let action = TryHousehold { household: RegisterHousehold::try_from(body.value)?, run: call.run };
    Ok(params.0.told(perform(&app, call, action, created).await?))
}

/// Read a household. Its door is not part of it: see `readHouseholdDoor`.
#[utoipa::path(get, path = "/v1/households/{id}", operation_id = "getHousehold", tag = "households",
    params(("id" = HouseholdId, Path)), responses((status = 200, body = HouseholdBody)))]
pub async fn get(
    app: Data<App>,
    caller: By<CoordinatorOrPartner>,
    id: OneId<HouseholdId>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::HouseholdsRead)?;
    let row = read(&app, &caller.call(), async |unit| {
        views::households::visible(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    Ok(answer::versioned(&HouseholdBody::from(&row), row.version))
}

/// Read a household's door. Every reading is recorded.
#[utoipa::path(get, path = "/v1/households/{id}/door", operation_id = "readHouseholdDoor", tag = "households",
    params(("id" = HouseholdId, Path)), responses((status = 200, body = OpenDoorBody)))]
pub async fn door(
    app: Data<App>,
    caller: By<CoordinatorOrPartner>,
    id: OneId<HouseholdId>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::HouseholdsRead)?;
    let action = ReadHouseholdDoor { household: id.0 };
    Ok(perform(&app, caller.call(), action, |open| answer::ok(&OpenDoorBody::from(open))).await?.into())
}

macro_rules! change {
    ($(#[$meta:meta])* $name:ident, $act:ident) => {
        $(#[$meta])*
        pub async fn $name(
            app: Data<App>,
            caller: By<Coordinator>,
            id: OneId<HouseholdId>,
            body: Body<ReasonBody>,
        ) -> Result<HttpResponse, Problem> {
            let call = caller.act(body.fingerprint)?;
            let action =
                ChangeHousehold { household: id.0, act: HouseholdAct::$act, reason: body.value.reason()? };
            Ok(perform(&app, call, action, shown).await?.into())
        }
    };
}

change!(
    /// Verify a household. Its requests that waited for this are opened.
    #[utoipa::path(post, path = "/v1/households/{id}/verify", operation_id = "verifyHousehold", tag = "households",
        params(("id" = HouseholdId, Path)), request_body = ReasonBody, responses((status = 200, body = HouseholdBody)))]
    verify, Verify
);
change!(
    /// Reject a household. Its requests are cancelled.
    #[utoipa::path(post, path = "/v1/households/{id}/reject", operation_id = "rejectHousehold", tag = "households",
        params(("id" = HouseholdId, Path)), request_body = ReasonBody, responses((status = 200, body = HouseholdBody)))]
    reject, Reject
);
change!(
    /// Suspend a household. Its requests are cancelled, and claims on them revoked.
    #[utoipa::path(post, path = "/v1/households/{id}/suspend", operation_id = "suspendHousehold", tag = "households",
        params(("id" = HouseholdId, Path)), request_body = ReasonBody, responses((status = 200, body = HouseholdBody)))]
    suspend, Suspend
);
change!(
    /// Reinstate a suspended household. New requests can be filed for it again; the cancelled ones stay so.
    #[utoipa::path(post, path = "/v1/households/{id}/reinstate", operation_id = "reinstateHousehold", tag = "households",
        params(("id" = HouseholdId, Path)), request_body = ReasonBody, responses((status = 200, body = HouseholdBody)))]
    reinstate, Reinstate
);
change!(
    /// Archive a household. Its requests are cancelled, and claims on them revoked.
    #[utoipa::path(post, path = "/v1/households/{id}/archive", operation_id = "archiveHousehold", tag = "households",
        params(("id" = HouseholdId, Path)), request_body = ReasonBody, responses((status = 200, body = HouseholdBody)))]
    archive, Archive
);

fn created(row: &HouseholdRow) -> Answer {
    answer::created(format!("/v1/households/{}", row.household()), &HouseholdBody::from(row))
}

fn shown(row: &HouseholdRow) -> Answer {
    answer::ok(&HouseholdBody::from(row))
}
