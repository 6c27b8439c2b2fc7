//! What is sent and answered about items and kits.

use chrono::{DateTime, Utc};
use domain::catalogue::{Load, MAX_OF_ONE, thousandths};
use domain::id::{CampaignId, ItemId, KitId};
use domain::refusal::Code;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::create_item::CreateItem;
use crate::actions::create_kit::CreateKit;
use crate::rest::problem::Problem;
use crate::rest::text;
use crate::storage::views::items::ItemRow;
use crate::storage::views::kits::{KitLineRow, KitRow};

/// An item to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateItemBody {
    /// In which campaign's catalogue.
    pub campaign_id: CampaignId,
    /// Its name, unlike that of any other item of the catalogue.
    #[schema(example = "Flour", min_length = 1, max_length = 200)]
    pub name: String,
    /// What one of it is.
    #[schema(example = "bag", min_length = 1, max_length = 50)]
    pub unit: String,
    /// What one weighs, in kilograms, to the gram.
    #[schema(minimum = 0.0, maximum = 2000.0, example = 2.0)]
    pub weight_kg: f64,
    /// How much room one takes, in litres, to the millilitre.
    #[schema(minimum = 0.0, maximum = 2000.0, example = 2.8)]
    pub volume_l: f64,
}

impl TryFrom<CreateItemBody> for CreateItem {
    type Error = Problem;

    fn try_from(body: CreateItemBody) -> Result<Self, Problem> {
        let grams = amount(body.weight_kg, "/weight_kg", "0 to 2000 kilograms")?;
        let millilitres = amount(body.volume_l, "/volume_l", "0 to 2000 litres")?;
        Ok(Self {
            campaign: body.campaign_id,
            name: text::name(&body.name, "/name")?,
            unit: text::required(&body.unit, 50, "/unit")?,
            load: Load { grams, millilitres },
        })
    }
}

fn amount(sent: f64, pointer: &str, detail: &str) -> Result<u32, Problem> {
    thousandths(sent, MAX_OF_ONE).ok_or_else(|| Problem::field(Code::InvalidValue, pointer, detail))
}

/// An item.
#[derive(Serialize, ToSchema)]
pub struct ItemBody {
    /// Its id.
    pub id: ItemId,
    /// In which campaign's catalogue.
    pub campaign_id: CampaignId,
    /// Its name.
    #[schema(example = "Flour")]
    pub name: String,
    /// What one of it is.
    #[schema(example = "bag")]
    pub unit: String,
    /// What one weighs, in kilograms.
    #[schema(example = 2.0)]
    pub weight_kg: f64,
    /// How much room one takes, in litres.
    #[schema(example = 2.8)]
    pub volume_l: f64,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i32,
}

impl From<&ItemRow> for ItemBody {
    fn from(row: &ItemRow) -> Self {
        Self {
            id: ItemId::new(row.id),
            campaign_id: CampaignId::new(row.campaign_id),
            name: row.name.clone(),
            unit: row.unit.clone(),
            weight_kg: f64::from(row.weight_g) / 1000.0,
            volume_l: f64::from(row.volume_ml) / 1000.0,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// A kit to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateKitBody {
    /// In which campaign's catalogue.
    pub campaign_id: CampaignId,
    /// Its name, unlike that of any other kit of the catalogue.
    #[schema(example = "Food for a week", min_length = 1, max_length = 200)]
    pub name: String,
    /// What it holds, each item once.
    #[schema(min_items = 1, max_items = 50)]
    pub lines: Vec<KitLineBody>,
}

/// One line of a kit.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KitLineBody {
    /// The item.
    pub item_id: ItemId,
    /// How many.
    #[schema(minimum = 1, maximum = 1000, example = 2)]
    pub quantity: u32,
}

impl TryFrom<CreateKitBody> for CreateKit {
    type Error = Problem;

    fn try_from(body: CreateKitBody) -> Result<Self, Problem> {
        Ok(Self {
            campaign: body.campaign_id,
            name: text::name(&body.name, "/name")?,
            lines: body.lines.into_iter().map(|line| (line.item_id, line.quantity)).collect(),
        })
    }
}

/// A kit.
#[derive(Serialize, ToSchema)]
pub struct KitBody {
    /// Its id.
    pub id: KitId,
    /// In which campaign's catalogue.
    pub campaign_id: CampaignId,
    /// Its name.
    #[schema(example = "Food for a week")]
    pub name: String,
    /// What it holds.
    pub lines: Vec<KitLineBody>,
    /// What it weighs, in kilograms.
    #[schema(example = 4.0)]
    pub weight_kg: f64,
    /// How much room it takes, in litres.
    #[schema(example = 5.6)]
    pub volume_l: f64,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// Grows with each change.
    pub version: i32,
}

impl KitBody {
    /// A kit as it is shown.
    #[must_use]
    pub fn new(row: &KitRow, lines: &[KitLineRow]) -> Self {
        let sum = |amount: fn(&KitLineRow) -> i32| -> f64 {
            lines.iter().map(|line| f64::from(amount(line)) * f64::from(line.quantity)).sum::<f64>() / 1000.0
        };
        let line = |line: &KitLineRow| KitLineBody {
            item_id: ItemId::new(line.item_id),
            quantity: line.quantity.unsigned_abs(),
        };
        Self {
            id: KitId::new(row.id),
            campaign_id: CampaignId::new(row.campaign_id),
            name: row.name.clone(),
            lines: lines.iter().map(line).collect(),
            weight_kg: sum(|line| line.weight_g),
            volume_l: sum(|line| line.volume_ml),
            created_at: row.created_at,
            version: row.version,
        }
    }
}
