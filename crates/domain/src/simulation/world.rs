//! A simulated city as it stands: who is on duty, who has what, who was asked, and what is remembered of them.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::dice::About;
use super::entry::{Agenda, Entry};
use super::people::{City, id, seconds};
use super::scenario::Scenario;
use super::tally::Tallies;
use crate::Moment;
use crate::dispatch::acceptance::{Acceptance, Outcome};
use crate::dispatch::{Answer, Asked, DeclineReason, Ledger, Offer, Pursuit};
use crate::id::VolunteerId;
use crate::matching::{At, Duty, Fleet, MinuteOfWeek, OpenRequest, first_refusal_to_claim};
use crate::place::{GreatCircleTravel, Seconds, TravelTime};

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Not asked for yet, or over.
    Gone,
    Open,
    Taken,
}

/// A simulated city as it stands.
pub(super) struct World<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) city: City,
    pub(super) fleet: Fleet,
    pub(super) ledgers: HashMap<VolunteerId, Ledger>,
    pub(super) acceptance: Acceptance,
    pub(super) standings: Vec<Standing>,
    pub(super) pursuits: Vec<Pursuit>,
    pub(super) agenda: Agenda,
    pub(super) tallies: Tallies,
    pub(super) now: Moment,
}

impl<'a> World<'a> {
    pub(super) fn of(scenario: &'a Scenario) -> Self {
        let city = City::of(scenario);
        let (mut agenda, start) = (Agenda::default(), city.start);
        for day in 0..i64::from(scenario.warm_up_days + scenario.days) {
            agenda.write(start + TimeDelta::days(day), Entry::Day(day));
        }
        for (number, need) in city.needs.iter().enumerate() {
            agenda.write(need.request.opened_at, Entry::Opens(number));
        }
        for (number, person) in city.people.iter().enumerate() {
            if let Some(leaves_at) = person.leaves_at {
                agenda.write(leaves_at, Entry::Leaves(number));
            }
        }
        let ledgers = city.people.iter().map(|person| (person.candidate.volunteer, Ledger::since(start)));
        Self {
            scenario,
            fleet: city.people.iter().map(|person| person.candidate.clone()).collect(),
            ledgers: ledgers.collect(),
            acceptance: Acceptance::default(),
            standings: vec![Standing::Gone; city.needs.len()],
            pursuits: vec![Pursuit::default(); city.needs.len()],
            tallies: Tallies::of(scenario, &city),
            agenda,
            now: start,
            city,
        }
    }

    pub(super) fn at(&self) -> At {
        let zone = TimeDelta::minutes(i64::from(self.scenario.time_zone_minutes));
        At { now: self.now, local: MinuteOfWeek::of((self.now + zone).naive_utc()) }
    }

    pub(super) fn request(&self, need: usize) -> Option<&OpenRequest> {
        self.city.needs.get(need).map(|need| &need.request)
    }

    pub(super) fn is_open(&self, need: usize) -> bool {
        self.standings.get(need) == Some(&Standing::Open)
    }

    fn set(&mut self, need: usize, standing: Standing) {
        if let Some(kept) = self.standings.get_mut(need) {
            *kept = standing;
        }
    }

    pub(super) fn open(&mut self, need: usize) {
        self.set(need, Standing::Open);
        if let Some(end) = self.request(need).and_then(|request| request.window_end) {
            self.agenda.write(end, Entry::Ends(need));
        }
        self.agenda.write(self.now, Entry::Look(need));
    }

    /// Those on duty today go on and off it at their times.
    pub(super) fn begin_day(&mut self, day: i64) {
        let people = self.scenario.people;
        for (place, person) in self.city.people.iter().enumerate() {
            if let Some((from, until)) = self.city.duty(&people, person.number, day) {
                self.agenda.write(from, Entry::OnDuty(place));
                self.agenda.write(until, Entry::OffDuty(place));
            }
        }
    }

