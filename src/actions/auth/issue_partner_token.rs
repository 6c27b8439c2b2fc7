//! A partner app shows its credentials and is told what it may do (OAuth 2.0 client credentials, RFC 6749, 4.4).

use domain::actor::Scope;
use domain::id::PartnerId;
use domain::refusal::Code;

use super::{assertion, secret};
use crate::actions::{Action, Refusal};
use crate::storage::Unit;
use crate::storage::tables::partners::PartnerRow;
use crate::storage::tables::{access_records, partners};

/// Show a partner's credentials.
#[derive(Clone)]
pub struct IssuePartnerToken {
    /// Which partner.
    pub partner: PartnerId,
    /// What it shows.
    pub shown: Shown,
    /// The scopes it asks for; all it has when it does not say.
    pub scopes: Option<Vec<Scope>>,
}

/// What a partner app shows.
#[derive(Clone)]
pub enum Shown {
    /// Its secret.
    Secret(String),
    /// An assertion that it has signed, and for whom that must be.
    Assertion { assertion: String, audience: String },
}

/// What it may do now.
#[derive(Debug, Clone)]
pub struct Granted {
    /// Which partner.
    pub partner: PartnerId,
    /// Its scopes.
    pub scopes: Vec<Scope>,
    /// Since when.
    pub now: domain::Moment,
}

impl Action for IssuePartnerToken {
    type Done = Granted;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Granted, Refusal> {
        let row = partners::find(unit, self.partner).await?.ok_or(Code::WrongCredentials)?;
        if !row.is_active() {
            return Err(Code::WrongCredentials.into());
        }
        match &self.shown {
            Shown::Secret(secret) => is_right(secret, &row)?,
            Shown::Assertion { assertion, audience } => {
                assertion::accept(unit, &row, (assertion, audience)).await?;
            }
        }
        let has = row.scopes()?;
        let scopes = match self.scopes {
            None => has,
            Some(wanted) if wanted.iter().all(|scope| has.contains(scope)) => wanted,
            Some(_) => return Err(Code::MissingScope.into()),
        };
        access_records::token_issued(unit, (row.organisation_id, row.id)).await?;
        Ok(Granted { partner: self.partner, scopes, now: unit.now })
    }
}

fn is_right(secret: &str, row: &PartnerRow) -> Result<(), Refusal> {
    let digest = secret::digest(secret);
    let same = aws_lc_rs::constant_time::verify_slices_are_equal(&digest, &row.secret_hash).is_ok();
    if same { Ok(()) } else { Err(Code::WrongCredentials.into()) }
}
