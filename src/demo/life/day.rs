//! A volunteer's day: on duty, with an eye on what is near, and one errand at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::id::{ClaimId, DeliveryId, RequestId};
use domain::matching::{Duty, FeedFilter};
use domain::place::Position;
use domain::words::Transport;

use super::errand::{Errand, Stage};
use super::{Town, is_own};
use crate::actions::nearby_requests::nearby_requests;
use crate::actions::report_position::{Place, report_position};
use crate::actions::set_duty::SetDuty;
use crate::actions::{Caller, Refusal, read};
use crate::clock;
use crate::demo::Chance;
use crate::demo::acting::{act, call_of};
use crate::demo::error::told;
use crate::demo::holder::Holder;
use crate::storage::rows::RequestRow;
use crate::storage::views::own_claims::{self, OwnClaim};

/// Minutes of life until somebody looks at their telephone again.
const BETWEEN_LOOKS: (f64, f64) = (4.0, 14.0);
/// However fast the city lives, nobody looks more often.
const LEAST_BETWEEN_LOOKS: Duration = Duration::from_millis(700);
/// Minutes of life of rest after an errand.
const REST: (f64, f64) = (6.0, 25.0);
/// For so many minutes of life nobody takes notice of a request: whoever filed it by hand may claim it
/// first, by hand.
const UNNOTICED: f64 = 20.0;
/// Of the nearest so many one is taken, so that not everybody runs for the same.
const CHOICE: usize = 3;
/// How much of the feed is looked at.
const LOOK: usize = 20;
/// Duty lasts twelve hours; it is taken up again well before.
const DUTY_AGAIN: Duration = Duration::from_secs(6 * 3600);
/// How often somebody on the way tells where they are.
const POSITION_EVERY: Duration = Duration::from_secs(2);

/// A volunteer at their day.
pub(super) struct Day {
    pub(super) town: Arc<Town>,
    pub(super) caller: Caller,
    pub(super) chance: Chance,
    transport: Transport,
    here: Position,
    on_duty_since: Option<Instant>,
}

/// Lives the day of the volunteer of that number, for ever.
pub(super) async fn live(town: Arc<Town>, number: usize) {
    let (Some(planned), Some(entry)) = (town.plan.volunteers.get(number), town.roster.volunteers.get(number))
    else {
        return;
    };
    let chance = Chance::new(town.plan.seed, 1_000 + u64::try_from(number).unwrap_or(0));
    let (caller, transport, here) = (entry.caller(), planned.transport, planned.base);
    let mut day = Day { town, caller, chance, transport, here, on_duty_since: None };
    let until_first_look = day.chance.between(0.0, BETWEEN_LOOKS.1);
    day.town.pace.pass(until_first_look).await;
    loop {
        let pause = match day.go_on().await {
            Ok(true) => day.chance.between(REST.0, REST.1),
            Ok(false) => day.chance.between(BETWEEN_LOOKS.0, BETWEEN_LOOKS.1),
            Err(refusal) => {
                tracing::debug!(why = told(&refusal), "a volunteer's errand came to nothing");
                REST.1
            }
        };
        tokio::time::sleep(day.town.pace.minutes(pause).max(LEAST_BETWEEN_LOOKS)).await;
    }
}

impl Day {
    /// Does the next thing there is to do; false when there is none.
    async fn go_on(&mut self) -> Result<bool, Refusal> {
        self.be_on_duty().await?;
        if let Some(held) = self.held().await? {
            self.go_on_with(held).await?;
            return Ok(true);
        }
        let Some(row) = self.look_about().await? else { return Ok(false) };
        let holder = Holder::claim(&self.town.app, self.caller, row.request()).await?;
        Errand { is_own: is_own(&row), holder, row, stage: Stage::AwaitingPickup }.run(self).await?;
        Ok(true)
    }

    async fn be_on_duty(&mut self) -> Result<(), Refusal> {
        if self.on_duty_since.is_none_or(|since| clock::since(since) >= DUTY_AGAIN) {
            let action = SetDuty { duty: Duty::On { until: None } };
            act(&self.town.app, self.caller, action, |_| ()).await?;
            self.on_duty_since = Some(clock::instant());
        }
        Ok(())
    }

    /// What is held already, from before the demo was stopped or from the city's first day.
    async fn held(&self) -> Result<Option<OwnClaim>, Refusal> {
        let held = read(&self.town.app, &call_of(self.caller), async |unit| {
            let domain::actor::Actor::Volunteer { volunteer, .. } = unit.actor else { return Ok(Vec::new()) };
            Ok(own_claims::active_of(unit, volunteer, (None, 1)).await?)
        })
        .await?;
        Ok(held.into_iter().next())
    }

    async fn go_on_with(&mut self, held: OwnClaim) -> Result<(), Refusal> {
        let stage = Stage::of(held.delivery.as_ref());
        let claim = (
            ClaimId::new(held.claim.id),
            held.claim.fence,
            held.delivery.as_ref().map(|delivery| DeliveryId::new(delivery.id)),
        );
        let request = RequestId::new(held.claim.request_id);
        let holder = Holder::again(&self.town.app, self.caller, request, claim);
        Errand { is_own: is_own(&held.request), holder, row: held.request, stage }.run(self).await
    }

    /// Looks at what is near, and chooses.
    async fn look_about(&mut self) -> Result<Option<RequestRow>, Refusal> {
        let call = call_of(self.caller);
        let found = nearby_requests(&self.town.app, &call, &FeedFilter::default(), LOOK).await?;
        let unnoticed = self.town.pace.minutes(UNNOTICED);
        let now = clock::now();
        let noticed = |row: &RequestRow| {
            row.opened_at
                .is_none_or(|opened| (now - opened).to_std().is_ok_and(|open_for| open_for >= unnoticed))
        };
        let mut rows: Vec<RequestRow> =
            found.nearby.into_iter().map(|seen| seen.shown.row.clone()).filter(&noticed).collect();
        let mut calls: Vec<RequestRow> =
            found.calls.into_iter().map(|seen| seen.shown.row.clone()).filter(&noticed).collect();
        if rows.is_empty() || (!calls.is_empty() && self.chance.percent(15)) {
            std::mem::swap(&mut rows, &mut calls);
        }
        rows.truncate(CHOICE);
        Ok(self.chance.pick(&rows).cloned())
    }

    /// Goes there, and tells now and then where on the way.
    pub(super) async fn go_to(&mut self, there: Position) -> Result<(), Refusal> {
        let takes = self.town.pace.way(super::way::takes(self.here, there, self.transport));
        let steps = takes.as_millis().div_ceil(POSITION_EVERY.as_millis()).max(1);
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        let from = self.here;
        for gone in 1..=steps {
            tokio::time::sleep(takes / steps).await;
            self.here = super::way::after(from, there, (gone, steps));
            let place = Place { position: self.here, accuracy_m: Some(15.0) };
            report_position(&self.town.app, &call_of(self.caller), place).await?;
        }
        Ok(())
    }

    /// The hub that is nearest to where they are.
    pub(super) fn nearest_hub(&self) -> Option<Position> {
        let hubs = self.town.roster.areas.iter().filter_map(|area| area.hub().ok());
        hubs.min_by_key(|hub| domain::place::great_circle(self.here, *hub))
    }
}
