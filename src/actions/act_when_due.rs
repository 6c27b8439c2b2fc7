//! What happens to a request because its time has come: a claim lapses, a window ends unclaimed, an
//! extension ends. Looked at again under the request's lock, so it happens once however many look.

use domain::Moment;
use domain::id::RequestId;
use domain::life::{Act, Standing};

use super::act_on_request::as_consequence_if;
use super::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::tables::situations::Situation;

/// What may be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overdue {
    /// The lease of the claim: it lapses.
    Lease,
    /// The window: a coordinator is told.
    Window,
    /// The window and its extension: the request expires.
    Extension,
}

/// Do what follows if that is over; answers whether it was.
#[derive(Debug, Clone, Copy)]
pub struct ActWhenDue {
    /// Which request.
    pub request: RequestId,
    /// What may be over.
    pub overdue: Overdue,
}

impl Action for ActWhenDue {
    type Done = bool;

    async fn run(self, unit: &mut Unit<'_>) -> Result<bool, Refusal> {
        let is_over = |situation: &Situation| self.overdue.holds_of(situation);
        let done = as_consequence_if(unit, self.request, self.overdue.act(), None, is_over).await?;
        Ok(done.is_some())
    }
}

impl Overdue {
    const fn act(self) -> Act {
        match self {
            Self::Lease => Act::Lapse,
            Self::Window => Act::Escalate,
            Self::Extension => Act::Expire,
        }
    }

    fn holds_of(self, situation: &Situation) -> bool {
        match self {
            Self::Lease => situation.claim.is_some_and(|claim| claim.lease_until <= situation.now),
            Self::Window => {
                situation.standing == Standing::Open
                    && situation.escalated_at.is_none()
                    && situation.window_end <= situation.now
            }
            Self::Extension => last_moment(situation) <= situation.now,
        }
    }
}

fn last_moment(situation: &Situation) -> Moment {
    situation.window_end + chrono::TimeDelta::seconds(i64::from(situation.policy.extension_s))
}
