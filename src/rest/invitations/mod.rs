//! Invitations: codes by which volunteers register, made and revoked by staff.

mod bodies;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::InvitationId;

pub use bodies::{CreateInvitationBody, InvitationBody, InvitationWithCodeBody};

use super::answer;
use super::extract::{Body, By, OneId, Params, Staff};
use super::page::{Page, PageParams};
use super::problem::Problem;
use super::requests::Nothing;
use crate::actions::create_invitation::{CreateInvitation, InvitationWithCode};
use crate::actions::revoke_invitation::RevokeInvitation;
use crate::actions::{Answer, Refusal, perform, read};
use crate::app::App;
use crate::storage::views::invitations;

/// Make an invitation. The answer holds its code, this once.
#[utoipa::path(post, path = "/v1/invitations", operation_id = "createInvitation", tag = "invitations",
    request_body = CreateInvitationBody, responses((status = 201, body = InvitationWithCodeBody)))]
pub async fn create(
    app: Data<App>,
    caller: By<Staff>,
    body: Body<CreateInvitationBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let body = body.value;
    let action = CreateInvitation {
        organisation: body.organisation_id,
        area: body.area_id,
        max_uses: body.max_uses,
        expires_at: body.expires_at,
        keys: app.keys.clone(),
    };
    Ok(perform(&app, call, action, with_code).await?.into())
}

/// List your organisation's invitations, without their codes. Administrators see all of them.
#[utoipa::path(get, path = "/v1/invitations", operation_id = "listInvitations", tag = "invitations",
    params(PageParams), responses((status = 200, body = Page<InvitationBody>)))]
pub async fn list(
    app: Data<App>,
    caller: By<Staff>,
    params: Params<PageParams>,
) -> Result<HttpResponse, Problem> {
    let wanted = params.0.wanted(&app.keys, params.1)?;
    let rows = read(&app, &caller.call(), async |unit| {
        Ok(invitations::list(unit, wanted.after, wanted.limit).await?)
    })
    .await?;
    let data = rows.iter().map(InvitationBody::from).collect();
    Ok(answer::json(&Page::of(&app.keys, &wanted, data, |body: &InvitationBody| body.id.uuid())))
}

/// Read an invitation, without its code. The code is told when it is made, and never again.
#[utoipa::path(get, path = "/v1/invitations/{id}", operation_id = "getInvitation", tag = "invitations",
    params(("id" = InvitationId, Path)), responses((status = 200, body = InvitationBody)))]
pub async fn get(
    app: Data<App>,
    caller: By<Staff>,
    id: OneId<InvitationId>,
) -> Result<HttpResponse, Problem> {
    let row = read(&app, &caller.call(), async |unit| {
        invitations::visible(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    Ok(answer::json(&InvitationBody::from(&row)))
}

/// Revoke an invitation. Nobody registers by its code any more; who registered already stays.
#[utoipa::path(post, path = "/v1/invitations/{id}/revoke", operation_id = "revokeInvitation", tag = "invitations",
    params(("id" = InvitationId, Path)), responses((status = 200, body = InvitationBody)))]
pub async fn revoke(
    app: Data<App>,
    caller: By<Staff>,
    id: OneId<InvitationId>,
    body: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = RevokeInvitation { invitation: id.0 };
    Ok(perform(&app, call, action, |row| answer::ok(&InvitationBody::from(row))).await?.into())
}

fn with_code(made: &InvitationWithCode) -> Answer {
    let location = format!("/v1/invitations/{}", made.row.invitation());
    let code = Some(made.code.clone());
    let shown = InvitationWithCodeBody { invitation: InvitationBody::from(&made.row), code };
    let kept = InvitationWithCodeBody { invitation: InvitationBody::from(&made.row), code: None };
    answer::created_with_secret(location, &shown, &kept)
}
