//! A small town that lives a long random life: requests come, are cancelled, taken, given back; volunteers answer or
//! stay silent; processes are killed; clocks jump. Every wave goes past a judge who keeps books of their own.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use domain::Moment;
use domain::dispatch::acceptance::{Acceptance, Outcome};
use domain::dispatch::{
    Answer, DeclineReason, DispatchPolicy, Ledger, Mode, Offer, OfferBudget, Pursuit, Rounds, ageing,
};
use domain::id::{RequestId, VolunteerId};
use domain::matching::{At, Duty, Fleet, MinuteOfWeek, OpenRequest, Seeker, first_refusal_to_claim};
use uuid::Uuid;

use super::judge::Judge;

/// A mistake that can be planted, to see that the judge finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plant {
    /// Offers are not counted against the budget.
    ForgetsOffers,
    /// Who was asked for a request is forgotten.
    ForgetsWhoWasAsked,
    /// Ended requests are looked at like open ones.
    AsksForWhatHasEnded,
    /// Nobody looks again at what has to wait.
    LosesLooks,
    /// A kept decision is not the one that was made.
    KeepsAnotherDecision,
    /// The night is day.
    KnowsNoNight,
    /// Whoever accepts has it, whether somebody else has or not.
    ClaimsTwice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Open,
    Taken(VolunteerId),
    Ended,
}

pub(crate) struct Case {
    pub(crate) request: OpenRequest,
    pub(super) pursuit: Pursuit,
    pub(crate) standing: Standing,
    pub(crate) is_escalated: bool,
    pub(crate) look_at: Moment,
}

pub(crate) struct Town {
    pub(crate) policy: DispatchPolicy,
    pub(crate) now: Moment,
    pub(crate) fleet: Fleet,
    pub(super) ledgers: HashMap<VolunteerId, Ledger>,
    pub(super) acceptance: Acceptance,
    pub(crate) cases: BTreeMap<RequestId, Case>,
    pub(super) seeker: Seeker,
    state: u64,
    pub(super) made: u128,
    pub(super) plant: Option<Plant>,
    pub(crate) judge: Judge,
}

const VOLUNTEERS: u128 = 40;

