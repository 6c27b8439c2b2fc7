//! Who may help whom, who had better, and what should be looked at first.
//!
//! A *candidate* is what matching needs to know of a volunteer, an *open request* what it needs to
//! know of a request. Neither holds a door: every request is placed by its coarse point, so nothing
//! that matching answers, orders or refuses can give a door away.

mod balance;
mod candidate;
mod coverage;
mod explain;
mod feed;
mod fleet;
mod index;
mod language;
mod nearest;
mod open_request;
mod priority;
mod score;
mod shortlist;
mod skills;
mod turns;
mod week;
mod weights;
mod why_not;

pub mod assignment;
pub mod eligibility;

#[cfg(test)]
mod fixtures;

pub use crate::catalogue::Load;
pub use crate::volunteer::{MINUTES_PER_WEEK, SlotError, WeeklySlot};
pub use balance::{Balance, CellBalance, Demand, FEWEST_HOUSEHOLDS, REACHED, balance};
pub use candidate::{At, Candidate, Duty, LAST_SEEN_HOLDS, Sighting};
pub use eligibility::{Refusal, all_refusals, first_refusal, first_refusal_to_claim};
pub use explain::{refusals, refusals_in_campaign, sole_refusals};
pub use feed::{Feed, FeedFilter, MAX_FEED, NearbyRequest, WaitingCall, nearby};
pub use fleet::{Fleet, Footprint, OpenRequests};
pub use language::{Language, NotALanguage};
pub use nearest::{MAX_NEAREST, Near, Seeker, nearest};
pub use open_request::OpenRequest;
pub use priority::{Priority, priority};
pub use score::{Cost, cost};
pub use shortlist::{MAX_SHORTLIST, Ranked, shortlist};
pub use skills::Skills;
pub use turns::{ByTurns, FleetChanges, OpenChanges, Retold};
pub use week::{Availability, MinuteOfWeek, NotAMinute};
pub use weights::Weights;
pub use why_not::{RefusedByRule, Relaxed, WhyNot, why_not, why_not_in_campaign};
