//! A question to the index: what is wanted, said in the index's own terms.

use super::alike::AlikeTable;
use super::leaf::{Column, Leaf};
use super::row::{FAR, GRAMS, MILLILITRES, floor, step};
use super::traits::{Alphabet, AnyOf, Circle, Holds, Traits};
use crate::matching::{At, Candidate, FeedFilter, OpenRequest};
use crate::place::{Metres, Position, Spot, chord2_within};
use crate::words::{RequestKind, Skill, Urgency};

/// Groups of which at least one trait must be there: languages, areas, circles, kinds, urgencies.
const GROUPS: usize = 5;

/// What a row must be like.
#[derive(Debug, Clone)]
pub(in crate::matching) struct Question<'q> {
    pub(super) spot: Spot,
    /// Traits that must all be there.
    all: Traits,
    /// Of each of these groups one must be there.
    groups: [Option<AnyOf>; GROUPS],
    pub(super) second: u32,
    pub(super) weight: u16,
    pub(super) volume: u16,
    /// Whether a row of just this weight or volume may be too little: of what steps cannot tell.
    pub(super) has_weight: bool,
    pub(super) has_volume: bool,
    /// Who asks: a request for volunteers, or a volunteer for requests.
    pub(super) asker: Asker<'q>,
    pub(super) at: At,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Asker<'q> {
    Request(&'q OpenRequest),
    Volunteer {
        /// From some household.
        parted: Holds,
        /// How far they would go, and want to see.
        limit: Metres,
    },
}

/// The rows of a leaf that their traits say enough of.
#[derive(Debug, Clone, Copy)]
pub(super) struct ToldRows {
    /// No household stands between.
    unparted: Column,
    /// Hours and every group are met by a trait that stands for one thing only.
    sure: Column,
}

/// The same of one row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    is_unparted: bool,
    is_sure: bool,
}

impl ToldRows {
    #[inline]
    pub(super) const fn of(self, row: u32) -> Told {
        Told { is_unparted: self.unparted >> row & 1 == 1, is_sure: self.sure >> row & 1 == 1 }
    }
}

/// What the index can say of a row without looking at whom it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Yes,
    No,
    /// The row does not say enough.
    Unsure,
}

impl<'q> Question<'q> {
    /// Who may be offered this request?
    pub(in crate::matching) fn of_request(request: &'q OpenRequest, at: At, alphabet: &Alphabet) -> Self {
        let mut all = Traits::APPROVED.with(Traits::ROOM).with(Traits::DUTY);
        all = all.with(Traits::skills(request.skills.bits()));
        if let Some(least) = request.transport {
            all = all.with(Traits::transport(least as u32));
        }
        let languages = request.languages.iter().map(|language| alphabet.language(*language));
        let areas = std::iter::once(request.area).chain(request.neighbours.iter().copied());
        let circles = [Circle::Organisation(request.organisation), Circle::Campaign(request.campaign)];
        Self {
            spot: Spot::of(request.place.position()),
            all,
            groups: [
                (!request.languages.is_empty()).then(|| any(languages)),
                request.kind.is_physical().then(|| any(areas.map(|area| alphabet.area(area)))),
                Some(any(circles.into_iter().map(|circle| alphabet.circle(circle)))),
                None,
                None,
            ],
            second: floor(at.now),
            weight: step(request.load.grams / GRAMS),
            volume: step(request.load.millilitres / MILLILITRES),
            has_weight: request.load.grams > 0,
            has_volume: request.load.millilitres > 0,
            asker: Asker::Request(request),
            at,
        }
    }

