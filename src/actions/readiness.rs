//! What keeps the service from serving calls now. Everything here is known already; nothing is asked.

use std::time::Duration;

use crate::app::App;
use crate::storage::presence::Presence;

/// Positions are kept within a second; so late, they are not being kept.
const POSITIONS_LATE: Duration = Duration::from_secs(10);

/// The first reason why calls cannot be served now, if there is one.
#[must_use]
pub fn hindrance(app: &App) -> Option<&'static str> {
    if app.draining.is_stopping() {
        return Some("the service is stopping");
    }
    match *app.database.presence().borrow() {
        Presence::Away => return Some("the database does not answer"),
        Presence::UnknownSchema => return Some("the tables are not those that this version knows"),
        Presence::Here => {}
    }
    if app.database.is_exhausted() {
        return Some("all connections to the database are taken");
    }
    if app.fleet.reports_waiting().1 >= POSITIONS_LATE {
        return Some("positions cannot be written");
    }
    (!app.fleet.is_loaded()).then_some("the fleet is not loaded yet")
}
