//! Organisations, their coordinators and partner apps, the campaign, its districts, hubs and catalogue.

use std::fmt::Write;

use domain::actor::{Role, Scope};
use domain::catalogue::Load;
use domain::id::{AreaId, CampaignId, ItemId, KitId, OrganisationId, UserId};
use domain::policy::Policy;
use domain::sandbox::Reality;

use super::super::acting::{act, call_of};
use super::super::plan::{DISTRICTS, ITEMS, KITS, NEWCOMERS, ORGANISATIONS, Plan};
use super::super::{AreaEntry, DemoError, OrganisationEntry, Roster};
use crate::actions::add_buildings::AddBuildings;
use crate::actions::auth::authenticators;
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

const ABOUT_SANDBOX: &str = "A sandbox of Birgemiz: its credentials and logins. Everybody in it is fictional; the telephone \
    numbers are of a range kept for drama.";

const ABOUT: &str = "The logins of a demo of Birgemiz. The city and everybody in it are fictional; the telephone numbers are of \
    a range kept for drama.";

/// Whoever founds the city.
struct Founder<'a> {
    app: &'a App,
    administrator: Caller,
    password_hash: String,
    /// What the e-mail addresses of people who do not exist end with.
    host: String,
    /// What names end with, so that nobody takes them for real ones.
    mark: &'static str,
    reality: Reality,
}

/// Founds the city. Answers its roster, still without volunteers, and the hash of everybody's password.
pub(super) async fn found(app: &App, plan: &Plan, policy: Policy) -> Result<(Roster, String), DemoError> {
    let password = make_password()?;
    let password_hash =
        passwords::hash(password.clone(), "/password").await.map_err(DemoError::refused("the password"))?;
    let (administrator_id, lead) = first_administrator(app, &password_hash).await?;
    let administrator = Caller::Person { user: administrator_id, role: Role::Administrator, session: None };
    let founder = Founder {
        app,
        administrator,
        password_hash,
        host: "demo.example".to_owned(),
        mark: "demo",
        reality: Reality::Real,
    };
    let roster = founder.roster(plan, (lead, &ORGANISATIONS), policy, password).await?;
    let administrator_email = Some(ADMINISTRATOR.to_owned());
    let roster = Roster { administrator_email, administrator_id: Some(administrator_id), ..roster };
    Ok((roster, founder.password_hash))
}

/// Founds a sandbox of that name, whose people are written to at that host. Answers as [`found`] does.
pub(super) async fn found_sandbox(
    app: &App,
    plan: &Plan,
    (name, host): (&str, String),
) -> Result<(Roster, String), DemoError> {
    let password = make_password()?;
    let password_hash =
        passwords::hash(password.clone(), "/password").await.map_err(DemoError::refused("the password"))?;
    let founder = Founder {
        app,
        administrator: Caller::System,
        password_hash,
        host,
        mark: "sandbox",
        reality: Reality::Sandbox,
    };
    let name = format!("{name} (sandbox)");
    let lead = founder.enter(&name).await?;
    let roster = founder.roster(plan, (lead, &[&name]), Policy::default(), password).await?;
    Ok((Roster { about: ABOUT_SANDBOX.to_owned(), ..roster }, founder.password_hash))
}

/// A host of e-mail addresses that no other sandbox has, and nobody ever (RFC 2606).
pub(super) fn sandbox_host() -> Result<String, DemoError> {
    Ok(format!("{}.sandbox.example", random_word()?))
}

impl Founder<'_> {
    async fn roster(
        &self,
        plan: &Plan,
        (lead, names): (OrganisationId, &[&str]),
        policy: Policy,
        password: String,
    ) -> Result<Roster, DemoError> {
        let campaign = self.campaign(lead, policy).await?;
        let mut organisations = Vec::new();
        for (number, name) in names.iter().enumerate() {
            organisations.push(self.organisation(number, (name, lead), campaign).await?);
        }
        let (items, kits) = self.catalogue(campaign).await?;
        let mut areas = Vec::new();
        for index in 0..plan.outlines.len() {
            areas.push(self.district(plan, index, campaign, &organisations).await?);
        }
        let missing = || DemoError::Drawing("a city of nothing");
        let first = organisations.first().cloned().ok_or_else(missing)?;
        Ok(Roster {
            about: ABOUT.to_owned(),
            url: String::new(),
            password,
            administrator_email: None,
            coordinator_email: first.coordinator_email,
            volunteer_email: plan.volunteers.get(NEWCOMERS).ok_or_else(missing)?.email.clone(),
            client_id: first.client_id,
            client_secret: first.client_secret,
            area_id: areas.first().ok_or_else(missing)?.id,
            item_id: *items.first().ok_or_else(missing)?,
            kit_id: *kits.first().ok_or_else(missing)?,
            seed: plan.seed,
            administrator_id: None,
            campaign_id: campaign,
            organisations,
            areas,
            items,
            kits,
            volunteers: Vec::new(),
        })
    }
}

const ADMINISTRATOR: &str = "administrator@demo.example";

/// Random, for it is printed: whoever knows one demo's shall not know another's.
fn make_password() -> Result<String, DemoError> {
    Ok(format!("demo-{}", random_word()?))
}

fn random_word() -> Result<String, DemoError> {
    let bytes = clock::random::<8>().map_err(|_| DemoError::Drawing("the system gives no random bytes"))?;
    let mut word = String::new();
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(word, "{byte:02x}");
    }
    Ok(word)
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
        device: None,
    };
    let refused = DemoError::refused("the first administrator");
    let user = act(app, Caller::Nobody, action, |session| session.user).await.map_err(refused)?;
    let call = call_of(Caller::Person { user, role: Role::Administrator, session: None });
    let organisation = read(app, &call, async |unit| Ok(unit.actor.organisation()))
        .await
        .map_err(DemoError::refused("the first organisation"))?;
    Ok((user, organisation.ok_or(DemoError::Drawing("an administrator of nothing"))?))
}

impl Founder<'_> {
    async fn campaign(&self, lead: OrganisationId, policy: Policy) -> Result<CampaignId, DemoError> {
        let action = CreateCampaign {
            organisation: lead,
            name: format!("Together through the winter ({})", self.mark),
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
        let coordinator_email = format!("coordinator-{}@{}", number + 1, self.host);
        let coordinator_id = self.coordinator(id, number, coordinator_email.clone()).await?;
        let action = CreatePartner {
            organisation: id,
            campaign,
            name: format!("Partner app {} ({})", number + 1, self.mark),
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

    async fn enter(&self, name: &str) -> Result<OrganisationId, DemoError> {
        let action = CreateOrganisation { name: name.to_owned(), reality: self.reality };
        act(self.app, self.administrator, action, |row| row.organisation())
            .await
            .map_err(DemoError::refused("an organisation"))
    }

    async fn joining(&self, name: &str, campaign: CampaignId) -> Result<OrganisationId, DemoError> {
        let organisation = self.enter(name).await?;
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
        let name = format!("Coordinator {} ({})", number + 1, self.mark);
        let action = CreateUser { organisation, role: Role::Coordinator, name, email };
        let (user, token) =
            act(self.app, self.administrator, action, |made| (made.user.user(), made.token.clone()))
                .await
                .map_err(DemoError::refused("a coordinator"))?;
        let second = authenticators::shown(&self.app.keys, None, None);
        let action = SetPassword { token, password_hash: self.password_hash.clone(), second, device: None };
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
            name: format!("Hub {} ({})", district.name, self.mark),
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
