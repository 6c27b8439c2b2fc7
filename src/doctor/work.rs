//! What waits and what is overdue.

use super::{Check, Finding};
use crate::storage::views::vitals::Vitals;

/// Loops look every second; a lease that is over for longer means that none runs.
const LEASE_LATE_S: f64 = 60.0;

/// Somebody who has asked for food waits a day at most before a person looks.
const WAITING_LONG_S: f64 = 24.0 * 3600.0;

const LEASES: Check =
    Check::new("leases", "a claim whose lease is over holds a request that nobody is bringing");
const WAITING: Check = Check::new("oldest waiting request", "a household behind it waits for food");

pub(super) fn findings(vitals: &Vitals) -> Vec<Finding> {
    vec![leases(vitals), waiting(vitals)]
}

fn leases(vitals: &Vitals) -> Finding {
    let found =
        format!("{} overdue, the worst by {:.0} s", vitals.leases_overdue, vitals.lease_overdue_s.max(0.0));
    if vitals.leases_overdue > 0 && vitals.lease_overdue_s > LEASE_LATE_S {
        return LEASES.warn(
            found,
            "birgemiz serve   # a server that runs ends them within a second; see its log if one does",
        );
    }
    LEASES.ok(found)
}

fn waiting(vitals: &Vitals) -> Finding {
    let hours = |seconds: f64| format!("{:.1} h", seconds / 3600.0);
    let found = format!(
        "open for {}, held for a coordinator for {}",
        hours(vitals.oldest_open_s),
        hours(vitals.oldest_held_s)
    );
    if vitals.oldest_open_s.max(vitals.oldest_held_s) > WAITING_LONG_S {
        return WAITING.warn(
            found,
            "curl $BASE/v1/requests/queue -H \"Authorization: Bearer $COORDINATOR\"   # a coordinator assigns or verifies",
        );
    }
    WAITING.ok(found)
}
