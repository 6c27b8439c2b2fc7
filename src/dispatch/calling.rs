//! Households that the hotline should call, and calls that are needed no more.

use domain::calls::CallPurpose;

use super::sweep::sweep;
use crate::actions::calls::{DropSettledCalls, ScheduleCall};
use crate::actions::find_due::Due;
use crate::app::App;

/// Schedules calls and drops others; answers how many either.
pub(super) async fn pass(app: &App) -> usize {
    let schedule = |purpose| move |request| ScheduleCall { request, purpose };
    sweep(app, Due::SettledCall, |request| DropSettledCalls { request }).await
        + sweep(app, Due::AcknowledgementCall, schedule(CallPurpose::Acknowledgement)).await
        + sweep(app, Due::StillNeededCall, schedule(CallPurpose::StillNeeded)).await
        + sweep(app, Due::WelfareCall, schedule(CallPurpose::WelfareCheck)).await
}
