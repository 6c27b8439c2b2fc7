//! Why an open request finds nobody: whom each rule refuses, who is nearest of them, and by what least change of
//! one thing it would find somebody.
//!
//! Answered from memory while it stands on firm ground, else by the database: the same answer.

use std::collections::BTreeMap;

use domain::id::{OrganisationId, RequestId, VolunteerId};
use domain::matching::{At, OpenRequest, WhyNot, why_not_in_campaign};

use super::long_looks::look_at_all;
use super::shortlist_volunteers::{check_loaded, coordinated, own_open};
use super::{Call, Refusal, read};
use crate::app::App;
use crate::fleet::World;

/// What a coordinator is told.
#[derive(Debug, Clone)]
pub struct Explained {
    /// What became of the campaign's volunteers.
    pub why_not: WhyNot,
    /// Whose each of them is who is named.
    pub organisations: BTreeMap<VolunteerId, OrganisationId>,
}

/// Why a request of the caller's organisation finds nobody, or how many it finds.
///
/// # Errors
/// When it is not theirs, or not open; while the fleet is not loaded, or too many look at it.
pub async fn explain_request(app: &App, call: &Call, request: RequestId) -> Result<Explained, Refusal> {
    if let Some((found, at)) = remembered(app, call, request) {
        return look_at_all(app, move |world| explain(world, &found, at)).await;
    }
    // Whom they have just approved is counted as such.
    app.fleet.shows_what_was_written().await;
    let (found, at) = read(app, call, async |unit| {
        let (_, found) = own_open(unit, request).await?;
        let at = found.local_time()?.at(unit.now);
        Ok((found.request, at))
    })
    .await?;
    check_loaded(app)?;
    look_at_all(app, move |world| explain(world, &found, at)).await
}

/// The request as memory has it, and the moment of the question.
fn remembered(app: &App, call: &Call, request: RequestId) -> Option<(OpenRequest, At)> {
    let footing = app.fleet.footing(call.caller)?;
    let own = coordinated(&footing.actor)?;
    app.fleet.look(|world| {
        let found = world.open.get(request).filter(|found| found.organisation == own)?;
        let at = world.times.get(&found.area)?.at(footing.now);
        Some((found.clone(), at))
    })
}

/// Only the campaign's volunteers are counted: how many others have is nobody's business here.
fn explain(world: &World, request: &OpenRequest, at: At) -> Explained {
    let why_not = why_not_in_campaign(&world.fleet, request, at, request.campaign);
    let relaxed = &why_not.relaxed;
    let nearest = why_not.refused.iter().filter_map(|rule| rule.nearest).map(|near| near.volunteer);
    let changed = [
        relaxed.farther.map(|(who, _)| who),
        relaxed.heavier.map(|(who, _)| who),
        relaxed.bulkier.map(|(who, _)| who),
        relaxed.later.map(|(who, _)| who),
        relaxed.other_language.map(|(who, _)| who),
    ];
    let organisations = nearest
        .chain(changed.into_iter().flatten())
        .filter_map(|volunteer| Some((volunteer, world.fleet.get(volunteer)?.organisation)))
        .collect();
    Explained { why_not, organisations }
}
