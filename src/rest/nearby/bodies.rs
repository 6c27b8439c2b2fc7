//! What a volunteer is shown of requests that they may take.

use domain::id::{AreaId, CampaignId, RequestId};
use domain::place::Metres;
use domain::words::{RequestKind, Skill, Transport, Urgency};
use serde::Serialize;
use utoipa::ToSchema;

use crate::actions::nearby_requests::{NearbyRequests, Takeable};
use crate::rest::households::PlaceBody;
use crate::rest::requests::{WindowBody, thousandths};

/// Distances are told in steps of this many metres: enough to choose by.
const STEP_M: u32 = 100;

/// What a volunteer may take now.
#[derive(Serialize, ToSchema)]
pub struct NearbyRequestsBody {
    /// Where to go, the nearest first.
    pub nearby: Vec<TakeableBody>,
    /// Whom to call, the most pressing first.
    pub calls: Vec<TakeableBody>,
}

/// A request that a volunteer may take, without its door.
#[derive(Serialize, ToSchema)]
pub struct TakeableBody {
    /// The request, to be claimed by.
    pub request_id: RequestId,
    /// The campaign that serves it.
    pub campaign_id: CampaignId,
    /// The area it lies in.
    pub area_id: AreaId,
    /// What is asked for.
    #[schema(value_type = RequestKind)]
    pub kind: String,
    /// How soon.
    #[schema(value_type = Urgency)]
    pub urgency: String,
    /// How far it is from you to the coarse point, to the nearest 100 m; absent for calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 700)]
    pub distance_m: Option<u32>,
    /// The household's coarse point; absent for calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coarse_point: Option<PlaceBody>,
    /// What it weighs.
    #[schema(example = 7.5)]
    pub weight_kg: f64,
    /// How much room it takes, in litres.
    #[schema(example = 12.0)]
    pub volume_l: f64,
    /// How many different things.
    pub lines: u32,
    /// What you must be able to do.
    #[schema(value_type = Vec<Skill>)]
    pub skills: Vec<String>,
    /// One of these must be spoken.
    pub languages: Vec<String>,
    /// The least means of transport.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Transport>)]
    pub transport: Option<String>,
    /// When help makes sense.
    pub window: WindowBody,
}

impl From<&NearbyRequests> for NearbyRequestsBody {
    fn from(found: &NearbyRequests) -> Self {
        Self {
            nearby: found.nearby.iter().map(TakeableBody::from).collect(),
            calls: found.calls.iter().map(TakeableBody::from).collect(),
        }
    }
}

impl From<&Takeable> for TakeableBody {
    fn from(takeable: &Takeable) -> Self {
        let (row, lines) = (&takeable.shown.row, takeable.shown.lines);
        let place = PlaceBody { lat: row.coarse_lat, lon: row.coarse_lon };
        Self {
            request_id: row.request(),
            campaign_id: CampaignId::new(row.campaign_id),
            area_id: AreaId::new(row.area_id),
            kind: row.kind.clone(),
            urgency: row.urgency.clone(),
            distance_m: takeable.distance.map(rounded),
            coarse_point: takeable.distance.map(|_| place),
            weight_kg: thousandths(row.weight_g),
            volume_l: thousandths(row.volume_ml),
            lines,
            skills: row.skills.iter().flatten().cloned().collect(),
            languages: row.languages.iter().flatten().cloned().collect(),
            transport: row.transport.clone(),
            window: WindowBody { start_at: row.window_start, end_at: row.window_end },
        }
    }
}

const fn rounded(distance: Metres) -> u32 {
    distance.get().saturating_add(STEP_M / 2) / STEP_M * STEP_M
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_told_to_the_nearest_step() {
        for (exact, told) in [(0, 0), (49, 0), (50, 100), (149, 100), (3_151, 3_200)] {
            assert_eq!(rounded(Metres::new(exact)), told, "{exact}");
        }
    }
}
