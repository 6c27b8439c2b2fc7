//! Which rows of a leaf each rule refuses: a column for each rule, all thirty-two rows at once.
//!
//! A row that does not say enough is decided by the rules themselves, on whom it stands for.

use super::leaf::{Column, Leaf, column, places};
use super::question::Question;
use super::roll::Roll;
use super::row::FAR;
use super::traits::{AnyOf, Circle, Traits};
use crate::id::CampaignId;
use crate::matching::eligibility::refuses;
use crate::matching::{Candidate, OpenRequest, Refusal};
use crate::place::{Metres, chord2_within, stretch};

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
    pub(super) leaf: &'h Leaf,
    pub(super) chords2: &'h [f32],
    /// The least of them.
    pub(super) nearest2: f32,
}

impl Hearing<'_> {
    /// Every rule asked of every row.
    pub(super) fn refused(&self) -> Refused {
        let (current, off_duty, resting) = self.timed();
        let leaf = self.leaf;
        let lacking = |wanted: Traits| {
            current & !wanted.numbers().fold(Column::MAX, |rows, number| rows & leaf.having(number))
        };
        let least = self.request.transport.map_or(Traits(0), |least| Traits::transport(least as u32));
        let columns = [
            lacking(Traits::APPROVED),
            off_duty,
            resting,
            self.outside_hours(current),
            lacking(Traits::ROOM),
            self.without(self.question.circles(), current, Refusal::OtherCampaign),
            self.without(self.question.areas(), current, Refusal::OtherArea),
            self.too_little(
                leaf.lighter(self.question.weight),
                self.question.has_weight,
                current,
                Refusal::TooHeavy,
            ),
            self.too_little(
                leaf.smaller(self.question.volume),
                self.question.has_volume,
                current,
                Refusal::TooBulky,
            ),
            lacking(least),
            lacking(Traits::skills(self.request.skills.bits())),
            self.without(self.question.languages(), current, Refusal::NoSharedLanguage),
            self.by_rule(lacking(Traits::UNPARTED), Refusal::Blocked),
            self.nowhere(current),
            self.too_far(current),
        ];
        Refused { current, columns }
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
        let timed = leaf.used & (personal | leaf.having_any(twins));
        let mut current = leaf.used;
        let (mut off_duty, mut resting) = (leaf.used & !leaf.having_any(Traits::DUTY), 0);
        for row in places(timed) {
            let bit = 1 << row;
            let Some(limits) = leaf.limits(row) else { continue };
            let second = self.question.second;
            let begun = limits.from == second || limits.until == second.saturating_add(1);
            let stands = limits.from <= second && second < limits.until;
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
        self.decide(asked, |row| match self.roll.alike.get(self.leaf.alike(row)) {
            Some(alike) => !alike.availability.holds(at.local),
            None => self.rule(row, Refusal::UnavailableNow),
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
        if reach < FAR && self.nearest2 > chord2_within(Metres::new(u32::from(reach))) {
            return current;
        }
        self.decide(current, |row| {
            let chord2 = self.chords2.get(row as usize).copied().unwrap_or(f32::INFINITY);
            let (stretch, radius) = (stretch(chord2), self.leaf.radius(row));
            let metres = Metres::new(u32::from(radius));
            if radius == FAR || stretch.least <= metres && metres < stretch.most {
                self.rule(row, Refusal::TooFar)
            } else {
                stretch.least > metres
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
        if rows == 0 {
            return 0;
        }
        column((0..Column::BITS).map(|row| rows >> row & 1 == 1 && refused(row)))
    }
}
