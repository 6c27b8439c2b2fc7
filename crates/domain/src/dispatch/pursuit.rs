//! What became of the offers of one request: who was asked, who answered what, and who is told that it is taken.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::acceptance::{Facts, Outcome, Parts};
use super::snapshot::seconds_between;
use super::{Chance, Outstanding, Wave};
use crate::Moment;
use crate::id::VolunteerId;
use crate::word::words;

words! {
    /// Where an offer is in its life.
    OfferStatus: "status of an offer" {
        Sent = "sent",
        Accepted = "accepted",
        Declined = "declined",
        Expired = "expired",
        /// Somebody else was sooner, or the request has ended.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// Why somebody declines. No reason counts against anybody.
    DeclineReason: "reason for declining" {
        TooFar = "too_far",
        TooHeavy = "too_heavy",
        NotNow = "not_now",
        Unwell = "unwell",
        Other = "other",
    }
}

/// What a volunteer answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// They take it.
    Accept,
    /// They do not.
    Decline(DeclineReason),
}

/// An offer of one request to one volunteer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// To whom.
    pub volunteer: VolunteerId,
    /// In which wave.
    pub wave: u32,
    /// When.
    pub sent_at: Moment,
    /// Until when.
    pub expires_at: Moment,
    /// What was known.
    pub facts: Facts,
    /// How likely it seemed.
    pub parts: Parts,
    /// What became of it.
    pub status: OfferStatus,
}

/// The offers of one request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pursuit {
    /// All of them, in the order in which they were made.
    pub offers: Vec<Offer>,
    /// How many waves went out.
    pub waves: u32,
    /// When the last one did.
    pub last_wave_at: Option<Moment>,
}

impl DeclineReason {
    /// What it teaches.
    #[must_use]
    pub const fn teaches(self) -> Outcome {
        match self {
            Self::TooFar => Outcome::NotThisOne { is_too_far: true },
            Self::TooHeavy | Self::Unwell => Outcome::NotThisOne { is_too_far: false },
            Self::NotNow | Self::Other => Outcome::Declined,
        }
    }

    /// How long they are not asked again: whoever cannot now is spared for some hours, whoever is unwell for days.
    #[must_use]
    pub const fn rest(self) -> TimeDelta {
        match self {
            Self::TooFar | Self::TooHeavy | Self::Other => TimeDelta::zero(),
            Self::NotNow => TimeDelta::hours(4),
            Self::Unwell => TimeDelta::days(7),
        }
    }
}

impl Pursuit {
    /// The wave goes out. Nobody is asked twice: whoever was, is passed over.
    pub fn send(&mut self, wave: &Wave, now: Moment) {
        self.waves = wave.number.max(self.waves);
        self.last_wave_at = Some(now);
        for asked in &wave.asked {
            if !self.was_asked(asked.volunteer) {
                self.offers.push(Offer {
                    volunteer: asked.volunteer,
                    wave: wave.number,
                    sent_at: now,
                    expires_at: wave.expires_at,
                    facts: asked.facts,
                    parts: asked.parts,
                    status: OfferStatus::Sent,
                });
            }
        }
    }

    /// Whether this volunteer was ever asked for this request.
    #[must_use]
    pub fn was_asked(&self, volunteer: VolunteerId) -> bool {
        self.offers.iter().any(|offer| offer.volunteer == volunteer)
    }

    /// An answer. Answers what it teaches; none when there is no offer to answer any more.
    pub fn answer(
        &mut self,
        volunteer: VolunteerId,
        answer: Answer,
        now: Moment,
    ) -> Option<(Offer, Outcome)> {
        let offer = self.offers.iter_mut().find(|offer| {
            offer.volunteer == volunteer && offer.status == OfferStatus::Sent && now < offer.expires_at
        })?;
        let (status, outcome) = match answer {
            Answer::Accept => {
                (OfferStatus::Accepted, Outcome::Accepted { after_s: seconds_between(offer.sent_at, now) })
            }
            Answer::Decline(reason) => (OfferStatus::Declined, reason.teaches()),
        };
        offer.status = status;
        Some((offer.clone(), outcome))
    }

    /// The offers that ended unanswered by now, with what that teaches.
    pub fn lapse(&mut self, now: Moment) -> Vec<(Offer, Outcome)> {
        self.end(OfferStatus::Expired, now, |offer| offer.expires_at <= now)
    }

    /// Somebody has it, or nobody needs it: those who could still accept are told at once.
    pub fn withdraw(&mut self, now: Moment) -> Vec<(Offer, Outcome)> {
        self.end(OfferStatus::Withdrawn, now, |_| true)
    }

    fn end(
        &mut self,
        status: OfferStatus,
        now: Moment,
        whose: impl Fn(&Offer) -> bool,
    ) -> Vec<(Offer, Outcome)> {
        let open = self.offers.iter_mut().filter(|offer| offer.status == OfferStatus::Sent && whose(offer));
        open.map(|offer| {
            offer.status = status;
            let end = now.min(offer.expires_at);
            (offer.clone(), Outcome::Silent { after_s: seconds_between(offer.sent_at, end) })
        })
        .collect()
    }

    /// The offers that may still be accepted.
    #[must_use]
    pub fn outstanding(&self, now: Moment) -> Vec<Outstanding> {
        let open =
            self.offers.iter().filter(|offer| offer.status == OfferStatus::Sent && now < offer.expires_at);
        open.map(|offer| Outstanding { chance: chance_of(offer), sent_at: offer.sent_at }).collect()
    }
}

fn chance_of(offer: &Offer) -> Chance {
    offer.parts.ever()
}
