//! Who lives in the town, and what they ask for.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::id::{AreaId, CampaignId, HouseholdId, OrganisationId, RequestId, VolunteerId};
use domain::matching::{Availability, Candidate, Duty, Load, OpenRequest, Skills};
use domain::place::{CoarsePoint, Metres, Position};
use domain::words::{RequestKind, Transport, Urgency};

use super::town::{Town, number};

impl Town {
    pub(super) fn somebody(&mut self, volunteer: u128) -> Candidate {
        let (lat, lon) = self.somewhere();
        Candidate {
            volunteer: VolunteerId::new(number(volunteer)),
            organisation: OrganisationId::new(number(1)),
            campaigns: Arc::new([CampaignId::new(number(1))].into()),
            area: AreaId::new(number(1)),
            approved: true,
            duty: Duty::On { until: None },
            availability: Availability::Always,
            rest_until: None,
            active_claims: 0,
            claim_limit: 2,
            base: Position::new(lat, lon).ok(),
            last_seen: None,
            transport: Transport::Car,
            capacity: Load { grams: 8_000, millilitres: 20_000 },
            skills: Skills::NONE,
            languages: BTreeSet::new(),
            radius: Metres::new(4_000),
            blocks: BTreeSet::new(),
            served: BTreeSet::new(),
        }
    }

    /// What is asked for next.
    pub(super) fn request(&mut self) -> OpenRequest {
        let (lat, lon) = self.somewhere();
        let urgency = Urgency::ALL[self.throw(Urgency::ALL.len() as u64) as usize];
        let end = self.throw(4);
        OpenRequest {
            request: RequestId::new(number(self.made)),
            household: HouseholdId::new(number(self.made)),
            organisation: OrganisationId::new(number(1)),
            campaign: CampaignId::new(number(1)),
            area: AreaId::new(number(1)),
            neighbours: BTreeSet::new(),
            kind: if self.throw(10) == 0 { RequestKind::Call } else { RequestKind::Delivery },
            urgency,
            place: CoarsePoint::stored(lat, lon, None).expect("on the globe"),
            load: Load { grams: if self.throw(20) == 0 { 9_000 } else { 3_000 }, millilitres: 1_000 },
            skills: Skills::NONE,
            transport: None,
            languages: Vec::new(),
            categories: BTreeSet::new(),
            opened_at: self.now,
            window_end: (end > 0).then(|| self.now + TimeDelta::hours(10 * end as i64)),
        }
    }
}
