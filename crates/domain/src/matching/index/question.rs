//! A question to the index: what is wanted, said in the index's own terms.

use super::alike::AlikeTable;
use super::leaf::{Bounds, Column, Leaf, Limits, Times};
use super::row::{FAR, GRAMS, MILLILITRES, PLAY, floor, step};
use super::traits::{Alphabet, AnyOf, Circle, Holds, Traits};
use crate::matching::{At, Candidate, FeedFilter, OpenRequest};
use crate::place::{Metres, Position, Spot, chord2_sure, chord2_within_few};
use crate::words::{RequestKind, Skill, Urgency};

/// Groups of which at least one trait must be there: languages, areas, circles, kinds, urgencies.
const GROUPS: usize = 5;

/// What a row must be like.
#[derive(Debug, Clone)]
pub(in crate::matching) struct Question<'q> {
    pub(super) spot: Spot,
    /// Traits that must all be there. A group of one trait is among them.
    all: Traits,
    /// Of each of these one must be there.
    any: [Traits; GROUPS],
    /// So many of them are asked for.
    asked: usize,
    /// Of each of these one must be there, or whoever it is has to be looked at.
    sure: [Traits; GROUPS],
    shared: usize,
    /// The same groups as they were told.
    groups: [Option<AnyOf>; GROUPS],
    pub(super) second: u32,
    pub(super) weight: u16,
    pub(super) volume: u16,
    /// Whether a row of just this weight or volume may be too little: of what steps cannot tell.
    pub(super) has_weight: bool,
    pub(super) has_volume: bool,
    /// From so much on it is surely not too little.
    ample_weight: u32,
    ample_volume: u32,
    /// Whoever asks goes so far in any case.
    near2: f32,
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
    /// Offers are welcome at any hour.
    any_hour: Column,
    /// Every group is met by a trait that stands for one thing only.
    sure: Column,
    /// When they begin to count may be told a little wrong.
    loose: Column,
    /// None of this leaves any doubt.
    plain: Column,
    /// And the row counts at any time.
    timeless: Column,
}

/// The same of one row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    is_unparted: bool,
    is_any_hour: bool,
    is_sure: bool,
    is_loose: bool,
}

impl ToldRows {
    const fn new(unparted: Column, any_hour: Column, sure: Column, loose: Column, timed: Column) -> Self {
        let plain = unparted & any_hour & sure & !loose;
        Self { unparted, any_hour, sure, loose, plain, timeless: plain & !timed }
    }

    /// Whether a row's traits leave no doubt, nor does the time.
    #[inline]
    pub(super) const fn is_timeless(self, row: u32) -> bool {
        self.timeless >> row & 1 == 1
    }

    /// Whether a row's traits leave no doubt.
    #[inline]
    pub(super) const fn is_plain(self, row: u32) -> bool {
        self.plain >> row & 1 == 1
    }

