//! Campaigns, who takes part in them, and their policies.

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Jsonb, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{CampaignId, OrganisationId, PolicyId};
use domain::policy::Policy;
use domain::sandbox::Reality;
use uuid::Uuid;

use super::settings;
use crate::storage::prepared::Prepare;
use crate::storage::schema::{campaign_organisations, campaigns, policies};
use crate::storage::{StorageError, Unit};

/// A campaign as its table keeps it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = campaigns)]
pub struct CampaignRow {
    /// Its id.
    pub id: Uuid,
    /// Who leads it.
    pub organisation_id: Uuid,
    /// Its name.
    pub name: String,
    /// Its first day.
    pub starts_on: Option<NaiveDate>,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
    /// Which version of its policy is in force.
    pub policy_version: i32,
    /// When it was entered.
    pub created_at: Moment,
    /// Grows with each change.
    pub version: i32,
    /// Whether its organisation is a sandbox.
    pub is_sandbox: bool,
}

impl CampaignRow {
    /// Its id.
    #[must_use]
    pub const fn campaign(&self) -> CampaignId {
        CampaignId::new(self.id)
    }

    /// Who leads it.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        OrganisationId::new(self.organisation_id)
    }
}

/// A campaign to be entered.
#[derive(Debug, Clone)]
pub struct NewCampaign {
    /// Its id.
    pub id: CampaignId,
    /// Who leads it.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// Its first day.
    pub starts_on: Option<NaiveDate>,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
    /// Whether people in its organisation are real.
    pub reality: Reality,
}

/// Enters a campaign with its first policy; the leading organisation takes part in it.
///
/// # Errors
/// A `campaigns_name_unique` constraint when that organisation has one of that name.
pub async fn insert(
    unit: &mut Unit<'_>,
    new: &NewCampaign,
    policy: (PolicyId, &Policy),
) -> Result<CampaignRow, StorageError> {
    let row = diesel::insert_into(campaigns::table)
        .values((
            campaigns::id.eq(new.id.uuid()),
            campaigns::organisation_id.eq(new.organisation.uuid()),
            campaigns::name.eq(&new.name),
            campaigns::starts_on.eq(new.starts_on),
            campaigns::ends_on.eq(new.ends_on),
            campaigns::created_at.eq(unit.now),
            campaigns::is_sandbox.eq(new.reality.is_sandbox()),
        ))
        .returning(CampaignRow::as_returning())
        .prepared()
        .get_result(unit.conn)
        .await?;
    add_organisation(unit, (new.id, new.reality), new.organisation).await?;
    diesel::insert_into(policies::table)
        .values((
            policies::id.eq(policy.0.uuid()),
            policies::organisation_id.eq(new.organisation.uuid()),
            policies::campaign_id.eq(new.id.uuid()),
            policies::version.eq(row.policy_version),
            policies::body.eq(json(policy.1)?),
            policies::created_at.eq(unit.now),
        ))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(row)
}

fn json(policy: &Policy) -> Result<serde_json::Value, StorageError> {
    serde_json::to_value(policy).map_err(|error| StorageError::Impossible(error.to_string()))
}

