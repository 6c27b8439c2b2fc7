//! A campaign's policy: how long, how often, how far, how many. Versioned; every decision names the
//! version that it used.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::calls::CallRules;
use crate::dispatch::DispatchPolicy;
use crate::id::AreaId;
use crate::place::USUAL_DETOUR_PERCENT;
use crate::retention::RetentionRules;

/// The numbers by which a campaign matches and proves. Missing fields take the defaults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// How long a claim is good for without a sign of progress, in seconds. Default 2 hours.
    pub lease_s: u32,
    /// How long the holder may still see the door after completing, in seconds. Default 30 minutes.
    pub grace_s: u32,
    /// Wrong phrases after which only a coordinator may complete a hand-over. Default 5.
    pub phrase_tries: u32,
    /// How near to the door a position must be to prove a delivery, in metres. Default 75, since
    /// a telephone between buildings is often 50 m off.
    pub at_door_m: u32,
    /// Failed attempts after which a request goes to a coordinator. Default 3.
    pub max_failures: u32,
    /// How long a request is open when no window is given, in seconds. Default 24 hours.
    pub default_window_s: u32,
    /// How long an escalated request stays open after its window, in seconds. Default 24 hours.
    pub extension_s: u32,
    /// How long to wait for an acknowledgement before a welfare check is filed, in seconds. Default 24 hours.
    pub silence_s: u32,
    /// Active claims that a new volunteer may hold. Default 3.
    pub claim_limit: u32,
    /// Buildings or households that a coarse point's cell must hold. Default 5.
    pub coarse_k: u32,
    /// How far a volunteer's feed looks, in metres. Default 10 km.
    pub feed_radius_m: u32,
    /// The country whose telephone numbers are written without a country code, ISO 3166-1 alpha-2. Default KZ.
    pub phone_region: String,
    /// Doors of different households that a volunteer may read in an hour. Default 20.
    #[serde(skip_serializing_if = "are_usual_for_volunteers")]
    pub volunteer_doors_per_hour: u32,
    /// Doors of different households that a coordinator may read one by one in an hour. Default 40.
    #[serde(skip_serializing_if = "are_usual_for_coordinators")]
    pub coordinator_doors_per_hour: u32,
    /// Exports of all households, with their doors, that a coordinator may take in a day. Default 5.
    #[serde(skip_serializing_if = "are_usual_exports")]
    pub coordinator_exports_per_day: u32,
    /// How long roads are in per cent of the straight line, by area, where that was measured: the lengths of some
    /// hundred ways by road between homes, divided by their straight lines. 130 for all others. By it volunteers are
    /// put in order.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, u32>))]
    pub detour_percent: BTreeMap<AreaId, u32>,
    /// When households are called, and when not.
    #[serde(skip_serializing_if = "CallRules::is_usual")]
    pub calls: CallRules,
    /// How volunteers are asked.
    #[serde(skip_serializing_if = "DispatchPolicy::is_usual")]
    pub dispatch: DispatchPolicy,
    /// How long what is private is kept.
    #[serde(skip_serializing_if = "RetentionRules::is_usual")]
    pub retention: RetentionRules,
}

/// What a detour may be: no road is shorter than the straight line.
pub const DETOUR_PERCENT: RangeInclusive<u32> = 100..=1_000;
/// The most areas whose detours were measured.
pub const MOST_DETOURS: u32 = 1_000;

/// A volunteer who delivers all day long opens half as many.
const VOLUNTEER_DOORS: u32 = 20;
/// Whoever calls people up one after another opens as many.
const COORDINATOR_DOORS: u32 = 40;
/// One for each list that somebody keeps elsewhere, and some that went wrong.
const COORDINATOR_EXPORTS: u32 = 5;

// The release before knows none of these fields, and need not as long as nobody uses it.
fn are_usual_for_volunteers(doors: &u32) -> bool {
    *doors == VOLUNTEER_DOORS
}

fn are_usual_for_coordinators(doors: &u32) -> bool {
    *doors == COORDINATOR_DOORS
}

fn are_usual_exports(exports: &u32) -> bool {
    *exports == COORDINATOR_EXPORTS
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            lease_s: 2 * 3600,
            grace_s: 30 * 60,
            phrase_tries: 5,
            at_door_m: 75,
            max_failures: 3,
            default_window_s: 24 * 3600,
            extension_s: 24 * 3600,
            silence_s: 24 * 3600,
            claim_limit: 3,
            coarse_k: 5,
            feed_radius_m: 10_000,
            phone_region: "KZ".to_owned(),
            volunteer_doors_per_hour: VOLUNTEER_DOORS,
            coordinator_doors_per_hour: COORDINATOR_DOORS,
            coordinator_exports_per_day: COORDINATOR_EXPORTS,
            detour_percent: BTreeMap::new(),
            calls: CallRules::default(),
            dispatch: DispatchPolicy::default(),
            retention: RetentionRules::default(),
        }
    }
}

/// The first field of a policy that lies outside its limits, with those limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} is from {min} to {max}")]
pub struct PolicyError {
    /// The field's name, as on the wire.
    pub field: &'static str,
    /// The smallest value that makes sense.
    pub min: u32,
    /// The largest value that makes sense.
    pub max: u32,
}

impl Policy {
    /// How long roads are in an area, in per cent of the great circle.
    #[must_use]
    pub fn detour_in(&self, area: AreaId) -> u32 {
        self.detour_percent.get(&area).copied().unwrap_or(USUAL_DETOUR_PERCENT)
    }

