//! Which volunteer an act is about, and whether the caller may do it to them.

use domain::actor::Actor;
use domain::id::VolunteerId;
use domain::refusal::Code;

use super::{Refusal, seen};
use crate::storage::Unit;
use crate::storage::tables::volunteers::{self, VolunteerRow};

/// A volunteer, seen from the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The caller themselves.
    Own,
    /// One of the caller's organisation.
    Of(VolunteerId),
}

/// The volunteer, kept from changing until the unit of work ends: themselves, or one whom the
/// coordinator's own organisation owns. Locked before any request, as everywhere.
pub(super) async fn find_locked(unit: &mut Unit<'_>, whose: Whose) -> Result<VolunteerRow, Refusal> {
    let id = match (whose, &unit.actor) {
        (Whose::Own, Actor::Volunteer { volunteer, .. }) => *volunteer,
        (Whose::Of(id), Actor::Coordinator { .. }) => id,
        (
            Whose::Own | Whose::Of(_),
            Actor::Administrator { .. }
            | Actor::Coordinator { .. }
            | Actor::Volunteer { .. }
            | Actor::Partner { .. }
            | Actor::System
            | Actor::Nobody,
        ) => return Err(Code::Forbidden.into()),
    };
    let organisation = unit.actor.organisation();
    let row = volunteers::find_locked(unit, id).await?.filter(|row| Some(row.organisation()) == organisation);
    let row = row.ok_or_else(Refusal::not_found)?;
    seen::compare(unit, row.version)?;
    Ok(row)
}
