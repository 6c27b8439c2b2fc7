//! Households say that they were served, most of them, after a while: their partner apps pass it on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::id::{PartnerId, RequestId};
use domain::life::Act;
use tokio::sync::mpsc::UnboundedReceiver;

use super::Town;
use crate::actions::Caller;
use crate::clock;
use crate::demo::Chance;
use crate::demo::city::as_partner;
use crate::demo::error::told;

/// Minutes of life until a household says so.
const AFTER: (f64, f64) = (8.0, 40.0);

/// Of a hundred households, how many ever do. Somebody is sent to the others.
const WHO_DO: usize = 88;

/// A request of the city's own that was delivered.
pub(super) struct Served {
    pub(super) request: RequestId,
    pub(super) partner: PartnerId,
}

/// Acknowledges what was served, in the order in which it comes due.
pub(super) async fn acknowledge(town: Arc<Town>, mut heard: UnboundedReceiver<Served>) {
    let mut chance = Chance::new(town.plan.seed, 5);
    let mut waiting: Vec<(Instant, Duration, Served)> = Vec::new();
    loop {
        let patience = if waiting.is_empty() { town.pace.minutes(60.0) } else { town.pace.minutes(2.0) };
        if let Ok(Some(served)) = tokio::time::timeout(patience, heard.recv()).await
            && chance.percent(WHO_DO)
        {
            let after = town.pace.minutes(chance.between(AFTER.0, AFTER.1));
            waiting.push((clock::instant(), after, served));
        }
        let due = waiting.extract_if(.., |(since, after, _)| clock::since(*since) >= *after);
        for (_, _, served) in due.collect::<Vec<_>>() {
            let partner = Caller::Partner { partner: served.partner };
            if let Err(refusal) =
                as_partner(&town.app, partner, served.request, (Act::Acknowledge, None)).await
            {
                tracing::debug!(why = told(&refusal), "a household's word was not taken");
            }
        }
    }
}