    /// Each number that is one field, with its value and its limits. Those of calls are named `calls/...`,
    /// those of dispatch `dispatch/...`, those of what is kept `retention/...`.
    pub fn limits(&self) -> impl Iterator<Item = (&'static str, u32, u32, u32)> {
        const DAY: u32 = 24 * 3600;
        let own = [
            ("lease_s", self.lease_s, 1, 7 * DAY),
            ("grace_s", self.grace_s, 0, DAY),
            ("phrase_tries", self.phrase_tries, 1, 10),
            ("at_door_m", self.at_door_m, 10, 1_000),
            ("max_failures", self.max_failures, 1, 20),
            ("default_window_s", self.default_window_s, 60, 30 * DAY),
            ("extension_s", self.extension_s, 0, 30 * DAY),
            ("silence_s", self.silence_s, 60, 30 * DAY),
            ("claim_limit", self.claim_limit, 1, 10_000),
            ("coarse_k", self.coarse_k, 2, 1_000),
            ("feed_radius_m", self.feed_radius_m, 100, 200_000),
            ("volunteer_doors_per_hour", self.volunteer_doors_per_hour, 1, 100_000),
            ("coordinator_doors_per_hour", self.coordinator_doors_per_hour, 1, 100_000),
            ("coordinator_exports_per_day", self.coordinator_exports_per_day, 0, 1_000),
        ];
        own.into_iter()
            .chain(self.calls.limits())
            .chain(self.dispatch.limits())
            .chain(self.retention.limits())
    }

    /// Refuses numbers by which no campaign could work.
    ///
    /// # Errors
    /// Names the first field outside its limits.
    pub fn check(&self) -> Result<(), PolicyError> {
        let (least, most) = DETOUR_PERCENT.into_inner();
        let detours = self.detour_percent.values().map(|detour| ("detour_percent", *detour, least, most));
        let areas = u32::try_from(self.detour_percent.len()).unwrap_or(u32::MAX);
        self.limits()
            .chain(detours)
            .chain([("detour_percent", areas, 0, MOST_DETOURS)])
            .chain(self.dispatch.relations())
            .find(|(_, value, min, max)| value < min || value > max)
            .map_or(Ok(()), |(field, _, min, max)| Err(PolicyError { field, min, max }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_their_own_limits() {
        assert_eq!(Policy::default().check(), Ok(()));
    }

    #[test]
    fn a_lease_of_nothing_is_refused_by_name() {
        let policy = Policy { lease_s: 0, ..Policy::default() };
        assert_eq!(policy.check().map_err(|error| error.field), Err("lease_s"));
    }

    #[test]
    fn detours_are_by_area_and_no_road_is_shorter_than_the_straight_line() {
        let area = AreaId::new(uuid::Uuid::from_u128(1));
        let policy = |percent| Policy { detour_percent: [(area, percent)].into(), ..Policy::default() };
        assert_eq!(policy(140).detour_in(area), 140);
        assert_eq!(Policy::default().detour_in(area), 130);
        assert_eq!(policy(99).check().map_err(|error| error.field), Err("detour_percent"));
        let stored = serde_json::to_string(&policy(140)).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&stored).unwrap(), policy(140));
        // The release before this one knows no such field, and need not as long as nobody uses it.
        let usual = serde_json::to_string(&Policy::default()).unwrap();
        assert!(!usual.contains("detour") && !usual.contains("doors"), "{usual}");
    }

    #[test]
    fn the_rules_of_calls_have_limits_and_the_usual_ones_are_not_kept() {
        let policy = |calls| Policy { calls, ..Policy::default() };
        let hurried = policy(CallRules { retry_s: 9, ..CallRules::default() });
        assert_eq!(hurried.check().map_err(|error| error.field), Err("calls/retry_s"));
        let late = policy(CallRules { quiet_from_minute: 1440, ..CallRules::default() });
        assert_eq!(late.check().map_err(|error| error.field), Err("calls/quiet_from_minute"));
        let other = policy(CallRules { tries: 2, ..CallRules::default() });
        let stored = serde_json::to_string(&other).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&stored).unwrap(), other);
        // The release before this one knows no such field, and need not as long as nobody uses it.
        assert!(!serde_json::to_string(&Policy::default()).unwrap().contains("calls"));
    }

    #[test]
    fn how_volunteers_are_asked_has_limits_and_the_usual_way_is_not_kept() {
        let refused = |text: &str| {
            let policy: Policy = serde_json::from_str(text).unwrap();
            policy.check().map_err(|error| error.field)
        };
        assert_eq!(refused(r#"{"dispatch": {"mode": "waves"}}"#), Ok(()));
        assert_eq!(
            refused(r#"{"dispatch": {"rounds": {"longest_s": 60}}}"#),
            Err("dispatch/rounds/longest_s")
        );
        assert_eq!(refused(r#"{"dispatch": {"plan_every_s": 9}}"#), Err("dispatch/plan_every_s"));
        assert!(!serde_json::to_string(&Policy::default()).unwrap().contains("dispatch"));
    }

    #[test]
    fn missing_fields_take_the_defaults_and_unknown_ones_are_refused() {
        let policy: Policy = serde_json::from_str(r#"{"lease_s": 60}"#).unwrap();
        assert_eq!(policy, Policy { lease_s: 60, ..Policy::default() });
        assert!(serde_json::from_str::<Policy>(r#"{"leese_s": 60}"#).is_err());
    }
}
