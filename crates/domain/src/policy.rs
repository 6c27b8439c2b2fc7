//! A campaign's policy: how long, how often, how far, how many. Versioned; every decision names the
//! version that it used.

use serde::{Deserialize, Serialize};

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
    /// Refuses numbers by which no campaign could work.
    ///
    /// # Errors
    /// Names the first field outside its limits.
    pub fn check(&self) -> Result<(), PolicyError> {
        const DAY: u32 = 24 * 3600;
        let limits = [
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
        ];
        limits
            .into_iter()
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
    fn missing_fields_take_the_defaults_and_unknown_ones_are_refused() {
        let policy: Policy = serde_json::from_str(r#"{"lease_s": 60}"#).unwrap();
        assert_eq!(policy, Policy { lease_s: 60, ..Policy::default() });
        assert!(serde_json::from_str::<Policy>(r#"{"leese_s": 60}"#).is_err());
    }
}
