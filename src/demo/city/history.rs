//! One request from its filing to where the plan has it: each step as the person whose step it is.

use std::sync::Arc;

use domain::Moment;
use domain::id::RequestId;
use domain::life::{Act, CallOutcome, FailureOutcome};
use domain::refusal::Code;

use super::super::acting::act;
use super::super::error::told;
use super::super::holder::{Holder, Proof};
use super::super::plan::{Fate, PlannedHousehold, PlannedRequest, PlannedThing, external_id};
use super::super::{DemoError, OrganisationEntry, Roster};
use super::City;
use crate::actions::act_on_request::{ActOnRequest, Target};
use crate::actions::submit_request::{HouseholdRef, SubmitRequest};
use crate::actions::{Caller, Refusal};
use crate::app::App;
use crate::clock;
use crate::storage::rows::Thing;

/// How often a request is tried before a coordinator takes over: the policy's usual limit.
const TRIES: usize = 3;

/// A request that was filed, and the phrase its household was told.
pub(in crate::demo) struct Filed {
    pub(in crate::demo) request: RequestId,
    pub(in crate::demo) phrase: Option<String>,
}

/// Files a planned request by its household's partner app, under that name.
pub(in crate::demo) async fn file(
    app: &App,
    roster: &Roster,
    (household, request): (&PlannedHousehold, &PlannedRequest),
    name: String,
    window: Option<(Moment, Moment)>,
) -> Result<Filed, Refusal> {
    let organisation = roster.organisations.get(household.organisation).ok_or(Code::NotFound)?;
    let thing = |planned: PlannedThing| match planned {
        PlannedThing::Item(index) => roster.items.get(index).copied().map(Thing::Item),
        PlannedThing::Kit(index) => roster.kits.get(index).copied().map(Thing::Kit),
    };
    let area = roster.areas.get(household.district);
    let action = SubmitRequest {
        household: HouseholdRef::External(external_id(household.number)),
        external_id: Some(name),
        kind: request.kind,
        urgency: request.urgency,
        lines: request.lines.iter().filter_map(|(planned, count)| Some((thing(*planned)?, *count))).collect(),
        // A hub is named only to volunteers of whoever runs it.
        hub: area.filter(|area| area.hub_organisation_id == organisation.id).map(|area| area.hub_id),
        skills: request.skills.clone(),
        languages: None,
        transport: None,
        window,
        note: request.note.map(str::to_owned),
        keys: Arc::clone(&app.keys),
    };
    act(app, organisation.partner(), action, |filed| Filed {
        request: filed.request.row.request(),
        phrase: filed.phrase.clone(),
    })
    .await
}