/// Lets an organisation take part.
///
/// # Errors
/// A `campaign_organisations_pkey` constraint when it does already; one of the constraints `..._of_one_kind` when
/// one of the two is a sandbox's and the other is not.
pub async fn add_organisation(
    unit: &mut Unit<'_>,
    (campaign, reality): (CampaignId, Reality),
    organisation: OrganisationId,
) -> Result<(), StorageError> {
    diesel::insert_into(campaign_organisations::table)
        .values((
            campaign_organisations::campaign_id.eq(campaign.uuid()),
            campaign_organisations::organisation_id.eq(organisation.uuid()),
            campaign_organisations::joined_at.eq(unit.now),
            campaign_organisations::is_sandbox.eq(reality.is_sandbox()),
        ))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Puts a new policy in force, unless another was put in force since `old_version`: then it answers false.
///
/// # Errors
/// When the database fails.
pub async fn replace_policy(
    unit: &mut Unit<'_>,
    campaign: CampaignId,
    old_version: i32,
    policy: (PolicyId, &Policy),
) -> Result<bool, StorageError> {
    let written = diesel::sql_query(
        "WITH moved AS ( \
             UPDATE campaigns SET policy_version = policy_version + 1, version = version + 1 \
             WHERE id = $1 AND policy_version = $2 RETURNING organisation_id, id, policy_version) \
         INSERT INTO policies (id, organisation_id, campaign_id, version, body, created_at) \
         SELECT $3, organisation_id, id, policy_version, $4, $5 FROM moved",
    )
    .bind::<SqlUuid, _>(campaign.uuid())
    .bind::<Integer, _>(old_version)
    .bind::<SqlUuid, _>(policy.0.uuid())
    .bind::<Jsonb, _>(json(policy.1)?)
    .bind::<Timestamptz, _>(unit.now)
    .prepared()
    .execute(unit.conn)
    .await?;
    Ok(written == 1)
}

/// The campaign with that id.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: CampaignId) -> Result<Option<CampaignRow>, StorageError> {
    let row = campaigns::table
        .find(id.uuid())
        .select(CampaignRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// The same, kept from changing until the unit of work ends: whoever adds an area or an organisation
/// pairs it with all that the other kind has, and must not miss one that is being added.
///
/// # Errors
/// When the database fails.
pub async fn find_locked(unit: &mut Unit<'_>, id: CampaignId) -> Result<Option<CampaignRow>, StorageError> {
    let row = campaigns::table
        .find(id.uuid())
        .select(CampaignRow::as_select())
        .for_no_key_update()
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// Campaigns by id within what the caller may know, up to `limit` of those after one.
///
/// # Errors
/// When the database fails.
pub async fn list(
    unit: &mut Unit<'_>,
    within: &Campaigns,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<CampaignRow>, StorageError> {
    let mut query = campaigns::table
        .filter(campaigns::id.gt(after.unwrap_or_default()))
        .order(campaigns::id)
        .limit(limit)
        .select(CampaignRow::as_select())
        .into_boxed();
    if let Campaigns::Only(ids) = within {
        query = query.filter(campaigns::id.eq_any(ids.clone()));
    }
    Ok(query.load(unit.conn).await?)
}

/// The policies in force of these campaigns, in their order.
///
/// # Errors
/// When the database fails, or holds a policy that is none.
pub async fn policies_of(
    unit: &mut Unit<'_>,
    campaigns: &[CampaignRow],
) -> Result<Vec<Policy>, StorageError> {
    let ids: Vec<Uuid> = campaigns.iter().map(|row| row.id).collect();
    let found: Vec<(Uuid, i32, serde_json::Value)> = policies::table
        .filter(policies::campaign_id.eq_any(ids))
        .select((policies::campaign_id, policies::version, policies::body))
        .load(unit.conn)
        .await?;
    let in_force = |row: &CampaignRow| {
        let body = found.iter().find(|(id, version, _)| *id == row.id && *version == row.policy_version);
        let missing = || StorageError::Impossible("a campaign without a policy".to_owned());
        settings::policy(body.ok_or_else(missing)?.2.clone())
    };
    campaigns.iter().map(in_force).collect()
}

/// Which campaigns somebody may know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Campaigns {
    /// All of the deployment.
    All,
    /// These.
    Only(Vec<Uuid>),
}

impl Campaigns {
    /// Whether that campaign is among them.
    #[must_use]
    pub fn hold(&self, campaign: Uuid) -> bool {
        match self {
            Self::All => true,
            Self::Only(ids) => ids.contains(&campaign),
        }
    }
}

/// The campaigns that an organisation takes part in.
///
/// # Errors
/// When the database fails.
pub async fn of_organisation(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
) -> Result<Campaigns, StorageError> {
    let ids = campaign_organisations::table
        .filter(campaign_organisations::organisation_id.eq(organisation.uuid()))
        .select(campaign_organisations::campaign_id)
        .load(unit.conn)
        .await?;
    Ok(Campaigns::Only(ids))
}

/// Whether an organisation takes part in a campaign.
///
/// # Errors
/// When the database fails.
pub async fn takes_part(
    unit: &mut Unit<'_>,
    campaign: CampaignId,
    organisation: OrganisationId,
) -> Result<bool, StorageError> {
    let found: Option<Uuid> = campaign_organisations::table
        .find((campaign.uuid(), organisation.uuid()))
        .select(campaign_organisations::campaign_id)
        .first(unit.conn)
        .await
        .optional()?;
    Ok(found.is_some())
}

#[derive(QueryableByName)]
struct Shared {
    #[diesel(sql_type = Bool)]
    shared: bool,
}

/// Whether two organisations take part in one campaign, or are the same.
///
/// # Errors
/// When the database fails.
pub async fn share_one(
    unit: &mut Unit<'_>,
    one: OrganisationId,
    other: OrganisationId,
) -> Result<bool, StorageError> {
    let found: Shared = diesel::sql_query(
        "SELECT $1 = $2 OR EXISTS (SELECT FROM campaign_organisations a JOIN campaign_organisations b \
         ON b.campaign_id = a.campaign_id WHERE a.organisation_id = $1 AND b.organisation_id = $2) AS shared",
    )
    .bind::<SqlUuid, _>(one.uuid())
    .bind::<SqlUuid, _>(other.uuid())
    .prepared()
    .get_result(unit.conn)
    .await?;
    Ok(found.shared)
}
