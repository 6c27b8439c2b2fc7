//! `birgemiz import`: files of rows taken in at the machine itself, whatever their length. The same command
//! again goes on with a file that was interrupted, and does nothing twice.

mod areas;
mod file;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use domain::id::{AreaId, CampaignId, OrganisationId};
use domain::sheet::SheetKind;

use super::admin::AdminError;
use crate::actions::table;
use crate::app::App;
use crate::config::AdminSettings;
use crate::startup;

/// `birgemiz import`.
#[derive(Debug, Args)]
#[command(
    after_help = "Begin with `birgemiz import households --template > households.csv`; what the columns mean, \
    --columns tells. Good rows are taken in, the others are reported with what to do, beside the file. \
    The same command again goes on where it was interrupted."
)]
pub(super) struct Import {
    #[command(flatten)]
    settings: AdminSettings,
    /// What the file holds.
    kind: What,
    /// The file: CSV in UTF-8; for areas a GeoJSON FeatureCollection.
    #[arg(required_unless_present_any = ["template", "columns"])]
    file: Option<PathBuf>,
    /// Print a file to begin with: its columns, and one row of nobody's.
    #[arg(long)]
    template: bool,
    /// Print what the columns mean.
    #[arg(long)]
    columns: bool,
    /// For which organisation (households, volunteers, requests, hubs).
    #[arg(long)]
    organisation: Option<OrganisationId>,
    /// The campaign whose catalogue (items) or areas the rows belong to.
    #[arg(long)]
    campaign: Option<CampaignId>,
    /// The area of rows that name none [default: the one around the position].
    #[arg(long)]
    area: Option<AreaId>,
    /// The time zone of areas that name none, such as Asia/Almaty.
    #[arg(long)]
    time_zone: Option<String>,
    /// You vouch for the rows: households begin verified, volunteers approved.
    #[arg(long)]
    verified: bool,
    /// Judge every row and take none.
    #[arg(long)]
    dry_run: bool,
    /// Where the report goes [default: beside the file, ending in .report.csv].
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// What can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Households,
    Volunteers,
    Requests,
    Hubs,
    Items,
    Areas,
}

impl What {
    const fn sheet(self) -> Option<SheetKind> {
        match self {
            Self::Households => Some(SheetKind::Households),
            Self::Volunteers => Some(SheetKind::Volunteers),
            Self::Requests => Some(SheetKind::Requests),
            Self::Hubs => Some(SheetKind::Hubs),
            Self::Items => Some(SheetKind::Items),
            Self::Areas => None,
        }
    }
}

/// Does it, and prints what became of it as JSON. Must run on the main thread: a private Postgres ends
/// with the thread that started it.
pub(super) fn run(import: Import) -> Result<(), AdminError> {
    if import.template || import.columns {
        return print_form(&import);
    }
    let settings = import.settings.clone();
    let outcome = startup::work_once(&settings, async |app: &App| match import.kind.sheet() {
        Some(kind) => file::import(app, kind, import).await,
        None => areas::import(app, import).await,
    })?;
    println!("{outcome}");
    Ok(())
}

fn print_form(import: &Import) -> Result<(), AdminError> {
    let form = match import.kind.sheet() {
        Some(kind) if import.columns => table::column_guide(kind).into_bytes(),
        Some(kind) => table::template(kind),
        None if import.columns => areas::GUIDE.as_bytes().to_vec(),
        None => areas::TEMPLATE.as_bytes().to_vec(),
    };
    std::io::stdout().write_all(&form).map_err(|error| AdminError::Refused(error.to_string()))
}

impl Import {
    fn path(&self) -> Result<&PathBuf, AdminError> {
        self.file.as_ref().ok_or_else(|| AdminError::Refused("which file?".to_owned()))
    }
}
