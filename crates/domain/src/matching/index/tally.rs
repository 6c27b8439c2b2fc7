//! Counts whom each rule refuses over the whole index, and finds the nearest of them.

use super::best::{Best, Offer};
use super::leaf::{Column, Leaf, places};
use super::node::FAN;
use super::prices::{Excess, Nearness};
use super::question::Question;
use super::refusals::{Hearing, Hours, RULES, Refused};
use super::roll::Roll;
use super::row::FAR;
use super::search::ById;
use super::traits::Traits;
use super::tree::Walk;
use crate::id::{CampaignId, VolunteerId};
use crate::matching::{At, Candidate, OpenRequest, Refusal};
use crate::place::{Metres, chord2_within, stretch};

/// What became of everyone under one request.
#[derive(Debug, Clone, Default)]
pub(in crate::matching) struct Tally {
    /// How many no rule refuses.
    pub(in crate::matching) eligible: u32,
    /// How many each rule refuses first, in the order of the rules.
    pub(in crate::matching) first: [u32; RULES],
    /// How many each rule alone refuses.
    pub(in crate::matching) sole: [u32; RULES],
    nearest: [Nearest; RULES],
    /// Handles of those whom one rule alone refuses and a change of one thing could help, as far as they may
    /// lack the least; those who are too far or speak another language left aside.
    sole_handles: [Vec<u32>; RULES],
    /// The most that any of them carries, in steps.
    most_weight: u16,
    most_volume: u16,
    /// Of those who are too far and nothing else, the one who lacks the least way.
    least_excess: Nearest,
    /// Of those who lack a common language and nothing else, but speak one, the nearest.
    nearest_other: Nearest,
}

/// The best of one.
#[derive(Debug, Clone)]
struct Nearest {
    best: Best,
    limit2: f32,
}

impl Default for Nearest {
    fn default() -> Self {
        let mut best = Best::default();
        best.begin(1);
        Self { best, limit2: f32::INFINITY }
    }
}

/// What is to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::matching) enum Detail {
    /// Numbers only.
    Counts,
    /// And who was nearest, and who lacks but one thing.
    Persons,
}

/// Who is to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::matching) enum Among {
    Everyone,
    /// Those whose organisation takes part in it.
    Campaign(CampaignId),
}

/// The walk over everyone that fills a tally.
struct Counting<'c> {
    roll: &'c Roll<Candidate>,
    question: &'c Question<'c>,
    request: &'c OpenRequest,
    hours: Hours,
    among: Among,
    detail: Detail,
    tally: Tally,
}

impl Walk for Counting<'_> {
    // Every leaf is read.
    const AHEAD: usize = FAN;

    fn limit(&self) -> f32 {
        f32::INFINITY
    }

    fn wants(&self, _any: Traits, _reach: u16, _chord2: f32) -> bool {
        true
    }

    fn touch(&self, leaf: &Leaf) -> u32 {
        leaf.touch_rules()
    }

    fn leaf(&mut self, leaf: &Leaf, chord2: f32) {
        if leaf.used != 0 {
            let hearing = Hearing::new(self.roll, self.question, self.request, &self.hours, (leaf, chord2));
            self.tally.hear(&hearing, self.among, self.detail);
        }
    }
}

impl Tally {
    pub(in crate::matching) fn of(
        roll: &Roll<Candidate>,
        request: &OpenRequest,
        at: At,
        among: Among,
        detail: Detail,
    ) -> Self {
        let question = Question::of_request(request, at, roll.alphabet());
        let (hours, tally) = (Hours::new(roll), Self::default());
        let mut counting = Counting { roll, question: &question, request, hours, among, detail, tally };
        // The nearest leaves come first, so that soon nobody farther can be the nearest refused.
        roll.tree.outward(question.spot, &mut counting);
        for leaf in roll.tree.nowhere_blocks() {
            counting.leaf(leaf, 0.0);
        }
        counting.tally
    }

