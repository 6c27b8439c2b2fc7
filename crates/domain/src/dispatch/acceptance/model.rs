//! The chance that a volunteer accepts, by its parts, and what an outcome teaches.

use serde::{Deserialize, Serialize};

use super::delays::Delays;
use super::factor::{Consideration, Factor};
use super::facts::Facts;
use super::tally::{Accepted, Tally};
use crate::Moment;
use crate::dispatch::Chance;

/// What is usual before anything is known: see the sources of this module's folder.
const USUAL: Chance = Chance::percent(30);
/// What that is worth, in thousandths of an offer.
const USUAL_STRENGTH: u64 = 20_000;
/// What the usual is worth beside a volunteer's own history, in thousandths of an offer: their sixth says more.
const OWN_STRENGTH: u64 = 5_000;
/// Nobody is sure to accept, and nobody is sure not to.
const LEAST: u32 = 1_000;
const MOST: u32 = 950_000;

/// The estimates of one campaign, learnt from its own offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Everyone together.
    pub everyone: Tally,
    /// One table a consideration, in their order.
    pub factors: Vec<Factor>,
    /// How soon answers come.
    pub delays: Delays,
}

/// A chance by its parts, so that it can be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// By what this volunteer did with earlier offers.
    pub base: Chance,
    /// For the way.
    pub way: Chance,
    /// For the claims in hand.
    pub load: Chance,
    /// For the time of day.
    pub hour: Chance,
    /// For the offers of the last days.
    pub tired: Chance,
}

/// What became of an offer, for learning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Accepted after so many seconds.
    Accepted {
        /// From the offer to the answer.
        after_s: u32,
    },
    /// Declined for a reason that is the volunteer's own, or none.
    Declined,
    /// Declined for what the request is: it says nothing of the volunteer, and of the way only when that was it.
    NotThisOne {
        /// Whether it was the way.
        is_too_far: bool,
    },
    /// Never answered, for so many seconds: it expired, or was withdrawn by then.
    Silent {
        /// From the offer to its end.
        after_s: u32,
    },
}

impl Default for Acceptance {
    fn default() -> Self {
        let factors = Consideration::ALL.iter().map(|about| Factor::unseen(*about)).collect();
        Self { everyone: Tally::default(), factors, delays: Delays::default() }
    }
}

impl Parts {
    /// Whether they accept at all, however long it takes.
    #[must_use]
    pub fn ever(&self) -> Chance {
        let ever = self.base.and(self.factors());
        Chance::millionths(ever.get().clamp(LEAST, MOST))
    }

    fn factors(&self) -> Chance {
        self.way.and(self.load).and(self.hour).and(self.tired)
    }

    const fn part(&self, about: Consideration) -> Chance {
        match about {
            Consideration::Way => self.way,
            Consideration::Load => self.load,
            Consideration::Hour => self.hour,
            Consideration::Tired => self.tired,
        }
    }
}

impl Acceptance {
    /// The chance that this volunteer accepts, by its parts. `own` is what they did with earlier offers.
    #[must_use]
    pub fn parts(&self, own: Tally, facts: &Facts, now: Moment) -> Parts {
        let part = |about: Consideration| {
            let table = self.factors.iter().find(|factor| factor.about == about);
            table.map_or(Chance::CERTAIN, |factor| factor.of(facts.bin(about), now))
        };
        let usual = self.everyone.as_of(now).rate(USUAL, USUAL_STRENGTH);
        Parts {
            base: own.as_of(now).rate(usual, OWN_STRENGTH),
            way: part(Consideration::Way),
            load: part(Consideration::Load),
            hour: part(Consideration::Hour),
            tired: part(Consideration::Tired),
        }
    }

