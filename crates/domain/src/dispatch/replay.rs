//! What another policy would have decided where this one did: each decision by itself, from what it saw.
//!
//! What would have followed is not known: whoever was not asked has answered nothing. So offers, chances and calls for a
//! coordinator are compared decision by decision, and nothing is said of deliveries.

use serde::Serialize;

use super::{Decision, DispatchPolicy, Record, decide};

/// What decisions came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Told {
    /// How often volunteers were asked.
    pub waves: u64,
    /// How many were.
    pub offers: u64,
    /// How many were expected to accept, in thousandths.
    pub expected_millis: u64,
    /// The chance of each wave that somebody accepts before the next one, added up, in millionths.
    pub chances: u64,
    /// How often it was waited.
    pub waits: u64,
    /// How often a coordinator was called.
    pub escalations: u64,
}

/// Decisions of a past period, beside those of another policy in the same situations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Replayed {
    /// How many there were.
    pub decisions: u64,
    /// How many came out the same again by the policy that had made them: all, or something is wrong.
    pub recomputed: u64,
    /// How many the other policy makes alike.
    pub alike: u64,
    /// What was decided.
    pub then: Told,
    /// What the other policy decides.
    pub other: Told,
}

impl Told {
    fn take(&mut self, decision: &Decision) {
        match decision {
            Decision::Ask(wave) => {
                self.waves += 1;
                self.offers += wave.asked.len() as u64;
                self.expected_millis += u64::from(wave.expected_millis);
                self.chances += u64::from(wave.chance.get());
            }
            Decision::Wait { .. } => self.waits += 1,
            Decision::Escalate { .. } => self.escalations += 1,
        }
    }
}

impl Replayed {
    /// Takes in a decision that was made by `own`; answers whether it came out the same again.
    pub fn take(&mut self, record: &Record, own: &DispatchPolicy, other: &DispatchPolicy) -> bool {
        let is_same = record.recomputes(own);
        let decided = decide(other, &record.snapshot);
        self.decisions += 1;
        self.recomputed += u64::from(is_same);
        self.alike += u64::from(decided == record.decision);
        self.then.take(&record.decision);
        self.other.take(&decided);
        is_same
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::Moment;
    use crate::dispatch::acceptance::{Acceptance, Delays, Facts, Tally};
    use crate::dispatch::{Chance, Mode, Prospect, Snapshot};
    use crate::id::{PolicyId, RequestId, SnapshotId, VolunteerId};
    use crate::place::Seconds;
    use crate::words::Urgency;

    fn snapshot() -> Snapshot {
        let now = Moment::UNIX_EPOCH;
        let prospect = |number: u32| {
            let travel = Some(Seconds::new(60 * number));
            let facts = Facts { travel, active_claims: 0, hour: 12, recent_offers: 0 };
            Prospect {
                volunteer: VolunteerId::new(Uuid::from_u128(u128::from(number))),
                facts,
                parts: Acceptance::default().parts(Tally::default(), &facts, now),
                idle_s: 0,
                recent_tasks: 0,
                quiet_for_s: 0,
            }
        };
        Snapshot {
            now,
            opened_at: now,
            window_end: None,
            urgency: Urgency::Normal,
            waves: 0,
            last_wave_at: None,
            outstanding: Vec::new(),
            prospects: (1..=30).map(prospect).collect(),
            others_later: 0,
            used: Chance::NEVER,
            delays: Delays::default(),
        }
    }

    #[test]
    fn another_policy_is_compared_and_a_record_that_was_edited_is_noticed() {
        let own = DispatchPolicy { mode: Mode::Waves, ..DispatchPolicy::default() };
        let id = Uuid::from_u128(1);
        let record =
            Record::of(RequestId::new(id), (PolicyId::new(id), &own), SnapshotId::new(id), snapshot());
        let mut replayed = Replayed::default();
        assert!(replayed.take(&record, &own, &DispatchPolicy { mode: Mode::Exclusive, ..own }));
        assert_eq!((replayed.decisions, replayed.recomputed, replayed.alike), (1, 1, 0));
        assert_eq!((replayed.then.waves, replayed.other.offers), (1, 1));
        assert!(replayed.then.offers > 1);
        assert!(replayed.take(&record, &own, &DispatchPolicy { mode: Mode::SelfClaim, ..own }));
        assert_eq!((replayed.other.waits, replayed.other.offers), (1, 1));
        let mut edited = record;
        if let Decision::Ask(wave) = &mut edited.decision {
            wave.asked.pop();
        }
        assert!(!replayed.take(&edited, &own, &own));
        assert_eq!((replayed.decisions, replayed.recomputed), (3, 2));
    }
}
