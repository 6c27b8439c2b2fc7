//! A volunteer whom no rule refuses and a request that anyone may take: cases start from these.

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;

use super::{At, Availability, Candidate, Duty, Language, Load, MinuteOfWeek, OpenRequest, Skills};
use crate::Moment;
use crate::id::{AreaId, CampaignId, HouseholdId, OrganisationId, RequestId, VolunteerId};
use crate::place::{CoarsePoint, Metres, Position};
use crate::words::{RequestKind, Transport, Urgency};

pub(super) fn number(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// Monday 30 March 2020, noon in UTC and, for these tests, in the area.
pub(super) fn at() -> At {
    At {
        now: Moment::from_timestamp(1_585_569_600, 0).expect("a moment"),
        local: MinuteOfWeek::new(12 * 60).expect("a minute of the week"),
    }
}

pub(super) fn place(lat: f64, lon: f64) -> Position {
    Position::new(lat, lon).expect("on the globe")
}

pub(super) fn coarse(lat: f64, lon: f64) -> CoarsePoint {
    CoarsePoint::stored(lat, lon, None).expect("on the globe")
}

pub(super) fn language(tag: &str) -> Language {
    tag.parse().expect("a language")
}

pub(super) fn willing() -> Candidate {
    Candidate {
        volunteer: VolunteerId::new(number(1)),
        organisation: OrganisationId::new(number(1)),
        campaigns: Arc::new([CampaignId::new(number(1))].into()),
        area: AreaId::new(number(1)),
        approved: true,
        duty: Duty::On { until: None },
        availability: Availability::Always,
        rest_until: None,
        active_claims: 0,
        claim_limit: 3,
        base: Some(place(43.24, 76.89)),
        last_seen: None,
        transport: Transport::Foot,
        capacity: Load { grams: 8_000, millilitres: 20_000 },
        skills: Skills::NONE,
        languages: [language("kk"), language("ru")].into(),
        radius: Metres::new(2_000),
        blocks: BTreeSet::new(),
        served: BTreeSet::new(),
    }
}

pub(super) fn easy() -> OpenRequest {
    OpenRequest {
        request: RequestId::new(number(1)),
        household: HouseholdId::new(number(1)),
        organisation: OrganisationId::new(number(1)),
        campaign: CampaignId::new(number(1)),
        area: AreaId::new(number(1)),
        neighbours: BTreeSet::new(),
        kind: RequestKind::Delivery,
        urgency: Urgency::Normal,
        place: coarse(43.245, 76.895),
        load: Load { grams: 3_000, millilitres: 5_000 },
        skills: Skills::NONE,
        transport: None,
        languages: Vec::new(),
        categories: BTreeSet::new(),
        opened_at: at().now,
        window_end: None,
    }
}

pub(super) fn call() -> OpenRequest {
    OpenRequest { kind: RequestKind::Call, load: Load::default(), ..easy() }
}
