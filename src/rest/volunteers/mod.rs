//! Volunteers: registered or added, listed, vetted, corrected, kept apart from a household.

mod abilities;
mod acts;
mod bodies;
mod lists;

use actix_web::HttpResponse;
use actix_web::web::Data;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::VolunteerId;

pub use abilities::{grams, millilitres, radius};
pub use acts::*;
pub use bodies::{
    AddVolunteerBody, AddedVolunteerBody, BlockHouseholdBody, EditVolunteerBody, RegisterVolunteerBody,
    VolunteerBody,
};
pub use lists::*;

use super::answer;
use super::extract::{Body, By, ClientAddress, Coordinator, Nobody, OneId};
use super::problem::Problem;
use crate::actions::add_volunteer::{AddVolunteer, Added};
use crate::actions::guessing::{Guess, Guessing, Target};
use crate::actions::{Answer, Refusal, passwords, perform, read};
use crate::app::App;
use crate::storage::rows::VolunteerRow;
use crate::storage::views;

/// Register as a volunteer, by an invitation code. A coordinator approves you; log in meanwhile. An Idempotency-Key
/// belongs to the code and the e-mail address together, so only who knows both is told again what came of it.
#[utoipa::path(post, path = "/v1/volunteers/register", operation_id = "registerVolunteer", tag = "volunteers",
    request_body = RegisterVolunteerBody, responses((status = 201, body = VolunteerBody)))]
pub async fn register(
    app: Data<App>,
    caller: By<Nobody>,
    from: ClientAddress,
    body: Body<RegisterVolunteerBody>,
) -> Result<HttpResponse, Problem> {
    let Body { value: body, fingerprint } = body;
    // Everything else first: a slow hash is not made for a body that is refused anyway.
    let mut action = body.check(String::new(), &app.keys)?;
    action.password_hash = passwords::hash(body.password, "/password").await?;
    // Keyed: the bare digest of a body that holds a password would be a fast way to guess it.
    let fingerprint = app.keys.mac("registration", &URL_SAFE_NO_PAD.encode(fingerprint));
    let call = caller.act_showing(&action.shown(), fingerprint);
    let guess = Guess::from(&app.keys, Target::Invitation, from.0);
    let guess = guess.at(&app.keys, Target::Invitation, &action.email);
    Ok(perform(&app, call, Guessing { guess, action }, registered).await?.into())
}

/// Add a volunteer whom you know. They set their password by the link in the answer.
#[utoipa::path(post, path = "/v1/volunteers", operation_id = "addVolunteer", tag = "volunteers",
    request_body = AddVolunteerBody, responses((status = 201, body = AddedVolunteerBody)))]
pub async fn add(
    app: Data<App>,
    caller: By<Coordinator>,
    body: Body<AddVolunteerBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = AddVolunteer::try_from(body.value)?;
    let public_url = app.public_url.clone();
    let render = move |added: &Added| with_link(&public_url, added);
    Ok(perform(&app, call, action, render).await?.into())
}

/// Read a volunteer. One of another organisation in your campaigns is shown without name and address.
#[utoipa::path(get, path = "/v1/volunteers/{id}", operation_id = "getVolunteer", tag = "volunteers",
    params(("id" = VolunteerId, Path)), responses((status = 200, body = VolunteerBody)))]
pub async fn get(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<VolunteerId>,
) -> Result<HttpResponse, Problem> {
    let seen = read(&app, &caller.call(), async |unit| {
        views::volunteers::visible(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    Ok(answer::unkept(answer::versioned(&VolunteerBody::from(&seen), seen.row.version)))
}

fn registered(row: &VolunteerRow) -> Answer {
    answer::created(format!("/v1/volunteers/{}", row.volunteer()), &VolunteerBody::from(row))
}

fn with_link(public_url: &str, added: &Added) -> Answer {
    let location = format!("/v1/volunteers/{}", added.row.volunteer());
    let kept = AddedVolunteerBody::from(added);
    let password_link = Some(format!("{public_url}/password#{}", added.token));
    let shown = AddedVolunteerBody { password_link, ..AddedVolunteerBody::from(added) };
    answer::created_with_secret(location, &shown, &kept)
}
