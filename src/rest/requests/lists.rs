//! Requests listed, counted, and ordered by who should be looked at first.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use domain::actor::{Actor, Scope};
use domain::id::{AreaId, CampaignId, HouseholdId, RequestId};
use domain::refusal::Code;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::bodies::RequestBody;
use super::list_bodies::{ListedRequestBody, QueueBody, QueuedRequestBody, RequestCountsBody};
use crate::actions::queue_of_requests::queue_of_requests;
use crate::actions::{Refusal, Unit, read};
use crate::app::App;
use crate::rest::claims::ClaimBody;
use crate::rest::extract::{By, Coordinator, CoordinatorOrPartner, Params, Representation};
use crate::rest::features::Features;
use crate::rest::households::HouseholdBody;
use crate::rest::page::{self, Page};
use crate::rest::problem::Problem;
use crate::rest::{answer, filters, times};
use crate::storage::views::request_lists::{self, RequestFilter, RequestRow, Thing};
use crate::storage::views::{Narrowing, companions};

/// Most entries of either sort in a queue: more than a coordinator works off before asking again.
const MOST_QUEUED: u16 = 200;

/// Which requests.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListRequestsParams {
    /// Statuses, separated by commas; all when absent.
    #[param(example = "open,claimed")]
    pub status: Option<String>,
    /// Only these: ids separated by commas, up to 200.
    pub id: Option<String>,
    /// Urgencies, separated by commas; all when absent.
    #[param(example = "critical,high")]
    pub urgency: Option<String>,
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
    /// What else to tell of each, separated by commas: `household`, without its door, and `claim`, the active one, which is
    /// told to coordinators alone.
    #[param(example = "household,claim")]
    pub include: Option<String>,
    /// Only of this household.
    pub household_id: Option<HouseholdId>,
    /// Only those held for one of these reasons, separated by commas.
    #[param(example = "goods_out,bad_address")]
    pub hold: Option<String>,
    /// How many entries, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// List your requests, the oldest first. A coordinator sees their organisation's, a partner app its own. Ask for
/// `application/geo+json` to put them on a map.
#[utoipa::path(get, path = "/v1/requests", operation_id = "listRequests", tag = "requests",
    params(ListRequestsParams), responses((status = 200, content(
        (Page<ListedRequestBody> = "application/json"), (Features<ListedRequestBody> = "application/geo+json")))))]
pub async fn list(
    app: Data<App>,
    caller: By<CoordinatorOrPartner>,
    params: Params<ListRequestsParams>,
    representation: Representation,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::RequestsRead)?;
    let Params(params, walk) = params;
    let wanted = page::wanted(&app.keys, walk, params.limit, params.cursor.as_deref())?;
    let (filter, include) = (params.filter()?, params.include()?);
    // Households are told by their own scope, also with their requests.
    let caller = if include.household { caller.with_scope(Scope::HouseholdsRead)? } else { caller };
    let bodies = read(&app, &caller.call(), async |unit| {
        let rows = request_lists::list(unit, &filter, wanted.after, wanted.limit).await?;
        listed(unit, &rows, include).await
    })
    .await?;
    let page = Page::of(&app.keys, &wanted, bodies, |body| body.request.id.uuid());
    Ok(match representation {
        Representation::Json => answer::json(&page),
        Representation::GeoJson => {
            let place =
                |body: &ListedRequestBody| (body.request.id.to_string(), body.request.coarse_point.clone());
            answer::geojson(&Features::of(page, place))
        }
    })
}

/// What is told of requests besides themselves.
#[derive(Debug, Clone, Copy, Default)]
struct Include {
    household: bool,
    claim: bool,
}

impl ListRequestsParams {
    fn filter(&self) -> Result<RequestFilter, Problem> {
        Ok(RequestFilter {
            statuses: filters::words(self.status.as_deref(), "status")?,
            urgencies: filters::words(self.urgency.as_deref(), "urgency")?,
            by: Narrowing {
                ids: filters::ids::<RequestId>(self.id.as_deref(), "id")?
                    .iter()
                    .map(|id| id.uuid())
                    .collect(),
                area: self.area_id,
                campaign: self.campaign_id,
                updated_since: times::parameter(self.updated_since, "updated_since")?,
                region: filters::region(self.bbox.as_deref(), self.near.as_deref(), self.radius_m)?,
            },
            household: self.household_id,
            holds: filters::words(self.hold.as_deref(), "hold")?,
        })
    }