pub(crate) fn number(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

impl Town {
    pub(crate) fn new(seed: u64, plant: Option<Plant>) -> Self {
        let start = Moment::from_timestamp(1_585_555_200, 0).expect("a moment");
        let budget = OfferBudget { per_day: 2, per_week: 6, kept_for_urgent: 1, ..OfferBudget::default() };
        let mut town = Self {
            policy: DispatchPolicy {
                mode: if seed % 4 == 3 { Mode::Exclusive } else { Mode::Waves },
                budget,
                rounds: Rounds { most: 6, ..Rounds::default() },
                ..DispatchPolicy::default()
            },
            now: start,
            fleet: Fleet::default(),
            ledgers: HashMap::new(),
            acceptance: Acceptance::default(),
            cases: BTreeMap::new(),
            seeker: Seeker::default(),
            state: seed,
            made: 0,
            plant,
            judge: Judge::default(),
        };
        for volunteer in 1..=VOLUNTEERS {
            let candidate = town.somebody(volunteer);
            town.fleet.upsert(candidate);
        }
        town
    }

    pub(super) fn throw(&mut self, sides: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    pub(super) fn somewhere(&mut self) -> (f64, f64) {
        let (north, east) = (self.throw(400) as f64, self.throw(400) as f64);
        (43.2 + north / 10_000.0, 76.9 + east / 10_000.0)
    }

    pub(crate) fn at(&self) -> At {
        At { now: self.now, local: MinuteOfWeek::of(self.now.naive_utc()) }
    }

    /// Something happens, and then everything that is due is done.
    pub(crate) fn step(&mut self) -> Result<(), String> {
        match self.throw(100) {
            0..8 => self.submit(),
            8..11 => self.cancel(),
            11..28 => self.answer(Answer::Accept)?,
            28..40 => {
                let reason = DeclineReason::ALL[self.throw(DeclineReason::ALL.len() as u64) as usize];
                self.answer(Answer::Decline(reason))?;
            }
            40..52 => self.finish_or_give_back()?,
            52..58 => self.change_duty(),
            58..60 => self.die_and_come_back(),
            60..62 => self.pass(-1_800),
            62..64 => self.pass(80 * 3_600),
            64..74 => self.pass(400 * 60),
            _ => self.pass(1_200),
        }
        self.settle()
    }

    /// The clock goes on by at most so many seconds, or back.
    fn pass(&mut self, most: i64) {
        let seconds = self.throw(most.unsigned_abs()) as i64;
        self.now += TimeDelta::seconds(seconds * most.signum());
    }

    fn submit(&mut self) {
        if self.cases.values().filter(|case| case.standing == Standing::Open).count() >= 25 {
            return;
        }
        self.made += 1;
        let request = self.request();
        let case = Case {
            request,
            pursuit: Pursuit::default(),
            standing: Standing::Open,
            is_escalated: false,
            look_at: self.now,
        };
        self.cases.insert(case.request.request, case);
    }

    /// One of the cases that stand like that.
    fn any(&mut self, whose: impl Fn(&Case) -> bool) -> Option<RequestId> {
        let those: Vec<RequestId> =
            self.cases.values().filter(|case| whose(case)).map(|case| case.request.request).collect();
        if those.is_empty() {
            return None;
        }
        let chosen = self.throw(those.len() as u64);
        those.get(chosen as usize).copied()
    }

    fn cancel(&mut self) {
        if let Some(request) = self.any(|case| case.standing == Standing::Open) {
            self.end(request);
        }
    }

    pub(super) fn end(&mut self, request: RequestId) {
        let now = self.now;
        if let Some(case) = self.cases.get_mut(&request) {
            case.standing = Standing::Ended;
            let ended = case.pursuit.withdraw(now);
            self.learn(ended);
        }
    }

    pub(super) fn learn(&mut self, ended: Vec<(Offer, Outcome)>) {
        for (offer, outcome) in ended {
            if let Some(ledger) = self.ledgers.get_mut(&offer.volunteer) {
                ledger.own = self.acceptance.learn(ledger.own, &offer.facts, &offer.parts, outcome, self.now);
            }
        }
    }

    /// Somebody who was asked, now or long ago, for whatever became of it, answers.
    fn answer(&mut self, answer: Answer) -> Result<(), String> {
        let Some(request) = self.any(|case| !case.pursuit.offers.is_empty()) else { return Ok(()) };
        let (at, throw) = (self.at(), self.throw(1_000) as usize);
        let claims_twice = self.plant == Some(Plant::ClaimsTwice);
        let Some(case) = self.cases.get_mut(&request) else { return Ok(()) };
        let volunteer = case.pursuit.offers[throw % case.pursuit.offers.len()].volunteer;
        let Some(candidate) = self.fleet.get(volunteer) else { return Ok(()) };
        let may = first_refusal_to_claim(candidate, &case.request, at).is_none();
        if answer == Answer::Accept && claims_twice && case.standing != Standing::Ended && may {
            return self.take(request, volunteer);
        }
        if answer == Answer::Accept && !may {
            return Ok(());
        }
        let Some((offer, outcome)) = case.pursuit.answer(volunteer, answer, at.now) else { return Ok(()) };
        if case.pursuit.outstanding(at.now).is_empty() {
            case.look_at = at.now;
        }
        self.learn(vec![(offer, outcome)]);
        match answer {
            Answer::Accept => self.take(request, volunteer),
            Answer::Decline(reason) => {
                self.fleet.set_rest(volunteer, Some(at.now + reason.rest()));
                Ok(())
            }
        }
    }

    fn take(&mut self, request: RequestId, volunteer: VolunteerId) -> Result<(), String> {
        let now = self.now;
        self.judge.takes(request, volunteer)?;
        let held = self.fleet.get(volunteer).map_or(0, |candidate| candidate.active_claims);
        self.fleet.set_active_claims(volunteer, held + 1);
        self.ledgers.entry(volunteer).or_insert_with(|| Ledger::since(now)).took(now);
        if let Some(case) = self.cases.get_mut(&request) {
            case.standing = Standing::Taken(volunteer);
            let ended = case.pursuit.withdraw(now);
            self.learn(ended);
        }
        Ok(())
    }

    fn finish_or_give_back(&mut self) -> Result<(), String> {
        let Some(request) = self.any(|case| matches!(case.standing, Standing::Taken(_))) else {
            return Ok(());
        };
        let is_given_back = self.throw(3) == 0;
        let now = self.now;
        let Some(case) = self.cases.get_mut(&request) else { return Ok(()) };
        let Standing::Taken(volunteer) = case.standing else { return Ok(()) };
        (case.standing, case.look_at) =
            if is_given_back { (Standing::Open, now) } else { (Standing::Ended, case.look_at) };
        let held = self.fleet.get(volunteer).map_or(1, |candidate| candidate.active_claims);
        self.fleet.set_active_claims(volunteer, held.saturating_sub(1));
        self.judge.gives_back(request, volunteer)
    }

    fn change_duty(&mut self) {
        let volunteer = VolunteerId::new(number(1 + u128::from(self.throw(VOLUNTEERS as u64))));
        let duty = if self.throw(2) == 0 { Duty::Off } else { Duty::On { until: None } };
        self.fleet.set_duty(volunteer, duty);
    }

    /// What is kept is all that is left: everything goes through its stored form.
    fn die_and_come_back(&mut self) {
        fn stored<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
            serde_json::from_str(&serde_json::to_string(value).expect("it can be stored"))
                .expect("it comes back")
        }
        self.ledgers = self.ledgers.iter().map(|(volunteer, ledger)| (*volunteer, stored(ledger))).collect();
        self.acceptance = stored(&self.acceptance);
        self.policy = stored(&self.policy);
        for case in self.cases.values_mut() {
            case.pursuit = stored(&case.pursuit);
            if self.plant == Some(Plant::LosesLooks) {
                continue;
            }
            // Whoever comes back looks at everything.
            case.look_at = case.look_at.min(self.now);
        }
        self.seeker = Seeker::default();
    }

    /// No open request is forgotten: a coordinator was called, or somebody looks again before one has to be.
    pub(crate) fn nobody_starves(&self) -> Result<(), String> {
        for case in self.cases.values().filter(|case| case.standing == Standing::Open && !case.is_escalated) {
            let request = &case.request;
            let latest = ageing(&self.policy, request.opened_at, request.window_end, self.now).escalate_at;
            if case.look_at > latest || self.now >= latest {
                return Err(format!(
                    "{} starves: next look {}, coordinator at {latest}",
                    request.request, case.look_at
                ));
            }
        }
        Ok(())
    }
}
