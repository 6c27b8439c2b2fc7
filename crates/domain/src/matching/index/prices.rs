//! By what the best are chosen: how near volunteers are, what they cost in full, how near requests
//! are, how pressing calls are.

use super::roll::Roll;
use super::search::{Price, Sight, Truth};
use super::traits::{AnyOf, Traits};
use crate::matching::{
    At, Candidate, FeedFilter, OpenRequest, Weights, cost, first_refusal, first_refusal_to_claim, priority,
};
use crate::place::{Metres, Position, Seconds, TravelTime, great_circle};
use crate::words::Transport;

/// Volunteers by the great circle to the request.
pub(in crate::matching) struct Nearness<'q> {
    pub(in crate::matching) request: &'q OpenRequest,
    pub(in crate::matching) at: At,
}

impl Truth<Candidate> for Nearness<'_> {
    fn admits(&self, who: &Candidate) -> bool {
        first_refusal(who, self.request, self.at).is_none()
    }

    fn is_sighted(&self, who: &Candidate) -> bool {
        who.is_sighted(self.at.now)
    }

    fn cost(&self, who: &Candidate) -> u64 {
        let here = who.position(self.at.now);
        here.map_or(u64::MAX, |here| metres(great_circle(here, self.request.place.position())))
    }
}

/// Volunteers by how much farther than they would they had to go.
pub(super) struct Excess<'q> {
    pub(super) request: &'q OpenRequest,
    pub(super) at: At,
}

impl Truth<Candidate> for Excess<'_> {
    fn admits(&self, _who: &Candidate) -> bool {
        true
    }

    fn is_sighted(&self, who: &Candidate) -> bool {
        who.is_sighted(self.at.now)
    }

    fn cost(&self, who: &Candidate) -> u64 {
        let here = who.position(self.at.now);
        let way = here.map(|here| great_circle(here, self.request.place.position()));
        way.map_or(u64::MAX, |way| metres(way).saturating_sub(metres(who.radius)))
    }
}

/// Volunteers by their full cost.
pub(in crate::matching) struct FullCost<'q, V> {
    pub(in crate::matching) request: &'q OpenRequest,
    pub(in crate::matching) at: At,
    pub(in crate::matching) weights: &'q Weights,
    pub(in crate::matching) travel: &'q V,
    /// Handles of those who have served the household.
    familiar: &'q [u32],
    /// Whoever speaks the household's first language has one of these.
    preferred: Option<AnyOf>,
}

impl<'q, V: TravelTime> FullCost<'q, V> {
    pub(in crate::matching) fn new(
        request: &'q OpenRequest,
        at: At,
        weights: &'q Weights,
        travel: &'q V,
        roll: &'q Roll<Candidate>,
    ) -> Self {
        let preferred = request.languages.first().map(|language| roll.alphabet().language(*language));
        Self { request, at, weights, travel, familiar: roll.familiar(request.household), preferred }
    }

    /// Those who are looked at before all others, because they may cost less than anybody new.
    pub(in crate::matching) const fn familiar(&self) -> &'q [u32] {
        self.familiar
    }

    /// How long this one's way takes; none when nobody has to go.
    pub(in crate::matching) fn way(&self, who: &Candidate) -> Option<(Metres, Seconds)> {
        let there = self.request.place.position();
        let here = if self.request.kind.is_physical() { who.position(self.at.now) } else { None }?;
        Some((great_circle(here, there), self.travel.travel_time(here, there, who.transport)))
    }

    /// The least and the most that the way can cost.
    fn way_bounds(&self, sight: Sight<'_>) -> (u64, u64) {
        if !self.request.kind.is_physical() {
            return (0, 0);
        }
        let by = Transport::ALL.iter().rev().find(|by| sight.has_any(Traits::transport(**by as u32)));
        let by = by.copied().unwrap_or(Transport::Foot);
        let stretch = sight.stretch();
        let least = self.weighted(self.travel.at_least(stretch.least, by));
        let most = self.travel.at_most(stretch.most, by).map_or(u64::MAX, |most| self.weighted(most));
        (least, most)
    }

    fn weighted(&self, travel: Seconds) -> u64 {
        u64::from(travel.get()) * u64::from(self.weights.travel_percent) / 100
    }
}

