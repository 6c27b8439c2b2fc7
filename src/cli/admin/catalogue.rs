//! Items and kits, by the command line.

use clap::Args;
use domain::catalogue::Load;
use domain::id::{CampaignId, ItemId, KitId};
use serde_json::json;

use super::{AdminError, carry_out, values};
use crate::actions::create_item::CreateItem;
use crate::actions::create_kit::CreateKit;
use crate::app::App;

/// An item to be entered.
#[derive(Debug, Args)]
pub(super) struct CreateItemArgs {
    /// In which campaign's catalogue.
    #[arg(long)]
    campaign: CampaignId,
    /// Its name.
    #[arg(long, value_parser = values::name)]
    name: String,
    /// What one of it is: a bag, a litre, a box.
    #[arg(long, value_parser = values::name)]
    unit: String,
    /// What one weighs, in kilograms.
    #[arg(long = "weight-kg", value_name = "KG", value_parser = values::amount)]
    weight_g: u32,
    /// How much room one takes, in litres.
    #[arg(long = "volume-l", value_name = "LITRES", value_parser = values::amount)]
    volume_ml: u32,
}

/// Enters an item.
pub(super) async fn create_item(app: &App, args: CreateItemArgs) -> Result<String, AdminError> {
    let load = Load { grams: args.weight_g, millilitres: args.volume_ml };
    let action = CreateItem { campaign: args.campaign, name: args.name, unit: args.unit, load };
    carry_out(app, action, |row| json!({ "id": ItemId::new(row.id), "name": row.name })).await
}

/// A kit to be entered.
#[derive(Debug, Args)]
pub(super) struct CreateKitArgs {
    /// In which campaign's catalogue.
    #[arg(long)]
    campaign: CampaignId,
    /// Its name.
    #[arg(long, value_parser = values::name)]
    name: String,
    /// An item of it and how many, such as itm_...=2. Once for each item.
    #[arg(long = "line", value_name = "ITEM=QUANTITY", required = true, value_parser = line)]
    lines: Vec<(ItemId, u32)>,
}

/// Enters a kit.
pub(super) async fn create_kit(app: &App, args: CreateKitArgs) -> Result<String, AdminError> {
    let action = CreateKit { campaign: args.campaign, name: args.name, lines: args.lines };
    carry_out(app, action, |kit| json!({ "id": KitId::new(kit.row.id), "name": kit.row.name })).await
}

fn line(text: &str) -> Result<(ItemId, u32), String> {
    let wanted = || "an item's id, =, and how many".to_owned();
    let (item, quantity) = text.split_once('=').ok_or_else(wanted)?;
    Ok((item.parse().map_err(|_| wanted())?, quantity.parse().map_err(|_| wanted())?))
}
