//! What a volunteer is shown of requests that they may take.

use domain::id::{AreaId, CampaignId, RequestId};
use domain::place::Metres;
use domain::words::{RequestKind, Skill, Transport, Urgency};
use serde::Serialize;
use utoipa::ToSchema;

use crate::actions::nearby_requests::{NearbyRequests, Takeable};
use crate::rest::households::PlaceBody;
use crate::rest::requests::{WindowBody, thousandths};
use crate::storage::rows::RequestRow;

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

/// The answer as bytes, in the words of [`NearbyRequestsBody`].
///
/// A request is told of to many, who differ in how far they have to go and in nothing else: what is the
/// same for all is put into words once.
pub(super) fn bytes(found: &NearbyRequests) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(32 + (found.nearby.len() + found.calls.len()) * USUAL_LENGTH);
    bytes.extend_from_slice(br#"{"nearby":["#);
    append(&mut bytes, &found.nearby);
    bytes.extend_from_slice(br#"],"calls":["#);
    append(&mut bytes, &found.calls);
    bytes.extend_from_slice(b"]}");
    bytes
}

/// About how long one of them is.
const USUAL_LENGTH: usize = 512;

fn append(bytes: &mut Vec<u8>, all: &[Takeable]) {
    for (place, takeable) in all.iter().enumerate() {
        if place > 0 {
            bytes.push(b',');
        }
        let [before, after] = takeable.shown.told.get_or_init(|| told(takeable));
        bytes.extend_from_slice(before.as_bytes());
        if let Some(distance) = takeable.distance {
            bytes.extend_from_slice(rounded(distance).to_string().as_bytes());
        }
        bytes.extend_from_slice(after.as_bytes());
    }
}

/// What is told before the distance and after it; of a call, which has none, everything before.
///
/// Whether there is a distance is the request's kind to say, so it is the same for all who are told.
fn told(takeable: &Takeable) -> [Box<str>; 2] {
    // No distance on earth, so it is found again.
    const ANY: u32 = u32::MAX;
    let distance_m = takeable.distance.map(|_| ANY);
    let body = TakeableBody { distance_m, ..TakeableBody::from(takeable) };
    // Plain structs of strings and numbers: nothing in them can fail to serialise.
    let text = serde_json::to_string(&body).unwrap_or_default();
    match text.split_once(&format!("\"distance_m\":{ANY},")) {
        Some((before, after)) => [format!("{before}\"distance_m\":").into(), format!(",{after}").into()],
        None => [text.into(), Box::default()],
    }
}

impl From<&Takeable> for TakeableBody {
    fn from(takeable: &Takeable) -> Self {
        Self::of(&takeable.shown.row, takeable.shown.lines, takeable.distance)
    }
}

impl TakeableBody {
    /// A request that is offered to somebody; how far their way is, the offer tells.
    #[must_use]
    pub fn offered(row: &RequestRow, lines: u32) -> Self {
        Self::of(row, lines, None)
    }

    fn of(row: &RequestRow, lines: u32, distance: Option<Metres>) -> Self {
        let is_call = row.kind == RequestKind::Call.as_str();
        let place = PlaceBody { lat: row.coarse_lat, lon: row.coarse_lon };
        Self {
            request_id: row.request(),
            campaign_id: CampaignId::new(row.campaign_id),
            area_id: AreaId::new(row.area_id),
            kind: row.kind.clone(),
            urgency: row.urgency.clone(),
            distance_m: distance.map(rounded),
            coarse_point: (!is_call).then_some(place),
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
    use std::sync::{Arc, OnceLock};

    use uuid::Uuid;

    use super::*;
    use crate::actions::nearby_requests::Shown;
    use crate::storage::rows::RequestRow;

    fn row(n: u128, kind: &str) -> RequestRow {
        let (id, at) = (Uuid::from_u128(n), "2026-11-22T10:20:30.123456Z".parse().unwrap());
        RequestRow {
            id,
            organisation_id: id,
            area_id: id,
            campaign_id: id,
            household_id: id,
            hub_id: None,
            partner_id: None,
            external_id: None,
            kind: kind.to_owned(),
            status: "open".to_owned(),
            status_reason: None,
            hold: None,
            goods_out: false,
            urgency: "high".to_owned(),
            transport: (n == 1).then(|| "car".to_owned()),
            skills: vec![Some("first_aid".to_owned())],
            languages: vec![Some("kk".to_owned()), Some("ru".to_owned())],
            weight_g: 7_250,
            volume_ml: 12_000,
            coarse_lat: 43.25,
            coarse_lon: 76.9,
            window_start: at,
            window_end: at,
            failures: 0,
            fence: 0,
            escalated_at: None,
            opened_at: None,
            fulfilled_at: None,
            acknowledged_at: None,
            created_at: at,
            updated_at: at,
            version: 1,
        }
    }

    fn takeable(n: u128, kind: &str, distance: Option<u32>) -> Takeable {
        let shown = Arc::new(Shown { row: row(n, kind), lines: 2, told: OnceLock::new() });
        Takeable { shown, distance: distance.map(Metres::new) }
    }

    #[test]
    fn what_was_put_into_words_once_reads_as_if_it_were_for_everyone_anew() {
        let plain = |found: &NearbyRequests| {
            let told = |all: &[Takeable]| all.iter().map(TakeableBody::from).collect();
            let body = NearbyRequestsBody { nearby: told(&found.nearby), calls: told(&found.calls) };
            serde_json::to_string(&body).unwrap()
        };
        let mut found = NearbyRequests::default();
        assert_eq!(bytes(&found), plain(&found).into_bytes());
        found.nearby = vec![takeable(1, "delivery", Some(0)), takeable(2, "collection", Some(3_151))];
        found.calls = vec![takeable(3, "call", None), takeable(4, "call", None)];
        assert_eq!(String::from_utf8(bytes(&found)).unwrap(), plain(&found));
        for takeable in &mut found.nearby {
            takeable.distance = Some(Metres::new(12_345));
        }
        assert_eq!(String::from_utf8(bytes(&found)).unwrap(), plain(&found));
    }

    #[test]
    fn distances_are_told_to_the_nearest_step() {
        for (exact, told) in [(0, 0), (49, 0), (50, 100), (149, 100), (3_151, 3_200)] {
            assert_eq!(rounded(Metres::new(exact)), told, "{exact}");
        }
    }
}
