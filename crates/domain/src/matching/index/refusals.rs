//! Which rows of a leaf each rule refuses: a column for each rule, all thirty-two rows at once.
//!
//! A row that does not say enough is decided by the rules themselves, on whom it stands for.

use std::cell::{Cell, OnceCell};

use super::leaf::{Column, Leaf, ROWS, places};
use super::question::Question;
use super::roll::Roll;
use super::row::FAR;
use super::traits::{AnyOf, Circle, Traits};
use crate::id::CampaignId;
use crate::matching::eligibility::refuses;
use crate::matching::{At, Candidate, OpenRequest, Refusal};
use crate::place::{chord2_sure, chord2_within_few};

/// How many rules there are.
pub(super) const RULES: usize = Refusal::ALL.len();

/// What the rules say of one leaf.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refused {
    /// The rows that stand for somebody now.
    pub(super) current: Column,
    /// The rows that each rule refuses, in the order of the rules.
    pub(super) columns: [Column; RULES],
}

/// A leaf under a question of a request.
pub(super) struct Hearing<'h> {
    pub(super) roll: &'h Roll<Candidate>,
    pub(super) question: &'h Question<'h>,
    pub(super) request: &'h OpenRequest,
    pub(super) hours: &'h Hours,
    pub(super) leaf: &'h Leaf,
    /// No row is nearer than this squared chord.
    pub(super) from2: f32,
    chords2: OnceCell<[f32; ROWS]>,
}

/// Whether what many have alike permits offers now, asked once of each.
pub(super) struct Hours(Vec<Cell<Option<bool>>>);

impl Hours {
    pub(super) fn new(roll: &Roll<Candidate>) -> Self {
        Self(vec![Cell::new(None); roll.alike.len()])
    }

    /// None when the number stands for nobody's hours.
    fn refuse(&self, number: u16, roll: &Roll<Candidate>, at: At) -> Option<bool> {
        let known = self.0.get(usize::from(number))?;
        if known.get().is_none() {
            known.set(roll.alike.get(number).map(|alike| !alike.availability.holds(at.local)));
        }
        known.get()
    }
}

