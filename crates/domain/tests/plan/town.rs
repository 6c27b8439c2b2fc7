//! Small towns: volunteers with room for a few tasks, and requests around them, some of which nobody may take.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::Moment;
use domain::id::{
    AreaId, CampaignId, HouseholdId, OrganisationId, PolicyId, RequestId, SnapshotId, VolunteerId,
};
use domain::matching::{At, Availability, Candidate, Duty, Fleet, Load, MinuteOfWeek, OpenRequest, Skills};
use domain::place::{CoarsePoint, GreatCircleTravel, Metres, Position};
use domain::plan::{PlanPolicy, Record, Sight, Snapshot};
use domain::words::{RequestKind, Transport, Urgency};
use proptest::prelude::*;
use uuid::Uuid;

#[derive(Debug, Clone)]
pub(crate) struct Town {
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) requests: Vec<OpenRequest>,
    pub(crate) policy: PlanPolicy,
}

pub(crate) fn number(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// Monday 30 March 2020, noon.
pub(crate) fn at() -> At {
    At {
        now: Moment::from_timestamp(1_585_569_600, 0).expect("a moment"),
        local: MinuteOfWeek::new(12 * 60).expect("a minute of the week"),
    }
}

/// Whoever may take anything near by; kilometres north and east of the town's middle.
pub(crate) fn candidate(id: u128, (north, east): (f64, f64), limit: u32) -> Candidate {
    Candidate {
        volunteer: VolunteerId::new(number(id)),
        organisation: OrganisationId::new(number(1)),
        campaigns: Arc::new([CampaignId::new(number(1))].into()),
        area: AreaId::new(number(1)),
        approved: true,
        duty: Duty::On { until: None },
        availability: Availability::Always,
        rest_until: None,
        active_claims: 0,
        claim_limit: limit,
        base: Position::new(43.24 + north / 111.2, 76.89 + east / 81.0).ok(),
        last_seen: None,
        transport: Transport::Bicycle,
        capacity: Load { grams: 8_000, millilitres: 20_000 },
        skills: Skills::NONE,
        languages: BTreeSet::new(),
        radius: Metres::new(6_000),
        blocks: BTreeSet::new(),
        served: BTreeSet::new(),
    }
}

/// A request that anyone may take, opened so many hours ago.
pub(crate) fn request(id: u128, (north, east): (f64, f64), hours: i64) -> OpenRequest {
    OpenRequest {
        request: RequestId::new(number(id)),
        household: HouseholdId::new(number(id)),
        organisation: OrganisationId::new(number(1)),
        campaign: CampaignId::new(number(1)),
        area: AreaId::new(number(1)),
        neighbours: BTreeSet::new(),
        kind: RequestKind::Delivery,
        urgency: Urgency::Normal,
        place: CoarsePoint::stored(43.24 + north / 111.2, 76.89 + east / 81.0, None).expect("on the globe"),
        load: Load { grams: 3_000, millilitres: 5_000 },
        skills: Skills::NONE,
        transport: None,
        languages: Vec::new(),
        categories: BTreeSet::new(),
        opened_at: at().now - TimeDelta::hours(hours),
        window_end: None,
    }
}

impl Town {
    pub(crate) fn of(candidates: Vec<Candidate>, requests: Vec<OpenRequest>) -> Self {
        // One candidate to begin with, so that the others have to be looked for.
        Self { candidates, requests, policy: PlanPolicy { listed: 1, ..PlanPolicy::default() } }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let fleet: Fleet = self.candidates.iter().cloned().collect();
        let travel = GreatCircleTravel::default();
        let sight = Sight { fleet: &fleet, at: at(), travel: &travel, policy: &self.policy };
        sight.snapshot(SnapshotId::new(number(9)), &self.requests).expect("few")
    }

    pub(crate) fn plan(&self) -> Record {
        Record::of(PolicyId::new(number(1)), self.snapshot())
    }
}

fn spot() -> impl Strategy<Value = (f64, f64)> {
    (-3.0..3.0_f64, -3.0..3.0_f64)
}

fn somebody() -> impl Strategy<Value = Candidate> {
    let room = (0_u32..2, 0_u32..4);
    (spot(), room, 500_u32..7_000, 0_u32..9, 0_u128..7).prop_map(
        |(spot, (held, limit), radius, kind, block)| {
            let somebody = candidate(0, spot, limit);
            Candidate {
                active_claims: held,
                radius: Metres::new(radius),
                base: somebody.base.filter(|_| kind > 0),
                transport: if kind % 2 == 0 { Transport::Foot } else { Transport::Car },
                duty: if kind == 8 { Duty::Off } else { Duty::On { until: None } },
                blocks: [HouseholdId::new(number(block))].into(),
                ..somebody
            }
        },
    )
}

fn something() -> impl Strategy<Value = OpenRequest> {
    (spot(), 0_i64..100, 0_usize..4, 0_u32..12).prop_map(|(spot, hours, urgency, kind)| OpenRequest {
        urgency: Urgency::ALL[urgency],
        kind: if kind == 0 { RequestKind::Call } else { RequestKind::Delivery },
        load: Load { grams: if kind == 1 { 9_000 } else { 3_000 }, millilitres: 1_000 },
        window_end: (kind == 2).then(|| at().now),
        ..request(0, spot, hours)
    })
}

/// So many requests and volunteers at most, in no order of ids.
pub(crate) fn towns(requests: usize, volunteers: usize) -> impl Strategy<Value = Town> {
    let people = proptest::collection::vec(somebody(), 0..=volunteers).prop_map(|people| {
        let ids = (1_u128..).map(|id| VolunteerId::new(number(id)));
        ids.zip(people).map(|(volunteer, who)| Candidate { volunteer, ..who }).collect::<Vec<_>>()
    });
    let wanted = proptest::collection::vec(something(), 0..=requests).prop_map(|wanted| {
        let numbered = (1_u128..).zip(wanted).map(|(id, wanted)| OpenRequest {
            request: RequestId::new(number(id)),
            household: HouseholdId::new(number(id)),
            ..wanted
        });
        numbered.collect::<Vec<_>>()
    });
    let numbers = (200_u32..8_000, 0_u32..4, 0_u64..5);
    (people.prop_shuffle(), wanted.prop_shuffle(), numbers).prop_map(
        |(candidates, requests, (fresh_s, most_each, seed))| {
            let mut town = Town::of(candidates, requests);
            town.policy = PlanPolicy { fresh_s, most_each, seed, ..town.policy };
            town
        },
    )
}
