//! What matching needs to know of a volunteer, and the moment at which it asks.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;

use super::{Availability, Language, Load, MinuteOfWeek, OpenRequest, Skills};
use crate::Moment;
use crate::id::{AreaId, CampaignId, HouseholdId, OrganisationId, VolunteerId};
use crate::place::{Metres, Position};
use crate::words::Transport;

/// How long a reported position stands for where the volunteer is; then the base does.
/// In half an hour one walks some two kilometres, the order of a walker's whole radius.
pub const LAST_SEEN_HOLDS: TimeDelta = TimeDelta::minutes(30);

/// The moment of a question: what time it is, and which minute of the week it is in the area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// The moment itself.
    pub now: Moment,
    /// The same moment in the area's local week.
    pub local: MinuteOfWeek,
}

/// Whether a volunteer is on duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// Not to be asked.
    Off,
    /// May be asked until then; with no end, until they say so.
    On {
        /// The first moment off duty again.
        until: Option<Moment>,
    },
}

/// Where a volunteer was, and when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sighting {
    /// The reported place.
    pub position: Position,
    /// When it was reported.
    pub seen_at: Moment,
}

/// What may change of a volunteer without a word about the rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Edit {
    Seen(Sighting),
    Duty(Duty),
    Rest(Option<Moment>),
    Claims(u32),
    Skills(Skills),
}

/// A volunteer as matching sees one.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Whom this is about.
    pub volunteer: VolunteerId,
    /// Who owns this volunteer.
    pub organisation: OrganisationId,
    /// The campaigns this volunteer's organisation takes part in: many volunteers share one set.
    pub campaigns: Arc<BTreeSet<CampaignId>>,
    /// The service area this volunteer belongs to.
    pub area: AreaId,
    /// Whether a coordinator has vetted and approved this volunteer, and not suspended since.
    pub approved: bool,
    /// On duty or off.
    pub duty: Duty,
    /// When in the week offers are welcome.
    pub availability: Availability,
    /// No offers before this moment.
    pub rest_until: Option<Moment>,
    /// How many claims this volunteer holds.
    pub active_claims: u32,
    /// How many they may hold at once.
    pub claim_limit: u32,
    /// Where they usually set out from.
    pub base: Option<Position>,
    /// Where they were last.
    pub last_seen: Option<Sighting>,
    /// How they get about.
    pub transport: Transport,
    /// What they can carry at once.
    pub capacity: Load,
    /// What they can do.
    pub skills: Skills,
    /// What they speak.
    pub languages: BTreeSet<Language>,
    /// How far from where they are they will go, along the great circle.
    pub radius: Metres,
    /// Households they must never meet again.
    pub blocks: BTreeSet<HouseholdId>,
    /// Households they have served before.
    pub served: BTreeSet<HouseholdId>,
}

impl Duty {
    /// Whether this is on duty at that moment.
    #[must_use]
    pub fn is_on(self, now: Moment) -> bool {
        match self {
            Self::Off => false,
            Self::On { until } => until.is_none_or(|until| now < until),
        }
    }
}

impl Candidate {
    /// Where this volunteer is taken to be: where they were last, while that holds, else their base.
    #[must_use]
    pub fn position(&self, now: Moment) -> Option<Position> {
        self.last_seen.filter(|_| self.is_sighted(now)).map(|seen| seen.position).or(self.base)
    }

    /// Whether the place where this volunteer was last still stands for where they are.
    pub(super) fn is_sighted(&self, now: Moment) -> bool {
        self.last_seen.is_some_and(|seen| now.signed_duration_since(seen.seen_at) < LAST_SEEN_HOLDS)
    }

    /// The languages shared with the household, in the household's order of preference.
    #[must_use]
    pub fn shared_languages(&self, request: &OpenRequest) -> Vec<Language> {
        request.languages.iter().copied().filter(|language| self.languages.contains(language)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{at, place, willing};

    #[test]
    fn duty_ends_at_its_last_moment() {
        let now = at().now;
        for (duty, on) in [
            (Duty::Off, false),
            (Duty::On { until: None }, true),
            (Duty::On { until: Some(now) }, false),
            (Duty::On { until: Some(now + TimeDelta::seconds(1)) }, true),
        ] {
            assert_eq!(duty.is_on(now), on, "{duty:?}");
        }
    }

    #[test]
    fn a_stale_position_gives_way_to_the_base() {
        let now = at().now;
        let (home, seen) = (place(43.2, 76.8), place(43.3, 76.9));
        for (base, age, expected) in [
            (Some(home), Some(TimeDelta::minutes(29)), Some(seen)),
            (Some(home), Some(LAST_SEEN_HOLDS), Some(home)),
            (Some(home), Some(TimeDelta::minutes(-5)), Some(seen)),
            (Some(home), None, Some(home)),
            (None, Some(LAST_SEEN_HOLDS), None),
            (None, None, None),
        ] {
            let last_seen = age.map(|age| Sighting { position: seen, seen_at: now - age });
            let candidate = Candidate { base, last_seen, ..willing() };
            assert!(candidate.position(now) == expected, "{age:?}");
        }
    }
}