    /// Takes in what became of an offer that was made with these facts and these parts. Answers what is known of the
    /// volunteer now.
    pub fn learn(
        &mut self,
        own: Tally,
        facts: &Facts,
        parts: &Parts,
        outcome: Outcome,
        now: Moment,
    ) -> Tally {
        let (accepted, seen) = match outcome {
            Outcome::Accepted { after_s } => {
                self.delays.learn(after_s, now);
                (Accepted::Yes, Chance::CERTAIN)
            }
            Outcome::Declined | Outcome::NotThisOne { is_too_far: true } => (Accepted::No, Chance::CERTAIN),
            Outcome::NotThisOne { is_too_far: false } => return own,
            Outcome::Silent { after_s } => (Accepted::No, self.delays.within(after_s)),
        };
        for factor in &mut self.factors {
            let others = Consideration::ALL.iter().filter(|about| **about != factor.about);
            let exposure =
                others.fold(parts.base.and(seen), |product, about| product.and(parts.part(*about)));
            let is_to_blame =
                factor.about == Consideration::Way || !matches!(outcome, Outcome::NotThisOne { .. });
            if is_to_blame {
                factor.learn(facts.bin(factor.about), accepted, exposure, now);
            }
        }
        if matches!(outcome, Outcome::NotThisOne { .. }) {
            return own;
        }
        let exposure = parts.factors().and(seen);
        self.everyone = self.everyone.with(accepted, exposure, now);
        own.with(accepted, exposure, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Seconds;

    const NEAR: Facts =
        Facts { travel: Some(Seconds::new(120)), active_claims: 0, hour: 12, recent_offers: 0 };

    fn far() -> Facts {
        Facts { travel: Some(Seconds::new(3_000)), ..NEAR }
    }

    #[test]
    fn before_anything_is_known_three_in_ten_accept_what_is_near() {
        let model = Acceptance::default();
        assert_eq!(model.parts(Tally::default(), &NEAR, Moment::UNIX_EPOCH).ever(), Chance::percent(30));
        let far = model.parts(Tally::default(), &far(), Moment::UNIX_EPOCH).ever();
        assert_eq!(far.get(), 108_000);
    }

    #[test]
    fn whoever_passes_over_what_is_far_is_hardly_thought_less_of_for_what_is_near() {
        let after = |facts: Facts| {
            let (mut model, mut own, now) = (Acceptance::default(), Tally::default(), Moment::UNIX_EPOCH);
            for _ in 0..5 {
                let parts = model.parts(own, &facts, now);
                own = model.learn(own, &facts, &parts, Outcome::Silent { after_s: 90_000 }, now);
            }
            model.parts(own, &NEAR, now).base.get()
        };
        assert!(after(far()) > after(NEAR) + 40_000, "{} {}", after(far()), after(NEAR));
    }

    #[test]
    fn an_offer_withdrawn_after_a_minute_says_little() {
        let now = Moment::UNIX_EPOCH;
        let own = |outcome| {
            let mut model = Acceptance::default();
            let parts = model.parts(Tally::default(), &NEAR, now);
            model.learn(Tally::default(), &NEAR, &parts, outcome, now)
        };
        assert!(own(Outcome::Silent { after_s: 60 }).exposure * 5 < own(Outcome::Declined).exposure);
        assert_eq!(own(Outcome::NotThisOne { is_too_far: true }), Tally::default());
        assert_eq!(own(Outcome::NotThisOne { is_too_far: false }), Tally::default());
        assert_eq!(own(Outcome::Accepted { after_s: 60 }).accepted, 1_000);
    }

    #[test]
    fn estimates_come_to_what_people_do() {
        // Everyone accepts three of five when near, one of five when far, whatever was assumed.
        let (mut model, now) = (Acceptance::default(), Moment::UNIX_EPOCH);
        let mut owns = [Tally::default(); 50];
        for round in 0..40_u32 {
            for (own, number) in owns.iter_mut().zip(0_u32..) {
                let is_near = (number + round) % 2 == 0;
                let (facts, of_five) = if is_near { (NEAR, 3) } else { (far(), 1) };
                let parts = model.parts(*own, &facts, now);
                let is_accepted = (number * 7 + round * 3) / 2 % 5 < of_five;
                let outcome = if is_accepted {
                    Outcome::Accepted { after_s: 400 }
                } else {
                    Outcome::Silent { after_s: 90_000 }
                };
                *own = model.learn(*own, &facts, &parts, outcome, now);
            }
        }
        let near = owns.iter().map(|own| model.parts(*own, &NEAR, now).ever().get()).sum::<u32>() / 50;
        let far = owns.iter().map(|own| model.parts(*own, &far(), now).ever().get()).sum::<u32>() / 50;
        assert!((540_000..=660_000).contains(&near) && (150_000..=260_000).contains(&far), "{near} {far}");
    }
}