impl City<'_> {
    /// Files a request and lets happen to it what shall.
    pub(super) async fn live_through(&self, planned: &PlannedRequest) -> Result<RequestId, DemoError> {
        let missing = || DemoError::Drawing("a request of nobody");
        let household = self.plan.households.get(planned.household).ok_or_else(missing)?;
        let organisation = self.roster.organisations.get(household.organisation).ok_or_else(missing)?;
        let name = format!("demo-request-{:04}", planned.number + 1);
        let filed = file(self.app, &self.roster, (household, planned), name, window(planned.fate))
            .await
            .map_err(DemoError::refused("a request"))?;
        self.come_to_pass(planned, organisation, &filed, household).await.map_err(|refusal| {
            DemoError::Refused { what: "a request's fate", why: format!("{planned:?}: {}", told(&refusal)) }
        })?;
        Ok(filed.request)
    }

    async fn come_to_pass(
        &self,
        planned: &PlannedRequest,
        organisation: &OrganisationEntry,
        filed: &Filed,
        household: &PlannedHousehold,
    ) -> Result<(), Refusal> {
        match planned.fate {
            Fate::Waits | Fate::Open | Fate::Escalated | Fate::Expired => Ok(()),
            Fate::CalledOff => self.as_partner(organisation, filed, Act::Cancel).await,
            Fate::CalledOffWithGoods => {
                self.taken(planned, filed).await?.pick_up().await?;
                self.as_partner(organisation, filed, Act::Cancel).await
            }
            Fate::TriedInVain => {
                for _ in 0..TRIES {
                    let holder = self.taken(planned, filed).await?;
                    at_the_door(&holder).await?;
                    holder.fail(FailureOutcome::NoAnswer).await?;
                }
                Ok(())
            }
            Fate::Acknowledged => {
                self.deliver(planned, filed, household).await?;
                self.as_partner(organisation, filed, Act::Acknowledge).await
            }
            Fate::Awaiting => self.deliver(planned, filed, household).await,
            Fate::Lapsed
            | Fate::Claimed
            | Fate::Released
            | Fate::PickedUp
            | Fate::AtDoor
            | Fate::GoodsReleased
            | Fate::GoodsLapsed
            | Fate::BadAddress
            | Fate::Concluded
            | Fate::Refused
            | Fate::AlreadyServed => half_way(planned.fate, &self.taken(planned, filed).await?).await,
        }
    }

    /// The first of those who may take it does.
    async fn taken(&self, planned: &PlannedRequest, filed: &Filed) -> Result<Holder, Refusal> {
        let mut last = Refusal::because(Code::NotEligible, "nobody was asked");
        for number in &planned.takers {
            let Some(entry) = self.roster.volunteers.get(*number) else { continue };
            match Holder::claim(self.app, entry.caller(), filed.request).await {
                Ok(holder) => return Ok(holder),
                Err(refusal) if matches!(refusal.code, Code::NotEligible | Code::ClaimLimitReached) => {
                    last = refusal;
                }
                Err(refusal) => return Err(refusal),
            }
        }
        Err(last)
    }

    async fn deliver(
        &self,
        planned: &PlannedRequest,
        filed: &Filed,
        household: &PlannedHousehold,
    ) -> Result<(), Refusal> {
        let holder = self.taken(planned, filed).await?;
        at_the_door(&holder).await?;
        let proof = match (planned.number % 5, &filed.phrase) {
            (0 | 1, Some(phrase)) => Proof::Phrase(phrase.clone()),
            (2, _) => Proof::Photo(planned.number),
            (_, _) => Proof::Position(household.position),
        };
        holder.complete(proof).await
    }

    async fn as_partner(
        &self,
        organisation: &OrganisationEntry,
        filed: &Filed,
        what: Act,
    ) -> Result<(), Refusal> {
        let reason = (what == Act::Cancel).then(|| "a neighbour has helped".to_owned());
        as_partner(self.app, organisation.partner(), filed.request, (what, reason)).await
    }
}

/// A partner app does something to a request that it filed.
pub(in crate::demo) async fn as_partner(
    app: &App,
    partner: Caller,
    request: RequestId,
    (what, reason): (Act, Option<String>),
) -> Result<(), Refusal> {
    let action = ActOnRequest { target: Target::Request(request), act: what, fence: None, reason };
    act(app, partner, action, |_| ()).await
}

/// What shall run out does so in two seconds: short for whoever waits, long enough to be filed in.
fn window(fate: Fate) -> Option<(Moment, Moment)> {
    let now = clock::now();
    matches!(fate, Fate::Expired | Fate::Escalated)
        .then(|| (now - chrono::TimeDelta::hours(5), now + chrono::TimeDelta::seconds(2)))
}

async fn at_the_door(holder: &Holder) -> Result<(), Refusal> {
    holder.door().await?;
    holder.pick_up().await?;
    holder.arrive().await
}

/// What happens under one claim that ends in no delivery, or has not ended yet.
async fn half_way(fate: Fate, holder: &Holder) -> Result<(), Refusal> {
    match fate {
        Fate::Released => holder.release("the car does not start").await,
        Fate::PickedUp | Fate::GoodsLapsed => holder.pick_up().await,
        Fate::AtDoor => at_the_door(holder).await,
        Fate::GoodsReleased => {
            holder.pick_up().await?;
            holder.release("the car broke down").await
        }
        Fate::BadAddress => {
            holder.door().await?;
            holder.pick_up().await?;
            holder.fail(FailureOutcome::BadAddress).await
        }
        Fate::Refused => {
            at_the_door(holder).await?;
            holder.fail(FailureOutcome::Refused).await
        }
        Fate::AlreadyServed => {
            at_the_door(holder).await?;
            holder.fail(FailureOutcome::AlreadyServed).await
        }
        Fate::Concluded => {
            holder.door().await?;
            holder.conclude(CallOutcome::Reached).await
        }
        Fate::Waits
        | Fate::Open
        | Fate::Lapsed
        | Fate::Escalated
        | Fate::Claimed
        | Fate::TriedInVain
        | Fate::Acknowledged
        | Fate::Awaiting
        | Fate::CalledOff
        | Fate::CalledOffWithGoods
        | Fate::Expired => Ok(()),
    }
}
