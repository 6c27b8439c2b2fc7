//! Households that were served and never confirmed: somebody is sent to see that all is well.

use std::sync::Arc;

use super::sweep::sweep;
use crate::actions::check_on_silence::CheckOnSilence;
use crate::actions::find_due::Due;
use crate::app::App;

/// Files a welfare check for every silence; answers how many there were.
pub(super) async fn pass(app: &App) -> usize {
    let check = |request| CheckOnSilence { request, keys: Arc::clone(&app.keys) };
    sweep(app, Due::Acknowledgement, check).await
}
