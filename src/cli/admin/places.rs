//! Campaigns, areas and hubs, by the command line.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Args;
use domain::id::{AreaId, CampaignId, HubId, OrganisationId};
use domain::place::Position;
use domain::policy::Policy;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{AdminError, carry_out, values};
use crate::actions::create_area::{self, CreateArea};
use crate::actions::create_campaign::CreateCampaign;
use crate::actions::create_hub::CreateHub;
use crate::actions::join_campaign::JoinCampaign;
use crate::app::App;

/// A campaign to be entered.
#[derive(Debug, Args)]
pub(super) struct CreateCampaignArgs {
    /// The organisation that leads it.
    #[arg(long)]
    organisation: OrganisationId,
    /// Its name.
    #[arg(long, value_parser = values::name)]
    name: String,
    /// Its first day, such as 2026-12-01.
    #[arg(long)]
    starts_on: Option<NaiveDate>,
    /// Its last day.
    #[arg(long)]
    ends_on: Option<NaiveDate>,
    /// A JSON file with its policy; the defaults when not given.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// Enters a campaign.
pub(super) async fn create_campaign(app: &App, args: CreateCampaignArgs) -> Result<String, AdminError> {
    let policy: Policy = args.policy.as_deref().map(read_json).transpose()?.unwrap_or_default();
    let CreateCampaignArgs { organisation, name, starts_on, ends_on, .. } = args;
    let action = CreateCampaign { organisation, name, starts_on, ends_on, policy };
    carry_out(app, action, |campaign| json!({ "id": campaign.row.campaign(), "name": campaign.row.name }))
        .await
}

/// An organisation that joins a campaign.
#[derive(Debug, Args)]
pub(super) struct JoinCampaignArgs {
    /// The campaign.
    #[arg(long)]
    campaign: CampaignId,
    /// Who joins.
    #[arg(long)]
    organisation: OrganisationId,
}

/// Lets an organisation take part.
pub(super) async fn join_campaign(app: &App, args: JoinCampaignArgs) -> Result<String, AdminError> {
    let JoinCampaignArgs { campaign, organisation } = args;
    carry_out(
        app,
        JoinCampaign { campaign, organisation },
        move |joined| json!({ "id": joined.row.campaign(), "organisation_id": organisation }),
    )
    .await
}

/// An area to be entered.
#[derive(Debug, Args)]
pub(super) struct CreateAreaArgs {
    /// Its campaign.
    #[arg(long)]
    campaign: CampaignId,
    /// Its name.
    #[arg(long, value_parser = values::name)]
    name: String,
    /// Its time zone, such as Asia/Almaty.
    #[arg(long)]
    time_zone: String,
    /// A file with its outline: a GeoJSON geometry, Polygon or MultiPolygon.
    #[arg(long, value_name = "FILE")]
    geometry: PathBuf,
}

/// Enters an area.
pub(super) async fn create_area(app: &App, args: CreateAreaArgs) -> Result<String, AdminError> {
    let action = CreateArea {
        campaign: args.campaign,
        name: args.name,
        time_zone: create_area::time_zone(&args.time_zone)?,
        shape: create_area::outline(&read_json(&args.geometry)?)?,
    };
    carry_out(app, action, |area| json!({ "id": area.row.area(), "name": area.row.name })).await
}

/// A hub to be entered.
#[derive(Debug, Args)]
pub(super) struct CreateHubArgs {
    /// The organisation that runs it.
    #[arg(long)]
    organisation: OrganisationId,
    /// The area it serves.
    #[arg(long)]
    area: AreaId,
    /// Its name.
    #[arg(long, value_parser = values::name)]
    name: String,
    /// Its address.
    #[arg(long, value_parser = values::text)]
    address: String,
    /// Degrees north of the equator.
    #[arg(long, allow_negative_numbers = true)]
    lat: f64,
    /// Degrees east of Greenwich.
    #[arg(long, allow_negative_numbers = true)]
    lon: f64,
    /// When it is open, as people write it.
    #[arg(long, value_parser = values::text)]
    opening_hours: Option<String>,
}

/// Enters a hub.
pub(super) async fn create_hub(app: &App, args: CreateHubArgs) -> Result<String, AdminError> {
    let position =
        Position::new(args.lat, args.lon).map_err(|error| AdminError::Refused(error.to_string()))?;
    let action = CreateHub {
        organisation: Some(args.organisation),
        area: args.area,
        name: args.name,
        address: args.address,
        position,
        opening_hours: args.opening_hours,
    };
    carry_out(app, action, |row| json!({ "id": HubId::new(row.id), "name": row.name })).await
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, AdminError> {
    let refused = |error: String| AdminError::Refused(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| refused(error.to_string()))
}
