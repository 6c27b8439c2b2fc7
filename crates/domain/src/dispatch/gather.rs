//! Who could be asked about one request now, and what is known of them: from the fleet, the ledgers and the estimates.

use std::collections::HashMap;

use super::acceptance::{Acceptance, Facts};
use super::ledger::Pressing;
use super::snapshot::{Snapshot, seconds_between};
use super::{Chance, DispatchPolicy, Ledger, Prospect, Pursuit, ageing};
use crate::Moment;
use crate::calls::DAY_MINUTES;
use crate::id::{AreaId, VolunteerId};
use crate::matching::{
    At, Candidate, Fleet, MAX_NEAREST, MinuteOfWeek, OpenRequest, Refusal, Seeker, all_refusals,
    first_refusal,
};
use crate::place::{Seconds, TravelTime};
use crate::words::Urgency;

/// The most that one snapshot keeps: more than one wave asks, and little enough to be kept with each decision.
pub const MAX_PROSPECTS: usize = 200;

/// Whoever asks volunteers: what it takes to see who could be.
#[derive(Debug)]
pub struct Asker<'a, T> {
    /// Everyone.
    pub fleet: &'a Fleet,
    /// What is remembered of them.
    pub ledgers: &'a HashMap<VolunteerId, Ledger>,
    /// What is estimated.
    pub acceptance: &'a Acceptance,
    /// How long ways take.
    pub travel: &'a T,
    /// By what is decided.
    pub policy: &'a DispatchPolicy,
}

/// The nearest, and how many more there are for later.
struct Found<'a> {
    now: Vec<(Option<Seconds>, &'a Candidate)>,
    later: u32,
    used: Chance,
}

