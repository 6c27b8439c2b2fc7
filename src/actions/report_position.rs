//! A volunteer tells where they are. Only the last place is kept, and no event tells it.
//!
//! It counts here at once: whoever asks next is answered by it. It is kept a little later, together with many
//! others (`keep_positions`); a crash in between forgets it.

use chrono::SubsecRound;
use domain::actor::Actor;
use domain::id::VolunteerId;
use domain::matching::Sighting;
use domain::place::Position;
use domain::refusal::Code;
use domain::volunteer::VolunteerStatus;
use domain::{Moment, matching};

use super::shortlist_volunteers::check_loaded;
use super::{Call, Refusal, read};
use crate::app::App;
use crate::fleet::{Report, World};
use crate::storage::tables::volunteers;

/// Where somebody is.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Where.
    pub position: Position,
    /// How exact, in metres, where the device tells.
    pub accuracy_m: Option<f64>,
}

/// Takes in where the calling volunteer is. Asks the database only who they are, and only where that is not known.
///
/// # Errors
/// When they are no volunteer, or none any more; or while the fleet is not loaded.
pub async fn report_position(app: &App, call: &Call, place: Place) -> Result<(), Refusal> {
    let (actor, now) = match app.fleet.footing(call.caller) {
        Some(footing) => (footing.actor, footing.now),
        None => read(app, call, async |unit| Ok((unit.actor.clone().into(), unit.now))).await?,
    };
    let Actor::Volunteer { volunteer, .. } = *actor else { return Err(Code::Forbidden.into()) };
    check_loaded(app)?;
    let mut told = app.fleet.look(|world| report(world, volunteer, place, now));
    if told.is_none() {
        // Whoever has registered just now is known in a moment.
        app.fleet.shows_what_was_written().await;
        told = app.fleet.look(|world| report(world, volunteer, place, now));
    }
    let Some(told) = told else { return Err(why_unknown(app, call, volunteer).await?) };
    app.fleet.absorb(&[told]);
    Ok(())
}

/// Why the fleet does not hold them: they are no volunteer any more, or it is behind.
async fn why_unknown(app: &App, call: &Call, volunteer: VolunteerId) -> Result<Refusal, Refusal> {
    let row = read(app, call, async |unit| Ok(volunteers::find(unit, volunteer).await?)).await?;
    let status = row.ok_or_else(Refusal::not_found)?.status()?;
    Ok(match status {
        VolunteerStatus::Left | VolunteerStatus::Rejected => {
            Refusal::because(Code::WrongState, format!("nobody asks where a volunteer is who is {status}"))
        }
        VolunteerStatus::Registered | VolunteerStatus::Approved | VolunteerStatus::Suspended => {
            Refusal { retry_after_s: Some(1), ..Code::Overloaded.into() }
        }
    })
}

/// The report of a volunteer who is known, by the clock of their campaign.
pub(super) fn report(world: &World, volunteer: VolunteerId, place: Place, now: Moment) -> Option<Report> {
    let area = world.fleet.get(volunteer)?.area;
    let matching::At { now: seen_at, .. } = world.times.get(&area)?.at(now);
    // No finer than the database keeps it.
    let sighting = Sighting { position: place.position, seen_at: seen_at.trunc_subsecs(6) };
    Some(Report { volunteer, sighting, accuracy_m: place.accuracy_m })
}
