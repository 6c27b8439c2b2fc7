//! One errand, from the claim to its end: to the hub, to the door, and the proof of it. Some of the
//! city's own go wrong, as in life; what a newcomer filed is served as well as can be.

use domain::id::PartnerId;
use domain::life::{CallOutcome, DeliveryStatus, FailureOutcome};
use domain::place::Position;

use super::acknowledgements::Served;
use super::day::Day;
use crate::actions::Refusal;
use crate::demo::holder::{Holder, Proof};
use crate::storage::rows::{DeliveryRow, RequestRow};

/// Minutes of life: to be given the goods, to be heard at the door, to speak with somebody.
const AT_THE_HUB: f64 = 4.0;
const AT_THE_DOOR: f64 = 2.0;
const CONVERSATION: f64 = 6.0;

/// How far an errand has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    AwaitingPickup,
    PickedUp,
    AtDoor,
}

/// An errand under way.
pub(super) struct Errand {
    pub(super) holder: Holder,
    pub(super) row: RequestRow,
    pub(super) stage: Stage,
    /// Whether the city itself filed the request.
    pub(super) is_own: bool,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mishap {
    GivenBack,
    GivenBackWithGoods,
    BadAddress,
    NoAnswer,
    Refused,
}

/// Of so many errands of the city's own, how many go wrong and how.
const MISHAPS: [(Option<Mishap>, usize); 6] = [
    (None, 186),
    (Some(Mishap::GivenBack), 5),
    (Some(Mishap::GivenBackWithGoods), 1),
    (Some(Mishap::BadAddress), 1),
    (Some(Mishap::NoAnswer), 5),
    (Some(Mishap::Refused), 2),
];

impl Stage {
    pub(super) fn of(delivery: Option<&DeliveryRow>) -> Self {
        match delivery.map(|delivery| delivery.status.as_str()) {
            Some(status) if status == DeliveryStatus::AtDoor.as_str() => Self::AtDoor,
            Some(status) if status == DeliveryStatus::PickedUp.as_str() => Self::PickedUp,
            Some(_) | None => Self::AwaitingPickup,
        }
    }
}

impl Errand {
    pub(super) async fn run(self, day: &mut Day) -> Result<(), Refusal> {
        let door = self.holder.door().await?;
        if self.holder.delivery.is_none() {
            return self.speak(day, door).await;
        }
        let mishap = if self.is_own { day.chance.weighted(&MISHAPS).flatten() } else { None };
        self.carry(day, door, mishap).await
    }

    /// A call, or a visit without goods.
    async fn speak(&self, day: &mut Day, door: Position) -> Result<(), Refusal> {
        if self.row.kind == domain::words::RequestKind::WelfareCheck.as_str() {
            day.go_to(door).await?;
        }
        day.town.pace.pass(CONVERSATION).await;
        let outcomes = [
            (CallOutcome::Reached, 90),
            (CallOutcome::NeedsHelp, 6),
            (CallOutcome::NoAnswer, 3),
            (CallOutcome::Refused, 1),
        ];
        let drawn = day.chance.weighted(&outcomes).filter(|_| self.is_own);
        self.holder.conclude(drawn.unwrap_or(CallOutcome::Reached)).await
    }

    async fn carry(&self, day: &mut Day, door: Position, mishap: Option<Mishap>) -> Result<(), Refusal> {
        if self.stage < Stage::PickedUp {
            if let Some(hub) = day.nearest_hub() {
                day.go_to(hub).await?;
            }
            if mishap == Some(Mishap::GivenBack) {
                return self.holder.release("something came up").await;
            }
            day.town.pace.pass(AT_THE_HUB).await;
            self.holder.pick_up().await?;
        }
        if self.stage < Stage::AtDoor {
            if mishap == Some(Mishap::GivenBackWithGoods) {
                return self.holder.release("a flat tyre").await;
            }
            day.go_to(door).await?;
            if mishap == Some(Mishap::BadAddress) {
                return self.holder.fail(FailureOutcome::BadAddress).await;
            }
            self.holder.arrive().await?;
        }
        day.town.pace.pass(AT_THE_DOOR).await;
        match mishap {
            Some(Mishap::NoAnswer) => self.holder.fail(FailureOutcome::NoAnswer).await,
            Some(Mishap::Refused) => self.holder.fail(FailureOutcome::Refused).await,
            Some(Mishap::GivenBack | Mishap::GivenBackWithGoods | Mishap::BadAddress) | None => {
                self.deliver(day, door).await
            }
        }
    }

    /// By the household's phrase where the household was told one here; else by a photo or the place.
    async fn deliver(&self, day: &mut Day, door: Position) -> Result<(), Refusal> {
        let number = day.chance.below(1_000);
        let proof = match day.town.phrase_of(self.holder.request) {
            Some(phrase) if day.chance.percent(60) => Proof::Phrase(phrase),
            Some(_) | None if day.chance.percent(15) => Proof::Photo(number),
            Some(_) | None => Proof::Position(door),
        };
        self.holder.complete(proof).await?;
        if let Some(partner) = self.row.partner_id.filter(|_| self.is_own) {
            let served = Served { request: self.holder.request, partner: PartnerId::new(partner) };
            // Nobody listens any more when the demo is being stopped.
            let _ = day.town.served.send(served);
        }
        Ok(())
    }
}
