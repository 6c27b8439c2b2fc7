//! Is everything well here? Each thing that goes wrong in the field is looked at, judged, and told with why
//! it matters and what puts it right. Looks only: nothing is made, migrated or repaired.
//!
//! - `place`: files and folders: settings, secrets, disk
//! - `database`: the Postgres server and its tables
//! - `log`: the event log, and whether the tables say what it says
//! - `work`: what waits and what is overdue
//! - `service`: the server that runs, if one does

mod database;
mod log;
mod place;
mod service;
mod work;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::storage::StorageError;
use crate::storage::inspection::Inspection;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works; somebody should look.
    Warn,
    /// It does not work, or loses something.
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What was found.
    pub found: String,
    /// Why it matters.
    pub why: &'static str,
    /// What puts it right: a command where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

/// What is looked at, and why that matters.
#[derive(Debug, Clone, Copy)]
struct Check {
    name: &'static str,
    why: &'static str,
}

impl Check {
    const fn new(name: &'static str, why: &'static str) -> Self {
        Self { name, why }
    }

    fn ok(self, found: impl Into<String>) -> Finding {
        Finding { check: self.name, level: Level::Ok, found: found.into(), why: self.why, fix: None }
    }

    fn warn(self, found: impl Into<String>, fix: impl Into<String>) -> Finding {
        Finding { level: Level::Warn, fix: Some(fix.into()), ..self.ok(found) }
    }

    fn fail(self, found: impl Into<String>, fix: impl Into<String>) -> Finding {
        Finding { level: Level::Fail, fix: Some(fix.into()), ..self.ok(found) }
    }
}

/// What the examination needs to know.
#[derive(Debug, Clone)]
pub struct Patient<'s> {
    /// The file of settings in force.
    pub settings_file: Option<&'s Path>,
    /// How many settings are not what they are by default.
    pub settings_said: usize,
    /// The data folder.
    pub data: PathBuf,
    /// The folder of secrets.
    pub secrets: PathBuf,
    /// Where the server would listen.
    pub listen: SocketAddr,
    /// Connections that each server takes.
    pub pool_size: u32,
}

/// Looks at files and folders, which needs no database.
#[must_use]
pub fn examine_place(patient: &Patient<'_>) -> Vec<Finding> {
    vec![place::settings(patient), place::secrets(&patient.secrets), place::disk(&patient.data)]
}

/// Looks at everything that the database knows.
pub async fn examine_database(patient: &Patient<'_>, owner_url: &str) -> Vec<Finding> {
    let looked = match Inspection::begin(owner_url).await {
        Ok(inspection) => look(patient, &inspection, owner_url).await,
        Err(error) => Err(error),
    };
    looked.unwrap_or_else(|error| vec![unreachable(&error.to_string())])
}

/// The finding that there is no database to look at.
#[must_use]
pub fn unreachable(error: &str) -> Finding {
    database::REACH.fail(error, "birgemiz settings   # is that the right database, and does it run?")
}

async fn look(
    patient: &Patient<'_>,
    inspection: &Inspection,
    owner_url: &str,
) -> Result<Vec<Finding>, StorageError> {
    let server = inspection.server().await?;
    let mut findings = database::server(&server, patient.pool_size);
    let migrations = database::migrations(&inspection.migrations().await?);
    let has_tables = migrations.level < Level::Fail;
    let is_up_to_date = migrations.level == Level::Ok;
    findings.push(migrations);
    if has_tables && !inspection.migrations().await?.is_empty() {
        if is_up_to_date {
            findings.push(database::isolation(&inspection.leaks().await?));
        }
        findings.push(place::masters(&patient.secrets, &inspection.wrapped_keys().await?));
        findings.push(log::health(inspection.log_health().await?, &server));
        findings.extend(log::agreement(inspection).await?);
        let vitals = inspection.vitals().await?;
        findings.extend(work::findings(&vitals));
    }
    findings.extend(service::findings(patient.listen, owner_url).await?);
    Ok(findings)
}
