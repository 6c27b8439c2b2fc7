//! Keeps books of their own about a town, and says what must not have happened.

use std::collections::{HashMap, HashSet};

use chrono::{TimeDelta, Timelike};
use domain::Moment;
use domain::dispatch::{Decision, Record, Wave};
use domain::id::{RequestId, VolunteerId};
use domain::matching::first_refusal;

use super::town::{Case, Standing, Town};

#[derive(Debug, Default)]
pub(crate) struct Judge {
    asked: HashSet<(RequestId, VolunteerId)>,
    offers: HashMap<VolunteerId, Vec<Moment>>,
    holders: HashMap<RequestId, VolunteerId>,
    held: HashMap<VolunteerId, u32>,
    pub(crate) decisions: u64,
    pub(crate) waves: u64,
}

impl Judge {
    /// Whether this decision may be carried out in this town as it stands.
    pub(crate) fn looks_at(&self, record: &Record, case: &Case, town: &Town) -> Result<(), String> {
        let request = &case.request;
        if !record.recomputes(&town.policy) {
            return Err(format!("{}: computed again, the decision is another", request.request));
        }
        if case.standing != Standing::Open {
            return Err(format!("{}: looked at although it is not open", request.request));
        }
        let Decision::Ask(wave) = &record.decision else { return Ok(()) };
        for asked in &wave.asked {
            let volunteer = asked.volunteer;
            let fault = |what: &str| Err(format!("{} {volunteer}: {what}", request.request));
            let Some(candidate) = town.fleet.get(volunteer) else { return fault("nobody knows them") };
            if first_refusal(candidate, request, town.at()).is_some() {
                return fault("may not be asked");
            }
            if self.asked.contains(&(request.request, volunteer)) {
                return fault("was asked before");
            }
            if town.now.hour() < 8 || town.now.hour() >= 21 {
                return fault("it is night");
            }
            for (span, most) in [(1, town.policy.budget.per_day), (7, town.policy.budget.per_week)] {
                let start = town.now - TimeDelta::days(span);
                let count = self
                    .offers
                    .get(&volunteer)
                    .map_or(0, |offers| offers.iter().filter(|at| **at > start).count());
                if count >= most as usize {
                    return fault("has had as many offers as the budget bears");
                }
            }
        }
        Ok(())
    }

    pub(crate) fn asks(&mut self, wave: &Wave, request: RequestId, now: Moment) {
        self.waves += 1;
        for asked in &wave.asked {
            self.asked.insert((request, asked.volunteer));
            let offers = self.offers.entry(asked.volunteer).or_default();
            offers.retain(|at| *at > now - TimeDelta::days(9));
            offers.push(now);
        }
    }

    /// A request has one holder at most, and a volunteer no more than they may.
    pub(crate) fn takes(&mut self, request: RequestId, volunteer: VolunteerId) -> Result<(), String> {
        if let Some(holder) = self.holders.insert(request, volunteer) {
            return Err(format!("{request} is held by {holder} and taken by {volunteer}"));
        }
        let held = self.held.entry(volunteer).or_default();
        *held += 1;
        if *held > 2 { Err(format!("{volunteer} holds {held}")) } else { Ok(()) }
    }

    pub(crate) fn gives_back(&mut self, request: RequestId, volunteer: VolunteerId) -> Result<(), String> {
        let held = self.held.entry(volunteer).or_default();
        *held = held.saturating_sub(1);
        let holder = self.holders.remove(&request);
        if holder == Some(volunteer) { Ok(()) } else { Err(format!("{request} was not held by {volunteer}")) }
    }
}
