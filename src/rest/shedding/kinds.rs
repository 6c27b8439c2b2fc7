//! What a call will need and how urgent it is, by its method and path alone: nothing of it has been read yet.
//!
//! Whoever calls where they may not is told so without any work, so a path is no privilege.

use actix_web::http::Method;
use domain::admission::Urgency;

/// What a call needs that there is little of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A connection to the database.
    Database,
    /// A slow hash of a password.
    Hashing,
    /// A look at everybody in memory.
    Look,
}

impl Kind {
    /// Its name in metrics.
    #[must_use]
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Hashing => "hashing",
            Self::Look => "look",
        }
    }
}

/// What is answered from memory, in less time than it would take to be turned away and to come again. Health, metrics
/// and keys are told in any overload.
const NEEDS_NOTHING: [&str; 6] =
    ["/health/", "/metrics", "/.well-known/", "/docs", "/openapi.yaml", "/v1/me/nearby-requests"];

const LOG_IN: &str = "/v1/auth/login";
const REGISTER: &str = "/v1/volunteers/register";
const HASHING: [&str; 4] = [LOG_IN, REGISTER, "/v1/auth/setup", "/v1/auth/password"];

/// Steps on the way to a door, and whatever lets somebody go on who is on it.
const ON_THE_WAY: [&str; 5] =
    ["/v1/claims/", "/v1/deliveries/", "/v1/me", "/v1/auth/refresh", "/v1/auth/logout"];

/// What comes in anew, one or many at once.
const FILED: [&str; 6] = [
    "/v1/requests",
    "/v1/requests/bulk",
    "/v1/households",
    "/v1/households/bulk",
    "/v1/imports",
    "/v1/positions",
];

/// Whether whoever calls is nobody yet.
#[must_use]
pub(super) fn asks_for_no_token(path: &str) -> bool {
    path.starts_with("/v1/auth/") || path == REGISTER
}

/// What a call needs, and how urgent it is; `None` where it needs nothing that there is little of.
#[must_use]
pub(super) fn of(method: &Method, path: &str) -> Option<(Kind, Urgency)> {
    if NEEDS_NOTHING.iter().any(|prefix| path.starts_with(prefix)) || path.ends_with("/candidates") {
        return None;
    }
    if !path.starts_with("/v1/") {
        return Some((Kind::Database, Urgency::Anonymous));
    }
    if *method == Method::POST && HASHING.contains(&path) {
        let urgency = if path == REGISTER { Urgency::Anonymous } else { Urgency::Coordination };
        return Some((Kind::Hashing, urgency));
    }
    if path.ends_with("/why-not") || path.ends_with("/balance") {
        return Some((Kind::Look, Urgency::Coordination));
    }
    Some((Kind::Database, urgency(method, path)))
}

fn urgency(method: &Method, path: &str) -> Urgency {
    let is_claim = path.starts_with("/v1/requests/") && path.ends_with("/claim");
    if is_claim || ON_THE_WAY.iter().any(|prefix| path.starts_with(prefix)) {
        return Urgency::Errand;
    }
    let is_filed = *method == Method::POST && FILED.contains(&path);
    if is_filed || path.starts_with("/v1/exports/") {
        return Urgency::Filing;
    }
    Urgency::Coordination
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::routes::ROUTES;

    fn called(call: &str) -> Option<(Kind, Urgency)> {
        let (method, path) = call.split_once(' ').unwrap();
        of(&method.parse().unwrap(), path)
    }

    #[test]
    fn what_is_answered_from_memory_and_what_hashes_is_told_apart() {
        for free in [
            "GET /health/live",
            "GET /health/ready",
            "GET /metrics",
            "GET /.well-known/jwks.json",
            "GET /v1/me/nearby-requests",
            "GET /v1/requests/req_0/candidates",
        ] {
            assert_eq!(called(free), None, "{free}");
        }
        assert_eq!(called("GET /"), Some((Kind::Database, Urgency::Anonymous)));
        assert_eq!(called("POST /v1/volunteers/register"), Some((Kind::Hashing, Urgency::Anonymous)));
        assert_eq!(called("POST /v1/auth/login"), Some((Kind::Hashing, Urgency::Coordination)));
        assert_eq!(called("GET /v1/requests/req_0/why-not"), Some((Kind::Look, Urgency::Coordination)));
    }

    #[test]
    fn errands_come_before_coordination_and_that_before_what_is_filed() {
        for (urgency, calls) in [
            (
                Urgency::Errand,
                [
                    "POST /v1/requests/req_0/claim",
                    "POST /v1/claims/clm_0/release",
                    "GET /v1/claims/clm_0/door",
                    "POST /v1/deliveries/dlv_0/complete",
                    "POST /v1/auth/refresh",
                    "PUT /v1/me/duty",
                ],
            ),
            (
                Urgency::Coordination,
                [
                    "POST /v1/requests/req_0/assign",
                    "GET /v1/requests",
                    "GET /v1/requests/queue",
                    "POST /v1/hotline/intakes",
                    "POST /v1/auth/token",
                    "GET /v1/events",
                ],
            ),
            (
                Urgency::Filing,
                [
                    "POST /v1/requests",
                    "POST /v1/requests/bulk",
                    "POST /v1/households",
                    "POST /v1/imports",
                    "POST /v1/positions",
                    "GET /v1/exports/households",
                ],
            ),
        ] {
            for call in calls {
                assert_eq!(called(call), Some((Kind::Database, urgency)), "{call}");
            }
        }
    }

    #[test]
    fn every_path_that_is_named_here_is_a_route() {
        let known = |path: &&str| ROUTES.iter().any(|(_, route)| route == path);
        assert!(HASHING.iter().all(known));
        assert!(FILED.iter().all(known));
        let begins = |prefix: &&str| ROUTES.iter().any(|(_, route)| route.starts_with(*prefix));
        assert!(NEEDS_NOTHING.iter().all(begins));
        assert!(ON_THE_WAY.iter().all(begins));
    }
}
