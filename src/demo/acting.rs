//! Carries out an action as one of the city's people, as any caller's is, and hears what was done.

use std::sync::{Arc, Mutex, PoisonError};

use domain::refusal::Code;

use crate::actions::{Action, Answer, Call, Caller, Refusal, perform};
use crate::app::App;
use crate::clock;

/// A call of somebody's, without an idempotency key: nothing here is sent twice.
pub(super) fn call_of(caller: Caller) -> Call {
    Call::of(caller, clock::new_id().to_string())
}

/// Carries `action` out as `caller`, and answers what `keep` makes of it.
///
/// # Errors
/// With the action's refusal.
pub(super) async fn act<A: Action, T: Send + 'static>(
    app: &App,
    caller: Caller,
    action: A,
    keep: impl Fn(&A::Done) -> T + Send + Sync + 'static,
) -> Result<T, Refusal> {
    let kept = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&kept);
    let render = move |done: &A::Done| {
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(keep(done));
        unheard()
    };
    perform(app, call_of(caller), action, render).await?;
    let done = kept.lock().unwrap_or_else(PoisonError::into_inner).take();
    done.ok_or_else(|| Code::Internal.into())
}

/// The answer of a call that nobody reads.
pub(super) fn unheard() -> Answer {
    Answer { status: 200, location: None, body: Vec::new(), kept_body: None, replayed: false }
}
