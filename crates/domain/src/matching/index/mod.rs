//! Who is near, and may: an index of volunteers, and of open requests, that asks the rules of
//! [`eligibility`](super::eligibility) while it walks outward.
//!
//! A *row* is a volunteer or a request by what can be compared at once; a *leaf* is thirty-two rows
//! near each other, column by column; a *tree* is leaves under *nodes*; a *roll* is everyone by id
//! with the tree. A *question* says what is wanted in the index's terms, a *price* by what the best
//! are chosen. What a row cannot tell is asked of whom it stands for: the rules stay the definition.

mod alike;
mod best;
mod closest;
mod leaf;
mod node;
mod pages;
mod plant;
mod prices;
mod question;
mod refusals;
mod register;
mod roll;
mod row;
mod search;
mod supply;
mod tally;
mod traits;
mod tree;

pub(super) use best::{Best, Offer};
pub(super) use closest::Closest;
pub(super) use prices::{FullCost, NearRequests, Nearness, Pressing};
pub(super) use question::Question;
pub(super) use roll::{Journal, Roll};
pub(super) use search::Whom;
pub(super) use tally::{Among, Detail, Tally};
