//! Who may import what: whoever may enter the same one by one. And an import begins.

use domain::actor::Actor;
use domain::id::{AreaId, CampaignId, ImportId, OrganisationId};
use domain::refusal::Code;
use domain::sheet::SheetKind;

use crate::actions::{Action, Refusal, permission};
use crate::clock;
use crate::storage::tables::campaigns;
use crate::storage::tables::imports::{self, NewImport};
use crate::storage::{StorageError, Unit};

/// Begin an import; its file is to follow.
#[derive(Debug, Clone)]
pub struct BeginImport {
    /// What its rows are.
    pub kind: SheetKind,
    /// For whom; a coordinator's own organisation when not told.
    pub organisation: Option<OrganisationId>,
    /// The area of rows that name none; found from the position when not told.
    pub area: Option<AreaId>,
    /// The campaign whose areas, or whose catalogue, the rows belong to.
    pub campaign: Option<CampaignId>,
    /// Whether what is taken in needs no more verification.
    pub verified: bool,
    /// Judge every row and take none.
    pub dry_run: bool,
}

/// An import that has begun.
#[derive(Debug, Clone, Copy)]
pub struct Begun {
    /// Its id.
    pub id: ImportId,
    /// For whom.
    pub organisation: OrganisationId,
}

impl Action for BeginImport {
    type Done = Begun;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Begun, Refusal> {
        let organisation = self.importer(unit).await?;
        let id = ImportId::new(clock::new_id());
        let new = NewImport {
            id,
            organisation,
            kind: self.kind,
            area: self.area,
            campaign: self.campaign,
            verified: self.verified,
            dry_run: self.dry_run,
        };
        imports::insert(unit, &new).await.map_err(refused)?;
        Ok(Begun { id, organisation })
    }
}

impl BeginImport {
    /// For which organisation the caller imports.
    async fn importer(&self, unit: &mut Unit<'_>) -> Result<OrganisationId, Refusal> {
        match self.kind {
            SheetKind::Households | SheetKind::Volunteers | SheetKind::Requests => {
                if let Actor::Administrator { .. } = unit.actor {
                    return Err(Code::Forbidden.into());
                }
                permission::staff_of(&unit.actor, self.organisation)
            }
            SheetKind::Hubs => permission::staff_of(&unit.actor, self.organisation),
            SheetKind::Items => {
                permission::administrator(&unit.actor)?;
                let missing = || Refusal::flaw("/campaign_id", "say into which campaign's catalogue");
                let campaign = campaigns::find(unit, self.campaign.ok_or_else(missing)?).await?;
                let campaign = campaign.ok_or_else(|| Refusal::flaw("/campaign_id", "no such campaign"))?;
                Ok(campaign.organisation())
            }
        }
    }
}

fn refused(error: StorageError) -> Refusal {
    let StorageError::Constraint(name) = &error else {
        return error.into();
    };
    match name.as_str() {
        "imports_area_fk" => Refusal::flaw("/area_id", "no such area in which the organisation works"),
        "imports_campaign_fk" => {
            Refusal::flaw("/campaign_id", "no such campaign in which the organisation takes part")
        }
        "imports_organisation_id_fkey" => Refusal::flaw("/organisation_id", "no such organisation"),
        _ => error.into(),
    }
}
