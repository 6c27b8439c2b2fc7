//! A receiver's owner says where, what and of which area; a URL that may never be posted to is refused at once.

use domain::event::Pattern;
use domain::id::{AreaId, WebhookId};

use super::{owner, told};
use crate::actions::{Action, Refusal, meaning};
use crate::outbound::webhooks::{Reach, Target};
use crate::storage::Unit;
use crate::storage::events;
use crate::storage::tables::webhook_endpoints::{self, EndpointRow, Wishes};

/// The most kinds and families that one receiver names.
const MOST_PATTERNS: usize = 100;

/// What is different now.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Where events are posted.
    pub url: Option<String>,
    /// What it is called; nothing when emptied.
    pub description: Option<Option<String>>,
    /// What it wants.
    pub patterns: Option<Vec<Pattern>>,
    /// Of which area alone; of all when emptied.
    pub area: Option<Option<AreaId>>,
}

/// Change a receiver.
#[derive(Clone)]
pub struct ChangeEndpoint {
    /// Which.
    pub endpoint: WebhookId,
    /// What is different now.
    pub change: Change,
    /// How far things may be posted.
    pub reach: Reach,
}

impl Action for ChangeEndpoint {
    type Done = EndpointRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<EndpointRow, Refusal> {
        let row = owner::lock_mine(unit, self.endpoint).await?;
        let wishes = Wishes {
            url: self.change.url.unwrap_or_else(|| row.url.clone()),
            description: self.change.description.unwrap_or_else(|| row.description.clone()),
            patterns: self.change.patterns.unwrap_or_else(|| row.patterns()),
            area: self.change.area.unwrap_or_else(|| row.area_id.map(AreaId::new)),
        };
        let wishes = judged(wishes, self.reach)?;
        let row = webhook_endpoints::edit(unit, self.endpoint, &wishes).await.map_err(no_such_area())?;
        events::append(unit, &[told(&row, "webhook.changed")]).await?;
        Ok(row)
    }
}

/// The wishes, if they can be met.
pub(super) fn judged(mut wishes: Wishes, reach: Reach) -> Result<Wishes, Refusal> {
    let target =
        Target::parse(&wishes.url, reach).map_err(|error| Refusal::flaw("/url", error.to_string()))?;
    target.as_str().clone_into(&mut wishes.url);
    wishes.patterns.sort_unstable();
    wishes.patterns.dedup();
    if wishes.patterns.len() > MOST_PATTERNS {
        return Err(Refusal::flaw("/events", format!("at most {MOST_PATTERNS}")));
    }
    Ok(wishes)
}

pub(super) fn no_such_area() -> impl FnOnce(crate::storage::StorageError) -> Refusal {
    meaning("webhook_endpoints_area_fk", || Refusal::flaw("/area_id", "an area that there is"))
}
