//! Households listed, without their doors.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use domain::actor::Scope;
use domain::id::{AreaId, CampaignId, HouseholdId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::bodies::HouseholdBody;
use crate::actions::read;
use crate::app::App;
use crate::rest::extract::{By, CoordinatorOrPartner, Params, Representation};
use crate::rest::features::Features;
use crate::rest::page::{self, Page};
use crate::rest::problem::Problem;
use crate::rest::requests::RequestBody;
use crate::rest::{answer, filters, times};
use crate::storage::rows::HouseholdRow;
use crate::storage::views::Narrowing;
use crate::storage::views::companions::{self, RequestAndLines};
use crate::storage::views::household_lists::{self, HouseholdFilter};

/// Which households.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListHouseholdsParams {
    /// Statuses, separated by commas; all when absent.
    #[param(example = "pending_verification,verified")]
    pub status: Option<String>,
    /// Only these: ids separated by commas, up to 200.
    pub id: Option<String>,
    /// Only of this area.
    pub area_id: Option<AreaId>,
    /// Only of this campaign.
    pub campaign_id: Option<CampaignId>,
    /// Only what was changed since then, by the time at which each change began (`updated_at`). Since changes are seen when
    /// they end, what began up to a minute earlier is told too: nothing is missed by who passes the time at which they
    /// asked last, and apply what they are told by its `version`. The feed of events tells changes in their order.
    #[param(example = "2026-11-23T08:00:00Z")]
    pub updated_since: Option<DateTime<Utc>>,
    /// Only what is seen in this box: `west,south,east,north` in degrees, by coarse points. Across the antimeridian the west
    /// is the greater.
    #[param(example = "76.8,43.2,77.0,43.3")]
    pub bbox: Option<String>,
    /// Only what is seen near this place, `lat,lon`, by coarse points: within `radius_m` of it, on the great circle.
    #[param(example = "43.24,76.89")]
    pub near: Option<String>,
    /// How far from `near`, in metres.
    #[param(minimum = 1, maximum = 200_000)]
    pub radius_m: Option<u32>,
    /// What else to tell of each: `requests`, those of its requests that have not ended.
    #[param(example = "requests")]
    pub include: Option<String>,
    /// How many entries, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A household of a list, with what else was asked for.
#[derive(Serialize, ToSchema)]
pub struct ListedHouseholdBody {
    /// The household.
    #[serde(flatten)]
    pub household: HouseholdBody,
    /// Those of its requests that have not ended, the oldest first, where `include` asks for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<Vec<RequestBody>>,
}

/// List your households, the oldest first. A coordinator sees their organisation's, a partner app its own. Ask for
/// `application/geo+json` to put them on a map, each at its coarse point.
#[utoipa::path(get, path = "/v1/households", operation_id = "listHouseholds", tag = "households",
    params(ListHouseholdsParams), responses((status = 200, content(
        (Page<ListedHouseholdBody> = "application/json"), (Features<ListedHouseholdBody> = "application/geo+json")))))]
pub async fn list(
    app: Data<App>,
    caller: By<CoordinatorOrPartner>,
    params: Params<ListHouseholdsParams>,
    representation: Representation,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::HouseholdsRead)?;
    let Params(params, walk) = params;
    let wanted = page::wanted(&app.keys, walk, params.limit, params.cursor.as_deref())?;
    let filter = params.filter()?;
    let include = filters::among(params.include.as_deref(), "include", &["requests"])?;
    // Requests are told by their own scope, also with their households.
    let caller = if include.is_empty() { caller } else { caller.with_scope(Scope::RequestsRead)? };
    let bodies = read(&app, &caller.call(), async |unit| {
        let rows = household_lists::list(unit, &filter, wanted.after, wanted.limit).await?;
        let requests =
            if include.is_empty() { None } else { Some(companions::requests_of(unit, &rows).await?) };
        Ok(rows.iter().map(|row| listed(row, requests.as_ref())).collect::<Vec<_>>())
    })
    .await?;
    let page = Page::of(&app.keys, &wanted, bodies, |body| body.household.id.uuid());
    Ok(match representation {
        Representation::Json => answer::json(&page),
        Representation::GeoJson => {
            let place = |body: &ListedHouseholdBody| {
                (body.household.id.to_string(), body.household.coarse_point.clone())
            };
            answer::geojson(&Features::of(page, place))
        }
    })
}

fn listed(
    row: &HouseholdRow,
    requests: Option<&BTreeMap<Uuid, Vec<RequestAndLines>>>,
) -> ListedHouseholdBody {
    let shown = |(row, lines): &RequestAndLines| RequestBody::new(row, lines);
    let requests = requests.map(|all| all.get(&row.id).into_iter().flatten().map(shown).collect());
    ListedHouseholdBody { household: HouseholdBody::from(row), requests }
}

impl ListHouseholdsParams {
    fn filter(&self) -> Result<HouseholdFilter, Problem> {
        Ok(HouseholdFilter {
            statuses: filters::words(self.status.as_deref(), "status")?,
            by: Narrowing {
                ids: filters::ids::<HouseholdId>(self.id.as_deref(), "id")?
                    .iter()
                    .map(|id| id.uuid())
                    .collect(),
                area: self.area_id,
                campaign: self.campaign_id,
                updated_since: times::parameter(self.updated_since, "updated_since")?,
                region: filters::region(self.bbox.as_deref(), self.near.as_deref(), self.radius_m)?,
            },
        })
    }
}
