//! Households are registered by the partner apps and looked at by the coordinators; volunteers say when
//! they can, and go on duty.

use domain::door::Address;
use domain::household::{HouseholdAct, HouseholdStatus};
use domain::id::HouseholdId;
use domain::matching::Duty;

use super::super::acting::act;
use super::super::plan::{PlannedHousehold, PlannedVolunteer, Readiness, external_id};
use super::super::{DemoError, OrganisationEntry};
use super::City;
use crate::actions::change_household::ChangeHousehold;
use crate::actions::locate_household::Pin;
use crate::actions::register_household::{Consent, RegisterHousehold};
use crate::actions::set_availability::SetAvailability;
use crate::actions::set_duty::SetDuty;

impl City<'_> {
    /// Registers all households.
    pub(super) async fn settle(&self) -> Result<(), DemoError> {
        self.each(&self.plan.households, |household| self.register(household)).await?;
        Ok(())
    }

    async fn register(&self, household: &PlannedHousehold) -> Result<(), DemoError> {
        let missing = || DemoError::Drawing("a household of nowhere");
        let organisation = self.roster.organisations.get(household.organisation).ok_or_else(missing)?;
        let area = self.roster.areas.get(household.district).ok_or_else(missing)?.id;
        let language = household.languages.first().copied().unwrap_or("ru");
        let action = RegisterHousehold {
            area,
            external_id: Some(external_id(household.number)),
            members: household.members,
            categories: household.categories.clone(),
            languages: household.languages.iter().map(|language| (*language).to_owned()).collect(),
            consent: Consent {
                text_version: "demo-1".to_owned(),
                language: language.to_owned(),
                channel: household.channel,
                given_at: None,
            },
            name: household.name.clone(),
            phone: household.phone.clone(),
            address: address(household),
            place: Some(Pin::Coordinates(household.position, None)),
            notes: Some(household.notes.clone()),
        };
        let id = act(self.app, organisation.partner(), action, |row| row.household())
            .await
            .map_err(DemoError::refused("a household"))?;
        for decided in acts_towards(household.status) {
            self.decide(organisation, id, *decided).await?;
        }
        Ok(())
    }

    async fn decide(
        &self,
        organisation: &OrganisationEntry,
        household: HouseholdId,
        decided: HouseholdAct,
    ) -> Result<(), DemoError> {
        let reason = reason(decided).map(str::to_owned);
        let action = ChangeHousehold { household, act: decided, reason };
        act(self.app, organisation.coordinator(), action, |_| ())
            .await
            .map_err(DemoError::refused("a household's status"))
    }

    /// Volunteers say when in the week they can; those on duty say so.
    pub(super) async fn take_up_duty(&self) -> Result<(), DemoError> {
        let approved =
            self.plan.volunteers.iter().zip(&self.roster.volunteers).filter(|(volunteer, _)| {
                matches!(volunteer.readiness, Readiness::OnDuty | Readiness::OffDuty)
            });
        self.each(approved, |(volunteer, entry)| self.say_when(volunteer, entry.caller())).await?;
        Ok(())
    }

    async fn say_when(
        &self,
        volunteer: &PlannedVolunteer,
        caller: crate::actions::Caller,
    ) -> Result<(), DemoError> {
        if !volunteer.slots.is_empty() {
            let action = SetAvailability { slots: volunteer.slots.clone() };
            act(self.app, caller, action, |_| ()).await.map_err(DemoError::refused("a volunteer's hours"))?;
        }
        if volunteer.readiness == Readiness::OnDuty {
            act(self.app, caller, SetDuty { duty: Duty::On { until: None } }, |_| ())
                .await
                .map_err(DemoError::refused("a volunteer's duty"))?;
        }
        Ok(())
    }
}

/// What a coordinator does to a household that was registered, so that it ends up so.
const fn acts_towards(status: HouseholdStatus) -> &'static [HouseholdAct] {
    match status {
        HouseholdStatus::PendingVerification => &[],
        HouseholdStatus::Verified => &[HouseholdAct::Verify],
        HouseholdStatus::Rejected => &[HouseholdAct::Reject],
        HouseholdStatus::Suspended => &[HouseholdAct::Verify, HouseholdAct::Suspend],
        HouseholdStatus::Archived => &[HouseholdAct::Verify, HouseholdAct::Archive],
    }
}

const fn reason(decided: HouseholdAct) -> Option<&'static str> {
    match decided {
        HouseholdAct::Verify | HouseholdAct::Reinstate => None,
        HouseholdAct::Reject => Some("lives in another city"),
        HouseholdAct::Suspend => Some("in hospital"),
        HouseholdAct::Archive => Some("moved away"),
    }
}

fn address(household: &PlannedHousehold) -> Address {
    let (house, flat) = household.house.clone();
    Address {
        street: Some(household.street.clone()),
        house: Some(house),
        flat,
        entrance: household.stairs.map(|(entrance, _)| entrance.to_string()),
        floor: household.stairs.map(|(_, floor)| floor.to_string()),
        ..Address::default()
    }
}
