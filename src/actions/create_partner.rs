//! A partner app is entered. Its secret is shown once and kept as a digest.

use domain::actor::Scope;
use domain::id::{CampaignId, OrganisationId, PartnerId};
use domain::refusal::Code;

use super::auth::secret::{self, SecretKind};
use super::auth::step_up;
use super::{Action, Refusal, meaning, permission};
use crate::clock;
use crate::storage::Unit;
use crate::storage::events::{self, Change, Event};
use crate::storage::tables::partners::{self, NewPartner, PartnerRow};

/// Enter a partner app.
#[derive(Clone)]
pub struct CreatePartner {
    /// For which organisation it files.
    pub organisation: OrganisationId,
    /// In which campaign.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
}

/// A partner app and its secret.
#[derive(Clone)]
pub struct Credentials {
    /// The partner app.
    pub partner: PartnerRow,
    /// Its secret. Shown once.
    pub secret: String,
}

impl Action for CreatePartner {
    type Done = Credentials;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Credentials, Refusal> {
        permission::administrator(&unit.actor)?;
        step_up::require(unit).await?;
        let mut scopes = self.scopes;
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() {
            return Err(Refusal::flaw("/scopes", "at least one"));
        }
        let secret = secret::make(SecretKind::Partner)?;
        let new = NewPartner {
            id: PartnerId::new(clock::new_id()),
            organisation: self.organisation,
            campaign: self.campaign,
            name: self.name,
            scopes,
            secret_hash: secret::digest(&secret),
        };
        let partner = partners::insert(unit, &new)
            .await
            .map_err(meaning("partners_member_fk", || Code::NotInCampaign.into()))?;
        let created = Event {
            organisation: Some(self.organisation),
            changes: vec![Change::made("partner", new.id, "active")],
            ..Event::about("partner.created", "partner", partner.id)
        };
        events::append(unit, &[created]).await?;
        Ok(Credentials { partner, secret })
    }
}
