//! On what ground an import's rows are judged, read once: areas, policies, time zones, the catalogue.

use std::collections::HashMap;

use chrono::TimeZone;
use domain::Moment;
use domain::door::Phone;
use domain::id::{AreaId, CampaignId};
use domain::sheet::{Grounds, Header, ServedArea, SheetKind, Time, name_key};

use crate::actions::{Refusal, phone_number};
use crate::storage::tables::imports::ImportRow;
use crate::storage::tables::requests::Thing;
use crate::storage::tables::settings::{self, Setting};
use crate::storage::tables::{areas, catalogue};
use crate::storage::{StorageError, Unit};

/// What an import's rows are judged by.
pub(super) struct Ground {
    pub(super) kind: SheetKind,
    pub(super) header: Header,
    given: Option<AreaId>,
    areas: Vec<ServedArea>,
    settings: HashMap<AreaId, (Setting, chrono_tz::Tz)>,
    things: HashMap<(CampaignId, String), Thing>,
    today: chrono::NaiveDate,
    /// When all of this was read.
    pub(super) read_at: domain::Moment,
}

impl Ground {
    /// Reads it.
    pub(super) async fn read(unit: &mut Unit<'_>, job: &ImportRow) -> Result<Self, Refusal> {
        let kind = job.kind()?;
        let impossible = |what: &str| StorageError::Impossible(format!("an import {what}"));
        let header = job.header.as_deref().ok_or_else(|| impossible("without a header"))?;
        let header = Header::read(kind, header).map_err(|_| impossible("with an unreadable header"))?;
        let mut ground = Self {
            kind,
            header,
            given: job.area_id.map(AreaId::new),
            areas: Vec::new(),
            settings: HashMap::new(),
            things: HashMap::new(),
            today: unit.now.date_naive(),
            read_at: unit.now,
        };
        let campaign = job.campaign_id.map(CampaignId::new);
        for area in areas::served(unit, job.organisation(), campaign).await? {
            let Some(setting) = settings::find(unit, job.organisation(), area.id).await? else { continue };
            let zone = area.time_zone.parse().unwrap_or(chrono_tz::UTC);
            let phone_region = setting.policy.phone_region.clone();
            ground.settings.insert(area.id, (setting, zone));
            ground.areas.push(ServedArea { id: area.id, name: area.name, shape: area.shape, phone_region });
        }
        if kind == SheetKind::Requests {
            ground.read_catalogue(unit).await?;
        }
        Ok(ground)
    }

    async fn read_catalogue(&mut self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        let campaigns: Vec<CampaignId> =
            self.settings.values().map(|(setting, _)| setting.campaign).collect();
        for (campaign, name, thing) in catalogue::names(unit, &campaigns).await? {
            self.things.insert((campaign, name_key(&name)), thing);
        }
        Ok(())
    }

    /// What the domain judges by.
    pub(super) fn grounds(&self) -> Grounds<'_> {
        Grounds { areas: &self.areas, given: self.given, phone: &dial, today: self.today }
    }

    /// The setting of an area.
    pub(super) fn setting(&self, area: AreaId) -> Option<&Setting> {
        self.settings.get(&area).map(|(setting, _)| setting)
    }

    /// The thing of that name in a campaign's catalogue.
    pub(super) fn thing(&self, campaign: CampaignId, name: &str) -> Option<Thing> {
        self.things.get(&(campaign, name_key(name))).copied()
    }

    /// A time by an area's clocks. Of an hour that comes twice, the first; none for one that is left out.
    pub(super) fn moment(&self, area: AreaId, time: Time) -> Option<Moment> {
        match time {
            Time::Universal(moment) => Some(moment),
            Time::Local(local) => {
                let (_, zone) = self.settings.get(&area)?;
                zone.from_local_datetime(&local).earliest().map(|told| told.to_utc())
            }
        }
    }
}

fn dial(number: &str, region: &str) -> Option<Phone> {
    phone_number::parse(number, region, "").ok()
}