    fn include(&self) -> Result<Include, Problem> {
        let named = filters::among(self.include.as_deref(), "include", &["household", "claim"])?;
        Ok(Include { household: named.contains(&"household"), claim: named.contains(&"claim") })
    }
}

async fn listed(
    unit: &mut Unit<'_>,
    rows: &[RequestRow],
    include: Include,
) -> Result<Vec<ListedRequestBody>, Refusal> {
    let is_partner = matches!(unit.actor, Actor::Partner { .. });
    if include.claim && is_partner {
        return Err(Refusal::because(Code::Forbidden, "who serves a request is told to coordinators alone"));
    }
    let bodies = with_lines(unit, rows).await?;
    let households =
        if include.household { companions::households_of(unit, rows).await? } else { BTreeMap::new() };
    let ids = rows.iter().map(|row| row.id).collect();
    let claims = if include.claim { companions::claims_on(unit, ids).await? } else { BTreeMap::new() };
    let listed = |request: RequestBody| ListedRequestBody {
        household: households.get(&request.household_id.uuid()).map(HouseholdBody::from),
        claim: claims.get(&request.id.uuid()).map(|(claim, delivery)| ClaimBody::new(claim, *delivery)),
        request,
    };
    Ok(bodies.into_iter().map(listed).collect())
}

/// Count your requests by status. A coordinator counts their organisation's, a partner app its own.
#[utoipa::path(get, path = "/v1/requests/summary", operation_id = "countRequests", tag = "requests",
    responses((status = 200, body = RequestCountsBody)))]
pub async fn summary(app: Data<App>, caller: By<CoordinatorOrPartner>) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::RequestsRead)?;
    let counts = read(&app, &caller.call(), async |unit| Ok(request_lists::counts(unit).await?)).await?;
    Ok(answer::json(&RequestCountsBody::from(counts.as_slice())))
}

/// How much of the queue.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueParams {
    /// How many entries of either sort, 1 to 200; 200 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
}

/// See what a coordinator should look at. What is held for them comes with the reason, the most pressing
/// reason first; then what is open, by priority.
#[utoipa::path(get, path = "/v1/requests/queue", operation_id = "getQueue", tag = "requests",
    params(QueueParams), responses((status = 200, body = QueueBody)))]
pub async fn queue(
    app: Data<App>,
    caller: By<Coordinator>,
    params: Params<QueueParams>,
) -> Result<HttpResponse, Problem> {
    let limit = filters::limit(params.0.limit, MOST_QUEUED, MOST_QUEUED)?;
    let call = caller.call();
    let found = queue_of_requests(&app, &call, limit).await?;
    let rows: Vec<RequestRow> =
        found.held.iter().chain(found.open.iter().map(|(row, _)| row)).cloned().collect();
    let bodies = read(&app, &call, async |unit| with_lines(unit, &rows).await).await?;
    let priorities: BTreeMap<Uuid, _> =
        found.open.iter().map(|(row, priority)| (row.id, *priority)).collect();
    let data = bodies
        .into_iter()
        .map(|body| {
            let priority = priorities.get(&body.id.uuid()).copied();
            QueuedRequestBody::new(body, priority)
        })
        .collect();
    Ok(answer::fleeting(&QueueBody { data }))
}

/// These requests as they are shown, each with its lines.
pub async fn with_lines(unit: &mut Unit<'_>, rows: &[RequestRow]) -> Result<Vec<RequestBody>, Refusal> {
    let lines = request_lists::lines(unit, rows.iter().map(|row| row.id).collect()).await?;
    let none: &[(Thing, u32)] = &[];
    let of = |row: &RequestRow| lines.get(&row.id).map_or(none, Vec::as_slice);
    Ok(rows.iter().map(|row| RequestBody::new(row, of(row))).collect())
}