    #[inline]
    pub(super) fn of(self, row: u32) -> Told {
        let is_in = |column: Column| column >> row & 1 == 1;
        Told {
            is_unparted: is_in(self.unparted),
            is_any_hour: is_in(self.any_hour),
            is_sure: is_in(self.sure),
            is_loose: is_in(self.loose),
        }
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
        let mut all = Traits::READY.with(Traits::skills(request.skills.bits()));
        if let Some(least) = request.transport {
            all = all.with(Traits::transport(least as u32));
        }
        let languages = request.languages.iter().map(|language| alphabet.language(*language));
        let areas = std::iter::once(request.area).chain(request.neighbours.iter().copied());
        let circles = [Circle::Organisation(request.organisation), Circle::Campaign(request.campaign)];
        let groups = [
            (!request.languages.is_empty()).then(|| any(languages)),
            request.kind.is_physical().then(|| any(areas.map(|area| alphabet.area(area)))),
            Some(any(circles.into_iter().map(|circle| alphabet.circle(circle)))),
            None,
            None,
        ];
        let gathered = Gathered::of(all, &groups);
        Self {
            spot: Spot::of(request.place.position()),
            all: gathered.all,
            any: gathered.any,
            asked: gathered.asked,
            sure: gathered.sure,
            shared: gathered.shared,
            groups,
            second: floor(at.now),
            weight: step(request.load.grams / GRAMS),
            volume: step(request.load.millilitres / MILLILITRES),
            has_weight: request.load.grams > 0,
            has_volume: request.load.millilitres > 0,
            ample_weight: u32::from(step(request.load.grams / GRAMS)) + u32::from(request.load.grams > 0),
            ample_volume: u32::from(step(request.load.millilitres / MILLILITRES))
                + u32::from(request.load.millilitres > 0),
            near2: f32::INFINITY,
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
        let limit = filter.within.map_or(who.radius, |within| within.min(who.radius));
        let lacking = !who.skills.bits();
        let known = Skill::ALL.iter().fold(0, |bits, skill| bits | 1 << *skill as u32);
        let all = Traits::skills(lacking & known).with(Traits::transport(who.transport as u32));
        let any_language = AnyOf { own: Traits::ANY_LANGUAGE, others: Traits::default() };
        let languages = who.languages.iter().map(|language| alphabet.language(*language));
        let circles = std::iter::once(Circle::Organisation(who.organisation))
            .chain(who.campaigns.iter().copied().map(Circle::Campaign));
        let kinds = RequestKind::ALL.iter().filter(|kind| filter.wants_kind(**kind));
        let urgencies = Urgency::ALL.iter().filter(|urgency| filter.wants_urgency(**urgency));
        let groups = [
            Some(any(languages.chain([any_language]))),
            here.map(|_| alphabet.area(who.area)),
            Some(any(circles.map(|circle| alphabet.circle(circle)))),
            Some(any(kinds.map(|kind| sure(Traits::kind(*kind as u32))))),
            Some(any(urgencies.map(|urgency| sure(Traits::urgency(*urgency as u32))))),
        ];
        let gathered = Gathered::of(all, &groups);
        Self {
            spot: here.map(Spot::of).unwrap_or_default(),
            all: gathered.all,
            any: gathered.any,
            asked: gathered.asked,
            sure: gathered.sure,
            shared: gathered.shared,
            groups,
            second: floor(at.now),
            weight: u16::MAX - step(who.capacity.grams / GRAMS),
            volume: u16::MAX - step(who.capacity.millilitres / MILLILITRES),
            has_weight: true,
            has_volume: true,
            ample_weight: u32::from(u16::MAX - step(who.capacity.grams / GRAMS)) + 1,
            ample_volume: u32::from(u16::MAX - step(who.capacity.millilitres / MILLILITRES)) + 1,
            near2: chord2_sure(u16::try_from(limit.get()).unwrap_or(FAR)),
            asker: Asker::Volunteer { parted: (!who.blocks.is_empty()).into(), limit },
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
            && self.any.iter().take(self.asked).all(|group| any.meets(*group))
            && (reach == FAR || chord2 <= chord2_within_few(reach))
    }

    /// The rows of a leaf that have the traits asked for.
    #[inline]
    pub(super) fn fitting(&self, leaf: &Leaf) -> Column {
        let mut rows = leaf.having_all(leaf.used, self.all);
        for group in self.any.iter().take(self.asked) {
            rows &= leaf.having_any(*group);
        }
        rows
    }

    /// Whether a row whose traits leave no doubt is wanted without any, its distance left aside: by far
    /// the most common answer, and so the shortest way to it.
    #[inline]
    pub(super) fn surely(&self, bounds: Bounds) -> bool {
        (u32::from(bounds.weight) >= self.ample_weight) & (u32::from(bounds.volume) >= self.ample_volume)
    }

    /// Whether a row of these times surely counts now.
    #[inline]
    pub(super) const fn surely_now(&self, times: Times) -> bool {
        (times.from < self.second) & (times.until > self.second.saturating_add(1))
    }

    /// Up to which squared chord nobody minds the way. A radius that is too large to be told is at least
    /// the largest that can be.
    #[inline]
    pub(super) fn surely_near2(&self, bounds: Bounds) -> f32 {
        chord2_sure(bounds.radius).min(self.near2)
    }

    /// Whether a row that [fits](Self::fitting) is wanted, its distance left aside.
    #[inline]
    pub(super) fn verdict(&self, limits: Limits, told: Told, alike: &AlikeTable) -> Verdict {
        if limits.from > self.second
            || limits.until <= self.second
            || limits.weight < self.weight
            || limits.volume < self.volume
        {
            return Verdict::No;
        }
        let tight = limits.weight == self.weight && self.has_weight
            || limits.volume == self.volume && self.has_volume;
        if tight || !told.is_unparted {
            return Verdict::Unsure;
        }
        let request = match self.asker {
            Asker::Request(request) => request,
            Asker::Volunteer { .. } if told.is_sure => return Verdict::Yes,
            Asker::Volunteer { .. } => return Verdict::Unsure,
        };
        let Limits { from, until, .. } = limits;
        if self.has_begun(Times { from, until }, told.is_loose) {
            Verdict::Unsure
        } else if !told.is_sure {
            alike.verdict(limits.alike, request, self.at)
        } else if told.is_any_hour {
            Verdict::Yes
        } else {
            alike.hours(limits.alike, self.at)
        }
    }

    /// Whether a row that counts by its seconds may not: a second that has begun is not over, so what
    /// begins or ends within it is not told by seconds.
    #[inline]
    pub(super) const fn has_begun(&self, times: Times, is_loose: bool) -> bool {
        let play = if is_loose { PLAY } else { 0 };
        self.second <= times.from.saturating_add(play) || times.until == self.second.saturating_add(1)
    }

    /// Which rows their traits say enough of.
    #[inline]
    pub(super) fn told(&self, leaf: &Leaf) -> ToldRows {
        let mut sure = Column::MAX;
        for own in self.sure.iter().take(self.shared) {
            sure &= leaf.having_any(*own);
        }
        match self.asker {
            Asker::Request(_) => {
                let [unparted, any_hour, loose] = [Traits::UNPARTED, Traits::ANY_HOUR, Traits::FALLBACK]
                    .map(|one| leaf.having(one.number()));
                ToldRows::new(unparted, any_hour, sure, loose, leaf.having_any(Traits::TIMED))
            }
            Asker::Volunteer { parted: Holds::Yes, .. } => ToldRows::new(0, Column::MAX, sure, 0, 0),
            Asker::Volunteer { parted: Holds::No, .. } => ToldRows::new(Column::MAX, Column::MAX, sure, 0, 0),
        }
    }
}

/// The groups as a leaf is asked for them: those of one trait with the traits that must all be there.
struct Gathered {
    all: Traits,
    any: [Traits; GROUPS],
    asked: usize,
    sure: [Traits; GROUPS],
    shared: usize,
}

impl Gathered {
    fn of(all: Traits, groups: &[Option<AnyOf>; GROUPS]) -> Self {
        let none = [Traits(0); GROUPS];
        let mut gathered = Self { all, any: none, asked: 0, sure: none, shared: 0 };
        for group in groups.iter().flatten() {
            if group.all().0.is_power_of_two() {
                gathered.all = gathered.all.with(group.all());
            } else if let Some(place) = gathered.any.get_mut(gathered.asked) {
                *place = group.all();
                gathered.asked += 1;
            }
            // Where nothing else shares a trait, whoever fits has one of its own.
            if group.others != Traits(0)
                && let Some(place) = gathered.sure.get_mut(gathered.shared)
            {
                *place = group.own;
                gathered.shared += 1;
            }
        }
        gathered
    }
}

fn any(found: impl Iterator<Item = AnyOf>) -> AnyOf {
    found.fold(AnyOf::default(), AnyOf::and)
}

const fn sure(own: Traits) -> AnyOf {
    AnyOf { own, others: Traits(0) }
}
