//! A part of the city that is small enough for a sandbox: one district, one organisation, and requests in all the
//! states that one meets first. What takes time to come about (a lapse, an expiry) whoever tries it out can have by
//! advancing the clock.

use domain::household::HouseholdStatus;

use super::fates::Fate;
use super::{Plan, PlannedHousehold, PlannedVolunteer, requests};
use crate::demo::DemoError;

/// The district, by its place in the list.
const DISTRICT: usize = 0;

/// How many volunteers there are at most, the newcomer's own among them.
const VOLUNTEERS: usize = 16;

/// How many households there are of each status. As many as the requests need, and some that have asked for nothing.
const HOUSEHOLDS: [(HouseholdStatus, usize); 4] = [
    (HouseholdStatus::PendingVerification, 4),
    (HouseholdStatus::Verified, 30),
    (HouseholdStatus::Suspended, 1),
    (HouseholdStatus::Rejected, 1),
];

/// How many requests have which fate.
const FATES: [(Fate, usize); 12] = [
    (Fate::Waits, 2),
    (Fate::Open, 6),
    (Fate::Released, 1),
    (Fate::Claimed, 2),
    (Fate::PickedUp, 2),
    (Fate::AtDoor, 1),
    (Fate::BadAddress, 1),
    (Fate::Acknowledged, 5),
    (Fate::Awaiting, 2),
    (Fate::CalledOff, 1),
    (Fate::Refused, 1),
    (Fate::Concluded, 1),
];

impl Plan {
    /// Draws a quarter of the city of a seed. Its volunteers are written to at `host`.
    ///
    /// # Errors
    /// When the city cannot be drawn: a fault of this program.
    pub fn quarter(seed: u64, host: &str) -> Result<Self, DemoError> {
        let city = Self::draw(seed)?;
        let households = households(city.households);
        let volunteers = volunteers(city.volunteers, host);
        let mut requests = requests::draw(seed, &FATES, &households, &volunteers);
        // In a small place there may be nobody near who could.
        for request in requests.iter_mut().filter(|request| request.fate.is_taken()) {
            if request.takers.is_empty() {
                request.fate = Fate::Open;
            }
        }
        let outlines = city.outlines.into_iter().skip(DISTRICT).take(1).collect();
        Ok(Self { seed, outlines, households, volunteers, requests })
    }
}

fn households(all: Vec<PlannedHousehold>) -> Vec<PlannedHousehold> {
    let mut left = HOUSEHOLDS;
    let mut has_room = |status| match left.iter_mut().find(|(wanted, count)| *wanted == status && *count > 0)
    {
        Some((_, count)) => {
            *count -= 1;
            true
        }
        None => false,
    };
    all.into_iter()
        .filter(|household| household.district == DISTRICT && has_room(household.status))
        .enumerate()
        .map(|(number, household)| PlannedHousehold { number, organisation: 0, district: 0, ..household })
        .collect()
}

fn volunteers(all: Vec<PlannedVolunteer>, host: &str) -> Vec<PlannedVolunteer> {
    all.into_iter()
        .filter(|volunteer| volunteer.district == DISTRICT)
        .take(VOLUNTEERS)
        .enumerate()
        .map(|(number, volunteer)| PlannedVolunteer {
            number,
            organisation: 0,
            district: 0,
            email: format!("volunteer-{:03}@{host}", number + 1),
            ..volunteer
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::demo::plan::{NEWCOMERS, Readiness};

    #[test]
    fn a_quarter_has_requests_of_every_fate_it_shall_have_and_somebody_to_take_each() {
        let plan = Plan::quarter(1, "one.sandbox.example").unwrap();
        let fates: BTreeSet<Fate> = plan.requests.iter().map(|request| request.fate).collect();
        assert_eq!(fates, FATES.iter().map(|(fate, _)| *fate).collect());
        assert_eq!(plan.requests.len(), FATES.iter().map(|(_, count)| count).sum::<usize>());
        let takers = plan.requests.iter().flat_map(|request| &request.takers);
        assert!(takers.clone().all(|taker| plan.volunteers[*taker].readiness == Readiness::OnDuty));
        assert!(takers.clone().count() > 0 && takers.clone().all(|taker| *taker != NEWCOMERS));
        for (number, household) in plan.households.iter().enumerate() {
            assert_eq!((household.number, household.organisation, household.district), (number, 0, 0));
            assert!(plan.outlines[0].contains(household.position));
        }
    }
}
