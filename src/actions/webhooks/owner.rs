//! Whose a receiver is, and as whom it sees the log.

use domain::actor::{Actor, Scope};
use domain::id::{CampaignId, OrganisationId, PartnerId, UserId, WebhookId};
use domain::refusal::Code;
use uuid::Uuid;

use crate::actions::{Refusal, seen};
use crate::storage::tables::partners;
use crate::storage::tables::webhook_endpoints::{self, EndpointRow};
use crate::storage::{StorageError, Unit};

/// Who owns receivers: a partner app, or an organisation by its staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The partner app, if it is one.
    pub partner: Option<PartnerId>,
}

/// As whom an actor owns receivers.
///
/// # Errors
/// For those who may have none.
pub fn owner_of(actor: &Actor) -> Result<Owner, Refusal> {
    match actor {
        Actor::Partner { partner, organisation, scopes, .. } if scopes.contains(&Scope::WebhooksManage) => {
            Ok(Owner { organisation: *organisation, partner: Some(*partner) })
        }
        Actor::Partner { .. } => Err(Code::MissingScope.into()),
        Actor::Coordinator { organisation, .. } | Actor::Administrator { organisation, .. } => {
            Ok(Owner { organisation: *organisation, partner: None })
        }
        Actor::Volunteer { .. } | Actor::System | Actor::Nobody => Err(Code::Forbidden.into()),
    }
}

/// A receiver of whoever acts, read alone.
///
/// # Errors
/// When it is not theirs.
pub async fn find_mine(unit: &mut Unit<'_>, id: WebhookId) -> Result<EndpointRow, Refusal> {
    let owner = owner_of(&unit.actor)?;
    mine(webhook_endpoints::find(unit, id).await?, owner)
}

/// A receiver of whoever acts, kept from changing until the unit of work ends.
pub(super) async fn lock_mine(unit: &mut Unit<'_>, id: WebhookId) -> Result<EndpointRow, Refusal> {
    let owner = owner_of(&unit.actor)?;
    let row = mine(webhook_endpoints::find_locked(unit, id).await?, owner)?;
    seen::compare(unit, row.version)?;
    Ok(row)
}

fn mine(row: Option<EndpointRow>, owner: Owner) -> Result<EndpointRow, Refusal> {
    row.filter(|row| row.organisation() == owner.organisation && row.partner() == owner.partner)
        .ok_or_else(Refusal::not_found)
}

/// As whom a receiver sees the log now; none when its partner app may have it no more.
///
/// An organisation's receiver sees what its coordinators do, whoever of its staff made it.
pub(super) async fn sees_as(unit: &mut Unit<'_>, row: &EndpointRow) -> Result<Option<Actor>, StorageError> {
    let Some(partner) = row.partner() else {
        let user = UserId::new(Uuid::nil());
        return Ok(Some(Actor::Coordinator { user, organisation: row.organisation() }));
    };
    let Some(found) = partners::find(unit, partner).await?.filter(partners::PartnerRow::is_active) else {
        return Ok(None);
    };
    let scopes = found.scopes()?;
    Ok(scopes.contains(&Scope::WebhooksManage).then(|| Actor::Partner {
        partner,
        organisation: found.organisation(),
        campaign: CampaignId::new(found.campaign_id),
        scopes,
    }))
}
