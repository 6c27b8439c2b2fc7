//! Who acts: a person with a role, a partner app with scopes, or the service itself.

use crate::id::{CampaignId, OrganisationId, PartnerId, UserId, VolunteerId};
use crate::word::words;

words! {
    /// What a person who can log in is here.
    Role: "role" { Administrator = "administrator", Coordinator = "coordinator", Volunteer = "volunteer" }
}

words! {
    /// What a partner app may do.
    Scope: "scope" {
        HouseholdsWrite = "households:write",
        HouseholdsRead = "households:read",
        RequestsWrite = "requests:write",
        RequestsRead = "requests:read",
        PositionsWrite = "positions:write",
        WebhooksManage = "webhooks:manage",
    }
}

words! {
    /// The kind of actor, as events record it.
    ActorKind: "kind of actor" {
        Administrator = "administrator",
        Coordinator = "coordinator",
        Volunteer = "volunteer",
        Partner = "partner",
        System = "system",
        /// Somebody who is not logged in: registering, or using a one-time link.
        Nobody = "nobody",
    }
}

/// Whoever acts, as the database knew them when the unit of work began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Runs the deployment. Sees no doors.
    Administrator { user: UserId, organisation: OrganisationId },
    /// Verifies, assigns and watches for one organisation.
    Coordinator { user: UserId, organisation: OrganisationId },
    /// Claims and delivers.
    Volunteer { user: UserId, organisation: OrganisationId, volunteer: VolunteerId },
    /// Files households and requests for one organisation in one campaign.
    Partner { partner: PartnerId, organisation: OrganisationId, campaign: CampaignId, scopes: Vec<Scope> },
    /// The service's own loops.
    System,
    /// Not logged in.
    Nobody,
}

impl Actor {
    /// The organisation it acts for, where there is one.
    #[must_use]
    pub const fn organisation(&self) -> Option<OrganisationId> {
        match self {
            Self::Administrator { organisation, .. }
            | Self::Coordinator { organisation, .. }
            | Self::Volunteer { organisation, .. }
            | Self::Partner { organisation, .. } => Some(*organisation),
            Self::System | Self::Nobody => None,
        }
    }

    /// The kind and the id that events record.
    #[must_use]
    pub const fn signature(&self) -> (ActorKind, Option<uuid::Uuid>) {
        match self {
            Self::Administrator { user, .. } => (ActorKind::Administrator, Some(user.uuid())),
            Self::Coordinator { user, .. } => (ActorKind::Coordinator, Some(user.uuid())),
            Self::Volunteer { volunteer, .. } => (ActorKind::Volunteer, Some(volunteer.uuid())),
            Self::Partner { partner, .. } => (ActorKind::Partner, Some(partner.uuid())),
            Self::System => (ActorKind::System, None),
            Self::Nobody => (ActorKind::Nobody, None),
        }
    }
}