    pub(super) fn set_duty(&mut self, person: usize, duty: Duty) {
        if let Some(person) = self.city.people.get(person) {
            self.fleet.set_duty(person.candidate.volunteer, duty);
        }
    }

    pub(super) fn leave(&mut self, person: usize) {
        if let Some(person) = self.city.people.get(person) {
            self.fleet.remove(person.candidate.volunteer);
        }
    }

    /// Somebody is asked: what they will do about it is written down.
    pub(super) fn ask(&mut self, need: usize, asked: &Asked) {
        let (people, dice, now) = (self.scenario.people, self.city.dice, self.now);
        let Some(person) = number_of(asked.volunteer) else { return };
        let ledger = self.ledgers.entry(asked.volunteer).or_insert_with(|| Ledger::since(now));
        let offers = ledger.offers(now).1;
        ledger.asked(now);
        self.tallies.asked(need, person, now);
        let Some(somebody) = self.city.people.get_mut(person) else { return };
        let of = [somebody.number, self.city.needs.get(need).map_or(0, |need| need.number)];
        let is_looking = somebody.inactive_until <= now;
        if is_looking && dice.unit(About::Tiring, of, 0) * 100.0 < people.inactive_percent {
            let days = -people.inactive_days * (1.0 - dice.unit(About::Tiring, of, 1)).ln();
            somebody.inactive_until = now + seconds(days * 86_400.0);
        }
        if !is_looking {
            return;
        }
        let way = asked.facts.travel.unwrap_or_default();
        let throw = dice.unit(About::Accepting, of, 0);
        let accepts = somebody.accepts(&people, throw, way, asked.facts.active_claims, offers);
        let delay = dice.around(people.answer_minutes * 60.0, people.answer_spread, About::Answering, of);
        if accepts {
            self.agenda.write(now + seconds(delay), Entry::Accepts { need, person });
        } else if dice.unit(About::Declining, of, 0) * 100.0 < people.decline_percent {
            self.agenda.write(now + seconds(delay), Entry::Declines { need, person });
        }
    }

    /// Somebody would take it, if they may still.
    pub(super) fn accept(&mut self, need: usize, person: usize) {
        let (at, people) = (self.at(), self.scenario.people);
        let Some(volunteer) = self.city.people.get(person).map(|person| person.candidate.volunteer) else {
            return;
        };
        if !self.is_open(need) {
            self.tallies.too_late(need);
            return;
        }
        let may = self.fleet.get(volunteer).zip(self.request(need));
        let may =
            may.is_some_and(|(candidate, request)| first_refusal_to_claim(candidate, request, at).is_none());
        let pursuit = self.pursuits.get_mut(need).filter(|_| may);
        let Some((offer, outcome)) =
            pursuit.and_then(|pursuit| pursuit.answer(volunteer, Answer::Accept, at.now))
        else {
            return;
        };
        self.learn(&offer, outcome);
        self.set(need, Standing::Taken);
        self.hold(volunteer, 1);
        if let Some(ledger) = self.ledgers.get_mut(&volunteer) {
            ledger.took(at.now);
        }
        self.tallies.taken(need, person, at.now);
        self.withdraw(need);
        let of = [person as u64, need as u64];
        if self.city.dice.unit(About::Coming, of, 0) * 100.0 < people.no_show_percent {
            self.agenda.write(at.now + seconds(people.lease_minutes * 60.0), Entry::Lapses { need, person });
        } else {
            let handling = self.city.dice.around(
                people.handling_minutes * 60.0,
                people.handling_spread,
                About::Handling,
                of,
            );
            let way = f64::from(offer.facts.travel.unwrap_or_default().get());
            self.agenda.write(at.now + seconds(handling + way), Entry::AtDoor { need, person });
        }
    }

