//! A partner app tells where volunteers are, many at once, of its own organisation and only of those who agreed.

use std::collections::BTreeSet;

use domain::actor::{Actor, Scope};
use domain::id::VolunteerId;
use domain::refusal::Code;
use uuid::Uuid;

use super::report_position::{Place, report};
use super::shortlist_volunteers::check_loaded;
use super::{Call, Refusal, read};
use crate::app::App;
use crate::storage::tables::positions;

/// Takes in where these volunteers are; of one who is told of twice, the later. Answers for each whether that was
/// done. Who agrees is asked in the database each time: whoever takes it back is followed no more from then on.
///
/// # Errors
/// When the caller is no partner app that may; or while the fleet is not loaded.
pub async fn track_volunteers(
    app: &App,
    call: &Call,
    told: &[(VolunteerId, Place)],
) -> Result<Vec<Result<(), Refusal>>, Refusal> {
    let asked: BTreeSet<Uuid> = told.iter().map(|(volunteer, _)| volunteer.uuid()).collect();
    let asked: Vec<Uuid> = asked.into_iter().collect();
    let (agreed, now) = read(app, call, async |unit| {
        let Actor::Partner { organisation, scopes, .. } = &unit.actor else {
            return Err(Code::Forbidden.into());
        };
        if !scopes.contains(&Scope::PositionsWrite) {
            return Err(Code::MissingScope.into());
        }
        let organisation = *organisation;
        Ok((positions::agreed(unit, organisation, &asked).await?, unit.now))
    })
    .await?;
    check_loaded(app)?;
    let agreed: BTreeSet<VolunteerId> = agreed.into_iter().collect();
    let reports: Vec<_> = app.fleet.look(|world| {
        let of = |(volunteer, place): &(VolunteerId, Place)| {
            agreed.contains(volunteer).then(|| report(world, *volunteer, *place, now)).flatten()
        };
        told.iter().map(of).collect()
    });
    let known: Vec<_> = reports.iter().copied().flatten().collect();
    app.fleet.absorb(&known);
    // Of the others nobody tells why: it is not the app's to know who does not agree.
    Ok(reports.into_iter().map(|report| report.map(drop).ok_or_else(Refusal::not_found)).collect())
}
