//! What is asked and answered about imports.

use chrono::{DateTime, Utc};
use domain::id::{AreaId, CampaignId, ImportId, OrganisationId};
use domain::sheet::{ImportStatus, SheetKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::actions::imports::BeginImport;
use crate::storage::rows::ImportRow;

/// What a file holds, and what is to be done with it.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportParams {
    /// What its rows are.
    pub kind: SheetKind,
    /// For which organisation; your own when absent. Administrators must say it for hubs.
    pub organisation_id: Option<OrganisationId>,
    /// The area of rows that name none; found from the position when absent.
    pub area_id: Option<AreaId>,
    /// The campaign whose areas the rows lie in, or whose catalogue items belong to.
    pub campaign_id: Option<CampaignId>,
    /// Whether you vouch for the rows: households begin verified, volunteers approved.
    #[serde(default)]
    pub verified: bool,
    /// Judge every row and take none.
    #[serde(default)]
    pub dry_run: bool,
}

impl From<&ImportParams> for BeginImport {
    fn from(params: &ImportParams) -> Self {
        Self {
            kind: params.kind,
            organisation: params.organisation_id,
            area: params.area_id,
            campaign: params.campaign_id,
            verified: params.verified,
            dry_run: params.dry_run,
        }
    }
}

/// An import, and how far it is.
#[derive(Serialize, ToSchema)]
pub struct ImportBody {
    /// Its id.
    pub id: ImportId,
    /// For whom.
    pub organisation_id: OrganisationId,
    /// What its rows are.
    #[schema(value_type = SheetKind)]
    pub kind: String,
    /// Where it stands.
    #[schema(value_type = ImportStatus)]
    pub status: String,
    /// Whether rows are judged only.
    pub dry_run: bool,
    /// Whether its rows need no verification.
    pub verified: bool,
    /// How many rows the file has, empty ones included.
    pub rows_total: i64,
    /// How many are dealt with in the present status.
    pub rows_done: i64,
    /// How many were taken in.
    pub rows_taken: i64,
    /// How many were found at fault; the report says why.
    pub rows_refused: i64,
    /// Why it was broken off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Where its report is read.
    #[schema(example = "/v1/imports/job_01jd9x0q3vfhz8w2k5m7n6t4ra/report")]
    pub report: String,
    /// When it came.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
}

impl From<&ImportRow> for ImportBody {
    fn from(row: &ImportRow) -> Self {
        Self {
            id: row.import(),
            organisation_id: row.organisation(),
            kind: row.kind.clone(),
            status: row.status.clone(),
            dry_run: row.dry_run,
            verified: row.verified,
            rows_total: row.rows_total,
            rows_done: row.rows_done,
            rows_taken: row.rows_taken,
            rows_refused: row.rows_refused,
            failure: row.failure.clone(),
            report: format!("/v1/imports/{}/report", row.import()),
            created_at: row.created_at,
            ended_at: row.ended_at,
        }
    }
}