impl<V: TravelTime> Truth<Candidate> for FullCost<'_, V> {
    fn admits(&self, who: &Candidate) -> bool {
        first_refusal(who, self.request, self.at).is_none()
    }

    fn is_sighted(&self, who: &Candidate) -> bool {
        who.is_sighted(self.at.now)
    }

    fn cost(&self, who: &Candidate) -> u64 {
        cost(who, self.request, self.way(who).map(|(_, time)| time), self.weights).total()
    }
}

impl<V: TravelTime> Price<Candidate> for FullCost<'_, V> {
    fn bounds(&self, sight: Sight<'_>) -> Option<(u64, u64)> {
        if self.familiar.contains(&sight.handle) {
            return None;
        }
        let seconds = |seconds: Seconds| u64::from(seconds.get());
        let (mut least, mut most) = self.way_bounds(sight);
        let mut add = |from: u64, to: u64| {
            least = least.saturating_add(from);
            most = most.saturating_add(to);
        };
        let claims = u64::from(sight.claims());
        let load = (claims * claims).saturating_mul(seconds(self.weights.claims_squared));
        add(load, if claims < u64::from(Traits::MOST_CLAIMS) { load } else { u64::MAX });
        let other = seconds(self.weights.other_language);
        match self.preferred {
            None => {}
            Some(preferred) if sight.has_any(preferred.own) => {}
            Some(preferred) if sight.has_any(preferred.others) => add(0, other),
            Some(_) => add(other, other),
        }
        let face = seconds(self.weights.new_face);
        add(face, face);
        Some((least, most))
    }

    fn farthest(&self, cost: u64) -> Metres {
        // Everybody else is a new face.
        let Some(cost) = cost.checked_sub(u64::from(self.weights.new_face.get())) else {
            return Metres::default();
        };
        // Rounding down makes hundred hundredths of what is one too many of a hundred.
        let hundredths = cost.saturating_add(1).saturating_mul(100).saturating_sub(1);
        let Some(time) = hundredths.checked_div(u64::from(self.weights.travel_percent)) else {
            return Metres::new(u32::MAX);
        };
        let Ok(time) = u32::try_from(time) else { return Metres::new(u32::MAX) };
        let ways = Transport::ALL.iter().map(|by| self.travel.within(Seconds::new(time), *by));
        ways.max().unwrap_or_default()
    }
}

/// Requests by the great circle to the volunteer.
pub(in crate::matching) struct NearRequests<'q> {
    pub(in crate::matching) who: &'q Candidate,
    pub(in crate::matching) here: Position,
    pub(in crate::matching) at: At,
    pub(in crate::matching) filter: &'q FeedFilter,
}

impl NearRequests<'_> {
    /// How far they would go, and want to see.
    pub(in crate::matching) fn own_limit(&self) -> Metres {
        self.filter.within.map_or(self.who.radius, |within| within.min(self.who.radius))
    }
}

impl Truth<OpenRequest> for NearRequests<'_> {
    fn admits(&self, request: &OpenRequest) -> bool {
        self.filter.wants_kind(request.kind)
            && self.filter.wants_urgency(request.urgency)
            && great_circle(self.here, request.place.position()) <= self.own_limit()
            && first_refusal_to_claim(self.who, request, self.at).is_none()
    }

    fn is_sighted(&self, _request: &OpenRequest) -> bool {
        false
    }

    fn cost(&self, request: &OpenRequest) -> u64 {
        metres(great_circle(self.here, request.place.position()))
    }
}

/// Calls by their priority, the most pressing first.
pub(in crate::matching) struct Pressing<'q> {
    pub(in crate::matching) who: &'q Candidate,
    pub(in crate::matching) at: At,
    pub(in crate::matching) filter: &'q FeedFilter,
}

impl Truth<OpenRequest> for Pressing<'_> {
    fn admits(&self, request: &OpenRequest) -> bool {
        self.filter.wants_kind(request.kind)
            && self.filter.wants_urgency(request.urgency)
            && first_refusal_to_claim(self.who, request, self.at).is_none()
    }

    fn is_sighted(&self, _request: &OpenRequest) -> bool {
        false
    }

    fn cost(&self, request: &OpenRequest) -> u64 {
        u64::from(u32::MAX - priority(request, self.at.now).for_volunteers())
    }
}

impl Price<OpenRequest> for Pressing<'_> {
    fn bounds(&self, _sight: Sight<'_>) -> Option<(u64, u64)> {
        Some((0, u64::from(u32::MAX)))
    }

    fn farthest(&self, _cost: u64) -> Metres {
        Metres::new(u32::MAX)
    }
}

fn metres(metres: Metres) -> u64 {
    u64::from(metres.get())
}
