//! Leases, windows and extensions that have run out.

use super::sweep::sweep;
use crate::actions::act_when_due::{ActWhenDue, Overdue};
use crate::actions::find_due::Due;
use crate::app::App;

/// What one pass did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Expired {
    pub(super) lapsed: usize,
    pub(super) escalated: usize,
    pub(super) expired: usize,
}

/// Lapses claims, then escalates, then expires: so a request freed here is judged by its window at once.
pub(super) async fn pass(app: &App) -> Expired {
    let act = |overdue| move |request| ActWhenDue { request, overdue };
    Expired {
        lapsed: sweep(app, Due::Lease, act(Overdue::Lease)).await,
        escalated: sweep(app, Due::Window, act(Overdue::Window)).await,
        expired: sweep(app, Due::Extension, act(Overdue::Extension)).await,
    }
}
