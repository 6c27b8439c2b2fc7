//! A row of the index: a volunteer or a request by what can be compared at once.
//!
//! A volunteer who was seen somewhere has two rows, each with the time in which it stands: where
//! they were seen, until that does not hold any more, and their base from then on. So the index is
//! right at any moment it is asked about, with nothing to be refreshed in between.

use std::convert::Infallible;

use super::alike::AlikeTable;
use super::leaf::Limits;
use super::roll::{Kept, Redo, Roll};
use super::traits::{Alphabet, Circle, Traits};
use crate::Moment;
use crate::id::{HouseholdId, RequestId, VolunteerId};
use crate::matching::candidate::Edit;
use crate::matching::{Availability, Candidate, Duty, LAST_SEEN_HOLDS, OpenRequest, Sighting};
use crate::place::{Position, Spot};
use crate::words::Transport;

/// Grams of a step of weight.
pub(super) const GRAMS: u32 = 10;
/// Millilitres of a step of volume.
pub(super) const MILLILITRES: u32 = 20;
/// A radius so large that its row does not say how large.
pub(super) const FAR: u16 = u16::MAX;

/// A row; without a spot it stands for someone of whom nobody knows where they are.
#[derive(Debug, Clone, Copy)]
pub(in crate::matching) struct Row {
    pub(super) spot: Option<Spot>,
    pub(super) traits: Traits,
    pub(super) limits: Limits,
    /// Whose row it is.
    pub(super) handle: u32,
}

impl Row {
    /// The traits that a question can be after. A volunteer who is not [ready](Traits::READY) is
    /// offered nothing: so the hints of a subtree tell what those have who are.
    pub(super) const fn hints(&self) -> Traits {
        if self.traits.has(Traits::READY) { self.traits } else { Traits(0) }
    }
}

/// The row or rows of one volunteer or request.
#[derive(Debug, Clone, Copy)]
pub(in crate::matching) struct Rows {
    pub(super) seen: Option<Seen>,
    pub(super) usual: Row,
}

/// Where somebody was last seen.
#[derive(Debug, Clone, Copy)]
pub(in crate::matching) struct Seen {
    pub(super) row: Row,
    /// The second in which that ends to stand for where they are.
    pub(super) holds_until: u32,
    /// From when on the row of the usual place counts, at the earliest.
    pub(super) usual_from: u32,
}

impl Rows {
    /// The second in which the place last seen ends to stand for where they are.
    pub(super) fn holds_until(&self) -> u32 {
        self.seen.map_or(0, |seen| seen.holds_until)
    }
}

/// So many seconds earlier or later may a usual place begin to count than its row says: whoever moves
/// every minute has one row written, not two. Half of it is less than a sighting holds, so that the
/// usual place of those who are seen again and again is passed by without a look.
pub(super) const PLAY: u32 = 960;

/// The rows of a volunteer of these traits.
fn of_candidate(who: &Candidate, traits: Traits, alike: u16, handle: u32) -> Rows {
    let limits = limits_of(who, alike);
    let usual = Row { spot: who.base.map(Spot::of), traits, limits, handle };
    let seen = seen(who, traits, alike, handle);
    let usual = seen.map_or(usual, |seen| Row {
        traits: traits.with(Traits::FALLBACK),
        limits: Limits { from: seen.usual_from, ..limits },
        ..usual
    });
    Rows { seen, usual }
}

fn limits_of(who: &Candidate, alike: u16) -> Limits {
    Limits {
        from: who.rest_until.map_or(0, floor),
        until: duty_until(who.duty),
        weight: step(who.capacity.grams / GRAMS),
        volume: step(who.capacity.millilitres / MILLILITRES),
        radius: u16::try_from(who.radius.get()).unwrap_or(FAR),
        alike,
    }
}

fn seen(who: &Candidate, traits: Traits, alike: u16, handle: u32) -> Option<Seen> {
    Some(Seen::at(who, who.last_seen?, traits, alike, handle))
}

