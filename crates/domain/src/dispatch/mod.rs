//! Whom to ask next, for whom to call a coordinator, and why: every decision of dispatch, without doing any of it.
//!
//! A *snapshot* is all that one decision about one request may know; a *prospect* is a volunteer in it; a *wave* is
//! the set of volunteers who are asked together; a *pursuit* is what became of the offers of one request; a *ledger*
//! is what is remembered of one volunteer. A *record* keeps snapshot and decision, and can be computed again.
//!
//! Everything is counted in whole numbers, so that the same snapshot gives the same decision on every machine.

pub mod acceptance;

mod ageing;
mod chance;
mod decision;
mod gather;
mod ledger;
mod limits;
mod policy;
mod pursuit;
mod record;
mod replay;
mod rolling;
mod snapshot;
mod wave;

pub use ageing::{Ageing, ageing};
pub use chance::{Chance, someone};
pub use decision::{Decision, Escalation, Waiting, decide};
pub use gather::{Asker, MAX_PROSPECTS};
pub use ledger::{Ledger, Pressing};
pub use limits::{Limit, LimitError};
pub use policy::{DispatchPolicy, Fairness, Mode, OfferBudget, Patience, Reach, Rounds};
pub use pursuit::{Answer, DeclineReason, Offer, OfferStatus, Pursuit};
pub use record::Record;
pub use replay::{Replayed, Told};
pub use rolling::{Job, Leg, Rolling, Runner};
pub use snapshot::{Outstanding, Prospect, Snapshot};
pub use wave::{Asked, Wave};
