//! Many households in one call.

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::actor::Scope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bodies::{HouseholdBody, RegisterHouseholdBody};
use super::created;
use crate::actions::register_household::RegisterHousehold;
use crate::actions::try_household::TryHousehold;
use crate::app::App;
use crate::rest::bulk::{self, Verdict};
use crate::rest::dry_run::DryRunParams;
use crate::rest::extract::{Body, By, CoordinatorOrPartner, MANY, Params, parse};
use crate::rest::problem::{Problem, ProblemBody};

/// Households to be registered together.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkHouseholdsBody {
    /// Up to 500 households. Give each an `external_id`: it makes sending the whole again harmless.
    #[schema(max_items = 500, value_type = Vec<RegisterHouseholdBody>)]
    pub households: Vec<serde_json::Value>,
}

/// What became of each, in the order sent.
#[derive(Serialize, ToSchema)]
pub struct BulkHouseholdsResultBody {
    /// One verdict each.
    pub results: Vec<BulkHouseholdBody>,
}

/// What became of one: the household, or why not.
#[derive(Serialize, ToSchema)]
pub struct BulkHouseholdBody {
    /// The HTTP status that it would have had alone.
    pub status: u16,
    /// The household that was registered, without its door.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<HouseholdBody>)]
    pub household: Option<Box<serde_json::value::RawValue>>,
    /// Why it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemBody>,
}

/// Register up to 500 households. Each has its own verdict, in the order sent; sending the same call again with the same
/// Idempotency-Key goes on where it was cut off, registers none twice, and says Idempotent-Replayed where it had nothing
/// left to do. The key is bound to the whole: with a household added, left out or changed, the call is refused as a
/// whole, `idempotency_key_reused`. Files of more, as spreadsheets, are brought by `importFile`.
#[utoipa::path(post, path = "/v1/households/bulk", operation_id = "registerHouseholds", tag = "households",
    params(DryRunParams), request_body = BulkHouseholdsBody,
    responses((status = 207, body = BulkHouseholdsResultBody)))]
pub async fn register_many(
    app: Data<App>,
    caller: By<CoordinatorOrPartner>,
    params: Params<DryRunParams>,
    body: Body<BulkHouseholdsBody, MANY>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::HouseholdsWrite)?;
    let call = params.0.of(caller.act(body.fingerprint)?);
    let check = |thing: &[u8]| {
        let household = RegisterHousehold::try_from(parse::<RegisterHouseholdBody>(thing)?)?;
        Ok(TryHousehold { household, run: call.run })
    };
    let verdicts = bulk::each(&app, &call, ("households", body.value.households), check, created).await?;
    let one = |verdict: Verdict| BulkHouseholdBody {
        status: verdict.status,
        household: verdict.made,
        problem: verdict.problem,
    };
    Ok(params.0.told(verdicts.told(one, |results| BulkHouseholdsResultBody { results })))
}