    fn hear(&mut self, hearing: &Hearing<'_>, among: Among, detail: Detail) {
        if hearing.is_out_of_question() {
            return self.hear_first(hearing, among, detail);
        }
        let mut refused = hearing.refused();
        if let Among::Campaign(campaign) = among {
            refused.current &= hearing.members(campaign, refused.current);
        }
        let sole = self.count(&refused);
        if detail == Detail::Persons {
            self.note_nearest(hearing, &refused);
            self.note_sole(hearing, &refused, sole);
        }
    }

    /// Counts a leaf that two rules refuse whole.
    fn hear_first(&mut self, hearing: &Hearing<'_>, among: Among, detail: Detail) {
        let first = hearing.first_refused(|current| match among {
            Among::Everyone => current,
            Among::Campaign(campaign) => current & hearing.members(campaign, current),
        });
        for (refusal, rows) in first.into_iter().filter(|(_, rows)| *rows != 0) {
            if let Some(count) = self.first.get_mut(refusal as usize) {
                *count += rows.count_ones();
            }
            let nearest = self.nearest.get_mut(refusal as usize);
            if let Some(nearest) = nearest.filter(|_| detail == Detail::Persons)
                && hearing.from2 <= nearest.limit2
            {
                nearest.note(hearing, rows);
            }
        }
    }

    /// Adds the leaf's numbers; answers the rows that one rule alone refuses.
    fn count(&mut self, refused: &Refused) -> Column {
        let (mut left, mut once, mut twice) = (refused.current, 0, 0);
        for (count, column) in self.first.iter_mut().zip(refused.columns) {
            if left & column != 0 {
                *count += (left & column).count_ones();
                left &= !column;
            }
            twice |= once & column;
            once |= column;
        }
        self.eligible += left.count_ones();
        let sole = once & !twice & refused.current;
        if sole != 0 {
            for (count, column) in self.sole.iter_mut().zip(refused.columns) {
                *count += (sole & column).count_ones();
            }
        }
        sole
    }

    fn note_nearest(&mut self, hearing: &Hearing<'_>, refused: &Refused) {
        if hearing.leaf.is_nowhere() || !hearing.request.kind.is_physical() {
            return;
        }
        let mut left = refused.current;
        for (nearest, column) in self.nearest.iter_mut().zip(refused.columns) {
            let first = left & column;
            left &= !column;
            if first != 0 && hearing.from2 <= nearest.limit2 {
                nearest.note(hearing, first);
            }
        }
    }

    fn note_sole(&mut self, hearing: &Hearing<'_>, refused: &Refused, sole: Column) {
        if sole == 0 {
            return;
        }
        let (leaf, physical) = (hearing.leaf, hearing.request.kind.is_physical());
        let handles = self.sole_handles.iter_mut().zip(refused.columns).zip(Refusal::ALL);
        for ((handles, column), refusal) in handles {
            let rows = sole & column;
            match refusal {
                Refusal::TooFar => self.least_excess.note_excess(hearing, rows),
                Refusal::NoSharedLanguage if physical => {
                    self.nearest_other.note(hearing, rows & leaf.having_any(Traits::LANGUAGES));
                }
                Refusal::TooHeavy => {
                    note_most(handles, leaf, rows, &mut self.most_weight, |row| leaf.bounds(row).weight);
                }
                Refusal::TooBulky => {
                    note_most(handles, leaf, rows, &mut self.most_volume, |row| leaf.bounds(row).volume);
                }
                Refusal::Resting | Refusal::UnavailableNow | Refusal::NoSharedLanguage => {
                    handles.extend(places(rows).map(|row| leaf.handle(row)));
                }
                Refusal::NotApproved
                | Refusal::OffDuty
                | Refusal::AtClaimLimit
                | Refusal::OtherCampaign
                | Refusal::OtherArea
                | Refusal::LacksTransport
                | Refusal::LacksSkill
                | Refusal::Blocked
                | Refusal::NoPosition => {}
            }
        }
    }