impl<T: TravelTime> Asker<'_, T> {
    /// All that a decision about this request may know now. `minute_of` tells the local minute of an area, by whose
    /// day a volunteer's quiet hours are; `seeker` is memory for many questions.
    #[must_use]
    pub fn snapshot(
        &self,
        request: &OpenRequest,
        pursuit: &Pursuit,
        at: At,
        minute_of: impl Fn(AreaId) -> MinuteOfWeek,
        seeker: &mut Seeker,
    ) -> Snapshot {
        let found = self.find(request, pursuit, at, self.pressing(request, at.now), seeker);
        let prospects = found
            .now
            .into_iter()
            .map(|(travel, candidate)| self.prospect(candidate, travel, minute_of(candidate.area), at.now));
        Snapshot {
            now: at.now,
            opened_at: request.opened_at,
            window_end: request.window_end,
            urgency: request.urgency,
            waves: pursuit.waves,
            last_wave_at: pursuit.last_wave_at,
            outstanding: pursuit.outstanding(at.now),
            prospects: prospects.collect(),
            others_later: found.later,
            used: found.used,
            delays: self.acceptance.delays.clone(),
        }
    }

    /// Whether what is kept of the budgets is for this request: it is urgent, or somebody should have accepted long ago.
    fn pressing(&self, request: &OpenRequest, now: Moment) -> Pressing {
        let waited = ageing(self.policy, request.opened_at, request.window_end, now).waited;
        let is_late = self.policy.match_within_s <= seconds_between(request.opened_at, now);
        match request.urgency {
            Urgency::Critical | Urgency::High => Pressing::Yes,
            Urgency::Normal | Urgency::Low if is_late || waited >= Chance::percent(50) => Pressing::Yes,
            Urgency::Normal | Urgency::Low => Pressing::No,
        }
    }

    /// Among the nearest first, by the index; of everyone only when those were all asked or have been asked enough.
    fn find(
        &self,
        request: &OpenRequest,
        pursuit: &Pursuit,
        at: At,
        pressing: Pressing,
        seeker: &mut Seeker,
    ) -> Found<'_> {
        let near = seeker.nearest(self.fleet, request, at, MAX_NEAREST);
        let all: Vec<&Candidate> = near.iter().filter_map(|near| self.fleet.get(near.volunteer)).collect();
        let unasked = all.iter().copied().filter(|candidate| !pursuit.was_asked(candidate.volunteer));
        let (known, tired): (Vec<&Candidate>, Vec<&Candidate>) =
            unasked.partition(|candidate| self.has_room(candidate, pressing, at.now));
        let are_all = near.len() < MAX_NEAREST;
        if (are_all && !known.is_empty()) || known.len() * 4 >= MAX_NEAREST {
            let later = u32::try_from(tired.len()).unwrap_or(u32::MAX);
            return Found { now: self.with_travel(known, request, at), later, used: self.used(&all, at.now) };
        }
        let mut found = Found { now: Vec::new(), later: 0, used: self.used(&all, at.now) };
        let mut admitted = Vec::new();
        for candidate in self.fleet.iter().filter(|candidate| !pursuit.was_asked(candidate.volunteer)) {
            match first_refusal(candidate, request, at) {
                None if self.has_room(candidate, pressing, at.now) => admitted.push(candidate),
                None => found.later = found.later.saturating_add(1),
                Some(first) if passes(first) => {
                    let for_good =
                        all_refusals(candidate, request, at).into_iter().any(|refusal| !passes(refusal));
                    found.later = found.later.saturating_add(u32::from(!for_good));
                }
                Some(_) => {}
            }
        }
        found.now = self.with_travel(admitted, request, at);
        found.now.sort_unstable_by_key(|(travel, candidate)| (*travel, candidate.volunteer));
        let beyond = found.now.len().saturating_sub(MAX_PROSPECTS);
        found.later = found.later.saturating_add(u32::try_from(beyond).unwrap_or(u32::MAX));
        found.now.truncate(MAX_PROSPECTS);
        found
    }

    fn with_travel<'c>(
        &self,
        candidates: Vec<&'c Candidate>,
        request: &OpenRequest,
        at: At,
    ) -> Vec<(Option<Seconds>, &'c Candidate)> {
        let way = |candidate: &Candidate| {
            let here = candidate.position(at.now).filter(|_| request.kind.is_physical())?;
            Some(self.travel.travel_time(here, request.place.position(), candidate.transport))
        };
        candidates.into_iter().map(|candidate| (way(candidate), candidate)).collect()
    }

    fn has_room(&self, candidate: &Candidate, pressing: Pressing, now: Moment) -> bool {
        let ledger = self.ledgers.get(&candidate.volunteer);
        ledger.is_none_or(|ledger| ledger.has_room(&self.policy.budget, pressing, now))
    }

    /// The part of their budgets that these have used: of the day's or the week's, whichever is more. The day's tells at
    /// once that much is asked, the week's that it has been for long.
    fn used(&self, near: &[&Candidate], now: Moment) -> Chance {
        let budget = &self.policy.budget;
        let (mut today, mut of_late) = (0_u64, 0_u64);
        for candidate in near {
            let offers = self.ledgers.get(&candidate.volunteer).map(|ledger| ledger.offers(now));
            let (day, week) = offers.unwrap_or_default();
            today += u64::from(day.min(budget.per_day));
            of_late += u64::from(week.min(budget.per_week));
        }
        let all = |each: u32| near.len() as u64 * u64::from(each);
        Chance::part(today, all(budget.per_day)).max(Chance::part(of_late, all(budget.per_week)))
    }

    fn prospect(
        &self,
        candidate: &Candidate,
        travel: Option<Seconds>,
        minute: MinuteOfWeek,
        now: Moment,
    ) -> Prospect {
        let unknown = Ledger::since(now);
        let ledger = self.ledgers.get(&candidate.volunteer).unwrap_or(&unknown);
        let facts = Facts {
            travel,
            active_claims: candidate.active_claims,
            hour: u32::from(minute.get() % DAY_MINUTES / 60),
            recent_offers: ledger.offers(now).1,
        };
        Prospect {
            volunteer: candidate.volunteer,
            facts,
            parts: self.acceptance.parts(ledger.own, &facts, now),
            idle_s: ledger.idle_s(now),
            recent_tasks: ledger.tasks(now),
            quiet_for_s: self.policy.budget.quiet_for_s(minute),
        }
    }
}

/// Whether this refusal is over some time: somebody off duty, at rest or with full hands may be asked later.
const fn passes(refusal: Refusal) -> bool {
    match refusal {
        Refusal::OffDuty | Refusal::Resting | Refusal::UnavailableNow | Refusal::AtClaimLimit => true,
        Refusal::NotApproved
        | Refusal::OtherCampaign
        | Refusal::OtherArea
        | Refusal::TooHeavy
        | Refusal::TooBulky
        | Refusal::LacksTransport
        | Refusal::LacksSkill
        | Refusal::NoSharedLanguage
        | Refusal::Blocked
        | Refusal::NoPosition
        | Refusal::TooFar => false,
    }
}
