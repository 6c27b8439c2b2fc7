//! What follows from how a call went: whether it ends or waits again, and what becomes of its request.

use chrono::TimeDelta;

use super::{CallPurpose, CallRules, CallStatus, HotlineOutcome};
use crate::Moment;

/// How far ahead somebody may ask to be called back. What is later than that is another matter.
pub const MAX_LATER_DAYS: i64 = 30;

/// How a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// Somebody of the household answered.
    Reached,
    /// Nobody answered.
    NoAnswer,
    /// Somebody else answered.
    WrongNumber,
    /// They asked to be called then.
    CallBackAt(Moment),
    /// They need no help, or none any more.
    HelpNotNeeded,
}

/// What becomes of the request that the call was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// The household has confirmed that it was served.
    Acknowledge,
    /// It is called off.
    Cancel,
    /// Nobody needs to be sent: the visit is called off, and what it was for is confirmed.
    SetAtEase,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Where the call is then.
    pub status: CallStatus,
    /// When it is made again, if it is.
    pub again_at: Option<Moment>,
    /// Whether this was a call in vain.
    pub in_vain: bool,
    /// What becomes of the request.
    pub effect: Effect,
}

/// Why a call cannot have gone so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallRefusal {
    /// What was delivered cannot be called off.
    #[error("what was delivered already cannot be called off; say reached, or wrong_number")]
    NothingToCallOff,
    /// The time to call back is over, or too far away.
    #[error("a time to call back lies ahead, within 30 days")]
    NotLater,
}

/// What follows from a call of this purpose that went so, after so many in vain before it.
///
/// # Errors
/// When it cannot have gone so.
pub fn after(
    purpose: CallPurpose,
    answered: Answered,
    in_vain_before: u32,
    rules: &CallRules,
    now: Moment,
) -> Result<Verdict, CallRefusal> {
    match answered {
        Answered::Reached => Ok(ended(CallStatus::Done, of_reaching(purpose))),
        Answered::HelpNotNeeded => Ok(ended(CallStatus::Done, of_no_need(purpose)?)),
        Answered::WrongNumber => Ok(ended(CallStatus::GivenUp, Effect::None)),
        Answered::NoAnswer => Ok(in_vain(in_vain_before.saturating_add(1), rules, now)),
        Answered::CallBackAt(at) if at > now && at <= now + TimeDelta::days(MAX_LATER_DAYS) => {
            Ok(Verdict { again_at: Some(at), ..ended(CallStatus::Waiting, Effect::None) })
        }
        Answered::CallBackAt(_) => Err(CallRefusal::NotLater),
    }
}

const fn of_reaching(purpose: CallPurpose) -> Effect {
    match purpose {
        CallPurpose::Acknowledgement => Effect::Acknowledge,
        CallPurpose::WelfareCheck => Effect::SetAtEase,
        CallPurpose::StillNeeded | CallPurpose::CallBack => Effect::None,
    }
}

const fn of_no_need(purpose: CallPurpose) -> Result<Effect, CallRefusal> {
    match purpose {
        CallPurpose::Acknowledgement => Err(CallRefusal::NothingToCallOff),
        CallPurpose::WelfareCheck => Ok(Effect::SetAtEase),
        CallPurpose::StillNeeded | CallPurpose::CallBack => Ok(Effect::Cancel),
    }
}

fn in_vain(tries: u32, rules: &CallRules, now: Moment) -> Verdict {
    if tries >= rules.tries {
        return Verdict { in_vain: true, ..ended(CallStatus::GivenUp, Effect::None) };
    }
    let again_at = now + TimeDelta::seconds(i64::from(rules.retry_after_s(tries)));
    Verdict { in_vain: true, again_at: Some(again_at), ..ended(CallStatus::Waiting, Effect::None) }
}

const fn ended(status: CallStatus, effect: Effect) -> Verdict {
    Verdict { status, again_at: None, in_vain: false, effect }
}

impl Answered {
    /// Its word.
    #[must_use]
    pub const fn outcome(self) -> HotlineOutcome {
        match self {
            Self::Reached => HotlineOutcome::Reached,
            Self::NoAnswer => HotlineOutcome::NoAnswer,
            Self::WrongNumber => HotlineOutcome::WrongNumber,
            Self::CallBackAt(_) => HotlineOutcome::CallBackAt,
            Self::HelpNotNeeded => HotlineOutcome::HelpNotNeeded,
        }
    }
}
