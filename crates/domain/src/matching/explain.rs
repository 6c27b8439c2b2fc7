//! Why nobody took it: how many volunteers each rule keeps from a request.

use std::collections::BTreeMap;

use super::index::{Among, Detail, Tally};
use super::{At, Fleet, OpenRequest, Refusal};
use crate::id::CampaignId;

/// How many volunteers may not be offered the request, by their first reason. Each volunteer is
/// counted once, so the numbers add up to all who are refused; rules that refuse nobody are left out.
#[must_use]
pub fn refusals(fleet: &Fleet, request: &OpenRequest, at: At) -> BTreeMap<Refusal, u32> {
    named(Tally::of(&fleet.roll, request, at, Among::Everyone, Detail::Counts).first)
}

/// The same of those volunteers whose organisation takes part in a campaign.
#[must_use]
pub fn refusals_in_campaign(
    fleet: &Fleet,
    request: &OpenRequest,
    at: At,
    campaign: CampaignId,
) -> BTreeMap<Refusal, u32> {
    named(Tally::of(&fleet.roll, request, at, Among::Campaign(campaign), Detail::Counts).first)
}

/// How many volunteers are kept away by one rule alone, by that rule: so many more could be asked
/// were it relaxed, and nothing else.
#[must_use]
pub fn sole_refusals(fleet: &Fleet, request: &OpenRequest, at: At) -> BTreeMap<Refusal, u32> {
    named(Tally::of(&fleet.roll, request, at, Among::Everyone, Detail::Counts).sole)
}

fn named(counts: impl IntoIterator<Item = u32>) -> BTreeMap<Refusal, u32> {
    Refusal::ALL.iter().copied().zip(counts).filter(|(_, count)| *count > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::VolunteerId;
    use crate::matching::fixtures::{at, easy, number, willing};
    use crate::matching::{Candidate, Duty, Load};

    #[test]
    fn everyone_is_counted_once_by_their_first_reason() {
        let volunteers = [
            willing(),
            Candidate { duty: Duty::Off, ..willing() },
            Candidate { duty: Duty::Off, capacity: Load::default(), ..willing() },
            Candidate { capacity: Load { grams: 1, millilitres: 90_000 }, ..willing() },
            Candidate { base: None, ..willing() },
        ];
        let fleet = (1..)
            .zip(volunteers)
            .map(|(n, candidate)| Candidate { volunteer: VolunteerId::new(number(n)), ..candidate })
            .collect();
        let first = [(Refusal::OffDuty, 2), (Refusal::TooHeavy, 1), (Refusal::NoPosition, 1)];
        assert_eq!(refusals(&fleet, &easy(), at()), first.into());
        let sole = [(Refusal::OffDuty, 1), (Refusal::TooHeavy, 1), (Refusal::NoPosition, 1)];
        assert_eq!(sole_refusals(&fleet, &easy(), at()), sole.into());
    }
}
