//! The calls: make, list, read, change and delete receivers, and see to it that they work.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::actor::Scope;
use domain::id::WebhookId;

use super::bodies::{
    AttemptBody, ChangeWebhookBody, CreateWebhookBody, ReplayBody, ReplayedBody, TestedBody, WebhookBody,
    WebhookWithSecretBody,
};
use crate::actions::webhooks::{
    Change, ChangeEndpoint, DeleteEndpoint, EnableEndpoint, Made, Replay, RotateSecret, SendTest, find_mine,
    owner_of,
};
use crate::actions::{Answer, perform, read};
use crate::app::App;
use crate::rest::extract::{Body, By, OneId, Params, StaffOrPartner};
use crate::rest::page::{Page, PageParams};
use crate::rest::problem::Problem;
use crate::rest::requests::Nothing;
use crate::rest::{answer, times};
use crate::storage::views::webhooks;

/// The most events that one call sends again.
const MOST_REPLAYED: i64 = 10_000;

/// Make a receiver of webhooks. From now on events that you may know of are posted to it, signed with the secret that
/// this answer holds, this once. See the guide on webhooks for verifying, retries and order.
#[utoipa::path(post, path = "/v1/webhook-endpoints", operation_id = "createWebhookEndpoint", tag = "webhooks",
    request_body = CreateWebhookBody, responses((status = 201, body = WebhookWithSecretBody)))]
pub async fn create(
    app: Data<App>,
    caller: By<StaffOrPartner>,
    body: Body<CreateWebhookBody>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::WebhooksManage)?;
    let call = caller.act(body.fingerprint)?;
    let action = body.value.action(&app)?;
    Ok(perform(&app, call, action, with_secret).await?.into())
}

/// List your receivers of webhooks, without their secrets. Each says whether it works, and if not, since when.
#[utoipa::path(get, path = "/v1/webhook-endpoints", operation_id = "listWebhookEndpoints", tag = "webhooks",
    params(PageParams), responses((status = 200, body = Page<WebhookBody>)))]
pub async fn list(
    app: Data<App>,
    caller: By<StaffOrPartner>,
    params: Params<PageParams>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::WebhooksManage)?;
    let wanted = params.0.wanted(&app.keys, params.1)?;
    let rows = read(&app, &caller.call(), async |unit| {
        let owner = owner_of(&unit.actor)?;
        Ok(webhooks::list(unit, owner.organisation, owner.partner, wanted.after, wanted.limit).await?)
    })
    .await?;
    let data = rows.iter().map(WebhookBody::from).collect();
    Ok(answer::json(&Page::of(&app.keys, &wanted, data, |body: &WebhookBody| body.id.uuid())))
}

/// Read a receiver of webhooks, without its secret. A lost secret is replaced by `rotateWebhookSecret`.
#[utoipa::path(get, path = "/v1/webhook-endpoints/{id}", operation_id = "getWebhookEndpoint", tag = "webhooks",
    params(("id" = WebhookId, Path)), responses((status = 200, body = WebhookBody)))]
pub async fn get(
    app: Data<App>,
    caller: By<StaffOrPartner>,
    id: OneId<WebhookId>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::WebhooksManage)?;
    let row = read(&app, &caller.call(), async |unit| find_mine(unit, id.0).await).await?;
    Ok(answer::versioned(&WebhookBody::from(&row), row.version))
}

/// Change where a receiver is, what it is told, or what you call it. Absent fields stay; what waits goes to the new URL.
#[utoipa::path(patch, path = "/v1/webhook-endpoints/{id}", operation_id = "changeWebhookEndpoint", tag = "webhooks",
    params(("id" = WebhookId, Path)), request_body = ChangeWebhookBody, responses((status = 200, body = WebhookBody)))]
pub async fn change(
    app: Data<App>,
    caller: By<StaffOrPartner>,
    id: OneId<WebhookId>,
    body: Body<ChangeWebhookBody>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::WebhooksManage)?;
    let change = Change::try_from(body.value)?;
    let action = ChangeEndpoint { endpoint: id.0, change, reach: app.courier.reach() };
    let answer = perform(&app, caller.call(), action, |row| answer::ok(&WebhookBody::from(row))).await?;
    Ok(answer.into())
}

/// Delete a receiver of webhooks. Nothing is sent to it any more, not even what waits.
#[utoipa::path(delete, path = "/v1/webhook-endpoints/{id}", operation_id = "deleteWebhookEndpoint", tag = "webhooks",
    params(("id" = WebhookId, Path)), responses((status = 204)))]
pub async fn delete(
    app: Data<App>,
    caller: By<StaffOrPartner>,
    id: OneId<WebhookId>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::WebhooksManage)?;
    let action = DeleteEndpoint { endpoint: id.0 };
    Ok(perform(&app, caller.call(), action, |()| answer::no_content()).await?.into())
}

