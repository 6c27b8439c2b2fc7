//! Every kind of event, by its one spelling, and what each is about.

use crate::word::words;

words! {
    /// A kind of event: what it is about, a dot, and what happened to it.
    EventKind: "kind of event" {
        /// An area was drawn.
        AreaCreated = "area.created",
        /// An area was told where its buildings are.
        AreaBuildingsAdded = "area.buildings_added",
        /// A call of the hotline's ended: somebody was reached, it was given up, or it is not needed any more.
        CallClosed = "call.closed",
        /// A call of the hotline's is made again later.
        CallPostponed = "call.postponed",
        /// Somebody is to be called.
        CallScheduled = "call.scheduled",
        /// A campaign began.
        CampaignCreated = "campaign.created",
        /// An organisation joined a campaign.
        CampaignJoined = "campaign.joined",
        /// A campaign has another policy.
        CampaignPolicyChanged = "campaign.policy_changed",
        /// A volunteer was done, where nothing changes hands.
        ClaimCompleted = "claim.completed",
        /// A claim's lease ran out.
        ClaimLapsed = "claim.lapsed",
        /// A volunteer gave a claim up.
        ClaimReleased = "claim.released",
        /// A coordinator took a claim away.
        ClaimRevoked = "claim.revoked",
        /// A volunteer is at the door.
        DeliveryArrived = "delivery.arrived",
        /// A delivery was handed over.
        DeliveryCompleted = "delivery.completed",
        /// A delivery did not work out.
        DeliveryFailed = "delivery.failed",
        /// A photo was added as a proof.
        DeliveryPhotoAdded = "delivery.photo_added",
        /// The goods were picked up.
        DeliveryPickedUp = "delivery.picked_up",
        /// A household is served no more.
        HouseholdArchived = "household.archived",
        /// Everything private of a household was erased; receivers do the same.
        HouseholdErased = "household.erased",
        /// A household was found, of which only the district was known.
        HouseholdLocated = "household.located",
        /// A household was registered.
        HouseholdRegistered = "household.registered",
        /// A suspended household is served again.
        HouseholdReinstated = "household.reinstated",
        /// A household was refused.
        HouseholdRejected = "household.rejected",
        /// A household is not served for a while.
        HouseholdSuspended = "household.suspended",
        /// A household may be served.
        HouseholdVerified = "household.verified",
        /// A hub was opened.
        HubCreated = "hub.created",
        /// A code was made by which volunteers register.
        InvitationCreated = "invitation.created",
        /// Such a code is good no more.
        InvitationRevoked = "invitation.revoked",
        /// An item came into the catalogue.
        ItemCreated = "item.created",
        /// A kit came into the catalogue.
        KitCreated = "kit.created",
        /// A volunteer took what they were offered.
        OfferAccepted = "offer.accepted",
        /// A volunteer does not take what they were offered.
        OfferDeclined = "offer.declined",
        /// An offer ended unanswered.
        OfferExpired = "offer.expired",
        /// A volunteer is asked whether they take a request.
        OfferSent = "offer.sent",
        /// Somebody else was sooner, or nobody is needed any more.
        OfferWithdrawn = "offer.withdrawn",
        /// An organisation says whether its staff must have authenticators; the reason tells.
        OrganisationAuthenticatorRuleSet = "organisation.authenticator_rule_set",
        /// An organisation takes part.
        OrganisationCreated = "organisation.created",
        /// A partner app may call.
        PartnerCreated = "partner.created",
        /// A partner app signs by other keys.
        PartnerKeysSet = "partner.keys_set",
        /// A partner app may call no more.
        PartnerRevoked = "partner.revoked",
        /// A partner app has another secret.
        PartnerSecretRotated = "partner.secret_rotated",
        /// A plan was carried out: its requests are claimed, as far as they still could be.
        PlanCommitted = "plan.committed",
        /// Something of a plan was wanted otherwise.
        PlanEdited = "plan.edited",
        /// A plan was made.
        PlanMade = "plan.made",
        /// A household confirmed that it was served.
        RequestAcknowledged = "request.acknowledged",
        /// A request was called off.
        RequestCancelled = "request.cancelled",
        /// A volunteer took a request.
        RequestClaimed = "request.claimed",
        /// A coordinator was told that nobody came.
        RequestEscalated = "request.escalated",
        /// A request's time was over.
        RequestExpired = "request.expired",
        /// A request may be claimed.
        RequestOpened = "request.opened",
        /// A request has another phrase, and its tries begin anew.
        RequestPhraseIssued = "request.phrase_issued",
        /// A request was filed.
        RequestSubmitted = "request.submitted",
        /// Time was advanced in a sandbox.
        SandboxClockAdvanced = "sandbox.clock_advanced",
        /// Somebody set up an authenticator.
        UserAuthenticatorEnrolled = "user.authenticator_enrolled",
        /// Somebody's authenticator was removed, by them or by an administrator.
        UserAuthenticatorRemoved = "user.authenticator_removed",
        /// Somebody can log in.
        UserCreated = "user.created",
        /// Somebody can log in no more.
        UserDisabled = "user.disabled",
        /// A coordinator takes all doors of their organisation away, in an export.
        UserDoorsExported = "user.doors_exported",
        /// A coordinator has read as many doors as anybody may in an hour.
        UserDoorsUsedUp = "user.doors_used_up",
        /// Somebody logged in: a session began.
        UserLoggedIn = "user.logged_in",
        /// Sessions of somebody ended; the reason tells why.
        UserLoggedOut = "user.logged_out",
        /// Somebody may choose a password.
        UserPasswordLinkMade = "user.password_link_made",
        /// Somebody set a password by a link.
        UserPasswordSet = "user.password_set",
        /// Somebody used one of their recovery codes up.
        UserRecoveryCodeUsed = "user.recovery_code_used",
        /// Somebody who is logged in showed once more who they are.
        UserSteppedUp = "user.stepped_up",
        /// A volunteer was entered by a coordinator.
        VolunteerAdded = "volunteer.added",
        /// A volunteer may claim.
        VolunteerApproved = "volunteer.approved",
        /// A volunteer has other hours.
        VolunteerAvailabilityChanged = "volunteer.availability_changed",
        /// A household and a volunteer are kept apart.
        VolunteerBlocked = "volunteer.blocked",
        /// A volunteer went on or off duty.
        VolunteerDutyChanged = "volunteer.duty_changed",
        /// A volunteer has read as many doors as anybody may in an hour.
        VolunteerDoorsUsedUp = "volunteer.doors_used_up",
        /// What is known of a volunteer changed.
        VolunteerEdited = "volunteer.edited",
        /// A volunteer left for good.
        VolunteerLeft = "volunteer.left",
        /// A volunteer registered by an invitation.
        VolunteerRegistered = "volunteer.registered",
        /// A suspended volunteer may claim again.
        VolunteerReinstated = "volunteer.reinstated",
        /// A volunteer was refused.
        VolunteerRejected = "volunteer.rejected",
        /// A volunteer may not claim for a while.
        VolunteerSuspended = "volunteer.suspended",
        /// A receiver of webhooks was changed.
        WebhookChanged = "webhook.changed",
        /// A receiver of webhooks was made.
        WebhookCreated = "webhook.created",
        /// A receiver of webhooks was deleted.
        WebhookDeleted = "webhook.deleted",
        /// Nothing is sent to a receiver of webhooks any more.
        WebhookDisabled = "webhook.disabled",
        /// Something is sent to it again.
        WebhookEnabled = "webhook.enabled",
        /// Earlier events are sent to it again.
        WebhookReplayed = "webhook.replayed",
        /// A receiver of webhooks has another secret.
        WebhookSecretRotated = "webhook.secret_rotated",
        /// Made to see whether a receiver works. It is sent to that one alone.
        WebhookTest = "webhook.test",
    }
}

words! {
    /// What an event is about: the word before the dot.
    Family: "family of events" {
        Area = "area",
        Call = "call",
        Campaign = "campaign",
        Claim = "claim",
        Delivery = "delivery",
        Household = "household",
        Hub = "hub",
        Invitation = "invitation",
        Item = "item",
        Kit = "kit",
        Offer = "offer",
        Organisation = "organisation",
        Partner = "partner",
        Plan = "plan",
        Request = "request",
        Sandbox = "sandbox",
        User = "user",
        Volunteer = "volunteer",
        Webhook = "webhook",
    }
}

impl EventKind {
    /// What it is about. None only if the spelling above were without a dot, which a test refuses.
    #[must_use]
    pub fn family(self) -> Option<Family> {
        let (family, _) = self.as_str().split_once('.')?;
        family.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_belongs_to_a_family_and_every_family_has_a_kind() {
        for kind in EventKind::ALL {
            assert!(kind.family().is_some(), "{kind}");
        }
        for family in Family::ALL {
            assert!(EventKind::ALL.iter().any(|kind| kind.family() == Some(*family)), "{family}");
        }
    }
}
