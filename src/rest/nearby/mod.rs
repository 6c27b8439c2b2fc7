//! What a volunteer may take now, without a door and without an exact distance.

mod bodies;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::matching::FeedFilter;
use domain::place::Metres;
use serde::Deserialize;
use utoipa::IntoParams;

pub use bodies::{NearbyRequestsBody, TakeableBody};

use super::extract::{By, Params, Volunteer};
use super::problem::Problem;
use super::{answer, filters};
use crate::actions::nearby_requests::nearby_requests;
use crate::app::App;

/// What the volunteer wants to see.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NearbyParams {
    /// How many entries of either sort, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
    /// Only these kinds, separated by commas; all when absent.
    #[param(example = "delivery,call")]
    pub kinds: Option<String>,
    /// Only this urgent or more.
    #[param(example = "high")]
    pub urgency: Option<String>,
    /// Only this near, in metres, besides your own radius. Says nothing about calls.
    pub radius_m: Option<u32>,
}

/// What you may claim now: where to go, the nearest first, and whom to call. What it tells is a moment
/// old; claiming decides anew.
#[utoipa::path(get, path = "/v1/me/nearby-requests", operation_id = "listNearbyRequests", tag = "volunteers",
    params(NearbyParams), responses((status = 200, body = NearbyRequestsBody)))]
pub async fn list(
    app: Data<App>,
    caller: By<Volunteer>,
    params: Params<NearbyParams>,
) -> Result<HttpResponse, Problem> {
    let limit = filters::limit(params.0.limit, 50, 200)?;
    let filter = FeedFilter {
        kinds: filters::words(params.0.kinds.as_deref(), "kinds")?,
        at_least: filters::word(params.0.urgency.as_deref(), "urgency")?,
        within: filters::radius(params.0.radius_m)?.map(Metres::new),
    };
    let found = nearby_requests(&app, &caller.call(), &filter, usize::from(limit)).await?;
    Ok(answer::json_bytes(bodies::bytes(&found)))
}
