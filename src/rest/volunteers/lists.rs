//! Volunteers listed, with what they hold where that is asked for.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::id::{AreaId, CampaignId, VolunteerId};
use domain::refusal::Code;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::bodies::VolunteerBody;
use crate::actions::read;
use crate::app::App;
use crate::rest::claims::ClaimBody;
use crate::rest::extract::{By, Coordinator, Params};
use crate::rest::page::{self, Page};
use crate::rest::problem::Problem;
use crate::rest::{answer, filters, times};
use crate::storage::views::Narrowing;
use crate::storage::views::companions::{self, ClaimAndDelivery};
use crate::storage::views::volunteers::{self, Filter, SeenVolunteer};

/// Which volunteers, and which page of them.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListVolunteersParams {
    /// How many entries, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Of these statuses, separated by commas; all when absent.
    #[param(example = "registered,approved")]
    pub status: Option<String>,
    /// Only these: ids separated by commas, up to 200.
    pub id: Option<String>,
    /// Of this area.
    pub area_id: Option<AreaId>,
    /// Only of this campaign.
    pub campaign_id: Option<CampaignId>,
    /// Only who was changed since then, by the time at which each change began (`updated_at`). Since changes are seen when
    /// they end, what began up to a minute earlier is told too: nothing is missed by who passes the time at which they
    /// asked last, and apply what they are told by its `version`. The feed of events tells changes in their order. How many
    /// claims somebody holds is no change of theirs: the events of the requests tell it.
    #[param(example = "2026-11-23T08:00:00Z")]
    pub updated_since: Option<DateTime<Utc>>,
    /// What else to tell of each: `claims`, what they hold now of your organisation's requests.
    #[param(example = "claims")]
    pub include: Option<String>,
}

impl ListVolunteersParams {
    fn filter(&self) -> Result<Filter, Problem> {
        Ok(Filter {
            statuses: filters::words(self.status.as_deref(), "status")?,
            by: Narrowing {
                ids: filters::ids::<VolunteerId>(self.id.as_deref(), "id")?
                    .iter()
                    .map(|id| id.uuid())
                    .collect(),
                area: self.area_id,
                campaign: self.campaign_id,
                updated_since: times::parameter(self.updated_since, "updated_since")?,
                region: None,
            },
        })
    }
}

/// A volunteer of a list, with what else was asked for.
#[derive(Serialize, ToSchema)]
pub struct ListedVolunteerBody {
    /// The volunteer.
    #[serde(flatten)]
    pub volunteer: VolunteerBody,
    /// What they hold of your organisation's requests, the oldest first, where `include` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<Vec<ClaimBody>>,
}

/// List your organisation's volunteers, the longest here first. Those of other organisations are read by id.
#[utoipa::path(get, path = "/v1/volunteers", operation_id = "listVolunteers", tag = "volunteers",
    params(ListVolunteersParams), responses((status = 200, body = Page<ListedVolunteerBody>)))]
pub async fn list(
    app: Data<App>,
    caller: By<Coordinator>,
    params: Params<ListVolunteersParams>,
) -> Result<HttpResponse, Problem> {
    let Params(params, walk) = params;
    let wanted = page::wanted(&app.keys, walk, params.limit, params.cursor.as_deref())?;
    let filter = params.filter()?;
    let include = filters::among(params.include.as_deref(), "include", &["claims"])?;
    let bodies = read(&app, &caller.call(), async |unit| {
        let Actor::Coordinator { organisation, .. } = unit.actor else {
            return Err(Code::Forbidden.into());
        };
        let found = volunteers::list(unit, organisation, &filter, (wanted.after, wanted.limit)).await?;
        let ids = found.iter().map(|seen| seen.row.id).collect();
        let held = if include.is_empty() { None } else { Some(companions::claims_of(unit, ids).await?) };
        Ok(found.iter().map(|seen| listed(seen, held.as_ref())).collect::<Vec<_>>())
    })
    .await?;
    let page = Page::of(&app.keys, &wanted, bodies, |body| body.volunteer.id.uuid());
    Ok(answer::unkept(answer::json(&page)))
}

fn listed(seen: &SeenVolunteer, held: Option<&BTreeMap<Uuid, Vec<ClaimAndDelivery>>>) -> ListedVolunteerBody {
    let shown = |(claim, delivery): &ClaimAndDelivery| ClaimBody::new(claim, *delivery);
    let claims = held.map(|all| all.get(&seen.row.id).into_iter().flatten().map(shown).collect());
    ListedVolunteerBody { volunteer: VolunteerBody::from(seen), claims }
}
