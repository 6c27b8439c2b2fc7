//! Households listed, without their doors.

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::actor::Scope;
use domain::id::AreaId;
use serde::Deserialize;
use utoipa::IntoParams;

use super::bodies::HouseholdBody;
use crate::actions::read;
use crate::app::App;
use crate::rest::extract::{By, CoordinatorOrPartner, Params};
use crate::rest::page::{self, Page};
use crate::rest::problem::Problem;
use crate::rest::{answer, filters};
use crate::storage::views::household_lists::{self, HouseholdFilter};

/// Which households.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListHouseholdsParams {
    /// Statuses, separated by commas; all when absent.
    #[param(example = "pending_verification,verified")]
    pub status: Option<String>,
    /// Only of this area.
    pub area_id: Option<AreaId>,
    /// How many entries, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// List your households, the oldest first. A coordinator sees their organisation's, a partner app its own.
#[utoipa::path(get, path = "/v1/households", operation_id = "listHouseholds", tag = "households",
    params(ListHouseholdsParams), responses((status = 200, body = Page<HouseholdBody>)))]
pub async fn list(
    app: Data<App>,
    caller: By<CoordinatorOrPartner>,
    params: Params<ListHouseholdsParams>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::HouseholdsRead)?;
    let wanted = page::wanted(&app.keys, params.0.limit, params.0.cursor.as_deref())?;
    let filter = HouseholdFilter {
        statuses: filters::words(params.0.status.as_deref(), "status")?,
        area: params.0.area_id,
    };
    let rows = read(&app, &caller.call(), async |unit| {
        Ok(household_lists::list(unit, &filter, wanted.after, wanted.limit).await?)
    })
    .await?;
    let bodies = rows.iter().map(HouseholdBody::from).collect();
    Ok(answer::json(&Page::of(&app.keys, wanted, bodies, |body: &HouseholdBody| body.id.uuid())))
}
