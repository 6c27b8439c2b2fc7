//! Organisations, their coordinators and partner apps, the campaign, its districts, hubs and catalogue.

use std::fmt::Write;

use domain::actor::{Role, Scope};
use domain::catalogue::Load;
use domain::id::{AreaId, CampaignId, ItemId, KitId, OrganisationId, UserId};
use domain::policy::Policy;

use super::super::acting::{act, call_of};
use super::super::plan::{DISTRICTS, ITEMS, KITS, NEWCOMERS, ORGANISATIONS, Plan};
use super::super::{AreaEntry, DemoError, OrganisationEntry, Roster};
use crate::actions::add_buildings::AddBuildings;
use crate::actions::auth::first_administrator::{InviteFirstAdministrator, SetUp};
use crate::actions::auth::set_password::SetPassword;
use crate::actions::create_area::CreateArea;
use crate::actions::create_campaign::CreateCampaign;
use crate::actions::create_hub::CreateHub;
use crate::actions::create_item::CreateItem;
use crate::actions::create_kit::CreateKit;
use crate::actions::create_organisation::CreateOrganisation;
use crate::actions::create_partner::CreatePartner;
use crate::actions::create_user::CreateUser;
use crate::actions::join_campaign::JoinCampaign;
use crate::actions::{Caller, passwords, read};
use crate::app::App;
use crate::clock;

const ABOUT: &str = "The logins of a demo of Birgemiz. The city and everybody in it are fictional; the telephone numbers are of \
    a range kept for drama.";

/// Whoever founds the city.
struct Founder<'a> {
    app: &'a App,
    administrator: Caller,
    password_hash: String,
}

/// Founds the city. Answers its roster, still without volunteers, and the hash of everybody's password.
pub(super) async fn found(app: &App, plan: &Plan, policy: Policy) -> Result<(Roster, String), DemoError> {
    let password = make_password()?;
    let password_hash =
        passwords::hash(password.clone(), "/password").await.map_err(DemoError::refused("the password"))?;
    let (administrator_id, lead) = first_administrator(app, &password_hash).await?;
    let administrator = Caller::Person { user: administrator_id, role: Role::Administrator };
    let founder = Founder { app, administrator, password_hash };
    let campaign = founder.campaign(lead, policy).await?;
    let mut organisations = Vec::new();
    for (number, name) in ORGANISATIONS.iter().enumerate() {
        organisations.push(founder.organisation(number, (name, lead), campaign).await?);
    }
    let (items, kits) = founder.catalogue(campaign).await?;
    let mut areas = Vec::new();
    for index in 0..DISTRICTS.len() {
        areas.push(founder.district(plan, index, campaign, &organisations).await?);
    }
    let missing = || DemoError::Drawing("a city of nothing");
    let first = organisations.first().cloned().ok_or_else(missing)?;
    let roster = Roster {
        about: ABOUT.to_owned(),
        url: String::new(),
        password,
        administrator_email: ADMINISTRATOR.to_owned(),
        coordinator_email: first.coordinator_email,
        volunteer_email: plan.volunteers.get(NEWCOMERS).ok_or_else(missing)?.email.clone(),
        client_id: first.client_id,
        client_secret: first.client_secret,
        area_id: areas.first().ok_or_else(missing)?.id,
        item_id: *items.first().ok_or_else(missing)?,
        kit_id: *kits.first().ok_or_else(missing)?,
        seed: plan.seed,
        administrator_id,
        campaign_id: campaign,
        organisations,
        areas,
        items,
        kits,
        volunteers: Vec::new(),
    };
    Ok((roster, founder.password_hash))
}

const ADMINISTRATOR: &str = "administrator@demo.example";

/// Random, for it is printed: whoever knows one demo's shall not know another's.
fn make_password() -> Result<String, DemoError> {
    let bytes = clock::random::<8>().map_err(|_| DemoError::Drawing("the system gives no random bytes"))?;
    let mut password = "demo-".to_owned();
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(password, "{byte:02x}");
    }
    Ok(password)
}

/// By the link that a first start makes, as everywhere.
async fn first_administrator(app: &App, password_hash: &str) -> Result<(UserId, OrganisationId), DemoError> {
    let refused = DemoError::refused("the first administrator");
    let token = act(app, Caller::System, InviteFirstAdministrator, Clone::clone).await.map_err(refused)?;
    let token = token.ok_or(DemoError::Drawing("somebody was here before"))?;
    let action = SetUp {
        token,
        organisation_name: ORGANISATIONS.first().copied().unwrap_or_default().to_owned(),
        name: "Administrator (demo)".to_owned(),
        email: ADMINISTRATOR.to_owned(),
        password_hash: password_hash.to_owned(),
    };
    let refused = DemoError::refused("the first administrator");
    let user = act(app, Caller::Nobody, action, |session| session.user).await.map_err(refused)?;
    let call = call_of(Caller::Person { user, role: Role::Administrator });
    let organisation = read(app, &call, async |unit| Ok(unit.actor.organisation()))
        .await
        .map_err(DemoError::refused("the first organisation"))?;
    Ok((user, organisation.ok_or(DemoError::Drawing("an administrator of nothing"))?))
}