impl Seen {
    /// A volunteer of these traits, were they seen so.
    pub(super) fn at(who: &Candidate, seen: Sighting, traits: Traits, alike: u16, handle: u32) -> Self {
        // Later than any moment: it holds for ever.
        let holds_until = seen.seen_at.checked_add_signed(LAST_SEEN_HOLDS).unwrap_or(Moment::MAX_UTC);
        let limits = limits_of(who, alike);
        let row = Row {
            spot: Some(Spot::of(seen.position)),
            traits: traits.with(Traits::SIGHTED),
            limits: Limits { until: limits.until.min(ceil(holds_until)), ..limits },
            handle,
        };
        let holds_until = floor(holds_until);
        let usual_from = limits.from.max(holds_until.saturating_sub(PLAY / 2));
        Self { row, holds_until, usual_from }
    }
}

/// What is true of a volunteer wherever they are.
fn traits_of_candidate(who: &Candidate, alphabet: &mut Alphabet) -> Traits {
    let transports = Transport::ALL.iter().filter(|least| **least <= who.transport);
    let circles = std::iter::once(Circle::Organisation(who.organisation))
        .chain(who.campaigns.iter().copied().map(Circle::Campaign));
    let mut traits = Traits::APPROVED.when(who.approved.into());
    for more in [
        Traits::ROOM.when((who.active_claims < who.claim_limit).into()),
        Traits::DUTY.when((who.duty != Duty::Off).into()),
        Traits::DUTY_ENDS.when(matches!(who.duty, Duty::On { until: Some(_) }).into()),
        Traits::RESTS.when(who.rest_until.is_some().into()),
        Traits::ANY_HOUR.when((who.availability == Availability::Always).into()),
        Traits::UNPARTED.when(who.blocks.is_empty().into()),
        Traits::skills(who.skills.bits()),
        Traits::claims(who.active_claims),
        alphabet.learn_area(who.area),
    ] {
        traits = traits.with(more);
    }
    traits = transports.fold(traits, |traits, least| traits.with(Traits::transport(*least as u32)));
    for language in &who.languages {
        traits = traits.with(alphabet.learn_language(*language));
    }
    circles.fold(traits, |traits, circle| traits.with(alphabet.learn_circle(circle)))
}

/// What is true of an open request.
fn traits_of_request(request: &OpenRequest, alphabet: &mut Alphabet) -> Traits {
    let suffices = |transport: &&Transport| request.transport.is_none_or(|least| **transport >= least);
    let mut traits = Traits::READY.with(Traits::kind(request.kind as u32));
    for more in [
        Traits::urgency(request.urgency as u32),
        Traits::skills(!request.skills.bits()),
        Traits::ANY_LANGUAGE.when(request.languages.is_empty().into()),
        alphabet.learn_area(request.area),
        alphabet.learn_circle(Circle::Organisation(request.organisation)),
        alphabet.learn_circle(Circle::Campaign(request.campaign)),
    ] {
        traits = traits.with(more);
    }
    for transport in Transport::ALL.iter().filter(suffices) {
        traits = traits.with(Traits::transport(*transport as u32));
    }
    for area in &request.neighbours {
        traits = traits.with(alphabet.learn_area(*area));
    }
    for language in &request.languages {
        traits = traits.with(alphabet.learn_language(*language));
    }
    traits
}

/// The row of an open request of these traits; it is nowhere when nobody has to go.
fn of_request(request: &OpenRequest, traits: Traits, handle: u32) -> Rows {
    let place: Option<Position> = request.kind.is_physical().then(|| request.place.position());
    let limits = Limits {
        from: 0,
        until: u32::MAX,
        radius: FAR,
        weight: u16::MAX - step(request.load.grams / GRAMS),
        volume: u16::MAX - step(request.load.millilitres / MILLILITRES),
        alike: u16::MAX,
    };
    Rows { seen: None, usual: Row { spot: place.map(Spot::of), traits, limits, handle } }
}

