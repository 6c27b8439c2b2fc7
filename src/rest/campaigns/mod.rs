//! Campaigns: entered, joined, and given their policy by administrators; read by staff who take part.

mod bodies;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::CampaignId;

pub use bodies::{CampaignBody, CreateCampaignBody, JoinCampaignBody, SetPolicyBody};

use super::answer;
use super::extract::{Administrator, Body, By, OneId, Params, Staff};
use super::page::{Page, PageParams};
use super::problem::Problem;
use crate::actions::create_campaign::{CampaignWithPolicy, CreateCampaign};
use crate::actions::join_campaign::JoinCampaign;
use crate::actions::set_policy::SetPolicy;
use crate::actions::{Answer, Refusal, perform, read};
use crate::app::App;
use crate::storage::views::campaigns;

/// Enter a campaign. Its leading organisation takes part at once, under the first version of its policy.
#[utoipa::path(post, path = "/v1/campaigns", operation_id = "createCampaign", tag = "campaigns",
    request_body = CreateCampaignBody, responses((status = 201, body = CampaignBody)))]
pub async fn create(
    app: Data<App>,
    caller: By<Administrator>,
    body: Body<CreateCampaignBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = CreateCampaign::try_from(body.value)?;
    Ok(perform(&app, call, action, created).await?.into())
}

/// List the campaigns that your organisation takes part in. Administrators see all of them.
#[utoipa::path(get, path = "/v1/campaigns", operation_id = "listCampaigns", tag = "campaigns",
    params(PageParams), responses((status = 200, body = Page<CampaignBody>)))]
pub async fn list(
    app: Data<App>,
    caller: By<Staff>,
    params: Params<PageParams>,
) -> Result<HttpResponse, Problem> {
    let wanted = params.0.wanted(&app.keys, params.1)?;
    let found =
        read(&app, &caller.call(), async |unit| Ok(campaigns::list(unit, wanted.after, wanted.limit).await?))
            .await?;
    let data = found.iter().map(|(row, policy)| CampaignBody::new(row, policy)).collect();
    Ok(answer::json(&Page::of(&app.keys, &wanted, data, |body: &CampaignBody| body.id.uuid())))
}

/// Read a campaign with the policy in force. Its `policy_version` is what `setPolicy` asks for.
#[utoipa::path(get, path = "/v1/campaigns/{id}", operation_id = "getCampaign", tag = "campaigns",
    params(("id" = CampaignId, Path)), responses((status = 200, body = CampaignBody)))]
pub async fn get(app: Data<App>, caller: By<Staff>, id: OneId<CampaignId>) -> Result<HttpResponse, Problem> {
    let (row, policy) = read(&app, &caller.call(), async |unit| {
        campaigns::visible(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    Ok(answer::versioned(&CampaignBody::new(&row, &policy), row.version))
}

/// Let an organisation take part in a campaign. It works from then on in all of its areas.
#[utoipa::path(post, path = "/v1/campaigns/{id}/organisations", operation_id = "joinCampaign", tag = "campaigns",
    params(("id" = CampaignId, Path)), request_body = JoinCampaignBody,
    responses((status = 200, body = CampaignBody)))]
pub async fn join(
    app: Data<App>,
    caller: By<Administrator>,
    id: OneId<CampaignId>,
    body: Body<JoinCampaignBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = JoinCampaign { campaign: id.0, organisation: body.value.organisation_id };
    Ok(perform(&app, call, action, shown).await?.into())
}

/// Put another policy in force: a new version. Fields left out take the defaults.
#[utoipa::path(put, path = "/v1/campaigns/{id}/policy", operation_id = "setPolicy", tag = "campaigns",
    params(("id" = CampaignId, Path)), request_body = SetPolicyBody, responses((status = 200, body = CampaignBody)))]
pub async fn set_policy(
    app: Data<App>,
    caller: By<Administrator>,
    id: OneId<CampaignId>,
    body: Body<SetPolicyBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let SetPolicyBody { policy, policy_version } = body.value;
    let action = SetPolicy { campaign: id.0, policy, replaces: policy_version };
    Ok(perform(&app, call, action, shown).await?.into())
}

fn created(campaign: &CampaignWithPolicy) -> Answer {
    let body = CampaignBody::new(&campaign.row, &campaign.policy);
    answer::created(format!("/v1/campaigns/{}", body.id), &body)
}

fn shown(campaign: &CampaignWithPolicy) -> Answer {
    answer::ok(&CampaignBody::new(&campaign.row, &campaign.policy))
}
