//! Hubs: pick-up points, entered by staff, read by everybody who takes part.

mod bodies;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::{AreaId, CampaignId, HubId, OrganisationId};
use serde::Deserialize;
use utoipa::IntoParams;

pub use bodies::{CreateHubBody, HubBody};

use super::extract::{Anybody, Body, By, OneId, Params, Representation, Staff};
use super::features::Features;
use super::page::{self, Page};
use super::problem::Problem;
use super::{answer, filters};
use crate::actions::create_hub::CreateHub;
use crate::actions::{Answer, Refusal, perform, read};
use crate::app::App;
use crate::storage::views::Narrowing;
use crate::storage::views::hubs::{self, HubFilter, HubRow};

/// Enter a hub. It belongs to an organisation and serves an area in which that organisation works.
#[utoipa::path(post, path = "/v1/hubs", operation_id = "createHub", tag = "hubs",
    request_body = CreateHubBody, responses((status = 201, body = HubBody)))]
pub async fn create(
    app: Data<App>,
    caller: By<Staff>,
    body: Body<CreateHubBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = CreateHub::try_from(body.value)?;
    Ok(perform(&app, call, action, created).await?.into())
}

/// Which hubs.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListHubsParams {
    /// Only these: ids separated by commas, up to 200.
    pub id: Option<String>,
    /// Only of this organisation.
    pub organisation_id: Option<OrganisationId>,
    /// Only of this area.
    pub area_id: Option<AreaId>,
    /// Only of this campaign.
    pub campaign_id: Option<CampaignId>,
    /// Only what is seen in this box: `west,south,east,north` in degrees. Across the antimeridian the west
    /// is the greater.
    #[param(example = "76.8,43.2,77.0,43.3")]
    pub bbox: Option<String>,
    /// Only what is seen near this place, `lat,lon`: within `radius_m` of it, on the great circle.
    #[param(example = "43.24,76.89")]
    pub near: Option<String>,
    /// How far from `near`, in metres.
    #[param(minimum = 1, maximum = 200_000)]
    pub radius_m: Option<u32>,
    /// How many entries, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// List the hubs of the campaigns that you take part in. Those of other organisations are among them; ask for
/// `application/geo+json` to put them on a map.
#[utoipa::path(get, path = "/v1/hubs", operation_id = "listHubs", tag = "hubs",
    params(ListHubsParams), responses((status = 200, content(
        (Page<HubBody> = "application/json"), (Features<HubBody> = "application/geo+json")))))]
pub async fn list(
    app: Data<App>,
    caller: By<Anybody>,
    params: Params<ListHubsParams>,
    representation: Representation,
) -> Result<HttpResponse, Problem> {
    let Params(params, walk) = params;
    let wanted = page::wanted(&app.keys, walk, params.limit, params.cursor.as_deref())?;
    let filter = params.filter()?;
    let which = (wanted.after, wanted.limit);
    let rows = read(&app, &caller.call(), async |unit| Ok(hubs::list(unit, &filter, which).await?)).await?;
    let data = rows.iter().map(HubBody::from).collect();
    let page = Page::of(&app.keys, &wanted, data, |body: &HubBody| body.id.uuid());
    Ok(match representation {
        Representation::Json => answer::json(&page),
        Representation::GeoJson => {
            let place = |body: &HubBody| (body.id.to_string(), body.position.clone());
            answer::geojson(&Features::of(page, place))
        }
    })
}

impl ListHubsParams {
    fn filter(&self) -> Result<HubFilter, Problem> {
        Ok(HubFilter {
            by: Narrowing {
                ids: filters::ids::<HubId>(self.id.as_deref(), "id")?.iter().map(|id| id.uuid()).collect(),
                area: self.area_id,
                campaign: self.campaign_id,
                updated_since: None,
                region: filters::region(self.bbox.as_deref(), self.near.as_deref(), self.radius_m)?,
            },
            organisation: self.organisation_id,
        })
    }
}

/// Read a hub. A hub of a campaign that you take no part in is 404.
#[utoipa::path(get, path = "/v1/hubs/{id}", operation_id = "getHub", tag = "hubs",
    params(("id" = HubId, Path)), responses((status = 200, body = HubBody)))]
pub async fn get(app: Data<App>, caller: By<Anybody>, id: OneId<HubId>) -> Result<HttpResponse, Problem> {
    let row = read(&app, &caller.call(), async |unit| {
        hubs::visible(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    Ok(answer::versioned(&HubBody::from(&row), row.version))
}

fn created(row: &HubRow) -> Answer {
    let body = HubBody::from(row);
    answer::created(format!("/v1/hubs/{}", body.id), &body)
}