impl Founder<'_> {
    async fn campaign(&self, lead: OrganisationId, policy: Policy) -> Result<CampaignId, DemoError> {
        let action = CreateCampaign {
            organisation: lead,
            name: "Together through the winter (demo)".to_owned(),
            starts_on: None,
            ends_on: None,
            policy,
        };
        act(self.app, self.administrator, action, |campaign| campaign.row.campaign())
            .await
            .map_err(DemoError::refused("the campaign"))
    }

    async fn organisation(
        &self,
        number: usize,
        (name, lead): (&str, OrganisationId),
        campaign: CampaignId,
    ) -> Result<OrganisationEntry, DemoError> {
        let id = if number == 0 { lead } else { self.joining(name, campaign).await? };
        let coordinator_email = format!("coordinator-{}@demo.example", number + 1);
        let coordinator_id = self.coordinator(id, number, coordinator_email.clone()).await?;
        let action = CreatePartner {
            organisation: id,
            campaign,
            name: format!("Partner app {} (demo)", number + 1),
            scopes: Scope::ALL.to_vec(),
        };
        let refused = DemoError::refused("a partner app");
        let (client_id, client_secret) =
            act(self.app, self.administrator, action, |made| (made.partner.partner(), made.secret.clone()))
                .await
                .map_err(refused)?;
        let name = name.to_owned();
        Ok(OrganisationEntry { id, name, coordinator_id, coordinator_email, client_id, client_secret })
    }

    async fn joining(&self, name: &str, campaign: CampaignId) -> Result<OrganisationId, DemoError> {
        let action = CreateOrganisation { name: name.to_owned() };
        let organisation = act(self.app, self.administrator, action, |row| row.organisation())
            .await
            .map_err(DemoError::refused("an organisation"))?;
        act(self.app, self.administrator, JoinCampaign { campaign, organisation }, |_| ())
            .await
            .map_err(DemoError::refused("an organisation that joins"))?;
        Ok(organisation)
    }

    async fn coordinator(
        &self,
        organisation: OrganisationId,
        number: usize,
        email: String,
    ) -> Result<UserId, DemoError> {
        let name = format!("Coordinator {} (demo)", number + 1);
        let action = CreateUser { organisation, role: Role::Coordinator, name, email };
        let (user, token) =
            act(self.app, self.administrator, action, |made| (made.user.user(), made.token.clone()))
                .await
                .map_err(DemoError::refused("a coordinator"))?;
        let action = SetPassword { token, password_hash: self.password_hash.clone() };
        act(self.app, Caller::Nobody, action, |_| ())
            .await
            .map_err(DemoError::refused("a coordinator's password"))?;
        Ok(user)
    }

    async fn catalogue(&self, campaign: CampaignId) -> Result<(Vec<ItemId>, Vec<KitId>), DemoError> {
        let (mut items, mut kits) = (Vec::new(), Vec::new());
        for (name, unit, grams, millilitres) in ITEMS {
            let load = Load { grams, millilitres };
            let action = CreateItem { campaign, name: name.to_owned(), unit: unit.to_owned(), load };
            let made = act(self.app, self.administrator, action, |row| ItemId::new(row.id)).await;
            items.push(made.map_err(DemoError::refused("an item"))?);
        }
        for (name, of) in KITS {
            let lines = of.iter().filter_map(|(item, count)| Some((*items.get(*item)?, *count))).collect();
            let action = CreateKit { campaign, name: name.to_owned(), lines };
            let made = act(self.app, self.administrator, action, |kit| KitId::new(kit.row.id)).await;
            kits.push(made.map_err(DemoError::refused("a kit"))?);
        }
        Ok((items, kits))
    }

    async fn district(
        &self,
        plan: &Plan,
        index: usize,
        campaign: CampaignId,
        organisations: &[OrganisationEntry],
    ) -> Result<AreaEntry, DemoError> {
        let missing = || DemoError::Drawing("a district that is not in the list");
        let (district, shape) = DISTRICTS.get(index).zip(plan.outlines.get(index)).ok_or_else(missing)?;
        let action = CreateArea {
            campaign,
            name: district.title(),
            time_zone: chrono_tz::Asia::Almaty,
            shape: shape.clone(),
        };
        let area: AreaId = act(self.app, self.administrator, action, |area| area.row.area())
            .await
            .map_err(DemoError::refused("a district"))?;
        act(self.app, self.administrator, AddBuildings { area, positions: plan.buildings(index)? }, |_| ())
            .await
            .map_err(DemoError::refused("a district's buildings"))?;
        let runs = organisations.get(index % organisations.len().max(1)).ok_or_else(missing)?;
        let position = district.hub()?;
        let action = CreateHub {
            organisation: None,
            area,
            name: format!("Hub {} (demo)", district.name),
            address: "Old Market Hall (fictional)".to_owned(),
            position,
            opening_hours: Some("daily 08:00-20:00".to_owned()),
        };
        let hub_id = act(self.app, runs.coordinator(), action, |row| domain::id::HubId::new(row.id))
            .await
            .map_err(DemoError::refused("a hub"))?;
        Ok(AreaEntry {
            id: area,
            name: district.title(),
            hub_id,
            hub_organisation_id: runs.id,
            hub_lat: position.lat(),
            hub_lon: position.lon(),
        })
    }
}
