//! An item enters a campaign's catalogue.

use domain::catalogue::Load;
use domain::id::{CampaignId, ItemId};
use domain::refusal::Code;

use super::{Action, Refusal, meaning, permission};
use crate::clock;
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::campaigns;
use crate::storage::tables::items::{self, ItemRow, NewItem};

/// Enter an item.
#[derive(Clone)]
pub struct CreateItem {
    /// In which campaign's catalogue.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// What one of it is: a bag, a litre, a box.
    pub unit: String,
    /// What one weighs.
    pub load: Load,
}

impl Action for CreateItem {
    type Done = ItemRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<ItemRow, Refusal> {
        permission::administrator(&unit.actor)?;
        let campaign = campaigns::find(unit, self.campaign)
            .await?
            .ok_or_else(|| Refusal::flaw("/campaign_id", "no such campaign"))?;
        let new = NewItem {
            id: ItemId::new(clock::new_id()),
            organisation: campaign.organisation(),
            campaign: self.campaign,
            name: self.name,
            unit: self.unit,
            load: self.load,
        };
        let row = items::insert(unit, &new).await.map_err(meaning("items_name_unique", || {
            Refusal::because(Code::AlreadyExists, "the catalogue has an item of this name already")
        }))?;
        let created = Event {
            organisation: Some(campaign.organisation()),
            ..Event::about("item.created", "item", row.id)
        };
        events::append(unit, &[created]).await?;
        Ok(row)
    }
}
