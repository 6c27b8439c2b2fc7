//! Who may know of an event, and how much of it.
//!
//! Nothing private is ever in an event. Still, that somebody was blocked, or who came to a household,
//! is not for everybody: an organisation knows what it owns, a partner app what became of what it
//! filed, without the people who did it, and a volunteer what they themselves were part of.

use super::{EventKind, Family};
use crate::actor::{Actor, Scope};
use crate::id::{OrganisationId, PartnerId, VolunteerId};

/// What decides who may know of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// Its kind.
    pub kind: EventKind,
    /// The organisation that owns what it is about; none where the deployment does.
    pub organisation: Option<OrganisationId>,
    /// The partner app that filed what it is about, if one did.
    pub partner: Option<PartnerId>,
    /// The volunteer that it concerns, if one.
    pub volunteer: Option<VolunteerId>,
}

/// How much of an event somebody may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of it.
    Whole,
    /// All but who else acted.
    OwnPart,
    /// What became of the request or household, and nothing of the people who did it.
    WithoutPeople,
}

/// How much of an event the actor may know; nothing at all when none.
#[must_use]
pub fn sight(actor: &Actor, event: &About) -> Option<Sight> {
    match actor {
        Actor::Administrator { organisation, .. } => (event.organisation.is_none()
            || event.organisation == Some(*organisation))
        .then_some(Sight::Whole),
        Actor::Coordinator { organisation, .. } => {
            (event.organisation == Some(*organisation)).then_some(Sight::Whole)
        }
        Actor::Volunteer { volunteer, .. } => (event.volunteer == Some(*volunteer)
            && is_told_to_volunteers(event.kind))
        .then_some(Sight::OwnPart),
        Actor::Partner { partner, scopes, .. } => {
            let scope = scope_for(event.kind)?;
            (event.partner == Some(*partner) && scopes.contains(&scope)).then_some(Sight::WithoutPeople)
        }
        Actor::System => Some(Sight::Whole),
        Actor::Nobody => None,
    }
}

/// That a household does not want to see a volunteer again is not the volunteer's to know, nor is an alarm.
fn is_told_to_volunteers(kind: EventKind) -> bool {
    match kind.family() {
        Some(Family::Request | Family::Offer | Family::Claim | Family::Delivery) => true,
        Some(Family::Volunteer) => {
            kind != EventKind::VolunteerBlocked && kind != EventKind::VolunteerDoorsUsedUp
        }
        Some(
            Family::Area
            | Family::Call
            | Family::Campaign
            | Family::Household
            | Family::Hub
            | Family::Invitation
            | Family::Item
            | Family::Kit
            | Family::Organisation
            | Family::Partner
            | Family::Plan
            | Family::Sandbox
            | Family::User
            | Family::Webhook,
        )
        | None => false,
    }
}

/// What a partner app must be allowed to read in order to know of such an event.
fn scope_for(kind: EventKind) -> Option<Scope> {
    match kind.family()? {
        Family::Request | Family::Claim | Family::Delivery => Some(Scope::RequestsRead),
        Family::Household => Some(Scope::HouseholdsRead),
        Family::Webhook => Some(Scope::WebhooksManage),
        Family::Area
        | Family::Call
        | Family::Campaign
        | Family::Hub
        | Family::Invitation
        | Family::Item
        | Family::Kit
        | Family::Offer
        | Family::Organisation
        | Family::Partner
        | Family::Plan
        | Family::Sandbox
        | Family::User
        | Family::Volunteer => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{CampaignId, UserId};
    use uuid::Uuid;

    const fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn event(kind: EventKind) -> About {
        About {
            kind,
            organisation: Some(OrganisationId::new(id(1))),
            partner: Some(PartnerId::new(id(2))),
            volunteer: Some(VolunteerId::new(id(3))),
        }
    }

    fn partner(number: u128, scopes: &[Scope]) -> Actor {
        Actor::Partner {
            partner: PartnerId::new(id(number)),
            organisation: OrganisationId::new(id(1)),
            campaign: CampaignId::new(id(5)),
            scopes: scopes.to_vec(),
        }
    }

    fn volunteer(number: u128) -> Actor {
        Actor::Volunteer {
            user: UserId::new(id(9)),
            organisation: OrganisationId::new(id(1)),
            volunteer: VolunteerId::new(id(number)),
        }
    }

    #[test]
    fn an_organisation_knows_what_it_owns_and_nothing_else() {
        for kind in EventKind::ALL {
            for (organisation, expected) in [(1, Some(Sight::Whole)), (2, None)] {
                let organisation = OrganisationId::new(id(organisation));
                let coordinator = Actor::Coordinator { user: UserId::new(id(9)), organisation };
                let administrator = Actor::Administrator { user: UserId::new(id(9)), organisation };
                assert_eq!(sight(&coordinator, &event(*kind)), expected, "{kind}");
                assert_eq!(sight(&administrator, &event(*kind)), expected, "{kind}");
            }
        }
    }

    #[test]
    fn what_the_deployment_owns_is_the_administrators_to_know() {
        let event = About { organisation: None, ..event(EventKind::OrganisationCreated) };
        let organisation = OrganisationId::new(id(7));
        let user = UserId::new(id(9));
        assert_eq!(sight(&Actor::Administrator { user, organisation }, &event), Some(Sight::Whole));
        assert_eq!(sight(&Actor::Coordinator { user, organisation }, &event), None);
    }

    #[test]
    fn a_partner_app_knows_what_became_of_what_it_filed_as_far_as_its_scopes_go() {
        let all = [Scope::RequestsRead, Scope::HouseholdsRead];
        let claimed = event(EventKind::RequestClaimed);
        assert_eq!(sight(&partner(2, &all), &claimed), Some(Sight::WithoutPeople));
        assert_eq!(sight(&partner(4, &all), &claimed), None, "another's");
        assert_eq!(sight(&partner(2, &[Scope::RequestsWrite]), &claimed), None, "writing is not reading");
        assert_eq!(sight(&partner(2, &[Scope::HouseholdsRead]), &claimed), None);
        let verified = event(EventKind::HouseholdVerified);
        assert_eq!(sight(&partner(2, &[Scope::HouseholdsRead]), &verified), Some(Sight::WithoutPeople));
        assert_eq!(sight(&partner(2, &all), &event(EventKind::VolunteerBlocked)), None);
    }

    #[test]
    fn a_volunteer_knows_their_own_part_but_not_who_keeps_them_away() {
        assert_eq!(sight(&volunteer(3), &event(EventKind::RequestClaimed)), Some(Sight::OwnPart));
        assert_eq!(sight(&volunteer(3), &event(EventKind::VolunteerSuspended)), Some(Sight::OwnPart));
        assert_eq!(sight(&volunteer(3), &event(EventKind::VolunteerBlocked)), None);
        assert_eq!(sight(&volunteer(3), &event(EventKind::VolunteerDoorsUsedUp)), None);
        assert_eq!(sight(&volunteer(3), &event(EventKind::HouseholdVerified)), None);
        assert_eq!(sight(&volunteer(4), &event(EventKind::RequestClaimed)), None);
        let nobodys = About { volunteer: None, ..event(EventKind::RequestOpened) };
        assert_eq!(sight(&volunteer(3), &nobodys), None);
    }

    #[test]
    fn who_is_not_logged_in_knows_nothing() {
        assert!(EventKind::ALL.iter().all(|kind| sight(&Actor::Nobody, &event(*kind)).is_none()));
    }
}