    /// Somebody says that they will not. Whoever cannot now is not asked for some hours.
    pub(super) fn decline(&mut self, need: usize, person: usize) {
        let reason = match self.city.dice.unit(About::Declining, [person as u64, need as u64], 1) {
            throw if throw < 0.6 => DeclineReason::NotNow,
            throw if throw < 0.75 => DeclineReason::TooFar,
            _ => DeclineReason::Other,
        };
        let Some(volunteer) = self.city.people.get(person).map(|person| person.candidate.volunteer) else {
            return;
        };
        let answered = self
            .pursuits
            .get_mut(need)
            .and_then(|pursuit| pursuit.answer(volunteer, Answer::Decline(reason), self.now));
        if let Some((offer, outcome)) = answered {
            self.learn(&offer, outcome);
            if reason.rest() > TimeDelta::zero() {
                self.fleet.set_rest(volunteer, Some(self.now + reason.rest()));
            }
            if self.pursuits.get(need).is_some_and(|pursuit| pursuit.outstanding(self.now).is_empty()) {
                self.agenda.write(self.now, Entry::Look(need));
            }
        }
    }

    /// Nobody came: it is open again, and somebody else is looked for.
    pub(super) fn lapse(&mut self, need: usize, person: usize) {
        self.release(person);
        let now = self.now;
        if self.request(need).and_then(|request| request.window_end).is_some_and(|end| now < end) {
            self.set(need, Standing::Open);
            self.tallies.reopened(need);
            self.agenda.write(now, Entry::Look(need));
        } else {
            self.set(need, Standing::Gone);
            self.tallies.reopened(need);
        }
    }

    pub(super) fn arrive(&mut self, need: usize, person: usize) {
        self.release(person);
        self.set(need, Standing::Gone);
        self.tallies.at_door(need, self.now);
    }

    /// The window is over: whoever was asked is told so.
    pub(super) fn end(&mut self, need: usize) {
        if self.is_open(need) {
            self.set(need, Standing::Gone);
            self.withdraw(need);
        }
    }

    /// Offers that ran out teach that nobody answered.
    pub(super) fn lapse_offers(&mut self, need: usize) {
        let ended = self.pursuits.get_mut(need).map(|pursuit| pursuit.lapse(self.now)).unwrap_or_default();
        for (offer, outcome) in ended {
            self.learn(&offer, outcome);
        }
    }

    fn withdraw(&mut self, need: usize) {
        let ended = self.pursuits.get_mut(need).map(|pursuit| pursuit.withdraw(self.now)).unwrap_or_default();
        for (offer, outcome) in ended {
            self.learn(&offer, outcome);
        }
    }

    fn learn(&mut self, offer: &Offer, outcome: Outcome) {
        if let Some(ledger) = self.ledgers.get_mut(&offer.volunteer) {
            ledger.own = self.acceptance.learn(ledger.own, &offer.facts, &offer.parts, outcome, self.now);
        }
    }

    fn release(&mut self, person: usize) {
        if let Some(volunteer) = self.city.people.get(person).map(|person| person.candidate.volunteer) {
            self.hold(volunteer, -1);
        }
    }

    fn hold(&mut self, volunteer: VolunteerId, more: i32) {
        let held = self.fleet.get(volunteer).map_or(0, |candidate| candidate.active_claims);
        self.fleet.set_active_claims(volunteer, held.saturating_add_signed(more));
    }

    pub(super) fn way(&self, volunteer: VolunteerId, need: usize) -> Option<Seconds> {
        let candidate = self.fleet.get(volunteer)?;
        let here = candidate.position(self.now)?;
        let door = self.request(need)?.place.position();
        Some(GreatCircleTravel::default().travel_time(here, door, candidate.transport))
    }
}

/// The place of a volunteer in the city's list, which their id was made of.
pub(super) fn number_of(volunteer: VolunteerId) -> Option<usize> {
    let number = volunteer.uuid().as_u128().checked_sub(id(0).as_u128())?;
    usize::try_from(number).ok()
}
