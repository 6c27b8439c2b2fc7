//! A kit enters a campaign's catalogue: a fixed set of its items.

use domain::catalogue::{Load, MAX_LINES, MAX_QUANTITY};
use domain::id::{CampaignId, ItemId, KitId};
use domain::refusal::Code;

use super::{Action, Refusal, meaning, permission};
use crate::clock;
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::kits::{self, KitLineRow, KitRow, NewKit};
use crate::storage::tables::requests::Thing;
use crate::storage::tables::{campaigns, catalogue};

/// Enter a kit.
#[derive(Clone)]
pub struct CreateKit {
    /// In which campaign's catalogue.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// Which items, and how many of each.
    pub lines: Vec<(ItemId, u32)>,
}

/// A kit and what it holds.
#[derive(Clone)]
pub struct KitWithLines {
    /// The kit.
    pub row: KitRow,
    /// What it holds.
    pub lines: Vec<KitLineRow>,
}

impl Action for CreateKit {
    type Done = KitWithLines;

    async fn run(self, unit: &mut Unit<'_>) -> Result<KitWithLines, Refusal> {
        permission::administrator(&unit.actor)?;
        let campaign = campaigns::find(unit, self.campaign)
            .await?
            .ok_or_else(|| Refusal::flaw("/campaign_id", "no such campaign"))?;
        self.check_lines()?;
        self.check_items(unit).await?;
        let new = NewKit {
            id: KitId::new(clock::new_id()),
            organisation: campaign.organisation(),
            campaign: self.campaign,
            name: self.name,
            lines: self.lines,
        };
        let row = kits::insert(unit, &new).await.map_err(meaning("kits_name_unique", || {
            Refusal::because(Code::AlreadyExists, "the catalogue has a kit of this name already")
        }))?;
        let created = Event {
            organisation: Some(campaign.organisation()),
            ..Event::about("kit.created", "kit", row.id)
        };
        events::append(unit, &[created]).await?;
        let lines = kits::lines_of(unit, std::slice::from_ref(&row)).await?;
        Ok(KitWithLines { row, lines })
    }
}

impl CreateKit {
    fn check_lines(&self) -> Result<(), Refusal> {
        if self.lines.is_empty() || self.lines.len() > MAX_LINES {
            return Err(Refusal::flaw("/lines", format!("1 to {MAX_LINES} lines")));
        }
        for (place, (item, quantity)) in self.lines.iter().enumerate() {
            if !(1..=MAX_QUANTITY).contains(quantity) {
                let detail = format!("1 to {MAX_QUANTITY}");
                return Err(Refusal::flaw(format!("/lines/{place}/quantity"), detail));
            }
            if self.lines.iter().take(place).any(|(earlier, _)| earlier == item) {
                return Err(Refusal::flaw(format!("/lines/{place}/item_id"), "each item once"));
            }
        }
        Ok(())
    }

    /// The items are of this catalogue, and all together can be carried.
    async fn check_items(&self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        let things: Vec<_> =
            self.lines.iter().map(|(item, quantity)| (Thing::Item(*item), *quantity)).collect();
        let loads = catalogue::loads(unit, self.campaign, &things).await?;
        let mut sum = Some(Load::default());
        for (place, (load, (_, quantity))) in loads.into_iter().zip(&self.lines).enumerate() {
            let load = load.ok_or_else(|| {
                Refusal::flaw(format!("/lines/{place}/item_id"), "no such item in the campaign's catalogue")
            })?;
            sum = sum.zip(load.times(*quantity)).and_then(|(sum, load)| sum.plus(load));
        }
        sum.map(|_| ()).ok_or_else(|| Refusal::flaw("/lines", "more than anybody could carry"))
    }
}
