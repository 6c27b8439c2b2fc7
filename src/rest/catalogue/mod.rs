//! The catalogue of a campaign: items and kits, entered by administrators, read by everybody who takes part.

mod bodies;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::{ItemId, KitId};

pub use bodies::{CreateItemBody, CreateKitBody, ItemBody, KitBody, KitLineBody};

use super::answer;
use super::extract::{Administrator, Anybody, Body, By, OneId, Params};
use super::page::{Page, PageParams};
use super::problem::Problem;
use crate::actions::create_item::CreateItem;
use crate::actions::create_kit::{CreateKit, KitWithLines};
use crate::actions::{Answer, Refusal, perform, read};
use crate::app::App;
use crate::storage::views::items::{self, ItemRow};
use crate::storage::views::kits;

/// Enter an item into a campaign's catalogue. What it weighs decides what a request of it loads on a volunteer.
#[utoipa::path(post, path = "/v1/items", operation_id = "createItem", tag = "catalogue",
    request_body = CreateItemBody, responses((status = 201, body = ItemBody)))]
pub async fn create_item(
    app: Data<App>,
    caller: By<Administrator>,
    body: Body<CreateItemBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = CreateItem::try_from(body.value)?;
    Ok(perform(&app, call, action, item_created).await?.into())
}

/// List the items of the campaigns that you take part in. The lines of a request name items by their ids.
#[utoipa::path(get, path = "/v1/items", operation_id = "listItems", tag = "catalogue",
    params(PageParams), responses((status = 200, body = Page<ItemBody>)))]
pub async fn list_items(
    app: Data<App>,
    caller: By<Anybody>,
    params: Params<PageParams>,
) -> Result<HttpResponse, Problem> {
    let wanted = params.0.wanted(&app.keys, params.1)?;
    let rows =
        read(&app, &caller.call(), async |unit| Ok(items::list(unit, wanted.after, wanted.limit).await?))
            .await?;
    let data = rows.iter().map(ItemBody::from).collect();
    Ok(answer::json(&Page::of(&app.keys, &wanted, data, |body: &ItemBody| body.id.uuid())))
}

/// Read an item. An item of a campaign that you take no part in is 404.
#[utoipa::path(get, path = "/v1/items/{id}", operation_id = "getItem", tag = "catalogue",
    params(("id" = ItemId, Path)), responses((status = 200, body = ItemBody)))]
pub async fn get_item(
    app: Data<App>,
    caller: By<Anybody>,
    id: OneId<ItemId>,
) -> Result<HttpResponse, Problem> {
    let row = read(&app, &caller.call(), async |unit| {
        items::visible(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    Ok(answer::versioned(&ItemBody::from(&row), row.version))
}

/// Enter a kit into a campaign's catalogue. A kit is a fixed set of the catalogue's items.
#[utoipa::path(post, path = "/v1/kits", operation_id = "createKit", tag = "catalogue",
    request_body = CreateKitBody, responses((status = 201, body = KitBody)))]
pub async fn create_kit(
    app: Data<App>,
    caller: By<Administrator>,
    body: Body<CreateKitBody>,
) -> Result<HttpResponse, Problem> {
    let call = caller.act(body.fingerprint)?;
    let action = CreateKit::try_from(body.value)?;
    Ok(perform(&app, call, action, kit_created).await?.into())
}

/// List the kits of the campaigns that you take part in. Each comes with the items that it is made of.
#[utoipa::path(get, path = "/v1/kits", operation_id = "listKits", tag = "catalogue",
    params(PageParams), responses((status = 200, body = Page<KitBody>)))]
pub async fn list_kits(
    app: Data<App>,
    caller: By<Anybody>,
    params: Params<PageParams>,
) -> Result<HttpResponse, Problem> {
    let wanted = params.0.wanted(&app.keys, params.1)?;
    let found =
        read(&app, &caller.call(), async |unit| Ok(kits::list(unit, wanted.after, wanted.limit).await?))
            .await?;
    let data = found.iter().map(|(row, lines)| KitBody::new(row, lines)).collect();
    Ok(answer::json(&Page::of(&app.keys, &wanted, data, |body: &KitBody| body.id.uuid())))
}

/// Read a kit. A kit of a campaign that you take no part in is 404.
#[utoipa::path(get, path = "/v1/kits/{id}", operation_id = "getKit", tag = "catalogue",
    params(("id" = KitId, Path)), responses((status = 200, body = KitBody)))]
pub async fn get_kit(app: Data<App>, caller: By<Anybody>, id: OneId<KitId>) -> Result<HttpResponse, Problem> {
    let (row, lines) = read(&app, &caller.call(), async |unit| {
        kits::visible(unit, id.0).await?.ok_or_else(Refusal::not_found)
    })
    .await?;
    Ok(answer::versioned(&KitBody::new(&row, &lines), row.version))
}

fn item_created(row: &ItemRow) -> Answer {
    let body = ItemBody::from(row);
    answer::created(format!("/v1/items/{}", body.id), &body)
}

fn kit_created(kit: &KitWithLines) -> Answer {
    let body = KitBody::new(&kit.row, &kit.lines);
    answer::created(format!("/v1/kits/{}", body.id), &body)
}
