//! What the city's people do while the demo runs: volunteers look about, claim, carry and deliver;
//! households ask, and say that they were served; coordinators see to what waits. All through actions.
//!
//! Two words are used here: a *minute of life* is a minute as the city's people would count it, and the
//! *pace* says how many of them pass in a real minute.

mod acknowledgements;
mod day;
mod demand;
mod desk;
mod errand;
mod pace;
mod way;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::RequestId;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use super::plan::{Plan, Readiness};
use super::{DemoError, Roster};
use crate::app::App;
use crate::storage::rows::RequestRow;
use acknowledgements::Served;
use pace::Pace;

/// What the partner apps' own names for the city's own requests begin with. Everything else was filed by
/// somebody who tries the service out.
const OWN: &str = "demo-";

/// What everybody in the city shares.
struct Town {
    app: App,
    plan: Plan,
    roster: Roster,
    pace: Pace,
    /// What households of the city's own requests were told to say.
    phrases: Mutex<BTreeMap<RequestId, String>>,
    served: UnboundedSender<Served>,
}

/// The city's life. It ends when it is stopped or dropped.
pub struct Life {
    people: JoinSet<()>,
}

impl Life {
    /// Lets the city live, `times` as fast as in life. Must run on a multi-threaded tokio runtime.
    ///
    /// # Errors
    /// When the city cannot be drawn: a fault of this program.
    pub fn start(app: &App, roster: &Roster, times: u16) -> Result<Self, DemoError> {
        let (served, heard) = unbounded_channel();
        let town = Arc::new(Town {
            app: app.clone(),
            plan: Plan::draw(roster.seed)?,
            roster: roster.clone(),
            pace: Pace::new(times),
            phrases: Mutex::default(),
            served,
        });
        let mut people = JoinSet::new();
        for volunteer in town.plan.volunteers.iter().filter(|one| one.readiness == Readiness::OnDuty) {
            people.spawn(day::live(Arc::clone(&town), volunteer.number));
        }
        for number in 0..town.roster.organisations.len() {
            people.spawn(desk::see_to_what_waits(Arc::clone(&town), number));
        }
        people.spawn(demand::ask(Arc::clone(&town)));
        people.spawn(acknowledgements::acknowledge(town, heard));
        Ok(Self { people })
    }

    /// Ends it. Whatever was begun in the database is finished or undone there.
    pub async fn stop(mut self) {
        self.people.shutdown().await;
    }
}

impl Town {
    fn remember(&self, request: RequestId, phrase: String) {
        self.phrases.lock().unwrap_or_else(PoisonError::into_inner).insert(request, phrase);
    }

    /// What the household says; once.
    fn phrase_of(&self, request: RequestId) -> Option<String> {
        self.phrases.lock().unwrap_or_else(PoisonError::into_inner).remove(&request)
    }
}

/// Whether the city itself filed it.
fn is_own(row: &RequestRow) -> bool {
    row.external_id.as_deref().is_some_and(|name| name.starts_with(OWN))
}
