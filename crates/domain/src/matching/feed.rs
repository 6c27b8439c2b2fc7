//! What a volunteer sees of the open requests: those they may take, the nearest first.
//!
//! Everything here is ordered, limited and measured by coarse points, so that no number of
//! questions from however many places tells more of a door than its coarse point does.

use super::index::{Best, Closest, NearRequests, Offer, Pressing, Question, Whom};
use super::{At, Candidate, OpenRequests, priority};
use crate::id::RequestId;
use crate::place::Metres;
use crate::words::{RequestKind, Urgency};

/// The longest either list of a feed can be: more than anyone scrolls through.
pub const MAX_FEED: usize = 500;

/// Which requests a volunteer wants to see.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedFilter {
    /// Only these kinds; all when empty.
    pub kinds: Vec<RequestKind>,
    /// Only this urgent or more; all when none.
    pub at_least: Option<Urgency>,
    /// Only this near, besides the volunteer's own radius; says nothing about calls.
    pub within: Option<Metres>,
}

/// A request to which someone has to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NearbyRequest {
    /// Which request.
    pub request: RequestId,
    /// From the volunteer to the coarse point.
    pub distance: Metres,
}

/// A call to be made; there is no near or far to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaitingCall {
    /// Which request.
    pub request: RequestId,
    /// How soon it should be made, as far as volunteers may know; more is sooner.
    pub priority: u32,
}

/// What a volunteer may take now.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Feed {
    /// Where to go, the nearest first; of equal distance, the smaller id first.
    pub nearby: Vec<NearbyRequest>,
    /// Whom to call, the most pressing first; of equal priority, the smaller id first.
    pub calls: Vec<WaitingCall>,
}

/// The requests this volunteer may claim of their own accord and wants to see; at most `k`, and at
/// most [`MAX_FEED`], of either sort.
#[must_use]
pub fn nearby(open: &OpenRequests, candidate: &Candidate, at: At, filter: &FeedFilter, k: usize) -> Feed {
    let unfit = !candidate.approved || candidate.active_claims >= candidate.claim_limit;
    if unfit {
        return Feed::default();
    }
    let wanted = k.min(MAX_FEED);
    Feed {
        nearby: doors(open, candidate, at, filter, wanted),
        calls: calls(open, candidate, at, filter, wanted),
    }
}

fn doors(
    open: &OpenRequests,
    who: &Candidate,
    at: At,
    filter: &FeedFilter,
    wanted: usize,
) -> Vec<NearbyRequest> {
    let mut closest = Closest::default();
    let offers = nearest_doors(open, who, at, filter, wanted, &mut closest).iter();
    offers
        .filter_map(|offer| {
            let distance = Metres::new(u32::try_from(offer.cost()).ok()?);
            Some(NearbyRequest { request: open.roll.id_of(offer)?, distance })
        })
        .collect()
}

/// The nearest requests that somebody who is fit to claim may, to which someone has to go.
pub(super) fn nearest_doors<'c>(
    open: &OpenRequests,
    who: &Candidate,
    at: At,
    filter: &FeedFilter,
    wanted: usize,
    closest: &'c mut Closest,
) -> &'c [Offer] {
    let Some(here) = who.position(at.now) else { return &[] };
    let question = Question::of_volunteer(who, Some(here), at, filter, open.roll.alphabet());
    let truth = NearRequests { who, here, at, filter };
    open.roll.closest_around(&question, &truth, truth.own_limit(), wanted, closest)
}

fn calls(
    open: &OpenRequests,
    who: &Candidate,
    at: At,
    filter: &FeedFilter,
    wanted: usize,
) -> Vec<WaitingCall> {
    let question = Question::of_volunteer(who, None, at, filter, open.roll.alphabet());
    let (price, mut best) = (Pressing { who, at, filter }, Best::default());
    let offers = open.roll.best_of(Whom::Nowhere, &question, &price, &[], wanted, &mut best).iter();
    offers
        .filter_map(|offer| open.roll.item_of(offer))
        .map(|request| WaitingCall {
            request: request.request,
            priority: priority(request, at.now).for_volunteers(),
        })
        .collect()
}

impl FeedFilter {
    pub(super) fn wants_kind(&self, kind: RequestKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }

