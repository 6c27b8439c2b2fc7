//! Calls that were refused because of who made them: counted where they are answered, and recorded a moment later, many
//! alike as one. So a flood of them costs no more than a few rows.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::{PartnerId, UserId};
use domain::refusal::Code;

use super::{Action, Refusal, perform_as_system};
use crate::app::App;
use crate::keys::Keys;
use crate::storage::Unit;
use crate::storage::tables::access_records::{self, CallRefused};

/// So many different ones are held until they are recorded, which happens twice a second. Of more only their number is.
const HELD: usize = 2_000;

/// A call that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RefusedCall {
    /// Who called.
    pub by: RefusedCaller,
    /// Method and path template.
    pub route: String,
    /// The first id in the path.
    pub object: Option<String>,
    /// How it was refused.
    pub code: Code,
}

/// Who was refused something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusedCaller {
    /// A person, by a good token.
    Person(UserId),
    /// A partner app, by a good token.
    Partner(PartnerId),
    /// Somebody without one, from there.
    Nobody(Option<IpAddr>),
}

/// Those that are not recorded yet.
#[derive(Clone, Default)]
pub struct RefusedCalls {
    waiting: Arc<Mutex<HashMap<RefusedCall, u32>>>,
}

impl RefusedCalls {
    /// One more was refused.
    pub fn count(&self, call: RefusedCall) {
        self.add(call, 1);
    }

    fn add(&self, call: RefusedCall, times: u32) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let is_held = waiting.len() < HELD || waiting.contains_key(&call);
        // Beyond so many it is not told any more who and where, but how often.
        let call = if is_held {
            call
        } else {
            let route = String::new();
            RefusedCall { by: RefusedCaller::Nobody(None), route, object: None, code: call.code }
        };
        let counted = waiting.entry(call).or_default();
        *counted = counted.saturating_add(times);
    }

    fn take(&self) -> HashMap<RefusedCall, u32> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Record these.
#[derive(Clone)]
struct RecordRefusedCalls {
    refused: Vec<CallRefused>,
}

impl Action for RecordRefusedCalls {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        Ok(access_records::calls_refused(unit, &self.refused).await?)
    }
}

/// Records whatever was refused and is not recorded yet. What cannot be recorded now waits on, for the next time.
///
/// # Errors
/// When the database fails.
pub async fn record_refused_calls(app: &App) -> Result<(), Refusal> {
    let waiting = app.refused_calls.take();
    if waiting.is_empty() {
        return Ok(());
    }
    let refused = waiting.iter().map(|(call, times)| row(call, *times, &app.keys)).collect();
    let recorded = perform_as_system(app, RecordRefusedCalls { refused }).await;
    if recorded.is_err() {
        waiting.into_iter().for_each(|(call, times)| app.refused_calls.add(call, times));
    }
    recorded
}

fn row(call: &RefusedCall, times: u32, keys: &Keys) -> CallRefused {
    let (user, partner, address) = match call.by {
        RefusedCaller::Person(user) => (Some(user.uuid()), None, None),
        RefusedCaller::Partner(partner) => (None, Some(partner.uuid()), None),
        RefusedCaller::Nobody(address) => (None, None, address),
    };
    CallRefused {
        user,
        partner,
        route: call.route.clone(),
        object: call.object.clone(),
        code: call.code.as_str(),
        address: address.map(|address| keys.mac("address", &address.to_string())),
        times: i32::try_from(times).unwrap_or(i32::MAX),
    }
}