    /// The nearest of those whom this rule refuses first, and how far they are.
    pub(in crate::matching) fn nearest(
        &mut self,
        roll: &Roll<Candidate>,
        price: &Nearness<'_>,
        refusal: Refusal,
    ) -> Option<(VolunteerId, Metres)> {
        let nearest = self.nearest.get_mut(refusal as usize)?;
        let offer = nearest.best.settle(&ById { roll, price }).first()?;
        Some((roll.id_of(offer)?, Metres::new(u32::try_from(offer.cost()).ok()?)))
    }

    /// Those whom this rule alone refuses and who may lack the least of what it asks for.
    pub(in crate::matching) fn refused_by<'r>(
        &self,
        roll: &'r Roll<Candidate>,
        refusal: Refusal,
    ) -> impl Iterator<Item = &'r Candidate> + use<'r, '_> {
        let handles = self.sole_handles.get(refusal as usize).into_iter().flatten().copied();
        let [too_far, other] =
            [&self.least_excess, &self.nearest_other].map(|nearest| nearest.best.held().iter());
        let too_far = too_far.filter(move |_| refusal == Refusal::TooFar);
        let other = other.filter(move |_| refusal == Refusal::NoSharedLanguage);
        let nearest = too_far.chain(other).map(|offer| offer.handle);
        handles.chain(nearest).filter_map(|handle| roll.by_handle(handle))
    }
}

/// Keeps the handles of those rows that have the most: whoever has a step less has less.
fn note_most(handles: &mut Vec<u32>, leaf: &Leaf, rows: Column, most: &mut u16, step: impl Fn(u32) -> u16) {
    for row in places(rows) {
        let here = step(row);
        if here > *most {
            handles.clear();
            *most = here;
        }
        if here == *most {
            handles.push(leaf.handle(row));
        }
    }
}

impl Nearest {
    fn note(&mut self, hearing: &Hearing<'_>, rows: Column) {
        let price = Nearness { request: hearing.request, at: hearing.question.at };
        let order = ById { roll: hearing.roll, price: &price };
        for row in places(rows) {
            let chord2 = hearing.chord2(row);
            if chord2 <= self.limit2 {
                let stretch = stretch(chord2);
                let (least, most) = (u64::from(stretch.least.get()), u64::from(stretch.most.get()));
                let offer = Offer { least, most, handle: hearing.leaf.handle(row) };
                self.best.offer(offer, &order);
                let limit = u32::try_from(self.best.limit()).unwrap_or(u32::MAX);
                self.limit2 = chord2_within(Metres::new(limit));
            }
        }
    }

    /// Keeps whoever may lack the least way: all whose bounds touch.
    fn note_excess(&mut self, hearing: &Hearing<'_>, rows: Column) {
        let reach = if hearing.leaf.reach == FAR { u32::MAX } else { u32::from(hearing.leaf.reach) };
        let limit = u32::try_from(self.best.limit()).unwrap_or(u32::MAX);
        if rows == 0 || hearing.from2 > chord2_within(Metres::new(limit.saturating_add(reach))) {
            return;
        }
        let price = Excess { request: hearing.request, at: hearing.question.at };
        let order = ById { roll: hearing.roll, price: &price };
        for row in places(rows) {
            let chord2 = hearing.chord2(row);
            let (stretch, radius) = (stretch(chord2), hearing.leaf.bounds(row).radius);
            let handle = hearing.leaf.handle(row);
            let (least, most) = if radius == FAR {
                (0, u64::MAX)
            } else {
                let over = |metres: Metres| u64::from(metres.get().saturating_sub(u32::from(radius)));
                (over(stretch.least), over(stretch.most))
            };
            self.best.offer(Offer { least, most, handle }, &order);
        }
    }
}