impl<'h> Hearing<'h> {
    pub(super) const fn new(
        roll: &'h Roll<Candidate>,
        question: &'h Question<'h>,
        request: &'h OpenRequest,
        hours: &'h Hours,
        (leaf, from2): (&'h Leaf, f32),
    ) -> Self {
        Self { roll, question, request, hours, leaf, from2, chords2: OnceCell::new() }
    }

    /// Taken only when somebody wants to know.
    pub(super) fn chord2(&self, row: u32) -> f32 {
        let chords2 = self.chords2.get_or_init(|| self.leaf.chords2(self.question.spot));
        chords2.get(row as usize % ROWS).copied().unwrap_or(f32::INFINITY)
    }

    /// Every rule asked of every row, as far as it matters: of whom two rules refuse, one of them of the
    /// earlier, nobody asks the later ones.
    pub(super) fn refused(&self) -> Refused {
        let (current, off_duty, resting) = self.timed();
        let [nowhere, far] = [self.nowhere(current), self.too_far(current)];
        let earlier = [
            self.lacking(current, Traits::APPROVED),
            off_duty,
            resting,
            self.outside_hours(current),
            self.lacking(current, Traits::ROOM),
            self.without(self.question.circles(), current, Refusal::OtherCampaign),
            self.without(self.question.areas(), current, Refusal::OtherArea),
        ];
        let (once, twice) =
            earlier.iter().fold((0, 0), |(once, twice), column| (once | column, twice | once & column));
        let open = current & !(twice | once & (nowhere | far));
        let [approval, duty, rest, hours, room, circle, area] = earlier;
        let [heavy, bulky, transport, skill, tongue, blocked] = self.later(open);
        let columns = [
            approval, duty, rest, hours, room, circle, area, heavy, bulky, transport, skill, tongue, blocked,
            nowhere, far,
        ];
        Refused { current, columns }
    }

    /// Whether two rules refuse every row: all are too far, and none belongs to an area that is asked for.
    pub(super) fn is_out_of_question(&self) -> bool {
        let (leaf, reach) = (self.leaf, self.leaf.reach);
        let is_far = self.request.kind.is_physical() && !leaf.is_nowhere();
        let is_far = is_far && reach < FAR && self.from2 > chord2_within_few(reach);
        is_far && self.question.areas().is_some_and(|areas| leaf.used & leaf.having_any(areas.all()) == 0)
    }

    /// The rows of such a leaf by the rule that refuses them first: no row is in two of them, and nobody is
    /// asked about a rule who was refused before.
    pub(super) fn first_refused(&self, among: impl FnOnce(Column) -> Column) -> [(Refusal, Column); 7] {
        let (current, off_duty, resting) = self.timed();
        let mut left = among(current);
        let mut first = |refusal, refused: Column| {
            let rows = left & refused;
            left &= !refused;
            ((refusal, rows), left)
        };
        let leaf = self.leaf;
        let (approval, _) = first(Refusal::NotApproved, !leaf.having_any(Traits::APPROVED));
        let (duty, _) = first(Refusal::OffDuty, off_duty);
        let (rest, awake) = first(Refusal::Resting, resting);
        let (hours, _) = first(Refusal::UnavailableNow, self.outside_hours(awake));
        let (room, free) = first(Refusal::AtClaimLimit, !leaf.having_any(Traits::ROOM));
        let strangers = self.without(self.question.circles(), free, Refusal::OtherCampaign);
        let (circle, left) = first(Refusal::OtherCampaign, strangers);
        [approval, duty, rest, hours, room, circle, (Refusal::OtherArea, left)]
    }

    /// The rules from weight to block.
    fn later(&self, open: Column) -> [Column; 6] {
        if open == 0 {
            return [0; 6];
        }
        let (leaf, question) = (self.leaf, self.question);
        let least = self.request.transport.map_or(Traits(0), |least| Traits::transport(least as u32));
        [
            self.too_little(leaf.lighter(question.weight), question.has_weight, open, Refusal::TooHeavy),
            self.too_little(leaf.smaller(question.volume), question.has_volume, open, Refusal::TooBulky),
            self.lacking(open, least),
            self.lacking(open, Traits::skills(self.request.skills.bits())),
            self.without(question.languages(), open, Refusal::NoSharedLanguage),
            self.by_rule(self.lacking(open, Traits::UNPARTED), Refusal::Blocked),
        ]
    }

    fn lacking(&self, among: Column, wanted: Traits) -> Column {
        among & !self.leaf.having_all(among, wanted)
    }

    /// The rows of a campaign's volunteers.
    pub(super) fn members(&self, campaign: CampaignId, current: Column) -> Column {
        let circle = self.roll.alphabet().circle(Circle::Campaign(campaign));
        let own = current & self.leaf.having_any(circle.own);
        let unsure = current & !own & self.leaf.having_any(circle.others);
        let is_member = |row| {
            let who = self.roll.by_handle(self.leaf.handle(row));
            who.is_some_and(|who| who.campaigns.contains(&campaign))
        };
        own | self.decide(unsure, is_member)
    }

    /// The rows that count now, those off duty, those at rest.
    fn timed(&self) -> (Column, Column, Column) {
        let leaf = self.leaf;
        let twins = Traits::SIGHTED.with(Traits::FALLBACK);
        let personal = leaf.having_any(Traits::RESTS.with(Traits::DUTY_ENDS));
        let loose = leaf.having_any(Traits::FALLBACK);
        let timed = leaf.used & (personal | leaf.having_any(twins));
        let mut current = leaf.used;
        let (mut off_duty, mut resting) = (leaf.used & !leaf.having_any(Traits::DUTY), 0);
        for row in places(timed) {
            let bit = 1 << row;
            let (times, second) = (leaf.times(row), self.question.second);
            let stands = times.from <= second && second < times.until;
            let begun = stands && self.question.has_begun(times, loose & bit != 0);
            if begun || !stands && personal & bit != 0 {
                let (is_current, is_off, rests) = self.timed_by_rule(row);
                current &= !(u32::from(!is_current) << row);
                off_duty = off_duty & !bit | u32::from(is_off) << row;
                resting |= u32::from(rests) << row;
            } else if !stands {
                current &= !bit;
            }
        }
        (current, off_duty & current, resting & current)
    }

    fn timed_by_rule(&self, row: u32) -> (bool, bool, bool) {
        let Some(who) = self.roll.by_handle(self.leaf.handle(row)) else { return (false, false, false) };
        let at = self.question.at;
        let sighted = who.is_sighted(at.now);
        let has = |wanted: Traits| self.leaf.having_any(wanted) >> row & 1 == 1;
        let is_current = !(has(Traits::SIGHTED) && !sighted || has(Traits::FALLBACK) && sighted);
        let refuses = |refusal| refuses(refusal, who, self.request, at);
        (is_current, refuses(Refusal::OffDuty), refuses(Refusal::Resting))
    }

    fn outside_hours(&self, current: Column) -> Column {
        let asked = current & !self.leaf.having_any(Traits::ANY_HOUR);
        let at = self.question.at;
        self.decide(asked, |row| {
            let refused = self.hours.refuse(self.leaf.alike(row), self.roll, at);
            refused.unwrap_or_else(|| self.rule(row, Refusal::UnavailableNow))
        })
    }

    /// The rows that have nothing of a group. Those that have one of the others are looked at.
    fn without(&self, group: Option<AnyOf>, current: Column, refusal: Refusal) -> Column {
        let Some(group) = group else { return 0 };
        let own = self.leaf.having_any(group.own);
        let unsure = current & !own & self.leaf.having_any(group.others);
        let refused = self.decide(unsure, |row| self.refused_alike(row, refusal));
        current & !own & !unsure | refused
    }

    fn refused_alike(&self, row: u32, refusal: Refusal) -> bool {
        match (self.roll.alike.get(self.leaf.alike(row)), refusal) {
            (Some(alike), Refusal::OtherCampaign) => !alike.is_of(self.request),
            (Some(alike), Refusal::OtherArea) => !alike.is_near(self.request),
            (Some(alike), Refusal::NoSharedLanguage) => !alike.speaks(self.request),
            (Some(_) | None, _) => self.rule(row, refusal),
        }
    }

    fn too_little(
        &self,
        (less, same): (Column, Column),
        matters: bool,
        current: Column,
        refusal: Refusal,
    ) -> Column {
        let unsure = if matters { same & current } else { 0 };
        less & current | self.by_rule(unsure, refusal)
    }

    fn nowhere(&self, current: Column) -> Column {
        let goes = self.request.kind.is_physical();
        if goes && self.leaf.is_nowhere() { current } else { 0 }
    }

    fn too_far(&self, current: Column) -> Column {
        if !self.request.kind.is_physical() || self.leaf.is_nowhere() {
            return 0;
        }
        let reach = self.leaf.reach;
        if reach < FAR && self.from2 > chord2_within_few(reach) {
            return current;
        }
        self.decide(current, |row| {
            let (chord2, radius) = (self.chord2(row), self.leaf.bounds(row).radius);
            if radius < FAR && chord2 > chord2_within_few(radius) {
                true
            } else if radius < FAR && chord2 <= chord2_sure(radius) {
                false
            } else {
                self.rule(row, Refusal::TooFar)
            }
        })
    }

    fn by_rule(&self, rows: Column, refusal: Refusal) -> Column {
        self.decide(rows, |row| self.rule(row, refusal))
    }

    fn rule(&self, row: u32, refusal: Refusal) -> bool {
        let who = self.roll.by_handle(self.leaf.handle(row));
        who.is_some_and(|who| refuses(refusal, who, self.request, self.question.at))
    }

    fn decide(&self, rows: Column, refused: impl Fn(u32) -> bool) -> Column {
        places(rows).filter(|row| refused(*row)).fold(0, |rows, row| rows | 1 << row)
    }
}