    /// Which requests may this volunteer claim, and want to see?
    pub(in crate::matching) fn of_volunteer(
        who: &Candidate,
        here: Option<Position>,
        at: At,
        filter: &FeedFilter,
        alphabet: &Alphabet,
    ) -> Self {
        let lacking = !who.skills.bits();
        let known = Skill::ALL.iter().fold(0, |bits, skill| bits | 1 << *skill as u32);
        let all = Traits::skills(lacking & known).with(Traits::transport(who.transport as u32));
        let any_language = AnyOf { own: Traits::ANY_LANGUAGE, others: Traits::default() };
        let languages = who.languages.iter().map(|language| alphabet.language(*language));
        let circles = std::iter::once(Circle::Organisation(who.organisation))
            .chain(who.campaigns.iter().copied().map(Circle::Campaign));
        let kinds = RequestKind::ALL.iter().filter(|kind| filter.wants_kind(**kind));
        let urgencies = Urgency::ALL.iter().filter(|urgency| filter.wants_urgency(**urgency));
        Self {
            spot: here.map(Spot::of).unwrap_or_default(),
            all,
            groups: [
                Some(any(languages.chain([any_language]))),
                here.map(|_| alphabet.area(who.area)),
                Some(any(circles.map(|circle| alphabet.circle(circle)))),
                Some(any(kinds.map(|kind| sure(Traits::kind(*kind as u32))))),
                Some(any(urgencies.map(|urgency| sure(Traits::urgency(*urgency as u32))))),
            ],
            second: floor(at.now),
            weight: u16::MAX - step(who.capacity.grams / GRAMS),
            volume: u16::MAX - step(who.capacity.millilitres / MILLILITRES),
            has_weight: true,
            has_volume: true,
            asker: Asker::Volunteer {
                parted: (!who.blocks.is_empty()).into(),
                limit: filter.within.map_or(who.radius, |within| within.min(who.radius)),
            },
            at,
        }
    }

    pub(super) fn languages(&self) -> Option<AnyOf> {
        self.groups.first().copied().flatten()
    }

    pub(super) fn areas(&self) -> Option<AnyOf> {
        self.groups.get(1).copied().flatten()
    }

    pub(super) fn circles(&self) -> Option<AnyOf> {
        self.groups.get(2).copied().flatten()
    }

    /// Whether any row of these traits, of this reach and no nearer than so can be wanted.
    #[inline]
    pub(super) fn possible(&self, any: Traits, reach: u16, chord2: f32) -> bool {
        any.has(self.all)
            && self.groups.iter().all(|group| group.is_none_or(|group| any.meets(group.all())))
            && (reach == FAR || chord2 <= chord2_within(Metres::new(u32::from(reach))))
    }

    /// The rows of a leaf that have the traits asked for.
    #[inline]
    pub(super) fn fitting(&self, leaf: &Leaf) -> Column {
        let mut rows = leaf.used;
        for number in self.all.numbers() {
            rows &= leaf.having(number);
        }
        for group in self.groups.iter().flatten() {
            rows &= leaf.having_any(group.all());
        }
        rows
    }

    /// Whether a row that [fits](Self::fitting) is wanted, its distance left aside.
    #[inline]
    pub(super) fn verdict(&self, leaf: &Leaf, row: u32, told: Told, alike: &AlikeTable) -> Verdict {
        let Some(limits) = leaf.limits(row) else { return Verdict::No };
        if limits.from > self.second
            || limits.until <= self.second
            || limits.weight < self.weight
            || limits.volume < self.volume
        {
            return Verdict::No;
        }
        let tight = limits.weight == self.weight && self.has_weight
            || limits.volume == self.volume && self.has_volume;
        let request = match self.asker {
            Asker::Request(request) => request,
            Asker::Volunteer { .. } => {
                return if tight || !told.is_unparted || !told.is_sure {
                    Verdict::Unsure
                } else {
                    Verdict::Yes
                };
            }
        };
        // A second that has begun is not over: what begins or ends within it is not told by seconds.
        let begun = limits.from == self.second || limits.until == self.second.saturating_add(1);
        if tight || begun || !told.is_unparted {
            Verdict::Unsure
        } else if told.is_sure {
            Verdict::Yes
        } else {
            alike.verdict(leaf.alike(row), request, self.at)
        }
    }

    /// Which rows their traits say enough of.
    #[inline]
    pub(super) fn told(&self, leaf: &Leaf) -> ToldRows {
        let groups = self.groups.iter().flatten();
        let sure = groups.fold(Column::MAX, |rows, group| rows & leaf.having_any(group.own));
        match self.asker {
            Asker::Request(_) => ToldRows {
                unparted: leaf.having_any(Traits::UNPARTED),
                sure: sure & leaf.having_any(Traits::ANY_HOUR),
            },
            Asker::Volunteer { parted: Holds::Yes, .. } => ToldRows { unparted: 0, sure },
            Asker::Volunteer { parted: Holds::No, .. } => ToldRows { unparted: Column::MAX, sure },
        }
    }
}

fn any(found: impl Iterator<Item = AnyOf>) -> AnyOf {
    found.fold(AnyOf::default(), AnyOf::and)
}

const fn sure(own: Traits) -> AnyOf {
    AnyOf { own, others: Traits(0) }
}
