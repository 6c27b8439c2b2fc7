//! Time is advanced in a sandbox, by one of its partner apps. Whatever comes due by it is done by the loops, as ever.

use domain::Moment;
use domain::actor::Actor;
use domain::id::CampaignId;
use domain::refusal::Code;
use domain::sandbox::{self, Advance, NotAdvanced};

use super::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::sandboxes::{self, SandboxRow};

/// Advance the time of the caller's sandbox.
#[derive(Clone, Copy)]
pub struct AdvanceClock {
    /// By how much, or until when.
    pub by: Advance,
}

/// A sandbox, and what time it is there.
#[derive(Clone)]
pub struct SandboxTime {
    /// The sandbox.
    pub row: SandboxRow,
    /// What its clock shows.
    pub now: Moment,
}

impl Action for AdvanceClock {
    type Done = SandboxTime;

    async fn run(self, unit: &mut Unit<'_>) -> Result<SandboxTime, Refusal> {
        let campaign = campaign_of(&unit.actor)?;
        let before = sandboxes::find_locked(unit, campaign).await?.ok_or(Code::NotASandbox)?;
        let offset_s = sandbox::advanced(before.clock_offset_s, unit.now, self.by)
            .map_err(|reason| refused(self.by, reason))?;
        let row = sandboxes::put_clock(unit, campaign, offset_s).await?;
        let advanced = Event {
            organisation: Some(row.organisation()),
            reason: Some(format!("{} s", offset_s - before.clock_offset_s)),
            ..Event::about("sandbox.clock_advanced", "campaign", row.id)
        };
        events::append(unit, &[advanced]).await?;
        let now = row.time(unit.now);
        Ok(SandboxTime { row, now })
    }
}

/// The sandbox that whoever acts belongs to.
///
/// # Errors
/// When it is none.
pub async fn own_sandbox(unit: &mut Unit<'_>) -> Result<SandboxTime, Refusal> {
    let campaign = campaign_of(&unit.actor)?;
    let row = sandboxes::find(unit, campaign).await?.ok_or(Code::NotASandbox)?;
    let now = row.time(unit.now);
    Ok(SandboxTime { row, now })
}

fn campaign_of(actor: &Actor) -> Result<CampaignId, Refusal> {
    match actor {
        Actor::Partner { campaign, .. } => Ok(*campaign),
        Actor::Administrator { .. }
        | Actor::Coordinator { .. }
        | Actor::Volunteer { .. }
        | Actor::System
        | Actor::Nobody => Err(Code::Forbidden.into()),
    }
}

fn refused(by: Advance, reason: NotAdvanced) -> Refusal {
    let field = match by {
        Advance::By(_) => "/advance_s",
        Advance::To(_) => "/advance_to",
    };
    let detail = match reason {
        NotAdvanced::NotForward => "later than the sandbox's time: a clock only goes forward",
        NotAdvanced::TooFarAtOnce => "at most 31 days at once",
        NotAdvanced::TooFarAhead => "at most 366 days ahead of the real time; make another sandbox",
    };
    Refusal::flaw(field, detail)
}