/// Give a receiver another secret, shown this once. For 24 hours deliveries carry two signatures, by the new one and by
/// the one before, so that none fails while you change over.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/rotate-secret", operation_id = "rotateWebhookSecret",
    tag = "webhooks", params(("id" = WebhookId, Path)), responses((status = 201, body = WebhookWithSecretBody)))]
pub async fn rotate_secret(
    app: Data<App>,
    caller: By<StaffOrPartner>,
    id: OneId<WebhookId>,
    body: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::WebhooksManage)?;
    let call = caller.act(body.fingerprint)?;
    let action = RotateSecret { endpoint: id.0, keys: Arc::clone(&app.keys) };
    Ok(perform(&app, call, action, with_secret).await?.into())
}

/// Send a receiver a `webhook.test`, to see whether it works. The answer names the event; how it went is among the
/// attempts.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/test", operation_id = "testWebhookEndpoint", tag = "webhooks",
    params(("id" = WebhookId, Path)), responses((status = 202, body = TestedBody)))]
pub async fn test(
    app: Data<App>,
    caller: By<StaffOrPartner>,
    id: OneId<WebhookId>,
    body: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::WebhooksManage)?;
    let call = caller.act(body.fingerprint)?;
    let location = format!("/v1/webhook-endpoints/{}/attempts", id.0);
    let render = move |event: &domain::id::EventId| {
        answer::accepted(location.clone(), &TestedBody { event_id: *event })
    };
    Ok(perform(&app, call, SendTest { endpoint: id.0 }, render).await?.into())
}

/// List the attempts at a receiver, the oldest first: when, how each ended, how long it took. They are kept for 30 days.
#[utoipa::path(get, path = "/v1/webhook-endpoints/{id}/attempts", operation_id = "listWebhookAttempts",
    tag = "webhooks", params(("id" = WebhookId, Path), PageParams), responses((status = 200, body = Page<AttemptBody>)))]
pub async fn attempts(
    app: Data<App>,
    caller: By<StaffOrPartner>,
    id: OneId<WebhookId>,
    params: Params<PageParams>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::WebhooksManage)?;
    let wanted = params.0.wanted(&app.keys, params.1)?;
    let rows = read(&app, &caller.call(), async |unit| {
        find_mine(unit, id.0).await?;
        Ok(webhooks::attempts(unit, id.0, wanted.after, wanted.limit).await?)
    })
    .await?;
    let last = rows.last().map(|row| row.id).unwrap_or_default();
    let data = rows.iter().map(AttemptBody::from).collect();
    Ok(answer::json(&Page::of(&app.keys, &wanted, data, |_: &AttemptBody| last)))
}

/// Send again what was delivered to a receiver, by the time at which it happened and by its kind. Each event keeps its
/// `webhook-id`; the last 30 days can be had, about 10,000 events a call, the oldest first; `next_from`
/// begins the next.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/replay", operation_id = "replayWebhookEvents", tag = "webhooks",
    params(("id" = WebhookId, Path)), request_body = ReplayBody, responses((status = 202, body = ReplayedBody)))]
pub async fn replay(
    app: Data<App>,
    caller: By<StaffOrPartner>,
    id: OneId<WebhookId>,
    body: Body<ReplayBody>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::WebhooksManage)?;
    let call = caller.act(body.fingerprint)?;
    let again = webhooks::Again {
        from: times::field(body.value.from, "/from")?,
        until: times::field(body.value.until, "/until")?,
        kinds: body.value.kinds()?,
        most: MOST_REPLAYED,
    };
    let location = format!("/v1/webhook-endpoints/{}/attempts", id.0);
    let render = move |replayed: &webhooks::Replayed| {
        answer::accepted(location.clone(), &ReplayedBody::of(*replayed, MOST_REPLAYED))
    };
    Ok(perform(&app, call, Replay { endpoint: id.0, again }, render).await?.into())
}

/// Switch a disabled receiver on again. Everything that waits for it is sent, in its order; nothing was lost.
#[utoipa::path(post, path = "/v1/webhook-endpoints/{id}/enable", operation_id = "enableWebhookEndpoint",
    tag = "webhooks", params(("id" = WebhookId, Path)), responses((status = 200, body = WebhookBody)))]
pub async fn enable(
    app: Data<App>,
    caller: By<StaffOrPartner>,
    id: OneId<WebhookId>,
    body: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::WebhooksManage)?;
    let call = caller.act(body.fingerprint)?;
    let action = EnableEndpoint { endpoint: id.0 };
    Ok(perform(&app, call, action, |row| answer::ok(&WebhookBody::from(row))).await?.into())
}

fn with_secret(made: &Made) -> Answer {
    let location = format!("/v1/webhook-endpoints/{}", made.row.endpoint());
    answer::created_with_secret(
        location,
        &WebhookWithSecretBody::shown(made),
        &WebhookWithSecretBody::kept(made),
    )
}
