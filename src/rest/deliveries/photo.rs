//! The photo of a delivery: bytes in, bytes out.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use domain::id::DeliveryId;
use domain::refusal::Code;
use utoipa::ToSchema;

use super::bodies::DeliveryBody;
use crate::actions::add_photo;
use crate::actions::read_photo::ReadPhoto;
use crate::actions::{Answer, perform};
use crate::app::App;
use crate::rest::answer;
use crate::rest::claims::FenceParams;
use crate::rest::extract::{By, Coordinator, OneId, Params, RawBody, Volunteer};
use crate::rest::problem::Problem;
use crate::storage::views::deliveries::SeenDelivery;

/// A picture's bytes.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct PictureBody(pub Vec<u8>);
/// A telephone's photo at full resolution.
const PHOTO: usize = 12 * 1024 * 1024;

/// The pictures that are taken.
const MEDIA_TYPES: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];

/// Add a photo to a delivery that you are making; a second one replaces the first. Up to 12 MiB and
/// 40 megapixels. Only its pixels are kept, scaled down; where and with what it was taken is not.
#[utoipa::path(post, path = "/v1/deliveries/{id}/photo", operation_id = "addPhoto", tag = "deliveries",
    params(("id" = DeliveryId, Path), FenceParams),
    request_body(content((PictureBody = "image/jpeg"), (PictureBody = "image/png"), (PictureBody = "image/webp"))),
    responses((status = 201, body = DeliveryBody)))]
pub async fn add_photo(
    app: Data<App>,
    caller: By<Volunteer>,
    id: OneId<DeliveryId>,
    params: Params<FenceParams>,
    body: RawBody<PHOTO>,
) -> Result<HttpResponse, Problem> {
    if !body.media_type.is_some_and(|kind| MEDIA_TYPES.contains(&kind.as_str())) {
        return Err(Code::UnsupportedMediaType.into());
    }
    let call = caller.act(body.fingerprint)?;
    let which = (id.0, params.0.fence);
    Ok(add_photo::add_photo(&app, call, which, body.bytes, added).await?.into())
}

/// Read a delivery's photo, as a coordinator of the organisation that owns the request. It shows a door:
/// every reading is recorded.
#[utoipa::path(get, path = "/v1/deliveries/{id}/photo", operation_id = "readPhoto", tag = "deliveries",
    params(("id" = DeliveryId, Path)),
    responses((status = 200, body = PictureBody, content_type = "image/jpeg")))]
pub async fn read_photo(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<DeliveryId>,
) -> Result<HttpResponse, Problem> {
    let action = ReadPhoto { delivery: id.0 };
    let answer = perform(&app, caller.call(), action, |jpeg| answer::bytes_of(jpeg.clone())).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("image/jpeg")
        .body(answer.body))
}

fn added(seen: &SeenDelivery) -> Answer {
    let body = DeliveryBody::from(seen);
    answer::created(format!("/v1/deliveries/{}/photo", body.id), &body)
}
