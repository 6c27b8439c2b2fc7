//! What a volunteer does under a claim: the way to the goods, to the door, and the end of it.

use std::sync::Arc;

use domain::id::{ClaimId, DeliveryId, RequestId};
use domain::life::{Act, CallOutcome, FailureOutcome, HandOver};
use domain::place::Position;

use super::acting::{act, call_of, unheard};
use super::picture;
use crate::actions::act_on_request::{ActOnRequest, Target};
use crate::actions::add_photo::add_photo;
use crate::actions::claim_request::ClaimRequest;
use crate::actions::complete_delivery::CompleteDelivery;
use crate::actions::read_door::ReadClaimDoor;
use crate::actions::{Caller, Refusal};
use crate::app::App;

/// A volunteer who holds a claim.
#[derive(Clone)]
pub(super) struct Holder {
    app: App,
    volunteer: Caller,
    pub(super) request: RequestId,
    pub(super) claim: ClaimId,
    pub(super) fence: i64,
    pub(super) delivery: Option<DeliveryId>,
}

/// How a delivery is proven.
pub(super) enum Proof {
    /// The household said its phrase.
    Phrase(String),
    /// The volunteer stands before the door.
    Position(Position),
    /// A photo, of this number.
    Photo(usize),
}

impl Holder {
    /// Claims a request.
    pub(super) async fn claim(app: &App, volunteer: Caller, request: RequestId) -> Result<Self, Refusal> {
        let action = ClaimRequest { request, volunteer: None };
        let (claim, fence, delivery) = act(app, volunteer, action, |claimed| {
            (ClaimId::new(claimed.claim.id), claimed.claim.fence, claimed.delivery)
        })
        .await?;
        Ok(Self { app: app.clone(), volunteer, request, claim, fence, delivery })
    }

    /// Goes on with a claim that is held already.
    pub(super) fn again(
        app: &App,
        volunteer: Caller,
        request: RequestId,
        (claim, fence, delivery): (ClaimId, i64, Option<DeliveryId>),
    ) -> Self {
        Self { app: app.clone(), volunteer, request, claim, fence, delivery }
    }

    /// Reads where to go; that it was read is recorded.
    pub(super) async fn door(&self) -> Result<Position, Refusal> {
        let action = ReadClaimDoor { claim: self.claim, fence: self.fence };
        act(&self.app, self.volunteer, action, |open| open.door.position).await
    }

    pub(super) async fn pick_up(&self) -> Result<(), Refusal> {
        self.do_to_delivery(Act::PickUp, None).await
    }

    pub(super) async fn arrive(&self) -> Result<(), Refusal> {
        self.do_to_delivery(Act::Arrive, None).await
    }

    pub(super) async fn fail(&self, outcome: FailureOutcome) -> Result<(), Refusal> {
        self.do_to_delivery(Act::Fail(outcome), None).await
    }

    pub(super) async fn release(&self, reason: &str) -> Result<(), Refusal> {
        self.do_to(Target::Claim(self.claim), Act::Release, Some(reason.to_owned())).await
    }

    /// Says how a call or a visit went.
    pub(super) async fn conclude(&self, outcome: CallOutcome) -> Result<(), Refusal> {
        self.do_to(Target::Claim(self.claim), Act::Conclude(outcome), None).await
    }

    /// Delivers, and proves it.
    pub(super) async fn complete(&self, proof: Proof) -> Result<(), Refusal> {
        let Some(delivery) = self.delivery else {
            return self.conclude(CallOutcome::Reached).await;
        };
        let (outcome, phrase, position) = match proof {
            Proof::Phrase(phrase) => (HandOver::HandedOver, Some(phrase), None),
            Proof::Position(here) => (HandOver::LeftAtDoor, None, Some(here)),
            Proof::Photo(number) => {
                let (call, of) = (call_of(self.volunteer), (delivery, self.fence));
                add_photo(&self.app, call, of, picture::of_a_door(number), |_| unheard()).await?;
                (HandOver::LeftAtDoor, None, None)
            }
        };
        let keys = Arc::clone(&self.app.keys);
        let action = CompleteDelivery { delivery, outcome, fence: Some(self.fence), phrase, position, keys };
        act(&self.app, self.volunteer, action, |_| ()).await
    }

    /// Where there is no delivery, there is nothing to do to it.
    async fn do_to_delivery(&self, act: Act, reason: Option<String>) -> Result<(), Refusal> {
        match self.delivery {
            Some(delivery) => self.do_to(Target::Delivery(delivery), act, reason).await,
            None => Ok(()),
        }
    }

    async fn do_to(&self, target: Target, what: Act, reason: Option<String>) -> Result<(), Refusal> {
        let action = ActOnRequest { target, act: what, fence: Some(self.fence), reason };
        act(&self.app, self.volunteer, action, |_| ()).await
    }
}
