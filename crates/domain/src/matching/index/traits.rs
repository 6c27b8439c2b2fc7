//! What can be told of a volunteer or a request in one bit each: sixty-four bits, and who has which.
//!
//! An *alphabet* gives the first languages, areas and circles that turn up a bit of their own. Those
//! that come later share one bit: it says "one of the others", so whoever has it must be looked at.

use std::hash::Hash;

use crate::id::{AreaId, CampaignId, OrganisationId};
use crate::matching::Language;

/// A set of traits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::matching) struct Traits(pub(super) u64);

const FIRST_LANGUAGE: u32 = 28;

/// How many traits there are.
pub(super) const TRAITS: usize = 64;

impl Traits {
    /// A volunteer is approved.
    pub(super) const APPROVED: Self = Self(1);
    /// A volunteer holds fewer claims than they may.
    pub(super) const ROOM: Self = Self(1 << 1);
    /// A volunteer is on duty, perhaps with an end.
    pub(super) const DUTY: Self = Self(1 << 2);
    /// A volunteer is welcome to offers at any hour.
    pub(super) const ANY_HOUR: Self = Self(1 << 3);
    /// A volunteer was parted from no household.
    pub(super) const UNPARTED: Self = Self(1 << 4);
    /// A volunteer rests, or rested, until some moment.
    pub(super) const RESTS: Self = Self(1 << 5);
    /// This row stands for where a volunteer was last seen, while that holds.
    pub(super) const SIGHTED: Self = Self(1 << 6);
    /// This row stands for where a volunteer is once that does not hold any more.
    pub(super) const FALLBACK: Self = Self(1 << 7);
    /// A volunteer's duty ends at some moment.
    pub(super) const DUTY_ENDS: Self = Self(1 << 8);
    /// A request does not mind the language.
    pub(super) const ANY_LANGUAGE: Self = Self(1 << 8);

    /// Any of these: when a volunteer's row counts depends on the time.
    pub(super) const TIMED: Self = Self::RESTS.with(Self::DUTY_ENDS).with(Self::SIGHTED).with(Self::FALLBACK);

    /// All of these together: a volunteer may be offered something. So may every request.
    pub(super) const READY: Self = Self::APPROVED.with(Self::ROOM).with(Self::DUTY);

    /// Whoever speaks any language has one of these.
    pub(super) const LANGUAGES: Self = Self(0xff << FIRST_LANGUAGE);

    const TRANSPORTS: u32 = 9;
    const SKILLS: u32 = 12;
    /// The claims a volunteer holds, up to [`MOST_CLAIMS`](Self::MOST_CLAIMS), as a number; or a request's kind.
    const CLAIMS: u32 = 20;
    const KINDS: u32 = 20;
    /// A request's urgency.
    const URGENCIES: u32 = 24;
    /// So many claims, or more.
    pub(super) const MOST_CLAIMS: u32 = 15;

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn when(self, holds: Holds) -> Self {
        match holds {
            Holds::Yes => self,
            Holds::No => Self(0),
        }
    }

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn transport(number: u32) -> Self {
        Self(1 << (Self::TRANSPORTS + number))
    }

    pub(super) const fn skills(bits: u32) -> Self {
        Self(((bits & 0xff) as u64) << Self::SKILLS)
    }

    pub(super) const fn claims(number: u32) -> Self {
        let number = if number > Self::MOST_CLAIMS { Self::MOST_CLAIMS } else { number };
        Self((number as u64) << Self::CLAIMS)
    }

    pub(super) const fn kind(number: u32) -> Self {
        Self(1 << (Self::KINDS + number))
    }

    pub(super) const fn urgency(number: u32) -> Self {
        Self(1 << (Self::URGENCIES + number))
    }

    /// The traits of the lower and of the upper thirty-two numbers.
    pub(super) const fn halves(self) -> [u32; 2] {
        [(self.0 & 0xffff_ffff) as u32, (self.0 >> 32) as u32]
    }

    /// The number of the first trait in this set.
    pub(super) const fn number(self) -> u32 {
        self.0.trailing_zeros()
    }
}

/// Whether something is so. A name, because traits are many and their order is easily mistaken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Yes,
    No,
}