pub(super) fn step(steps: u32) -> u16 {
    u16::try_from(steps).unwrap_or(u16::MAX)
}

/// Whoever is off duty is told by a trait, whatever the time.
fn duty_until(duty: Duty) -> u32 {
    match duty {
        Duty::Off => u32::MAX,
        Duty::On { until } => until.map_or(u32::MAX, ceil),
    }
}

/// The last second that is counted singly, early in the year 2106; whatever is later is as late.
const LAST: u32 = u32::MAX - 1;

/// The whole second at or before a moment; the first or the last that is counted.
pub(super) fn floor(moment: Moment) -> u32 {
    u32::try_from(moment.timestamp().max(0)).unwrap_or(LAST).min(LAST)
}

/// The whole second at or after a moment. Later than the first and the last that are counted, so
/// that what ends before or after them is not told by seconds.
fn ceil(moment: Moment) -> u32 {
    let floor = floor(moment);
    let is_begun = moment.timestamp_subsec_nanos() > 0 || floor == 0 || floor == LAST;
    floor.saturating_add(u32::from(is_begun))
}

impl Kept for Candidate {
    type Id = VolunteerId;
    type Edit = Edit;

    fn id(&self) -> VolunteerId {
        self.volunteer
    }

    fn traits(&self, alphabet: &mut Alphabet) -> Traits {
        traits_of_candidate(self, alphabet)
    }

    fn alike(&self, table: &mut AlikeTable) -> u16 {
        table.number_of(self)
    }

    fn rows(&self, traits: Traits, alike: u16, handle: u32) -> Rows {
        of_candidate(self, traits, alike, handle)
    }

    fn edit(&mut self, edit: Edit) -> Redo {
        match edit {
            Edit::Seen(sighting) => {
                self.last_seen = Some(sighting);
                return Redo::Sighting;
            }
            Edit::Duty(duty) => self.duty = duty,
            Edit::Rest(until) => self.rest_until = until,
            Edit::Claims(claims) => self.active_claims = claims,
            Edit::Skills(skills) => self.skills = skills,
        }
        Redo::Traits
    }

    fn edit_all(roll: &mut Roll<Self>, edits: &[(VolunteerId, Edit)]) {
        let mut sightings = Vec::new();
        for (id, edit) in edits {
            match edit {
                Edit::Seen(sighting) => sightings.push((*id, *sighting)),
                Edit::Duty(_) | Edit::Rest(_) | Edit::Claims(_) | Edit::Skills(_) => {
                    roll.see_all(&sightings);
                    sightings.clear();
                    roll.edit(*id, *edit);
                }
            }
        }
        roll.see_all(&sightings);
    }

    fn seen(&self, traits: Traits, alike: u16, handle: u32) -> Option<Seen> {
        seen(self, traits, alike, handle)
    }

    fn place(&self) -> Option<Position> {
        self.base
    }

    fn households(&self) -> impl Iterator<Item = HouseholdId> {
        self.served.iter().copied()
    }
}

impl Kept for OpenRequest {
    type Id = RequestId;
    type Edit = Infallible;

    fn id(&self) -> RequestId {
        self.request
    }

    fn traits(&self, alphabet: &mut Alphabet) -> Traits {
        traits_of_request(self, alphabet)
    }

    fn alike(&self, _table: &mut AlikeTable) -> u16 {
        u16::MAX
    }

    fn rows(&self, traits: Traits, _alike: u16, handle: u32) -> Rows {
        of_request(self, traits, handle)
    }

    fn edit(&mut self, edit: Infallible) -> Redo {
        match edit {}
    }

    fn edit_all(_roll: &mut Roll<Self>, _edits: &[(RequestId, Infallible)]) {}

    fn seen(&self, _traits: Traits, _alike: u16, _handle: u32) -> Option<Seen> {
        None
    }

    fn place(&self) -> Option<Position> {
        Some(self.place.position())
    }

    fn households(&self) -> impl Iterator<Item = HouseholdId> {
        std::iter::empty()
    }
}