    pub(super) fn wants_urgency(&self, urgency: Urgency) -> bool {
        // The most urgent comes first in the list of words, and so is the least in its order.
        self.at_least.is_none_or(|least| urgency <= least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{at, call, coarse, easy, number, place, willing};
    use crate::matching::{Duty, OpenRequest};
    use crate::words::HouseholdCategory;

    fn id(n: u128) -> RequestId {
        RequestId::new(number(n))
    }

    fn ids(feed: &Feed) -> (Vec<RequestId>, Vec<RequestId>) {
        let nearby = feed.nearby.iter().map(|seen| seen.request).collect();
        (nearby, feed.calls.iter().map(|call| call.request).collect())
    }

    /// Three doors ever farther east of the volunteer, 1 and 2 at one coarse point, and two calls.
    fn some() -> OpenRequests {
        let door =
            |n, lon, urgency| OpenRequest { request: id(n), urgency, place: coarse(0.0, lon), ..easy() };
        let phone = |n, urgency| OpenRequest { request: id(n), urgency, ..call() };
        [
            door(3, 0.001, Urgency::Low),
            door(2, 0.004, Urgency::High),
            door(1, 0.004, Urgency::Normal),
            door(4, 0.5, Urgency::Critical),
            phone(5, Urgency::Normal),
            phone(6, Urgency::High),
        ]
        .into_iter()
        .collect()
    }

    fn here() -> Candidate {
        Candidate { base: Some(place(0.0, 0.0)), ..willing() }
    }

    #[test]
    fn the_nearest_doors_and_the_most_pressing_calls_come_first() {
        let feed = nearby(&some(), &here(), at(), &FeedFilter::default(), 9);
        assert_eq!(ids(&feed), (vec![id(3), id(1), id(2)], vec![id(6), id(5)]));
        assert_eq!(feed.nearby[0].distance, Metres::new(111));
        let feed = nearby(&some(), &here(), at(), &FeedFilter::default(), 1);
        assert_eq!(ids(&feed), (vec![id(3)], vec![id(6)]));
    }

    #[test]
    fn only_what_is_wanted_is_shown() {
        let all = FeedFilter::default();
        for (filter, doors, calls) in [
            (FeedFilter { kinds: vec![RequestKind::Call], ..all.clone() }, [].as_slice(), [6, 5].as_slice()),
            (FeedFilter { kinds: vec![RequestKind::Delivery], ..all.clone() }, &[3, 1, 2], &[]),
            (FeedFilter { at_least: Some(Urgency::High), ..all.clone() }, &[2], &[6]),
            (FeedFilter { within: Some(Metres::new(111)), ..all }, &[3], &[6, 5]),
        ] {
            let feed = nearby(&some(), &here(), at(), &filter, 9);
            let expected = |ns: &[u128]| ns.iter().copied().map(id).collect::<Vec<_>>();
            assert_eq!(ids(&feed), (expected(doors), expected(calls)), "{filter:?}");
        }
    }

    #[test]
    fn whoever_may_not_claim_sees_nothing() {
        for candidate in [
            Candidate { approved: false, ..here() },
            Candidate { active_claims: 3, ..here() },
            Candidate { blocks: [easy().household].into(), ..here() },
        ] {
            assert_eq!(nearby(&some(), &candidate, at(), &FeedFilter::default(), 9), Feed::default());
        }
    }

    #[test]
    fn whoever_is_nowhere_sees_the_calls() {
        let nowhere = Candidate { base: None, ..here() };
        let feed = nearby(&some(), &nowhere, at(), &FeedFilter::default(), 9);
        assert_eq!(ids(&feed), (vec![], vec![id(6), id(5)]));
    }

    #[test]
    fn being_off_duty_does_not_hide_the_requests() {
        let off = Candidate { duty: Duty::Off, ..here() };
        let filter = FeedFilter::default();
        assert_eq!(nearby(&some(), &off, at(), &filter, 9), nearby(&some(), &here(), at(), &filter, 9));
    }

    #[test]
    fn the_order_of_calls_does_not_tell_who_lives_there() {
        let mut open = some();
        let before = nearby(&open, &here(), at(), &FeedFilter::default(), 9);
        let frail = OpenRequest {
            categories: HouseholdCategory::ALL.iter().copied().collect(),
            request: id(5),
            ..call()
        };
        open.upsert(frail);
        assert_eq!(nearby(&open, &here(), at(), &FeedFilter::default(), 9), before);
    }
}