impl From<bool> for Holds {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// What links volunteers and requests beyond areas: one's own organisation, or a common campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Circle {
    Organisation(OrganisationId),
    Campaign(CampaignId),
}

/// Any of several traits: sure of the first, to be looked at with the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct AnyOf {
    pub(super) own: Traits,
    pub(super) others: Traits,
}

impl AnyOf {
    pub(super) fn and(self, more: Self) -> Self {
        Self { own: self.own.with(more.own), others: self.others.with(more.others) }
    }

    pub(super) const fn all(self) -> Traits {
        self.own.with(self.others)
    }
}

/// The bits of one sort of thing: the first known have one each, the others share the last.
#[derive(Debug, Clone)]
struct Letters<T> {
    first: u32,
    count: u32,
    known: Vec<T>,
}

impl<T: PartialEq + Copy> Letters<T> {
    const fn new(first: u32, count: u32) -> Self {
        Self { first, count, known: Vec::new() }
    }

    fn learn(&mut self, thing: T) -> Traits {
        if self.place(thing).is_none() && !self.is_full() {
            self.known.push(thing);
        }
        self.find(thing).all()
    }

    fn find(&self, thing: T) -> AnyOf {
        match self.place(thing) {
            Some(place) => AnyOf { own: Traits(1 << (self.first + place)), others: Traits(0) },
            None if self.is_full() => {
                AnyOf { own: Traits(0), others: Traits(1 << (self.first + self.count - 1)) }
            }
            // Nobody has it who was ever entered here.
            None => AnyOf::default(),
        }
    }

    fn place(&self, thing: T) -> Option<u32> {
        self.known.iter().position(|known| *known == thing).and_then(|place| u32::try_from(place).ok())
    }

    const fn is_full(&self) -> bool {
        self.known.len() + 1 >= self.count as usize
    }
}

/// Which language, area and circle has which bit. Learns as they turn up and forgets when the index
/// is made anew.
#[derive(Debug, Clone)]
pub(in crate::matching) struct Alphabet {
    languages: Letters<Language>,
    areas: Letters<AreaId>,
    circles: Letters<Circle>,
}

impl Default for Alphabet {
    fn default() -> Self {
        Self {
            languages: Letters::new(FIRST_LANGUAGE, 8),
            areas: Letters::new(36, 16),
            circles: Letters::new(52, 12),
        }
    }
}

impl Alphabet {
    pub(super) fn learn_language(&mut self, language: Language) -> Traits {
        self.languages.learn(language)
    }

    pub(super) fn learn_area(&mut self, area: AreaId) -> Traits {
        self.areas.learn(area)
    }

    pub(super) fn learn_circle(&mut self, circle: Circle) -> Traits {
        self.circles.learn(circle)
    }

    pub(super) fn language(&self, language: Language) -> AnyOf {
        self.languages.find(language)
    }

    pub(super) fn area(&self, area: AreaId) -> AnyOf {
        self.areas.find(area)
    }

    pub(super) fn circle(&self, circle: Circle) -> AnyOf {
        self.circles.find(circle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::number;
    use crate::words::{RequestKind, Skill, Transport, Urgency};

    #[test]
    fn there_is_room_for_every_word() {
        assert!(Transport::ALL.len() <= 3 && Skill::ALL.len() <= 8);
        assert!(RequestKind::ALL.len() <= 4 && Urgency::ALL.len() <= 4);
    }

    #[test]
    fn the_first_have_their_own_bit_and_the_others_share_one() {
        let area = |n: u128| AreaId::new(number(n));
        let mut alphabet = Alphabet::default();
        assert_eq!(alphabet.area(area(1)), AnyOf::default(), "nobody is there");
        let bits: Vec<_> = (1..=20).map(|n| alphabet.learn_area(area(n))).collect();
        for n in 1..=15_u128 {
            let own = alphabet.area(area(n));
            assert_eq!((own.own, own.others), (bits[n as usize - 1], Traits(0)));
            assert_eq!(bits.iter().filter(|bit| **bit == own.own).count(), 1);
        }
        for n in 16..=21 {
            assert_eq!(alphabet.area(area(n)), AnyOf { own: Traits(0), others: bits[15] });
        }
        assert_eq!(bits[15], bits[19]);
    }
}
