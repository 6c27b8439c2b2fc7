//! Who may do what administrators do: they, across organisations, and the service's own command line.

use domain::actor::Actor;
use domain::id::OrganisationId;
use domain::refusal::Code;

use super::Refusal;

/// Lets administrators pass.
///
/// # Errors
/// For everybody else.
pub(super) fn administrator(actor: &Actor) -> Result<(), Refusal> {
    match actor {
        Actor::Administrator { .. } | Actor::System => Ok(()),
        Actor::Coordinator { .. } | Actor::Volunteer { .. } | Actor::Partner { .. } | Actor::Nobody => {
            Err(Code::Forbidden.into())
        }
    }
}

/// For which organisation staff act: a coordinator for their own, an administrator for the one they name.
///
/// # Errors
/// When a coordinator names another, or an administrator none.
pub(super) fn staff_of(actor: &Actor, named: Option<OrganisationId>) -> Result<OrganisationId, Refusal> {
    match actor {
        Actor::Coordinator { organisation, .. } if named.is_none_or(|named| named == *organisation) => {
            Ok(*organisation)
        }
        Actor::Coordinator { .. } => Err(Refusal::flaw("/organisation_id", "your own, or leave it out")),
        Actor::Administrator { .. } | Actor::System => {
            named.ok_or_else(|| Refusal::flaw("/organisation_id", "say for which organisation"))
        }
        Actor::Volunteer { .. } | Actor::Partner { .. } | Actor::Nobody => Err(Code::Forbidden.into()),
    }
}
